"""(c) invoices opened, (d) bank lines matched, (e) aging: each beside the same by plain SQL."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from django.db import connection, transaction

from benchmarks import trade
from benchmarks.measure import Rates, alternate, rate
from usance.flows import bank_statements, cash_application, checkout, fulfilment
from usance.formats import camt
from usance.formats.statement import Statement, Transaction
from usance.records.identity import new_id
from usance.records.invoices import queries

_PLAIN_INVOICE = (
    "UPDATE credit_creditline SET commitments = commitments + 0 WHERE seller_id = %s AND buyer_id = %s",
    "UPDATE invoices_numberseries SET last_number = last_number + 0 WHERE seller_id = %s",
    "INSERT INTO bench_invoice (id, seller_id, buyer_id, amount, number) VALUES (%s, %s, %s, 1220, %s)",
    "INSERT INTO bench_posting SELECT gen_random_uuid(), %s, a, 1 FROM generate_series(1, 5) AS a",
    "INSERT INTO bench_event (id, seller_id, data) VALUES (%s, %s, '{\"amount\": 1220}')",
)


def invoices_opened(*, rounds: int, count: int) -> Rates:
    """Invoices a second from authorized orders, one transaction each, one process."""
    made = trade.lay_out(buyers=1000)
    prepare_plain_invoices()

    def ours() -> float:
        requests = [
            checkout.OrderRequest(
                seller=made.seller, buyer_id=buyer, amount=1220, tax_amount=220, currency="EUR"
            )
            for buyer in itertools.islice(itertools.cycle(made.buyers), count)
        ]
        outcomes = checkout.authorize_orders(requests, at=trade.AT)
        ids = [o.order_id for o in outcomes if isinstance(o, checkout.Authorization)]

        def work() -> int:
            for order_id in ids:
                fulfilment.invoice_order(made.seller, order_id=order_id, at=trade.AT, by="bench")
            return len(ids)

        return rate(work)

    figures, yardstick = alternate(ours, lambda: _plain(made, count=count), rounds=rounds)
    return Rates(
        "(c) invoices opened, one process",
        "invoices/s",
        figures,
        yardstick,
        "five plain statements in a transaction",
    )


def prepare_plain_invoices() -> None:
    """The tables of the yardstick of invoices."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_invoice (id uuid PRIMARY KEY, seller_id uuid,"
            " buyer_id uuid, amount bigint, number text UNIQUE);"
            "CREATE TABLE IF NOT EXISTS bench_posting (id uuid PRIMARY KEY, seller_id uuid,"
            " account int, amount bigint);"
            "CREATE TABLE IF NOT EXISTS bench_event (id uuid PRIMARY KEY, seller_id uuid, data jsonb)"
        )


def plain_invoices(*, count: int) -> float:
    """Invoices a second by five plain statements each, in a transaction, of a seller of its own."""
    return _plain(trade.lay_out(buyers=1000), count=count)


def _plain(made: trade.Trade, *, count: int) -> float:
    seller = made.seller.id

    def work() -> int:
        for buyer in itertools.islice(itertools.cycle(made.buyers), count):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_PLAIN_INVOICE[0], [seller, buyer])
                cursor.execute(_PLAIN_INVOICE[1], [seller])
                cursor.execute(_PLAIN_INVOICE[2], [new_id(), seller, buyer, new_id().hex])
                cursor.execute(_PLAIN_INVOICE[3], [seller])
                cursor.execute(_PLAIN_INVOICE[4], [new_id(), seller])
        return count

    return rate(work)


def bank_lines(*, rounds: int, invoices: int, lines: int) -> Rates:
    """Bank lines a second from a camt.053 file to booked allocations, over many open invoices."""
    made = trade.lay_out(buyers=5000)
    trade.open_invoices(made, count=invoices)
    numbers = itertools.count(2)

    def ours() -> float:
        chosen = list(itertools.islice(numbers, lines))
        data = camt.render(
            [_statement(chosen)], message_id=f"BENCH-{chosen[0]}", created_at=trade.AT
        )

        def work() -> int:
            bank_statements.take_statement(made.seller, data, at=trade.AT, by="bench")
            done = cash_application.settle_all(made.seller, at=trade.AT, by="bench")
            assert done.matched == {"reference": lines}, done
            return done.lines

        return rate(work)

    def plain() -> float:
        chosen = [f"B{number:08d}" for number in itertools.islice(numbers, lines)]

        def work() -> int:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("CREATE TEMP TABLE bench_line (reference text) ON COMMIT DROP")
                cursor.execute("INSERT INTO bench_line SELECT unnest(%s::text[])", [chosen])
                cursor.execute(
                    "UPDATE invoices_invoice AS i SET allocated = amount, state = 'paid'"
                    " FROM bench_line AS b WHERE i.seller_id = %s AND i.reference = b.reference",
                    [made.seller.id],
                )
                assert cursor.rowcount == lines
            return lines

        return rate(work)

    figures, yardstick = alternate(ours, plain, rounds=rounds)
    return Rates(
        f"(d) bank lines matched over {invoices:,} open invoices (file read, matched, booked)",
        "lines/s",
        figures,
        yardstick,
        "one UPDATE that joins lines and invoices and books nothing",
    )


def _amount(number: int) -> int:
    """What trade.open_invoices made the invoice of this number out for."""
    return 1000 + (number - 1) % 90000


def _statement(chosen: list[int]) -> Statement:
    return Statement(
        id=f"BENCH-{chosen[0]}",
        account="IT60X0542811101000000123456",
        currency="EUR",
        opening=0,
        closing=sum(_amount(number) for number in chosen),
        period_from=date(2026, 3, 2),
        period_to=date(2026, 3, 2),
        transactions=tuple(
            Transaction(
                ordinal=ordinal,
                amount=_amount(number),
                currency="EUR",
                booked_on=date(2026, 3, 2),
                bank_reference=f"REF{number}",
                remittance_text=f"Invoice B-{number:08d} thank you",
                counterparty_name=f"Payer {number % 5000}",
            )
            for ordinal, number in enumerate(chosen, 1)
        ),
    )


def aging(*, rounds: int, invoices: int) -> Rates:
    """Reports a second of aging by bucket over many invoices."""
    made = trade.lay_out(buyers=5000)
    trade.open_invoices(made, count=invoices)
    on = trade.AT.date() + timedelta(days=1)

    def ours() -> float:
        def work() -> int:
            assert queries.aging(seller_id=made.seller.id, on=on)
            return 1

        return rate(work)

    def plain() -> float:
        def work() -> int:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT width_bucket(%s - due_on, ARRAY[1, 31, 61, 91]), sum(outstanding)"
                    " FROM invoices_invoice WHERE seller_id = %s AND state = 'open' GROUP BY 1",
                    [on, made.seller.id],
                )
                assert cursor.fetchall()
            return 1

        return rate(work)

    ours(), plain()
    figures, yardstick = alternate(ours, plain, rounds=rounds)
    return Rates(
        f"(e) aging over {invoices:,} invoices",
        "reports/s",
        figures,
        yardstick,
        "GROUP BY in plain SQL",
        f"{1000 / sorted(figures)[len(figures) // 2]:.0f} ms a report",
    )
