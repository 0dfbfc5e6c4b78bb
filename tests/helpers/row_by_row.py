"""The checks again, in plain Python on one row: what the engines must agree with."""

from collections import Counter


def failed(row, asked, numbers):
    """Return the ids of the checks that a row fails."""
    return missing(row, asked) | dates(row, asked) | amounts(row, asked) | copied(row, numbers)


def missing(row, asked):
    unread = row["unparsed"] or ""
    found = {
        f"missing_{name}"
        for name in ("entry_date", "summary_date", "release_date", "center")
        if row[name] is None and f'"{name}"' not in unread
    }
    if row["center"] is not None and row["center"] not in asked.centers:
        found.add("unknown_center")
    return found | ({"unparsed_value"} if row["unparsed"] is not None else set())


def dates(row, asked):
    entry, liquidation = row["entry_date"], row["liquidation_date"]
    found = set()
    for name in ("liquidation", "release", "summary"):
        later = row[f"{name}_date"]
        if entry and later and later < entry:
            found.add(f"{name}_before_entry")
    if entry and not asked.scope_from <= entry <= asked.scope_to:
        found.add("date_out_of_scope")
    days = [row[f"{name}_date"] for name in ("entry", "summary", "release", "liquidation")]
    if any(day and day > asked.as_of for day in days):
        found.add("future_date")
    if entry and liquidation and 0 <= (liquidation - entry).days < asked.early_days:
        found.add("early_liquidation")
    return found


def amounts(row, asked):
    given = [row[name] for name in ("duties", "taxes", "fees") if row[name] is not None]
    found = set()
    if any(amount < 0 for amount in given):
        found.add("negative_amount")
    if any(abs(amount) > asked.extreme_amount for amount in given):
        found.add("extreme_amount")
    if None not in (row["taxes"], row["duties"], row["center"]) and row["taxes"] > row["duties"]:
        found.add("taxed")
    return found


def copied(row, numbers):
    twice = row["entry_number"] is not None and numbers[row["entry_number"]] > 1
    return {"duplicate_entry_number"} if twice else set()


def all_failed(rows, asked):
    """Return the ids of the checks that each row fails."""
    numbers = Counter(row["entry_number"] for row in rows)
    return [failed(row, asked, numbers) for row in rows]
