"""Reading parties: who holds a key, and the buyers and members of a seller."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet

from usance.records.parties.models import (
    ApiKey,
    ApprovalStep,
    Buyer,
    CostCentre,
    Member,
    Seller,
    Staff,
)
from usance.records.statements import execute


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A key that has not been revoked: whose it is and what it allows."""

    key_id: UUID
    scopes: frozenset[str]
    seller: Seller


_KEY_HOLDER = """
SELECT k.id, k.scopes, s.id, s.created_at, s.name, s.handle, s.country, s.currency, s.time_zone,
       s.language
  FROM parties_apikey AS k JOIN parties_seller AS s ON s.id = k.seller_id
 WHERE k.digest = %s AND k.revoked_at IS NULL
"""


def key_holder(digest: bytes) -> KeyHolder | None:
    """The holder of the key with this SHA-256, unless it is unknown or revoked."""
    rows = execute(_KEY_HOLDER, [digest])
    if not rows:
        return None
    key_id, scopes, *seller = rows[0]
    names = ("id", "created_at", "name", "handle", "country", "currency", "time_zone", "language")
    return KeyHolder(
        key_id,
        frozenset(scopes),
        Seller.from_db("default", names, seller),  # a row, not a new one
    )


def buyers(*, seller_id: UUID, external_id: str | None = None) -> QuerySet[Buyer]:
    """The seller's buyers, or the one with ``external_id``."""
    found = Buyer.objects.filter(seller_id=seller_id)
    return found if external_id is None else found.filter(external_id=external_id)


def buyer(*, seller_id: UUID, buyer_id: UUID) -> Buyer | None:
    """One buyer of the seller's."""
    return Buyer.objects.filter(seller_id=seller_id, id=buyer_id).first()


def members(*, seller_id: UUID, buyer_id: UUID) -> QuerySet[Member]:
    """The members of one buyer."""
    return Member.objects.filter(seller_id=seller_id, buyer_id=buyer_id)


def member(*, seller_id: UUID, member_id: UUID) -> Member | None:
    """One member, who may have left, with its buyer."""
    return (
        Member.objects.select_related("buyer")
        .filter(seller_id=seller_id, id=member_id, buyer__seller_id=seller_id)
        .first()
    )


def member_named(*, seller_id: UUID, buyer_id: UUID, name: UUID | str) -> Member | None:
    """The member of a buyer with this id, e-mail address or external_id, unless it has left. An
    address goes before a number of the shop's own."""
    found = Member.objects.filter(seller_id=seller_id, buyer_id=buyer_id, left_at__isnull=True)
    if isinstance(name, UUID):
        return found.filter(id=name).first()
    by_address = found.filter(email=name.lower()).first()
    return by_address or found.filter(external_id=name).order_by("id").first()


def cost_centres(*, seller_id: UUID, buyer_id: UUID) -> QuerySet[CostCentre]:
    """The cost centres of one buyer, the closed ones too."""
    return CostCentre.objects.filter(seller_id=seller_id, buyer_id=buyer_id)


def approval_steps(*, seller_id: UUID, buyer_id: UUID) -> list[ApprovalStep]:
    """A buyer's own approval chain, step by step."""
    return list(
        ApprovalStep.objects.select_related("approver")
        .filter(seller_id=seller_id, buyer_id=buyer_id)
        .order_by("position")
    )


def children(*, seller_id: UUID, buyer_id: UUID) -> list[Buyer]:
    """The buyers whose parent this one is, in order of names."""
    return list(
        Buyer.objects.filter(seller_id=seller_id, parent_id=buyer_id).order_by("name", "id")
    )


def buyer_groups(*, seller_id: UUID) -> list[str]:
    """The customer groups that any buyer of the seller's is in, in order."""
    found = Buyer.objects.filter(seller_id=seller_id).exclude(group="")
    return list(found.order_by("group").values_list("group", flat=True).distinct())


def seller_ids() -> list[UUID]:
    """Every seller of this installation, the oldest first: for jobs that work through all."""
    return list(Seller.objects.order_by("id").values_list("id", flat=True))


def find_buyers(*, seller_id: UUID, text: str = "") -> QuerySet[Buyer]:
    """The seller's buyers whose name contains ``text``, or whose own or tax number begins so."""
    found = Buyer.objects.filter(seller_id=seller_id)
    if text:
        found = found.filter(
            Q(name__icontains=text) | Q(external_id__istartswith=text) | Q(tax_id__istartswith=text)
        )
    return found


def staff_of(user_id: UUID) -> list[Staff]:
    """Every seller that a person works for, in order of names."""
    return list(
        Staff.objects.select_related("seller")
        .filter(user_id=user_id)
        .order_by("seller__name", "id")
    )


def memberships_of(user_id: UUID) -> list[Member]:
    """Every buyer that a person belongs to and has not left, with its seller, in order of names."""
    return list(
        Member.objects.select_related("seller", "buyer")
        .filter(user_id=user_id, left_at__isnull=True, buyer__seller_id=F("seller_id"))
        .order_by("buyer__name", "seller__name", "id")
    )


def actor_names(
    *,
    seller_id: UUID,
    staff_ids: Collection[UUID],
    key_ids: Collection[UUID],
    member_ids: Collection[UUID] = (),
) -> dict[UUID, str]:
    """The names of the seller's people and keys, and of its buyers' members."""
    names: dict[UUID, str] = {}
    if staff_ids:
        people = Staff.objects.select_related("user").filter(
            seller_id=seller_id, id__in=list(staff_ids)
        )
        names |= {staff.id: staff.user.name or staff.user.email for staff in people}
    if key_ids:
        keys = ApiKey.objects.filter(seller_id=seller_id, id__in=list(key_ids))
        names |= dict(keys.values_list("id", "name"))
    if member_ids:
        members_ = Member.objects.filter(seller_id=seller_id, id__in=list(member_ids))
        names |= dict(members_.values_list("id", "name"))
    return names


def staff_names(*, seller_id: UUID, emails: Collection[str]) -> dict[str, str]:
    """The names of the seller's people, by e-mail address."""
    people = Staff.objects.select_related("user").filter(
        seller_id=seller_id, user__email__in=list(emails)
    )
    return {staff.user.email: staff.user.name or staff.user.email for staff in people}


def staff(*, seller_id: UUID) -> list[Staff]:
    """Everybody who works for the seller, in order of names."""
    return list(
        Staff.objects.select_related("user")
        .filter(seller_id=seller_id)
        .order_by("user__name", "user__email")
    )


def buyers_by_id(*, seller_id: UUID, buyer_ids: Collection[UUID]) -> dict[UUID, Buyer]:
    """Some buyers of the seller's by their ids."""
    found = Buyer.objects.filter(seller_id=seller_id, id__in=list(buyer_ids))
    return {buyer.id: buyer for buyer in found}
