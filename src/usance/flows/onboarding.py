"""How parties come to be: sellers, their people and keys, buyers, members, credit lines."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction

from usance.flows.journal import Journal
from usance.flows.refusals import Duplicate, NotFound, Refused, external_id_once
from usance.flows.standing import begin_standings
from usance.records.credit import actions as credit
from usance.records.identity import new_id
from usance.records.parties.models import ApiKey, Buyer, Member, Seller, Staff, User
from usance.rules.credit.policy import DEFAULT, Policy
from usance.rules.money import exponent
from usance.rules.ordering import MEMBER_ROLES

SCOPES: Final = (
    "seller:read",
    "seller:write",
    "buyers:read",
    "buyers:write",
    "credit:read",
    "credit:write",
    "orders:read",
    "orders:write",
    "invoices:read",
    "invoices:write",
    "payments:read",
    "payments:write",
    "events:read",
    "webhooks:write",
    "reports:read",
    "connections:read",
    "connections:write",
)
"""Everything a key may be allowed."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
STAFF_ROLES: Final = ("admin", "credit_manager", "accountant", "viewer")


class InvalidParty(Refused):
    """A country, language, time zone or scope that does not exist."""

    code = "invalid_party"


@transaction.atomic
def create_seller(
    *,
    name: str,
    handle: str,
    country: str,
    currency: str,
    time_zone: str,
    at: datetime,
    language: str = "en",
    policy: Policy = DEFAULT,
) -> Seller:
    """A new seller with the first version of its policy. Raises InvalidParty, UnknownCurrency or
    Duplicate (the handle is taken)."""
    exponent(currency)
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidParty(
            f"{time_zone!r} is not a time zone; write one such as Europe/Rome."
        ) from None
    if Seller.objects.filter(handle=handle).exists():
        raise Duplicate(f"There is a seller with the handle {handle!r} already.")
    seller = Seller.objects.create(
        name=name,
        handle=handle,
        country=country,
        currency=currency,
        time_zone=time_zone,
        language=language,
        created_at=at,
    )
    stored = credit.add_policy(seller_id=seller.id, policy=policy, author="", at=at)
    credit.release_policy(
        stored,
        mode="live",
        # A seller has a policy from the beginning of time: history may be played through its books.
        effective_at=EPOCH,
        needs_standing=policy.needs_standing,
        author="",
        at=at,
    )
    return seller


def create_api_key(
    seller: Seller, *, name: str, scopes: Sequence[str], at: datetime
) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown this once; only its SHA-256 is kept.

    Raises InvalidParty for a scope that does not exist.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise InvalidParty(f"{unknown[0]!r} is not a scope; choose from {', '.join(SCOPES)}.")
    text = f"usk_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        seller=seller,
        name=name,
        shown=text[:10],
        digest=key_digest(text),
        scopes=sorted(scopes),
        created_at=at,
    )
    return key, text


@transaction.atomic
def revoke_api_key(seller: Seller, *, shown: str, at: datetime) -> int:
    """End every key that begins with ``shown``. Running processes notice within a second.

    Returns how many there were. Raises NotFound if there was none.
    """
    ended = ApiKey.objects.filter(
        seller_id=seller.id, shown=shown[:10], revoked_at__isnull=True
    ).update(revoked_at=at)
    if not ended:
        raise NotFound(f"No key that works begins with {shown[:10]!r}.")
    return ended


@transaction.atomic
def remove_staff(seller: Seller, *, email: str) -> None:
    """Close the back office to a person, at once. Raises NotFound."""
    found, _ = Staff.objects.filter(seller_id=seller.id, user__email=email.lower()).delete()
    if not found:
        raise NotFound(f"{email} does not work for this seller.")


def key_digest(text: str) -> bytes:
    """What is kept of a key. A key has 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(text.encode()).digest()


@transaction.atomic
def add_staff(
    seller: Seller, *, email: str, name: str, role: str, password: str | None, at: datetime
) -> Staff:
    """A person of the seller's who may sign in to the back office. Raises InvalidParty, Duplicate."""
    if role not in STAFF_ROLES:
        raise InvalidParty(f"{role!r} is not a role; choose from {', '.join(STAFF_ROLES)}.")
    user = _user(email, name=name, language=seller.language, password=password)
    try:
        with transaction.atomic():
            return Staff.objects.create(seller=seller, user=user, role=role, created_at=at)
    except IntegrityError:
        raise Duplicate(f"{email} works for this seller already.") from None


@transaction.atomic
def create_buyer(
    seller: Seller,
    *,
    name: str,
    country: str,
    at: datetime,
    by: str,
    email: str = "",
    tax_id: str = "",
    registration_number: str = "",
    language: str = "en",
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Buyer:
    """A new trade account, without credit yet. Raises Duplicate if the external_id is taken."""
    buyer = Buyer(
        id=new_id(),
        seller=seller,
        created_at=at,
        name=name,
        country=country,
        email=email,
        tax_id=tax_id,
        registration_number=registration_number,
        language=language,
        external_id=external_id,
        metadata=metadata or {},
    )
    with external_id_once("buyer", external_id):
        buyer.save(force_insert=True)
    begin_standings(seller, buyer_ids=[buyer.id], at=at)
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "buyer.created",
        object_type="buyer",
        object_id=buyer.id,
        buyer_id=buyer.id,
        data={"name": name, "external_id": external_id},
    )
    journal.close()
    return buyer


@transaction.atomic
def update_buyer(seller: Seller, *, buyer_id: UUID, at: datetime, by: str, **fields: Any) -> Buyer:
    """Change what is known of a buyer. Raises NotFound, or Duplicate if the external_id is taken."""
    buyer = (
        Buyer.objects.select_for_update(no_key=True)
        .filter(seller_id=seller.id, id=buyer_id)
        .first()
    )
    if buyer is None:
        raise NotFound("There is no such buyer.")
    for name, value in fields.items():
        setattr(buyer, name, value)
    with external_id_once("buyer", fields.get("external_id")):
        Buyer.objects.filter(seller_id=seller.id, id=buyer_id).update(**fields)
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "buyer.updated",
        object_type="buyer",
        object_id=buyer.id,
        buyer_id=buyer.id,
        data={"changed": sorted(fields)},
    )
    journal.close()
    return buyer


@transaction.atomic
def add_member(
    seller: Seller,
    *,
    buyer_id: UUID,
    name: str,
    email: str,
    role: str,
    at: datetime,
    by: str,
    password: str | None = None,
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Member:
    """A person who buys or pays for a buyer, and may sign in to the portal.

    Raises NotFound, InvalidParty or Duplicate.
    """
    if role not in MEMBER_ROLES:
        raise InvalidParty(f"{role!r} is not a role; choose from {', '.join(MEMBER_ROLES)}.")
    buyer = Buyer.objects.filter(seller_id=seller.id, id=buyer_id).first()
    if buyer is None:
        raise NotFound("There is no such buyer.")
    user = _user(email, name=name, language=buyer.language, password=password)
    try:
        with transaction.atomic():
            member = Member.objects.create(
                seller=seller,
                buyer=buyer,
                user=user,
                name=name,
                email=user.email,
                role=role,
                external_id=external_id,
                metadata=metadata or {},
                created_at=at,
            )
    except IntegrityError:
        raise Duplicate(f"{email} is a member of this buyer already.") from None
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "member.created",
        object_type="member",
        object_id=member.id,
        buyer_id=buyer.id,
        data={"role": role},
    )
    journal.close()
    return member


def _user(email: str, *, name: str, language: str, password: str | None) -> User:
    """The person with this address; an account is made once and shared by everything he does."""
    known = User.objects.filter(email=email.lower()).first()
    return known or User.objects.create_user(email, password, name=name, language=language)
