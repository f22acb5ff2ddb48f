"""Billing at a cut-off day: every buyer whose shipments are due gets its invoices.

One transaction an invoice, so that a run can be killed anywhere and worked at again, by two workers at
once too: a shipment is locked before it is billed, and what another transaction has billed meanwhile
is not billed again. A buyer who cannot be billed is written down with the reason; the others are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import OperationalError, transaction

from usance.flows.attachments import on_document, waiting_for
from usance.flows.found import seller_of
from usance.flows.invoice_documents import Issuer, Piece, document_of
from usance.flows.issuing import Wanted, heading_of, issue
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import NotFound, Refused
from usance.records.credit import actions as credit
from usance.records.identity import public_id
from usance.records.invoices import actions as invoices
from usance.records.invoices import queries
from usance.records.invoices.models import BillingRun, Invoice
from usance.records.orders import actions as orders
from usance.records.orders import queries as shipped
from usance.records.orders.models import Order, Shipment
from usance.records.parties.invoicing_queries import billing_profiles
from usance.records.parties.models import Seller
from usance.rules.invoicing.batches import Batch, batches
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.profiles import BillingProfileView
from usance.rules.invoicing.schedule import parse_schedule
from usance.rules.orders import InvalidOrder

_log = logging.getLogger(__name__)

PROGRESS_EVERY: Final = 20
"""Buyers after which a run says how far it is. It is worked out anew when a run is taken up again."""
MOST_FAILURES: Final = 1000
"""Failures that a run writes down; by then the first tell what is wrong."""
MOST_DRAFTS: Final = 100
"""Invoices that a page of a preview draws up, or buyers that it could not bill: a second's work."""
PROFILES: Final = 500
"""Profiles that are read at a time."""


@transaction.atomic
def open_run(
    seller: Seller,
    *,
    cut_off_on: date,
    at: datetime,
    by: str,
    buyer_id: UUID | None = None,
) -> BillingRun:
    """Order a run for the cut-off day; somebody must then work at it.

    Raises NotFound (no such buyer) or InvalidOrder (a day that is still to come).
    """
    if cut_off_on > business_day(seller, at=at):
        raise InvalidOrder(
            f"{cut_off_on} is still to come; a run bills what has shipped. Preview it instead."
        )
    if buyer_id and not billing_profiles(seller_id=seller.id, buyer_ids=[buyer_id]):
        raise NotFound("There is no such buyer.")
    return BillingRun.objects.create(
        seller_id=seller.id,
        created_at=at,
        cut_off_on=cut_off_on,
        buyer_id=buyer_id,
        started_by=by,
    )


@transaction.atomic
def open_scheduled_run(seller: Seller, *, cut_off_on: date, at: datetime, by: str) -> BillingRun:
    """The one run that the calendar makes of a day, opened now or before."""
    run, _ = BillingRun.objects.get_or_create(
        seller_id=seller.id,
        cut_off_on=cut_off_on,
        scheduled=True,
        defaults={"created_at": at, "started_by": by},
    )
    return run


def open_due_run(*, seller_id: UUID, at: datetime, by: str) -> BillingRun | None:
    """The calendar's run for the day before that of ``at``; None where nothing is due at it.

    Raises NotFound.
    """
    seller = seller_of(seller_id)
    cut_off_on = business_day(seller, at=at) - timedelta(days=1)
    if not shipped.buyers_to_bill(seller_id=seller_id, on=cut_off_on):
        return None
    issuer = Issuer.of(seller)
    due = _due_profiles(issuer, cut_off_on=cut_off_on, buyer_id=None)
    # An order of which a part has shipped waits for its rest, and no day of it is a cut-off day.
    if not any(
        parse_schedule(profile.schedule).waits or _due(issuer, profile, cut_off_on=cut_off_on)
        for profile in due
    ):
        return None
    return open_scheduled_run(seller, cut_off_on=cut_off_on, at=at, by=by)


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice as it would be issued, without a number."""

    buyer_id: UUID
    document: InvoiceDocument
    shipment_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a preview begins: at a buyer, after so many of its drafts."""

    buyer_id: UUID
    drafts: int = 0


@dataclass(frozen=True, slots=True)
class Previewed:
    """What a run would issue, and the buyers that it could not bill, each with the reason. ``next`` is
    where the page after this one begins, None on the last."""

    drafts: tuple[Draft, ...]
    failures: tuple[dict[str, Any], ...]
    next: Place | None = None


def preview(
    seller: Seller,
    *,
    cut_off_on: date,
    at: datetime,
    buyer_id: UUID | None = None,
    start: Place | None = None,
) -> Previewed:
    """What a run for the cut-off day would issue if it ran at ``at``. Nothing is written or locked.

    The day may be one to come: what has shipped by now and is due then is shown. A page has up to
    MOST_DRAFTS of them; ``start`` is the ``next`` of the page before. Raises NotFound (no such buyer).
    """
    if buyer_id and not billing_profiles(seller_id=seller.id, buyer_ids=[buyer_id]):
        raise NotFound("There is no such buyer.")
    issuer = Issuer.of(seller)
    drafts: list[Draft] = []
    failures: list[dict[str, Any]] = []
    on = business_day(seller, at=at)
    since = start.buyer_id if start else None
    for profile in _due_profiles(issuer, cut_off_on=cut_off_on, buyer_id=buyer_id, since=since):
        if len(drafts) >= MOST_DRAFTS or len(failures) >= MOST_DRAFTS:
            return Previewed(tuple(drafts), tuple(failures), Place(profile.buyer_id))
        seen = start.drafts if start and start.buyer_id == profile.buyer_id else 0
        try:
            due = _due(issuer, profile, cut_off_on=cut_off_on)[seen:]
            room = MOST_DRAFTS - len(drafts)
            drafts += [_draft(batch, issuer=issuer, profile=profile, on=on) for batch in due[:room]]
        except Exception as error:  # noqa: BLE001 - one buyer's fault is shown, not everybody's
            failures.append(_failure(profile.buyer_id, error))
            continue
        if len(due) > room:
            following = Place(profile.buyer_id, seen + room)
            return Previewed(tuple(drafts), tuple(failures), following)
    return Previewed(tuple(drafts), tuple(failures))


def work(
    seller: Seller,
    *,
    run_id: UUID,
    clock: Callable[[], datetime],
    by: str,
    stopping: Callable[[], bool] = lambda: False,
    tell: Callable[[BillingRun], None] = lambda _: None,
) -> BillingRun:
    """Work at a run until it is finished, or ``stopping`` says to stop; then it can be taken up again.

    Its invoices are issued by whoever started it, or ``by`` where that is not known.
    ``tell`` hears after each buyer how far it is. Raises NotFound.
    """
    run = queries.billing_run(seller_id=seller.id, run_id=run_id)
    if run is None:
        raise NotFound("There is no such billing run.")
    if run.finished_at is not None:
        return run
    by = run.started_by or by
    issuer = Issuer.of(seller)
    due = _due_profiles(issuer, cut_off_on=run.cut_off_on, buyer_id=run.buyer_id)
    run.buyers_total = max(run.buyers_total, len(due))
    run.buyers_done = run.buyers_total - len(due)
    run.failures = []
    _say(run)
    for profile in due:
        if stopping():
            _say(run)
            return run
        try:
            for batch in _due(issuer, profile, cut_off_on=run.cut_off_on):
                bill(
                    seller,
                    batch=batch,
                    issuer=issuer,
                    profile=profile,
                    at=clock(),
                    by=by,
                    run_id=run.id,
                )
        except OperationalError:
            raise  # the database, not the buyer: the run is taken up again when it is back
        except Exception as error:  # noqa: BLE001 - the others must have their invoices
            if len(run.failures) < MOST_FAILURES:
                run.failures.append(_failure(profile.buyer_id, error))
        run.buyers_done += 1
        if run.buyers_done % PROGRESS_EVERY == 0:
            _say(run)
        tell(run)
    _finish(seller, run, at=clock(), by=by)
    return run


def work_for(
    *,
    seller_id: UUID,
    run_id: UUID,
    clock: Callable[[], datetime],
    by: str,
    stopping: Callable[[], bool],
) -> bool:
    """Work at a run of ``seller_id``; whether it is finished. Raises NotFound."""
    seller = seller_of(seller_id)
    run = work(seller, run_id=run_id, clock=clock, by=by, stopping=stopping)
    return run.finished_at is not None


def give_up(*, seller_id: UUID, run_id: UUID, error: Exception, at: datetime, by: str) -> None:
    """Close a run that breaks down outside any buyer, with what broke it for all to see.

    What it has not billed waits for the next run. Raises NotFound.
    """
    seller = seller_of(seller_id)
    run = queries.billing_run(seller_id=seller_id, run_id=run_id)
    if run is None:
        raise NotFound("There is no such billing run.")
    run.failures = [*run.failures[: MOST_FAILURES - 1], _failure(None, error)]
    _finish(seller, run, at=at, by=run.started_by or by)


@transaction.atomic
def bill(
    seller: Seller,
    *,
    batch: Batch,
    issuer: Issuer,
    profile: BillingProfileView,
    at: datetime,
    by: str,
    run_id: UUID | None = None,
) -> Invoice | None:
    """Issue the invoice about a batch of shipments; None where all of them are billed already."""
    credit.lock_line(seller_id=seller.id, buyer_id=profile.buyer_id, currency=batch.currency)
    of_orders = orders.lock_orders(seller_id=seller.id, order_ids=batch.order_ids)
    shipments = orders.lock_unbilled(seller_id=seller.id, shipment_ids=batch.shipment_ids)
    if not shipments:
        return None
    journal = Journal(seller, at=at, by=by)
    invoice = issue(
        journal,
        _pieces(shipments, of_orders),
        issuer=issuer,
        profile=profile,
        wanted=Wanted(period=batch.period, run_id=run_id),
    )
    journal.close()
    return invoice


def _pieces(shipments: Sequence[Shipment], of_orders: Sequence[Order]) -> list[Piece]:
    by_id = {order.id: order for order in of_orders}
    ordered = sorted(shipments, key=lambda one: (one.shipped_on, one.id))
    return [Piece.of(shipment, by_id[shipment.order_id]) for shipment in ordered]


def _due_profiles(
    issuer: Issuer, *, cut_off_on: date, buyer_id: UUID | None, since: UUID | None = None
) -> list[BillingProfileView]:
    """The profiles of the buyers of whom something is due, in the order of their ids from ``since``."""
    earliest = shipped.buyers_to_bill(seller_id=issuer.seller.id, on=cut_off_on)
    buyer_ids = [
        one for one in earliest if buyer_id in (None, one) and (since is None or one >= since)
    ]
    found: list[BillingProfileView] = []
    for start in range(0, len(buyer_ids), PROFILES):
        page = buyer_ids[start : start + PROFILES]
        profiles = billing_profiles(
            seller_id=issuer.seller.id, buyer_ids=page, seller=issuer.details
        )
        found += [profiles[one] for one in page if one in profiles]
    return [
        profile
        for profile in found
        if earliest[profile.buyer_id] <= parse_schedule(profile.schedule).last_cut_off(cut_off_on)
    ]


def _due(issuer: Issuer, profile: BillingProfileView, *, cut_off_on: date) -> list[Batch]:
    waiting = shipped.waiting_to_be_billed(
        seller_id=issuer.seller.id, buyer_id=profile.buyer_id, on=cut_off_on
    )
    return batches(waiting, schedule=parse_schedule(profile.schedule), cut_off_on=cut_off_on)


def _draft(batch: Batch, *, issuer: Issuer, profile: BillingProfileView, on: date) -> Draft:
    rows = shipped.shipments(seller_id=issuer.seller.id, billed=False).filter(
        id__in=batch.shipment_ids
    )
    shipments = list(rows)
    pieces = _pieces(shipments, [shipment.order for shipment in shipments])
    heading, _ = heading_of(
        pieces,
        issuer=issuer,
        profile=profile,
        on=on,
        wanted=Wanted(period=batch.period, attachments=on_document(waiting_for(pieces))),
    )
    document = document_of(pieces, issuer=issuer, profile=profile, heading=heading)
    return Draft(profile.buyer_id, document, batch.shipment_ids)


def _failure(buyer_id: UUID | None, error: Exception) -> dict[str, Any]:
    """What a run writes down of a buyer it could not bill; None: of all that it had not billed yet.
    What no rule foresaw is logged whole."""
    code = getattr(error, "code", "")
    if not isinstance(error, (Refused, ValueError)) or not code:
        _log.exception("buyer %s could not be billed", buyer_id or "*", exc_info=error)
    return {
        "buyer": public_id("buyer", buyer_id) if buyer_id else None,
        "code": code or "internal_error",
        "detail": str(error)[:500] or type(error).__name__,
    }


def _say(run: BillingRun, **fields: Any) -> None:
    """Write down how far the run is."""
    invoices.change_run(
        run,
        buyers_total=run.buyers_total,
        buyers_done=run.buyers_done,
        failures=run.failures,
        **fields,
    )


@transaction.atomic
def _finish(seller: Seller, run: BillingRun, *, at: datetime, by: str) -> None:
    """Close a run and tell it, once: another worker at it may have been faster."""
    kept = invoices.lock_run(seller_id=seller.id, run_id=run.id)
    if kept is None or kept.finished_at is not None:
        run.finished_at = kept.finished_at if kept else None
        return
    _say(run, finished_at=at)
    figures = queries.run_figures(seller_id=seller.id, run_ids=[run.id])[run.id]
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "billing_run.finished",
        object_type="billing_run",
        object_id=run.id,
        data={
            "cut_off_on": run.cut_off_on,
            "buyers": run.buyers_done,
            "invoices": figures.invoices,
            "amounts": dict(figures.amounts),
            "failures": len(run.failures),
        },
    )
    journal.close()
