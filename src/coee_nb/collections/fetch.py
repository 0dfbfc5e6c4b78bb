"""Customs duties by month from Treasury's Fiscal Data service, tied out first."""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import monotonic
from typing import Any

import pandas as pd

from coee_nb import fiscal
from coee_nb.collections.series import Columns, read_receipts
from coee_nb.collections.tie_out import read_published, tie_out
from coee_nb.errors import InputError
from coee_nb.paths import shown

BASE_URL = "https://api.fiscaldata.treasury.gov/services/api/fiscal_service"
ENDPOINT = "v1/accounting/mts/mts_table_4"
CLASSIFICATION = "Customs Duties"
AMOUNTS = {
    "gross": "current_month_gross_rcpt_amt",
    "refunds": "current_month_refund_amt",
    "net": "current_month_net_rcpt_amt",
}
FIELDS = ("record_date", *AMOUNTS.values())
PAGE_LIMIT = 1000
REPLY_LIMIT = 20_000_000  # bytes; a page of 1,000 months is a hundredth of it
FILE_COLUMNS = (
    "month", "fiscal_year", "gross_customs_duties_musd", "refunds_musd",
    "net_customs_duties_musd", "source",
)  # fmt: skip
STATEMENT = "Monthly Treasury Statement, published"
SERVICE = "Fiscal Data, Monthly Treasury Statement table 4"


@dataclass(frozen=True)
class Fetched:
    """What the service said, and what became of it.

    ``months``: month (Period), gross, refunds, net (Decimal, dollars; gross and refunds None where
    the service says null); ``excluded``: month, reason; ``changed``: month, before_musd,
    after_musd: months that an earlier file gave otherwise; ``text``: the sentence for the reader.
    """

    months: pd.DataFrame
    excluded: pd.DataFrame
    changed: pd.DataFrame
    text: str


class TransientError(Exception):
    """A failure that may pass: a server error, an interruption or silent connection."""


def fetch(
    out: str | Path,
    *,
    base_url: str = BASE_URL,
    published: str | Path | None = None,
    earlier: str | Path | None = None,
    page_size: int = 100,
    timeout: float = 30.0,
    attempts: int = 5,
    wait: float = 1.0,
) -> Fetched:
    """Fetch monthly customs duties, gross and net, and write them to ``out`` once they tie out.

    ``published``: annual figures (see ``tie_out.read_published``) that complete fiscal years must
    meet; ``earlier``: a monthly file whose months before the service's first are carried over, and
    whose other months are compared; ``timeout`` in seconds a request; ``attempts`` with waits of
    ``wait``, twice that, and so on. The file is written aside and renamed last: on any error the
    old file stays as it was. Raises InputError when the service cannot be reached, its fields or
    page counts do not agree, an amount is no number, gross less refunds is not net, or a complete
    fiscal year does not tie out.
    """
    rows = _all_pages(base_url, page_size, timeout, _retrying(attempts, wait))
    months, excluded = _months(rows, base_url)
    before, changed = _against_earlier(months, earlier)
    with _aside(Path(out)) as path:
        _write(path, before, months)
        text = _check(path, published)
    said = f"{len(months)} months fetched, {len(excluded)} excluded, {len(before)} carried over"
    revised = f"; {len(changed)} differ from the earlier file" if earlier else ""
    return Fetched(months, excluded, changed, f"{said}{revised}. {text}")


def _retrying(attempts: int, wait: float) -> Callable[..., Any]:
    """Return the policy for failures that may pass: wait, twice as long each time, then give up."""
    from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

    return Retrying(
        retry=retry_if_exception_type(TransientError),
        stop=stop_after_attempt(attempts),
        wait=wait_exponential(multiplier=wait, max=60),
        reraise=True,
    )


def _all_pages(base_url: str, page_size: int, timeout: float, retrying: Any) -> list[dict]:
    """Return the rows of every page, after checking that they are as many as announced."""
    if not base_url.startswith(("https://", "http://")):
        raise InputError(f"address {base_url!r}", expected="an http or https address")
    url, rows, pages, number = f"{base_url.rstrip('/')}/{ENDPOINT}", [], 1, 0
    announced: list[int] = []
    while number < pages:
        number += 1
        try:
            reply = retrying(_page, url, number, page_size, timeout)
        except TransientError as error:
            raise InputError(
                f"no answer after {retrying.statistics['attempt_number']} attempts ({error})",
                where=url,
                do="try again later; the file on disk is unchanged",
            ) from error
        data, *totals = _read_reply(reply, url)
        if announced and totals != announced:
            raise InputError("the number of rows changed between pages", where=url, do="try again")
        announced, pages = totals, totals[1]
        rows += data
        if not data and number < pages:
            raise InputError(f"page {number} of {pages} is empty", where=url, do="try again")
    if len(rows) != announced[0]:
        raise InputError(
            f"{len(rows)} rows on {number} pages, {announced[0]} announced",
            where=url,
            do="try again; nothing was written",
        )
    return rows


def _page(url: str, number: int, size: int, timeout: float) -> Any:
    """Return one page as parsed JSON, telling failures that may pass from those that will not."""
    import requests

    query = {
        "filter": f"classification_desc:eq:{CLASSIFICATION}",
        "fields": ",".join(FIELDS),
        "sort": "record_date",
        "page[number]": str(number),
        "page[size]": str(size),
    }
    try:
        with requests.get(
            url, params=query, timeout=timeout, stream=True, allow_redirects=False
        ) as reply:
            status, body = reply.status_code, _body(reply, timeout)
    except requests.RequestException as error:
        raise TransientError(type(error).__name__) from error
    if status >= 500 or status == 429:
        raise TransientError(f"status {status}")
    if status != 200:
        raise InputError(f"status {status}", where=url, do="check the address and the fields")
    return _json(body, url)


def _body(reply: Any, timeout: float) -> bytes:
    """Return the bytes of a reply, within ``timeout`` overall and a bounded length."""
    body, deadline = b"", monotonic() + timeout
    # One read of the connection at a time: a server that drips must not hold a whole chunk up.
    while chunk := _next(reply):
        body += chunk
        if monotonic() > deadline:
            raise TransientError(f"not complete within {timeout:g} s")
        if len(body) > REPLY_LIMIT:
            raise InputError(f"a reply over {REPLY_LIMIT:,} bytes", where=reply.url)
    return body


def _next(reply: Any) -> bytes:
    """Return what the connection has next, decoded; empty at the end."""
    from urllib3.exceptions import HTTPError

    try:
        return reply.raw.read1(1 << 16, decode_content=True)
    except (HTTPError, OSError) as error:
        raise TransientError(type(error).__name__) from error


def _json(body: bytes, url: str) -> Any:
    import json

    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        # A reply cut short without the connection saying so looks like this.
        raise TransientError("a reply that is not JSON") from error


def _read_reply(reply: Any, url: str) -> tuple[list[dict], int, int]:
    """Return rows, total rows and total pages of one reply, its shape checked."""
    try:
        data, meta = reply["data"], reply["meta"]
        count, total, pages = (int(meta[k]) for k in ("count", "total-count", "total-pages"))
        rows = [dict(row) for row in data]
    except (KeyError, TypeError, ValueError) as error:
        raise _changed(f"the reply has no {error}", url) from error
    if count != len(rows):
        raise InputError(
            f"{len(rows)} rows on a page, {count} announced", where=url, do="try again"
        )
    if pages > PAGE_LIMIT or total < 0:
        raise _changed(f"{total} rows on {pages} pages", url)
    for row in rows:
        for field in FIELDS:
            if not isinstance(row.get(field), str):
                raise _changed(f"field {field!r} is {row.get(field)!r}", url)
    return rows, total, pages


def _changed(found: str, url: str) -> InputError:
    return InputError(
        found,
        where=url,
        expected=f"data with {', '.join(FIELDS)} as text, and meta with count and total-pages",
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
        raise InputError("no month with a net amount", where=url)
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
    months: pd.DataFrame, earlier: str | Path | None
) -> tuple[pd.Series, pd.DataFrame]:
    """Return the earlier file's months that the service lacks, and those it gives otherwise."""
    columns = ["month", "before_musd", "after_musd"]
    if earlier is None:
        return pd.Series(dtype=float), pd.DataFrame(columns=columns)
    receipts = read_receipts(earlier, columns=Columns())
    known = receipts.series()
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


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """Give a file beside ``path`` that takes its name when all went well and is gone otherwise."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
            aside = Path(stream.name)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=shown(path)) from error
    try:
        yield aside
        aside.chmod(0o644)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _write(path: Path, before: pd.Series, months: pd.DataFrame) -> None:
    """Write millions of dollars to the cent; months carried over keep their own precision."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(FILE_COLUMNS)
        for month, amount in before.items():
            out.writerow([month, _year(month), "", "", f"{amount:.15g}", STATEMENT])
        for row in months.itertuples():
            amounts = [_musd(row.gross), _musd(row.refunds), _musd(row.net)]
            out.writerow([row.month, _year(row.month), *amounts, SERVICE])
        stream.flush()
        os.fsync(stream.fileno())


def _year(month: pd.Period) -> int:
    return fiscal.fiscal_year(month.start_time.date())


def _musd(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.scaleb(-6):f}"


def _check(path: Path, published: str | Path | None) -> str:
    """Read the file as the notebook will, tie it out, and return the sentence."""
    receipts = read_receipts(path, columns=Columns(fiscal_year="fiscal_year"))
    series = receipts.series()
    if published is None:
        return "Not tied out: no published annual figures were given."
    result = tie_out(series, read_published(published))
    if len(result.failures):
        raise InputError(
            result.text.rstrip("."),
            where="tie-out",
            expected="fiscal-year sums equal to the published figures",
            do="find out which was revised; the file on disk is unchanged",
        )
    return result.text
