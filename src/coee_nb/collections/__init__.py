"""Collections: amounts by period in, the effect of a change and its limits out.

``series.read_amounts`` reads a series, ``its.fit`` fits one model, ``verdict.conclude`` goes the
whole way from a series to an answer with its checks; ``counts`` and ``comparison`` are for counts
and for series to compare with.
"""

from coee_nb.lazily import modules_of, offered

__all__ = [
    "charts",
    "comparison",
    "counts",
    "effects",
    "events",
    "its",
    "params",
    "series",
    "tables",
    "verdict",
]
__getattr__ = modules_of(__name__, __all__)
__dir__ = offered(__all__)
