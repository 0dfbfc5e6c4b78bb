"""A page as a validator reads it."""

from collections import Counter
from itertools import pairwise

from tinyhtml5.parser import HTMLParser

HEADINGS = [f"h{level}" for level in range(1, 7)]


def faults_of(page):
    """What a validator would tell of a page."""
    parser = HTMLParser(namespace_html_elements=False)
    root = parser.parse(page)
    faults = [f"{code} at {place}" for place, code, _ in parser.errors]
    ids = Counter(one.get("id") for one in root.iter() if one.get("id"))
    faults += [f"the id {name} {times} times" for name, times in ids.items() if times > 1]
    labels = {one.get("aria-labelledby") for one in root.iter()} - {None}
    faults += [f"no element {name}" for name in sorted(labels - ids.keys())]
    text = {one: "".join(one.itertext()).strip() for one in root.iter()}
    faults += [f"an empty {one.tag}" for one in text if one.tag in HEADINGS and not text[one]]
    regions = Counter(one.get("aria-label") for one in root.iter() if one.get("role") == "region")
    faults += [f"{times} regions named {name}" for name, times in regions.items() if times > 1]
    faults += [
        f"a section without heading: {text[one][:40]!r}"
        for one in root.iter("section")
        if not any(inside.tag in HEADINGS for inside in one.iter())
    ]
    levels = [int(one.tag[1]) for one in root.iter() if one.tag in HEADINGS]
    faults += ["no h1, or several"] if levels.count(1) != 1 else []
    faults += ["a level skipped" for a, b in pairwise(levels) if b > a + 1]
    for table in root.iter("table"):
        faults += [] if table.find("caption") is not None else ["a table without caption"]
        heads = list(table.iter("th"))
        faults += [] if heads else ["a table without heads"]
        faults += [f"an empty head in {text[table][:40]!r}" for one in heads if not text[one]]
        faults += ["a head without scope" for one in heads if not one.get("scope")]
    return faults + [f"{one.attrib} without alt" for one in root.iter("img") if not one.get("alt")]
