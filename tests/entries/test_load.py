"""Every line of a file is loaded, blank or rejected; a load is whole or leaves nothing."""

import gzip
import json
import re
import signal
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from coee_nb.cli import coee
from coee_nb.entries import load as loads
from coee_nb.entries import read_delimited
from coee_nb.entries.layout import COLUMNS, FIELDS, MONEY, read_account, row_files, sql_text
from coee_nb.entries.load import Loading, columns_of, load
from coee_nb.entries.load_writing import appearing
from coee_nb.entries.read_values import MoneyFormat
from coee_nb.errors import InputError, ParameterError

HEADER = ",".join(FIELDS)
ROW = "N{},Unit A,2016-10-03,2016-10-10,2016-10-04,2017-09-01,1.50,0,2"
EXAMPLE = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "entries"


def row(number):
    return ROW.format(number)


def loaded(tmp_path, content, name="a.csv", **options):
    """Load bytes or text and return the account and the rows."""
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / name).write_bytes(data)
    account = load([tmp_path / name], tmp_path / "out", Loading(**options)).account
    assert account == read_account(tmp_path / "out")
    assert account["lines"] == sum(account[k] for k in ("header", "blank", "rejected", "loaded"))
    return account, rows(tmp_path / "out")


def rows(folder):
    query = f"SELECT {', '.join(COLUMNS)} FROM {source(folder)} ORDER BY file, line"
    return [dict(zip(COLUMNS, one, strict=True)) for one in duckdb.sql(query).fetchall()]


def source(folder):
    return f"read_parquet([{', '.join(map(sql_text, row_files(folder)))}])"


def rejected(folder):
    query = f"SELECT line, text, reason FROM '{folder / 'rejected.parquet'}' ORDER BY line"
    return duckdb.sql(query).fetchall()


DAMAGE = {
    "open quote": (b'N2,"Unit A,2016-10-03,,,,1,0,2', "quote"),
    "open quote at the end": (b'N2,Unit A,2016-10-03,,,,1,0,"2', "quote"),
    "short": (b"N2,Unit A,2016", "3 fields, the header has 9"),
    "long": (b"N2,Unit A,2016-10-03,,,,1,0,2,x", "10 fields, the header has 9"),
    "NUL": (b"N2,Uni\0t A,2016-10-03,,,,1,0,2", "NUL"),
    "encoding": (b"N2,Unit \xe9,2016-10-03,,,,1,0,2", "not UTF-8 (byte 0xe9"),
    "header": (HEADER.encode(), "the header again"),
    "after a quote": (b'N2,"Unit" A,2016-10-03,,,,1,0,2', "text after a closing quote"),
}


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("quoted", [False, True], ids=["plain", "quotes elsewhere"])
def test_a_damaged_line_is_rejected_and_costs_no_other(tmp_path, kind, quoted):
    bad, reason = DAMAGE[kind]
    good = [row(k).replace("Unit A", '"Unit, A"' if quoted else "Unit A") for k in (1, 3, 4)]
    lines = [HEADER.encode(), good[0].encode(), bad, good[1].encode(), b"", good[2].encode()]
    account, found = loaded(tmp_path, b"\n".join(lines) + b"\n")
    assert [(one["line"], one["entry_number"]) for one in found] == [
        (2, "N1"),
        (4, "N3"),
        (6, "N4"),
    ]
    ((line, text, said),) = rejected(tmp_path / "out")
    assert line == 3
    assert reason in said
    assert text.startswith(("N2,", "entry_number"))
    assert (account["blank"], account["rejected"], account["loaded"]) == (1, 1, 3)


def test_a_quote_that_a_later_lines_quote_would_close_swallows_no_row(tmp_path):
    """Taken together the three lines have as many fields as the header, and a quote too many."""
    last = ',",0",2016-10-03,,,,1,0,2'
    _, found = loaded(tmp_path, f'{HEADER}\n"open\n{row(1)}\n{last}\n')
    assert [(one["line"], one["center"]) for one in found] == [(3, "Unit A"), (4, ",0")]
    assert [line for line, *_ in rejected(tmp_path / "out")] == [2]


def test_a_last_line_cut_off_is_rejected_and_one_without_an_end_is_told(tmp_path):
    account, found = loaded(tmp_path, f"{HEADER}\n{row(1)}\nN2,Unit A,20")
    assert [one["entry_number"] for one in found] == ["N1"]
    assert rejected(tmp_path / "out")[0][2].startswith("the file ends here")
    account, found = loaded(tmp_path, f"{HEADER}\n{row(1)}\n{row(2)}")
    assert len(found) == 2
    assert not account["files"][0]["last_line_ended"]


def test_line_ends_may_be_mixed(tmp_path):
    account, found = loaded(tmp_path, f"{HEADER}\r\n{row(1)}\n{row(2)}\r{row(3)}\r\n\r\n{row(4)}")
    assert [one["line"] for one in found] == [2, 3, 4, 6]
    assert (account["lines"], account["blank"]) == (6, 1)


def test_a_row_over_several_lines_counts_them_all(tmp_path):
    wide = row(1).replace("Unit A", '"Unit\nA ""of"" many\r\n"')
    account, found = loaded(tmp_path, f"{HEADER}\n{wide}\n{row(2)}\n")
    assert [(one["line"], one["center"]) for one in found] == [
        (2, 'Unit\nA "of" many'), (5, "Unit A")]  # fmt: skip
    assert (account["lines"], account["loaded"], account["rows"]) == (5, 4, 2)


@pytest.mark.parametrize("block", [64, 200, 1 << 20])
def test_where_a_file_is_cut_into_blocks_changes_nothing(tmp_path, monkeypatch, block):
    monkeypatch.setattr(read_delimited, "BLOCK", block)
    monkeypatch.setattr(read_delimited, "SMALL", max(block // 2, 50))
    wide = row(2).replace("Unit A", '"Unit\n\nA"')
    lines = [HEADER, row(1), wide, 'N3,"x', "", wide, row(4), 'N5,"Unit A",x', wide]
    account, found = loaded(tmp_path, "\n".join(lines))
    assert [one["entry_number"] for one in found] == ["N1", "N2", "N2", "N4", "N2"]
    assert [line for line, _, _ in rejected(tmp_path / "out")] == [6, 12]
    assert account["lines"] == 15


def test_values_that_are_not_read_keep_their_text_and_their_row(tmp_path):
    bad = 'N1,,00/00/0000,,13/01/2016,10/03/2016,1.005,"1,23",(55.25)'
    _, (one,) = loaded(tmp_path, f"{HEADER}\n{bad}\n", date_formats=("MM/DD/YYYY",))
    assert json.loads(one["unparsed"]) == {
        "entry_date": "00/00/0000", "release_date": "13/01/2016", "duties": "1.005",
        "taxes": "1,23"}  # fmt: skip
    assert (one["center"], one["entry_date"], one["duties"]) == (None, None, None)
    assert (one["liquidation_date"], one["fees"]) == (date(2016, 10, 3), Decimal("-55.25"))


def test_the_header_may_be_in_any_order_and_its_names_mapped(tmp_path):
    names = ["Fees", "Extra", *[f"c {name}" for name in FIELDS[:-1]]]
    text = f"{','.join(names)}\n7,ignored,N1,Unit A,,,,,1,2\n"
    mapped = {name: f"c {name}" for name in FIELDS[:-1]}
    account, (one,) = loaded(tmp_path, text, columns=mapped)
    assert (one["fees"], one["taxes"], one["entry_number"]) == (7, 2, "N1")
    assert account["files"][0]["unused_columns"] == ["Extra"]


@pytest.mark.parametrize(
    ("content", "options", "told"),
    [
        (b"", {}, "is empty"),
        (b"\n\n", {}, "is empty"),
        (HEADER.replace("fees", "charge").encode(), {}, "no column for fees"),
        (HEADER.encode() + b",Fees,FEES", {"columns": {"fees": "FEE s"}}, "is there 3 times"),
        (HEADER.encode("utf-16"), {}, "is UTF-16"),
        (f"{HEADER}\n{row('é')}\n".encode(), {"encoding": "latin-1"}, "is UTF-8, not Latin-1"),
        (gzip.compress(f"{HEADER}\n{row(1)}\n".encode() * 9)[:-20], {}, "cut off or damaged"),
        (f"{HEADER}\n{row(1).replace('2016-10-03', '01/02/2016')}\n".encode(), {},
         "'01/02/2016' may be MM/DD/YYYY or DD/MM/YYYY. .*: --date-format YYYY-MM-DD --date-format "
         "MM/DD/YYYY, or DD/MM/YYYY"),
        (f"{HEADER}\nN1,A,31.12.16,,,,1,2,3\n".encode(), {}, ": --date-format DD.MM.YY"),
        (f"{HEADER}\nN1,A,12-25-2016,,,,1,2,3\n".encode(), {}, ": --date-format MM-DD-YYYY"),
        (f"{HEADER}\nN1,A,day 12,,,,1,2,3\n".encode(), {}, "in no format that is known"),
        (HEADER.replace(",", ";").encode(), {}, '--delimiter ";"'),
        (HEADER.replace(",", "\t").encode(), {}, "--delimiter tab"),
        (f"sep=,\n{HEADER}".encode(), {}, "take out what stands above"),
        (b"\xd0\xcf\x11\xe0old", {}, "old or protected workbook"),
        (b"PK\x03\x04broken", {}, "cannot be opened"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_loaded_is_refused_and_leaves_nothing(
    tmp_path, content, options, told
):
    with pytest.raises(InputError, match=told):
        loaded(tmp_path, content, **options)
    assert {one.name for one in tmp_path.iterdir()} <= {"a.csv", ".out.lock"}


def test_a_missing_file_and_one_named_twice_are_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load([tmp_path / "none.csv"], tmp_path / "out")
    (tmp_path / "a.csv").write_text(HEADER)
    with pytest.raises(InputError, match="named twice"):
        load([tmp_path / "a.csv", tmp_path / "." / "a.csv"], tmp_path / "out")


@pytest.mark.parametrize(
    "options",
    [{"delimiter": "ab"}, {"encoding": "ebcdic"}, {"columns": {"fee": "x"}},
     {"fiscal_year_starts": 13}, {"date_formats": ("DD/MM",)}, {"money": MoneyFormat("x")},
     {"memory_limit": "plenty"}],
)  # fmt: skip
def test_wrong_parameters_are_refused(tmp_path, options):
    with pytest.raises(ParameterError):
        loaded(tmp_path, f"{HEADER}\n{row(1)}\n", **options)


def test_a_header_alone_is_a_load_of_no_rows(tmp_path):
    account, found = loaded(tmp_path, HEADER)
    assert (account["lines"], account["rows"], found) == (1, 0, [])


def test_latin_1_and_a_byte_order_mark_are_read(tmp_path):
    text = f"{HEADER}\n{row('é')}\n"
    _, (one,) = loaded(tmp_path, text.encode("latin-1"), encoding="latin-1")
    assert one["entry_number"] == "Né"
    _, (one,) = loaded(tmp_path, gzip.compress(text.encode("utf-8-sig")))
    assert one["entry_number"] == "Né"


def test_a_workbook_with_dates_and_numbers(tmp_path):
    book = Workbook()
    book.active.append(list(FIELDS))
    book.active.append(
        ["N1", "Unit A", date(2016, 10, 3), None, "10/04/2016", None, 0.1 + 0.2, 5, -1]
    )
    book.active.append([])
    book.active.append(["N2", "Unit A", "n/a"])
    book.active.append(["N3", *[None] * 8, "beside"])
    book.save(tmp_path / "a.xlsx")
    options = Loading(date_formats=("MM/DD/YYYY",))
    account = load([tmp_path / "a.xlsx"], tmp_path / "out", options).account
    first, second = rows(tmp_path / "out")
    assert (first["entry_date"], first["release_date"]) == (date(2016, 10, 3), date(2016, 10, 4))
    assert (first["duties"], first["taxes"], first["fees"]) == (Decimal("0.30"), 5, -1)
    assert (second["line"], second["unparsed"]) == (4, '{"entry_date": "n/a"}')
    assert (account["lines"], account["blank"], account["loaded"]) == (5, 1, 2)
    ((line, text, reason),) = rejected(tmp_path / "out")
    assert (line, text, reason) == (5, "N3,,,,,,,,,beside", "10 fields, the header has 9")


@pytest.mark.parametrize("one_row_per", ["transaction", "item"])
def test_rows_are_loaded_below_a_folder_of_any_name(tmp_path, one_row_per):
    folder = tmp_path / "the year's [new] rows * 100%"
    folder.mkdir()
    text = ",".join(FIELDS) + "\n1,A,2017-01-02,,,,3.00,,\n"
    account, found = loaded(folder, text, one_row_per=one_row_per)
    assert (account["rows"], found[0]["entry_number"]) == (1, "1")


def test_items_are_summed_to_transactions_and_said_so(tmp_path):
    other = row(2).replace("Unit A", "Unit B")
    lines = [HEADER, row(1), row(2), row(1), other, ",,,,,,1,1,1", ",,,,,,1,1,1"]
    text = "\n".join([*lines, row(1).replace("1.50", "x")])
    account, found = loaded(tmp_path, text, one_row_per="item")
    assert [(one["line"], one["duties"]) for one in found] == [
        (2, Decimal("3.00")), (3, Decimal("1.50")), (5, Decimal("1.50")), (6, 1), (7, 1), (8, None)
    ]  # fmt: skip
    assert (account["summed"], account["rows"], account["loaded"]) == (7, 6, 7)


def test_fiscal_years_begin_in_any_month(tmp_path):
    text = f"{HEADER}\n{row(1)}\n{row(2).replace('2016-10-03', '')}\n"
    for starts, year in ((10, 2017), (1, 2016), (11, 2016)):
        loaded(tmp_path, text, fiscal_year_starts=starts)
        folders = {one.name for one in (tmp_path / "out" / "rows").iterdir()}
        assert folders == {f"fiscal_year={year}", "fiscal_year=0"}


def test_the_same_load_again_has_the_same_hash_and_another_has_not(tmp_path):
    text = f"{HEADER}\n{row(1)}\n{row(2)}\n"
    first, _ = loaded(tmp_path, text)
    assert loaded(tmp_path, text)[0] == first
    assert (
        loaded(tmp_path, text.replace("1.50", "1.51"))[0]["content_hash"] != first["content_hash"]
    )


def test_rejected_lines_are_no_formulas_in_a_spreadsheet(tmp_path):
    loaded(tmp_path, f"{HEADER}\n=HYPERLINK(1)\n")
    assert "'=HYPERLINK(1)" in (tmp_path / "out" / "rejected.csv").read_text()


def test_a_folder_with_something_else_is_not_replaced(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    with pytest.raises(InputError, match="holds something else"):
        loaded(tmp_path, HEADER)
    assert (tmp_path / "out" / "mine.txt").exists()


def test_an_error_half_way_leaves_the_earlier_load_as_it_was(tmp_path, monkeypatch):
    loaded(tmp_path, f"{HEADER}\n{row(1)}\n")
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}

    def fails(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(loads, "_account", fails)
    with pytest.raises(OSError, match="full"):
        loaded(tmp_path, f"{HEADER}\n{row(2)}\n")
    after = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert after == before
    assert not list(tmp_path.glob(".out.loading*"))


SLOW = """
import sys, time
from coee_nb.cli import main
from coee_nb.entries import load
texts, made = load._Source.texts, load._write_rows
def reading(source):
    for piece in texts(source):
        yield piece
        print("half-way", flush=True)
        for _ in range(600):
            time.sleep(0.1)
            yield piece
def written(*given):
    made(*given)
    print("half-way", flush=True)
    time.sleep(60)
if sys.argv[3] == "reading":
    load._Source.texts = reading
else:
    load._write_rows = written
main(["entries", "load", sys.argv[1], "--into", sys.argv[2]])
"""


@pytest.mark.parametrize(
    ("how", "when"),
    [
        (signal.SIGTERM, "reading"),
        (signal.SIGKILL, "written"),
        pytest.param(signal.SIGINT, "reading", marks=pytest.mark.long),
        pytest.param(signal.SIGHUP, "written", marks=pytest.mark.long),
        pytest.param(signal.SIGKILL, "reading", marks=pytest.mark.long),
    ],
)
def test_a_stopped_load_leaves_nothing_and_the_next_one_sweeps(tmp_path, how, when):
    first, _ = loaded(tmp_path, f"{HEADER}\n{row(1)}\n")
    (tmp_path / "b.csv").write_text(f"{HEADER}\n{row(2)}\n")
    command = [sys.executable, "-c", SLOW, tmp_path / "b.csv", tmp_path / "out", when]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout.readline() == b"half-way\n"
        process.send_signal(how)
    assert read_account(tmp_path / "out") == first
    assert [one["entry_number"] for one in rows(tmp_path / "out")] == ["N1"]
    if how is not signal.SIGKILL:
        assert process.returncode == 128 + how
        assert not [one for one in tmp_path.iterdir() if "loading" in one.name]
    load([tmp_path / "b.csv"], tmp_path / "out")
    assert [one["entry_number"] for one in rows(tmp_path / "out")] == ["N2"]
    assert not [one for one in tmp_path.iterdir() if "loading" in one.name]


def test_two_loads_into_one_folder_do_not_meet(tmp_path):
    with appearing(tmp_path / "out"):  # noqa: SIM117 (the second within the first)
        with pytest.raises(InputError, match="another load"), appearing(tmp_path / "out"):
            pass


def test_the_command_loads_the_example_and_prints_its_account(tmp_path):
    planted = json.loads((EXAMPLE / "planted.json").read_text())
    given = ["entries", "load", str(EXAMPLE / "entries_generated.csv.gz"), "--into",
             str(tmp_path / "out"), "--map", "summary_date=Entry Summary Date", "--date-format",
             "MM/DD/YYYY", "--fiscal-year-starts", "10"]  # fmt: skip
    result = CliRunner().invoke(coee, given, catch_exceptions=False)
    assert "lines 50,008 = header 1 + blank 2 + rejected 5 + loaded 50,000" in result.output
    account = read_account(tmp_path / "out")
    assert {name: account[name] for name in planted["lines"]} == planted["lines"]
    lines = [one["line"] for one in planted["rejected"]]
    assert [line for line, _, _ in rejected(tmp_path / "out")] == lines
    sums = ", ".join(f"sum({name})::VARCHAR" for name in MONEY)
    asked = f"SELECT {sums}, count(unparsed) FROM {source(tmp_path / 'out')}"
    (totals,) = duckdb.sql(asked).fetchall()
    assert totals == (*planted["totals"].values(), planted["checks"]["unparsed_value"])


def test_what_was_not_read_is_told_with_what_to_do_about_it(tmp_path, monkeypatch):
    bad = 'N3,"{""duties"": 1}",,,,00/00/0000,"1,5",-,3'
    text = f"{HEADER}\n{row(1)}\n{row('é')}\n{bad}\n{row(4).replace('2016-10-10', 'never')}\nN5\nN6"
    (tmp_path / "a.csv").write_bytes(text.encode("latin-1"))
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(coee, ["entries", "load", "a.csv", "--into", "out"])
    assert result.exit_code == 0, result.output
    account = read_account(tmp_path / "out")
    assert account["unparsed"] == {
        "summary_date": {"rows": 1, "such_as": "never"},
        "liquidation_date": {"rows": 1, "such_as": "00/00/0000"},
        "duties": {"rows": 1, "such_as": "1,5"}, "taxes": {"rows": 1, "such_as": "-"},
    }  # fmt: skip
    told = "1 field, the header has 9"
    assert account["reasons"] == {"not UTF-8": 1, told: 1, f"the file ends here: {told}": 1}
    said = ("rejected 1: not UTF-8", "--encoding latin-1", "a.csv: its last line has no end",
            "duties: 1 values not read, such as '1,5'", "--decimal-mark")  # fmt: skip
    for words in said:
        assert words in result.output


def test_an_error_names_the_file_as_it_was_named(tmp_path):
    with pytest.raises(InputError, match=re.escape(f"{tmp_path / 'a.csv'}: is empty")):
        loaded(tmp_path, "")


def test_a_mapping_that_is_none_is_refused():
    result = CliRunner().invoke(coee, ["entries", "load", "a.csv", "--into", "x", "--map", "fees"])
    assert result.exit_code == 2
    assert "FIELD=COLUMN" in result.output


def test_columns_are_found_by_their_names_whatever_their_case():
    header = [name.replace("_", " ").title() for name in reversed(FIELDS)]
    assert columns_of(header, {}, "a") == {name: 8 - k for k, name in enumerate(FIELDS)}


# Random tables, written in random dialects, with damage planted between their rows.

TEXT = st.text(st.sampled_from('abé ,;"\n\r\t=0'), min_size=1, max_size=6).filter(str.strip)
AMOUNT = st.integers(-(10**15), 10**15).map(lambda cents: Decimal(cents).scaleb(-2))
DAY = st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2099, 12, 31)))
PLANTED = st.tuples(
    st.one_of(st.none(), TEXT), st.one_of(st.none(), TEXT), *[DAY] * 4, *[AMOUNT] * 3
)
JUNK = st.sampled_from([b"", b"  ", b"x", b"a\0b", b'"open', b'q,"open,x', b'"a"b', b"\xff\xfe1",
                        b"1,2,3,4,5,6,7,8,9,0,1;1;1;1;1;1;1;1;1;1;1;1"])  # fmt: skip


def written(cells, delimiter, formats, quote_all):
    """Return a row as a line in a dialect."""
    texts = ["" if one is None else str(one) for one in cells[:2]]
    texts += [f"{day:{formats[0]}}" if day else "" for day in cells[2:6]]
    texts += [formats[1](amount) for amount in cells[6:]]
    quoted = []
    for text in texts:
        needs = quote_all or any(sign in text for sign in (delimiter, '"', "\n", "\r"))
        quoted.append('"{}"'.format(text.replace('"', '""')) if needs else text)
    return delimiter.join(quoted).encode()


def dollars(amount):
    return f"(${-amount:,.2f})" if amount < 0 else f"${amount:,.2f}"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    table=st.lists(st.one_of(PLANTED, JUNK), max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    formats=st.sampled_from([("%m/%d/%Y", str), ("%Y-%m-%d", dollars), ("%d.%m.%Y", str)]),
    quote_all=st.booleans(),
    last_end=st.booleans(),
    packed=st.booleans(),
)
def test_planted_rows_come_back_from_any_dialect_and_any_damage(
    tmp_path, table, delimiter, end, formats, quote_all, last_end, packed
):
    lines, planted, at = [delimiter.join(FIELDS).encode()], [], 2
    for one in table:
        line = one if isinstance(one, bytes) else written(one, delimiter, formats, quote_all)
        lines.append(line)
        if not isinstance(one, bytes):
            told = [text.strip() if text else None for text in one[:2]]
            planted.append((at, *told, *one[2:]))
        at += max(1, len((line + b"\n").splitlines()))
    data = end.join(lines) + (end if last_end else b"")
    (tmp_path / "a.csv").write_bytes(gzip.compress(data) if packed else data)
    options = Loading(delimiter=delimiter, date_formats=(formats[0],), threads=1)
    account = load([tmp_path / "a.csv"], tmp_path / "out", options).account
    assert account["lines"] == sum(account[k] for k in ("header", "blank", "rejected", "loaded"))
    assert account["lines"] == len(data.splitlines())
    found = [tuple(one[name] for name in ("line", *FIELDS)) for one in rows(tmp_path / "out")]
    assert found == planted
    assert {one["unparsed"] for one in rows(tmp_path / "out")} <= {None}
