"""The survey: responses in, per-question results out, nothing that points at a person.

``params.SurveyResponses`` says what to read, ``data.read_survey`` reads it, ``release.release``
plans what may be shown; ``results``, ``groups``, ``by_answer``, ``crossed``, ``waves``,
``nonrespondents``, ``tables`` and ``charts`` show it.
"""

from coee_nb.lazily import modules_of, offered

__all__ = [
    "by_answer",
    "charts",
    "crossed",
    "data",
    "groups",
    "nonrespondents",
    "params",
    "release",
    "results",
    "statements",
    "tables",
    "waves",
]
__getattr__ = modules_of(__name__, __all__)
__dir__ = offered(__all__)
