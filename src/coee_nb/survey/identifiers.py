"""Direct and indirect identifiers: what in a comment may tell a reader who wrote it or of whom."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from coee_nb.unseen import Unseen

_WORD = r"[^\W\d_][^\W\d_'’-]*"
_NAME = r"[A-Z\u00c0-\u00de][^\W\d_]*(?:['’-][A-Z\u00c0-\u00de]?[^\W\d_]+)*"

_STAFF = (
    "officer|specialist|supervisor|lead|leader|director|manager|chief|analyst|agent|attorney|auditor|"
    "inspector|chemist|accountant|interpreter|translator|trainer|instructor|coordinator|liaison|"
    "secretary|assistant|intern|mentor|employee|member|person|woman|man|female|male|speaker|"
    "expert|teleworker|veteran|one"
)
_RANK = (
    "(?:acting |assistant |deputy |associate |branch |section |division |office |unit |area |team |"
    "site |district |regional |supervisory |senior |national )*"
    "(?:director|chief|supervisor|lead|leader|manager|commissioner|steward|"
    "president|counsel|attorney|secretary|coordinator|liaison|representative|ombudsman)"
)
_STREET = (
    "street|st|avenue|ave|road|rd|boulevard|blvd|drive|dr|lane|ln|court|ct|place|pl|"
    "plaza|parkway|pkwy|highway|hwy|suite|ste|floor"
)
_DOMAINS = "com|org|net|gov|mil|edu|us|info|biz|io|co|me|uk|ca|mx"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("e-mail", r"[\w.+%-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"),
    (
        "e-mail",
        r"(?i)[\w.+%-]+\s*(?:\(at\)|\[at\]|\bat\b)\s*[\w-]+\s*(?:\(dot\)|\[dot\]|\bdot\b)\s*\w{2,}",
    ),
    ("handle", r"(?<![\w@])@[A-Za-z]\w+(?!\w*\()"),
    ("web address", r"(?i)\b(?:https?|ftp)\s?:\s?//\S+|\bwww\.\S+"),
    ("web address", rf"(?i)\b[a-z0-9][\w-]*\.(?:{_DOMAINS})\b(?:/\S*)?"),
    ("phone", r"(?i)\b(?:ext(?:ension)?|phone|tel|cell|fax)\b\.?\D{0,8}\d{3,}"),
    ("phone", r"(?<![\w$.,])(?:\+?\d{1,3}[\s.-]?)?\(?\d{3}\)?[\s./-]{0,2}\d{3}[\s./-]\d{4}(?!\w)"),
    ("phone", r"(?<![\w$.,/-])\d{3}[\s.-]\d{4}(?![\w-])"),
    (
        "badge or case number",
        r"(?i)\b(?:badge|hash|employee|staff|user|case|claim|file|ticket|id)\b"
        r"[^\w\n]{0,3}(?:(?:number|no|num|nr|id|is|was|here)\b[^\w\n]{0,3}){0,3}"
        r"(?=[a-z-]{0,5}\d)[a-z0-9-]{3,}",
    ),
    ("long number", r"(?<![\d$.,])\d(?:[ .-]?\d){5,}(?!\d)|(?<![\d$.,])\d{5,}(?!\d)"),
    ("address", rf"(?i)\b\d{{1,5}}\s+(?:[\w.]+\s+){{1,3}}(?:{_STREET})\b"),
    ("address", r"(?i)\bp\.?\s?o\.?\s+box\s+\d+|\b[A-Z]{2}\s+\d{5}(?:-\d{4})?\b"),
    (
        "place",
        rf"\b(?:[Pp]ort|[Aa]irport|[Oo]ffice|[Bb]ranch|[Cc]ity|[Tt]own) (?:of|in|at) {_NAME}",
    ),
    (
        "unique job",
        rf"(?i)\b(?:only|sole|lone)\s+(?:[\w'’-]+\s+){{0,4}}?(?:{_STAFF})\b(?!s)",
    ),
    (
        "unique job",
        r"(?i)\bI(?:['’]m| am| was| have been)\s+(?:still\s+)?the\s+"
        r"(?:only|sole|lone|first|last)\b",
    ),
    ("unique job", rf"(?i)\bI(?:['’]m| am| was| serve)\s+(?:as\s+)?(?:the|our|an?)\s+{_RANK}\b"),
    ("unique job", rf"(?i)\b(?:as|being)\s+(?:the|its|their|our)\s+{_RANK}\b"),
    ("unique job", r"(?i)\bone of (?:the |our )?(?:only )?(?:two|three|four|[2-9])\b"),
    (
        "unique job",
        r"(?i)\bI alone\b|\bno ?(?:one|body) (?:else )?(?:but|except) me\b|\bby myself\b",
    ),
    (
        "length of service",
        r"(?i)\b(?:1[5-9]|[2-5]\d|fifteen|twenty|thirty|forty)(?:[ -]\w+)?[ -]years?\b",
    ),
    (
        "length of service",
        r"(?i)\b(?:retir\w+|transferr?\w*|joined|hired|started)\b[^.]{0,25}\b(?:19|20)\d\d\b",
    ),
    (
        "personal circumstance",
        r"(?i)\b(?:my (?:husband|wife|spouse|partner|pregnancy|disability|surgery|divorce)|"
        r"pregnant|maternity|paternity|wheelchair|union (?:steward|rep\w*|president)|"
        r"whistle-?blower|"
        r"EEO complaint|grievance I|lawsuit I)\b",
    ),
    ("name", rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sgt|Lt|Capt)\b\.?\s+{_NAME}"),
    (
        "name",
        r"\b(?:[Dd]irector|[Oo]fficer|[Ss]upervisor|[Cc]hief|[Mm]anager|[Aa]gent|[Cc]ommissioner|"
        rf"[Ss]pecialist|[Ll]ead|[Bb]oss|[Cc]olleague),?\s+(?!M(?:r|rs|s|iss)\b|I\b){_NAME}",
    ),
    (
        "name",
        r"\b(?i:my name is|signed|sincerely|regards|this is|call me|named|ask for)[,:]?\s+"
        rf"{_NAME}",
    ),
    ("name", rf"\b[A-Z]\.\s?(?:[A-Z]\.\s?)?{_NAME}"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)

GIVEN_NAMES = frozenset(
    """
    aaron abigail adam adriana ahmed aisha alan albert alejandro alex alexander alexandra alice
    alicia alison amanda amber amy ana andrea andrew angela anita ann anna anne anthony antonio
    ashley barbara ben benjamin beth betty beverly bob bobby brandon brenda brian bruce bryan carl
    carla carlos carmen carol caroline catherine charles cheryl chris christina christine
    christopher cindy claudia craig crystal cynthia dana daniel danielle dave david deborah debra
    denise dennis derek diana diane diego donald donna doris dorothy douglas edward eileen elaine
    elena elizabeth ellen emily emma eric erica erin ethan eugene evelyn fatima felix fernando
    francis gabriel gail gary george gerald gloria greg gregory hannah harold harry heather helen
    henry howard hugo ian irene isabel ivan jacob jacqueline jake james jamie jane janet janice
    jason javier jeff jeffrey jennifer jeremy jerry jesse jessica jim jimmy joan joe joel john
    johnny jon jonathan jorge jose joseph joshua joyce juan judith judy julia julian julie justin
    karen karl kate katherine kathleen kathy katie keith kelly ken kenneth kevin kim kimberly kyle
    larry laura lauren lawrence leah leo leon leslie linda lisa lois lori louis lucas lucia lucy
    luis luke lynn marcus margaret maria marie marilyn mario marisol martha martin mary matt matthew
    megan mei melissa michael michelle miguel mike mohammed monica nancy natalie nathan nicholas
    nicole nina noah norma olga oliver olivia omar oscar pamela patricia patrick paul paula pedro
    peggy peter philip phillip phyllis priya rachel rafael ralph raymond rebecca renee ricardo
    richard rita robert roberto robin roger ronald rosa ruben russell ruth ryan sabrina sally sam
    samantha samuel sandra sara sarah scott sean sergio shannon sharon sheila shirley sofia sonia
    sophia stephanie stephen steve steven susan suzanne sylvia tamara tammy tanya teresa terry
    thelma theresa thomas tiffany tim timothy tina todd tom tony tracy tyler valerie vanessa
    veronica victor victoria vincent virginia vivian walter wanda wayne wendy william xavier yolanda
    yuki yusuf yvonne zachary
    """.split()  # noqa: SIM905
)

# Capitals that are no names in a survey of staff; those of the office and its groups are added.
_COMMON_CAPITALS = frozenset(
    """
    i i'm i've i'd i'll january february march april may june july august september october november
    december monday tuesday wednesday thursday friday saturday sunday english spanish chinese french
    american america united states u.s us usa congress washington headquarters hq office offices
    department division branch unit team government federal state county city agency inspector
    general excel word outlook teams sharepoint internet covid specialist specialists officer
    officers supervisor supervisors director directors manager managers chief
    section title act directive handbook standard operating procedure procedures
    mr mrs ms dr no yes ok please thank thanks christmas
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, repr=False)
class Identifier(Unseen):
    """A segment of text that may identify a person: its ``kind`` and the ``found`` words."""

    kind: str
    found: str


def clean(text: str) -> str:
    r"""Remove what is not text: control, direction and invisible characters; keep line breaks.

    >>> clean("a\u202eb\x07c\r\nd")
    'abc\nd'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    lines = lines.replace("\u2028", "\n").replace("\u2029", "\n")
    if lines.replace("\n", "").isprintable():
        return lines.strip()
    kept = (c for c in lines if c == "\n" or unicodedata.category(c)[0] != "C")
    return "".join(kept).strip()


def find_identifiers(
    text: str, *, names: Collection[str] = (), known_words: Collection[str] = ()
) -> tuple[Identifier, ...]:
    """The identifiers in a comment, each once.

    Looks for e-mail, web and postal addresses, phone, badge and case numbers, any other long
    number, places, jobs that only one person holds, long service, personal circumstances and names.
    ``names`` are further names to look for, in any case (a staff list); ``known_words`` are
    capitalised words that are no names (of groups). It errs on the side of finding: an
    analyst reads what it found. It does not understand text, so it cannot find every identifier.

    >>> found = find_identifiers("Mail j.okafor@example.gov about it")
    >>> [(each.kind, each.found) for each in found]
    [('e-mail', 'j.okafor@example.gov')]
    """
    plain = unicodedata.normalize("NFKC", clean(text))
    known = _COMMON_CAPITALS | {
        word.casefold() for phrase in known_words for word in _words(phrase)
    }
    found = [*_pattern_identifiers(plain), *_name_identifiers(plain, names, known)]
    return tuple(dict.fromkeys(found))


def _pattern_identifiers(text: str) -> Iterator[Identifier]:
    taken: list[tuple[int, int]] = []
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(text):
            if any(start <= match.start() and match.end() <= end for start, end in taken):
                continue
            taken.append(match.span())
            yield Identifier(kind, match.group().strip())


def _name_identifiers(
    text: str, names: Collection[str], known: Collection[str]
) -> Iterator[Identifier]:
    wanted = {name.casefold() for name in names if name.strip()}
    folded = text.casefold()
    for name in sorted(wanted):
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded):
            yield Identifier("name", name)
    for match in re.finditer(_WORD, text):
        word = re.sub(r"['’]s?$", "", match.group())
        if word.casefold() in GIVEN_NAMES:
            yield Identifier("name", word)
        elif _is_capitalised_inside(text, match.start(), word) and word.casefold() not in known:
            yield Identifier("possible name", word)


def _is_capitalised_inside(text: str, start: int, word: str) -> bool:
    """A capital letter that no sentence start and no acronym explains."""
    if not word[:1].isupper() or len(word) < 2 or word.isupper():
        return False
    before = text[:start].rstrip(" \"'“‘([*-–—•")
    return (
        bool(before)
        and before[-1] not in ".!?:;\n…<>=/\\|"
        and "\n" not in text[len(before) : start]
    )


def _words(phrase: str) -> list[str]:
    return re.findall(_WORD, phrase)
