"""Placeholder comments for the worked example, with the themes an analyst would give them.

Nobody's words, and worded so that nobody takes them for any. Some hold a planted identity clue, so
that the screening of comments has something to find.
"""

THEMES = {
    "guidance": "Guidance and procedures",
    "roles": "Roles of Centers and ports",
    "training": "Training",
    "workload": "Workload and staffing",
    "systems": "Systems and data",
    "penalties": "Penalties and SEACATS",
    "reviews": "Reviews and risk assessment",
    "communication": "Communication",
    "positive": "What works well",
}

# How many comments after each other have these themes ("": none).
RUNS: tuple[tuple[str, int], ...] = (
    ("guidance", 4),
    ("guidance systems", 1),
    ("guidance training", 1),
    ("guidance communication", 1),
    ("guidance positive", 1),
    ("guidance", 1),
    ("guidance systems", 1),
    ("guidance", 5),
    ("roles", 3),
    ("roles communication", 1),
    ("roles systems", 1),
    ("roles", 1),
    ("roles guidance", 1),
    ("roles", 1),
    ("roles communication", 1),
    ("roles guidance", 1),
    ("roles communication", 1),
    ("roles training", 2),
    ("roles positive", 1),
    ("roles", 1),
    ("training", 2),
    ("training positive", 1),
    ("training", 6),
    ("training positive", 1),
    ("training", 1),
    ("workload", 4),
    ("workload reviews", 1),
    ("workload", 5),
    ("workload positive", 1),
    ("systems", 7),
    ("systems reviews", 1),
    ("systems", 3),
    ("penalties communication", 1),
    ("penalties systems", 1),
    ("penalties", 1),
    ("penalties roles", 2),
    ("penalties training", 1),
    ("penalties reviews", 1),
    ("penalties workload positive", 1),
    ("penalties systems", 1),
    ("penalties roles", 1),
    ("penalties", 1),
    ("penalties roles", 1),
    ("penalties workload", 1),
    ("reviews", 5),
    ("reviews communication", 2),
    ("reviews", 1),
    ("reviews guidance", 1),
    ("reviews", 1),
    ("communication", 5),
    ("communication positive", 1),
    ("positive", 4),
    ("", 3),
)

# What a planted clue looks like, and the themes of the comment that holds it.
PLANTED: tuple[tuple[str, str], ...] = (
    ("a name, Mrs. Dana Whitlock", "guidance"),
    ("an e-mail address, j.okafor@example.gov", "penalties"),
    ("a phone number, (555) 010-4477", "communication"),
    ("a number of a person, badge 40718", "penalties"),
    ("an entry number, 123-4567890-1", "systems"),
    ("a job that one person has: I am the only customs entry officer on my team", "workload"),
    ("a rank that one person has: I am the team lead", "workload"),
    ("", "guidance"),
    ("", "guidance"),
    ("a web address, www.example.org", "systems"),
    ("", "penalties"),
    ("", "workload reviews"),
    ("", "roles training communication"),
)


def remarks() -> list[tuple[str, str]]:
    """Return every comment with the keys of its themes, in a fixed order."""
    themes = [theme for theme, times in RUNS for _ in range(times)]
    coded = [*(("", theme) for theme in themes), *PLANTED]
    return [(_placeholder(n, *one), one[1]) for n, one in enumerate(coded, 1)]


def _placeholder(number: int, clue: str, themes: str) -> str:
    """Return a text that says what it is."""
    about = " and ".join(THEMES[theme].lower() for theme in themes.split()) or "no theme"
    holds = f" It holds {clue}." if clue else ""
    return f"Generated comment {number}, nobody's words, on {about}.{holds}"
