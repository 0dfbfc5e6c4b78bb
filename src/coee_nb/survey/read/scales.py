"""Answers put in the order of their scale: agreement, frequency, quality and the like."""

import re
from collections.abc import Callable, Iterable, Sequence

from coee_nb.survey.questions.plain import plain_label

# What a scale is about, and its opposite; "not ..." before either turns it round.
_POLES = {
    "agree": "disagree",
    "satisfied": "dissatisfied|unsatisfied",
    "likely": "unlikely",
    "important": "unimportant",
    "easy": "difficult|hard",
    "confident": "unconfident",
    "useful": "useless",
    "effective": "ineffective",
    "familiar": "unfamiliar",
    "clear": "unclear",
    "comfortable": "uncomfortable",
    "aware": "unaware",
    "helpful": "unhelpful",
    "positive": "negative",
}
_STRENGTHS = (
    (5.0, r"strongly|completely|totally|fully|extremely|absolutely|entirely"),
    (4.0, r"very|highly"),
    (3.0, r""),
    (2.5, r"quite|mostly|moderately|fairly|generally"),
    (2.0, r"somewhat|rather"),
    (1.0, r"slightly|a little|tend to"),
)
_MIDDLE = re.compile(r"(neither|neutral|undecided|no preference)\b.*")
_LEVELS = (
    (
        r"never", r"(almost|nearly) never|hardly ever|very rarely|less (often|than once a year)",
        r"rarely|seldom|yearly|annually|once a year|(every|a) few times a year",
        r"quarterly|once a quarter|occasionally|once in a while|now and then",
        r"sometimes|monthly|(about )?once a month", r"(a few|several) times a month",
        r"(about )?half (of )?the time|weekly|(about )?once a week",
        r"(a few|several) times a week",
        r"often|frequently|regularly", r"very often|most of the time|usually|very frequently",
        r"(almost|nearly) always", r"always|daily|every day|once a day|(every time)",
        r"(several|many|multiple) times a day",
    ),
    (
        r"terrible|awful|(very|extremely) (poor|bad)", r"poor|bad", r"below average",
        r"fair|average|acceptable|satisfactory|ok(ay)?|neither .*|neutral", r"above average",
        r"good", r"very good", r"excellent|extremely good", r"outstanding|exceptional",
    ),
    (
        r"not at all|none( at all)?|nothing", r"very little|(only )?slightly|hardly at all",
        r"a little|little|to a small extent|a small amount", r"somewhat|to some extent|some",
        r"moderately|a moderate amount|to a moderate extent", r"quite a bit|mostly|much|a lot",
        r"very much|a great deal|to a (great|large) extent|completely|extremely|to a very .*",
    ),
    (r"very low", r"low", r"medium|moderate", r"high", r"very high"),
    (r"definitely not", r"probably not", r"might or might not|maybe|possibly",
     r"probably( yes)?", r"definitely( yes)?"),
)  # fmt: skip
_HALFWAY = (r"yes.*", r"partly|in part|partially|sometimes|maybe", r"no\b.*")
_DONT_KNOW = re.compile(
    r"(i )?(do not|don.?t|dont) (really )?know\b.*|(i.?m )?(not sure|unsure)\b.*|no opinion.*"
    r"|(no|insufficient) basis (to judge|for judg.*)|can(no|')t (say|judge).*|uncertain"
)
_NOT_APPLICABLE = re.compile(
    r"(not applicable|not relevant|does not apply|doesn.?t apply|not part of my)\b.*"
    r"|n/a\b.*|n\.?a\.?"
)
_LEAD = re.compile(r"^\(?([+-]?\d+)\)?\s*([-–—.:)=(]+\s*|$)")


def apart(labels: Iterable[str]) -> dict[str, list[str]]:
    """Return the labels that are no answer in substance, by the codebook's key for them.

    >>> apart(["Good", "Don't know", "N/A", "Bad"])
    {'dont_know': ["Don't know"], 'not_applicable': ['N/A']}
    """
    found = {
        "dont_know": [one for one in labels if _DONT_KNOW.fullmatch(_plain(one))],
        "not_applicable": [one for one in labels if _NOT_APPLICABLE.fullmatch(_plain(one))],
    }
    return {key: told for key, told in found.items() if told}


def in_order(labels: Sequence[str]) -> list[str]:
    """Return the labels as a scale has them, from low to high; as they are where it is none.

    Answers that are none in substance come last.

    >>> in_order(["Agree", "Don't know", "Strongly disagree", "Neutral"])
    ['Strongly disagree', 'Neutral', 'Agree', "Don't know"]
    >>> in_order(["6 to 10 years", "Less than 1 year", "Over 10 years", "1 to 5 years"])
    ['Less than 1 year', '1 to 5 years', '6 to 10 years', 'Over 10 years']
    """
    kept, aside = _in_substance(labels)
    return [*(_by_scale(kept) or kept), *aside]


def has_order(labels: Sequence[str]) -> bool:
    """Tell whether the answers in substance are the steps of a known scale, or fewer than three.

    >>> has_order(["Never", "Always", "Often"]), has_order(["Bronze", "Gold", "Silver"])
    (True, False)
    """
    kept, _ = _in_substance(labels)
    return len(kept) < 3 or bool(_by_scale(kept))


def _in_substance(labels: Sequence[str]) -> tuple[list[str], list[str]]:
    aside = [one for told in apart(labels).values() for one in told]
    return [one for one in labels if one not in aside], aside


def _by_scale(labels: Sequence[str]) -> list[str]:
    """Return the labels from low to high by the first scale that has them all; empty: none has."""
    for place in (_lead, *_in_words(), _level(_HALFWAY), _amount):
        places = [place(_plain(one)) for one in labels]
        told = [one for one in places if one is not None]
        if len(told) == len(labels) > 1 and len(set(told)) == len(told):
            return [one for _, one in sorted(zip(told, labels, strict=True))]
    return []


def is_scale(labels: Sequence[str]) -> bool:
    """Tell three steps or more of one scale in words: agreement, frequency, quality and the like.

    >>> is_scale(["Very satisfied", "Satisfied", "Dissatisfied"]), is_scale(["Yes", "Partly", "No"])
    (True, False)
    """
    kept = [_plain(one) for one in _in_substance(labels)[0]]
    return len(kept) > 2 and any(None not in map(place, kept) for place in _in_words())


def type_of(labels: Sequence[str]) -> str:
    """Return a codebook's type of a question with one of these answers: ``likert`` of a scale."""
    return "likert" if is_scale(labels) else "single"


def _plain(label: str) -> str:
    return plain_label(label).lower().replace("’", "'").strip(" .")


def _in_words() -> list[Callable[[str], float | None]]:
    return [*(_pole(*both) for both in _POLES.items()), *map(_level, _LEVELS)]


def _pole(good: str, bad: str) -> Callable[[str], float | None]:
    """Return what gives a label its place between ``bad`` and ``good``, None outside."""

    def place(label: str) -> float | None:
        text = _LEAD.sub("", label).rstrip(")")
        if _MIDDLE.fullmatch(text):
            return 0.0
        for strength, words in _STRENGTHS:
            before = rf"(not )?(at all |so |too )?({words}) ?"
            found = re.fullmatch(rf"{before}(({good})|({bad}))", text)
            if found and found[1]:  # not at all, not very, not: from least to more
                return -9.0 if found[2] == "at all " else strength - 9.0
            if found:
                return strength if found[5] else -strength
        return None

    return place


def _level(words: Sequence[str]) -> Callable[[str], float | None]:
    def place(label: str) -> float | None:
        text = _LEAD.sub("", label).rstrip(")")
        return next((n for n, one in enumerate(words) if re.fullmatch(one, text)), None)

    return place


def _lead(label: str) -> float | None:
    """Return the number a label begins with: "1 - Never", "5 (always)"."""
    found = _LEAD.match(label)
    return float(found[1]) if found else None


def _amount(label: str) -> float | None:
    """Return the first number of a class: "under 25", "$25,000 to $49,999", "65 and over"."""
    found = re.search(r"\d[\d,]*(\.\d+)?", label)
    if not found:
        return None
    number = float(found[0].replace(",", ""))
    if re.search(r"\b(under|less|fewer|below|up to)\b|<", label):
        return number - 0.5
    return number + 0.5 if re.search(r"\b(over|more|above)\b|>", label) else number
