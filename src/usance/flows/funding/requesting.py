"""An advance is made for an invoice: by the seller's programmes as it is opened, or asked for by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum

from usance.flows.funding.instructing import instruct
from usance.flows.funding.telling import tell
from usance.flows.journal import Journal
from usance.flows.refusals import Conflict, NotFound, WrongState
from usance.records.collections.models import Dispute
from usance.records.funding import actions, queries
from usance.records.funding.models import Advance, FundingProgram
from usance.records.identity import new_id
from usance.records.invoices import actions as invoices
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules import money
from usance.rules.funding import choice
from usance.rules.funding.choice import Candidate, InUse, Limits, Reason
from usance.rules.funding.terms import (
    BASIS,
    FeeTerms,
    InvalidTerms,
    Terms,
    effective_annual_rate,
    recourse_on,
    terms_for,
)

BY: Final = "policy"
_SCORES: Final = ("score.late_probability", "score.days_late", "score.band", "bureau.score")


class NotEligible(Conflict):
    """No programme funds the invoice. ``reasons`` are the stable codes why, by programme."""

    code = "not_eligible"

    def __init__(self, reasons: Mapping[str, tuple[Reason, ...]]) -> None:
        self.reasons = dict(reasons)
        said = "; ".join(f"{name}: {', '.join(why)}" for name, why in reasons.items())
        super().__init__(f"No programme funds this invoice. {said or 'There is no programme'}.")


@dataclass(frozen=True, slots=True)
class Choice:
    """The programme for an invoice and its terms; ``program`` None where none funds it. ``reasons``
    say why those before it did not."""

    program: FundingProgram | None
    terms: Terms | None
    reasons: Mapping[str, tuple[Reason, ...]]


@transaction.atomic
def consider(seller: Seller, *, invoice_id: UUID, at: datetime) -> Advance | None:
    """Have an invoice funded if a programme wants it; None where it waits for its buyer."""
    invoice = invoices.lock_invoice(seller_id=seller.id, invoice_id=invoice_id)
    if invoice is None:
        return None
    chosen = choose(seller, invoice, at=at)
    if chosen.program is None or chosen.terms is None:
        return None
    return _make(seller, invoice, chosen.program, chosen.terms, at=at, by=BY)


@transaction.atomic
def request_advance(
    seller: Seller,
    *,
    invoice_id: UUID,
    at: datetime,
    by: str,
    program_id: UUID | None = None,
    external_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Advance:
    """Ask now for money on an invoice, of the programme named or of the first that wants it.

    The answer is ``eligible``; the partner is asked by a job. Raises NotFound or NotEligible.
    """
    invoice = invoices.lock_invoice(seller_id=seller.id, invoice_id=invoice_id)
    if invoice is None:
        raise NotFound("There is no such invoice.")
    if (
        program_id is not None
        and queries.program(seller_id=seller.id, program_id=program_id) is None
    ):
        raise NotFound("There is no such funding programme.")
    chosen = choose(seller, invoice, at=at, program_id=program_id)
    if chosen.program is None or chosen.terms is None:
        raise NotEligible(chosen.reasons)
    return _make(
        seller,
        invoice,
        chosen.program,
        chosen.terms,
        at=at,
        by=by,
        external_id=external_id,
        metadata=metadata,
    )


@transaction.atomic
def cancel_advance(seller: Seller, *, advance_id: UUID, at: datetime, by: str) -> Advance:
    """Withdraw an advance that is not paid out yet; the partner is told where it was asked.

    Raises NotFound or WrongState.
    """
    advance = actions.lock_advance(seller_id=seller.id, advance_id=advance_id)
    if advance is None:
        raise NotFound("There is no such advance.")
    if advance.state not in ("eligible", "requested"):
        raise WrongState(f"The advance is {advance.state}; only one not paid out is withdrawn.")
    waiting = queries.waiting(seller_id=seller.id, advance_id=advance.id)
    if waiting is not None and (waiting.asked_at is not None or waiting.kind == "cancel"):
        raise WrongState("The partner is being asked; try again when it has answered.")
    if waiting is not None:
        actions.change(waiting, state="refused", due_at=None, ended_at=at, reason_code="canceled")
    if advance.reference:
        instruct(advance, "cancel", at=at, by=by)
        return advance
    journal = Journal(seller, at=at, by=by)
    actions.change(advance, state="canceled", ended_on=journal.on, look_at=None)
    tell(journal, advance, type_="advance.canceled", state="canceled")
    journal.close()
    return advance


def choose(
    seller: Seller, invoice: Invoice, *, at: datetime, program_id: UUID | None = None
) -> Choice:
    """Which programme funds the locked invoice: the first whose condition holds and whose limits bear
    it. Your own book, where it comes first, keeps the invoice from those after it; a programme that is
    named is not asked for its condition."""
    found = queries.programs(seller_id=seller.id, state="active")
    if program_id is not None:
        found = found.filter(id=program_id)
    against: dict[str, tuple[Reason, ...]] = {}
    facts: dict[str, Any] | None = None
    for program in found:
        if program_id is None:
            facts = facts_of(invoice, at=at, seller=seller) if facts is None else facts
            if not choice.holds(program.condition, currency=program.currency, facts=facts):
                against[program.name] = ("condition",)
                continue
            if program.kind == choice.OWN_BOOK:
                return Choice(None, None, against)
        reasons, terms = _judge(seller, invoice, program, at=at)
        if terms is not None:
            return Choice(program, terms, against)
        against[program.name] = reasons
    return Choice(None, None, against)


def _judge(
    seller: Seller, invoice: Invoice, program: FundingProgram, *, at: datetime
) -> tuple[tuple[Reason, ...], Terms | None]:
    """Why not, or on what terms. The programme is locked, since its limits are used."""
    actions.lock_program(seller_id=seller.id, program_id=program.id)
    on = Journal(seller, at=at, by=BY).on
    total, of_buyer = queries.in_use(
        seller_id=seller.id, program_id=program.id, buyer_id=invoice.buyer_id
    )
    reasons = choice.reasons_against(
        Candidate(
            currency=invoice.currency,
            outstanding=invoice.outstanding,
            is_open=invoice.state == "open",
            is_disputed=Dispute.objects.filter(
                seller_id=seller.id, invoice_id=invoice.id, state="open"
            ).exists(),
            is_funded=queries.live_of(seller_id=seller.id, invoice_id=invoice.id) is not None,
            days_old=(on - invoice.issued_on).days,
            days_to_due=(invoice.due_on - on).days,
        ),
        currency=program.currency,
        limits=limits_of(program),
        rate=program.rate,
        in_use=InUse(total=total, buyer=of_buyer),
    )
    if reasons or program.kind == choice.OWN_BOOK:
        return reasons or ("condition",), None
    try:
        return (), terms_for(
            invoice.outstanding,
            rate=program.rate,
            fees=fees_of(program),
            paid_out_on=on,
            expected_on=invoice.due_on,
        )
    except InvalidTerms:
        return ("fee_too_high",), None


def limits_of(program: FundingProgram) -> Limits:
    """The bounds of a programme."""
    return Limits(
        total=program.total_limit,
        per_buyer=program.buyer_limit,
        concentration=program.concentration,
        smallest=program.smallest,
        oldest_days=program.oldest_days,
        longest_days=program.longest_days,
    )


def fees_of(program: FundingProgram) -> FeeTerms:
    """What a programme costs at most."""
    return FeeTerms(
        flat=program.flat_fee,
        per_30_days=program.period_fee,
        interest=program.interest,
        minimum=program.minimum_fee,
    )


def facts_of(invoice: Invoice, *, seller: Seller, at: datetime) -> dict[str, Any]:
    """What conditions may ask of an invoice."""
    on = Journal(seller, at=at, by=BY).on
    overdue = Invoice.objects.filter(
        Q(instalment_due_on__lt=on) | Q(instalment_due_on__isnull=True, due_on__lt=on),
        seller_id=seller.id,
        buyer_id=invoice.buyer_id,
        currency=invoice.currency,
        state="open",
    ).aggregate(sum=Sum("outstanding"))["sum"]
    known = invoice.order.decision.facts if invoice.order is not None else {}
    scores = {name: _score(known.get(name)) for name in _SCORES}
    return {
        "invoice.amount": invoice.outstanding,
        "invoice.terms_days": (invoice.due_on - invoice.issued_on).days,
        "buyer.country": invoice.buyer.country,
        "buyer.group": invoice.buyer.group,
        "buyer.overdue": overdue or 0,
        **scores,
    }


def _score(value: Any) -> Any:
    """A score as the decision kept it: numbers that are not whole stand there as text."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value
    text = str(value)
    return Decimal(text) if text.replace(".", "", 1).lstrip("-").isdigit() else text


def _make(
    seller: Seller,
    invoice: Invoice,
    program: FundingProgram,
    terms: Terms,
    *,
    at: datetime,
    by: str,
    external_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Advance:
    assert program.connection_id is not None, "what has a partner has a connection"
    premium = money.proportion(
        terms.advanced, part=program.premium * program.insured_share, whole=BASIS * BASIS
    )
    insured = program.kind == "insured"
    advance = Advance(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        program_id=program.id,
        invoice_id=invoice.id,
        buyer_id=invoice.buyer_id,
        connection_id=program.connection_id,
        kind=program.kind,
        currency=invoice.currency,
        base=invoice.outstanding,
        credited_before=invoice.credited,
        written_off_before=invoice.written_off,
        advanced=terms.advanced,
        reserve=terms.reserve,
        fee=terms.fee,
        premium=premium,
        interest_rate=program.interest,
        expected_on=terms.expected_on,
        recourse_on=recourse_on(invoice.due_on, days=program.recourse_days),
        insured_share=program.insured_share if insured else 0,
        claim_on=recourse_on(invoice.due_on, days=program.claim_days) if insured else None,
        annual_rate=effective_annual_rate(
            received=terms.payout - premium,
            repaid=terms.advanced + terms.interest,
            days=terms.days,
        ),
        external_id=external_id,
        metadata=dict(metadata or {}),
    )
    advance.save(force_insert=True)
    journal = Journal(seller, at=at, by=by)
    tell(journal, advance, type_="advance.eligible", state="eligible", number=invoice.number)
    journal.close()
    instruct(advance, "request", at=at, by=by)
    return advance
