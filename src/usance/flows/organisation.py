"""How a buyer is organised, and what it asks of its own orders: people and their limits, cost centres,
the approval chain, papers, the customer group and the company above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows import onboarding
from usance.flows.journal import Journal
from usance.flows.onboarding import InvalidParty
from usance.flows.refusals import Conflict, Duplicate, NotFound, Refused, first_words
from usance.records.parties import actions, queries
from usance.records.parties.models import Buyer, CostCentre, Member, Seller
from usance.rules.money import LARGEST_AMOUNT, exponent
from usance.rules.ordering import (
    APPROVING,
    MEMBER_ROLES,
    PERIODS,
    ChainStep,
    InvalidChain,
    check_chain,
)


class InvalidOrganisation(Refused):
    """A limit, an address or a chain that cannot be."""

    code = "invalid_organisation"


class BrokenChain(Refused):
    """An approval chain that nobody could follow."""

    code = InvalidChain.code


class ParentCycle(Refused):
    """The parent stands below this buyer itself. Choose a company above it, or none."""

    code = "parent_cycle"


class OwnMembership(Refused):
    """Nobody changes its own role or limits, or removes itself. Ask another administrator."""

    code = "own_membership"


class HasLeft(Conflict):
    """The member has left. Add it again first."""

    code = "member_has_left"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one order of a member may be, and all its orders of a ``period`` together, in
    minor units of ``limit_currency``. None: no such limit."""

    order_limit: int | None = None
    period_limit: int | None = None
    period: str = "month"
    limit_currency: str = ""


NO_LIMITS: Final = Limits()
_DOMAIN: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_ORDERING_RULES: Final = frozenset({"po_required", "po_unique", "members_only"})


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
    limits: Limits = NO_LIMITS,
    password: str | None = None,
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Member:
    """A person who acts for a buyer, with what it may spend. One who has left comes back.

    Raises NotFound, InvalidParty, InvalidOrganisation or Duplicate.
    """
    kept = _checked(limits, seller)
    _require_role(role)
    member = actions.lock_member_by_email(seller_id=seller.id, buyer_id=buyer_id, email=email)
    if member is None or member.left_at is None:
        member = onboarding.add_member(
            seller,
            buyer_id=buyer_id,
            name=name,
            email=email,
            role=role,
            at=at,
            by=by,
            password=password,
            external_id=external_id,
            metadata=metadata,
        )
        actions.change_member(member, **kept)
        return member
    fields = {"name": name, "role": role, "left_at": None, "external_id": external_id}
    actions.change_member(member, metadata=metadata or {}, **fields, **kept)
    _tell_member(seller, member, "member.rejoined", at=at, by=by, role=role)
    return member


@transaction.atomic
def set_member(
    seller: Seller,
    *,
    buyer_id: UUID,
    member_id: UUID,
    at: datetime,
    by: str,
    acting: UUID | None = None,
    **fields: Any,
) -> Member:
    """Change what is known of a member: ``name``, ``role``, ``order_limit``, ``period_limit``,
    ``period``, ``limit_currency``, ``external_id``, ``metadata``; what is not given stays.

    ``acting`` is the member who does it, if one does. Raises NotFound, HasLeft, InvalidParty,
    InvalidOrganisation or OwnMembership.
    """
    member = _member(seller, buyer_id, member_id, acting=acting)
    if member.left_at is not None:
        raise HasLeft(first_words(HasLeft))
    limits = {name: fields.pop(name, getattr(member, name)) for name in asdict(NO_LIMITS)}
    changed = fields | _checked(Limits(**limits), seller)
    if "role" in changed:
        _require_role(changed["role"])
    before = {name: getattr(member, name) for name in changed}
    actions.change_member(member, **changed)
    names = sorted(name for name, value in before.items() if value != changed[name])
    if names:
        _tell_member(
            seller, member, "member.updated", at=at, by=by, changed=names, role=member.role
        )
    return member


@transaction.atomic
def remove_member(
    seller: Seller,
    *,
    buyer_id: UUID,
    member_id: UUID,
    at: datetime,
    by: str,
    acting: UUID | None = None,
) -> Member:
    """End a membership: no portal, no orders, no approvals from now on. What the person did stays.

    Removing it twice changes nothing. Raises NotFound or OwnMembership.
    """
    member = _member(seller, buyer_id, member_id, acting=acting)
    if member.left_at is None:
        actions.change_member(member, left_at=at)
        _tell_member(seller, member, "member.removed", at=at, by=by, role=member.role)
    return member


def _member(seller: Seller, buyer_id: UUID, member_id: UUID, *, acting: UUID | None) -> Member:
    member = actions.lock_member(seller_id=seller.id, buyer_id=buyer_id, member_id=member_id)
    if member is None:
        raise NotFound("There is no such member.")
    if acting == member.id:
        raise OwnMembership(first_words(OwnMembership))
    return member


def _checked(limits: Limits, seller: Seller) -> dict[str, Any]:
    """The limits as they are kept; with any, in a currency."""
    if limits.period not in PERIODS:
        raise InvalidOrganisation(
            f"{limits.period!r} is not a period; choose from {', '.join(PERIODS)}."
        )
    for amount in (limits.order_limit, limits.period_limit):
        if amount is not None and not 0 <= amount <= LARGEST_AMOUNT:
            raise InvalidOrganisation(
                f"A limit is from 0 to {LARGEST_AMOUNT} minor units, not {amount}."
            )
    kept = asdict(limits)
    if limits.order_limit is None and limits.period_limit is None:
        return kept | {"limit_currency": ""}
    currency = limits.limit_currency or seller.currency
    exponent(currency)
    return kept | {"limit_currency": currency}


def _require_role(role: str) -> None:
    if role not in MEMBER_ROLES:
        raise InvalidParty(f"{role!r} is not a role; choose from {', '.join(MEMBER_ROLES)}.")


@transaction.atomic
def update_buyer(seller: Seller, *, buyer_id: UUID, at: datetime, by: str, **fields: Any) -> Buyer:
    """Change what is known of a buyer, its customer ``group``, ``parent`` (an id, or None), web
    ``domain`` and ordering rules (``po_required``, ``po_unique``, ``members_only``) among it.

    Raises NotFound, ParentCycle, InvalidOrganisation, or as onboarding.update_buyer.
    """
    if "parent" in fields:
        fields["parent_id"] = parent_id = fields.pop("parent")
        if parent_id is not None:
            _require_above(seller, buyer_id=buyer_id, parent_id=parent_id)
    if fields.get("domain"):
        fields["domain"] = fields["domain"].strip().lower()
        if not _DOMAIN.fullmatch(fields["domain"]):
            raise InvalidOrganisation("The domain is written like example.com.")
    buyer = onboarding.update_buyer(seller, buyer_id=buyer_id, at=at, by=by, **fields)
    if not _ORDERING_RULES.isdisjoint(fields):
        actions.set_derived_rules(buyer)
        buyer.refresh_from_db()
    return buyer


def _require_above(seller: Seller, *, buyer_id: UUID, parent_id: UUID) -> None:
    """Raise unless ``parent_id`` may stand above ``buyer_id``."""
    actions.lock_family(seller_id=seller.id)
    if queries.buyer(seller_id=seller.id, buyer_id=parent_id) is None:
        raise NotFound("There is no such parent company among the buyers.")
    if actions.is_above(seller_id=seller.id, buyer_id=buyer_id, parent_id=parent_id):
        raise ParentCycle(first_words(ParentCycle))


@transaction.atomic
def add_cost_centre(
    seller: Seller, *, buyer_id: UUID, code: str, at: datetime, by: str, name: str = ""
) -> CostCentre:
    """A cost centre of a buyer's. From the first on, orders may name only those that are open. One
    that was closed is opened again. Raises NotFound, InvalidOrganisation or Duplicate."""
    buyer = _locked(seller, buyer_id)
    code = code.strip()
    if not 0 < len(code) <= 40:
        raise InvalidOrganisation("A cost centre has a code of 1 to 40 characters.")
    known = queries.cost_centres(seller_id=seller.id, buyer_id=buyer_id).filter(code=code).first()
    if known is not None and known.closed_at is None:
        raise Duplicate(f"The buyer has a cost centre {code!r} already.")
    if known is not None:
        actions.change_cost_centre(known, closed_at=None, name=name or known.name)
        _tell_centre(seller, known, "cost_centre.reopened", at=at, by=by)
        return known
    centre = actions.add_cost_centre(buyer, code=code, name=name, at=at)
    _tell_centre(seller, centre, "cost_centre.created", at=at, by=by)
    return centre


@transaction.atomic
def close_cost_centre(
    seller: Seller, *, buyer_id: UUID, cost_centre_id: UUID, at: datetime, by: str
) -> CostCentre:
    """Let no further order name a cost centre. Closing it twice changes nothing. Raises NotFound."""
    _locked(seller, buyer_id)
    found = queries.cost_centres(seller_id=seller.id, buyer_id=buyer_id)
    centre = found.filter(id=cost_centre_id).first()
    if centre is None:
        raise NotFound("There is no such cost centre.")
    if centre.closed_at is None:
        actions.change_cost_centre(centre, closed_at=at)
        _tell_centre(seller, centre, "cost_centre.closed", at=at, by=by)
    return centre


@transaction.atomic
def set_chain(
    seller: Seller, *, buyer_id: UUID, steps: Sequence[ChainStep], at: datetime, by: str
) -> Buyer:
    """Put ``steps`` in the place of a buyer's whole approval chain; none ends it. They are taken in
    their order, whatever their positions say. Orders that wait already keep the steps they have.

    Raises NotFound, UnknownCurrency or BrokenChain.
    """
    buyer = _locked(seller, buyer_id)
    numbered = [
        ChainStep(n, step.above, step.currency, step.role, step.approver, step.cost_centre)
        for n, step in enumerate(steps, 1)
    ]
    _require_followable(seller, buyer_id, numbered)
    actions.replace_chain(buyer, numbered, at=at)
    actions.set_derived_rules(buyer)
    buyer.refresh_from_db()
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "buyer.approval_chain_changed",
        object_type="buyer",
        object_id=buyer.id,
        buyer_id=buyer.id,
        data={"steps": len(numbered)},
    )
    journal.close()
    return buyer


def _require_followable(seller: Seller, buyer_id: UUID, steps: Sequence[ChainStep]) -> None:
    people = queries.members(seller_id=seller.id, buyer_id=buyer_id).filter(
        left_at__isnull=True, role__in=APPROVING
    )
    centres = set(
        queries.cost_centres(seller_id=seller.id, buyer_id=buyer_id)
        .filter(closed_at__isnull=True)
        .values_list("code", flat=True)
    )
    for step in steps:
        exponent(step.currency)
        if not 0 <= step.above <= LARGEST_AMOUNT:
            raise BrokenChain(f"Step {step.position}: an amount is from 0 to {LARGEST_AMOUNT}.")
        if step.cost_centre and step.cost_centre not in centres:
            raise BrokenChain(
                f"Step {step.position} is of the cost centre {step.cost_centre!r}, which the buyer"
                " does not have; add it first."
            )
    try:
        check_chain(steps, approvers={person.id for person in people})
    except InvalidChain as error:
        raise BrokenChain(str(error)) from None


def _locked(seller: Seller, buyer_id: UUID) -> Buyer:
    buyer = actions.lock_buyer(seller_id=seller.id, buyer_id=buyer_id)
    if buyer is None:
        raise NotFound("There is no such buyer.")
    return buyer


def _tell_member(
    seller: Seller, member: Member, type_: str, *, at: datetime, by: str, **data: Any
) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        type_,
        object_type="member",
        object_id=member.id,
        buyer_id=member.buyer_id,
        data={"name": member.name, **data},
    )
    journal.close()


def _tell_centre(seller: Seller, centre: CostCentre, type_: str, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        type_,
        object_type="cost_centre",
        object_id=centre.id,
        buyer_id=centre.buyer_id,
        data={"name": centre.code},
    )
    journal.close()
