"""Which recommendation of the log a row of a file is, and what a new one is called."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

import pandas as pd

from coee_nb.errors import InputError
from coee_nb.recommendations.sources.words import normalised

REWORDED_NOTE = "text sha256 "
# A number of a GAO report may go to several agencies, each with a status of its own. Of others it
# is so where one file has a number, or an unnumbered text, for several.
_NUMBERS_BY_AGENCY = ("GAO",)


class KnownRecommendations:
    """The recommendations a log knows, to be found by what a source calls them.

    A report's number decides where both have one; a page without it is matched by title and
    number; a recommendation without a number by the fingerprint of its text, past or present.
    Where that leaves several, the exact text decides, and what it leaves tied is refused.
    """

    def __init__(self, recommendations: pd.DataFrame, events: pd.DataFrame) -> None:
        self._ids = set(recommendations["recommendation_id"])
        self._by_report: dict[tuple, list[tuple[str, str]]] = {}
        self._by_title: dict[tuple, list[tuple[str, str]]] = {}
        self._by_text: dict[tuple, list[tuple[str, str]]] = {}
        self._titles: dict[str, str] = {}
        self._claimed: set[str] = set()
        self._agencies: dict[str, str] = {}
        self._shared: set[tuple] = set()  # what a file addresses to several agencies
        self.texts: dict[str, set[str]] = {}
        reworded = events[events["kind"] == "reworded"]
        rewordings = reworded.groupby("recommendation_id")["note"].agg(list).to_dict()
        for row in recommendations.to_dict("records"):
            texts = [
                note.removeprefix(REWORDED_NOTE)
                for note in rewordings.get(row["recommendation_id"], [])
            ]
            self._learn(row, [row["text_sha256"], *texts])

    def find(self, row: Mapping) -> str | None:
        """Return the id of the recommendation ``row`` is about, or None for a new one.

        Raises InputError, naming them, when it may be one of several.
        """
        if row["number"] and row["report"] and _report_key(row) in self._by_report:
            numbered = self._addressed(self._by_report[_report_key(row)], row)
            return numbered[0][1] if numbered else None
        if row["number"]:
            titled = self._addressed(self._by_title.get(_title_key(row), []), row)
            return self._one_of(titled, row)
        alike = self._by_text.get(_text_key(row, row["text_sha256"]), [])
        same_report = [pair for pair in alike if row["report"] and pair[0] == row["report"]]
        same_title = [pair for pair in alike if self._titles[pair[1]] == _title(row)]
        untitled = [pair for pair in alike if not self._titles[pair[1]] or not row["title"]]
        return self._one_of(self._addressed(same_report or same_title or untitled, row), row)

    def claim(self, rows: list[dict]) -> None:
        """Learn from the rows of a file which are one recommendation each.

        What they name word for word is not taken for another of the rows, and what they address to
        several agencies is of each.
        """
        addressed: dict[tuple, set[str]] = {}
        for row in rows:
            addressed.setdefault(_addressed_key(row), set()).add(row["agency"].casefold())
        self._shared |= {key for key, agencies in addressed.items() if len(agencies) > 1}
        for row in rows:
            if row["number"] and not row["report"]:
                alike = self._compatible(self._by_title.get(_title_key(row), []), row)
                self._claimed |= {n for n in alike if row["text_sha256"] in self.texts[n]}

    def add(self, row: Mapping) -> str:
        """Return the id a new recommendation gets, and know it from now on."""
        name = recommendation_id(row)
        if row["issuer"] not in _NUMBERS_BY_AGENCY and _addressed_key(row) in self._shared:
            name = f"{name}.{_dashed(row['agency'])}"
        if name in self._ids:
            name = f"{name}-{_short(row['agency'] + row['title'] + row['text_sha256'])}"
        self._ids.add(name)
        self._learn({**row, "recommendation_id": name}, [row["text_sha256"]])
        return name

    def _addressed(self, pairs: list[tuple[str, str]], row: Mapping) -> list[tuple[str, str]]:
        """Those to the agency of the row, where the file or the log has it for several."""
        apart = len({self._agencies[name] for _, name in pairs}) > 1
        if not apart and _addressed_key(row) not in self._shared:
            return pairs
        return [pair for pair in pairs if self._agencies[pair[1]] == row["agency"].casefold()]

    @staticmethod
    def _compatible(pairs: list[tuple[str, str]], row: Mapping) -> list[str]:
        """Those that may be of the row's report: either has no number, or it is the same."""
        report = row["report"]
        return [name for known, name in pairs if not known or not report or known == report]

    def _one_of(self, pairs: list[tuple[str, str]], row: Mapping) -> str | None:
        names = self._compatible(pairs, row)
        exact = [name for name in names if row["text_sha256"] in self.texts[name]]
        left = exact or [name for name in names if name not in self._claimed]
        if len(left) > 1:
            raise InputError(
                f"{row.get('where') or row['title']} may be any of {', '.join(left)}",
                expected="a report number, or a title or text that only one of them has",
                do="add the report's number to the file (--map report=COLUMN or =VALUE)",
            )
        return left[0] if left else None

    def _learn(self, row: Mapping, texts: list[str]) -> None:
        name = row["recommendation_id"]
        self.texts[name] = set(texts)
        self._titles[name] = _title(row)
        self._agencies[name] = row["agency"].casefold()
        if row["number"]:
            if row["report"]:
                self._by_report.setdefault(_report_key(row), []).append((row["report"], name))
            self._by_title.setdefault(_title_key(row), []).append((row["report"], name))
        else:
            for text in set(texts):
                self._by_text.setdefault(_text_key(row, text), []).append((row["report"], name))


def recommendation_id(row: Mapping) -> str:
    """Return a readable id that depends on nothing but the recommendation itself.

    >>> recommendation_id({"issuer": "DHS OIG", "report": "OIG-22-34", "number": "1",
    ...                    "agency": "CBP", "title": "", "text_sha256": ""})
    'OIG-22-34.1'
    """
    number = row["number"] or f"t{row['text_sha256'][:6]}"
    agency = f".{_initials(row['agency'])}" if row["issuer"] in _NUMBERS_BY_AGENCY else ""
    return f"{row['report'] or _named(row)}.{number}{agency}"


def _named(row: Mapping) -> str:
    """A report without a number is called by its title's beginning and four digits of its hash."""
    title = re.sub(r"[^a-z0-9]+", "-", row["title"].split(":")[0].lower()).strip("-")
    issuer = re.sub(r"\W+", "-", row["issuer"])
    return f"{issuer}.{title[:60] or 'untitled'}-{_short(row['title'])[:4]}"


def _initials(agency: str) -> str:
    words = re.findall(r"[A-Za-z][\w']*", agency.replace("U.S.", ""))
    return "".join(word[0] for word in words if word[0].isupper()) or "unnamed"


def _dashed(agency: str) -> str:
    return re.sub(r"\W+", "-", agency).strip("-")[:24].rstrip("-") or "unnamed"


def _short(text: str) -> str:
    return hashlib.sha256(normalised(text).casefold().encode()).hexdigest()[:6]


def _agency(row: Mapping) -> str:
    return row["agency"].casefold() if row["issuer"] in _NUMBERS_BY_AGENCY else ""


def _addressed_key(row: Mapping) -> tuple:
    """What a row is of, whoever it is addressed to."""
    text = "" if row["number"] else row["text_sha256"]
    return row["issuer"], row["report"] or _title(row), row["number"], text


def _report_key(row: Mapping) -> tuple:
    return row["issuer"], row["report"], row["number"], _agency(row)


def _title_key(row: Mapping) -> tuple:
    return row["issuer"], _title(row), row["number"], _agency(row)


def _title(row: Mapping) -> str:
    return normalised(row["title"]).casefold()


def _text_key(row: Mapping, text_sha256: str) -> tuple:
    return row["issuer"], text_sha256, _agency(row)
