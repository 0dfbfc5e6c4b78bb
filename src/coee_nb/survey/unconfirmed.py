"""Choices of a drafted codebook: until somebody has confirmed them, rare ones may be own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from coee_nb.survey.codebook import Codebook
from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.kind import factorized

OTHER = "other (each given by fewer than {floor})"


def with_common_choices(
    codebook: Codebook, rows: pd.DataFrame, floor: int
) -> tuple[Codebook, pd.DataFrame]:
    """Return a draft and its responses with the answers of fewer than ``floor`` put together.

    A draft lists as a choice whatever somebody wrote. Its analyst confirms them by taking the
    mark of the draft out of the codebook, which is then returned as it is.
    """
    if not codebook.draft:
        return codebook, rows
    rows, items = rows.copy(), []
    for item in codebook.items:
        rare = _rare(item, rows, floor)
        if not rare:
            items.append(item)
            continue
        columns = rows[list(item.columns)]
        joined = len(item.columns) > 1 and set(item.labels) & set(item.choices)
        names = _names(rare, floor, apart=bool(joined))
        items.append(_renamed(item, names))
        choices = pd.CategoricalDtype(list(items[-1].choices))
        for name in item.columns:
            rows[name] = columns[name].astype(object).replace(names).astype(choices)
    return replace(codebook, items=tuple(items)), rows


def _rare(item: Item, rows: pd.DataFrame, floor: int) -> list[str]:
    """Return the choices that somebody gave, and fewer than ``floor``, in their order."""
    counts: Counter[str] = Counter()
    for name in item.columns if item.substantive else ():
        codes, labels = factorized(rows[name])
        counts.update(dict(zip(labels, np.bincount(codes[codes >= 0]).tolist(), strict=True)))
    return [one for one in item.substantive if 0 < counts[one] < floor]


def _names(rare: list[str], floor: int, *, apart: bool) -> dict[str, str]:
    """Return what each rare choice is shown as: one name for all, or one for each box."""
    other = OTHER.format(floor=floor)
    return {
        one: f"{other}, {number}" if apart and len(rare) > 1 else other
        for number, one in enumerate(rare, 1)
    }


def _renamed(item: Item, names: Mapping[str, str]) -> Item:
    kept = [one for one in item.choices if one not in names]
    return replace(
        item,
        choices=(*kept, *dict.fromkeys(names.values())),
        labels=tuple(names.get(one, one) for one in item.labels),
        codes=tuple((code, names.get(label, label)) for code, label in item.codes),
    )
