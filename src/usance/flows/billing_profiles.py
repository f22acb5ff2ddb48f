"""How each buyer wants its invoices: when, in which parts and forms, by which way, and due how."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, fields_checked
from usance.records.parties import actions as parties
from usance.records.parties import invoicing_actions as actions
from usance.records.parties import invoicing_queries as queries
from usance.records.parties.models import Seller
from usance.rules.invoicing.profile_checks import checked_profile
from usance.rules.invoicing.profiles import BillingProfileView, ProfileFields


@transaction.atomic
def set_billing_profile(
    seller: Seller, *, buyer_id: UUID, fields: ProfileFields, at: datetime, by: str
) -> BillingProfileView:
    """Say how a buyer wants its invoices; what was said before is replaced. It holds for invoices
    issued from now on. Saying the same again changes nothing.

    Raises NotFound, or WrongFields, which names every field.
    """
    buyer = parties.lock_buyer(seller_id=seller.id, buyer_id=buyer_id)
    if buyer is None:
        raise NotFound("There is no such buyer.")
    details = queries.seller_details(seller_id=seller.id)
    with fields_checked():
        kept = checked_profile(
            fields, buyer=queries.buyer_facts(buyer), seller_country=details.country
        )
    row = queries.profile_row(seller_id=seller.id, buyer_id=buyer_id)
    before, after = asdict(queries.profile_fields(row)), asdict(kept)
    changed = sorted(name for name, value in after.items() if value != before[name])
    if row is None or changed:
        actions.write_profile(row, buyer=buyer, at=at, **after)
        journal = Journal(seller, at=at, by=by)
        journal.tell(
            "buyer.billing_profile_changed",
            object_type="buyer",
            object_id=buyer.id,
            buyer_id=buyer.id,
            data={"changed": changed},
        )
        journal.close()
    return queries.billing_profile(seller_id=seller.id, buyer_id=buyer_id, seller=details)
