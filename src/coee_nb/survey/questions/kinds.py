"""The kinds of questions there are; a new one is a module beside this one and a name in it."""

from coee_nb.survey.questions.constant_sum import CONSTANT_SUM
from coee_nb.survey.questions.embedded import EMBEDDED
from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.kind import Kind
from coee_nb.survey.questions.matrix import MATRIX
from coee_nb.survey.questions.multi import MULTI
from coee_nb.survey.questions.number import NUMBER, SLIDERS
from coee_nb.survey.questions.promoter import PROMOTER
from coee_nb.survey.questions.ranking import RANKING
from coee_nb.survey.questions.single import SCALE, SINGLE
from coee_nb.survey.questions.text import TEXT

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        SINGLE,
        MULTI,
        MATRIX,
        SCALE,
        PROMOTER,
        RANKING,
        NUMBER,
        SLIDERS,
        CONSTANT_SUM,
        TEXT,
        EMBEDDED,
    )
}


def kind_of(item: Item) -> Kind:
    """Return the kind of question that an item is."""
    return KINDS[item.kind]
