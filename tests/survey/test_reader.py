import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.survey.codebook import build_codebook
from coee_nb.survey.reader import read_responses

QUALTRICS = Path(__file__).resolve().parents[3] / "shared" / "formats" / "qualtrics"

METADATA = {
    "StartDate": "startDate",
    "EndDate": "endDate",
    "Status": "status",
    "IPAddress": "ipAddress",
    "Progress": "progress",
    "Finished": "finished",
    "RecordedDate": "recordedDate",
    "ResponseId": "_recordId",
    "RecipientLastName": "recipientLastName",
    "LocationLatitude": "locationLatitude",
}
ROW = {
    "StartDate": "2021-02-01 10:00:00",
    "EndDate": "2021-02-01 10:10:00",
    "Status": "IP Address",
    "IPAddress": "192.0.2.77",
    "Progress": "100",
    "Finished": "True",
    "RecordedDate": "2021-02-01 10:10:01",
    "RecipientLastName": "Whitlock",
    "LocationLatitude": "38.123",
}
QUESTIONS = {"Center": "Center", "Title": "Title", "Q1": "QID1", "Q2_1": "QID2_1", "Q2_2": "QID2_2"}
CODEBOOK = build_codebook(
    [
        {
            "name": "center",
            "source": "Center",
            "wording": "Center",
            "type": "single",
            "group": True,
        },
        {"name": "title", "source": "Title", "wording": "Title", "type": "single", "group": True},
        {
            "name": "aware",
            "source": "QID1",
            "wording": "Aware?",
            "type": "single",
            "choices": {"1": "Yes", "2": "No", "-1": "No basis", "-99": "Left blank"},
            "not_applicable": ["-1"],
            "missing": ["-99"],
        },
        {
            "name": "training",
            "sources": {"QID2_1": "Course", "QID2_2": "Webinar"},
            "wording": "Training?",
            "type": "multi",
        },
    ]
)


def response(number=1, **values):
    """One genuine, finished response that answers something."""
    return ROW | {"ResponseId": f"R_{number}", "Center": "Machinery", "Q1": "Yes"} | values


def export(path, rows, *, columns=None, headers=3, encoding="utf-8", delimiter=",", drop=()):
    """Write rows as Qualtrics does, with one, two or three header rows."""
    columns = columns or list((METADATA | QUESTIONS).items())
    columns = [column for column in columns if column[0] not in drop]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    names = [name for name, _ in columns]
    texts = [f"{name}\nsecond line" if key.startswith("QID") else name for name, key in columns]
    ids = [json.dumps({"ImportId": key}) for _, key in columns]
    writer.writerows([names, texts, ids][:headers])
    writer.writerows([[row.get(name, "") for name in names] for row in rows])
    path.write_text(stream.getvalue(), encoding=encoding, newline="")
    return path


@pytest.fixture
def read(tmp_path):
    def _read(rows, *, codebook=CODEBOOK, **options):
        writing = {"columns", "headers", "drop", "delimiter", "encoding"}
        written = {key: options.pop(key) for key in list(options) if key in writing}
        return read_responses(export(tmp_path / "in.csv", rows, **written), codebook, **options)

    return _read


def check(responses, name):
    table = responses.checks.set_index("check")
    return table.loc[name]


def test_a_label_export_and_a_numeric_export_give_the_same_answers(read):
    labels = read([response(1, Q1="Yes", Q2_1="Course"), response(2, Q1="No")])
    codes = {"Finished": "1", "Status": "0"}
    numeric = read([response(1, Q1="1", Q2_1="1", **codes), response(2, Q1="2.0", **codes)])
    pd.testing.assert_frame_equal(labels.rows, numeric.rows)
    assert labels.rows["aware"].tolist() == ["Yes", "No"]
    assert labels.rows["training__course"].tolist()[0] == "Course"
    assert labels.rows["training__webinar"].isna().all()


def test_the_rows_have_the_columns_of_the_contract(read):
    rows = read([response()]).rows
    assert list(rows) == [
        "response_id", "finished", "progress", "started_on", "ended_on", "recorded_on",
        "center", "title", "aware", "training__course", "training__webinar",
    ]  # fmt: skip
    assert rows["finished"].dtype == bool
    assert rows["recorded_on"].tolist() == [pd.Timestamp("2021-02-01 10:10:01")]
    assert rows["title"].isna().all()


def test_tsv_in_utf_16_reads_like_csv(tmp_path, read):
    rows = [response(1, Q1="Yes"), response(2, Q1="No", Center="Müller\tund Söhne")]
    tsv = export(tmp_path / "in.tsv", rows, encoding="utf-16", delimiter="\t")
    pd.testing.assert_frame_equal(read_responses(tsv, CODEBOOK).rows, read(rows).rows)


def test_spss_reads_like_csv(tmp_path, read):
    import pyreadstat

    frame = pd.DataFrame(
        {
            "ResponseId": ["R_1", "R_2"],
            "Finished": [1.0, 1.0],
            "Progress": [100.0, 100.0],
            "StartDate": pd.to_datetime(["2021-02-01 10:00:00"] * 2),
            "EndDate": pd.to_datetime(["2021-02-01 10:10:00"] * 2),
            "RecordedDate": pd.to_datetime(["2021-02-01 10:10:01"] * 2),
            "Center": ["Machinery"] * 2,
            "Title": ["", ""],
            "QID1": [2.0, -99.0],
            "QID2_1": [1.0, None],
            "QID2_2": [None, 1.0],
        }
    )
    path = tmp_path / "in.sav"
    pyreadstat.write_sav(frame, str(path), missing_ranges={"QID1": [-99]})
    found = read_responses(path, CODEBOOK)
    same = read([response(1, Q1="No", Q2_1="Course"), response(2, Q1="-99", Q2_2="Webinar")])
    pd.testing.assert_frame_equal(found.rows, same.rows)
    assert found.rows["aware"].tolist() == ["No", "Left blank"]


def test_a_plain_csv_needs_one_header_row_and_no_metadata(tmp_path):
    path = tmp_path / "plain.csv"
    path.write_text(
        "Center,Title,QID1,QID2_1,QID2_2\nMachinery,Entry,Yes,,\nMachinery,Entry,2,1,0\n"
    )
    found = read_responses(path, CODEBOOK)
    assert found.rows["response_id"].tolist() == ["row 2", "row 3"]
    assert found.rows["aware"].tolist() == ["Yes", "No"]
    assert not found.completion_known
    assert not found.rows["finished"].any()
    assert check(found, "no column says who finished")["done"].startswith("not known")


def test_columns_of_one_name_are_told_apart_by_import_id(read):
    columns = [*METADATA.items(), ("Q3_1", "QID2_1"), ("Q3_1", "QID2_2"), ("8B", "QID1")]
    codebook = build_codebook([
        {"name": "aware", "source": "QID1", "wording": "w", "type": "text"},
        {"name": "second", "source": "QID2_2", "wording": "w", "type": "text"},
    ])  # fmt: skip
    found = read([response(**{"Q3_1": "x", "8B": "starts with a digit"})], columns=columns,
                 codebook=codebook)  # fmt: skip
    assert found.rows["aware"].tolist() == ["starts with a digit"]
    assert found.rows["second"].tolist() == ["x"]
    assert check(found, "duplicate column name")["concerns"] == "Q3_1"


def test_a_repeated_name_without_import_ids_is_ambiguous(read):
    columns = [*METADATA.items(), ("Q3_1", "QID2_1"), ("Q3_1", "QID2_2")]
    codebook = build_codebook([{"name": "x", "source": "Q3_1", "wording": "w", "type": "text"}])
    with pytest.raises(InputError, match=r"2 columns are called Q3_1.*ImportId"):
        read([response()], columns=columns, codebook=codebook)


def test_the_old_form_with_v_columns_repr_ids_and_trailing_commas(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text(
        "V1,V6,V7,V10,Q1,\n"
        "ResponseID,IPAddress,Status,Finished,Aware?,\n"
        "{'ImportId': 'responseId'},{'ImportId': 'ipAddress'},{'ImportId': 'status'},"
        "{'ImportId': 'finished'},{'ImportId': 'QID1'},\n"
        "R_1,192.0.2.1,0,1,2,\n",
        encoding="utf-8-sig",
    )
    codebook = build_codebook([
        {"name": "aware", "source": "QID1", "wording": "w", "type": "single",
         "choices": {"1": "Yes", "2": "No"}},
    ])  # fmt: skip
    found = read_responses(path, codebook)
    assert found.rows["aware"].tolist() == ["No"]
    assert found.rows["response_id"].tolist() == ["R_1"]
    without_ids = tmp_path / "older.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    without_ids.write_text("".join([*lines[:2], *lines[3:]]))
    by_name = build_codebook([{"name": "aware", "source": "Q1", "wording": "w", "type": "text"}])
    assert read_responses(without_ids, by_name).rows["response_id"].tolist() == ["R_1"]


def test_signs_of_a_file_saved_again_are_reported(read):
    by_name = build_codebook([{"name": "aware", "source": "Q1", "wording": "w", "type": "text"}])
    again = {"StartDate": "2/13/2021 10:00", "Finished": "TRUE"}
    found = read([response(**again)], headers=2, codebook=by_name)
    signs = check(found, "sign of a re-saved file")
    assert signs["count"] == 3
    assert "no ImportId row" in signs["concerns"]
    assert found.rows["started_on"].tolist() == [pd.Timestamp("2021-02-13 10:00")]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("Spam", "spam"),
        ("8", "spam"),
        ("9", "spam"),
        ("Survey Preview", "survey preview"),
        ("1", "survey preview"),
        ("Survey Test", "survey test"),
        ("2", "survey test"),
        ("Survey Preview Spam", "spam"),
    ],
)
def test_spam_previews_and_tests_are_set_aside_with_their_reason(read, status, reason):
    found = read([response(1, Status=status), response(2), response(3, Status="4")])
    assert found.excluded.to_dict("records") == [{"row": 4, "response_id": "R_1", "reason": reason}]
    assert check(found, reason)["count"] == 1
    assert found.account["rows"].tolist() == [3, 1, 2]
    assert found.input.excluded == {reason: 1}


def test_previews_and_tests_stay_when_asked_but_spam_never(read):
    rows = [response(1, Status="Survey Test"), response(2, Status="Spam")]
    found = read(rows, trial_responses="keep")
    assert found.rows["response_id"].tolist() == ["R_1"]
    assert check(found, "preview or test kept")["count"] == 1


def test_an_unknown_status_is_an_error(read):
    with pytest.raises(InputError, match="status 'Geprüft'"):
        read([response(Status="Geprüft")])


def test_of_repeated_response_ids_the_most_complete_row_stays(read):
    rows = [
        response(1, Finished="False", Progress="40", Q1="No"),
        response(1, Q1="Yes"),
        response(1, Finished="False", Progress="60"),
    ]
    found = read(rows)
    assert found.rows["aware"].tolist() == ["Yes"]
    assert found.excluded["row"].tolist() == [4, 6]
    assert check(found, "duplicate response id")["count"] == 2


def test_empty_partials_are_kept_or_set_aside_and_counted_either_way(read):
    rows = [response(1), response(2, Finished="False", Progress="3", Q1="")]
    kept = read(rows)
    assert len(kept.rows) == 2
    assert check(kept, "empty partial")["count"] == 1
    aside = read(rows, empty_partials="excluded")
    assert aside.excluded["reason"].tolist() == ["partial without any answer"]
    assert check(aside, "empty partial")["count"] == 1


def test_seen_but_blank_is_no_answer_when_partials_are_judged(read):
    found = read([response(Finished="False", Q1="-99")], empty_partials="excluded")
    assert found.rows.empty


def test_who_finished_without_an_answer_skipped_every_question(read):
    found = read([response(1, Q1=""), response(2)])
    assert found.excluded.empty
    assert check(found, "finished without an answer")["count"] == 1
    assert found.rows["finished"].all()


def test_whoever_is_screened_out_is_known_by_the_group(read):
    codebook = build_codebook([
        {"name": "center", "source": "Center", "wording": "w", "type": "single", "group": True},
        {"name": "aware", "source": "QID1", "wording": "w", "type": "single",
         "choices": {"1": "Yes", "2": "No"}, "screened_out": ["No"]},
    ])  # fmt: skip
    rows = [response(1, Q1="2"), response(2, Q1="1"), response(3, Q1="2", Finished="False")]
    found = read(rows, codebook=codebook)
    assert found.screened["center"].tolist() == ["Machinery"] * 2
    assert found.excluded["reason"].tolist() == [
        "finished but screened out",
        "screened out, and left",
    ]


def test_an_answer_to_what_was_not_asked_is_counted_and_in_no_denominator(read):
    codebook = build_codebook([
        {"name": "arm", "source": "Center", "wording": "w", "type": "embedded"},
        {"name": "aware", "source": "QID1", "wording": "w", "type": "single",
         "choices": {"1": "Yes", "2": "No"},
         "asked_if": {"item": "arm", "labels": ["Machinery"]}},
    ])  # fmt: skip
    found = read([response(1, Center="Other"), response(2)], codebook=codebook)
    assert found.rows["aware"].tolist()[1] == "Yes"
    assert found.rows["aware"].isna().tolist() == [True, False]
    assert check(found, "answered though not asked")["concerns"] == "aware"
    assert check(found, "answered though not asked")["count"] == 1


def test_an_answer_that_ends_the_survey_screens_out(tmp_path):
    codebook = build_codebook([
        {"name": "consent", "source": "QID1", "wording": "w", "type": "single",
         "choices": {"1": "Yes", "2": "No"}, "screened_out": ["No"]},
    ])  # fmt: skip
    rows = [response(1, Q1="2", Finished="1", Status="0"), response(2, Q1="No")]
    found = read_responses(export(tmp_path / "in.csv", rows), codebook)
    assert found.rows.empty
    assert check(found, "finished but screened out")["count"] == 2


def test_personal_columns_are_never_read_shown_or_named_in_an_error(read):
    found = read([response()])
    everything = "".join(map(str, vars(found).values()))
    for secret in ("192.0.2.77", "Whitlock", "38.123"):
        assert secret not in everything
    assert check(found, "personal column")["count"] == 3
    greedy = build_codebook([
        {"name": "who", "source": "RecipientLastName", "wording": "w", "type": "text"},
        {"name": "aware", "source": "QID1", "wording": "w", "type": "text"},
    ])  # fmt: skip
    with pytest.raises(InputError) as error:
        read([response()], codebook=greedy)
    assert "points at a person" in str(error.value)
    assert "Whitlock" not in str(error.value)


def test_answers_outside_the_choices_stop_the_reading_all_of_them_listed(read):
    rows = [response(1, Q1="Perhaps"), response(2, Q1="7"), response(3, Q1="7")]
    with pytest.raises(InputError) as error:
        read(rows)
    assert "aware: the answer in row 4 is not in the codebook (1 times)" in str(error.value)
    assert "'7' is not in the codebook (2 times)" in str(error.value)


@pytest.mark.parametrize("times", [1, 9, 10])
def test_only_what_many_said_is_quoted_in_an_error(read, times):
    words = "My supervisor and I"
    rows = [response(n, Q1="Yes") for n in range(3)]
    rows += [response(3 + n, Q1=words) for n in range(times)]
    with pytest.raises(InputError) as error:
        read(rows)
    assert (words in str(error.value)) == (times >= 10)
    assert ("row 7" in str(error.value)) == (times < 10)


def test_answers_outside_the_choices_are_left_blank_and_counted_when_asked(read):
    found = read([response(1, Q1="7"), response(2, Q1="Yes")], unknown_answers="blank")
    assert found.rows["aware"].isna().tolist() == [True, False]
    outside = check(found, "answer outside the choices")
    assert (outside["count"], outside["concerns"]) == (1, "aware: 1 different")


def test_a_negative_code_means_only_what_the_codebook_says(read):
    with pytest.raises(InputError, match="'-2' is not in the codebook"):
        read([response(Q1="-2")])
    assert read([response(Q1="-1")]).rows["aware"].tolist() == ["No basis"]


def test_an_unknown_answer_in_a_row_set_aside_does_not_stop_the_reading(read):
    assert len(read([response(1, Q1="Perhaps", Status="Spam"), response(2)]).rows) == 1


CLASH = build_codebook([
    {"name": "aware", "source": "QID1", "wording": "w", "type": "single",
     "choices": [{"code": "1", "label": "Yes"}, {"code": "1", "label": "No"}]},
])  # fmt: skip


def test_a_recode_clash_is_harmless_in_labels_and_stops_a_numeric_export(read):
    found = read([response(1, Q1="Yes"), response(2, Q1="No")], codebook=CLASH)
    assert found.rows["aware"].tolist() == ["Yes", "No"]
    assert check(found, "recode clash")["concerns"] == "aware: code 1"
    numeric = response(Q1="1", Finished="1", Status="0")
    with pytest.raises(InputError, match="'1' stands for two answers"):
        read([numeric], codebook=CLASH)
    blank = read([numeric], codebook=CLASH, unknown_answers="blank")
    assert check(blank, "recode clash")["done"] == "1 answers left blank"


def test_a_label_that_is_another_choice_s_code_follows_the_form_of_the_export(read):
    counts = build_codebook([
        {"name": "visits", "source": "QID1", "wording": "w", "type": "single",
         "choices": {"1": "0", "2": "1", "3": "2 or more"}},
    ])  # fmt: skip
    assert read([response(Q1="1")], codebook=counts).rows["visits"].tolist() == ["1"]
    numeric = response(Q1="1", Finished="1", Status="0")
    assert read([numeric], codebook=counts).rows["visits"].tolist() == ["0"]
    with pytest.raises(InputError, match="stands for two answers"):
        read([response(Q1="1")], codebook=counts, drop=("Finished", "Status"))


def test_columns_not_in_the_codebook_are_listed_and_not_read(read):
    columns = [*(METADATA | QUESTIONS).items(), ("Q9", "QID9")]
    found = read([response(Q9="secret remark")], columns=columns)
    assert check(found, "column not in the codebook")["concerns"] == "Q9"
    assert "secret remark" not in "".join(map(str, vars(found).values()))


def test_a_column_of_the_codebook_that_the_file_lacks_is_an_error(read):
    with pytest.raises(InputError, match="no column QID2_2"):
        read([response()], drop=("Q2_2",))


def test_a_file_without_header_rows_is_an_error(read):
    with pytest.raises(InputError, match="none of the codebook's columns is in the header"):
        read([response(1), response(2)], headers=0)


def test_the_wrong_encoding_is_an_error_that_names_the_line(tmp_path):
    path = export(tmp_path / "in.csv", [response(Center="Zürich")], encoding="cp1252")
    with pytest.raises(InputError, match=r"in.csv: is not utf-8 text \(line 7\)"):
        read_responses(path, CODEBOOK)
    assert read_responses(path, CODEBOOK, encoding="cp1252").rows["center"].tolist() == ["Zürich"]


def test_items_that_nobody_answered_are_reported(read):
    found = read([response(1), response(2)])
    assert check(found, "item nobody answered")["concerns"] == "training"


def test_one_respondent(read):
    found = read([response()])
    assert len(found.rows) == 1
    assert found.text == "1 row read, 1 analysed, none excluded."


def test_no_respondent_gives_an_empty_table_of_the_same_columns(read):
    empty, one = read([]), read([response()])
    assert len(empty.rows) == 0
    assert list(empty.rows) == list(one.rows)
    assert empty.account["rows"].tolist() == [0, 0]


def test_rows_that_do_not_fit_the_header_are_set_aside_by_number(tmp_path):
    path = export(tmp_path / "in.csv", [response(1), response(2)])
    with path.open("a") as stream:
        stream.write("too,short\n\nlast,short\n")
    found = read_responses(path, CODEBOOK)
    width = len(METADATA | QUESTIONS)
    assert found.excluded[["row", "reason"]].values.tolist() == [
        [6, f"row has 2 fields, the header {width}"],
        [7, "blank line"],
        [8, f"row has 2 fields, the header {width}"],
    ]
    assert found.input.rows == 5


@pytest.mark.parametrize("progress", ["most", "half%"])
def test_a_progress_that_is_no_number_is_an_error(read, progress):
    with pytest.raises(InputError, match="progress"):
        read([response(Progress=progress)])


def test_a_finished_that_is_neither_true_nor_false_is_an_error(read):
    with pytest.raises(InputError, match="finished 'maybe'"):
        read([response(Finished="maybe")])


def test_the_caller_s_codebook_and_file_are_left_as_they_were(tmp_path):
    path = export(tmp_path / "in.csv", [response()])
    before = path.read_bytes()
    read_responses(path, CODEBOOK)
    assert path.read_bytes() == before


# The two real exports, read in place


@pytest.fixture
def real(request):
    path = QUALTRICS / request.param
    if not path.exists():
        pytest.skip("the shared exports are not here")
    return path


@pytest.mark.parametrize("real", ["partials_spam_choicetext.csv"], indirect=True)
def test_the_real_export_with_partials_and_spam(real):
    from coee_nb.survey.read.drafting import draft_codebook

    drafted = build_codebook(_entries(draft_codebook(real)))
    found = read_responses(real, drafted)
    # 104 rows, 81 finished, 23 partial of which 19 empty; the spam row is one of the empty ones.
    assert found.input.rows == 104
    assert found.input.excluded == {"spam": 1}
    assert found.rows["finished"].sum() == 81
    assert (~found.rows["finished"]).sum() == 23 - 1
    assert check(found, "empty partial")["count"] == 19 - 1


@pytest.mark.parametrize("real", ["matrix_multiselect_negative_recodes_legacy.csv"], indirect=True)
def test_the_real_export_of_the_older_form(real):
    choices = {"1": "like", "2": "neutral", "3": "dislike", "-1": "no basis", "-2": "never had"}
    codebook = build_codebook([
        {"name": "squash", "source": "QID1", "wording": "w", "type": "single",
         "choices": choices, "not_applicable": ["-2"], "dont_know": ["-1"]},
        {"name": "vegetables", "sources": {f"QID4-{row}": f"row {row}" for row in range(1, 5)},
         "wording": "w", "type": "matrix", "choices": choices},
        {"name": "baby_food", "sources": {"QID5_1_1": "1st", "QID5_1_2": "2nd"},
         "wording": "w", "type": "multi"},
    ])  # fmt: skip
    assert read_responses(real, codebook).input.excluded == {"survey test": 15}
    found = read_responses(real, codebook, trial_responses="keep")
    assert len(found.rows) == 15
    assert found.rows["squash"].tolist()[:3] == ["dislike", "dislike", "like"]
    assert found.rows["squash"].tolist()[5] == "no basis"
    assert found.rows["vegetables__row_2"].tolist()[0] == "never had"
    assert found.rows["baby_food__1st"].isna().tolist()[:2] == [True, False]


def _entries(draft):
    import yaml

    return yaml.load(draft, yaml.BaseLoader)["items"]


# Properties

CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)),
    max_size=20,
)
NAMES = st.lists(st.sampled_from(["Q1", "Q2", "1st", "Q 3", 'Q"4']), min_size=1, max_size=5)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(names=NAMES, data=st.data())
def test_random_exports_come_back_cell_by_cell(tmp_path_factory, names, data):
    """Quotes, line breaks, any script and repeated names survive the trip."""
    keys = [f"QID{number}" for number in range(len(names))]
    cells = data.draw(st.lists(st.lists(CELL, min_size=len(keys), max_size=len(keys)), max_size=6))
    path = tmp_path_factory.mktemp("random") / "in.csv"
    ids = [json.dumps({"ImportId": key}) for key in ["_recordId", "finished", *keys]]
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerows([["ResponseId", "Finished", *names]] * 2 + [ids])
    writer.writerows([[f"R_{n}", "False", *row] for n, row in enumerate(cells)])
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    codebook = build_codebook(
        [{"name": f"q{n}", "source": k, "wording": "w", "type": "text"} for n, k in enumerate(keys)]
    )
    found = read_responses(path, codebook)
    assert len(found.rows) == len(cells)
    for number in range(len(keys)):
        expected = [row[number] if row[number].strip() else None for row in cells]
        column = found.rows[f"q{number}"].astype(object)
        assert [None if cell != cell else cell for cell in column] == expected


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(
        st.tuples(
            st.integers(1, 5),
            st.sampled_from(["IP Address", "Spam", "Survey Preview", "Survey Test", "Imported"]),
            st.booleans(),
            st.sampled_from(["Yes", "No", "-99", ""]),
        ),
        max_size=12,
    ),
    empty=st.sampled_from(["keep", "excluded"]),
    trial=st.sampled_from(["keep", "excluded"]),
)
def test_rows_read_are_rows_analysed_plus_rows_set_aside(tmp_path_factory, rows, empty, trial):
    path = tmp_path_factory.mktemp("account") / "in.csv"
    written = [
        response(number, Status=status, Finished=str(finished), Q1=answer)
        for number, status, finished, answer in rows
    ]
    found = read_responses(
        export(path, written), CODEBOOK, empty_partials=empty, trial_responses=trial
    )
    assert len(found.rows) + len(found.excluded) == len(rows)
    assert found.rows["response_id"].is_unique
    assert (found.excluded["reason"] != "").all()
    assert found.account["rows"].iloc[0] == found.account["rows"].iloc[1:].sum()
    assert set(found.excluded["row"]) <= set(range(4, 4 + len(rows)))
