"""What holds rows or unreleased counts shows nothing of them, whatever the stray last line."""

import dataclasses
import importlib
import pkgutil
import re

import pandas as pd
import pytest

import coee_nb.survey
from coee_nb.outputs import Table
from coee_nb.unseen import Unseen

HOLDS = re.compile(r"DataFrame|Series|ndarray|NDArray")


def dataclasses_of_the_package():
    for module in pkgutil.walk_packages(coee_nb.survey.__path__, "coee_nb.survey."):
        loaded = importlib.import_module(module.name)
        for name, found in vars(loaded).items():
            own = isinstance(found, type) and found.__module__ == module.name
            if own and dataclasses.is_dataclass(found):
                yield name, found


def test_every_result_that_holds_rows_is_unseen():
    shown = [
        name
        for name, found in dataclasses_of_the_package()
        if any(HOLDS.search(str(field.type)) for field in dataclasses.fields(found))
        and not issubclass(found, Unseen | Table)  # a table is what has passed the gate
    ]
    assert shown == []


def test_no_unseen_class_has_another_representation():
    others = [
        name
        for name, found in dataclasses_of_the_package()
        if issubclass(found, Unseen)
        for way in ("__repr__", "__str__", "__format__", "_repr_html_", "_repr_pretty_")
        if way in vars(found)
    ]
    assert others == []


def faces(held):
    """Everything that a notebook, a log or a debugger would print of an object."""
    from IPython.core.formatters import DisplayFormatter

    bundle, _ = DisplayFormatter().format(held)
    return "\n".join([repr(held), str(held), f"{held}", *map(str, bundle.values())])


PATHS = [
    lambda released: released,
    lambda released: [released, (released.survey,)],
    lambda released: released.survey,
    lambda released: released.survey.files,
    lambda released: released.survey.files.responses,
    lambda released: released.survey.files.frame,
    lambda released: released.survey.key_results,
    lambda released: released.survey.tables,
    lambda released: released.survey.themes,
    lambda released: released.comments,
    lambda released: released.plan,
    lambda released: released.plan.publication,
    lambda released: released.plan.published,
]


@pytest.mark.parametrize("path", PATHS)
def test_no_face_of_a_result_shows_an_id_a_comment_or_a_count(plain, path):
    shown = faces(path(plain))
    rows = plain.survey.rows
    secrets = [*rows["response_id"], *rows["comment"].dropna()]
    assert [secret for secret in secrets if secret in shown] == []
    assert not re.search(r"\d", shown.replace("0x", ""))
    assert "not shown" in shown


def test_a_frame_of_rows_is_what_the_gate_must_stop(plain):
    assert isinstance(plain.survey.rows, pd.DataFrame)  # plain pandas, for the analyst's own eyes
