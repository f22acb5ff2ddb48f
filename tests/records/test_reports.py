"""Aging, days sales outstanding, exposure and open items, against a naive recomputation."""

from __future__ import annotations

import random
import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from usance.flows import billing, credit_lines, fulfilment, onboarding, policies, settlement
from usance.flows.checkout import Authorization, OrderRequest, authorize_orders
from usance.records.credit.models import CreditLine
from usance.records.invoices import queries, receivables
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Buyer, Seller
from usance.records.statements import execute
from usance.rules.credit.policy import Policy
from usance.rules.terms import Terms, parse_terms

BY = "test"
ROME = ZoneInfo("Europe/Rome")
START = date(2026, 1, 5)
DAYS = 150
TERMS = [Terms(0), Terms(14), Terms(30), parse_terms("3x30"), parse_terms("at10_70")]


@dataclass
class Debt:
    """An invoice as a person with a notebook would keep it: what changed it, on which day.

    ``parts`` are its instalments; what comes in is put to the first of them.
    """

    buyer: str
    currency: str
    issued_on: date
    parts: list[tuple[date, int]]
    amount: int
    number: str
    changes: list[tuple[date, int]] = field(default_factory=list)
    credits: list[tuple[date, int]] = field(default_factory=list)

    def outstanding(self, on: date) -> int:
        if self.issued_on > on:
            return 0
        return self.amount - sum(change for day, change in self.changes if day <= on)

    def open_parts(self, on: date) -> list[tuple[date, int]]:
        """What is open of each instalment: the last of them make up what is outstanding."""
        left, found = self.outstanding(on), []
        for due_on, amount in reversed(self.parts):
            found.append((due_on, min(left, amount)))
            left -= found[-1][1]
        return [(due_on, open_) for due_on, open_ in reversed(found) if open_]

    @property
    def due_on(self) -> date:
        return self.parts[-1][0]


@pytest.fixture
def traded(seller: Seller) -> tuple[Seller, list[Debt]]:
    """Five months of invoices, payments, payments taken back, credit notes and write-offs."""
    seed = random.Random(20260105)
    # The trading lies before the day the seller was opened in, and after it.
    for moment in (_at(START), seller.created_at):
        policies.set_policy(seller, Policy(overdue_days=None), at=moment, by=BY)
    buyers = {
        name: onboarding.create_buyer(seller, name=name, country="IT", at=_at(START), by=BY)
        for name in ("Alfa", "Beta", "Gamma")
    }
    for buyer in buyers.values():
        for currency in ("EUR", "USD"):
            credit_lines.set_credit_line(
                seller,
                buyer_id=buyer.id,
                currency=currency,
                limit=10**9,
                terms=TERMS,
                at=_at(START),
                by=BY,
            )
    debts: dict[UUID, Debt] = {}
    allocations: list[tuple[UUID, UUID, int]] = []
    given_up: list[UUID] = []
    recovered: set[UUID] = set()
    for n in range(DAYS):
        day = START + timedelta(days=n)
        if n < 100 and seed.random() < 0.6:
            _sell(seller, seed.choice(list(buyers.values())), debts, day, seed)
        open_ = [i for i, debt in debts.items() if debt.outstanding(day)]
        if open_ and seed.random() < 0.3:
            _pay(seller, debts, seed.choice(open_), allocations, day, seed)
        if allocations and seed.random() < 0.08:
            allocation, invoice, amount = allocations.pop(seed.randrange(len(allocations)))
            if Invoice.objects.get(seller_id=seller.id, id=invoice).credited == 0:
                settlement.release_allocation(seller, allocation_id=allocation, at=_at(day), by=BY)
                debts[invoice].changes.append((day, -amount))
        open_ = [i for i, debt in debts.items() if debt.outstanding(day) and not debt.credits]
        if open_ and seed.random() < 0.1:
            invoice = seed.choice(open_)
            amount = seed.randint(1, debts[invoice].outstanding(day))
            billing.credit_invoice(seller, invoice_id=invoice, amount=amount, at=_at(day), by=BY)
            debts[invoice].changes.append((day, amount))
            debts[invoice].credits.append((day, amount))
        old = [i for i, d in debts.items() if d.outstanding(day) and (day - d.due_on).days > 95]
        if old and seed.random() < 0.1:
            billing.write_off_invoice(seller, invoice_id=old[0], at=_at(day), by=BY)
            debts[old[0]].changes.append((day, debts[old[0]].outstanding(day)))
            given_up.append(old[0])
        if given_up and seed.random() < 0.2:
            back = given_up.pop(0)
            changed = billing.recover_write_off(seller, invoice_id=back, at=_at(day), by=BY)
            debts[back].changes.append((day, -changed.outstanding))
            recovered.add(back)
    assert recovered, "the trading takes back a write-off"
    return seller, list(debts.values())


def _at(day: date) -> datetime:
    # Ten minutes after midnight in Rome is the day before in UTC: days are the seller's.
    return datetime.combine(day, time(0, 10), tzinfo=ROME).astimezone(UTC)


def _sell(
    seller: Seller, buyer: Buyer, debts: dict[UUID, Debt], day: date, seed: random.Random
) -> None:
    amount, currency = seed.randint(100, 90_000), seed.choice(["EUR", "EUR", "USD"])
    [made] = authorize_orders(
        [
            OrderRequest(
                seller=seller,
                amount=amount,
                currency=currency,
                buyer_id=buyer.id,
                terms=seed.choice(TERMS),
                by=BY,
            )
        ],
        at=_at(day),
    )
    assert isinstance(made, Authorization)
    assert made.state == "authorized"
    invoice = fulfilment.invoice_order(seller, order_id=made.order_id, at=_at(day), by=BY)
    parts = [(date.fromisoformat(part["due_on"]), part["amount"]) for part in invoice.schedule]
    assert sum(amount for _, amount in parts) == amount
    debts[invoice.id] = Debt(buyer.name, currency, day, parts, amount, invoice.number)


def _pay(
    seller: Seller,
    debts: dict[UUID, Debt],
    invoice_id: UUID,
    allocations: list[tuple[UUID, UUID, int]],
    day: date,
    seed: random.Random,
) -> None:
    debt = debts[invoice_id]
    amount = seed.choice([debt.outstanding(day), seed.randint(1, debt.outstanding(day))])
    payment = settlement.record_payment(
        seller, amount=amount, currency=debt.currency, received_on=day, at=_at(day), by=BY
    )
    made = settlement.allocate(
        seller, payment_id=payment.id, invoice_id=invoice_id, at=_at(day), by=BY
    )
    allocations.append((made.id, invoice_id, amount))
    debt.changes.append((day, amount))


def _bucket(days_late: int) -> str:
    if days_late <= 0:
        return "not_due"
    for last in (30, 60, 90):
        if days_late <= last:
            return f"days_{last - 29}_{last}"
    return "days_over_90"


def _buckets(row: queries.Aging) -> dict[str, int]:
    names = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90")
    return {name: getattr(row, name) for name in names if getattr(row, name)}


def test_reports_as_of_any_day(traded: tuple[Seller, list[Debt]]) -> None:
    seller, debts = traded
    seen: set[str] = set()
    parted = False
    for n in range(-1, DAYS + 40, 3):
        on = START + timedelta(days=n)
        expected: defaultdict[tuple[str, str], defaultdict[str, int]]
        expected = defaultdict(lambda: defaultdict(int))
        for debt in debts:
            for due_on, left in debt.open_parts(on):
                bucket = _bucket((on - due_on).days)
                expected[debt.buyer, debt.currency][bucket] += left
                expected["", debt.currency][bucket] += left
                seen.add(bucket)
                parted |= len(debt.open_parts(on)) < len(debt.parts)
        rows = queries.aging(seller_id=seller.id, on=on)
        assert sum(row.invoices for row in rows) == sum(bool(d.outstanding(on)) for d in debts)
        rows += queries.aging(seller_id=seller.id, on=on, by="buyer")
        assert {(row.buyer_name, row.currency): _buckets(row) for row in rows} == expected
        _check_ledger(seller, on)
        _check_items(seller, debts, on)
        _check_dso(seller, debts, on)
    assert len(seen) == 5, "the trading reaches every bucket"
    assert parted, "some instalments are paid, others of the same invoice are not"


def _check_ledger(seller: Seller, on: date) -> None:
    """What the entries up to the day say of each invoice, added up one by one."""
    posted: defaultdict[UUID, int] = defaultdict(int)
    for invoice_id, amount in execute(
        "SELECT coalesce(a.invoice_id, e.subject_id), p.amount FROM ledger_entry AS e"
        " JOIN ledger_posting AS p ON p.seller_id = e.seller_id AND p.entry_id = e.id"
        " LEFT JOIN payments_allocation AS a ON a.seller_id = e.seller_id AND a.id = e.subject_id"
        " WHERE e.seller_id = %s AND p.account = 'receivable' AND e.\"on\" <= %s",
        [seller.id, on],
    ):
        posted[invoice_id] += amount
    found: defaultdict[UUID, int] = defaultdict(int)
    for item in queries.open_items(seller_id=seller.id, on=on):
        found[item.invoice_id] += item.outstanding
    assert found == {invoice_id: amount for invoice_id, amount in posted.items() if amount}
    for by in ("seller", "buyer", "country", "group", "tier", "segment", "person"):
        rows = queries.aging(seller_id=seller.id, on=on, by=by)
        told = receivables.reconciled(rows, seller_id=seller.id, on=on)
        assert all(one.agrees for one in told)
        assert sum(one.ledger for one in told) == sum(posted.values())


def _check_items(seller: Seller, debts: list[Debt], on: date) -> None:
    items = queries.open_items(seller_id=seller.id, on=on)
    assert {
        (item.number, item.due_on): (item.outstanding, item.days_overdue) for item in items
    } == {
        (debt.number, due_on): (left, max((on - due_on).days, 0))
        for debt in debts
        for due_on, left in debt.open_parts(on)
    }
    parts = {debt.number: [day for day, _ in debt.parts] for debt in debts}
    for item in items:
        of_invoice = parts[item.number]
        place = of_invoice.index(item.due_on) + 1 if len(of_invoice) > 1 else None
        assert item.instalment == place
    assert [(item.due_on, item.number) for item in items] == sorted(
        (item.due_on, item.number) for item in items
    )


def _check_dso(seller: Seller, debts: list[Debt], on: date, days: int = 45) -> None:
    for row in queries.dso(seller_id=seller.id, on=on, days=days):
        mine = [debt for debt in debts if debt.currency == row.currency and debt.issued_on <= on]
        owed = sum(debt.outstanding(on) for debt in mine)
        sold = {
            n: sum(
                debt.amount - sum(amount for day, amount in debt.credits if day <= on)
                for debt in mine
                if (on - debt.issued_on).days == n
            )
            for n in range(400)
        }
        sales = sum(sold[n] for n in range(days))
        assert (row.receivable, row.sales) == (owed, sales)
        assert row.simple == (round(Decimal(owed) * days / sales, 1) if sales else None) or (
            abs(row.simple - Decimal(owed) * days / sales) <= Decimal("0.05")  # type: ignore[operator]
        )
        # One day at a time: what the latest whole days sold is less than what is owed.
        if row.countback is not None and owed:
            whole = int(row.countback - Decimal("0.1"))
            assert sum(sold[n] for n in range(whole)) <= owed
            assert sum(sold[n] for n in range(int(row.countback) + 2)) >= owed


def test_one_currency_and_another_seller(traded: tuple[Seller, list[Debt]]) -> None:
    seller, _ = traded
    on = START + timedelta(days=90)
    [row] = queries.aging(seller_id=seller.id, on=on, currency="USD")
    assert row in queries.aging(seller_id=seller.id, on=on)
    assert row.currency == "USD"
    stranger = onboarding.create_seller(
        name="Stranger",
        handle=f"stranger-{secrets.token_hex(6)}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=_at(START),
    )
    assert queries.aging(seller_id=stranger.id, on=on) == []
    assert queries.dso(seller_id=stranger.id, on=on) == []
    assert queries.open_items(seller_id=stranger.id, on=on) == []
    assert queries.exposure(seller_id=stranger.id) == []
    buyer = Buyer.objects.get(seller_id=seller.id, name="Alfa")
    assert queries.open_items(seller_id=stranger.id, on=on, buyer_id=buyer.id) == []
    of_buyer = queries.open_items(seller_id=seller.id, on=on, buyer_id=buyer.id)
    assert of_buyer
    assert {item.buyer_id for item in of_buyer} == {buyer.id}


def test_what_buyers_have_in_common(traded: tuple[Seller, list[Debt]]) -> None:
    seller, _ = traded
    on = START + timedelta(days=90)
    sold_by = {"Alfa": "Chiara", "Beta": "Chiara", "Gamma": ""}
    for buyer in Buyer.objects.filter(seller_id=seller.id):
        person = {"sales_person": sold_by[buyer.name]} if sold_by[buyer.name] else {}
        Buyer.objects.filter(seller_id=seller.id, id=buyer.id).update(metadata=person)
    expected: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in queries.aging(seller_id=seller.id, on=on, by="buyer"):
        expected[sold_by[row.buyer_name], row.currency] += row.total
    rows = queries.aging(seller_id=seller.id, on=on, by="person")
    assert {(row.label, row.currency): row.total for row in rows} == expected
    assert [row.label for row in rows][-1] == "", "what nobody looks after comes last"


def test_exposure_sums_the_lines(traded: tuple[Seller, list[Debt]]) -> None:
    seller, _ = traded
    beta = Buyer.objects.get(seller_id=seller.id, name="Beta")
    later = _at(START + timedelta(days=DAYS))
    credit_lines.set_credit_line(
        seller, buyer_id=beta.id, currency="EUR", limit=1, tolerance=2, at=later, by=BY
    )
    credit_lines.change_line_state(
        seller, buyer_id=beta.id, currency="EUR", state="on_hold", at=later, by=BY
    )
    lines = list(CreditLine.objects.filter(seller_id=seller.id, currency="EUR"))
    [row] = [row for row in queries.exposure(seller_id=seller.id) if row.currency == "EUR"]
    assert row.lines == 3
    assert row.exposure == sum(line.exposure for line in lines) != 0
    assert row.exposure == row.commitments + row.receivable + row.external - row.unapplied_cash
    assert row.available == sum(max(x.limit + x.tolerance - x.exposure, 0) for x in lines)
    assert (row.limit, row.held) == (2 * 10**9 + 1, 1)
    assert row.overdrawn == sum(line.exposure > line.limit + line.tolerance for line in lines)
