"""Tables of action plans as a paste has them: cells by tabs, or each on a line of its own."""

from datetime import date

import pytest

from coee_nb.errors import InputError

NAMES = ["Rec. No.", "Recommendation", "Management response", "Responsible official",
         "Expected completion date", "Progress"]  # fmt: skip
COLUMNS = dict(
    zip(["number", "text", "response", "official", "ecd", "status"], NAMES, strict=True)
) | {"issuer": "=Auditor General"}
CELLS = [
    ["1", "Keep an inventory of leases.", "Agree. A list is being made.", "Director, Property",
     "March 2025", "In progress"],
    ["2", "Review rents each year.", "Partially agree.", "Director, Finance", "Q3 2025",
     "Not started"],
    ["3", "Publish the results.", "Agree.", "Chief of Staff", "30 June 2024", "Completed"],
]  # fmt: skip
PASTES = {
    "by tabs": "\n".join("\t".join(row) for row in [NAMES, *CELLS]),
    "by lines": "\n".join("\n".join(row) for row in [NAMES, *CELLS]),
    "by lines under a title": "Action plan of the department\n2024\n"
    + "\n".join("\n".join(row) for row in [NAMES, *CELLS]),
    "rows parted": "Action plan\n\n" + "\n\n".join("\n".join(row) for row in [NAMES, *CELLS]),
    "every line parted": "\n\n".join("\n\n".join(row) for row in [NAMES, *CELLS]),
    "a last column unnamed": "\n".join("\n".join([*row, "Note"]) for row in [NAMES, *CELLS]),
}


@pytest.mark.parametrize("text", PASTES.values(), ids=PASTES)
def test_a_pasted_table_is_read_whichever_way_its_cells_are_parted(text, reading_of):
    reading = reading_of(text, "paste.txt", columns=COLUMNS)
    rows = reading.records
    assert reading.excluded.empty
    assert rows["number"].tolist() == ["1", "2", "3"]
    assert rows["text"].tolist() == [row[1] for row in CELLS]
    assert rows["status"].tolist() == ["open", "open", "asserted complete"]
    assert rows["ecd_to"].tolist() == [date(2025, 3, 31), date(2025, 9, 30), date(2024, 6, 30)]
    said = [noted.words for row in reading.rows for noted in row["noted"]]
    assert said == [row[3] for row in CELLS]


def test_a_row_short_of_a_cell_is_set_aside_where_rows_are_parted(reading_of):
    short = [CELLS[0], CELLS[1][:-1], CELLS[2]]
    text = "\n\n".join("\n".join(row) for row in [NAMES, *short])
    reading = reading_of(text, "paste.txt", columns=COLUMNS)
    assert reading.excluded["reason"].tolist() == ["5 cells, the header has 6"]
    assert reading.records["number"].tolist() == ["1", "3"]


def test_lines_that_do_not_come_out_even_are_refused(reading_of):
    text = "\n".join("\n".join(row) for row in [NAMES, CELLS[0][:-1], *CELLS[1:]])
    with pytest.raises(InputError, match=r"17 lines follow the 6 names.*blank line between rows"):
        reading_of(text, "paste.txt", columns=COLUMNS)


def test_a_paste_without_a_mapping_is_told_how_it_may_be_read(reading_of):
    with pytest.raises(InputError, match=r"status=Progress.*text=Recommendation"):
        reading_of(PASTES["by lines under a title"], "paste.txt")
