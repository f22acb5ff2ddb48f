"""Writing how a buyer is organised: its people, cost centres, approval chain and parent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from usance.records.parties.models import ApprovalStep, Buyer, CostCentre, Member
from usance.records.row_changes import change_row
from usance.records.statements import execute
from usance.rules.ordering import ChainStep


def lock_buyer(*, seller_id: UUID, buyer_id: UUID) -> Buyer | None:
    """The buyer, locked until the transaction ends."""
    return (
        Buyer.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=buyer_id)
        .first()
    )


def lock_family(*, seller_id: UUID) -> None:
    """Let parents of the seller's buyers change one after another, so that no ring can close."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", [str(seller_id)])


_ANCESTORS = """
WITH RECURSIVE above AS (
    SELECT %(parent)s::uuid AS id
     UNION
    SELECT b.parent_id FROM parties_buyer AS b JOIN above ON above.id = b.id
     WHERE b.seller_id = %(seller)s AND b.parent_id IS NOT NULL
)
SELECT 1 FROM above WHERE id = %(buyer)s
"""


def is_above(*, seller_id: UUID, buyer_id: UUID, parent_id: UUID) -> bool:
    """Whether ``buyer_id`` is ``parent_id`` itself or anywhere above it."""
    question = {"seller": seller_id, "buyer": buyer_id, "parent": parent_id}
    return bool(execute(_ANCESTORS, question))


def set_derived_rules(buyer: Buyer) -> None:
    """Keep on the locked buyer whether a checkout must ask for its rules."""
    kept = Buyer.objects.filter(seller_id=buyer.seller_id, id=buyer.id)
    chain = ApprovalStep.objects.filter(seller_id=buyer.seller_id, buyer_id=buyer.id).exists()
    kept.update(
        ordering_rules=kept.filter(
            Q(po_required=True) | Q(po_unique=True) | Q(members_only=True)
        ).exists()
        or chain
    )


def lock_member(*, seller_id: UUID, buyer_id: UUID, member_id: UUID) -> Member | None:
    """A member of the buyer, locked until the transaction ends."""
    return (
        Member.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, buyer_id=buyer_id, id=member_id)
        .first()
    )


def lock_member_by_email(*, seller_id: UUID, buyer_id: UUID, email: str) -> Member | None:
    """Like lock_member, of the one with this address, who may have left."""
    return (
        Member.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, buyer_id=buyer_id, email=email.lower())
        .first()
    )


def change_member(member: Member, **fields: Any) -> None:
    """Set ``fields`` on the locked member, here and in the database."""
    change_row(member, fields)


def add_cost_centre(buyer: Buyer, *, code: str, name: str, at: datetime) -> CostCentre:
    """A new cost centre. IntegrityError if the buyer has one of this code."""
    return CostCentre.objects.create(
        seller_id=buyer.seller_id, buyer_id=buyer.id, code=code, name=name, created_at=at
    )


def change_cost_centre(centre: CostCentre, **fields: Any) -> None:
    """Set ``fields`` on the cost centre, here and in the database."""
    change_row(centre, fields)


def replace_chain(buyer: Buyer, steps: Sequence[ChainStep], *, at: datetime) -> None:
    """Put ``steps`` in the place of the locked buyer's whole chain."""
    ApprovalStep.objects.filter(seller_id=buyer.seller_id, buyer_id=buyer.id).delete()
    ApprovalStep.objects.bulk_create(
        [
            ApprovalStep(
                seller_id=buyer.seller_id,
                created_at=at,
                buyer_id=buyer.id,
                position=step.position,
                above=step.above,
                currency=step.currency,
                role=step.role,
                approver_id=step.approver,
                cost_centre=step.cost_centre,
            )
            for step in steps
        ]
    )
