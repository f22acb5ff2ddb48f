"""Claims are handed over to a collection agency, which from then on writes to the buyer in our place.

What is handed over is fixed in a file when it is done. The account's credit line is locked meanwhile, as
every payment locks it: what was paid before is not claimed. Money that comes later is matched as ever,
and what it settles of the claims is told, so that somebody tells the agency; so is what is owed again,
where a payment came back. Of an invoice in instalments those are claimed that were overdue: what falls
due later is dunned as ever, and can be handed over of its own.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from usance.flows.documents import FormatUnavailable, NotIssued, Unreadable, document_of
from usance.flows.dunning.claim_files import Found, Overdue, written
from usance.flows.dunning.rechecks import BY
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import Conflict, NotFound, Refused, WrongState
from usance.records.credit import actions as credit
from usance.records.deliveries.queries import content_of
from usance.records.dunning import account_queries, actions, queries
from usance.records.dunning import handover_queries as handovers
from usance.records.dunning.models import (
    DunningCase,
    DunningClaim,
    DunningClaimFile,
    DunningHandover,
    DunningTask,
)
from usance.records.identity import new_id, public_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules.dunning.account import Account, Item
from usance.rules.dunning.claims import left_of
from usance.rules.dunning.decide import held_by

MOST_CLAIMS: Final = 500
LONGEST_NAME: Final = 200
LONGEST_REASON: Final = 500
LONGEST_TASK: Final = 500
_log: Final = logging.getLogger(__name__)


class NothingToHandOver(Conflict):
    """Nothing of the account, or of the invoices named, is overdue and free to be handed over: not in
    dispute, promised, handed over already, or perhaps paid by money that is looked into."""

    code = "nothing_to_hand_over"


class TooManyClaims(Refused):
    """At most 500 invoices are handed over at once; name those that you want."""

    code = "too_many_claims"


class InvalidHandover(Refused):
    """A hand-over names its agency, in at most 200 characters; taking it back has a reason, in at most
    500."""

    code = "invalid_handover"


@transaction.atomic
def hand_over(
    seller: Seller,
    *,
    case_id: UUID,
    agency: str,
    at: datetime,
    by: str,
    invoice_ids: Collection[UUID] | None = None,
) -> DunningHandover:
    """Hand the overdue invoices of a case over to ``agency``, all that are free or those named.

    Nothing is written to the buyer about them any more. Raises NotFound, InvalidHandover,
    NothingToHandOver or TooManyClaims.
    """
    agency = " ".join(agency.split())
    if not 0 < len(agency) <= LONGEST_NAME:
        raise _said(InvalidHandover)
    case = queries.case(seller_id=seller.id, case_id=case_id)
    if case is None:
        raise NotFound("There is no such case.")
    credit.lock_line(seller_id=seller.id, buyer_id=case.buyer_id, currency=case.currency)
    actions.lock_case(seller_id=seller.id, case_id=case.id)
    on = business_day(seller, at=at)
    overdue = _overdue(seller, case, on=on, at=at, only=invoice_ids)
    row = DunningHandover(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        case_id=case.id,
        buyer_id=case.buyer_id,
        currency=case.currency,
        agency=agency,
        on=on,
        amount=sum(one.amount for one in overdue.values()),
        author=by,
    )
    row.save(force_insert=True)
    found = Invoice.objects.select_related("buyer").filter(seller_id=seller.id, id__in=overdue)
    invoices = list(found.order_by("due_on", "number"))
    DunningClaim.objects.bulk_create(
        DunningClaim(
            id=new_id(),
            seller_id=seller.id,
            created_at=at,
            handover_id=row.id,
            invoice_id=one.id,
            overdue=overdue[one.id].amount,
            told=one.outstanding,
        )
        for one in invoices
    )
    _keep_file(seller, row, invoices, overdue=overdue, at=at)
    tasks = DunningTask.objects.filter(
        seller_id=seller.id, case_id=case.id, kind="hand_over", state="open"
    )
    tasks.update(state="done", done_by=by, done_at=at)
    data = {"amount": row.amount, "invoices": [public_id("invoice", one.id) for one in invoices]}
    _tell(seller, row, "made", data, at=at, by=by)
    return row


@transaction.atomic
def take_back(
    seller: Seller, *, handover_id: UUID, reason: str, at: datetime, by: str
) -> DunningHandover:
    """Take a hand-over back: what is still owed of it is dunned again, by the steps not taken yet. The
    file stays as it was made. Raises NotFound, InvalidHandover or WrongState."""
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise _said(InvalidHandover)
    row = handovers.lock_handover(seller_id=seller.id, handover_id=handover_id)
    if row is None:
        raise NotFound("There is no such hand-over.")
    if row.taken_back_at is not None:
        raise WrongState("The hand-over has been taken back already.")
    row.taken_back_at, row.taken_back_by, row.take_back_reason = at, by, reason
    row.save(update_fields=["taken_back_at", "taken_back_by", "take_back_reason"])
    _tell(seller, row, "taken_back", {"reason": reason}, at=at, by=by)
    return row


def tell_money(*, seller_id: UUID, at: datetime) -> int:
    """Say of each hand-over that holds what has been settled of its claims since it was said last, or is
    owed again, and have somebody tell the agency; of how many there was something to say. One that breaks
    down is said in the log and tried again at the next call; it keeps none of the others back."""
    seller = Seller.objects.get(id=seller_id)
    told = 0
    for id_ in handovers.with_money(seller_id=seller_id):
        try:
            told += _tell_money(seller, handover_id=id_, at=at)
        except Exception:  # noqa: BLE001 - it is said, and tried again; others wait behind it
            _log.exception("hand-over %s", id_)
    return told


@transaction.atomic
def _tell_money(seller: Seller, *, handover_id: UUID, at: datetime) -> bool:
    row = handovers.lock_handover(seller_id=seller.id, handover_id=handover_id)
    if row is None or row.taken_back_at is not None:
        return False
    settled, owed_again = [], []
    for claim in handovers.claims_of([row.id], seller_id=seller.id).get(row.id, ()):
        less = _left(row, claim, claim.told) - _left(row, claim, claim.invoice.outstanding)
        if claim.told != claim.invoice.outstanding:
            DunningClaim.objects.filter(seller_id=seller.id, id=claim.id).update(
                told=claim.invoice.outstanding
            )
        if less > 0:
            settled.append((claim, less))
        elif less < 0:
            owed_again.append((claim, -less))
    with translation.override(seller.language):
        if settled:
            words = _("Tell %(agency)s what is paid or credited: %(numbers)s")
            _tell_of(seller, row, settled, what="settled", words=words, at=at)
        if owed_again:
            words = _("Tell %(agency)s what is owed again: %(numbers)s")
            _tell_of(seller, row, owed_again, what="owed_again", words=words, at=at)
    return bool(settled or owed_again)


def _left(row: DunningHandover, claim: DunningClaim, outstanding: int) -> int:
    """What is owed of a claim where ``outstanding`` is owed of its invoice."""
    schedule = claim.invoice.schedule
    return left_of(claim.overdue, on=row.on, schedule=schedule, outstanding=outstanding)


def _tell_of(
    seller: Seller,
    row: DunningHandover,
    changed: Sequence[tuple[DunningClaim, int]],
    *,
    what: str,
    words: str,
    at: datetime,
) -> None:
    """The event, and a task for somebody to tell the agency."""
    numbers = ", ".join(claim.invoice.number for claim, _amount in changed)
    DunningTask.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        case_id=row.case_id,
        buyer_id=row.buyer_id,
        kind="tell",
        words=(words % {"agency": row.agency, "numbers": numbers})[:LONGEST_TASK],
        due_on=business_day(seller, at=at),
    )
    data = {
        "amount": sum(amount for _claim, amount in changed),
        "invoices": [
            {
                "invoice": public_id("invoice", claim.invoice_id),
                "number": claim.invoice.number,
                what: amount,
                "outstanding": claim.invoice.outstanding,
            }
            for claim, amount in changed
        ],
    }
    _tell(seller, row, what, data, at=at, by=BY)


def _overdue(
    seller: Seller,
    case: DunningCase,
    *,
    on: date,
    at: datetime,
    only: Collection[UUID] | None,
) -> dict[UUID, Overdue]:
    """What is overdue of each invoice that can be handed over."""
    if only is not None:
        mine = Invoice.objects.filter(
            seller_id=seller.id, buyer_id=case.buyer_id, currency=case.currency, id__in=set(only)
        )
        if mine.count() != len(set(only)):
            raise NotFound("There is no such invoice on this account.")
    known = account_queries.accounts(
        [case.buyer_id], seller_id=seller.id, at=at, currency=case.currency
    )
    account: Account | None = known[0].account if known else None
    items: defaultdict[UUID, list[Item]] = defaultdict(list)
    for item in account.items if account and not account.proposed else ():
        assert account is not None
        wanted = only is None or item.invoice_id in only
        if wanted and item.days_late(on) > 0 and held_by(item, account=account) is None:
            items[item.invoice_id].append(item)
    if not items or (only is not None and set(only) - set(items)):
        raise _said(NothingToHandOver)
    if len(items) > MOST_CLAIMS:
        raise _said(TooManyClaims)
    return {
        id_: Overdue(sum(item.open for item in found), min(item.due_on for item in found))
        for id_, found in items.items()
    }


def _keep_file(
    seller: Seller,
    row: DunningHandover,
    invoices: Sequence[Invoice],
    *,
    overdue: Mapping[UUID, Overdue],
    at: datetime,
) -> None:
    """Write the archive and keep it for good."""
    found = [
        Found(one, overdue[one.id], *_document(seller, one, place, at=at))
        for place, one in enumerate(invoices, 1)
    ]
    content = written(seller, row, found=found, at=at)
    DunningClaimFile.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        handover_id=row.id,
        file_name=f"claims-{public_id('dunning_handover', row.id)}.zip",
        size=len(content),
        digest=hashlib.sha256(content).digest(),
        content=content,
    )


def _document(seller: Seller, invoice: Invoice, place: int, *, at: datetime) -> tuple[str, bytes]:
    """The invoice as it was issued and its name in the archive; nothing of one from before documents
    were kept, or that cannot be read or set."""
    try:
        kept = document_of(seller, kind="invoice", subject_id=invoice.id, format_="pdf", at=at)
    except (FormatUnavailable, NotIssued, Unreadable):
        return "", b""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", invoice.number).strip("-.") or "invoice"
    return f"documents/{place:03}-{stem}.pdf", content_of(kept)


def _said(kind: type[Refused]) -> Refused:
    return kind(" ".join((kind.__doc__ or "").split()))


def _tell(
    seller: Seller,
    row: DunningHandover,
    what: str,
    data: Mapping[str, Any],
    *,
    at: datetime,
    by: str,
) -> None:
    """The event, once the case's own history and once in that of the buyer."""
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        f"dunning_handover.{what}",
        object_type="dunning_case",
        object_id=row.case_id,
        buyer_id=row.buyer_id,
        currency=row.currency,
        data={
            "handover": public_id("dunning_handover", row.id),
            "agency": row.agency,
            **data,
        },
    )
    journal.close()
