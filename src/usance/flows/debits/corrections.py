"""Notifications of change: the account under a mandate is put right before the next entry."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from usance.flows.debits.mandates import KINDS, set_account
from usance.flows.journal import Journal
from usance.flows.refusals import NotFound
from usance.formats.nacha import CorrectedData, is_routing_number
from usance.records.debits import actions
from usance.records.debits.models import Mandate, Reversal
from usance.records.events.secrets import decrypt
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.rules.debits.corrections import change

_SAVINGS = range(30, 40)
"""Transaction codes of savings accounts."""


@transaction.atomic
def take_correction(
    seller: Seller,
    *,
    mandate_id: UUID,
    code: str,
    corrected: CorrectedData,
    on: date,
    at: datetime,
    by: str,
    debit_id: UUID | None = None,
    answer_id: UUID | None = None,
) -> Reversal:
    """Take over what the other bank says of the account, so that the next entry has it.

    Kept as ``noted`` where there is nothing to take over: a person must look, or it was told before.
    Raises NotFound.
    """
    mandate = actions.lock_mandate(seller_id=seller.id, mandate_id=mandate_id)
    if mandate is None:
        raise NotFound("There is no such mandate.")
    asked = change(code)
    changed = _apply(seller, mandate, corrected, at=at) if asked.fields else []
    kept = Reversal.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        debit_id=debit_id,
        mandate_id=mandate.id,
        answer_id=answer_id,
        kind="corrected" if changed else "noted",
        code=code,
        text=asked.meaning,
        on=on,
    )
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "mandate.corrected" if changed else "mandate.correction_noted",
        object_type="mandate",
        object_id=mandate.id,
        buyer_id=mandate.buyer_id,
        data={"code": code, "meaning": asked.meaning, "changed": changed},
    )
    journal.close()
    return kept


def _apply(
    seller: Seller, mandate: Mandate, corrected: CorrectedData, *, at: datetime
) -> list[str]:
    """What of the mandate is other than before."""
    before = {
        "account": decrypt(mandate.account),
        "routing_number": mandate.bank,
        "account_kind": mandate.account_kind,
        "name": mandate.debtor_name,
    }
    after = dict(before)
    if corrected.account:
        after["account"] = corrected.account
    if corrected.routing_number and is_routing_number(corrected.routing_number):
        after["routing_number"] = corrected.routing_number
    if corrected.transaction_code:
        after["account_kind"] = KINDS[corrected.transaction_code in _SAVINGS]
    if corrected.name:
        after["name"] = corrected.name
    changed = sorted(name for name, value in after.items() if value != before[name])
    if {"account", "routing_number", "account_kind"} & set(changed):
        # The bank that says so has looked: the account need not be asked for once more.
        set_account(
            seller,
            mandate,
            number=after["account"],
            bank=after["routing_number"],
            account_kind=after["account_kind"],
            at=at,
            verify=False,
        )
    if "name" in changed:
        actions.change(mandate, debtor_name=after["name"])
    return changed
