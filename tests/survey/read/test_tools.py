"""Exports in the shape of each tool: drafted, then read without an unknown answer."""

import csv
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from coee_nb.survey.codebook import read_codebook
from coee_nb.survey.read.drafting import draft_codebook
from coee_nb.survey.reader import read_responses

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "survey"
TOOLS = ["Mail", "Phone (desk, mobile)", "Chat"]
STEPS = ["Very satisfied", "Satisfied", "Dissatisfied", "Don't know", "N/A"]


def person(tools, step, rating, comment):
    return {"tools": tools, "step": step, "rating": rating, "comment": comment}


ROWS = st.lists(
    st.builds(
        person,
        st.sets(st.sampled_from(TOOLS)),
        st.sampled_from(["", *STEPS]),
        st.sampled_from(["", "Good", "Bad", "Yes", "No"]),
        st.sampled_from(["", "fine", "=1+1", "a; b, c", "née “x”"]),
    ),
    min_size=1,
    max_size=30,
)


def limesurvey(rows):
    head = ["id. Response ID", "submitdate. Date submitted", "ipaddr. IP address"]
    head += ["G01Q01. Satisfied?"]
    head += [f"G01Q02[SQ00{n}]. Tools [{tool}]" for n, tool in enumerate(TOOLS, 1)]
    head += ["G01Q02[other]. Tools [Other]", "G01Q03[a]. Rate [Speed]", "G01Q03[b]. Rate [Price]"]
    head += ["interviewtime. Total time", "groupTime7. Group time: A", "G01Q04. Why?"]
    yield head
    for n, row in enumerate(rows):
        boxes = ["Yes" if tool in row["tools"] else "No" for tool in TOOLS]
        day = "2026-01-05 10:00:00" if n % 2 else ""
        yield [
            n,
            day,
            "192.0.2.1",
            row["step"],
            *boxes,
            "",
            row["rating"],
            "Bad",
            "12.5",
            "3",
            row["comment"],
        ]


def google(rows):
    yield [
        "Timestamp",
        "Username",
        "Tools?",
        "Satisfied?",
        "Rate [Speed]",
        "Rate [Price]",
        "Why?",
        "Why?",
    ]
    for n, row in enumerate(rows):
        chosen = ", ".join(tool for tool in TOOLS if tool in row["tools"])
        yield [
            f"2026/01/05 10:{n:02d}:11 AM EST",
            "a@example.org",
            chosen,
            row["step"],
            row["rating"],
            "Bad",
            row["comment"],
            "",
        ]


def microsoft(rows):
    yield ["ID", "Start time", "Completion time", "Email", "Name", "Tools?", "Satisfied?", "Why?"]
    for n, row in enumerate(rows, 1):
        chosen = "".join(f"{tool};" for tool in sorted(row["tools"]))
        yield [
            n,
            "1/15/26 10:00:11",
            "1/15/26 10:00:41",
            "anonymous",
            "",
            chosen,
            row["step"],
            row["comment"],
        ]


def surveymonkey(rows):
    yield ["Respondent ID", "Collector ID", "IP Address", "Tools?", "", "", "Satisfied?", "Why?"]
    yield ["", "", "", *TOOLS, "Response", "Open-Ended Response"]
    for n, row in enumerate(rows, 1):
        boxes = [tool if tool in row["tools"] else "" for tool in TOOLS]
        yield [n, 1, "192.0.2.1", *boxes, row["step"], row["comment"]]


def redcap(rows):
    yield [
        "record_id",
        "redcap_survey_identifier",
        "form_timestamp",
        "tools___1",
        "tools___2",
        "tools___3",
        "satisfied",
        "why",
        "form_complete",
    ]
    for n, row in enumerate(rows, 1):
        boxes = [int(tool in row["tools"]) for tool in TOOLS]
        code = STEPS.index(row["step"]) if row["step"] else ""
        yield [n, "", "2026-01-05 10:00:00", *boxes, code, row["comment"], 2 if n % 2 else 0]


def redcap_labels(rows):
    yield [
        "Record ID",
        *[f"Tools? (choice={tool})" for tool in TOOLS],
        "Satisfied?",
        "Why?",
        "Complete?",
    ]
    for n, row in enumerate(rows, 1):
        boxes = ["Checked" if tool in row["tools"] else "Unchecked" for tool in TOOLS]
        yield [n, *boxes, row["step"], row["comment"], "Complete" if n % 2 else "Incomplete"]


SHAPES = [limesurvey, google, microsoft, surveymonkey, redcap, redcap_labels]


def write(path, lines):
    lines = [list(map(str, line)) for line in lines]
    if path.suffix == ".xlsx":
        book = Workbook()
        for line in lines:
            book.active.append(line)
        book.save(path)
        return path
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(lines)
    return path


def read(path):
    book = path.with_suffix(".yaml")
    book.write_text(draft_codebook(path), encoding="utf-8")
    codebook = read_codebook(book)
    found = read_responses(path, codebook, date_order="month first")
    checks = found.checks.set_index("check")["count"]
    assert checks["answer outside the choices"] == 0
    assert checks["recode clash"] == 0
    return found.rows, codebook


@pytest.mark.parametrize("ending", ["csv", pytest.param("xlsx", marks=pytest.mark.long)])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
def test_a_draft_reads_whatever_the_tool_exports(tmp_path_factory, shape, ending, rows):
    path = tmp_path_factory.mktemp("tool") / f"in.{ending}"
    found, _ = read(write(path, shape(rows)))
    assert len(found) <= len(rows)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_choices_of_each_tool_come_back_as_they_were_ticked(tmp_path, shape):
    subsets = [{TOOLS[0]}, {TOOLS[1]}, {TOOLS[2]}, {TOOLS[0], TOOLS[1]}, set(TOOLS)] * 5
    rows = [
        person(some, STEPS[n % 5], ["Good", "Bad"][n % 2], "fine") for n, some in enumerate(subsets)
    ]
    found, codebook = read(write(tmp_path / "in.csv", shape(rows)))
    [item] = [one for one in codebook.items if one.kind == "multi"]
    assert len(item.columns) == 3
    ticked = found[list(item.columns)].notna().sum().tolist()
    assert sorted(ticked) == sorted(sum(tool in some for some in subsets) for tool in TOOLS)
    if shape is not redcap:  # whose export names its choices by number
        assert set(item.labels) == set(TOOLS)
        [step] = [one for one in codebook.items if "atisfied" in one.wording]
        assert step.substantive == ("Dissatisfied", "Satisfied", "Very satisfied")
        assert (step.dont_know, step.not_applicable) == ({"Don't know"}, {"N/A"})
    finished = {"limesurvey": 12, "redcap": 13, "redcap_labels": 13, "surveymonkey": 0}
    assert found["finished"].sum() == finished.get(shape.__name__, 25)


def test_what_a_tool_notes_beside_the_answers_is_left_out_and_listed(tmp_path):
    head = [
        "ResponseId",
        "Q1",
        "Q2_First Click",
        "Q2_Page Submit",
        "Q3_Browser",
        "Q3_Operating System",
        "Q1_DO",
    ]
    lines = [head, *([f"R_{n}", "Yes", 1.5, 2.5, "Chrome", "Linux", "1|2"] for n in range(5))]
    draft = draft_codebook(write(tmp_path / "in.csv", lines))
    assert draft.count("- name:") == 1
    assert "page timing: Q2_First Click, Q2_Page Submit" in draft
    assert "browser and device: Q3_Browser, Q3_Operating System" in draft
    assert "order of display: Q1_DO" in draft


def test_every_column_is_a_source_of_the_draft_or_listed_as_left_out(tmp_path):
    names = ["ResponseId", "Status", "IPAddress", "seed", "Name", "Q1", "Q2_DO", "", "Why?"]
    path = write(tmp_path / "in.csv", [names, *(list("123456789") for _ in range(5))])
    draft = draft_codebook(path)
    head, _, _ = draft.partition("\ndraft: true\n")
    found = dict(
        reversed(line.removeprefix("#   ").rsplit(": ", 1))
        for line in head.partition("why:\n")[2].splitlines()
        if line.startswith("#   ")
    )
    assert found == {
        "ResponseId, Status, seed": "noted by the tool of each response",
        "IPAddress": "points at a person (network address)",
        "Name": "points at a person (names)",
        "Q2_DO": "order of display",
        "column 8": "no name",
    }
    sources = [item["source"] for item in yaml.safe_load(draft)["items"]]
    assert sources == ["Q1", "Why?"]


def test_what_tools_note_in_other_words_and_who_somebody_is_are_no_questions(tmp_path):
    names = ["record_id", "survey_timestamp", "token", "dob", "E-Mail-Adresse", "datestamp", "q1"]
    now = "2026-01-05 10:00:00"
    rows = [[k, now, f"t{k}", "1980-01-05", f"a{k}@x.de", now, "ab"[k % 2]] for k in range(30)]
    path = write(tmp_path / "r.csv", [names, *rows])
    items = yaml.safe_load(draft_codebook(path))["items"]
    assert [item["name"] for item in items] == ["q1"]


def test_boxes_marked_y_keep_their_own_names(tmp_path):
    head = ["id", "submitdate", "G1Q1", "G1Q2[SQ1]", "G1Q2[SQ2]", "G1Q2[other]"]
    lines = [[n, "2026-01-05 10:00:00", "A1", "Y" * (n % 2), "Y", ""] for n in range(6)]
    _, codebook = read(write(tmp_path / "in.csv", [head, *lines]))
    assert codebook["g1q2"].kind == "multi"
    assert codebook["g1q2"].labels == ("SQ1", "SQ2")


def test_what_else_somebody_names_is_no_box(tmp_path):
    head = [["Respondent ID", "Tools?", "", ""], ["", "Mail", "Web", "Other (please specify)"]]
    lines = [[n, "Mail" * (n % 2), "Web", "pigeon" if n % 3 else ""] for n in range(6)]
    _, codebook = read(write(tmp_path / "in.csv", [*head, *lines]))
    assert [(item.kind, item.labels) for item in codebook.items] == [
        ("multi", ("Mail", "Web")),
        ("text", ("Tools? - Other (please specify)",)),
    ]


@pytest.mark.parametrize(
    ("wording", "answers", "kind"),
    [
        ("How likely are you to recommend us?", ["0", "7", "10"], "nps"),
        ("Would you recommend us? How likely?", ["0 - Not at all", "7", "10 - Very"], "nps"),
        ("How likely are you to recommend us (1 to 10)?", ["1", "7", "10"], "single"),
        ("How likely are you to recommend us?", ["1", "3", "5"], "single"),
    ],
)
def test_a_likelihood_to_recommend_from_0_to_10_is_drafted_as_one(tmp_path, wording, answers, kind):
    lines = [["2026-01-05 10:00:00", answers[n % 3]] for n in range(9)]
    _, codebook = read(write(tmp_path / "in.csv", [["Timestamp", wording], *lines]))
    assert [item.kind for item in codebook.items] == [kind]


def side_by_side(tmp_path, numbers):
    """Draft a question of three numbers a row."""
    head = ["ResponseId", "Q1_1", "Q1_2", "Q1_3"]
    lines = [[f"R_{n}", *numbers(n)] for n in range(20)]
    _, codebook = read(write(tmp_path / "in.csv", [head, *lines]))
    return [item.kind for item in codebook.items]


@pytest.mark.parametrize(
    ("numbers", "kinds"),
    [
        (lambda n: [(1, 2, 3), (3, 1, 2), ("", "", "")][n % 3], ["ranking"]),
        (lambda n: (n, 40, 60 - n) if n else ("", 40, 60), ["constant_sum"]),
        (lambda n: (n % 3 + 1, n % 2 + 2, n // 2 % 3 + 1), ["matrix"]),
        (lambda n: (n, 40 + n, 70 - n * n), ["numeric"] * 3),
    ],
)
def test_numbers_side_by_side_are_places_or_parts_of_a_whole(tmp_path, numbers, kinds):
    assert side_by_side(tmp_path, numbers) == kinds


def test_spss_labels_and_codes_declared_missing(tmp_path):
    frame = pd.DataFrame(
        {"q1": [1.0, 2, 98, 99], "age": [31.0, 45, 99, 52], "b_1": [1.0, 0, 1, 0], "b_2": [0.0] * 4}
    )
    boxes = {0.0: "Not mentioned", 1.0: "Mentioned"}
    path = tmp_path / "in.sav"
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels={"q1": "Clear?", "age": "Age", "b_1": "Which? - Mail", "b_2": "Which? - Web"},
        variable_value_labels={
            "q1": {1.0: "Yes", 2.0: "No", 98.0: "Don't know", 99.0: "Refused"},
            "age": {99.0: "Refused"},
            "b_1": boxes,
            "b_2": boxes,
        },
        missing_ranges={"q1": [{"lo": 98, "hi": 99}], "age": [99]},
    )
    found, codebook = read(path)
    assert codebook["q1"].missing == {"Don't know", "Refused"}
    assert codebook["age"].kind == "single"
    assert codebook["b"].kind == "multi"
    assert codebook["b"].labels == ("Mail", "Web")
    assert found["b__mail"].notna().tolist() == [True, False, True, False]


@pytest.mark.parametrize("name", ["lime", "google", "msforms", "r", "sc", "tt", "kinds", "country"])
def test_exports_as_they_were_handed_in(tmp_path, name):
    path = CASES / f"{name}.csv"
    if not path.exists():
        pytest.skip("the shared cases are not here")
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    found, _ = read(copy)
    assert len(found) > 1
