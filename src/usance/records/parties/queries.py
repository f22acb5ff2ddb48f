"""Reading parties: who holds a key, and the buyers and members of a seller."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet

from usance.records.parties.models import ApiKey, Buyer, Member, Seller, Staff
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
    """Every buyer that a person belongs to, with its seller, in order of names."""
    return list(
        Member.objects.select_related("seller", "buyer")
        .filter(user_id=user_id, buyer__seller_id=F("seller_id"))
        .order_by("buyer__name", "seller__name", "id")
    )


def actor_names(
    *, seller_id: UUID, staff_ids: Collection[UUID], key_ids: Collection[UUID]
) -> dict[UUID, str]:
    """The names of the seller's people and of its keys."""
    names: dict[UUID, str] = {}
    if staff_ids:
        people = Staff.objects.select_related("user").filter(
            seller_id=seller_id, id__in=list(staff_ids)
        )
        names |= {staff.id: staff.user.name or staff.user.email for staff in people}
    if key_ids:
        keys = ApiKey.objects.filter(seller_id=seller_id, id__in=list(key_ids))
        names |= dict(keys.values_list("id", "name"))
    return names
