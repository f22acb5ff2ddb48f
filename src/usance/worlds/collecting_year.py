"""A simulated year of collecting: buyers with behaviours, traded through the real flows, with dunning
or without it. Both are the same world: who orders what, and when each would pay if nobody said anything,
follows from the seed alone.

Each day: the calendar judges promises and answers disputes, the run of the day decides, messages are
sent and held against a witness, buyers order and are invoiced, and the bank's statement is taken in. What
buyers know is remembered here, so a year is played from beginning to end in one process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from usance.flows import billing, credit_lines, disputes, fulfilment, onboarding, promises
from usance.flows.checkout import OrderRequest, authorize_orders
from usance.flows.dunning import policies, runs, sending
from usance.records.credit.models import CreditLine
from usance.records.dunning.models import DunningMessage
from usance.records.identity import parse_public_id
from usance.records.invoices.insight_queries import Collection, collection
from usance.records.invoices.models import Invoice
from usance.records.ledger.invariants import verify
from usance.records.parties.models import Buyer
from usance.rules.dunning.standard import standard_policy
from usance.rules.payer_behaviour import habit_of
from usance.rules.promises import Part
from usance.rules.terms.model import Terms
from usance.worlds.collecting_bank import Claim, YearBank
from usance.worlds.collecting_checks import Witness
from usance.worlds.collecting_faults import NO_FAULTS, Faults
from usance.worlds.collecting_payers import NEVER, Payer, Payers
from usance.worlds.collecting_result import YearResult

SEED: Final = 1
FIRST: Final = date(2025, 1, 1)
CURRENCY: Final = "EUR"
ZONE: Final = ZoneInfo("Europe/Rome")
TERMS: Final = Terms(30)
LIMIT: Final = 2_500_000
ORDERS_A_YEAR: Final = 3
"""Orders of one buyer in a year of 261 working days, on average."""
DISPUTED_FOR: Final = 21
"""Days until a dispute is answered: half of them by a credit note for a third, half by a no."""
HEARD_AFTER: Final = 60
"""Days from a buyer's last payment until its insolvency is heard of; then nothing more is sold to it, and
what it owes is written off."""
PROMISED_FOR: Final = 10
BY: Final = "calendar"
CLERK: Final = "credit control"


def no_progress(_: date) -> None:
    """For callers who do not watch."""


def play(
    *,
    handle: str,
    buyers: int = 1000,
    days: int = 365,
    seed: int = SEED,
    dunning: bool = True,
    heed: float = 1.0,
    orders: int = ORDERS_A_YEAR,
    faults: Faults = NO_FAULTS,
    progress: Callable[[date], None] = no_progress,
) -> YearResult:
    """Play a year for a new seller called ``handle``; what it came to. ``heed`` scales what reminders
    do; a buyer places so many ``orders`` a year. Raises Duplicate if the handle is taken."""
    payers = Payers(count=buyers, seed=seed, first=FIRST, days=days, heed=heed)
    year = _Year(handle, payers, seed=seed, dunning=dunning, orders=orders, faults=faults)
    for n in range(days):
        year.day(FIRST + timedelta(days=n))
        progress(FIRST + timedelta(days=n))
    return year.result(days=days, seed=seed)


@dataclass(slots=True)
class _Tally:
    invoices: int = 0
    sold: int = 0
    refused: int = 0
    months: list[tuple[date, Collection]] = field(default_factory=list)


class _Year:
    def __init__(
        self,
        handle: str,
        payers: Payers,
        *,
        seed: int,
        dunning: bool,
        orders: int,
        faults: Faults,
    ) -> None:
        self._payers, self._faults, self._tally = payers, faults, _Tally()
        self._orders_a_day = orders / 261
        at = _at(FIRST, 6)
        self.seller = onboarding.create_seller(
            name="Year of Collecting",
            handle=handle,
            country="IT",
            currency=CURRENCY,
            time_zone=ZONE.key,
            at=at,
        )
        self._buyers = [self._welcome(payer, at=at) for payer in payers.all]
        self._bank = YearBank(
            seller=self.seller,
            account="IT60X0542811101000000123456",
            currency=CURRENCY,
            seed=seed,
            file_prefix=f"{handle}-",
            habits={one.id: habit_of(one.name, seed=seed) for one in self._buyers},
            buyers={one.id: one for one in self._buyers},
        )
        self._claims: dict[UUID, Claim] = {}
        self._bank.claims, self._bank.sent = self._claims, defaultdict(int)
        self._promises = False
        self._dunning = dunning
        document = standard_policy("Customers on account") | {"hours": {"from": 7, "until": 18}}
        steps = {step["level"]: step["days"] for step in document["steps"]}
        self.witness = Witness(seller_id=self.seller.id, steps=steps)
        if dunning:
            self._switch_on(document, at=at)

    def _welcome(self, payer: Payer, *, at: datetime) -> Buyer:
        buyer = onboarding.create_buyer(
            self.seller,
            name=f"Buyer {payer.number:04d}",
            country="IT",
            email=f"buyer{payer.number}@example.com",
            language=("en", "it", "ro")[payer.number % 3],
            external_id=f"B{payer.number:04d}",
            at=at,
            by=CLERK,
        )
        credit_lines.set_credit_line(
            self.seller,
            buyer_id=buyer.id,
            currency=CURRENCY,
            limit=LIMIT,
            terms=(TERMS,),
            at=at,
            by=CLERK,
        )
        return buyer

    def _switch_on(self, document: dict[str, Any], *, at: datetime) -> None:
        kept = policies.draft_policy(self.seller, document, at=at, by=CLERK)
        policies.mark_previewed(self.seller, policy_id=kept.id, at=at, by=CLERK)
        policies.switch_on(self.seller, policy_id=kept.id, at=at, by=CLERK)

    def day(self, on: date) -> None:
        """One day of the calendar, weekends included."""
        if self._promises:
            promises.judge_due(at=_at(on, 7))
        self._answer_disputes(on, at=_at(on, 8))
        self._hear_of_insolvency(on, at=_at(on, 8))
        if self._dunning:
            self._remind(on, at=_at(on, 9))
        if on.weekday() < 5:
            self._trade(on, at=_at(on, 11))
            self._contest(on, at=_at(on, 15))
            self._bank.close_day(on, at=_at(on, 19))
        if self._dunning and on.weekday() == 4:
            self._release(at=_at(on, 20))
        if (on + timedelta(days=1)).day == 1:
            self._tally.months += [
                (on, one) for one in collection(seller_id=self.seller.id, on=on, days=90)
            ]

    def _remind(self, on: date, *, at: datetime) -> None:
        def decide() -> None:
            run = runs.open_scheduled_run(seller_id=self.seller.id, at=at, by=BY)
            if run is not None:
                runs.work(self.seller, run_id=run.id, clock=lambda: at, by=BY)

        def decide_again() -> None:
            run = runs.open_run(self.seller, at=at, by=BY)
            runs.work(self.seller, run_id=run.id, clock=lambda: at, by=BY)

        def send() -> None:
            while sending.send_due(seller_id=self.seller.id, clock=lambda: at) == sending.AT_A_TIME:
                pass

        def send_one() -> None:
            sending.send_due(seller_id=self.seller.id, clock=lambda: at, limit=1)

        acts = self._faults.plan(
            on, decide=decide, decide_again=decide_again, send=send, send_one=send_one
        )
        for act in acts:
            act()
        for message in self.witness.look(on=on, paid=self._bank.sent):
            self._read(message, on=on, at=at)

    def _read(self, message: DunningMessage, *, on: date, at: datetime) -> None:
        """What the buyer does about a message: it pays sooner, promises, or nothing."""
        for one in message.items:
            invoice_id = parse_public_id("invoice", one["invoice"])
            claim = self._claims[invoice_id]
            if not one["level"] or claim.dispute_id is not None:
                continue
            if claim.payer.behaviour.breaks_promises and one["level"] == "notice_2":
                self._promise(message.buyer_id, invoice_id, int(one["open"]), on=on, at=at)
            reacts = self._payers.heeded(
                claim.payer, invoice=claim.key, level=one["level"], on=on, due_on=claim.due_on
            )
            claim.pays_on = min(claim.pays_on, reacts)

    def _promise(
        self, buyer_id: UUID, invoice_id: UUID, amount: int, *, on: date, at: datetime
    ) -> None:
        self._promises = True
        promises.propose(
            self.seller,
            buyer_id=buyer_id,
            invoice_ids=[invoice_id],
            parts=[Part(on + timedelta(days=PROMISED_FOR), amount)],
            at=at,
            by=CLERK,
            by_seller=True,
        )

    def _trade(self, on: date, *, at: datetime) -> None:
        ordering = [
            payer
            for payer in self._payers.all
            if self._payers.draw("orders", payer.number, on) < self._orders_a_day
        ]
        outcomes = authorize_orders([self._request(payer, on) for payer in ordering], at=at)
        for payer, made in zip(ordering, outcomes, strict=True):
            if getattr(made, "state", "") != "authorized":
                self._tally.refused += 1
                continue
            key = _key(payer, on)
            invoice = fulfilment.invoice_order(
                self.seller,
                order_id=made.order_id,  # type: ignore[union-attr]
                at=at,
                by=CLERK,
                external_id=key,
            )
            self._know(payer, key, invoice)

    def _request(self, payer: Payer, on: date) -> OrderRequest:
        amount = 20_000 + int(380_000 * self._payers.draw("amount", payer.number, on) ** 2)
        return OrderRequest(
            seller=self.seller,
            buyer_id=self._buyers[payer.number].id,
            amount=amount,
            currency=CURRENCY,
            external_id=_key(payer, on),
            by="shop",
        )

    def _know(self, payer: Payer, key: str, invoice: Invoice) -> None:
        self._tally.invoices += 1
        self._tally.sold += invoice.amount
        self._claims[invoice.id] = Claim(
            payer=payer,
            key=key,
            due_on=invoice.due_on,
            pays_on=self._payers.left_alone(
                payer, invoice=key, issued_on=invoice.issued_on, due_on=invoice.due_on
            ),
            contests=self._payers.disputes(payer, invoice=key),
        )

    def _contest(self, on: date, *, at: datetime) -> None:
        """Buyers say what they will not pay, three days before it is due."""
        for invoice_id, claim in self._claims.items():
            if claim.contests and on >= claim.due_on - timedelta(days=3):
                claim.contests = False
                if self._bank.sent[invoice_id]:
                    continue
                dispute = disputes.open_dispute(
                    self.seller, invoice_id=invoice_id, reason_code="quantity", at=at, by=CLERK
                )
                claim.dispute_id, claim.pays_on = dispute.id, NEVER
                claim.answered_on = on + timedelta(days=DISPUTED_FOR)

    def _answer_disputes(self, on: date, *, at: datetime) -> None:
        for claim in self._claims.values():
            if claim.dispute_id is None or claim.answered_on != on:
                continue
            if self._payers.draw("answer", claim.key) < 0.5:
                disputes.reject(self.seller, dispute_id=claim.dispute_id, at=at, by=CLERK)
            else:
                invoice = Invoice.objects.get(seller_id=self.seller.id, external_id=claim.key)
                disputes.resolve_by_credit(
                    self.seller,
                    dispute_id=claim.dispute_id,
                    amount=invoice.outstanding // 3,
                    at=at,
                    by=CLERK,
                )
            claim.dispute_id = None
            waits = 3 + int(self._payers.draw("after the answer", claim.key) * 20)
            claim.pays_on = on + timedelta(days=waits)

    def _hear_of_insolvency(self, on: date, *, at: datetime) -> None:
        for payer in self._payers.all:
            if payer.fails_on == NEVER or on != payer.fails_on + timedelta(days=HEARD_AFTER):
                continue
            buyer_id = self._buyers[payer.number].id
            credit_lines.change_line_state(
                self.seller,
                buyer_id=buyer_id,
                currency=CURRENCY,
                state="suspended",
                reason="Insolvency proceedings",
                at=at,
                by=CLERK,
            )
            lost = Invoice.objects.filter(seller_id=self.seller.id, buyer_id=buyer_id, state="open")
            for invoice in lost.order_by("number"):
                billing.write_off_invoice(
                    self.seller, invoice_id=invoice.id, reason="Insolvent", at=at, by=CLERK
                )

    def _release(self, *, at: datetime) -> None:
        """Once a week a clerk releases the lines that dunning holds and whose buyers owe nothing late."""
        held = CreditLine.objects.filter(seller_id=self.seller.id, state="on_hold")
        today = at.date()
        for buyer_id in held.order_by("id").values_list("buyer_id", flat=True):
            late = Invoice.objects.filter(
                seller_id=self.seller.id, buyer_id=buyer_id, state="open", due_on__lt=today
            )
            if not late.exists():
                credit_lines.change_line_state(
                    self.seller,
                    buyer_id=buyer_id,
                    currency=CURRENCY,
                    state="active",
                    at=at,
                    by=CLERK,
                )

    def result(self, *, days: int, seed: int) -> YearResult:
        """What the days came to, with the books verified."""
        last = FIRST + timedelta(days=days - 1)
        rows = collection(seller_id=self.seller.id, on=last, days=days)
        whole = rows[0] if rows else None
        late = whole.days_late if whole else None
        return YearResult(
            days=days,
            buyers=len(self._buyers),
            dunning=self._dunning,
            seed=seed,
            invoices=self._tally.invoices,
            sold=self._tally.sold,
            collected_late_days=float(late or 0),
            bad_debt=whole.bad_debt if whole else 0,
            refused=self._tally.refused,
            messages=dict(self.witness.sent),
            stopped=self.witness.stopped,
            demands=self.witness.demands,
            injected=dict(self._faults.injected),
            months=self._tally.months,
            faults=self.witness.faults,
            violations=[one.sentence for one in verify(seller_id=self.seller.id)],
        )


def _at(on: date, hour: int) -> datetime:
    return datetime.combine(on, time(hour), tzinfo=ZONE)


def _key(payer: Payer, on: date) -> str:
    return f"Y{payer.number:04d}-{on:%y%m%d}"
