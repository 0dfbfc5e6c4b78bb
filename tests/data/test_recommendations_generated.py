from datetime import date
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from coee_nb.recommendations import log
from coee_nb.recommendations.contradictions import refuse_contradictions
from coee_nb.recommendations.register import register

ROOT = Path(__file__).resolve().parents[2]
STORED = ROOT / "data" / "oig_22_34" / "recommendations_generated"


@pytest.fixture(scope="module")
def make(maker):
    return maker("recommendations_generated")


@pytest.fixture(scope="module")
def generated(make):
    return make.generate()


def test_the_same_seed_gives_the_same_log(make, generated):
    assert_frame_equal(make.generate().events, generated.events)
    assert not make.generate(seed=1).events.equals(generated.events)


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


def test_the_stored_log_is_read_as_it_was_made(generated):
    stored = log.read(STORED)
    assert_frame_equal(stored.events, generated.events)
    listed = generated.recommendations.reset_index(drop=True)
    assert_frame_equal(stored.recommendations, listed)
