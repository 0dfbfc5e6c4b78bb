"""The fetch is tried against a local server that replays the service's shape and misbehaves."""

import json
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pandas as pd
import pytest

from coee_nb.cli import main
from coee_nb.collections import fetch as fetch_module
from coee_nb.collections.fetch import ENDPOINT, FIELDS, fetch
from coee_nb.collections.series import Columns, read_amounts
from coee_nb.errors import InputError

DATA = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "collections"

NET = Columns("net_customs_duties_musd")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def service_rows() -> list[dict]:
    """Return the months March 2015 to September 2019 as the service words them."""
    known = read_amounts(
        DATA / "customs_duties_monthly.csv", columns=NET, start="2015-03", end="2019-09"
    )
    rows = []
    for month, net in known.series().items():
        net_dollars, refund = int(net) * 1_000_000, 123_456_789
        amounts = (f"{net_dollars + refund}.25", f"{refund}.25", f"{net_dollars}.00")
        rows.append(
            dict(
                zip(FIELDS, (f"{month.end_time:%Y-%m-%d}", "Customs Duties", *amounts), strict=True)
            )
        )
    return rows


def reply_page(rows: list[dict], number: int, size: int) -> dict:
    page = rows[(number - 1) * size : number * size]
    pages = -(-len(rows) // size)
    return {
        "data": page,
        "meta": {"count": len(page), "total-count": len(rows), "total-pages": pages},
    }


@contextmanager
def service(misbehave=lambda handler, asked, reply: False, rows=None):
    """Serve the rows on a free local port; ``misbehave`` may answer a request in its own way."""
    rows = service_rows() if rows is None else rows
    asked: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            url = urlparse(self.path)
            query = {k: v[0] for k, v in parse_qs(url.query).items()}
            asked.append({"path": url.path, **query})
            reply = reply_page(rows, int(query["page[number]"]), int(query["page[size]"]))
            if not misbehave(self, asked, reply):
                self.answer(200, json.dumps(reply).encode())

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            """A client that hung up is what some of these tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def earlier(tmp_path_factory) -> Path:
    """The worked example's months up to the last that the service gives."""
    path = tmp_path_factory.mktemp("earlier") / "duties.csv"
    lines = (DATA / "customs_duties_monthly.csv").read_text().splitlines(keepends=True)
    last = next(place for place, line in enumerate(lines) if line.startswith("2019-09"))
    path.write_text("".join(lines[: last + 1]))
    return path


def quick(out: Path, url: str, **options):
    return fetch(out, base_url=url, attempts=3, wait=0.001, timeout=5, **options)


def test_another_line_of_the_statement_names_its_own_columns(tmp_path):
    rows = [row | {"classification_desc": "Excise Taxes"} for row in service_rows()]
    with service(rows=rows) as (url, asked):
        quick(tmp_path / "excise.csv", url, classification="Excise Taxes")
    assert asked[0]["filter"] == "classification_desc:eq:Excise Taxes"
    written = read_amounts(tmp_path / "excise.csv", columns=Columns("net_excise_taxes_musd"))
    assert len(written.series()) == 55


def test_fetch_asks_once_for_every_month_and_ties_out(tmp_path, earlier):
    with service() as (url, asked):
        fetched = quick(
            tmp_path / "duties.csv",
            url,
            published=DATA / "annual_published.csv",
            earlier=earlier,
        )
    (only,) = asked
    assert only["path"] == f"/{ENDPOINT}"
    assert only["filter"] == "classification_desc:eq:Customs Duties"
    assert len(fetched.months) == 55
    assert fetched.changed.empty
    assert "ties out" in fetched.text or "tie out" in fetched.text
    written = read_amounts(
        tmp_path / "duties.csv",
        columns=Columns("net_customs_duties_musd", fiscal_year="fiscal_year"),
        start="2013-10",
    )
    original = read_amounts(
        DATA / "customs_duties_monthly.csv", columns=NET, start="2013-10", end="2019-09"
    )
    pd.testing.assert_series_equal(written.series(), original.series())


def test_gross_and_net_keep_every_cent(tmp_path):
    with service() as (url, _):
        quick(tmp_path / "duties.csv", url)
    first = (tmp_path / "duties.csv").read_text().splitlines()[1].split(",")
    gross = read_amounts(
        tmp_path / "duties.csv", columns=Columns(value="gross_customs_duties_musd")
    ).series()
    assert first[:2] == ["2015-03", "2015"]
    assert first[3] == "123.45678925"
    assert gross.iloc[0] == pytest.approx(float(first[4]) + 123.45678925, abs=1e-9)


@pytest.mark.parametrize("failure", ["status 500", "status 429", "cut connection"])
def test_a_failure_that_passes_is_tried_again(tmp_path, failure):
    def misbehave(handler, asked, reply):
        if len(asked) > 2:
            return False
        if failure == "cut connection":
            handler.close_connection = True
        else:
            handler.answer(int(failure.removeprefix("status ")), b"sorry")
        return True

    with service(misbehave) as (url, asked):
        fetched = quick(tmp_path / "duties.csv", url)
    assert len(asked) == 3
    assert len(fetched.months) == 55


def test_a_reply_cut_short_writes_nothing(tmp_path):
    def cut(handler, asked, reply):
        body = json.dumps(reply).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])
        handler.close_connection = True
        return True

    with service(cut) as (url, _), pytest.raises(InputError, match="no whole answer"):
        quick(tmp_path / "duties.csv", url)
    assert not list(tmp_path.iterdir())


def always(status: int):
    def misbehave(handler, asked, reply):
        handler.answer(status, b"{}")
        return True

    return misbehave


def spoil(change):
    """Return a misbehaviour that edits each reply before it is sent."""

    def misbehave(handler, asked, reply):
        change(reply)
        return False

    return misbehave


def no_net(reply):
    for row in reply["data"]:
        del row["current_month_net_rcpt_amt"]


def numbers_not_text(reply):
    for row in reply["data"]:
        row["current_month_net_rcpt_amt"] = float(row["current_month_net_rcpt_amt"])


def no_meta(reply):
    del reply["meta"]["total-count"]


def wrong_total(reply):
    reply["meta"]["total-count"] += 7


def one_page_only(reply):
    reply["data"] = reply["data"][:20]


def mid_month(reply):
    reply["data"][0]["record_date"] = "2015-03-15"


def not_a_sum(reply):
    reply["data"][0]["current_month_refund_amt"] = "0.00"


def letters(reply):
    reply["data"][0]["current_month_net_rcpt_amt"] = "n/a"


def infinite(reply):
    reply["data"][0]["current_month_net_rcpt_amt"] = "Infinity"


def no_rows(reply):
    reply["data"], reply["meta"] = [], {"count": 0, "total-count": 0, "total-pages": 1}


def repeated(reply):
    reply["data"][1] = dict(reply["data"][0])


def a_list(reply):
    reply["data"] = [["2015-03-31"]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (no_net, "current_month_net_rcpt_amt"),
        (numbers_not_text, "current_month_net_rcpt_amt"),
        (no_meta, "total-count"),
        (wrong_total, "62 announced"),
        (one_page_only, "20 rows, 55 announced"),
        (no_rows, "no month with a net amount"),
        (mid_month, "not the last day of a month"),
        (not_a_sum, "is not net"),
        (letters, "n/a"),
        (infinite, "Infinity"),
        (repeated, "stands twice"),
        (a_list, "the service's shape has changed"),
    ],
)
def test_a_changed_or_contradictory_reply_writes_nothing(tmp_path, change, said):
    out = tmp_path / "duties.csv"
    out.write_text("what was there before")
    with service(spoil(change)) as (url, _), pytest.raises(InputError, match=said):
        quick(out, url)
    assert out.read_text() == "what was there before"
    assert [p.name for p in tmp_path.iterdir()] == ["duties.csv"]


def test_a_lasting_failure_ends_after_the_stated_attempts(tmp_path):
    with service(always(503)) as (url, asked):
        with pytest.raises(InputError, match=r"no whole answer in 3 attempts \(status 503\)"):
            quick(tmp_path / "duties.csv", url)
        assert len(asked) == 3
    assert not list(tmp_path.iterdir())


def test_a_refusal_is_not_tried_again(tmp_path):
    with service(always(400)) as (url, asked):
        with pytest.raises(InputError, match="status 400"):
            quick(tmp_path / "duties.csv", url)
        assert len(asked) == 1


def deliver(status: int, body: bytes, **headers: str):
    def misbehave(handler, asked, reply):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        return True

    return misbehave


def test_a_redirect_to_another_place_is_not_followed(tmp_path):
    with service() as (elsewhere, asked_elsewhere):
        with (
            service(deliver(302, b"", Location=elsewhere)) as (url, asked),
            pytest.raises(InputError, match="status 302"),
        ):
            quick(tmp_path / "duties.csv", url)
        assert (len(asked), len(asked_elsewhere)) == (1, 0)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>maintenance</html>", "a reply that is not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"[]", "the service's shape has changed"),
        (b"null", "the service's shape has changed"),
    ],
)
def test_a_body_that_is_no_page_writes_nothing(tmp_path, body, said):
    with service(deliver(200, body)) as (url, _), pytest.raises(InputError, match=said):
        quick(tmp_path / "duties.csv", url)
    assert not list(tmp_path.iterdir())


def test_months_known_already_are_not_lost_when_the_service_ends_earlier(tmp_path, earlier):
    with (
        service(rows=service_rows()[:-3]) as (url, _),
        pytest.raises(InputError, match=r"ends in 2019-06, .* in 2019-09"),
    ):
        quick(tmp_path / "duties.csv", url, earlier=earlier)


def test_a_silent_server_times_out(tmp_path):
    release = threading.Event()

    def misbehave(handler, asked, reply):
        release.wait(5)
        return False

    with service(misbehave) as (url, asked):
        with pytest.raises(InputError, match="no whole answer in 2 attempts"):
            fetch(tmp_path / "duties.csv", base_url=url, attempts=2, wait=0.001, timeout=0.05)
        release.set()
        assert len(asked) == 2


def test_a_reply_that_drips_on_is_given_up(tmp_path):
    def drip(handler, asked, reply):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000000")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b" " * 100)
            handler.wfile.flush()
            time.sleep(0.02)
        return True

    with service(drip) as (url, _), pytest.raises(InputError, match="seconds"):
        fetch(tmp_path / "out.csv", base_url=url, attempts=1, timeout=0.1)
    assert list(tmp_path.iterdir()) == []


def test_a_reply_without_bounds_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch_module, "LARGEST", 640)
    with service() as (url, _), pytest.raises(InputError, match="over 640 bytes"):
        quick(tmp_path / "out.csv", url)
    assert list(tmp_path.iterdir()) == []


def test_a_null_net_amount_is_set_aside_and_named(tmp_path):
    rows = service_rows()
    rows[-1] = {**rows[-1], "current_month_net_rcpt_amt": "null"}
    with service(rows=rows) as (url, _):
        fetched = quick(tmp_path / "duties.csv", url)
    assert fetched.excluded.to_dict("records") == [
        {"month": pd.Period("2019-09", "M"), "reason": "net amount is null"}
    ]
    assert len(fetched.months) == 54


def test_a_null_in_the_middle_is_not_papered_over(tmp_path):
    rows = service_rows()
    rows[10] = {**rows[10], "current_month_net_rcpt_amt": "null"}
    with service(rows=rows) as (url, _), pytest.raises(InputError, match="missing period"):
        quick(tmp_path / "duties.csv", url)
    assert not list(tmp_path.iterdir())


def test_null_gross_is_left_blank(tmp_path):
    rows = service_rows()
    rows[0] = {**rows[0], "current_month_gross_rcpt_amt": "null"}
    with service(rows=rows) as (url, _):
        quick(tmp_path / "duties.csv", url)
    assert (tmp_path / "duties.csv").read_text().splitlines()[1].split(",")[2] == ""


def test_a_year_that_does_not_tie_out_writes_nothing(tmp_path, earlier):
    rows = service_rows()
    net, gross = "current_month_net_rcpt_amt", "current_month_gross_rcpt_amt"
    for field in (net, gross):
        rows[20][field] = f"{float(rows[20][field]) + 5_000_000:.2f}"
    with service(rows=rows) as (url, _):
        with pytest.raises(InputError, match=r"tie-out: .*\$5 million in fiscal year 2017"):
            quick(tmp_path / "duties.csv", url, published=DATA / "annual_published.csv")
        fetched = quick(tmp_path / "duties.csv", url, earlier=earlier)
    assert fetched.changed["month"].astype(str).tolist() == ["2016-11"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org", ""])
def test_only_web_addresses_are_asked(tmp_path, url):
    with pytest.raises(InputError, match="Expected: an http"):
        quick(tmp_path / "duties.csv", url)


def test_the_command_says_what_it_did_and_how_it_failed(tmp_path, capsys):
    asking = ["collections", "fetch", "--out", str(tmp_path / "duties.csv"), "--base-url"]
    with service() as (url, _), pytest.raises(SystemExit) as done:
        main([*asking, url])
    assert done.value.code == 0
    assert "55 months fetched, 0 excluded" in capsys.readouterr().out
    with service(always(404)) as (url, _), pytest.raises(SystemExit) as failed:
        main([*asking, url])
    assert failed.value.code == 2
    assert re.match("Error: .*status 404", capsys.readouterr().err)


def test_rows_of_another_classification_than_asked_for_write_nothing(tmp_path):
    rows = service_rows()
    rows[3]["classification_desc"] = "Estate and Gift Taxes"
    said = r"rows of 'Estate and Gift Taxes'.*as asked for"
    with service(rows=rows) as (url, _), pytest.raises(InputError, match=said):
        quick(tmp_path / "duties.csv", url)
    assert not (tmp_path / "duties.csv").exists()


def test_a_refusal_names_the_file_asked_for_and_not_the_one_aside(tmp_path):
    rows = service_rows()
    del rows[7]
    with service(rows=rows) as (url, _), pytest.raises(InputError) as refusal:
        quick(tmp_path / "duties.csv", url)
    assert "duties.csv, 2015-10: missing period" in str(refusal.value)
    assert "/tmp/tmp" not in str(refusal.value)
    assert str(refusal.value).count("duties.csv") == 1
