"""Enforcement: penalty cases, required meetings, inspections and responsibilities.

``limitation.limitation_dates`` derives limitation dates from any table of cases; ``cases`` and
``penalties`` go from an office's files to how its cases stand on a date; ``oversight_activity``
reads meetings, disputes, inspections and responsibilities.
"""

from coee_nb.lazily import modules_of, offered

__all__ = [
    "cases",
    "inspections",
    "limitation",
    "meetings",
    "oversight_activity",
    "oversight_charts",
    "oversight_disputes",
    "oversight_params",
    "oversight_tables",
    "params",
    "penalties",
    "penalty_charts",
    "penalty_collection",
    "penalty_tables",
    "responsibilities",
    "terms",
]
__getattr__ = modules_of(__name__, __all__)
__dir__ = offered(__all__)
