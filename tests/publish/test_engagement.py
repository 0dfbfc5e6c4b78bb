"""A new engagement: sheets to fill in without a word of the example, and what is missing."""

import json

import pytest
import yaml
from click.testing import CliRunner

from coee_nb.cli import coee
from coee_nb.errors import ParameterError
from coee_nb.files import read_file
from coee_nb.parameters import read_values
from coee_nb.paths import project_root
from coee_nb.publish.about import read_about
from coee_nb.publish.engagement import missing, new_engagement
from coee_nb.publish.plan import plan, schema_of

NOTEBOOKS = project_root() / "notebooks"
EXAMPLES_WORDS = ("tariff", "customs", "oig", "generated.csv", "margins")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project with the notebooks and no engagement."""
    (tmp_path / "notebooks").mkdir()
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        book = json.loads(notebook.read_text("utf-8"))
        (tmp_path / "notebooks" / notebook.name).write_text(json.dumps(book), "utf-8")
    (tmp_path / "params").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sheet_asks_for_what_has_no_default_and_shows_the_defaults(root):
    made = new_engagement("city_parks", root=root)
    assert {path.stem for path in made} == {path.stem for path in NOTEBOOKS.glob("*.ipynb")}
    for sheet in made:
        schema = schema_of(read_file(root / "notebooks" / f"{sheet.stem}.ipynb"))
        required = {name for name, one in schema.model_fields.items() if one.is_required()}
        assert set(read_values(read_file(sheet))) == required
        told = sheet.read_text()
        assert [word for word in EXAMPLES_WORDS if word in told.lower()] == []
        for name, field in schema.model_fields.items():
            if not field.is_required():
                [line] = [one for one in told.splitlines() if one.startswith(f"# {name}:")]
                default = field.get_default(call_default_factory=True)
                assert yaml.safe_load(line.removeprefix("# "))[name] == default


def test_only_the_notebooks_asked_for(root):
    (made,) = new_engagement("parks", root=root, notebooks=["recommendation_aging"])
    assert made.stem == "recommendation_aging"
    with pytest.raises(ParameterError, match="did you mean 'survey_responses'"):
        new_engagement("other", root=root, notebooks=["survey_response"])


@pytest.mark.parametrize("name", ["../x", "My Audit", "", "a-b"])
def test_an_unfit_name_is_refused(root, name):
    with pytest.raises(ParameterError, match="cannot name an engagement"):
        new_engagement(name, root=root)


def test_nothing_is_overwritten(root):
    new_engagement("my_audit", root=root)
    with pytest.raises(ParameterError, match="params/my_audit is there already"):
        new_engagement("my_audit", root=root)


def test_what_is_missing_is_told_in_order_until_nothing_is(root):
    (sheet,) = new_engagement("parks", root=root, notebooks=["recommendation_aging"])
    first, second = missing("parks", root=root)
    assert first.do.startswith("fill in as_of")
    assert "data/parks/recommendations" in second.do
    text = sheet.read_text().replace("as_of:", "as_of: 2024-06-31", 1)
    sheet.write_text(text)
    (root / "data/parks/recommendations").mkdir(parents=True)
    [fault] = missing("parks", root=root)
    assert "day is out of range" in fault.do


def test_an_engagement_that_is_not_there_is_an_error(root):
    with pytest.raises(ParameterError, match="engagement"):
        missing("nowhere", root=root)


def test_the_command_lists_the_steps_and_ends_with_1_while_there_are_any(root, monkeypatch):
    monkeypatch.setattr("coee_nb.paths.project_root", lambda: root)
    made = CliRunner().invoke(coee, ["new", "parks", "--notebooks", "recommendation_aging"])
    assert "1. fill in as_of" in made.output
    assert made.output.startswith("params/parks/")
    monkeypatch.chdir(root.parent)
    again = CliRunner().invoke(coee, ["new", "woods", "--notebooks", "recommendation_aging"])
    assert again.output.startswith(str(root / "params" / "woods"))  # one stands elsewhere
    monkeypatch.chdir(root)
    asked = CliRunner().invoke(coee, ["check", "parks"], standalone_mode=False)
    assert asked.return_value == 1
    assert "recommendation_aging" in asked.output
    for given in ("params/parks", "params/parks/recommendation_aging.yaml"):
        again = CliRunner().invoke(coee, ["check", given], standalone_mode=False)
        assert again.output == asked.output


@pytest.mark.parametrize("title", ["Which <b>parks</b>?", "Which *parks*?", "$x$", "", "a\nb"])
def test_a_title_of_a_page_is_plain_words(tmp_path, title):
    words = json.dumps({"title": "Parks", "asked": {"toy": title}})
    (tmp_path / "_engagement.yaml").write_text(words, "utf-8")
    with pytest.raises(ParameterError, match=r"asked\.toy"):
        read_about(tmp_path, ["toy"])


@pytest.mark.parametrize(
    "said", [{"questions": ["recommendation_agin"]}, {"asked": {"recommendation_agin": "Which?"}}]
)
def test_a_notebook_that_there_is_not_is_told_first_and_once(root, said):
    new_engagement("parks", root=root, notebooks=["recommendation_aging"])
    about = root / "params" / "parks" / "_engagement.yaml"
    about.write_text(json.dumps({"title": "Parks"} | said), "utf-8")
    first, *others = missing("parks", root=root)
    assert first.notebook == "_engagement.yaml"
    assert f"params/parks/_engagement.yaml: parameter '{next(iter(said))}': no notebook" in first.do
    assert "did you mean 'recommendation_aging'?" in first.do
    assert {step.notebook for step in others} == {"recommendation_aging"}
    with pytest.raises(ParameterError, match="no notebook 'recommendation_agin'"):
        plan([root / "params" / "parks"])


def test_an_engagement_begins_with_a_title_of_its_own(root):
    new_engagement("parks_2026", root=root, notebooks=["recommendation_aging"])
    assert read_about(root / "params" / "parks_2026", []).title == "Parks 2026"


@pytest.mark.parametrize(
    "asked",
    [
        ["--notebooks", "survey_responses", "collections_its"],
        ["survey_responses", "collections_its"],
        ["--notebooks", "survey_responses,collections_its"],
        ["--notebooks", "survey_responses", "--notebooks", "collections_its"],
    ],
)
def test_notebooks_can_be_named_as_people_do(root, monkeypatch, asked):
    monkeypatch.setattr("coee_nb.paths.project_root", lambda: root)
    assert CliRunner().invoke(coee, ["new", "parks", *asked]).exit_code == 0
    made = {path.stem for path in (root / "params" / "parks").glob("[!_]*.yaml")}
    assert made == {"survey_responses", "collections_its"}


def test_what_is_built_on_the_others_is_told_after_them(root):
    new_engagement("parks", root=root)
    order = [*dict.fromkeys(step.notebook for step in missing("parks", root=root))]
    assert order[-2:] == ["ad_hoc", "center_scorecard"]
    assert order[:-2] == sorted({path.stem for path in NOTEBOOKS.glob("*.ipynb")} - {*order[-2:]})


def test_a_scorecard_comes_after_the_notebooks_whose_findings_it_takes(root):
    new_engagement("parks", root=root, notebooks=["center_scorecard", "oversight_activity"])
    data, sheets = root / "data" / "parks", root / "params" / "parks"
    data.mkdir(parents=True, exist_ok=True)
    (sheets / "center_scorecard.yaml").write_text(
        "frame: data/parks/frame.csv\nfindings: [run:oversight_activity/findings.json]\n"
    )
    told = missing("parks", root=root)
    assert [step.notebook for step in told] == ["oversight_activity", "center_scorecard"]
    (data / "frame.csv").write_text(
        "id,measure,kind,asked_by,definition\n1,Visits,output,Us,Made\n"
    )
    assert [step.notebook for step in missing("parks", root=root)] == ["oversight_activity"]
    (data / "duties.csv").write_text("responsibility,owner\nAlarms,Fire service\n")
    (sheets / "oversight_activity.yaml").write_text(
        "as_of: 2024-12-31\nresponsibilities: data/parks/duties.csv\n"
    )
    assert missing("parks", root=root) == []
    (sheets / "oversight_activity.yaml").unlink()
    [step] = missing("parks", root=root)
    assert "'oversight_activity', which is not in this run" in step.do
