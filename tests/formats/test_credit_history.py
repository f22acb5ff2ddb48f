"""Files of past trade, in each shape that a backtest reads."""

from __future__ import annotations

import gzip
import io
import pickle
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from usance.formats import credit_history
from usance.formats.credit_history import CreditHistory, Question
from usance.formats.errors import FormatError
from usance.formats.rows import BadRows
from usance.rules.credit.backtest_history import PastInvoice, PastOrder, PastReturn
from usance.rules.terms import Terms

RECEIVABLES = (
    "countryCode,customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate\n"
    "391,0379-NEVHP,611365,1/2/2013,2/1/2013,55.94,No,1/15/2013\n"
    "818,6627-ELFBK,15752855,10/25/2012,11/24/2012,72.2,Yes,\n"
)
OPEN_ITEMS = (
    "business_code,cust_number,name_customer,doc_id,posting_date,due_in_date,invoice_currency,"
    "document type,total_open_amount\n"
    "U001,0200777735,NASH  foundation,1930581131.0,2020-02-27,2020-03-13,USD,RV,44194.05\n"
    "CA02,0140104429,LOB ltd,2960529471,2020-02-26,2020-03-07,CAD,RV,100.1\n"
    "U001,0200777735,NASH foundation,1700000001,2020-02-28,2020-03-13,USD,DZ,12.00\n"
)
ORDERS = (
    "Order ID;Buyer;Buyer name;Date;Time;Amount;Currency;Due;Settled;Disputed;Limit;Terms;Country\n"
    "A-2;C7;Nordwind;2026-03-02;14:30;1234.50;EUR;2026-04-01;2026-04-11;yes;5000;net_30;de\n"
    "A-1;C7;Nordwind;2026-03-01;;10;EUR;2026-03-31;;;;;\n"
    "A-3;C8;;2026-03-02;09:00;99.99;CHF;;;;;;\n"
)


def read(text: str | bytes, **question: Any) -> CreditHistory:
    data = text.encode() if isinstance(text, str) else text
    return credit_history.read(io.BytesIO(data), Question(**{"zone": UTC} | question))


def refusal(text: str | bytes, **question: Any) -> FormatError:
    with pytest.raises(FormatError) as caught:
        read(text, **question)
    assert pickle.loads(pickle.dumps(caught.value)).code == caught.value.code
    return caught.value


def test_receivables_with_their_payments() -> None:
    history = read(RECEIVABLES)
    assert (history.kind, history.currency) == ("receivables", "USD")
    assert history.known_until == date(2013, 1, 15)
    later, earlier = history.events[1], history.events[0]
    assert later == PastOrder(
        id="611365",
        buyer="0379-NEVHP",
        at=datetime(2013, 1, 2, 12, tzinfo=UTC),
        on=date(2013, 1, 2),
        amount=5594,
        currency="USD",
        segment="391",
        invoices=(PastInvoice(5594, date(2013, 1, 2), date(2013, 2, 1), date(2013, 1, 15)),),
    )
    assert isinstance(earlier, PastOrder)
    assert earlier.invoices == (
        PastInvoice(7220, date(2012, 10, 25), date(2012, 11, 24), None, None, disputed=True),
    )


def test_receivables_without_a_currency_are_in_the_one_that_was_asked_for() -> None:
    assert {event.currency for event in read(RECEIVABLES, currency="EUR").events} == {"EUR"}


def test_open_items_are_open_and_other_documents_left_out() -> None:
    history = read(OPEN_ITEMS, currency="USD", rates={"CAD": Decimal("0.75")})
    assert history.open_items_only
    assert (history.known_until, history.nameless, history.missing) == (date(2020, 2, 27), 1, ())
    first, second = history.events
    assert isinstance(first, PastOrder)
    assert isinstance(second, PastOrder)
    assert (first.id, first.amount, first.currency, first.rate) == (
        "2960529471", 10010, "CAD", Decimal("0.75"),
    )  # fmt: skip
    assert (second.id, second.buyer_name, second.rate) == ("1930581131", "NASH foundation", None)
    assert second.invoices == (PastInvoice(4419405, date(2020, 2, 27), date(2020, 3, 13)),)


def test_currencies_without_a_rate_are_named() -> None:
    assert read(OPEN_ITEMS, currency="USD").missing == ("CAD",)
    assert read(OPEN_ITEMS).currency == "CAD"  # as many of each: the first by name
    assert read(OPEN_ITEMS).missing == ("USD",)


def test_plain_orders_are_put_in_order_of_time() -> None:
    history = read(ORDERS)
    assert (history.kind, history.currency, history.missing) == ("orders", "EUR", ("CHF",))
    assert [event.id for event in history.events] == ["A-1", "A-3", "A-2"]
    unpaid, unknown, paid = history.events
    assert isinstance(unpaid, PastOrder)
    assert isinstance(unknown, PastOrder)
    assert isinstance(paid, PastOrder)
    assert unpaid.invoices == (PastInvoice(1000, date(2026, 3, 1), date(2026, 3, 31)),)
    assert unknown.invoices is None
    assert (paid.at, paid.limit, paid.terms) == (
        datetime(2026, 3, 2, 14, 30, tzinfo=UTC), 5_000_00, Terms(30),
    )  # fmt: skip
    assert paid.facts == {"buyer.country": "DE"}
    assert paid.invoices is not None
    assert paid.invoices[0].disputed
    assert history.known_until == date(2026, 4, 11)


def test_plain_orders_may_tell_more() -> None:
    table = (
        "order,customer,order date,total,po number,skus,lines,largest line,ship to,ship to country,"
        "group,vat verified,insured limit,known since,written off,due\n"
        "1,C7,2026-03-02,50.00,PO 9,A-1 B-2,2,30.00,Via Roma 1,it,gold,yes,900,2020-01-01,2026-09-01,"
        "2026-04-01\n"
    )
    (event,) = read(table).events
    assert isinstance(event, PastOrder)
    assert event.facts == {
        "order.lines": 2,
        "order.skus": ["A-1", "B-2"],
        "order.has_po_number": True,
        "order.ship_to_country": "IT",
        "buyer.group": "gold",
        "buyer.vat_verified": True,
        "line.insured_limit": 900_00,
    }
    assert (event.largest_line, event.ship_to, event.known_since) == (
        30_00, "via roma 1", date(2020, 1, 1),
    )  # fmt: skip
    assert event.invoices is not None
    assert event.invoices[0].lost_on == date(2026, 9, 1)


@pytest.mark.parametrize("text", [RECEIVABLES, OPEN_ITEMS, ORDERS])
def test_a_packed_file_is_the_same(text: str) -> None:
    assert read(gzip.compress(text.encode())) == read(text)


def test_a_file_of_another_kind_is_told_what_is_wanted() -> None:
    for text in ("", "a,b,c\n1,2,3\n", "\x00\x01", "order_id,amount\n1,2\n", '"'):
        error = refusal(text)
        assert error.code == "unknown_history"
        assert "orders: order_id, buyer, date, amount" in error.message
        assert "receivables: customerID" in error.message


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("1,C7,2026-03-32,5.00,,", "invalid_date", 3),
        ("1,C7,3/2/2026,5.00,,", "invalid_date", 3),
        ("1,C7,,5.00,,", "missing_value", 3),
        ("1,,2026-03-02,5.00,,", "missing_value", 2),
        ("1,C7,2026-03-02,5.001,,", "invalid_amount", 4),
        ("1,C7,2026-03-02,five,,", "invalid_amount", 4),
        ("1,C7,2026-03-02,-5,,", "invalid_amount", 4),
        ("1,C7,2026-03-02,0,,", "invalid_amount", 4),
        ("1,C7,2026-03-02,99999999999999999999,,", "invalid_amount", 4),
        ("1,C7,2026-03-02,,,", "missing_value", 4),
        ("1,C7,2026-03-02,5.00,XXA,", "unknown_currency", 5),
        ("1,C7,2026-03-02,5.00,,2026-04-01", "missing_value", 6),
        ("1,C7,2026-03-02,=1+1,,", "formula", 4),
        ("1,C7,2026-03-02,5.00", "too_few_columns", 5),
        ("1,C7,2026-03-02,5.00,,,more", "too_many_columns", 7),
    ],
)
def test_a_bad_cell_is_named_with_its_place(row: str, code: str, column: int) -> None:
    good = "0,C7,2026-03-02,5.00,EUR,\n"
    error = refusal(f"order_id,buyer,date,amount,currency,settled\n{good}{row}\n")
    assert (error.code, error.line, error.column) == (code, 3, column)


def test_every_bad_row_is_named() -> None:
    error = refusal("order_id,buyer,date,amount\n1,C7,x,5\n2,C7,2026-01-01,y\n3,,z,1\n")
    assert isinstance(error, BadRows)
    assert [fault.line for fault in error.faults] == [2, 3, 4]


@pytest.mark.parametrize(
    "text", [RECEIVABLES, OPEN_ITEMS, ORDERS], ids=["receivables", "open items", "orders"]
)
def test_a_number_twice_is_refused(text: str) -> None:
    error = refusal(text + text.splitlines()[1] + "\n")
    assert error.code == "duplicate"
    assert "line 2" in error.message


def test_headings_without_orders_are_no_history() -> None:
    assert refusal(ORDERS.splitlines()[0]).code == "no_orders"


def test_a_damaged_archive_is_told() -> None:
    packed = gzip.compress(ORDERS.encode())
    assert refusal(packed[:-9]).code == "corrupted_file"
    assert refusal(b"\x1f\x8b" + b"nonsense" * 9).code == "corrupted_file"


def test_ibms_receivables(shared: Path) -> None:
    data = (shared / "data" / "accounts_receivable_history.csv").read_bytes()
    history = read(data)
    assert (history.kind, len(history.events)) == ("receivables", 1608)
    invoices = [i for e in history.events if isinstance(e, PastOrder) for i in e.invoices or ()]
    assert sum(invoice.disputed for invoice in invoices) == 360
    late = [(i.settled_on - i.due_on).days for i in invoices if i.settled_on]
    assert sum(days > 30 for days in late) == 8
    assert sum(event.amount for event in history.events) == 97_047_80


def test_saps_open_items(shared: Path) -> None:
    data = (shared / "data" / "sap_open_items.csv").read_bytes()
    history = read(data, rates={"CAD": Decimal("0.72")})
    assert (history.kind, history.currency, history.missing) == ("open_items", "USD", ())
    assert Counter(event.currency for event in history.events) == {"USD": 3976, "CAD": 571}
    assert history.known_until == date(2020, 5, 22)


def test_a_wholesalers_order_lines(shared: Path) -> None:
    with (shared / "data" / "online_retail_lines.csv.gz").open("rb") as file:
        history = credit_history.read(file, Question(zone=UTC))
    assert (history.kind, history.currency, history.nameless) == ("order_lines", "GBP", 2033)
    kinds = Counter(type(event) for event in history.events)
    assert kinds == {PastOrder: 8589, PastReturn: 1846}
    first = history.events[0]
    assert isinstance(first, PastOrder)
    assert (first.id, first.amount, first.largest_line) == ("536365", 139_12, 25_50)
    assert first.facts["buyer.country"] == "GB"
    assert history.known_until == date(2011, 6, 26)
