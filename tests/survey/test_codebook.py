import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.survey.codebook import build_codebook, read_codebook
from coee_nb.survey.questions.conditions import Condition
from coee_nb.survey.questions.plain import slug

YAML = """
note: drafted by hand
items:
- name: center
  source: Center
  wording: Center
  type: single
  group: true
- name: aware
  source: QID1
  wording: Are you
    aware?
  type: single
  choices: {1: Yes, 2: no, 9: Don't know, -99: Left blank}
  dont_know: [9]
  missing: [Left blank]
- name: tools
  sources: {QID2_1: ACE, QID2_2: "SEACATS, by port"}
  wording: Which tools?
  type: multi
  asked_if: {item: aware, labels: [Yes]}
- name: use
  sources: {QID3_1: Handbook, QID3_2: Port guide}
  wording: How often?
  type: matrix
  choices: [Often, Never]
- name: years
  source: QID4_TEXT
  wording: Years?
  type: numeric
  missing: [-99]
"""

CSV = """\
name,source,wording,type,choices,missing,dont_know,asked_if,label,group
center,Center,Center,single,,,,,,true
aware,QID1,Are you aware?,single,1=Yes|2=no|9=Don't know|-99=Left blank,-99,9,,,
tools,QID2_1,Which tools?,multi,,,,aware=Yes,ACE,
tools,QID2_2,,,,,,,"SEACATS, by port",
use,QID3_1,How often?,matrix,Often|Never,,,,Handbook,
use,QID3_2,,,,,,,Port guide,
years,QID4_TEXT,Years?,numeric,,-99,,,,
"""


@pytest.fixture
def write(tmp_path):
    def _write(text, name="codebook.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def test_yaml_and_csv_say_the_same(write):
    from_yaml = read_codebook(write(YAML))
    from_csv = read_codebook(write(CSV, "codebook.csv"))
    assert from_yaml.items == from_csv.items
    assert from_yaml.groups == from_csv.groups
    assert from_yaml.note == "drafted by hand"


def test_items_carry_labels_not_codes(write):
    codebook = read_codebook(write(YAML))
    aware = codebook["aware"]
    assert aware.choices == ("Yes", "no", "Don't know", "Left blank")
    assert aware.substantive == ("Yes", "no")
    assert (aware.dont_know, aware.missing) == ({"Don't know"}, {"Left blank"})
    assert aware.wording == "Are you aware?"
    assert codebook["tools"].columns == ("tools__ace", "tools__seacats_by_port")
    assert codebook["tools"].labels == ("ACE", "SEACATS, by port")
    assert codebook["tools"].asked_if == Condition(item="aware", labels=("Yes",))
    assert codebook["use"].columns == ("use__handbook", "use__port_guide")
    assert codebook["use"].choices == ("Often", "Never")
    assert codebook["years"].missing == {"-99"}
    assert [group.name for group in codebook.groups] == ["center"]


def test_labels_that_make_the_same_column_name_are_numbered():
    codebook = build_codebook([
        {"name": "x", "sources": {"A": "Port?", "B": "Port!", "C": "港"}, "wording": "w",
         "type": "multi"},
    ])  # fmt: skip
    assert codebook["x"].columns == ("x__port", "x__port_2", "x__other")


def entry(**changes):
    whole = {"name": "a", "source": "Q1", "wording": "w", "type": "text"} | changes
    return {key: value for key, value in whole.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Bad Name"}, "name"),
        ({"name": "finished"}, "taken by the response"),
        ({"type": "slide show"}, "type"),
        ({"colour": "red"}, "colour"),
        ({"wording": None}, "wording"),
        ({"source": None}, "source"),
        ({"sources": {"Q1": "x"}}, "either source"),
        ({"type": "single"}, "choices are missing"),
        ({"type": "matrix", "choices": ["x"]}, "a matrix has sources"),
        ({"source": None, "sources": {"Q1": "x"}}, "has one source"),
        ({"choices": ["x"]}, "has no choices"),
        ({"group": True}, "of type single"),
        ({"group": "perhaps"}, "group"),
        ({"type": "single", "choices": ["x"], "missing": ["x"], "dont_know": ["x"]}, "both"),
        ({"asked_if": {"item": "b", "labels": ["x"]}}, "comes before"),
    ],
)
def test_a_faulty_entry_is_an_error_that_names_it(changes, message):
    with pytest.raises(InputError, match=message) as error:
        build_codebook([entry(**changes)], where="book.yaml")
    assert "book.yaml, item" in str(error.value)


def test_a_condition_on_an_answer_that_does_not_exist_is_an_error():
    first = entry(type="single", choices=["Yes", "No"])
    second = entry(name="b", source="Q2", asked_if={"item": "a", "labels": ["Maybe"]})
    with pytest.raises(InputError, match=r"'Maybe'.*one of Yes, No"):
        build_codebook([first, second])


@pytest.mark.parametrize(
    ("changes", "what"), [({"source": "Q2"}, "item 'a'"), ({"name": "b"}, "source 'Q1'")]
)
def test_names_and_sources_are_used_once(changes, what):
    with pytest.raises(InputError, match=f"the {what} is used twice"):
        build_codebook([entry(), entry(**changes)])


def test_an_unknown_item_is_an_error_with_the_nearest_name(write):
    with pytest.raises(InputError, match=r"no item 'awar' \(did you mean 'aware'\?\)"):
        read_codebook(write(YAML))["awar"]


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("items: [", "c.yaml", "not readable YAML"),
        ("items:\n- {name: a, choices: {1: Yes, 1: No}}", "c.yaml", "'1' is given twice"),
        ("things: []", "c.yaml", "no list of items"),
        ("items: []\nextra: 1", "c.yaml", "unknown key 'extra'"),
        (
            "known_words: Annex\nitems:\n- {name: a, source: Q1, wording: w, type: text}",
            "c.yaml",
            "known_words is 'Annex'",
        ),
        ("items: []", "c.yaml", "no items"),
        ("!!python/object/apply:os.getcwd []", "c.yaml", "no list of items|not readable"),
        ("name,source,wording,type,colour\n", "c.csv", "colour"),
        ("name,source\na,Q1\n", "c.csv", "no column 'wording'"),
        ("name,source,wording,type\na,Q1,w,text,more\n", "c.csv", "5 cells, the header has 4"),
    ],
)
def test_a_file_of_another_shape_is_an_error_that_names_it(write, text, name, message):
    with pytest.raises(InputError, match=message) as error:
        read_codebook(write(text, name))
    assert name in str(error.value)


def test_an_absent_codebook_and_one_of_another_encoding_are_errors(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_codebook(tmp_path / "none.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes("note: Zürich".encode("cp1252"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_codebook(path)


def test_two_choices_of_one_code_are_written_as_pairs():
    pairs = [{"code": "1", "label": "Yes"}, {"code": "1", "label": "No"}]
    book = build_codebook([entry(type="single", choices=pairs)])
    assert book["a"].codes == (("1", "Yes"), ("1", "No"))


@given(st.text(max_size=60))
def test_every_label_ends_a_column_name(label):
    import re

    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", slug(label))
