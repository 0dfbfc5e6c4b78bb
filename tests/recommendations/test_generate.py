from datetime import date
from pathlib import Path

from pandas.testing import assert_frame_equal

from coee_nb.recommendations import generate, log
from coee_nb.recommendations.contradictions import refuse_contradictions
from coee_nb.recommendations.register import register

ROOT = Path(__file__).resolve().parents[2]
STORED = ROOT / "data" / "oig_22_34" / "recommendations_generated"


def test_the_same_seed_gives_the_same_log(generated):
    assert_frame_equal(generate.generate().events, generated.events)
    assert not generate.generate(seed=1).events.equals(generated.events)


def test_every_row_says_that_it_is_generated(generated):
    assert generated.events["note"].str.startswith("generated example data").all()
    for column in ("issuer", "agency", "title", "text"):
        assert generated.recommendations[column].str.startswith("Generated").all()


def test_the_generated_log_does_not_contradict_itself(generated):
    refuse_contradictions(generated.recommendations, generated.events, "recommendations", "events")


def test_it_holds_every_kind_of_promise_and_closure(generated):
    table = register(generated, as_of=date(2024, 4, 30)).table
    assert set(table["status"]) == {
        "resolved and open", "closed - implemented", "closed - not implemented",
    }  # fmt: skip
    assert set(table["ecd_statement"]) == {"ecd", "no_ecd"}
    assert set(table["ecd_bound"]) == {"due", "not_before", ""}


def test_the_stored_files_are_what_the_generator_makes(generated, tmp_path):
    generate.write(tmp_path)
    for name in ("recommendations.csv", "events.csv"):
        assert (STORED / name).read_bytes() == (tmp_path / name).read_bytes()
    assert_frame_equal(log.read(STORED).events, generated.events)
