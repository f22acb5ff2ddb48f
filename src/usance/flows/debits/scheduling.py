"""A debit is scheduled for what a buyer owes, and the buyer is told of it before it comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.debits.letters import write_notice
from usance.flows.debits.mandates import drop
from usance.flows.journal import Journal, business_day
from usance.flows.outgoing_mails import queue_mail
from usance.flows.refusals import (
    AmountTooLarge,
    Mismatch,
    NotFound,
    WrongState,
    external_id_once,
)
from usance.records.credit import actions as credit
from usance.records.debits import actions, queries
from usance.records.debits.models import Debit, DebitPart, Mandate, Notice
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.records.parties import invoicing_queries as parties
from usance.records.parties.models import Seller
from usance.rules.debits.schemes import SCHEMES, collection_day

MAIL: Final = "debit_notice"
MARGIN_DAYS: Final = 3
"""How many days before the last for the notice the calendar schedules, so that a weekend costs
nothing."""


@transaction.atomic
def schedule_debit(
    seller: Seller,
    *,
    mandate_id: UUID,
    at: datetime,
    by: str,
    invoice_ids: Sequence[UUID] = (),
    order_id: UUID | None = None,
    amount: int | None = None,
    wanted_on: date | None = None,
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Debit:
    """Collect what is open on invoices, or an order before it ships, under a mandate.

    ``wanted_on`` is the day, None for the last due day of the invoices, or for as soon as may be; it
    becomes a banking day that leaves the buyer its notice and the bank its time. ``amount``, minor
    units, is for one invoice or an order; None for all that is open and not being collected. Raises
    NotFound, WrongState, Mismatch, AmountTooLarge or Duplicate.
    """
    known = queries.mandate(seller_id=seller.id, mandate_id=mandate_id)
    if known is None:
        raise NotFound("There is no such mandate.")
    way = SCHEMES[known.scheme]
    credit.ensure_line(seller_id=seller.id, buyer_id=known.buyer_id, currency=way.currency, at=at)
    mandate = _usable(seller, mandate_id)
    if order_id is not None:
        shares: list[tuple[Invoice, int]] = []
        total = _of_order(seller, mandate, order_id=order_id, amount=amount)
        wanted = wanted_on
    else:
        shares = _of_invoices(seller, mandate, invoice_ids=invoice_ids, amount=amount)
        total = sum(share for _, share in shares)
        wanted = wanted_on or max(invoice.next_due_on for invoice, _ in shares)
    rules = queries.collection_rules(seller_id=seller.id, at=at)
    today = business_day(seller, at=at)
    notice = rules.notice_days if mandate.notice_days is None else mandate.notice_days
    debit = _new(
        mandate,
        at=at,
        order_id=order_id,
        amount=total,
        collect_on=collection_day(
            way,
            wanted_on=max(wanted or today, today),
            sent_on=today,
            notified_on=today,
            notice_days=notice,
            lead_days=rules.lead_days,
        ),
        external_id=external_id,
        metadata=metadata or {},
    )
    with external_id_once("debit", external_id):
        debit.save(force_insert=True)
    _part(debit, shares)
    _announce(seller, debit, mandate, at=at, by=by)
    return debit


def schedule_again(seller: Seller, failed: Debit, *, at: datetime, by: str) -> Debit | None:
    """Send a debit that came back once more, for what is open of it still; None where nothing is.

    Line, debit and mandate are locked by the caller. The buyer is told, and agreed to this amount
    before: no new notice has to run.
    """
    mandate = failed.mandate
    parts = queries.parts_of(seller_id=seller.id, debit_ids=[failed.id])[failed.id]
    busy = queries.under_way(seller_id=seller.id, invoice_ids=[part.invoice_id for part in parts])
    shares = []
    for part in parts:
        invoice = Invoice.objects.get(seller_id=seller.id, id=part.invoice_id)
        most = invoice.outstanding - busy.get(invoice.id, 0) if invoice.state == "open" else 0
        if share := min(part.amount, most):
            shares.append((invoice, share))
    total = failed.amount if failed.order_id else sum(share for _, share in shares)
    if total <= 0:
        return None
    rules = queries.collection_rules(seller_id=seller.id, at=at)
    today = business_day(seller, at=at)
    debit = _new(
        mandate,
        at=at,
        order_id=failed.order_id,
        amount=total,
        collect_on=collection_day(
            SCHEMES[mandate.scheme],
            wanted_on=today,
            sent_on=today,
            notified_on=None,
            notice_days=0,
            lead_days=rules.lead_days,
        ),
        first_id=failed.first_id or failed.id,
        first_settled_on=failed.first_settled_on,
        tries=failed.tries + 1,
    )
    debit.save(force_insert=True)
    _part(debit, shares)
    _announce(seller, debit, mandate, at=at, by=by)
    return debit


@transaction.atomic
def cancel_debit(
    seller: Seller, *, debit_id: UUID, at: datetime, by: str, reason: str = "canceled"
) -> Debit:
    """Do not collect what is scheduled. Raises NotFound, or WrongState for what stands in a file."""
    debit = actions.lock_debit(seller_id=seller.id, debit_id=debit_id)
    if debit is None:
        raise NotFound("There is no such debit.")
    if debit.state != "scheduled":
        raise WrongState(f"The debit is {debit.state}; only what is scheduled is canceled.")
    if debit.file_id is not None:
        raise WrongState("The debit stands in a file; withdraw the file first.")
    journal = Journal(seller, at=at, by=by)
    drop(journal, debit, reason=reason)
    journal.close()
    return debit


def schedule_due(seller: Seller, *, at: datetime, by: str, limit: int = 2000) -> int:
    """Schedule what falls due and may be collected; how many debits. Each in its own transaction.

    One debit an invoice, or one a buyer and day where the seller wants it so.
    """
    rules = queries.collection_rules(seller_id=seller.id, at=at)
    if not rules.automatic:
        return 0
    today = business_day(seller, at=at)
    ahead = rules.notice_days + rules.lead_days + MARGIN_DAYS
    until = date.fromordinal(today.toordinal() + ahead)
    found = queries.to_collect(seller_id=seller.id, until=until, limit=limit)
    by_day = rules.one_per == "day"
    count = 0
    for _, group in groupby(
        found, key=lambda it: (it.mandate_id, it.due_on) if by_day else it.invoice_id
    ):
        items = list(group)
        try:
            schedule_debit(
                seller,
                mandate_id=items[0].mandate_id,
                invoice_ids=[item.invoice_id for item in items],
                at=at,
                by=by,
            )
        except (WrongState, AmountTooLarge):
            continue  # paid, or being collected, since it was looked for
        count += 1
    return count


def _usable(seller: Seller, mandate_id: UUID) -> Mandate:
    mandate = actions.lock_mandate(seller_id=seller.id, mandate_id=mandate_id)
    assert mandate is not None
    if mandate.state != "active":
        raise WrongState(f"The mandate is {mandate.state}; nothing is collected under it.")
    if mandate.one_off:
        before = queries.debits(seller_id=seller.id, mandate_id=mandate.id)
        if before.exclude(state__in=("canceled", "rejected")).exists():
            raise WrongState("The mandate is for one debit, and there is one.")
    return mandate


def _of_invoices(
    seller: Seller, mandate: Mandate, *, invoice_ids: Sequence[UUID], amount: int | None
) -> list[tuple[Invoice, int]]:
    """What of each invoice is collected: all that is open and not on its way already."""
    wanted = list(dict.fromkeys(invoice_ids))
    found = {
        invoice.id: invoice
        for invoice in Invoice.objects.filter(seller_id=seller.id, id__in=wanted)
    }
    if not wanted:
        raise Mismatch("Name the invoices to collect, or an order.")
    if len(found) < len(wanted):
        raise NotFound("There is no such invoice.")
    currency = SCHEMES[mandate.scheme].currency
    busy = queries.under_way(seller_id=seller.id, invoice_ids=wanted)
    shares = []
    for id_ in wanted:
        invoice = found[id_]
        if (invoice.buyer_id, invoice.currency) != (mandate.buyer_id, currency):
            raise Mismatch(
                f"{invoice.number} is of another buyer than the mandate, or not in {currency}."
            )
        if invoice.state != "open":
            raise WrongState(f"{invoice.number} is {invoice.state}; nothing is open on it.")
        most = invoice.outstanding - busy.get(invoice.id, 0)
        if most <= 0:
            raise WrongState(f"All that is open on {invoice.number} is being collected already.")
        shares.append((invoice, most))
    if amount is not None:
        if len(shares) != 1:
            raise Mismatch("An amount is for one invoice; without one, all that is open is taken.")
        [(invoice, most)] = shares
        shares = [(invoice, _within(amount, most))]
    return shares


def _of_order(seller: Seller, mandate: Mandate, *, order_id: UUID, amount: int | None) -> int:
    order = Order.objects.filter(seller_id=seller.id, id=order_id).first()
    if order is None:
        raise NotFound("There is no such order.")
    currency = SCHEMES[mandate.scheme].currency
    if (order.buyer_id, order.currency) != (mandate.buyer_id, currency):
        raise Mismatch(f"The order is of another buyer than the mandate, or not in {currency}.")
    live = queries.debits(seller_id=seller.id, order_id=order.id)
    taken = sum(
        debit.amount for debit in live.filter(state__in=("scheduled", "submitted", "settled"))
    )
    most = order.amount - taken
    if most <= 0:
        raise WrongState("The order is being collected already.")
    return most if amount is None else _within(amount, most)


def _within(amount: int, most: int) -> int:
    if not 0 < amount <= most:
        raise AmountTooLarge(f"Collect from 1 to {most} minor units, not {amount}.")
    return amount


def _new(mandate: Mandate, *, at: datetime, **fields: Any) -> Debit:
    id_ = new_id()
    return Debit(
        id=id_,
        seller_id=mandate.seller_id,
        created_at=at,
        buyer_id=mandate.buyer_id,
        mandate_id=mandate.id,
        currency=SCHEMES[mandate.scheme].currency,
        end_to_end_id=f"D{id_.hex}".upper(),
        **fields,
    )


def _part(debit: Debit, shares: Sequence[tuple[Invoice, int]]) -> None:
    DebitPart.objects.bulk_create(
        DebitPart(
            id=new_id(),
            seller_id=debit.seller_id,
            created_at=debit.created_at,
            debit_id=debit.id,
            invoice_id=invoice.id,
            amount=share,
        )
        for invoice, share in shares
    )


def _announce(seller: Seller, debit: Debit, mandate: Mandate, *, at: datetime, by: str) -> None:
    """Tell the buyer of the debit by mail, and everybody by an event."""
    buyer = mandate.buyer
    profile = parties.profile_row(seller_id=seller.id, buyer_id=buyer.id)
    recipients = list(profile.email_to if profile else ()) or [buyer.email]
    recipients = [one for one in recipients if one]
    details = parties.details_row(seller_id=seller.id)
    parts = queries.parts_of(seller_id=seller.id, debit_ids=[debit.id])[debit.id]
    letter = write_notice(
        seller,
        debit=debit,
        mandate=mandate,
        parts=parts,
        creditor_id=details.creditor_id if details and debit.currency == "EUR" else "",
        language=buyer.language,
    )
    for to in recipients:
        queue_mail(seller, letter, kind=MAIL, to=to, object_type="debit", object_id=debit.id, at=at)
    Notice.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        debit_id=debit.id,
        collect_on=debit.collect_on,
        amount=debit.amount,
        recipients=recipients,
    )
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "debit.scheduled",
        object_type="debit",
        object_id=debit.id,
        buyer_id=debit.buyer_id,
        state="scheduled",
        currency=debit.currency,
        data={
            "amount": debit.amount,
            "collect_on": debit.collect_on.isoformat(),
            "invoices": [part.invoice.number for part in parts],
            "tries": debit.tries,
            "told": len(recipients),
        },
    )
    journal.close()
