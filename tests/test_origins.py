"""Where rows come from, declared once and carried to everything that shows them."""

from pathlib import Path

import pandas as pd
import pytest

from coee_nb.drawing import canvas
from coee_nb.errors import InputError
from coee_nb.findings import Finding, Findings, InputFile, input_file
from coee_nb.origins import origin_of
from coee_nb.outputs import CHART_MIME, TABLE_MIME, Chart, Table
from coee_nb.publish.extract import to_frame, write_tables

EXAMPLE = Path(__file__).parents[1] / "data" / "oig_22_34"


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in ("notebooks", "params", "data/audit/deep"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def declare(project, text):
    (project / "data" / "audit" / "origins.yaml").write_text(text)


def test_a_declared_file_or_folder_has_the_declared_origin(project):
    declare(project, "a.csv: {origin: published, source: Statement}\ndeep: {origin: generated}\n")
    assert origin_of("data/audit/a.csv") == "published"
    assert origin_of("data/audit/deep/rows.csv") == "generated"
    assert origin_of("data/audit/other.csv") == "own records"


def test_the_nearest_declaration_wins(project):
    declare(project, "deep: {origin: generated}\n")
    (project / "data/audit/deep/origins.yaml").write_text("rows.csv: {origin: own records}\n")
    assert origin_of("data/audit/deep/rows.csv") == "own records"


def test_what_nobody_declared_is_generated_when_its_name_says_so(project):
    assert origin_of("data/audit/Rows_Generated.csv") == "generated"
    assert origin_of("data/generated/rows.csv") == "generated"
    assert origin_of(project.parent / "elsewhere" / "rows.csv") == "own records"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a.csv: {origin: invented}", "a.csv"),
        ("a.csv: published", "a.csv"),
        ("a.csv: {origin: published}", "source"),
    ],
)
def test_a_declaration_that_says_too_little_is_an_error(project, text, told):
    declare(project, text)
    with pytest.raises(InputError, match=told):
        origin_of("data/audit/a.csv")


def test_every_data_file_of_the_example_is_declared():
    import yaml

    declared = yaml.safe_load((EXAMPLE / "origins.yaml").read_text("utf-8"))
    files = [f.relative_to(EXAMPLE) for f in EXAMPLE.rglob("*") if f.suffix in {".csv", ".yaml"}]
    files = [f for f in files if f.name != "origins.yaml"]
    undeclared = [
        f for f in files if not {f.as_posix(), *(p.as_posix() for p in f.parents)} & set(declared)
    ]
    assert files
    assert undeclared == []


def test_generated_rows_say_so_in_caption_picture_words_and_files(tmp_path):
    frame = pd.DataFrame({"office": ["A"], "late": [3]})
    table = Table(frame, name="late", caption="Late", origin="generated")
    assert "<caption>Late (generated data)</caption>" in table.html()
    assert "Late (generated data)" in table.plain()
    with canvas(3, 2) as (figure, axes):
        axes.plot([0, 1])
        chart = Chart(figure, "late_bars", "Late by office", "One bar for each office.", table)
    assert chart.title.endswith("(generated data)")
    assert chart.description.endswith("(generated data)")
    assert "Generated data" in {text.get_text() for text in figure.findobj(lambda o: True)
                                if hasattr(text, "get_text")}  # fmt: skip
    bundle = table._repr_mimebundle_()
    assert bundle[TABLE_MIME]["origin"] == "generated"
    csv, parquet = write_tables([bundle[TABLE_MIME]], tmp_path)
    assert pd.read_csv(csv)["origin"].tolist() == ["generated"]
    assert pd.read_parquet(parquet)["origin"].tolist() == ["generated"]
    assert CHART_MIME.startswith("application/")


def test_a_published_table_names_its_origin_in_its_file_and_keeps_its_caption():
    table = Table(pd.DataFrame({"a": [1]}), name="t", caption="Sums", origin="published")
    assert "<caption>Sums</caption>" in table.html()
    assert to_frame(table.data())["origin"].tolist() == ["published"]
    assert "origin" not in to_frame(Table(pd.DataFrame({"a": [1]}), name="t", caption="c").data())


def test_a_finding_on_generated_rows_says_so_wherever_it_is_quoted(project):
    (project / "data/audit/rows_generated.csv").write_text("a\n1\n")
    (project / "data/audit/own.csv").write_text("a\n1\n")
    made, own = input_file("data/audit/rows_generated.csv"), input_file("data/audit/own.csv")
    assert (made.origin, own.origin) == ("generated", "own records")
    found = Finding("survey.a", "3 of 4 said yes.", 3, "people", inputs=(own, made))
    assert found.record()["origin"] == "generated"
    assert found.record()["statement"] == "3 of 4 said yes. (generated data)"
    assert "(generated data)" in Findings([found])._repr_mimebundle_()["text/html"]
    published = InputFile("p.csv", "0", origin="published")
    assert Finding("a.b", "s", 1, "x", inputs=(published,)).record()["origin"] == "published"
    assert Finding("a.b", "s", 1, "x", inputs=(published, own)).record()["origin"] == "own records"


def test_a_generated_file_in_a_folder_declared_otherwise_stays_generated(project):
    declare(project, "deep: {origin: published, source: Statement}\n")
    assert origin_of("data/audit/deep/rows.csv") == "published"
    assert origin_of("data/audit/deep/rows_generated.csv") == "generated"
