import numpy as np
import pytest

from coee_nb.errors import InputError
from coee_nb.survey.read.dispositions import Entries, exclusion_reasons
from coee_nb.survey.read.exports import Body, Coded


def coded(*cells):
    texts = tuple(dict.fromkeys(cells))
    return Coded(texts, np.array([texts.index(cell) for cell in cells], dtype=int))


def entries(**columns):
    count = len(next(iter(columns.values())))
    body = Body({}, np.arange(4, 4 + count))
    return Entries.of({name: coded(*cells) for name, cells in columns.items()}, body, where="f.csv")


def test_a_response_without_an_id_goes_by_its_row():
    assert entries(response_id=["R_1", " "]).ids.tolist() == ["R_1", "row 5"]


def test_who_finished_is_read_in_words_and_digits_or_from_the_progress():
    told = entries(finished=["True", "FALSE", "1", "0", ""])
    assert told.finished.tolist() == [True, False, True, False, False]
    assert told.completion == ""
    known = entries(progress=["100", "99", ""])
    assert known.finished.tolist() == [True, False, False]
    assert known.completion == "taken from the progress"


def test_a_form_that_keeps_only_what_was_submitted_tells_who_finished():
    submitted = entries(submitted=["2026-01-05 10:00:00", ""])
    assert submitted.finished.tolist() == [True, False]
    assert submitted.completion == "taken from the time of submission"


def test_completion_that_no_column_tells_is_not_known():
    unknown = entries(response_id=["a", "b"])
    assert not unknown.finished.any()
    assert unknown.completion.startswith("not known")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("0", ""),
        ("4", ""),
        ("16", ""),
        ("32", ""),
        ("12", "spam"),
        ("40", "spam"),
        ("17", "survey preview"),
        ("IP Address", ""),
        ("Imported Spam", "spam"),
        ("Offline Survey Preview", "survey preview"),
    ],
)
def test_the_kind_of_an_entry(status, kind):
    assert entries(status=[status]).kind.tolist() == [kind]


def test_a_preview_is_known_by_its_channel_too():
    found = entries(channel=["preview", "anonymous"], status=["IP Address", "IP Address"])
    assert found.kind.tolist() == ["survey preview", ""]


@pytest.mark.parametrize("column", ["finished", "progress", "status"])
def test_an_entry_of_unknown_form_is_an_error_that_names_the_file(column):
    with pytest.raises(InputError, match=rf"f.csv: {column} 'vielleicht'"):
        entries(**{column: ["vielleicht"]})


def test_the_first_reason_counts():
    found = entries(
        response_id=["a", "a", "b", "c", "d", ""],
        finished=["True", "True", "True", "False", "True", ""],
        status=["8", "0", "0", "0", "1", ""],
        terminated=["", "", "Screened", "", "", ""],
    )
    everyone = np.ones(6, bool)
    reasons = exclusion_reasons(
        found,
        np.array([1, 1, 1, 0, 1, 0]),
        ~everyone,
        blank=np.arange(6) == 5,
        empty_partials="excluded",
        trial_responses="excluded",
    )
    assert reasons.tolist() == [
        "spam",
        "",
        "finished but screened out",
        "partial without any answer",
        "survey preview",
        "blank line",
    ]


def reasons_of(found, answers, screened=None):
    none = np.zeros(len(answers), bool)
    return exclusion_reasons(
        found,
        np.array(answers),
        none if screened is None else np.array(screened),
        blank=none,
        empty_partials="keep",
        trial_responses="excluded",
    ).tolist()


def test_of_one_id_the_row_with_most_answers_stays_however_far_the_other_went():
    found = entries(response_id=["a", "a"], finished=["True", "False"], progress=["100", "60"])
    assert reasons_of(found, [0, 3]) == ["duplicate response id", ""]
    assert reasons_of(found, [3, 3]) == ["", "duplicate response id"]


def test_who_finished_and_skipped_everything_was_not_screened_out():
    found = entries(response_id=["a", "b"], finished=["True", "True"])
    assert reasons_of(found, [0, 0], [False, True]) == ["", "finished but screened out"]
