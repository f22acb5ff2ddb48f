"""What a replay came to, computed from what is stored and what the file tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from usance.formats.order_history import HistoricDocument
from usance.records.invoices import queries as invoices
from usance.records.invoices.models import CreditNote
from usance.records.invoices.queries import Aging, DaysSalesOutstanding, ExposureTotal
from usance.records.invoices.trading import Tally, Trading, trading
from usance.records.parties.models import Seller
from usance.records.payments.models import BankStatement


@dataclass(frozen=True, slots=True)
class Told:
    """What the file says of one document; ``amount`` in minor units, negative for a return."""

    number: str
    day: date
    amount: int
    is_return: bool

    @classmethod
    def of(cls, document: HistoricDocument) -> Told:
        """The figures of ``document``."""
        return cls(document.number, document.at.date(), document.amount, document.is_return)


@dataclass(frozen=True, slots=True)
class ReplaySummary:
    """A replay up to and including the day ``on`` (None: nothing played). Amounts in minor units.

    ``orders`` are documents with something to pay, ``skipped`` those that sum to nothing, which are
    stock adjustments. ``returned`` is what the returns ask for (positive), ``credit_refused`` the
    part of it, and in how many returns, that exceeds what the customer had bought on invoices.
    """

    on: date | None
    currency: str
    documents: int
    orders: Tally
    skipped: int
    returned: Tally
    credit_refused: Tally
    statements: int
    trading: Trading
    exposure: tuple[ExposureTotal, ...]
    aging: tuple[Aging, ...]
    dso: tuple[DaysSalesOutstanding, ...]


def summarize(
    seller: Seller, told: Sequence[Told], *, currency: str, on: date | None, file_prefix: str
) -> ReplaySummary:
    """Sum up the documents ``told``, all of them played by the day ``on``."""
    orders = [one.amount for one in told if not one.is_return and one.amount > 0]
    returns = {one.number: -one.amount for one in told if one.is_return}
    refused = dict(returns)
    if on is not None:
        notes = CreditNote.objects.filter(seller_id=seller.id, external_id__isnull=False)
        for number, amount in notes.values_list("external_id", "amount"):
            if number in refused:
                refused[number] -= amount
    too_much = [amount for amount in refused.values() if amount > 0]
    return ReplaySummary(
        on=on,
        currency=currency,
        documents=len(told),
        orders=Tally(len(orders), sum(orders)),
        skipped=len(told) - len(orders) - len(returns),
        returned=Tally(len(returns), sum(returns.values())),
        credit_refused=Tally(len(too_much), sum(too_much)),
        statements=BankStatement.objects.filter(
            seller_id=seller.id, file_name__startswith=file_prefix
        ).count(),
        trading=trading(seller_id=seller.id, currency=currency, on=on or date.min),
        exposure=tuple(invoices.exposure(seller_id=seller.id)),
        aging=tuple(invoices.aging(seller_id=seller.id, on=on) if on else ()),
        dso=tuple(invoices.dso(seller_id=seller.id, on=on) if on else ()),
    )
