"""A file of historic orders, played again through the real flows with a simulated clock.

Every order is decided, shipped and invoiced as a shop would have it done, every return becomes
credit notes, and the buyers pay through bank statements. A simulated day is one transaction and ends
with the day's bank statement, whose presence says that the day is done: whoever stops a replay,
however roughly, and starts it again gets what an uninterrupted run would have given.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from usance.flows import billing, credit_lines, fulfilment, onboarding
from usance.flows.checkout import Authorization, ExternalIdTaken, OrderRequest, authorize_orders
from usance.flows.refusals import Refused
from usance.formats import order_history
from usance.formats.order_history import HistoricDocument
from usance.records.invoices import queries as invoices
from usance.records.parties.models import Buyer, Seller
from usance.rules.credit.starting_limit import RULES, LimitRule
from usance.rules.orders import Line
from usance.rules.payer_behaviour import AT_THE_TILL, Habit, draw, habit_of
from usance.rules.terms import Terms
from usance.worlds import standing
from usance.worlds.banking import Bank, with_check_digits
from usance.worlds.replay_summary import ReplaySummary, Told, summarize

ZONE: Final = ZoneInfo("Europe/London")
CURRENCY: Final = "GBP"
COUNTRY: Final = "GB"
BY: Final = "replay"
SEED: Final = 20101201

COUNTER_SALES: Final = "counter-sales"
"""The external_id of the house account that stands for everybody without a customer number."""

COUNTER_LIMIT: Final = 25_000_000
"""What may be sold over the counter before it is paid, in minor units."""

SHIPPED_AT_ONCE: Final = 0.6
"""The share of orders that ship on the day they are placed; the others ship the next morning."""

MORNING: Final = time(7)
EVENING: Final = time(21)


class AnotherReplay(Refused):
    """The seller's books hold the replay of another file, seed or rule. Choose another seller."""

    code = "another_replay"


class ReplayRunning(Refused):
    """Another process plays this file for this seller. Wait until it is done, or stop it."""

    code = "replay_running"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay is: ``documents`` of ``total`` are done, the clock stands at ``day``."""

    documents: int
    total: int
    day: date


def no_progress(_: Progress) -> None:
    """For callers who do not watch."""


def seller_for_replay(*, at: datetime, handle: str = "replay") -> Seller:
    """The seller of that handle; a wholesaler in London if there is none yet."""
    return Seller.objects.filter(handle=handle).first() or onboarding.create_seller(
        name="Replayed Wholesale Ltd",
        handle=handle,
        country=COUNTRY,
        currency=CURRENCY,
        time_zone=ZONE.key,
        at=at,
    )


def run(
    seller: Seller,
    path: Path | str,
    *,
    seed: int = SEED,
    limit_rule: str = "first_order_multiple",
    documents: int | None = None,
    progress: Callable[[Progress], None] = no_progress,
) -> ReplaySummary:
    """Play the file at ``path`` for ``seller``, or go on where an earlier run stopped.

    ``documents`` stops after the day on which so many are done. The whole file is read once before
    anything is written. Raises FormatError for a file that cannot be read, KeyError for an unknown
    ``limit_rule``, AnotherReplay or ReplayRunning.
    """
    path = Path(path)
    rule = RULES[limit_rule]
    told = [Told.of(document) for document in _documents(path)]
    play = _Play(seller, file_prefix=_file_prefix(path, seed, rule), seed=seed, rule=rule)
    done = 0
    for day, of_day in _days(path):
        if documents is not None and done >= documents:
            break
        if play.last_day is None or day > play.last_day:
            play.play(day, of_day, done=_counted(progress, day, before=done, total=len(told)))
        done += len(of_day)
        progress(Progress(done, len(told), day))
    last = play.last_day
    return summarize(
        seller,
        [one for one in told if last is not None and one.day <= last],
        currency=CURRENCY,
        on=last,
        file_prefix=play.file_prefix,
    )


def _counted(
    progress: Callable[[Progress], None], day: date, *, before: int, total: int
) -> Callable[[int], None]:
    """Tell ``progress`` of the documents of ``day``, of which ``before`` came earlier."""
    return lambda number: progress(Progress(before + number, total, day))


def _documents(path: Path) -> Iterator[HistoricDocument]:
    with path.open("rb") as file:
        yield from order_history.read(file, zone=ZONE, currency=CURRENCY)


def _days(path: Path) -> Iterator[tuple[date, list[HistoricDocument]]]:
    """The days of the file with their documents, and the banking days between them."""
    before: date | None = None
    for day, documents in groupby(_documents(path), key=lambda document: document.at.date()):
        while before is not None and (before := before + timedelta(days=1)) < day:
            if before.weekday() < 5:
                yield before, []
        yield day, list(documents)
        before = day


def _file_prefix(path: Path, seed: int, rule: LimitRule) -> str:
    """What the names of the replay's bank files begin with: another file has another one."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(f"{seed} {rule}".encode())
    return f"replay-{digest.hexdigest()[:10]}-"


class _Play:
    """One seller's trading, day by day."""

    def __init__(self, seller: Seller, *, file_prefix: str, seed: int, rule: LimitRule) -> None:
        self.seller, self.file_prefix = seller, file_prefix
        self._seed, self._rule = seed, rule
        if standing.statements_besides(seller_id=seller.id, beginning="replay-", but=file_prefix):
            raise AnotherReplay(" ".join((AnotherReplay.__doc__ or "").split()))
        self.last_day = self._stored_day()
        self._buyers = standing.buyers(seller_id=seller.id)
        self._bank = Bank(
            seller=seller,
            account=with_check_digits(COUNTRY, "MIDL40051512345678"),
            currency=CURRENCY,
            seed=seed,
            file_prefix=file_prefix,
            habits={b.id: self._habit(key) for key, b in self._buyers.items()},
            buyers={b.id: b for b in self._buyers.values()},
        )

    def _stored_day(self) -> date | None:
        return standing.last_day(seller_id=self.seller.id, beginning=self.file_prefix)

    def _habit(self, key: str) -> Habit:
        if key == COUNTER_SALES:
            return Habit(key, AT_THE_TILL, run_weekday=None, careless=0)
        return habit_of(key, seed=self._seed)

    @transaction.atomic
    def _day(
        self, day: date, documents: Sequence[HistoricDocument], *, done: Callable[[int], None]
    ) -> None:
        standing.one_at_a_time(seller_id=self.seller.id)
        if self._stored_day() != self.last_day:
            raise ReplayRunning(" ".join((ReplayRunning.__doc__ or "").split()))
        morning = datetime.combine(day, MORNING, tzinfo=ZONE)
        if self.last_day is not None and self.last_day.month != day.month:
            self._review_limits(day, at=morning)
        for order in standing.waiting_orders(seller_id=self.seller.id):
            self._ship(order.id, order.external_id, at=morning)
        waiting: defaultdict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
        for number, document in enumerate(documents, 1):
            if document.is_return:
                self._take_back(document, waiting)
            elif document.amount > 0:
                self._order(document, waiting)
            done(number)
        self._bank.close_day(day, at=datetime.combine(day, EVENING, tzinfo=ZONE))

    def play(
        self, day: date, documents: Sequence[HistoricDocument], *, done: Callable[[int], None]
    ) -> None:
        """Play ``day`` whole or not at all; ``done`` hears how many documents are."""
        self._day(day, documents, done=done)
        self.last_day = day

    def _order(
        self,
        document: HistoricDocument,
        waiting: defaultdict[UUID, list[tuple[UUID, str]]],
    ) -> None:
        """Decide an order; what is approved ships now or waits for the next morning."""
        buyer = self._buyer(document)
        [outcome] = authorize_orders(
            [
                OrderRequest(
                    seller=self.seller,
                    amount=document.amount,
                    currency=CURRENCY,
                    buyer_id=buyer.id,
                    lines=[
                        Line(
                            description=line.description,
                            amount=line.amount,
                            quantity=Decimal(line.quantity),
                            unit_price=line.unit_price,
                            sku=line.stock_code,
                        )
                        for line in document.lines
                    ],
                    external_id=document.number,
                    by=BY,
                )
            ],
            at=document.at,
        )
        if isinstance(outcome, ExternalIdTaken):
            return  # somebody brought this order already; once is enough
        if not isinstance(outcome, Authorization):
            raise AssertionError(f"order {document.number} could not be decided: {outcome!r}")
        if outcome.state != "authorized":
            return
        if draw(self._seed, "ships at once", document.number) < SHIPPED_AT_ONCE:
            self._ship(outcome.order_id, document.number, at=document.at)
        else:
            waiting[buyer.id].append((outcome.order_id, document.number))

    def _ship(self, order_id: UUID, external_id: str | None, *, at: datetime) -> None:
        fulfilment.invoice_order(
            self.seller, order_id=order_id, external_id=external_id, at=at, by=BY
        )

    def _take_back(
        self,
        document: HistoricDocument,
        waiting: defaultdict[UUID, list[tuple[UUID, str]]],
    ) -> None:
        """Credit a return against what the customer bought, the latest invoice first.

        What waits to be shipped is invoiced before: only an invoice can be credited. What exceeds
        all that was bought on invoices is refused; the summary counts it.
        """
        buyer = self._buyers.get(document.customer or COUNTER_SALES)
        if buyer is None:
            return
        for order_id, number in waiting.pop(buyer.id, ()):
            self._ship(order_id, number, at=document.at)
        left = -document.amount
        for invoice_id, creditable in invoices.creditable(
            seller_id=self.seller.id, buyer_id=buyer.id, currency=CURRENCY
        ):
            if left <= 0:
                return
            share = min(left, creditable)
            billing.credit_invoice(
                self.seller,
                invoice_id=invoice_id,
                amount=share,
                reason="Goods returned",
                external_id=document.number,
                at=document.at,
                by=BY,
            )
            left -= share

    def _buyer(self, document: HistoricDocument) -> Buyer:
        """The document's buyer; one nobody knows yet gets an account and its first limit."""
        key = document.customer or COUNTER_SALES
        known = self._buyers.get(key)
        if known is not None:
            return known
        at_the_till = document.customer is None
        buyer = onboarding.create_buyer(
            self.seller,
            name="Counter sales" if at_the_till else f"Customer {key}",
            country=COUNTRY
            if at_the_till
            else order_history.country_code(document.country, otherwise=COUNTRY),
            external_id=key,
            at=document.at,
            by=BY,
        )
        credit_lines.set_credit_line(
            self.seller,
            buyer_id=buyer.id,
            currency=CURRENCY,
            limit=COUNTER_LIMIT if at_the_till else self._rule.starting_limit(document.amount),
            terms=(Terms(0),) if at_the_till else (),
            at=document.at,
            by=BY,
        )
        self._buyers[key] = buyer
        self._bank.welcome(buyer, self._habit(key))
        return buyer

    def _review_limits(self, day: date, *, at: datetime) -> None:
        """Once a month, buyers that have earned it get a higher limit."""
        counter = self._buyers.get(COUNTER_SALES)
        for buyer_id, limit, record in invoices.payment_records(
            seller_id=self.seller.id, on=day, currency=CURRENCY
        ):
            reviewed = self._rule.reviewed_limit(limit, record)
            if reviewed != limit and (counter is None or buyer_id != counter.id):
                credit_lines.set_credit_line(
                    self.seller,
                    buyer_id=buyer_id,
                    currency=CURRENCY,
                    limit=reviewed,
                    at=at,
                    by=BY,
                )
