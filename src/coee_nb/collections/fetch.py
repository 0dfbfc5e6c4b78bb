"""Receipts of the U.S. Treasury by month from its Fiscal Data service, tied out first."""

from __future__ import annotations

import csv
import io
import json
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from coee_nb import fiscal
from coee_nb.collections.series import Columns, read_amounts
from coee_nb.collections.tie_out import read_published, tie_out
from coee_nb.collections.units import Unit
from coee_nb.errors import InputError
from coee_nb.files import writing
from coee_nb.paths import shown
from coee_nb.plain import underscored

BASE_URL = "https://api.fiscaldata.treasury.gov/services/api/fiscal_service"
ENDPOINT = "v1/accounting/mts/mts_table_4"
CLASSIFICATION = "Customs Duties"  # of the receipts that table 4 tells apart, without another word
UNIT = Unit("million dollars")
AMOUNTS = {
    "gross": "current_month_gross_rcpt_amt",
    "refunds": "current_month_refund_amt",
    "net": "current_month_net_rcpt_amt",
}
FIELDS = ("record_date", "classification_desc", *AMOUNTS.values())
LARGEST = 32_000_000  # bytes of a reply; the months there are take a hundredth of it
PATIENCE = 4  # times the timeout that a whole reply may take
PAGE_SIZE = 10_000  # the most that the service gives at once: months of eight centuries
MAY_PASS = (429, 500, 502, 503, 504)  # states of a server that are tried again
STATEMENT = "Monthly Treasury Statement, published"
SERVICE = "Fiscal Data, Monthly Treasury Statement table 4"


@dataclass(frozen=True)
class Fetched:
    """What the service said, and what became of it.

    ``months``: month (Period), gross, refunds, net (Decimal, dollars; gross and refunds None where
    the service says null); ``excluded``: month, reason; ``changed``: month, before,
    after: months that an earlier file gave otherwise; ``text``: the sentence for the reader.
    """

    months: pd.DataFrame
    excluded: pd.DataFrame
    changed: pd.DataFrame
    text: str


def fetch(
    out: str | Path,
    *,
    classification: str = CLASSIFICATION,
    base_url: str = BASE_URL,
    published: str | Path | None = None,
    earlier: str | Path | None = None,
    timeout: float = 30.0,
    attempts: int = 5,
    wait: float = 1.0,
    definition: str | None = None,
) -> Fetched:
    """Fetch a line of receipts by month, gross and net, and write it to ``out`` once it ties out.

    ``classification``: the line as the Monthly Treasury Statement's table 4 names it ("Excise
    Taxes", "Customs Duties"); the file's columns are named by it (``net_excise_taxes_musd``).
    ``published``: annual figures (see ``tie_out.read_published``) that complete fiscal years must
    meet; ``earlier``: a monthly file whose months before the service's first are carried over, and
    whose other months are compared; ``timeout`` in seconds to connect, and for each silence;
    ``attempts`` with waits of ``wait`` seconds, doubling; ``definition``: which of the published
    figures, "net" and the line's name in lower case by default. On any error the old file stays as
    it was.

    >>> found = fetch("duties.csv", published="annual_published.csv")  # doctest: +SKIP
    >>> print(found.text)  # doctest: +SKIP

    Raises InputError when the service
    cannot be reached, its fields, classification or number of rows do not agree, an amount is no
    number, gross less refunds is not net, or a complete fiscal year does not tie out.
    """
    if not base_url.startswith(("https://", "http://")):
        raise InputError(f"address {base_url!r}", expected="an http or https address")
    url = f"{base_url.rstrip('/')}/{ENDPOINT}"
    rows = _rows(_ask(url, classification, timeout, attempts, wait), url, classification)
    months, excluded = _months(rows, url)
    before, changed = _against_earlier(months, earlier, net_column(classification))
    lines = _file_text(before, months, classification)
    told = definition or f"net {classification.lower()}"
    text = _check(lines, Path(out), published, told, net_column(classification))
    _write(Path(out), lines)
    said = f"{len(months)} months fetched, {len(excluded)} excluded, {len(before)} carried over"
    revised = f"; {len(changed)} differ from the earlier file" if earlier else ""
    return Fetched(months, excluded, changed, f"{said}{revised}. {text}")


def net_column(classification: str) -> str:
    """Return the name of the file's column of net receipts, in million dollars.

    >>> net_column("Social Insurance & Retirement")
    'net_social_insurance_retirement_musd'
    """
    return f"net_{underscored(classification)}_musd"


def _ask(url: str, classification: str, timeout: float, attempts: int, wait: float) -> Any:
    """Return the service's reply as parsed JSON; what may pass is tried again."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import HTTPError
    from urllib3.util import Retry

    query = {
        "filter": f"classification_desc:eq:{classification}",
        "fields": ",".join(FIELDS),
        "sort": "record_date",
        "page[number]": "1",
        "page[size]": str(PAGE_SIZE),
    }
    retries = Retry(
        attempts - 1,
        backoff_factor=wait,
        backoff_max=60,
        status_forcelist=MAY_PASS,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    with requests.Session() as session:
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=retries))
        try:
            reply = session.get(
                url, params=query, timeout=timeout, allow_redirects=False, stream=True
            )
            body = _body(reply, url, seconds=PATIENCE * timeout)
        except (requests.RequestException, HTTPError) as error:
            raise _no_answer(type(error).__name__, url, attempts) from error
    if reply.status_code in MAY_PASS:
        raise _no_answer(f"status {reply.status_code}", url, attempts)
    if reply.status_code != 200:
        raise InputError(
            f"status {reply.status_code}", where=url, do="check the address and the fields"
        )
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError("a reply that is not JSON", where=url, do="try again later") from error


def _body(reply: Any, url: str, *, seconds: float) -> bytes:
    """Return a reply's bytes, unless it is too long or drips on without an end."""
    body, ends = b"", time.monotonic() + seconds
    while part := reply.raw.read1(LARGEST, decode_content=True):
        body += part
        if len(body) > LARGEST or time.monotonic() > ends:
            raise InputError(
                f"a reply of over {LARGEST:,} bytes, or of over {seconds:.0f} seconds",
                where=url,
                do="check the address; the file on disk is unchanged",
            )
    return body


def _no_answer(why: str, url: str, attempts: int) -> InputError:
    return InputError(
        f"no whole answer in {attempts} attempts ({why})",
        where=url,
        do="try again later; the file on disk is unchanged",
    )


def _rows(reply: Any, url: str, classification: str) -> list[dict]:
    """Return the rows of a reply, its shape checked, and that it holds as many as it announces."""
    try:
        total = int(reply["meta"]["total-count"])
        rows = [dict(row) for row in reply["data"]]
    except (KeyError, TypeError, ValueError) as error:
        raise _changed(f"the reply has no {error}", url) from error
    for row in rows:
        for field in FIELDS:
            if not isinstance(row.get(field), str):
                raise _changed(f"field {field!r} is {row.get(field)!r}", url)
        if row["classification_desc"] != classification:
            raise InputError(
                f"rows of {row['classification_desc']!r}",
                where=url,
                expected=f"rows of {classification!r} alone, as asked for",
                do="the service did not heed the filter: nothing was written; try again later",
            )
    if len(rows) != total:
        raise InputError(
            f"{len(rows)} rows, {total} announced", where=url, do="try again; nothing was written"
        )
    return rows


def _changed(found: str, url: str) -> InputError:
    return InputError(
        found,
        where=url,
        expected=f"data with {', '.join(FIELDS)} as text, and meta with total-count",
        do="the service's shape has changed: compare with its documentation",
    )


def _months(rows: list[dict], url: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row a month, checked, and the months excluded with their reasons."""
    kept, aside = [], []
    for row in rows:
        month = _month(row["record_date"], url)
        amounts = {name: _amount(row[field], url, month) for name, field in AMOUNTS.items()}
        if amounts["net"] is None:
            aside.append({"month": month, "reason": "net amount is null"})
            continue
        gross, refunds = amounts["gross"], amounts["refunds"]
        if gross is not None and refunds is not None and gross - refunds != amounts["net"]:
            raise InputError(
                f"gross {amounts['gross']} less refunds {amounts['refunds']} "
                f"is not net {amounts['net']}",
                where=f"{url}, {month}",
            )
        kept.append({"month": month, **amounts})
    frame = pd.DataFrame(kept, columns=["month", *AMOUNTS], dtype=object)
    if frame.empty:
        raise InputError(
            "no month with a net amount",
            where=url,
            do="see that the classification is written as the Statement's table 4 writes it",
        )
    twice = frame["month"][frame["month"].duplicated()]
    if len(twice):
        raise InputError(f"{twice.iloc[0]} stands twice", where=url, expected="one row a month")
    frame = frame.sort_values("month", ignore_index=True)
    return frame, pd.DataFrame(aside, columns=["month", "reason"])


def _month(text: str, url: str) -> pd.Period:
    """Return the month of a record date, which the service gives as the month's last day."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise _changed(f"record_date {text!r}", url) from error
    if day != fiscal.month_end(day.year, day.month):
        raise _changed(f"record_date {text!r} is not the last day of a month", url)
    return pd.Period(day, "M")


def _amount(text: str, url: str, month: pd.Period) -> Decimal | None:
    if text.strip().lower() == "null":
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise _changed(f"amount {text!r} in {month}", url) from error
    if not amount.is_finite():
        raise _changed(f"amount {text!r} in {month}", url)
    return amount


def _against_earlier(
    months: pd.DataFrame, earlier: str | Path | None, net: str
) -> tuple[pd.Series, pd.DataFrame]:
    """Return the earlier file's months that the service lacks, and those it gives otherwise."""
    columns = ["month", "before", "after"]
    if earlier is None:
        return pd.Series(dtype=float), pd.DataFrame(columns=columns)
    known = read_amounts(earlier, columns=Columns(net)).series()
    fetched = {row.month: float(row.net / 1_000_000) for row in months.itertuples()}
    before = known[known.index < months["month"].min()]
    later = known.index[known.index > months["month"].max()]
    if len(later):
        raise InputError(
            f"the service ends in {months['month'].max()}, {shown(earlier)} in {later[-1]}",
            expected="no month known already to be lost",
            do="try again later; the file on disk is unchanged",
        )
    # The Statement prints whole millions: a smaller difference is its rounding.
    changed = [
        (month, known[month], amount)
        for month, amount in fetched.items()
        if month in known.index and abs(known[month] - amount) > 0.5 + 1e-9
    ]
    return before, pd.DataFrame(changed, columns=columns)


def _file_text(before: pd.Series, months: pd.DataFrame, classification: str) -> str:
    """Return the file in millions of dollars; months carried over keep their own precision."""
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\n")
    gross, net = f"gross_{underscored(classification)}_musd", net_column(classification)
    out.writerow(["month", "fiscal_year", gross, "refunds_musd", net, "source"])
    for month, amount in before.items():
        out.writerow([month, _year(month), "", "", f"{amount:.15g}", STATEMENT])
    for row in months.itertuples():
        amounts = [_millions(row.gross), _millions(row.refunds), _millions(row.net)]
        out.writerow([row.month, _year(row.month), *amounts, SERVICE])
    return stream.getvalue()


def _year(month: pd.Period) -> int:
    return fiscal.fiscal_year(month.start_time.date())


def _millions(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.scaleb(-6):f}"


def _check(lines: str, out: Path, published: str | Path | None, definition: str, net: str) -> str:
    """Read the file as the notebook will, tie it out, and return the sentence."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / out.name
        path.write_text(lines, encoding="utf-8")
        try:
            columns = Columns(net, fiscal_year="fiscal_year")
            series = read_amounts(path, columns=columns).series()
        except InputError as error:
            raise _named(error, path, out) from None
    if published is None:
        return "Not tied out: no published annual figures were given."
    result = tie_out(series, read_published(published), definition=definition, unit=UNIT)
    if len(result.failures):
        raise InputError(
            result.text.rstrip("."),
            where=f"{shown(out)}, tie-out",
            expected="fiscal-year sums equal to the published figures",
            do="find out which was revised; the file on disk is unchanged",
        )
    return result.text


def _named(error: InputError, path: Path, out: Path) -> InputError:
    """Return an error of the file aside as one of the file asked for, which is not written."""
    told = {
        name: getattr(error, name).replace(str(path), shown(out)).replace(shown(path), shown(out))
        for name in ("found", "where", "expected", "do")
    }
    return InputError(told.pop("found"), **told)


def _write(path: Path, lines: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with writing(path) as stream:
            stream.write(lines)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=shown(path)) from error
