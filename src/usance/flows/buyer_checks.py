"""What registers, bureaus and sanctions lists are asked about a buyer, and what is kept of it.

Counterparts are asked outside any transaction, all at once; each answer is then kept in one of its
own. That somebody could not be asked is kept too, never in the place of an answer: a decision goes on
with the latest answer there is, or says that it does not know.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.applications.questions import NOT_COVERED, Question, Said, questions_about
from usance.flows.counterparts import Counterparts, counterparts_of
from usance.flows.journal import Journal
from usance.flows.refusals import Conflict, NotFound, Refused, WrongState
from usance.records.credit import queries as credit
from usance.records.credit import report_queries as reports
from usance.records.credit.models import Report
from usance.records.events.secrets import SecretUnreadable
from usance.records.identity import new_id
from usance.records.parties.models import Buyer, Seller
from usance.rules.credit.checks import CHECKS, KEPT, UNAVAILABLE, ask_again_at, untold
from usance.rules.credit.report_facts import PERSON

JUST_ASKED: Final = timedelta(minutes=1)
"""An answer as young as this will do even for who asks for a new one: a form may be sent twice."""
MOST_AT_ONCE: Final = 8


class UnknownCheck(Refused):
    """There is no such check. Choose from tax_number, company, credit and sanctions."""

    code = "unknown_check"


class BrokenConnection(Conflict):
    """The credentials of a connection cannot be read any more. Enter them again, or switch it off."""

    code = "secret_unreadable"


@dataclass(frozen=True, slots=True)
class Asked:
    """A buyer as questions are asked about it. ``lei`` in its metadata is its legal entity identifier."""

    name: str
    country: str
    tax_id: str
    registration_number: str
    company: Mapping[str, Any]
    contact_name: str = ""
    persons: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one question. ``reused``: an earlier answer was young enough. ``retry_after``:
    seconds for which the counterpart asked to be left alone."""

    report: Report
    reused: bool = False
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Checks:
    """What came of all questions about a buyer; ``not_asked`` are kinds that nobody could be asked,
    since no counterpart for such companies is connected or the buyer has no number to ask about."""

    done: tuple[Checked, ...]
    not_asked: tuple[str, ...] = field(default=())


def check_buyer(
    seller: Seller,
    *,
    buyer_id: UUID,
    at: datetime,
    by: str,
    kinds: Collection[str] = CHECKS,
    younger_than: timedelta | None = None,
    resting: Collection[str] = (),
    counterparts: Counterparts | None = None,
) -> Checks:
    """Ask every counterpart of ``kinds`` about a buyer, and keep each answer.

    An answer younger than ``younger_than`` (None: what is usual for its kind) is used again.
    Those in ``resting`` are left alone; ``counterparts`` (None: those connected) are asked.
    Raises NotFound, UnknownCheck or BrokenConnection. Not to be called in a transaction: a
    counterpart may take half a minute.
    """
    if transaction.get_connection().in_atomic_block:
        raise RuntimeError("Nobody is asked while a transaction is open.")
    if not set(kinds) <= set(CHECKS):
        raise UnknownCheck(" ".join((UnknownCheck.__doc__ or "").split()))
    buyer = Buyer.objects.filter(seller_id=seller.id, id=buyer_id).first()
    if buyer is None:
        raise NotFound("There is no such buyer.")
    questions = [
        question
        for question in questions_about(_asked(buyer), counterparts or _connected(seller, buyer))
        if question.kind in kinds
    ]
    done: list[Checked] = []
    open_: list[Question] = []
    for question in questions:
        known = _young_answer(buyer, question, at=at, younger_than=younger_than)
        if known is not None:
            done.append(Checked(known, reused=True))
        elif question.source not in resting:
            open_.append(question)
    asked = {question.kind for question in questions if question.source in resting}
    for question, said in _ask_all(open_, at=at):
        if said.facts.get("reason") == NOT_COVERED:
            continue  # nothing was sent: such companies are not its business
        report = _keep(seller, buyer, question, said, at=at, by=by)
        done.append(Checked(report, retry_after=said.retry_after))
    asked |= {one.report.kind for one in done}
    return Checks(
        tuple(done), tuple(kind for kind in CHECKS if kind in kinds and kind not in asked)
    )


@transaction.atomic
def dismiss_hits(seller: Seller, *, buyer_id: UUID, reason: str, at: datetime, by: str) -> Report:
    """A person has looked: the listed parties that the buyer is like are somebody else.

    The same entries are no hit any more as long as the buyer is asked about under the same name and
    numbers; another entry is. Raises NotFound or WrongState (there is no hit).
    """
    buyer = Buyer.objects.filter(seller_id=seller.id, id=buyer_id).first()
    if buyer is None:
        raise NotFound("There is no such buyer.")
    hits = open_hits(seller_id=seller.id, buyer_id=buyer.id)
    if not hits:
        raise WrongState("There is no hit to be dismissed.")
    dismissed: dict[str, list[str]] = {}
    for report in hits:
        keys = [_key(hit) for hit in report.facts.get("hits", ())]
        dismissed.setdefault(report.asked_about, []).extend(keys)
    return _store(
        seller,
        buyer,
        kind="sanctions",
        source=PERSON,
        outcome="clear",
        facts={"dismissed": dismissed, "note": reason},
        asked_at=at,
        at=at,
        by=by,
    )


def open_hits(*, seller_id: UUID, buyer_id: UUID) -> list[Report]:
    """Screenings that found somebody like the buyer and that no person has looked at since."""
    said = [
        report
        for report in reports.latest(seller_id=seller_id, buyer_id=buyer_id, answered=True)
        if report.kind == "sanctions"
    ]
    settled = max((one.asked_at for one in said if one.source == PERSON), default=None)
    return [
        one for one in said if one.outcome == "hit" and (settled is None or one.asked_at > settled)
    ]


def _asked(buyer: Buyer) -> Asked:
    lei = buyer.metadata.get("lei")
    return Asked(
        name=buyer.name,
        country=buyer.country,
        tax_id=buyer.tax_id,
        registration_number=buyer.registration_number,
        company={"lei": lei} if isinstance(lei, str) else {},
    )


def _connected(seller: Seller, buyer: Buyer) -> Counterparts:
    """A connection may be asked only from a limit on; one in another currency keeps nobody away."""
    limits = {
        line.currency: line.limit for line in credit.lines(seller_id=seller.id, buyer_id=buyer.id)
    }
    requested = limits.get(seller.currency) if set(limits) == {seller.currency} else None
    try:
        return counterparts_of(seller, country=buyer.country, requested=requested)
    except SecretUnreadable:
        raise BrokenConnection(" ".join((BrokenConnection.__doc__ or "").split())) from None


def _young_answer(
    buyer: Buyer, question: Question, *, at: datetime, younger_than: timedelta | None
) -> Report | None:
    if not question.keeps:
        return None
    known = reports.latest_of(
        seller_id=buyer.seller_id,
        buyer_id=buyer.id,
        kind=question.kind,
        source=question.source,
        asked_about=question.asked_about,
        answered=True,
    )
    most = KEPT[question.kind] if younger_than is None else younger_than
    return known if known is not None and at - known.asked_at < most else None


def _ask_all(questions: Sequence[Question], *, at: datetime) -> list[tuple[Question, Said]]:
    """Everybody at once: the slowest of them is waited for, not their sum."""
    if not questions:
        return []
    with ThreadPoolExecutor(min(len(questions), MOST_AT_ONCE)) as pool:
        return list(zip(questions, pool.map(lambda one: one.ask(at), questions), strict=True))


@transaction.atomic
def _keep(
    seller: Seller, buyer: Buyer, question: Question, said: Said, *, at: datetime, by: str
) -> Report:
    facts = {name: value for name, value in said.facts.items() if value not in (None, [], "")}
    outcome = said.outcome
    if outcome == "hit":
        outcome, facts = _without_dismissed(buyer, question, facts)
    if outcome == UNAVAILABLE:
        facts |= _next_try(buyer, question, said, at=at)
    return _store(
        seller,
        buyer,
        kind=question.kind,
        source=question.source,
        outcome=outcome,
        facts=facts,
        asked_at=said.asked_at,
        asked_about=question.asked_about,
        reference=said.reference,
        at=at,
        by=by,
    )


def _without_dismissed(
    buyer: Buyer, question: Question, facts: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """A hit that a person has found to be somebody else is none."""
    known = reports.dismissed_hits(
        seller_id=buyer.seller_id, buyer_id=buyer.id, asked_about=question.asked_about
    )
    hits = facts.get("hits", [])
    left = [hit for hit in hits if _key(hit) not in known]
    if len(left) == len(hits):
        return "hit", facts
    return ("hit" if left else "clear"), facts | {
        "hits": left,
        "dismissed_hits": [hit for hit in hits if _key(hit) in known],
    }


def _key(hit: Mapping[str, Any]) -> str:
    return f"{hit.get('list', '')}:{hit.get('id', '')}"


def _next_try(buyer: Buyer, question: Question, said: Said, *, at: datetime) -> dict[str, Any]:
    before = reports.latest_of(
        seller_id=buyer.seller_id, buyer_id=buyer.id, kind=question.kind, source=question.source
    )
    failed = before is not None and before.outcome == UNAVAILABLE
    attempt = 1 + (before.facts.get("attempt", 1) if before is not None and failed else 0)
    again = ask_again_at(
        attempt, at=at, reason=str(said.facts.get("reason", "")), retry_after=said.retry_after
    )
    return {"attempt": attempt, "again_at": again.astimezone(UTC).isoformat()}


def _store(
    seller: Seller,
    buyer: Buyer,
    *,
    kind: str,
    source: str,
    outcome: str,
    facts: Mapping[str, Any],
    asked_at: datetime,
    at: datetime,
    by: str,
    asked_about: str = "",
    reference: str = "",
) -> Report:
    report = Report(
        id=new_id(),
        seller=seller,
        created_at=at,
        buyer=buyer,
        kind=kind,
        source=source,
        outcome=outcome,
        asked_about=asked_about,
        reference=reference,
        facts=dict(facts) | _open_facts(kind, outcome, facts),
        asked_at=asked_at,
    )
    report.save(force_insert=True)
    journal = Journal(seller, at=at, by=by)
    tell_report(journal, report)
    journal.close()
    return report


def _open_facts(kind: str, outcome: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    names = untold(kind, outcome=outcome, facts=facts)
    return {"unknown": list(names)} if names else {}


def tell_report(journal: Journal, report: Report) -> None:
    """Tell that ``report`` was received."""
    journal.tell(
        "report.received",
        object_type="report",
        object_id=report.id,
        buyer_id=report.buyer_id,
        data={
            "kind": report.kind,
            "source": report.source,
            "outcome": report.outcome,
            "reference": report.reference,
            "reason": report.facts.get("reason"),
        },
    )
