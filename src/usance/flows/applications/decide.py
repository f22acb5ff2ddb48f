"""An application is decided: by the policy where the case is clear, else by people.

An approval opens the account in the same transaction: the buyer, its credit line, its first member
and what the checks found about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.applications import letters
from usance.flows.applications.account import open_account
from usance.flows.applications.assessment import assess
from usance.flows.applications.handling import UNDECIDED, locked, tell, write_message
from usance.flows.applications.refusals import InvalidApplication, TermsDiffer
from usance.flows.refusals import first_words
from usance.flows.reviews import (
    USUAL,
    NotYours,
    Person,
    answer_review,
    close_review,
    open_review,
    withdraw_reviews,
)
from usance.records.applications import actions
from usance.records.applications.models import Application
from usance.records.credit import review_queries
from usance.records.parties.models import Seller
from usance.rules.applications.declining import DECLINE_REASONS, MOST_REASONS
from usance.rules.money import LARGEST_AMOUNT, MoneyError
from usance.rules.terms import Terms

BY_POLICY: Final = "policy"


def decide_automatically(seller: Seller, application: Application, *, at: datetime) -> None:
    """Let the policy decide the locked ``application``; what is not clear goes to a person.

    Once somebody of the seller's has acted on it, the policy only advises. The caller's transaction
    is open.
    """
    assessment = assess(seller, application, at=at)
    admitted = assessment.admitted
    actions.change(application, decision=assessment.document)
    touched = _somebody_acts(seller, application)
    if admitted.outcome == "approved" and not touched and assessment.limit:
        actions.change(application, limit=assessment.limit, terms=[], tier="")
        _approve(seller, application, at=at, by=BY_POLICY)
        return
    if admitted.outcome == "declined" and not touched:
        notes = [rule.note for rule in assessment.told_rules if rule.note]
        _decline(seller, application, admitted.reasons, notes=notes, at=at, by=BY_POLICY)
        return
    if application.state == "submitted":
        actions.change(application, state="in_review")
        open_review(
            seller,
            kind="application",
            subject_id=application.id,
            reasons=admitted.reasons,
            amount=application.requested_limit,
            currency=application.currency,
            proposal={"limit": assessment.limit},
            route=assessment.route,
            at=at,
            by=BY_POLICY,
        )
        tell(
            seller,
            "application.in_review",
            application=application,
            at=at,
            by=BY_POLICY,
            reasons=list(admitted.reasons),
        )


@transaction.atomic
def approve(
    seller: Seller,
    *,
    application_id: UUID,
    limit: int,
    at: datetime,
    by: str,
    terms: Sequence[Terms] = (),
    tier: str = "",
    buyer_id: UUID | None = None,
    person: Person | None = None,
    note: str = "",
) -> Application:
    """Open the account with ``limit`` (minor units of the application's currency) and ``terms``
    (none: the policy's), or say yes as one of the several persons who must.

    ``buyer_id``: the company has an account already, which gets the credit line. Raises NotFound,
    WrongState, MoneyError, TermsDiffer, or what answer_review raises.
    """
    application = locked(seller, application_id, states=UNDECIDED)
    if not 0 <= limit <= LARGEST_AMOUNT:
        raise MoneyError(f"A limit must be from 0 to {LARGEST_AMOUNT} minor units.")
    proposed = {"limit": limit, "terms": [one.code for one in terms], "tier": tier}
    agreed = application.decision.get("proposed")
    if agreed is not None and agreed != proposed:
        raise TermsDiffer(first_words(TermsDiffer))
    if not _answered(seller, application, "approved", person=person, at=at, note=note):
        actions.change(application, decision=application.decision | {"proposed": proposed})
        return application
    actions.change(application, **proposed)
    _approve(seller, application, at=at, by=by, buyer_id=buyer_id)
    return application


@transaction.atomic
def decline(
    seller: Seller,
    *,
    application_id: UUID,
    reasons: Sequence[str],
    at: datetime,
    by: str,
    person: Person | None = None,
    note: str = "",
) -> Application:
    """Decline, for ``reasons`` of ``rules.applications.declining``; the applicant hears the safe ones.

    Raises NotFound, WrongState, InvalidApplication, or what answer_review raises.
    """
    application = locked(seller, application_id, states=UNDECIDED)
    unknown = sorted(set(reasons) - set(DECLINE_REASONS))
    if unknown or not 1 <= len(reasons) <= MOST_REASONS:
        raise InvalidApplication(
            f"Give from 1 to {MOST_REASONS} of these reasons: {', '.join(DECLINE_REASONS)}."
        )
    _answered(seller, application, "declined", person=person, at=at, note=note)
    _decline(seller, application, reasons, notes=(), at=at, by=by)
    return application


@transaction.atomic
def request_information(
    seller: Seller, *, application_id: UUID, text: str, author: str, at: datetime, by: str
) -> Application:
    """Ask the applicant something; it answers through its link.

    Raises NotFound, WrongState or InvalidApplication.
    """
    application = locked(seller, application_id, states=UNDECIDED)
    write_message(seller, application, text=text, from_seller=True, author=author, at=at)
    for state in ("in_review", "information_requested"):
        if application.state in _BEFORE[state]:
            actions.change(application, state=state)
    tell(seller, "application.information_requested", application=application, at=at, by=by)
    letters.send_question(seller, application, text=text.strip(), at=at)
    return application


_BEFORE: Final = {
    "in_review": ("submitted",),
    "information_requested": ("in_review",),
}


def _approve(
    seller: Seller, application: Application, *, at: datetime, by: str, buyer_id: UUID | None = None
) -> None:
    if application.state == "information_requested":
        # The one way out of a question leads through the review (states.APPLICATION).
        actions.change(application, state="in_review")
    buyer = open_account(seller, application, buyer_id=buyer_id, at=at, by=by)
    actions.change(
        application,
        state="approved",
        buyer_id=buyer.id,
        decided_at=at,
        decided_by=by,
        checks_due_at=None,
    )
    withdraw_reviews(seller_id=seller.id, subject_id=application.id, at=at)
    tell(
        seller,
        "application.approved",
        application=application,
        at=at,
        by=by,
        buyer_id=buyer.id,
        limit=application.limit,
        requested=application.requested_limit,
        terms=application.terms,
    )
    letters.send_approved(seller, application, terms=application.terms, at=at)


def _decline(
    seller: Seller,
    application: Application,
    reasons: Sequence[str],
    *,
    notes: Sequence[str],
    at: datetime,
    by: str,
) -> None:
    actions.change(
        application,
        state="declined",
        decline_reasons=list(reasons),
        decided_at=at,
        decided_by=by,
        checks_due_at=None,
    )
    withdraw_reviews(seller_id=seller.id, subject_id=application.id, at=at)
    tell(
        seller, "application.declined", application=application, at=at, by=by, reasons=list(reasons)
    )
    letters.send_declined(seller, application, notes=notes, at=at)


def _answered(
    seller: Seller,
    application: Application,
    verdict: str,
    *,
    person: Person | None,
    at: datetime,
    note: str,
) -> bool:
    """Whether the application's review has come to its end with this verdict."""
    review = review_queries.open_review_of(seller_id=seller.id, subject_id=application.id)
    if review is None:
        # The checks have not come to an end yet; who may decide then is not the policy's to say.
        if person is not None and person.role not in USUAL.roles:
            raise NotYours(first_words(NotYours))
        return True
    if person is None:
        if review.route and verdict == "approved":
            raise NotYours(
                f"The policy gives this application to {review.people} of {', '.join(review.roles)}"
                f" (route {review.route}); decide it in the back office."
            )
        close_review(review, state=verdict, at=at)
        return True
    return answer_review(
        seller, review_id=review.id, person=person, verdict=verdict, at=at, note=note
    ).is_final


def _somebody_acts(seller: Seller, application: Application) -> bool:
    """Whether a person has said something in the review, or has asked the applicant something."""
    if application.state == "information_requested":
        return True
    review = review_queries.open_review_of(seller_id=seller.id, subject_id=application.id)
    said = review and review_queries.approvals(seller_id=seller.id, review_id=review.id)
    return bool(said)


def proposed_by_others(application: Application) -> dict[str, Any] | None:
    """What a first person has approved where several must, for the second to see."""
    found: dict[str, Any] | None = application.decision.get("proposed")
    return found
