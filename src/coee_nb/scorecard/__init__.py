"""A scorecard: the measures somebody asks for, filled in with the findings of other notebooks.

``frame.read_frame`` reads the measures, ``sources.read_sources`` the findings of other notebooks,
``scoring.score`` fills in the one from the other.
"""

from coee_nb.lazily import modules_of, offered

__all__ = [
    "frame",
    "params",
    "scoring",
    "sources",
    "tables",
]
__getattr__ = modules_of(__name__, __all__)
__dir__ = offered(__all__)
