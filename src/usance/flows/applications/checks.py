"""The checks of an application run by themselves, and again while a counterpart does not answer.

Each answer is kept as a report; one of the last day about the same number is used again, with its
consultation number. What could not be asked is asked later, and meanwhile a person may decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.applications.decide import decide_automatically
from usance.flows.applications.handling import UNDECIDED, tell, written_of
from usance.flows.applications.questions import NOT_COVERED, Question, Said, questions_about
from usance.flows.counterparts import Counterparts, counterparts_of
from usance.flows.journal import business_day
from usance.flows.refusals import NotFound
from usance.records.applications import actions, queries
from usance.records.applications.models import Application
from usance.records.credit.models import Report
from usance.records.identity import public_id
from usance.records.parties.models import Seller
from usance.rules.applications.addresses import at_company, domain_of, is_free_mail
from usance.rules.applications.completeness import checked
from usance.rules.applications.duplicates import Company, find_duplicates
from usance.rules.applications.findings import ANSWERED

KEEPS: Final = timedelta(hours=24)
"""How long an answer about the same number is good for another application."""
AGAIN_AFTER: Final = (
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
"""The waits between tries of what did not answer; three days in all."""
LEASE: Final = timedelta(minutes=3)
"""How long one run has its checks to itself; one that breaks down is run again after that."""
BY: Final = "checks"


@dataclass(frozen=True, slots=True)
class _Answered:
    question: Question
    said: Said
    kept: Report | None
    """The earlier report that answers; None: it was asked now."""


def due(*, at: datetime, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(seller, application) of every application whose checks are to run now."""
    return queries.checks_due(at=at, limit=limit)


def run_checks(
    *,
    seller_id: UUID,
    application_id: UUID,
    at: datetime,
    counterparts: Counterparts | None = None,
) -> datetime | None:
    """Run the checks of one application and let the policy decide; when to run them again, if ever.

    No transaction is open while somebody outside is asked. Running twice asks nothing twice that
    was answered. Raises NotFound.
    """
    seller = Seller.objects.get(id=seller_id)
    application = queries.application(seller_id=seller_id, application_id=application_id)
    if application is None:
        raise NotFound("There is no such application.")
    if application.state not in UNDECIDED or not actions.take_checks(
        seller_id=seller_id, application_id=application_id, at=at, until=at + LEASE
    ):
        return None
    if counterparts is None:
        requested = queries.converted(
            application.requested_limit,
            seller_id=seller_id,
            source=application.currency,
            target=seller.currency,
            on=business_day(seller, at=at),
        )
        counterparts = counterparts_of(seller, country=application.country, requested=requested)
    answers = _ask(application, counterparts, at=at)
    return _record(seller, application_id, answers, at=at)


def _ask(application: Application, counterparts: Counterparts, *, at: datetime) -> list[_Answered]:
    """The answers to every question, asked only where there is none that will do."""
    answers = []
    for question in questions_about(application, counterparts):
        kept = _kept(application, question, at=at)
        if kept is not None:
            said = Said(kept.outcome, kept.reference, kept.facts, kept.asked_at)
            answers.append(_Answered(question, said, kept))
            continue
        said = question.ask(at)
        if said.facts.get("reason") != NOT_COVERED:
            answers.append(_Answered(question, said, None))
    return answers


def _kept(application: Application, question: Question, *, at: datetime) -> Report | None:
    """An answer to the very question: this application's own, or one of the last day."""
    found = Report.objects.filter(
        seller_id=application.seller_id,
        source=question.source,
        asked_about=question.asked_about,
        kind=question.kind,
        outcome__in=ANSWERED,
    ).order_by("-asked_at", "-id")
    own = found.filter(application_id=application.id).first()
    if own is not None or not question.keeps:
        return own
    return found.filter(asked_at__gt=at - KEEPS).first()


@transaction.atomic
def _record(
    seller: Seller, application_id: UUID, answers: Sequence[_Answered], *, at: datetime
) -> datetime | None:
    application = actions.lock_application(seller_id=seller.id, application_id=application_id)
    if application is None or application.state not in UNDECIDED:
        return None
    reports = [_report(seller, application, answer, at=at) for answer in answers]
    before = application.findings
    attempts = int(before.get("attempts", 0)) + 1
    unanswered = [one for one in answers if one.said.outcome not in ANSWERED]
    again = _again(unanswered, attempts=attempts, at=at)
    findings = {
        "at": at.isoformat(),
        "attempts": attempts,
        "again_at": again.isoformat() if again else None,
        "numbers": [
            {"name": found.name, "outcome": found.outcome, "number": found.number}
            for found in checked(written_of(application))
        ],
        "email": _email(application),
        "duplicates": _duplicates(application),
        "reports": reports,
    }
    actions.change(application, findings=findings, checks_due_at=again)
    tell(
        seller,
        "application.checked",
        application=application,
        at=at,
        by=BY,
        unanswered=[one.question.source for one in unanswered],
    )
    if application.state == "submitted" or _has_news(before, findings):
        decide_automatically(seller, application, at=at)
    return again if application.state in UNDECIDED else None


def _again(unanswered: Sequence[_Answered], *, attempts: int, at: datetime) -> datetime | None:
    """When to ask again; not sooner than the counterpart wants."""
    if not unanswered or attempts > len(AGAIN_AFTER):
        return None
    asked_for = max(one.said.retry_after or 0 for one in unanswered)
    return at + max(AGAIN_AFTER[attempts - 1], timedelta(seconds=asked_for))


def _report(
    seller: Seller, application: Application, answer: _Answered, *, at: datetime
) -> dict[str, Any]:
    """Keep an answer as this application's, and say it in its findings."""
    question, said, kept = answer.question, answer.said, answer.kept
    mine = kept is not None and kept.application_id == application.id
    row = kept if mine else None
    if row is None:
        row = Report.objects.create(
            seller=seller,
            created_at=at,
            application_id=application.id,
            kind=question.kind,
            source=question.source,
            outcome=said.outcome,
            asked_about=question.asked_about,
            reference=said.reference,
            facts=said.facts,
            asked_at=said.asked_at,
        )
    return {
        "id": public_id("report", row.id),
        "kind": question.kind,
        "source": question.source,
        "outcome": said.outcome,
        "reference": said.reference,
        "asked_at": said.asked_at.isoformat(),
        "reused": kept is not None and not mine,
        "facts": said.facts,
    }


def _email(application: Application) -> dict[str, Any]:
    website = str(application.company.get("website", ""))
    return {
        "verified": application.email_verified_at is not None,
        "at_domain": at_company(application.contact_email, website=website),
        "free": is_free_mail(application.contact_email),
    }


def _duplicates(application: Application) -> list[dict[str, Any]]:
    domain = domain_of(application.contact_email)
    applicant: Company[queries.Key] = Company(
        key=("application", application.id),
        name=application.name,
        country=application.country,
        tax_id=application.tax_id,
        registration_number=application.registration_number,
        postal_code=str(application.company.get("postal_code", "")),
        domain=domain,
    )
    known = queries.known_companies(
        seller_id=application.seller_id,
        application_id=application.id,
        country=application.country,
        domain=domain,
    )
    return [
        {
            "kind": found.key[0],
            "id": public_id(found.key[0], found.key[1]),
            "name": found.name,
            "likeness": found.likeness,
            "grounds": list(found.grounds),
        }
        for found in find_duplicates(applicant, among=known)
    ]


def _has_news(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether a check has said something that it had not said when the policy decided last."""

    def said(findings: dict[str, Any]) -> list[tuple[str, str, str]]:
        return sorted(
            (one["kind"], one["source"], one["outcome"]) for one in findings.get("reports", [])
        )

    return said(before) != said(now)
