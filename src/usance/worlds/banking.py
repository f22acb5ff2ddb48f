"""The bank of a simulated world: buyers pay, a statement is written, and the flows take it in.

Who pays what on a day follows from the open invoices and the buyers' habits alone, so it is the same
however often the world was stopped before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from usance.flows import bank_statements, cash_application, settlement
from usance.formats import bank_csv, camt
from usance.formats.statement import Statement, Transaction
from usance.records.invoices import queries as invoices
from usance.records.invoices.queries import OpenItem
from usance.records.parties.models import Buyer, Seller
from usance.rules.payer_behaviour import Habit, draw, manner, pays_on, remittance_text
from usance.worlds import standing

BY: Final = "bank"
CLERK: Final = "cash application"

CSV_EVERY: Final = 4
"""Every so many days the bank's website was easier: the statement comes as a table, not as camt."""

MOST_IN_ONE: Final = 40
"""No payment run puts more invoices than this into one transfer."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money on its way: what the bank will show of it, and the invoices the payer means to pay."""

    payer: str
    account: str
    amount: int
    text: str
    invoices: tuple[OpenItem, ...] = ()


@dataclass(slots=True)
class Bank:
    """One account of the seller's and the people who pay into it.

    ``habits`` by buyer. ``never`` are buyers that pay nothing at all. Planned days are remembered,
    since an invoice is asked about every day until it is paid.
    """

    seller: Seller
    account: str
    currency: str
    seed: int
    file_prefix: str
    habits: dict[UUID, Habit]
    buyers: dict[UUID, Buyer]
    never: Collection[UUID] = ()
    _planned: dict[tuple[UUID, date], date] = field(default_factory=dict)

    def welcome(self, buyer: Buyer, habit: Habit) -> None:
        """Know a new payer."""
        self.buyers[buyer.id], self.habits[buyer.id] = buyer, habit

    def close_day(
        self, on: date, *, at: datetime, extra: Sequence[Transfer] = (), by_hand: bool = True
    ) -> int:
        """Let buyers pay on the banking day ``on`` and take the statement in at ``at``.

        A day on which nobody pays has a statement too. ``extra`` comes in besides; ``by_hand``: a
        clerk places what matching could not. Returns how many transfers came in.
        """
        transfers = [*self._transfers(on, at=at), *extra] if on.weekday() < 5 else []
        statement = self._statement(on, transfers)
        as_table = on.toordinal() % CSV_EVERY == 0
        data = (
            bank_csv.render([statement])
            if as_table
            else camt.render([statement], message_id=f"MSG{on:%Y%m%d}", created_at=at)
        )
        kept, _ = bank_statements.take_statement(
            self.seller,
            data,
            at=at,
            by=BY,
            file_name=f"{self.file_prefix}{on}.{'csv' if as_table else 'xml'}",
        )
        if transfers:
            cash_application.settle_all(self.seller, at=at, by=BY)
            if by_hand:
                self._apply_the_rest(kept.id, transfers, on, at=at)
        return len(transfers)

    def _transfers(self, on: date, *, at: datetime) -> list[Transfer]:
        due = self._due(on)
        unapplied = standing.unapplied_payments(
            seller_id=self.seller.id, currency=self.currency, buyer_ids=due.keys()
        )
        transfers: list[Transfer] = []
        for buyer_id, items in sorted(due.items(), key=lambda d: self.habits[d[0]].payer):
            left = self._after_unapplied(items, unapplied.get(buyer_id, ()), at=at)
            transfers += self._pay(buyer_id, left, on)
        return transfers

    def _due(self, on: date) -> dict[UUID, list[OpenItem]]:
        """What each buyer means to pay by ``on``, the invoice due first before the others."""
        due: defaultdict[UUID, dict[UUID, OpenItem]] = defaultdict(dict)
        for item in invoices.open_items(seller_id=self.seller.id, on=on, currency=self.currency):
            if item.buyer_id not in self.never and self._day_of(item) <= on:
                # Instalments that are due by now are paid in one.
                before = due[item.buyer_id].get(item.invoice_id)
                if before is not None:
                    together = before.outstanding + item.outstanding
                    item = replace(before, outstanding=together)  # noqa: PLW2901
                due[item.buyer_id][item.invoice_id] = item
        return {buyer_id: list(items.values()) for buyer_id, items in due.items()}

    def _day_of(self, item: OpenItem) -> date:
        planned = (item.invoice_id, item.due_on)
        day = self._planned.get(planned)
        if day is None:
            day = self._planned[planned] = pays_on(
                self.habits[item.buyer_id],
                seed=self.seed,
                invoice=item.number,
                issued_on=item.issued_on,
                due_on=item.due_on,
            )
        return day

    def _after_unapplied(
        self, items: list[OpenItem], payments: Sequence[tuple[UUID, int]], *, at: datetime
    ) -> list[tuple[OpenItem, int]]:
        """What is left to pay of each invoice once the buyer's unapplied money is used for them."""
        left = [(item.invoice_id, item.outstanding) for item in items]
        for payment_id, unapplied in payments:
            left = self._use(payment_id, unapplied, left, at=at)
        amounts = dict(left)
        return [(item, amounts[item.invoice_id]) for item in items if item.invoice_id in amounts]

    def _use(
        self, payment_id: UUID, unapplied: int, owed: Sequence[tuple[UUID, int]], *, at: datetime
    ) -> list[tuple[UUID, int]]:
        """Let a clerk allocate a payment by hand; the invoices that are left, with their rest."""
        left = []
        for invoice_id, outstanding in owed:
            share = min(unapplied, outstanding)
            if share:
                settlement.allocate(
                    self.seller,
                    payment_id=payment_id,
                    invoice_id=invoice_id,
                    amount=share,
                    at=at,
                    by=CLERK,
                )
                unapplied -= share
            if outstanding > share:
                left.append((invoice_id, outstanding - share))
        return left

    def _pay(
        self, buyer_id: UUID, items: Sequence[tuple[OpenItem, int]], on: date
    ) -> list[Transfer]:
        habit, buyer = self.habits[buyer_id], self.buyers[buyer_id]
        size = 1 if habit.run_weekday is None else MOST_IN_ONE
        transfers = []
        for start in range(0, len(items), size):
            together = items[start : start + size]
            numbers = [item.number for item, _ in together]
            words = manner(habit, seed=self.seed, transfer=f"{numbers[0]} {on}")
            transfers.append(
                Transfer(
                    payer=buyer.name.upper(),
                    account=account_of(buyer, seed=self.seed),
                    amount=sum(amount for _, amount in together),
                    text=remittance_text(words, numbers),
                    invoices=tuple(item for item, _ in together),
                )
            )
        return transfers

    def _statement(self, on: date, transfers: Sequence[Transfer]) -> Statement:
        opening = standing.bank_balance(seller_id=self.seller.id, currency=self.currency)
        return Statement(
            id=f"{on:%Y%m%d}",
            sequence=on.toordinal(),
            account=self.account,
            currency=self.currency,
            opening=opening,
            closing=opening + sum(transfer.amount for transfer in transfers),
            period_from=on,
            period_to=on,
            transactions=tuple(
                Transaction(
                    ordinal=n,
                    amount=transfer.amount,
                    currency=self.currency,
                    booked_on=on,
                    value_on=on,
                    bank_reference=_reference(on, n),
                    remittance_text=transfer.text,
                    counterparty_name=transfer.payer,
                    counterparty_account=transfer.account,
                    bank_transaction_code="PMNT/RCDT/ESCT",
                )
                for n, transfer in enumerate(transfers, 1)
            ),
        )

    def _apply_the_rest(
        self, statement_id: UUID, transfers: Sequence[Transfer], on: date, *, at: datetime
    ) -> None:
        """A clerk rings up whoever sent money that matching could not place, and places it."""
        meant = {_reference(on, n): transfer for n, transfer in enumerate(transfers, 1)}
        for reference, payment_id, unapplied in standing.unapplied_on(
            seller_id=self.seller.id, statement_id=statement_id
        ):
            owed = standing.still_open(
                seller_id=self.seller.id,
                invoice_ids=[item.invoice_id for item in meant[reference].invoices],
            )
            self._use(payment_id, unapplied, owed, at=at)


def _reference(on: date, ordinal: int) -> str:
    """The bank's own reference of the ``ordinal``-th booking of a day."""
    return f"BK{on:%Y%m%d}{ordinal:05d}"


_BANK_CODES: Final = {
    "AT": ("", 16),
    "BE": ("", 12),
    "CH": ("", 17),
    "DE": ("", 18),
    "DK": ("", 14),
    "ES": ("", 20),
    "FI": ("", 14),
    "FR": ("", 23),
    "GB": ("BARC", 14),
    "IE": ("AIBK", 14),
    "IT": ("X", 22),
    "NL": ("INGB", 10),
    "NO": ("", 11),
    "PL": ("", 24),
    "PT": ("", 21),
    "RO": ("BTRL", 16),
    "SE": ("", 20),
}
"""The letters and the number of digits after the check digits of an IBAN, by country (ISO 13616)."""


def account_of(buyer: Buyer, *, seed: int) -> str:
    """The bank account that ``buyer`` pays from: an IBAN where its country has them."""
    letters, digits = _BANK_CODES.get(buyer.country, ("", 12))
    key = buyer.external_id or buyer.name
    number = int(draw(seed, "account", key) * 10**12) % 10**11
    inside = f"{letters}{number:0{digits}d}"
    return with_check_digits(buyer.country, inside) if buyer.country in _BANK_CODES else inside


def with_check_digits(country: str, inside: str) -> str:
    """The IBAN of ``country`` around ``inside`` (ISO/IEC 7064 MOD 97-10)."""
    digits = "".join(str(int(character, 36)) for character in f"{inside}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{inside}"
