"""What comes to a person: who may decide it, by when, and what several persons say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal, business_day
from usance.flows.refusals import Conflict, NotFound, Refused, WrongState, first_words
from usance.records.credit import review_queries as queries
from usance.records.credit.models import Approval, Review
from usance.records.identity import PREFIXES, new_id_text, public_id
from usance.records.parties.models import Seller
from usance.rules.credit.application import Application
from usance.rules.credit.decide import Decision
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.policy import Policy
from usance.rules.credit.policy_rules import Route
from usance.rules.credit.routing import choose_route

USUAL: Final = Route(name="", roles=("credit_manager", "admin"))
"""Who decides where the policy does not say."""


def routed(
    application: Application,
    *,
    exposure: Exposure,
    decision: Decision,
    policy: Policy,
    at: datetime,
    on: date,
) -> dict[str, Any]:
    """The review of an order, as the checkout writes it."""
    route = choose_route(
        policy,
        application,
        exposure,
        kind="order",
        reasons=decision.reasons,
        on=on,
    )
    return {"review_id": new_id_text()} | route_document(route or USUAL, at=at)


def route_document(route: Route, *, at: datetime) -> dict[str, Any]:
    """Who decides, how many of them, and by when."""
    return {
        "route": route.name,
        "roles": list(route.roles),
        "people": route.people,
        "review_due_at": at + timedelta(hours=route.hours) if route.hours else None,
        "escalate_to": route.escalate_to,
    }


class OwnRequest(Refused):
    """Nobody approves what it asked for itself. Let somebody else with the role decide."""

    code = "own_request"


class NotYours(Refused):
    """Your role may not decide this. Ask one of those named, or be made their deputy."""

    code = "not_your_review"


class AlreadyAnswered(Conflict):
    """You have decided this already; it waits for another person."""

    code = "already_answered"


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides: an address, and the role it has with the seller.

    ``by`` is how the person is named where its acts leave a trace; it is looked up where it is left
    out.
    """

    email: str
    role: str
    by: str = ""

    @property
    def names(self) -> frozenset[str]:
        """How the person may be named as the one who asked."""
        return frozenset({self.email, self.by or self.email})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a review stands after somebody has spoken."""

    review: Review
    is_final: bool


def open_review(
    seller: Seller,
    *,
    kind: str,
    subject_id: UUID,
    at: datetime,
    by: str,
    reasons: Sequence[str] = (),
    buyer_id: UUID | None = None,
    amount: int | None = None,
    currency: str = "",
    proposal: Mapping[str, Any] | None = None,
    route: Route | None = None,
) -> Review:
    """Put something before a person; if it is before one already, that review is renewed."""
    Review.objects.filter(
        seller_id=seller.id, kind=kind, subject_id=subject_id, state="open"
    ).update(state="withdrawn", closed_at=at)
    wording = route_document(route or USUAL, at=at)
    if kind == "policy" and not _is_person(by):
        # Whoever holds the key may be the very person who approves.
        wording["people"] = max(wording["people"], 2)
    review = Review.objects.create(
        seller=seller,
        created_at=at,
        kind=kind,
        subject_id=subject_id,
        buyer_id=buyer_id,
        route=wording["route"],
        roles=wording["roles"],
        people=wording["people"],
        due_at=wording["review_due_at"],
        escalate_to=wording["escalate_to"],
        asked_by=by,
        reasons=list(reasons),
        amount=amount,
        currency=currency,
        proposal=dict(proposal or {}),
    )
    _tell(seller, "review.opened", review, at=at, by=by)
    return review


def answer_review(
    seller: Seller,
    *,
    review_id: UUID,
    person: Person,
    verdict: str,
    at: datetime,
    note: str = "",
    override: bool = False,
) -> Verdict:
    """Let ``person`` approve or decline. One ``declined`` ends a review; as many ``approved`` as it
    asks for, by different persons, end it too.

    ``override`` says that the person knows of a limit exceeded. The caller acts on a final verdict
    in the same transaction. Raises NotFound, WrongState, NotYours, OwnRequest or AlreadyAnswered.
    """
    review = (
        Review.objects.select_for_update(no_key=True)
        .filter(seller_id=seller.id, id=review_id)
        .first()
    )
    if review is None:
        raise NotFound("There is no such review.")
    if review.state != "open":
        raise WrongState(f"The review is {review.state} already.")
    person = _named(seller, person)
    given = list(Approval.objects.filter(seller_id=seller.id, review_id=review.id))
    principal = _principal(
        review,
        person,
        rights(seller, review=review, person=person, on=business_day(seller, at=at)),
        given,
        verdict=verdict,
    )
    Approval.objects.create(
        seller=seller,
        created_at=at,
        review=review,
        person=person.email,
        on_behalf_of=principal if principal != person.email else "",
        verdict=verdict,
        override=override,
        note=note,
    )
    is_final = verdict == "declined" or len(given) + 1 >= review.people
    if is_final:
        close_review(review, state=verdict, at=at)
    type_ = f"review.{verdict if is_final else 'seconded'}"
    _tell(seller, type_, review, at=at, by=person.by or person.email)
    return Verdict(review, is_final)


def _is_person(by: str) -> bool:
    """Whether an act was a person's: its address, or its public id."""
    return "@" in by or by.startswith(f"{PREFIXES['staff']}_")


def close_review(review: Review, *, state: str, at: datetime) -> None:
    """End a review: ``approved``, ``declined``, or ``withdrawn`` when its subject is settled."""
    review.state, review.closed_at = state, at
    Review.objects.filter(seller_id=review.seller_id, id=review.id).update(
        state=state, closed_at=at
    )


def withdraw_reviews(*, seller_id: UUID, subject_id: UUID, at: datetime) -> None:
    """End what is open about a subject that was settled otherwise."""
    Review.objects.filter(seller_id=seller_id, subject_id=subject_id, state="open").update(
        state="withdrawn", closed_at=at
    )


def _named(seller: Seller, person: Person) -> Person:
    """The person with both its names: an act is traced to the one, a right given to the other."""
    if person.by:
        return person
    staff_id = queries.staff_id(seller_id=seller.id, email=person.email)
    return replace(person, by=public_id("staff", staff_id)) if staff_id else person


def rights(seller: Seller, *, review: Review, person: Person, on: date) -> list[Person]:
    """In whose right ``person`` may decide ``review``: its own, or that of those it stands in for.

    Empty: it may not.
    """
    roles = {*review.roles, *([review.escalate_to] if review.escalated_at else [])}
    found = [person] if person.role in roles else []
    found += [
        Person(one.email, one.role, public_id("staff", one.staff_id))
        for one in queries.principals_of(seller_id=seller.id, deputy=person.email, on=on)
        if one.role in roles
    ]
    return found


def _principal(
    review: Review,
    person: Person,
    principals: Sequence[Person],
    given: Sequence[Approval],
    *,
    verdict: str,
) -> str:
    """The address in whose right ``person`` speaks now. Raises NotYours, OwnRequest, AlreadyAnswered."""
    if not principals:
        roles = sorted({*review.roles, *([review.escalate_to] if review.escalated_at else [])})
        raise NotYours(f"{first_words(NotYours)} Those are: {', '.join(roles)}.")
    spoken = {name for one in given for name in (one.person, one.on_behalf_of) if name}
    if person.email in spoken:
        raise AlreadyAnswered(first_words(AlreadyAnswered))
    if verdict == "approved":
        if review.asked_by in person.names:
            raise OwnRequest(first_words(OwnRequest))
        principals = [one for one in principals if review.asked_by not in one.names]
        if not principals:
            raise OwnRequest(first_words(OwnRequest))
    principals = [one for one in principals if one.email not in spoken]
    if not principals:
        raise AlreadyAnswered(first_words(AlreadyAnswered))
    return principals[0].email


def escalate_due(seller: Seller, *, at: datetime, by: str) -> int:
    """Pass on the reviews that nobody has answered in time; how many. Each by itself."""
    passed = 0
    for overdue in queries.overdue_reviews(seller_id=seller.id, at=at):
        with transaction.atomic():
            review = (
                Review.objects.select_for_update(no_key=True)
                .filter(seller_id=seller.id, id=overdue.id, state="open", escalated_at__isnull=True)
                .first()
            )
            if review is None:
                continue  # answered, or passed on, since it was read
            review.escalated_at = at
            Review.objects.filter(seller_id=seller.id, id=review.id).update(escalated_at=at)
            _tell(seller, "review.escalated", review, at=at, by=by)
            passed += 1
    return passed


def _tell(seller: Seller, type_: str, review: Review, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        type_,
        object_type="review",
        object_id=review.id,
        buyer_id=review.buyer_id,
        data={
            "kind": review.kind,
            "people": review.people,
            "roles": review.roles,
            "escalate_to": review.escalate_to,
        },
    )
    journal.close()
