"""The worked example's survey: a seeded Qualtrics export whose margins equal the published ones.

The rows are generated and describe nobody. Published are: 1,052 people asked, 409 who finished and
135 who stopped part-way, the numerators and denominators of seven items, the ten Centers, the
three titles and the days in the field (DHS OIG, OIG-22-34, Figures 3 to 5 and Appendix A).

    python make.py --out FOLDER
"""

import argparse
import csv
import io
import json
import random
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from coee_nb.survey.codebook import read_codebook
from coee_nb.survey.reader import read_responses
from coee_nb.survey.review import draft_review, review_text
from make_comments import THEMES, remarks
from make_questions import GROUPS, NOTE, PEOPLE, QUESTIONS, TITLES

SEED = 2234
FINISHED = 409
# How many stopped after so many questions: 60 answered nothing, 40 no published item, 29 the four
# items with 444 answers, 1 also the one with 415 and 5 all seven.
STOPPED = {0: 60, 1: 14, 2: 11, 3: 15, 7: 17, 8: 12, 10: 1, 12: 3, 13: 1, 14: 1}
# The answer that the published numerator counts, and that numerator.
PUBLISHED = {
    "no_review_policy": ("No", 303),
    "no_own_procedures": ("No", 314),
    "unaware_role_policies": ("Not aware of any", 248),
    "understands_roles": ("Yes", 149),
    "never_in_review": ("Never", 372),
    "no_seacats_input": ("I do not", 276),
    "no_case_initiation": ("Not involved", 178),
}
FIRST_DAY, DAYS = datetime(2021, 1, 28), 23
REMINDED = (0, 1, 7, 14, 20)  # days in the field with an invitation or a reminder
PARTIAL_KEPT_OPEN = timedelta(days=7)

_ORDER = {question["name"]: number for number, question in enumerate(QUESTIONS, 1)}
_METADATA = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
)


@dataclass(frozen=True)
class _Response:
    """A generated response; ``reached`` counts the questions seen, ``answers`` go by source."""

    response_id: str
    center: str
    title: str
    reached: int
    started: datetime
    ended: datetime
    recorded: datetime
    status: str = "IP Address"
    channel: str = "anonymous"
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        return self.reached == len(QUESTIONS)


def generate(*, seed: int = SEED) -> dict[str, str]:
    """Return the example's files, name to content.

    ``responses_generated.csv`` (three header rows, 544 genuine rows, three previews, a spam row
    and a repeated response id), ``codebook.yaml``, ``frame_generated.csv``,
    ``themes_generated.csv`` and ``review_generated.csv``.
    """
    chance = random.Random(seed)
    people = _people(chance)
    _answer_published(chance, people)
    _answer_others(chance, people)
    themes = _comment(chance, people)
    rows = sorted([*people, *_intruders(chance, people)], key=lambda row: row.recorded)
    return {
        "responses_generated.csv": (export := _export(rows)),
        "codebook.yaml": (codebook := _codebook()),
        "frame_generated.csv": _frame(),
        "themes_generated.csv": _csv([("response_id", "theme"), *themes]),
        "review_generated.csv": _review(export, codebook),
    }


def write(folder: Path, *, seed: int = SEED) -> list[Path]:
    """Write the example's files into ``folder`` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in generate(seed=seed).items():
        aside = folder / f".{name}.part"
        aside.write_text(content, encoding="utf-8", newline="")
        written.append(aside.replace(folder / name))
    return written


# Who responded, when, and how far they came


def _people(chance: random.Random) -> list[_Response]:
    asked = [
        (center, title)
        for center, counts in PEOPLE.items()
        for title, count in zip(TITLES, counts, strict=True)
        for _ in range(count)
    ]
    zeal = {center: chance.gauss(0, 0.35) for center in PEOPLE}
    willing = sorted(asked, key=lambda who: zeal[who[0]] + chance.gauss(0, 1), reverse=True)
    reached = [len(QUESTIONS)] * FINISHED
    reached += [stop for stop, count in STOPPED.items() for _ in range(count)]
    chance.shuffle(reached)
    return [
        _response(chance, center, title, stop)
        for (center, title), stop in zip(willing, reached, strict=False)
    ]


def _response(chance: random.Random, center: str, title: str, reached: int) -> _Response:
    started = _moment(chance)
    seconds = 20 + sum(chance.randint(12, 90) for _ in range(reached))
    ended = started + timedelta(seconds=seconds)
    finished = reached == len(QUESTIONS)
    recorded = ended + (timedelta(seconds=1) if finished else PARTIAL_KEPT_OPEN)
    return _Response(_response_id(chance), center, title, reached, started, ended, recorded)


def _moment(chance: random.Random) -> datetime:
    """Return a working hour in the field, likelier after an invitation or a reminder."""
    days = [day for day in range(DAYS) if (FIRST_DAY + timedelta(days=day)).weekday() < 5]
    weights = [5 if day in REMINDED else 1 for day in days]
    (day,) = chance.choices(days, weights)
    return FIRST_DAY + timedelta(days=day, seconds=chance.randrange(7 * 3600, 18 * 3600))


def _response_id(chance: random.Random) -> str:
    return "R_" + "".join(chance.choices(string.ascii_letters + string.digits, k=15))


# What they answered


def _seen(people: Iterable[_Response], name: str) -> list[_Response]:
    return [person for person in people if person.reached >= _ORDER[name]]


def _question(name: str) -> dict:
    return QUESTIONS[_ORDER[name] - 1]


def _leaning(chance: random.Random) -> Callable[[_Response], float]:
    """Return a score by which some Centers lean one reasons, with much chance besides."""
    lean = {center: chance.gauss(0, 0.5) for center in PEOPLE}
    return lambda person: lean[person.center] + chance.gauss(0, 1)


def _answer_published(chance: random.Random, people: list[_Response]) -> None:
    """Give exactly the published number of people the published answer, the rest another one."""
    for name, (answer, numerator) in PUBLISHED.items():
        question = _question(name)
        others = [label for label in question["choices"].values() if label != answer]
        ranked = sorted(_seen(people, name), key=_leaning(chance), reverse=True)
        for place, person in enumerate(ranked):
            text = answer if place < numerator else chance.choice(others)
            person.answers[question["source"]] = text


def _answer_others(chance: random.Random, people: list[_Response]) -> None:
    for person in _seen(people, "years_in_position"):
        person.answers["QID1_TEXT"] = str(min(int(chance.expovariate(1 / 8)), 38))
    for person in _seen(people, "training_received"):
        for source in _trainings(chance):
            person.answers[source] = _question("training_received")["sources"][source]
    for name in ("guidance_clear", "seacats_help", "ports_coordinate"):
        _answer_scale(chance, _seen(people, name), _question(name))
    for person in _seen(people, "guidance_used"):
        for source, weights in zip(_question("guidance_used")["sources"], _USE, strict=True):
            if chance.random() > 0.02:
                labels = list(_question("guidance_used")["choices"].values())
                person.answers[source] = chance.choices(labels, weights)[0]
    for person in _seen(people, "review_result_told"):
        if person.answers["QID9"] != "Never":
            person.answers["QID10"] = chance.choices(("Yes", "No", "Don't recall"), (4, 8, 3))[0]


_USE = ((4, 5, 4, 1), (2, 3, 4, 6), (3, 5, 5, 2), (8, 5, 2, 1))  # weights of the frequencies


def _trainings(chance: random.Random) -> list[str]:
    shares = {"QID2_1": 0.35, "QID2_2": 0.6, "QID2_3": 0.4, "QID2_4": 0.5}
    chosen = [source for source, share in shares.items() if chance.random() < share]
    return chosen or ["QID2_5"]


def _answer_scale(chance: random.Random, people: list[_Response], question: Mapping) -> None:
    """Answer an agreement scale by leaning; some do not know, some leave it blank."""
    leaning = _leaning(chance)
    labels = list(question["choices"].values())
    for person in people:
        score, aside = leaning(person), chance.random()
        if aside < 0.03:
            continue
        if aside < 0.12:
            person.answers[question["source"]] = chance.choice(labels[5:])
        else:
            step = sum(score > cut for cut in (-1.1, -0.2, 0.4, 1.4))
            person.answers[question["source"]] = labels[step]


def _comment(chance: random.Random, people: list[_Response]) -> list[tuple[str, str]]:
    """Spread the comments over those who finished; return response id and theme of each."""
    finished = [person for person in people if person.finished]
    comments, coded = remarks(), []
    speakers = chance.sample(finished, len(comments))
    for person, (text, themes) in zip(speakers, comments, strict=True):
        person.answers["QID15_TEXT"] = text
        named = [THEMES[theme] for theme in themes.split()] or ["No theme"]
        coded += [(person.response_id, theme) for theme in named]
    return sorted(coded)


def _intruders(chance: random.Random, people: Sequence[_Response]) -> list[_Response]:
    """Return the rows that must not count: previews, a spam row and a repeated response."""
    finished = [person for person in people if person.finished]
    copied = chance.sample(finished, 5)
    before = FIRST_DAY - timedelta(days=3)
    previews = [
        _renamed(chance, row, before + timedelta(hours=hour), "Survey Preview", "preview")
        for hour, row in enumerate(copied[:3], 9)
    ]
    spam = _renamed(chance, copied[3], copied[3].started, "Spam", "anonymous")
    first = [question["source"] for question in QUESTIONS[3:7]]
    earlier = replace(
        copied[4],
        reached=7,
        recorded=copied[4].recorded - timedelta(minutes=2),
        answers={source: copied[4].answers[source] for source in first},
    )
    return [*previews, spam, earlier]


def _renamed(
    chance: random.Random, row: _Response, started: datetime, status: str, channel: str
) -> _Response:
    ended = started + (row.ended - row.started)
    answers = {source: text for source, text in row.answers.items() if source != "QID15_TEXT"}
    return replace(
        row,
        response_id=_response_id(chance),
        started=started,
        ended=ended,
        recorded=ended + timedelta(seconds=1),
        status=status,
        channel=channel,
        answers=answers,
    )


# The files


def _export(rows: Sequence[_Response]) -> str:
    columns = [*_METADATA, *((group["source"],) * 3 for group in GROUPS), *_question_columns()]
    names, texts, keys = zip(*columns, strict=True)
    ids = [
        json.dumps(
            {"ImportId": key} | ({"timeZone": "America/New_York"} if "Date" in name else {}),
            separators=(",", ":"),
        )
        for name, key in zip(names, keys, strict=True)
    ]
    sources = keys[len(_METADATA) + len(GROUPS) :]
    lines = [[*_about(row), *(row.answers.get(source, "") for source in sources)] for row in rows]
    return "\ufeff" + _csv([names, texts, ids, *lines])


def _question_columns() -> list[tuple[str, str, str]]:
    """Return name, text and ImportId of the question columns, as Qualtrics writes them."""
    columns = []
    for question in QUESTIONS:
        sources = question.get("sources") or {question["source"]: ""}
        for source, label in sources.items():
            name = source.replace("QID", "Q").removesuffix("_TEXT")
            text = f"{question['wording']} - {label}" if label else question["wording"]
            columns.append((name, text, source))
    return columns


def _about(row: _Response) -> list[object]:
    return [
        row.started,
        row.ended,
        row.status,
        100 * row.reached // len(QUESTIONS),
        int((row.ended - row.started).total_seconds()),
        row.finished,
        row.recorded,
        row.response_id,
        row.channel,
        "EN",
        row.center,
        row.title,
    ]


def _codebook() -> str:
    sheet = {"note": NOTE, "known_words": ["Center", "Centers"], "items": [*GROUPS, *QUESTIONS]}
    return yaml.dump(sheet, Dumper=_PlainDumper, sort_keys=False, width=100, allow_unicode=True)


class _PlainDumper(yaml.SafeDumper):
    """YAML that repeats shared lists instead of referring to them, so that people can edit it."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _frame() -> str:
    counts = [
        (center, title, count)
        for center, row in PEOPLE.items()
        for title, count in zip(TITLES, row, strict=True)
    ]
    return _csv([("center", "title", "count"), *counts])


def _review(export: str, codebook: str) -> str:
    """Mark every comment but those in which the search finds what may identify somebody."""
    with TemporaryDirectory() as folder:
        responses, book = Path(folder, "responses.csv"), Path(folder, "codebook.yaml")
        responses.write_text(export, encoding="utf-8", newline="")
        book.write_text(codebook, encoding="utf-8", newline="")
        read = read_codebook(book)
        draft = draft_review(read_responses(responses, read).rows, read)
    found = draft["identifiers"] != ""
    return review_text(draft.assign(quote=found.map({True: "no", False: "yes"})))


def _csv(rows: Iterable[Sequence[object]]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, metavar="FOLDER")
    for path in write(parser.parse_args().out):
        print(path)
