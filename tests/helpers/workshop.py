"""Words of those who made the workbench, which a report's editor would not leave."""

import re

WORKSHOP = re.compile(
    r"\b(at the door|this room|fit to print|said so|attack\w*|pinned|pins|not told apart"
    r"|all others together|nothing dated|step on the way|the model lays|granted itself"
    r"|is to come|overdue or on the list)\b|\d %"
)


def found_in(texts):
    """Return where a text has such a word, with what stands around it."""
    return [
        text[max(0, found.start() - 60) : found.end() + 30]
        for text in texts
        for found in WORKSHOP.finditer(text)
    ]
