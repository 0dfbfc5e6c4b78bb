"""A file was not current before the days that its comments tell as past."""

from datetime import date

import pytest

from coee_nb.errors import InputError
from coee_nb.recommendations.early import refuse_early
from coee_nb.recommendations.sources.recognise import read_file

JUNE = date(2024, 6, 30)
HEAD = "issuer,report,number,text,status,narrative\n"
PAST = [
    ("As of July 2024, the office had not acted.", "As of July 2024"),
    ("We asked. In August 2024, officials stated that it was done.", "In August 2024"),
    ("On July 1, 2024, we closed it.", "On July 1, 2024"),
    ("Staff told us in July 2024 that this slipped.", "told us in July 2024"),
    ("The department provided documentation in July 2024.", "department provided .*"),
    ("It is open. We received the policy on July 15, 2024.", "We received the policy .*"),
    ("The policy was issued in August 2024.", "was issued in August 2024"),
    ("The unit completed its review on July 12, 2024, and trained staff.", "unit completed its .*"),
    ("According to an email dated July 14, 2024, the work stopped.", "email dated July 14, 2024"),
    ("Training has been held since July 2024.", "has been held since July 2024"),
    ("Status as of July 2024: in progress.", "Status as of July 2024"),
    ("Updated July 28, 2024: still drafting.", "Updated July 28, 2024"),
    ("July 2024 update: the office drafted a policy.", "July 2024"),
    ("Implemented July 12, 2024.", "Implemented July 12, 2024"),
]
TO_COME = [
    "In August 2024, the office will report.",
    "As of August 2024, the system is to be in use.",
    "The office plans to finish in August 2024, as officials stated.",
    "In August 2024 a new policy takes effect.",
    "As of June 2024, the office had not acted.",
    "In fiscal year 2025, officials stated.",
    "Officials stated that the guide would be issued in August 2024.",
    "It reported that approved funding ends August 31, 2024.",
    "As of June 2024, the office expected the system to be completed in August 2024.",
    "Officials provided a schedule that shows completion in August 2024.",
    "The office provided a plan for completion in August 2024.",
    "Once the unit has completed its review in August 2024, it tells us.",
    "The rule approved last year takes effect on August 1, 2024.",
    "Policy issued in August 2024; staff trained by September 2024.",
    "Next update: July 31, 2024.",
]


def reading(folder, says):
    path = folder / "list.csv"
    path.write_text(f'{HEAD}Audit,IA-7,1,Do it,open,"{says}"\n', encoding="utf-8")
    return read_file(path, as_of=JUNE)


@pytest.mark.parametrize(("says", "quoted"), PAST)
def test_a_day_before_what_the_text_tells_as_past_is_refused(tmp_path, says, quoted):
    told = reading(tmp_path, says)
    with pytest.raises(InputError, match=f"'{quoted}' is told as past, and comes after 2024-06-30"):
        refuse_early(told)


def test_from_that_day_on_it_is_taken(tmp_path):
    path = tmp_path / "list.csv"
    rows = "".join(f'Audit,IA-7,{n},Do {n},open,"{says}"\n' for n, (says, _) in enumerate(PAST))
    path.write_text(HEAD + rows, encoding="utf-8")
    refuse_early(read_file(path, as_of=date(2024, 8, 31)))


@pytest.mark.parametrize("says", TO_COME)
def test_what_is_to_come_is_no_reason_to_refuse_a_day(tmp_path, says):
    refuse_early(reading(tmp_path, says))
