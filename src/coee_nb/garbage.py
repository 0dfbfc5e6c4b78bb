"""How often Python looks for what nothing refers to any more.

What a command imports stays, some hundred thousand objects: to look through them again and again
while they come took a sixth of the time of importing.
"""

import gc

USUAL = gc.get_threshold()
SELDOM = (50_000, 20, 50)


def look_seldom() -> None:
    """Look for garbage seldom, as suits a process that imports and hands on."""
    gc.set_threshold(*SELDOM)


def look_as_usual() -> None:
    """Look for garbage as a new interpreter does."""
    gc.set_threshold(*USUAL)
