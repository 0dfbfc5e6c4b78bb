"""The audit workbench: the questions of an audit, as notebooks.

``coee_nb.survey``, ``coee_nb.collections``, ``coee_nb.recommendations``, ``coee_nb.enforcement``
and ``coee_nb.scorecard`` offer the modules that a person uses; each is imported when it is first
asked for, so ``import coee_nb`` stays fast.
"""

from coee_nb.lazily import modules_of

__version__ = "0.1.0"
__all__ = ["collections", "enforcement", "recommendations", "scorecard", "survey"]
__getattr__ = modules_of(__name__, __all__)


def __dir__() -> list[str]:
    return __all__
