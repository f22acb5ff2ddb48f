"""A person answers a review, and what it was about happens in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows import limit_reviews, order_reviews, policies
from usance.flows.refusals import NotFound, Refused, WrongState
from usance.flows.reviews import Person, Verdict, answer_review
from usance.records.credit import review_queries
from usance.records.credit.models import Review
from usance.records.parties.models import Seller

VERDICTS: Final = ("approved", "declined")


class DecidedElsewhere(Refused):
    """This is decided on the page of its subject, where there is more to enter than yes or no."""

    code = "decided_elsewhere"


class NothingToOverride(Refused):
    """Only an order can be let past the limit. Answer without override."""

    code = "nothing_to_override"


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """What a person says to a review. ``override`` lets an order exceed the limit; ``limit``, in
    minor units, is approved instead of the one that is proposed."""

    person: Person
    verdict: str
    at: datetime
    note: str = ""
    override: bool = False
    limit: int | None = None

    @property
    def by(self) -> str:
        """How the person is named in what happens."""
        return self.person.by or self.person.email


@transaction.atomic
def answer(
    seller: Seller,
    *,
    review_id: UUID,
    person: Person,
    verdict: str,
    at: datetime,
    note: str = "",
    override: bool = False,
    limit: int | None = None,
) -> Verdict:
    """Let ``person`` approve or decline, and do what follows from it once everybody who must has.

    Raises NotFound, WrongState, NotYours, OwnRequest, AlreadyAnswered, NothingToOverride,
    DecidedElsewhere, MoneyError, FigureApproved, or LimitExceeded for an order that the line does not
    bear without ``override``.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"A verdict is one of {', '.join(VERDICTS)}, not {verdict!r}.")
    review = review_queries.review(seller_id=seller.id, review_id=review_id)
    if review is None:
        raise NotFound("There is no such review.")
    if review.state != "open":
        raise WrongState(f"The review is {review.state} already.")
    act = ANSWERS.get(review.kind)
    if act is None:
        raise DecidedElsewhere(" ".join((DecidedElsewhere.__doc__ or "").split()))
    if override and review.kind != "order":
        raise NothingToOverride(" ".join((NothingToOverride.__doc__ or "").split()))
    act(seller, review, ReviewAnswer(person, verdict, at, note, override, limit))
    settled = review_queries.review(seller_id=seller.id, review_id=review_id)
    assert settled is not None
    return Verdict(settled, settled.state != "open")


def _order(seller: Seller, review: Review, said: ReviewAnswer) -> None:
    if said.verdict == "approved":
        order_reviews.confirm_order(
            seller,
            order_id=review.subject_id,
            at=said.at,
            by=said.by,
            person=said.person,
            override=said.override,
            note=said.note,
        )
    else:
        order_reviews.decline_order(
            seller,
            order_id=review.subject_id,
            at=said.at,
            by=said.by,
            person=said.person,
            note=said.note,
        )


def _policy(seller: Seller, review: Review, said: ReviewAnswer) -> None:
    told = answer_review(
        seller,
        review_id=review.id,
        person=said.person,
        verdict=said.verdict,
        at=said.at,
        note=said.note,
    )
    if told.is_final and said.verdict == "approved":
        policies.approve_policy(
            seller,
            review=told.review,
            at=said.at,
            by=said.by,
            approved_by=said.person.email,
        )


def _limit(seller: Seller, review: Review, said: ReviewAnswer) -> None:
    limit_reviews.answer_limit_review(
        seller,
        review_id=review.id,
        person=said.person,
        verdict=said.verdict,
        at=said.at,
        note=said.note,
        limit=said.limit if said.verdict == "approved" else None,
    )


ANSWERS: Final[dict[str, Callable[[Seller, Review, ReviewAnswer], None]]] = {
    "order": _order,
    "limit": _limit,
    "policy": _policy,
}
"""What follows from an answer, by the kind of the review. Kinds that are not here are decided on the
page of their subject."""
