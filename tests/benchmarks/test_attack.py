"""Many random surveys attacked from their files: how long an attack takes beside the publication.

``COEE_SURVEYS=2000`` attacks so many; without it a few, enough for the ratio.
"""

import os
from time import process_time

import pytest
from attacker import breaches, crossed_breaches, read_tables
from random_surveys import random_survey
from whole_path import published

from coee_nb.errors import InputError

pytestmark = pytest.mark.benchmark
FIRST, SURVEYS = 10_000, int(os.environ.get("COEE_SURVEYS", "10"))


def test_random_surveys_are_attacked_in_vain(tmp_path):
    found, attacked, publishing, attacking = [], 0, 0.0, 0.0
    for seed in range(FIRST, FIRST + SURVEYS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        values, questions, key_results = random_survey(seed, folder)
        begun = process_time()
        try:
            published(values, folder / "tables")
        except InputError:
            continue
        publishing += process_time() - begun
        begun = process_time()
        tables = read_tables(folder / "tables")
        found += [
            (seed, *one) for one in breaches(tables, questions, key_results, floor=values["floor"])
        ]
        found += crossed_breaches(tables, key_results, values["crosstabs"], floor=values["floor"])
        attacking += process_time() - begun
        attacked += 1
    print(f"\n{attacked} surveys attacked, {attacking / publishing:.2f} of publishing", end="; ")
    assert attacked > SURVEYS / 2
    assert found == []
