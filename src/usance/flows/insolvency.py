"""Notices of insolvency: what a feed says of buyers is kept, and the watch acts on it.

Only a number settles whom a notice is about. A name that is alike raises the question; a person
answers it. No notice lifts another: that proceedings are over is for a person to find.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.buyer_checks import tell_report
from usance.flows.journal import Journal
from usance.flows.refusals import NotFound
from usance.flows.standing import renew_standings
from usance.formats import insolvency_feed
from usance.formats.insolvency_feed import Notice
from usance.records.credit.models import Report
from usance.records.identity import new_id
from usance.records.parties.models import Buyer, Seller
from usance.rules.credit.report_facts import PERSON
from usance.rules.insolvency import Known, Match, NoticeIndex

KIND: Final = "insolvency"
POSSIBLE: Final = "possible"
"""The outcome of a notice that may be about a buyer: no answer until a person gives one."""
SOURCE: Final = "insolvency notices"
_LONGEST_SOURCE: Final = 40


@dataclass(frozen=True, slots=True)
class Taken:
    """What a feed came to: notices about buyers for certain, those that may be, and how many were
    about nobody known or had been taken before."""

    notices: int
    reported: tuple[Report, ...]
    suspected: tuple[Report, ...]
    known_before: int

    @property
    def about_nobody(self) -> int:
        """Notices that no buyer is like."""
        return self.notices - len({r.reference for r in (*self.reported, *self.suspected)})


def take_notices(
    seller: Seller,
    data: bytes,
    *,
    at: datetime,
    by: str,
    source: str = SOURCE,
    tell: Callable[[int, int], object] = lambda *_: None,
) -> Taken:
    """Read a feed and keep what it says of the seller's buyers. The same notice again changes nothing.

    ``tell`` is told how many notices of how many have been compared. Raises FormatError or BadRows.
    """
    notices = insolvency_feed.parse(data)
    index = NoticeIndex(
        Known(b.id, b.name, b.country, b.tax_id, b.registration_number)
        for b in Buyer.objects.filter(seller_id=seller.id).order_by("id").iterator(2000)
    )
    found: list[tuple[Notice, Match[UUID]]] = []
    for n, notice in enumerate(notices, 1):
        matches = index.match(name=notice.name, number=notice.number, country=notice.country)
        certain = [match for match in matches if match.is_certain]
        found += [(notice, match) for match in certain or matches]
        tell(n, len(notices))
    return _keep(seller, found, notices=len(notices), source=source, at=at, by=by)


@transaction.atomic
def settle_insolvency(
    seller: Seller, *, buyer_id: UUID, insolvent: bool, reason: str, at: datetime, by: str
) -> Report:
    """A person has found whether the notices are about the buyer; that holds until the next one.

    Raises NotFound.
    """
    if not Buyer.objects.filter(seller_id=seller.id, id=buyer_id).exists():
        raise NotFound("There is no such buyer.")
    report = Report(
        id=new_id(),
        seller=seller,
        created_at=at,
        buyer_id=buyer_id,
        kind=KIND,
        source=PERSON,
        outcome="hit" if insolvent else "clear",
        facts={"note": reason, "by": by},
        asked_at=at,
    )
    report.save(force_insert=True)
    journal = Journal(seller, at=at, by=by)
    tell_report(journal, report)
    if insolvent:
        _tell(journal, report)
    journal.close()
    renew_standings(seller, buyer_ids=[buyer_id], at=at)
    return report


@transaction.atomic
def _keep(
    seller: Seller,
    found: Sequence[tuple[Notice, Match[UUID]]],
    *,
    notices: int,
    source: str,
    at: datetime,
    by: str,
) -> Taken:
    source = source[:_LONGEST_SOURCE]
    kept = set(
        Report.objects.filter(
            seller_id=seller.id,
            kind=KIND,
            source=source,
            buyer_id__in={match.key for _, match in found},
        ).values_list("buyer_id", "reference")
    )
    made = [
        _report(seller, notice, match, source=source, at=at)
        for notice, match in found
        if (match.key, _reference(notice)) not in kept
    ]
    Report.objects.bulk_create(made)
    journal = Journal(seller, at=at, by=by)
    for report in made:
        tell_report(journal, report)
        _tell(journal, report)
    journal.close()
    return Taken(
        notices=notices,
        reported=tuple(report for report in made if report.outcome == "hit"),
        suspected=tuple(report for report in made if report.outcome == POSSIBLE),
        known_before=len(found) - len(made),
    )


def _reference(notice: Notice) -> str:
    """A notice is told from others by its number and what it is about."""
    return f"{notice.source_id} {notice.kind}"


def _report(
    seller: Seller, notice: Notice, match: Match[UUID], *, source: str, at: datetime
) -> Report:
    facts: dict[str, Any] = {
        "notice": notice.source_id,
        "name": notice.name,
        "number": notice.number,
        "country": notice.country,
        "court": notice.court,
        "kind": notice.kind,
        "on": notice.on.isoformat(),
        "likeness": match.likeness,
        "ground": match.ground,
    }
    return Report(
        id=new_id(),
        seller=seller,
        created_at=at,
        buyer_id=match.key,
        kind=KIND,
        source=source,
        outcome="hit" if match.is_certain else POSSIBLE,
        reference=_reference(notice),
        facts={name: value for name, value in facts.items() if value is not None},
        # Known from now on, whenever it was published: a person who has settled what was known
        # before has not seen this one.
        asked_at=at,
    )


def _tell(journal: Journal, report: Report) -> None:
    journal.tell(
        "insolvency.suspected" if report.outcome == POSSIBLE else "insolvency.reported",
        object_type="report",
        object_id=report.id,
        buyer_id=report.buyer_id,
        data={
            name: report.facts.get(name)
            for name in ("notice", "name", "court", "kind", "on", "likeness", "ground")
        },
    )
