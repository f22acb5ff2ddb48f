"""What paying late has cost a buyer: read from what was owed, paid, credited and disputed.

Nothing is written here. ``late_charge_claims`` claims it and waives it, ``late_interest_terms`` says by
which law and contract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from usance.flows.journal import business_day
from usance.records.collections import late_charge_queries as queries
from usance.records.collections.models import (
    Dispute,
    LateCharge,
    LateChargeWaiver,
    LateInterestTerms,
)
from usance.records.credit.group_queries import rate_of_day, rate_on
from usance.records.invoices.late_queries import paid_late
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Buyer, Seller
from usance.rules.interest import (
    LAWS,
    SHIPPED,
    Accrual,
    Agreement,
    Compensation,
    Debt,
    Due,
    Movement,
    RateOf,
    RateTable,
    RateUnknown,
    Suspension,
    accrued,
    law_of_country,
)
from usance.rules.interest.accrual import EXCHANGE_RATE_MISSING, rate_day
from usance.rules.interest.day_counts import DayCount

_ONE_DAY: Final = timedelta(days=1)
MOST_INVOICES: Final = 2000
"""Invoices of a buyer that are looked at together, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCharges:
    """What one invoice has cost its buyer by being paid late, at the end of the day ``on``.

    ``accrual`` is what is not claimed yet, from ``since`` on; it ends before ``unknown`` where a
    reference rate is missing. ``claimed`` are the claims and ``waivers`` what was waived, ``waived`` what
    of that the next claim will be less by. ``held_from`` is the day since which something of the invoice
    is disputed: from then on nothing is claimed until that is settled.
    """

    invoice: Invoice
    agreement: Agreement
    on: date
    since: date | None
    accrual: Accrual
    claimed: tuple[LateCharge, ...] = ()
    waivers: tuple[LateChargeWaiver, ...] = ()
    waived: int = 0
    held_from: date | None = None
    unknown: RateUnknown | None = None

    @property
    def compensation(self) -> Compensation:
        """The fixed sum and the costs, as far as they are not claimed yet."""
        return self.accrual.compensation

    @property
    def open_amount(self) -> int:
        """What could be claimed if nothing held it: interest and compensation less what was waived."""
        return max(self.accrual.total - self.waived, 0)

    @property
    def has_any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.accrual.total or self.claimed or self.waivers or self.unknown)


def late_charges_of(
    seller: Seller, invoice: Invoice, *, on: date, until: date | None = None, costs: int = 0
) -> LateCharges:
    """The late charges of one invoice on the day ``on``, computed until the end of ``until`` (None: of
    ``on``). ``costs`` are the reasonable costs of recovery, minor units. An invoice that is itself a late
    charge bears none (interest on interest: BGB § 289, and its likes)."""
    return _computed(seller, [invoice], on=on, until=until or on, costs=costs)[0]


def late_charges_of_buyer(seller: Seller, *, buyer_id: UUID, on: date) -> list[LateCharges]:
    """Those of all the buyer's invoices that have any, the oldest first."""
    found = paid_late(seller_id=seller.id, buyer_id=buyer_id, on=on)
    rows = list(found.order_by("due_on", "id")[:MOST_INVOICES])
    return [one for one in _computed(seller, rows, on=on, until=on, costs=0) if one.has_any]


def late_charges_of_invoices(
    seller: Seller, invoices: Sequence[Invoice], *, on: date
) -> dict[UUID, LateCharges]:
    """The late charges of each invoice, in as many statements as for one."""
    return {one.invoice.id: one for one in _computed(seller, invoices, on=on, until=on, costs=0)}


def tables_of(seller: Seller) -> dict[str, RateTable]:
    """The reference rates that the program comes with, and what the seller has loaded."""
    loaded: defaultdict[str, list[tuple[date, Decimal, date]]] = defaultdict(list)
    for row in queries.reference_rates(seller_id=seller.id):
        loaded[row.table].append((row.valid_from, row.rate, row.known_until))
    return {
        code: table.extended(loaded[code]) if code in loaded else table
        for code, table in SHIPPED.items()
    }


def agreement_of(terms: LateInterestTerms | None, *, seller: Seller, buyer: Buyer) -> Agreement:
    """The law and contract between the two, by the terms that are set; where none are, the law of the
    seller's country (Regulation (EC) 593/2008, art. 4(1)(a))."""
    from_buyer = terms is not None and terms.country_of == "buyer"
    return _agreement(terms, country=buyer.country if from_buyer else seller.country)


def rate_missing(seller: Seller, *, on: date) -> RateUnknown | None:
    """The reference rate that the seller's own law needs on the day ``on`` and that is not known: until it is
    loaded nothing is claimed of such days. None where the law is the buyers', or needs none."""
    terms = queries.terms_of(seller_id=seller.id)
    if terms is not None and terms.country_of == "buyer" and not terms.law:
        return None
    agreement = _agreement(terms, country=seller.country)
    if not agreement.needs_reference:
        return None
    law = agreement.in_force
    try:
        tables_of(seller)[law.table].on(rate_day(law, start=on, day=on))
    except RateUnknown as error:
        return error
    return None


def _agreement(terms: LateInterestTerms | None, *, country: str) -> Agreement:
    law = LAWS[terms.law] if terms is not None and terms.law else law_of_country(country)
    if terms is None:
        return Agreement(law=law)
    return Agreement(
        law=law,
        rate=terms.rate,
        cap=terms.cap,
        day_count=cast("DayCount", terms.day_count),
        claims_compensation=terms.claims_compensation,
        is_small_supplier=terms.is_small_supplier,
    )


def _computed(
    seller: Seller, invoices: Sequence[Invoice], *, on: date, until: date, costs: int
) -> list[LateCharges]:
    ids = [invoice.id for invoice in invoices]
    terms = queries.terms_for_buyers(
        seller_id=seller.id, buyer_ids={invoice.buyer_id for invoice in invoices}
    )
    tables = tables_of(seller)
    debts = _debts(seller, invoices)
    claimed: defaultdict[UUID, list[LateCharge]] = defaultdict(list)
    for charge in queries.late_charges(seller_id=seller.id, invoice_ids=ids).order_by("since_on"):
        claimed[charge.invoice_id].append(charge)
    waivers: defaultdict[UUID, list[LateChargeWaiver]] = defaultdict(list)
    for waiver in queries.waivers(seller_id=seller.id, invoice_ids=ids).order_by("id"):
        waivers[waiver.invoice_id].append(waiver)
    agreements = {
        invoice.id: agreement_of(
            terms.get(invoice.buyer_id, terms.get(None)), seller=seller, buyer=invoice.buyer
        )
        for invoice in invoices
    }
    notes = [
        charge.claim_id
        for invoice_id, charges in claimed.items()
        if agreements[invoice_id].compounds
        for charge in charges
        if charge.claim_id is not None
    ]
    settled = queries.moved(seller_id=seller.id, invoice_ids=notes) if notes else {}
    found = []
    for invoice in invoices:
        debt, held_from = debts[invoice.id]
        gone = _interest_gone(claimed[invoice.id], waivers[invoice.id], settled=settled)
        found.append(
            _one(
                invoice,
                agreement=agreements[invoice.id],
                debt=replace(debt, interest_paid=gone),
                tables=tables,
                charges=claimed[invoice.id],
                waivers=waivers[invoice.id],
                held_from=held_from,
                on=on,
                until=until,
                costs=costs,
            )
        )
    return found


def _one(
    invoice: Invoice,
    *,
    agreement: Agreement,
    debt: Debt,
    tables: Mapping[str, RateTable],
    charges: Sequence[LateCharge],
    waivers: Sequence[LateChargeWaiver],
    held_from: date | None,
    on: date,
    until: date,
    costs: int,
) -> LateCharges:
    since = max((charge.until_on for charge in charges), default=None)
    since = None if since is None else since + _ONE_DAY
    rates = _rate_of(invoice, on=on)
    unknown: RateUnknown | None = None

    def compute(last: date) -> Accrual:
        return accrued(
            debt,
            agreement=agreement,
            tables=tables,
            on=last,
            since=since,
            costs=costs,
            rates=rates,
        )

    last, accrual = until, None
    while accrual is None:  # of several instalments each may lack another rate
        try:
            accrual = compute(last)
        except RateUnknown as error:
            unknown, last = error, error.first_day - _ONE_DAY
    if any(charge.compensation for charge in charges):  # once per invoice
        owed = accrual.compensation
        spent = sum(charge.costs for charge in charges)
        more = replace(owed, fixed=0, costs=max(owed.costs - spent, 0), missing=())
        told = tuple(code for code in accrual.warnings if code != EXCHANGE_RATE_MISSING)
        accrual = replace(accrual, compensation=more, warnings=told)
    given_up = sum(waiver.amount for waiver in waivers if waiver.charge_id is None)
    return LateCharges(
        invoice=invoice,
        agreement=agreement,
        on=on,
        since=since,
        accrual=accrual,
        claimed=tuple(charges),
        waivers=tuple(waivers),
        waived=given_up - sum(charge.waived for charge in charges),
        held_from=held_from,
        unknown=unknown,
    )


def _interest_gone(
    charges: Sequence[LateCharge],
    waivers: Sequence[LateChargeWaiver],
    *,
    settled: Mapping[UUID, Sequence[queries.Moved]],
) -> tuple[Movement, ...]:
    """What of the interest was waived, or paid or credited on its claim: it compounds no more. What came
    in on a claim counts as interest before the fixed sum, in the debtor's favour."""
    gone = [Movement(one.waived_on, one.amount) for one in waivers if one.charge_id is None]
    for charge in charges:
        left = max(charge.interest - charge.waived, 0)
        for move in settled.get(charge.claim_id, ()) if charge.claim_id else ():
            amount = min(move.amount, left)
            left -= amount
            gone.append(Movement(move.on, amount))
    return tuple(gone)


def _rate_of(invoice: Invoice, *, on: date) -> RateOf:
    """The rates of exchange to the invoice's currency, as far as the seller has stored them: on the day of
    the claim ``on`` the latest, and of a day that the law names that day's own."""

    def rate(currency: str, day: date | None) -> Decimal | None:
        seller_id, target = invoice.seller_id, invoice.currency
        if day is None:
            return rate_on(seller_id=seller_id, source=currency, target=target, on=on)
        return rate_of_day(seller_id=seller_id, source=currency, target=target, on=day)

    return rate


def _debts(seller: Seller, invoices: Sequence[Invoice]) -> dict[UUID, tuple[Debt, date | None]]:
    """Each invoice as a debt, and the day since which something of it is disputed."""
    ids = [invoice.id for invoice in invoices]
    moved = queries.moved(seller_id=seller.id, invoice_ids=ids)
    disputed = queries.disputes_of(seller_id=seller.id, invoice_ids=ids)
    found = {}
    for invoice in invoices:
        disputes = disputed.get(invoice.id, [])
        opened = [_day(seller, one) for one in disputes if one.state == "open"]
        debt = Debt(
            currency=invoice.currency,
            dues=_dues(invoice),
            movements=tuple(Movement(one.on, one.amount, one.kind) for one in moved[invoice.id]),
            suspensions=tuple(filter(None, (_suspension(seller, one) for one in disputes))),
            accepted_on=invoice.tax_point_on or invoice.issued_on,
            issued_on=invoice.issued_on,
        )
        found[invoice.id] = debt, min(opened, default=None)
    return found


def _dues(invoice: Invoice) -> tuple[Due, ...]:
    if invoice.kind != "sale" or invoice.state == "void":  # credited in full: it was never owed
        return ()
    parts = tuple(
        Due(date.fromisoformat(part["due_on"]), int(part["amount"])) for part in invoice.schedule
    )
    return parts or (Due(invoice.due_on, invoice.amount),)


def _suspension(seller: Seller, dispute: Dispute) -> Suspension | None:
    note = dispute.credit_note
    return Suspension.of_dispute(
        min(dispute.amount, note.amount) if note is not None else dispute.amount,
        state=dispute.state,
        opened_on=_day(seller, dispute),
        settled_on=note.issued_on if note is not None else None,
    )


def _day(seller: Seller, dispute: Dispute) -> date:
    return business_day(seller, at=dispute.created_at)
