"""Some thousand rows with every fault planted."""

from datetime import date, timedelta
from decimal import Decimal

from loaded import UNITS, good

from coee_nb.entries.checks import Asked

ASKED = Asked(
    date(2016, 10, 1), date(2018, 9, 30), date(2020, 1, 1), UNITS, early_days=314,
    extreme_amount=1e9,
    more=(("taxed", "Is no tax above the duties?", "taxes > duties and not missing(center)"),),
)  # fmt: skip
FAULTS = {
    "missing_entry_date": {"entry_date": None},
    "missing_summary_date": {"summary_date": None},
    "missing_release_date": {"release_date": None},
    "missing_center": {"center": None},
    "unknown_center": {"center": "=cmd|' /C calc'!A0"},
    "date_out_of_scope": {"entry_date": date(1905, 3, 1)},
    "future_date": {"liquidation_date": date(2020, 1, 2)},
    "negative_amount": {"duties": Decimal("-5.00")},
    "extreme_amount": {"fees": Decimal("1000000000.01")},
    "unparsed_value": {"release_date": None, "unparsed": '{"release_date": "00/00/0000"}'},
    "taxed": {"duties": Decimal("0.50")},
    "no_amounts": {"duties": None, "taxes": None, "fees": None},
    "no_number": {"entry_number": None},
}
DAYS = {
    "liquidation_before_entry": ("liquidation_date", -1),
    "release_before_entry": ("release_date", -2),
    "summary_before_entry": ("summary_date", -1),
    "early_liquidation": ("liquidation_date", 313),
}


def planted_rows():
    rows = [good(line) for line in range(2, 2402)]
    for place, fault in enumerate(FAULTS.values()):
        for copy in range(place % 3 + 1):
            rows[100 * place + copy] |= fault
    for place, (column, days) in enumerate(DAYS.values()):
        row = rows[1500 + 10 * place]
        row[column] = row["entry_date"] + timedelta(days=days)
    rows[1700]["entry_number"] = rows[1701]["entry_number"] = rows[2000]["entry_number"]
    rows[1701] |= {"center": None, "duties": Decimal("-1.00")}  # fails three checks
    rows[1800] |= {"line": 2, "file": "b.csv"}
    return rows
