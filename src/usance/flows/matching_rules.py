"""How far a seller lets the matching go, and what it has learnt of who pays for whom."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, Refused
from usance.records.parties.models import Seller
from usance.records.payments import matching_queries
from usance.records.payments.models import LearntPayer, MatchingRules
from usance.rules.money import LARGEST_AMOUNT

LEAST_CONFIDENCE: Final = 9_000
"""Below this nothing may book itself: one line in ten would be wrong."""

LONGEST_GRACE: Final = 60


class InvalidRules(Refused):
    """A number is outside of what makes sense for the matching."""

    code = "invalid_matching_rules"


@transaction.atomic
def set_rules(
    seller: Seller,
    *,
    self_book_from: int,
    tolerance_amount: int,
    tolerance_basis_points: int,
    charges_limit: int,
    discount_grace_days: int,
    large_from: int,
    book_part_payments: bool,
    second_person_from: int | None,
    at: datetime,
    by: str,
) -> MatchingRules:
    """Say how far the matching goes from now on; see ``rules.matching.model.MatchingSettings``.

    ``second_person_from`` is the outstanding amount, in minor units, from which a write-off needs a
    second person; None where it never does. Raises InvalidRules.
    """
    amounts = (tolerance_amount, charges_limit, large_from, second_person_from or 0)
    if not (
        LEAST_CONFIDENCE <= self_book_from <= 10_000
        and 0 <= tolerance_basis_points <= 10_000
        and 0 <= discount_grace_days <= LONGEST_GRACE
        and all(0 <= amount <= LARGEST_AMOUNT for amount in amounts)
    ):
        raise InvalidRules(
            f"self_book_from is from {LEAST_CONFIDENCE} to 10000 and tolerance_basis_points from 0 to"
            f" 10000, discount_grace_days from 0 to {LONGEST_GRACE}, and no amount is negative."
        )
    fields = {
        "self_book_from": self_book_from,
        "tolerance_amount": tolerance_amount,
        "tolerance_basis_points": tolerance_basis_points,
        "charges_limit": charges_limit,
        "discount_grace_days": discount_grace_days,
        "large_from": large_from,
        "book_part_payments": book_part_payments,
        "second_person_from": second_person_from,
    }
    kept = {**fields, "changed_at": at}
    MatchingRules.objects.update_or_create(
        seller_id=seller.id, defaults=kept, create_defaults={**kept, "created_at": at}
    )
    journal = Journal(seller, at=at, by=by)
    journal.tell("matching_rules.changed", object_type="seller", object_id=seller.id, data=fields)
    journal.close()
    return matching_queries.rules(seller_id=seller.id)


@transaction.atomic
def forget_payer(
    seller: Seller, *, buyer_id: UUID, learnt_id: UUID, at: datetime, by: str
) -> LearntPayer:
    """Forget that an account, a name or a text was the buyer's. Raises NotFound."""
    learnt = LearntPayer.objects.filter(
        seller_id=seller.id, buyer_id=buyer_id, id=learnt_id
    ).first()
    if learnt is None:
        raise NotFound("Nothing of that kind is known of this buyer.")
    LearntPayer.objects.filter(seller_id=seller.id, id=learnt_id).delete()
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "buyer.payer_forgotten",
        object_type="buyer",
        object_id=buyer_id,
        buyer_id=buyer_id,
        data={"kind": learnt.kind, "value": learnt.value},
    )
    journal.close()
    return learnt
