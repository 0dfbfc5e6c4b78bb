"""Audit recommendations: files in, an event log, the register on any date, its aging.

``log.read`` opens a log, ``register.register`` gives the register on a date, ``aging.aging`` how
late each is; ``ecd.find_ecd`` reads a completion date in a text; ``clocks`` and ``closure`` count
days; ``portfolio.over_time`` asks several days at once.
"""

from coee_nb.lazily import modules_of, offered

__all__ = [
    *("aging", "charts", "clocks", "closure", "ecd", "log", "params", "portfolio"),
    *("register", "tables"),
]
__getattr__ = modules_of(__name__, __all__)
__dir__ = offered(__all__)
