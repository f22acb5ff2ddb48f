"""What a collection agency is given: debtor, claims, what has accrued, and how the buyer was reminded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from usance.flows.document_writers import About
from usance.flows.late_charges import LateCharges, late_charges_of_invoices
from usance.formats import claims_file
from usance.formats.claims_file import Claim, Reminder
from usance.records.dunning import handover_queries as handovers
from usance.records.dunning import queries
from usance.records.dunning.models import DunningHandover
from usance.records.identity import parse_public_id, public_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules.money import Money


@dataclass(frozen=True, slots=True)
class Overdue:
    """What of an invoice is overdue and handed over, minor units, and since which due day."""

    amount: int
    since: date


@dataclass(frozen=True, slots=True)
class Found:
    """An invoice that is handed over, what of it is overdue, and its document (empty: none)."""

    invoice: Invoice
    overdue: Overdue
    document: str
    content: bytes


def written(seller: Seller, row: DunningHandover, *, found: Sequence[Found], at: datetime) -> bytes:
    """The archive of a hand-over."""
    about = About(seller, row.buyer_id, at=at)
    invoices = [one.invoice for one in found]
    late = late_charges_of_invoices(seller, invoices, on=row.on)
    # What an invoice has cost by being late is one sum: an agency that has a part of it claims that.
    ids = [one.id for one in invoices]
    for id_ in handovers.with_an_agency(ids, seller_id=seller.id, besides=row.id):
        late.pop(id_, None)
    reminders = _reminders(row)
    handover = claims_file.Handover(
        reference=public_id("dunning_handover", row.id),
        on=row.on,
        agency=row.agency,
        currency=row.currency,
        creditor={
            "creditor": about.details.legal_name,
            "creditor_vat_id": about.details.vat_id,
        },
        debtor=_debtor(about, row),
        claims=[_claim(one, row, late.get(one.invoice.id), reminders) for one in found],
    )
    return claims_file.render(
        handover, documents={one.document: one.content for one in found if one.document}
    )


def _debtor(about: About, row: DunningHandover) -> dict[str, str]:
    profile, address = about.profile, about.profile.address
    return {
        "debtor": profile.legal_name,
        "debtor_number": row.buyer.external_id or public_id("buyer", row.buyer_id),
        "line_1": address.line_1,
        "line_2": address.line_2,
        "line_3": address.line_3,
        "post_code": address.post_code,
        "city": address.city,
        "subdivision": address.subdivision,
        "country": address.country,
        "vat_id": profile.vat_id,
        "registration_number": profile.registration_number,
        "email": row.buyer.email,
    }


def _claim(
    one: Found,
    row: DunningHandover,
    late: LateCharges | None,
    reminders: dict[UUID, list[Reminder]],
) -> Claim:
    def major(amount: int) -> Decimal:
        return Money(amount, row.currency).decimal()

    it = one.invoice
    known = late is not None and late.unknown is None
    return Claim(
        number=it.number,
        issued_on=it.issued_on,
        due_on=one.overdue.since,
        days_overdue=(row.on - one.overdue.since).days,
        amount=major(it.amount),
        outstanding=major(it.outstanding),
        overdue=major(one.overdue.amount),
        interest=major(late.accrual.interest) if late is not None and known else None,
        compensation=major(late.compensation.amount) if late is not None and known else None,
        reminders=tuple(reminders.get(it.id, ())),
        document=one.document,
    )


def _reminders(row: DunningHandover) -> dict[UUID, list[Reminder]]:
    """The messages that demanded each invoice, the first first."""
    found: defaultdict[UUID, list[Reminder]] = defaultdict(list)
    sent = queries.messages(seller_id=row.seller_id, case_id=row.case_id, state="sent")
    for message in sent.order_by("on", "id"):
        demanded = {one["invoice"]: one["level"] for one in message.items if one["level"]}
        for invoice, level in demanded.items():
            found[parse_public_id("invoice", invoice)].append(
                Reminder(level, message.on, tuple(message.channels), message.sent_to)
            )
    return dict(found)
