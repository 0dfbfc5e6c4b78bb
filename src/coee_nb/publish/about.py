"""What an engagement says of itself on every page: title, office, scope, period, limits.

It stands in ``params/<engagement>/_engagement.yaml``, which need not be there.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coee_nb.arguments import given_as, known
from coee_nb.errors import InputError, ParameterError
from coee_nb.files import read_file
from coee_nb.paths import shown

FILE = "_engagement.yaml"
PLAIN = r"^[^<>*_`$#\\\[\]\n]+$"


class About(BaseModel):
    """An engagement in its own words; all but the title may be left out.

    ``questions`` are notebooks, in the order in which the front page has their answers; those it
    does not name follow. ``asked`` has what some of them were asked, in the engagement's words,
    which then stands as the title of their page: plain words, as headings are Markdown.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    title: str
    office: str = ""
    scope: str = ""
    period: str = ""
    limits: str = ""
    questions: tuple[str, ...] = ()
    asked: Mapping[str, Annotated[str, Field(pattern=PLAIN)]] = {}


def place(questions: Sequence[str], name: str) -> int:
    """Return where a notebook stands among an engagement's questions; one not named comes last.

    >>> sorted(["c", "b", "a"], key=lambda name: place(["a", "b"], name))
    ['a', 'b', 'c']
    """
    return questions.index(name) if name in questions else len(questions)


def read_about(folder: Path, notebooks: Collection[str]) -> About:
    """Return what the engagement whose parameter files stand in ``folder`` says of itself.

    One that says nothing is called by its folder. Raises ParameterError for names that are not
    known here, those of notebooks that are none of ``notebooks`` among them.
    """
    path = folder / FILE
    if not path.exists():
        return About(title=folder.name)
    try:
        about = About.model_validate(read_file(path).yaml())
    except ValidationError as error:
        first = error.errors()[0]
        raise ParameterError(
            f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}",
            where=shown(path),
            expected=", ".join(About.model_fields),
        ) from error
    except InputError as error:
        raise ParameterError(str(error)) from error
    for name, named in (("questions", about.questions), ("asked", about.asked)):
        with given_as(name, where=shown(path)):
            for notebook in named:
                known(notebook, sorted(notebooks), "notebook")
    return about
