"""Bank lines wait in a place of their own: found among many, gone with what settles them, and one that
cannot be booked keeps nobody else's money from its invoice."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from tests.flows import books
from tests.flows.bank_files import ACCOUNT, DAY, NORDWIND, Booking, table
from tests.flows.test_match_answers import bring
from tests.flows.trading import Trade
from usance.flows import bank_statements, cash_application, match_booking, set_aside
from usance.records.cards import payout_queries
from usance.records.debits import booking_queries
from usance.records.funding import queries as funding_queries
from usance.records.invoices.models import Invoice
from usance.records.payments import matching_queries, queries
from usance.records.payments.models import BankTransaction, SetAsideLine, WaitingLine

pytestmark = pytest.mark.usefixtures(
    "own_database"
)  # how a question is planned depends on all there is

SETTLED = 4_000
"""Lines of earlier years, each a payment."""

_YEARS_OF_LINES = """
WITH file AS (
    SELECT seller_id, statement_id, part_id FROM payments_banktransaction
     WHERE seller_id = %(seller)s LIMIT 1
), lines AS (
    INSERT INTO payments_banktransaction (id, seller_id, created_at, statement_id, part_id, fingerprint,
           ordinal, currency, amount, booked_on, counterparty, counterparty_account, text,
           structured_reference, end_to_end_id, bank_reference)
    SELECT gen_random_uuid(), f.seller_id, now(), f.statement_id, f.part_id, 'old ' || n, n, 'EUR', 100,
           DATE '2025-01-01' + n %% 365, '', '', '', '', '', ''
      FROM file AS f CROSS JOIN generate_series(1, %(count)s) AS n
    RETURNING id, seller_id, currency, amount, booked_on
)
INSERT INTO payments_payment (id, seller_id, created_at, bank_transaction_id, state, method, currency,
       amount, received_on, payer, reference, allocated, refunded, returned, metadata)
SELECT gen_random_uuid(), seller_id, now(), id, 'returned', 'bank_transfer', currency, amount, booked_on,
       '', '', 0, 0, amount, '{}' FROM lines
"""


def waiting(trade: Trade) -> list[Any]:
    rows = WaitingLine.objects.filter(seller_id=trade.seller.id)
    return [row.bank_transaction_id for row in rows.order_by("booked_on", "bank_transaction_id")]


def test_a_line_waits_from_when_it_comes_until_it_is_settled(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    bank_statements.take_statement(
        trade.seller,
        table(Booking(10_000, invoice.number, reference="a"), Booking(-500, "fee", reference="b")),
        account=ACCOUNT,
        **trade.act,
    )
    [line] = BankTransaction.objects.filter(seller_id=trade.seller.id, amount__gt=0)
    assert waiting(trade) == [line.id]
    assert books.broken(trade.seller) == []
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        cash_application.settle_all(trade.seller, **trade.act)
        assert waiting(trade) == []
        raise ZeroDivisionError
    assert waiting(trade) == [line.id]  # what was not settled after all waits as before
    assert cash_application.settle_all(trade.seller, **trade.act).lines == 1
    assert waiting(trade) == []


def test_what_waits_is_found_without_reading_what_is_settled(trade: Trade) -> None:
    """The plans of every question that a settling asks read no table of lines or payments through."""
    bring(trade, Booking(1_000, "thanks", on=DAY))
    seller = {"seller": trade.seller.id, "count": SETTLED}
    asked = {"seller_id": trade.seller.id, "at": trade.at, "limit": 500}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_YEARS_OF_LINES, seller)
        for name in ("banktransaction", "payment", "waitingline", "bankclaim"):
            cursor.execute(f"ANALYZE payments_{name}")
        questions: list[tuple[str, Any]] = [
            (f"SELECT EXISTS (SELECT 1 {queries._WAITING})", asked),
            (queries._UNSETTLED.replace("{one}", ""), asked),
            (booking_queries._NAMED, asked),
            (booking_queries._POSSIBLE, [trade.seller.id, DAY, [100], ["x"]]),
            (
                payout_queries._POSSIBLE,
                {
                    "seller": trade.seller.id,
                    "since": date(2025, 12, 1),
                    "amounts": [100, 2_000],
                    "names": ["po_1"],
                    "goes_back": True,
                },
            ),
            (
                funding_queries._PAID_BY_PARTNERS,
                {"seller": trade.seller.id, "since": DAY, "prefix": "adv_", "shortest": 6},
            ),
        ]
        for question, given in questions:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {question}", given)
            [(plan,)] = cursor.fetchall()
            read = list(_nodes((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]))
            through = [
                node["Relation Name"]
                for node in read
                if node["Node Type"] == "Seq Scan" and node["Actual Loops"]
                and node["Relation Name"] in ("payments_banktransaction", "payments_payment")
            ]  # fmt: skip
            assert through == [], question
            lines = [n for n in read if n.get("Relation Name") == "payments_banktransaction"]
            assert sum(n["Actual Rows"] * n["Actual Loops"] for n in lines) < 100, question
        transaction.set_rollback(True)


def _nodes(plan: dict[str, Any]) -> Any:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def test_a_bad_line_does_not_make_everything_be_read_again(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What followed a booking that failed is read again, and nothing else: the next line finds the
    invoice open, and is set aside for what is wrong with itself."""
    first, second = trade.invoice(20_000), trade.invoice(10_000)
    read = []
    every = matching_queries.open_items

    def counted(*, seller_id: Any) -> Any:
        read.append(seller_id)
        return every(seller_id=seller_id)

    book = match_booking.Booking.book

    def failing(self: Any, applied: Any, payment: Any, *args: Any, **kwargs: Any) -> None:
        book(self, applied, payment, *args, **kwargs)
        if payment.amount == 20_000:
            raise ValueError("nobody thought of this")

    monkeypatch.setattr(matching_queries, "open_items", counted)
    monkeypatch.setattr(match_booking.Booking, "book", failing)
    payer = ("Nordwind Handels GmbH", NORDWIND)
    wrong = [Booking(20_000, first.number, *payer) for _ in range(2)]
    settled = bring(trade, *wrong, Booking(10_000, second.number, *payer))
    assert (settled.lines, settled.set_aside) == (3, 2)
    assert len(read) == 1
    assert trade.stored(Invoice, first.id).outstanding == 20_000
    assert trade.stored(Invoice, second.id).state == "paid"


@pytest.mark.parametrize(
    ("statement", "passing"),
    [
        # A key longer than an index takes: it is so again whenever it is tried.
        (
            "CREATE TEMP TABLE k ON COMMIT DROP AS SELECT string_agg(md5(n::text), '') AS t"
            " FROM generate_series(1, 900) AS n; CREATE INDEX ON k (t)",
            False,
        ),
        ("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)", True),
    ],
)  # fmt: skip
def test_what_a_line_is_to_blame_for_sets_it_aside(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, statement: str, passing: bool
) -> None:
    invoice = trade.invoice(10_000)

    def failing(*_args: Any, **_kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    monkeypatch.setattr(match_booking.Booking, "book", failing)
    line = Booking(10_000, invoice.number, "Nordwind Handels GmbH", NORDWIND)
    if passing:
        with pytest.raises(OperationalError):
            bring(trade, line)
    else:
        assert bring(trade, line).set_aside == 1
    aside = SetAsideLine.objects.filter(seller_id=trade.seller.id)
    assert aside.count() == (not passing)
    assert len(waiting(trade)) == 1
    monkeypatch.undo()
    for one in aside:
        set_aside.try_again(trade.seller, line_id=one.bank_transaction_id, at=trade.at)
    later = trade.at + timedelta(minutes=1)
    assert cash_application.settle_all(trade.seller, at=later, by="test").lines == 1
    assert trade.stored(Invoice, invoice.id).state == "paid"
