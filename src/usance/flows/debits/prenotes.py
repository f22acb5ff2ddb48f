"""Accounts that were asked for by prenote: confirmed by silence, or refused."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from usance.flows.debits.mandates import end
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import NotFound
from usance.records.debits import actions, queries
from usance.records.debits.models import Reversal
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.rules.debits.returns import return_reason
from usance.rules.debits.schemes import mandate_after


@transaction.atomic
def confirm_accounts(seller: Seller, *, at: datetime, by: str) -> int:
    """Accounts of whose prenote nothing came back in time are confirmed; how many."""
    on = business_day(seller, at=at)
    asked = queries.mandates(seller_id=seller.id).filter(verification="sent", live_from__lte=on)
    journal = Journal(seller, at=at, by=by)
    count = 0
    for mandate_id in asked.order_by("id").values_list("id", flat=True):
        mandate = actions.lock_mandate(seller_id=seller.id, mandate_id=mandate_id)
        if mandate is None or mandate.verification != "sent":
            continue  # refused, or confirmed by another, since it was looked for
        actions.change(mandate, verification="verified")
        journal.tell(
            "mandate.account_confirmed",
            object_type="mandate",
            object_id=mandate.id,
            buyer_id=mandate.buyer_id,
            data={"reference": mandate.reference},
        )
        count += 1
    journal.close()
    return count


@transaction.atomic
def refuse_prenote(
    seller: Seller,
    *,
    mandate_id: UUID,
    code: str,
    on: date,
    at: datetime,
    by: str,
    answer_id: UUID | None = None,
) -> str:
    """A prenote came back: nothing is collected from this account. What is kept of it: ``returned``,
    or ``noted`` where it was known. Raises NotFound."""
    mandate = actions.lock_mandate(seller_id=seller.id, mandate_id=mandate_id)
    if mandate is None:
        raise NotFound("There is no such mandate.")
    reason = return_reason(code, scheme="ach")
    kind = "noted" if mandate.verification == "failed" else "returned"
    Reversal.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        mandate_id=mandate.id,
        answer_id=answer_id,
        kind=kind,
        code=reason.code,
        text=reason.meaning,
        on=on,
    )
    if kind == "returned":
        actions.change(
            mandate, verification="failed", reason_code=reason.code, reason=reason.meaning
        )
        after = mandate_after(reason)
        if after and mandate.state == "active":
            end(
                seller,
                mandate,
                state=after,
                at=at,
                by=by,
                reason=reason.meaning,
                reason_code=reason.code,
            )
    return kind
