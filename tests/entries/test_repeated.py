"""Whole numbers that stand more than once, held to a count of each."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.entries import repeated as module
from coee_nb.entries.repeated import repeated

NUMBERS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-2, 2))


@pytest.mark.parametrize("a_part", [1, 7, 1 << 24])
@given(batches=st.lists(st.lists(NUMBERS, max_size=20), max_size=5))
def test_it_is_those_that_a_count_finds_twice(a_part, batches, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "A_PART", a_part)
        arrays = [np.array(batch, dtype=np.int64) for batch in batches]
        folder = tmp_path_factory.mktemp("parts")
        found = repeated(arrays, sum(map(len, batches)), folder)
    counts = Counter(number for batch in batches for number in batch)
    assert found.tolist() == sorted(number for number, copies in counts.items() if copies > 1)
    assert list(folder.iterdir()) == []


def test_any_number_of_them_opens_few_files_and_loses_none(tmp_path):
    numbers = np.arange(-(2**63), 2**63 - 2**54, 2**54, dtype=np.int64)  # some in every part
    found = repeated([numbers, numbers[::3]], 2**40, tmp_path)
    assert found.tolist() == numbers[::3].tolist()
