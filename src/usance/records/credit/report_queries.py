"""Reading what registers, bureaus and lists have said, and about whom they are to be asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from usance.records.credit.models import Report
from usance.records.statements import execute
from usance.rules.credit.checks import UNAVAILABLE
from usance.rules.credit.report_facts import PERSON

_LONGEST_REST: Final = timedelta(days=2)
"""How far back is looked for who asked to be left alone; nobody may ask for more than a day."""


def reports(*, seller_id: UUID, buyer_id: UUID | None = None) -> QuerySet[Report]:
    """What was said; of one buyer, if it is given, also before it became one."""
    found = Report.objects.filter(seller_id=seller_id)
    if buyer_id is None:
        return found
    applied = RawSQL(_APPLICATIONS, [seller_id, buyer_id])  # noqa: S611 - no text of anybody's
    return found.filter(Q(buyer_id=buyer_id) | Q(buyer_id__isnull=True, application_id__in=applied))


_APPLICATIONS: Final = (
    "SELECT id FROM applications_application WHERE seller_id = %s AND buyer_id = %s"
)


def latest(*, seller_id: UUID, buyer_id: UUID, answered: bool = False) -> Sequence[Report]:
    """The latest of each counterpart and kind, the newest first; with ``answered``, the latest that is
    an answer."""
    found = reports(seller_id=seller_id, buyer_id=buyer_id)
    if answered:
        found = found.exclude(outcome=UNAVAILABLE)
    last = found.order_by("kind", "source", "-asked_at", "-id").distinct("kind", "source")
    return sorted(last, key=lambda report: (report.asked_at, report.id), reverse=True)


def latest_of(
    *,
    seller_id: UUID,
    buyer_id: UUID,
    kind: str,
    source: str,
    asked_about: str | None = None,
    answered: bool = False,
) -> Report | None:
    """The last time that ``source`` was asked, or, with ``answered``, that it gave an answer."""
    found = reports(seller_id=seller_id, buyer_id=buyer_id).filter(kind=kind, source=source)
    if asked_about is not None:
        found = found.filter(asked_about=asked_about)
    if answered:
        found = found.exclude(outcome=UNAVAILABLE)
    return found.order_by("-asked_at", "-id").first()


def dismissed_hits(*, seller_id: UUID, buyer_id: UUID, asked_about: str) -> frozenset[str]:
    """Entries of lists that a person has found to be somebody else than the one asked about."""
    said = (
        reports(seller_id=seller_id, buyer_id=buyer_id)
        .filter(kind="sanctions", source=PERSON)
        .values_list("facts", flat=True)
    )
    return frozenset(
        key for facts in said for key in facts.get("dismissed", {}).get(asked_about, ())
    )


def resting(*, seller_id: UUID, kind: str, at: datetime) -> set[str]:
    """Who, asked about ``kind``, has asked to be left alone until some time after ``at``."""
    found = reports(seller_id=seller_id).filter(
        kind=kind,
        outcome=UNAVAILABLE,
        facts__reason="counterpart_rate_limited",
        facts__again_at__gt=at.astimezone(UTC).isoformat(),
        asked_at__gt=at - _LONGEST_REST,
    )
    return set(found.order_by().values_list("source", flat=True).distinct())


_DUE: Final = """
WITH said AS (
    SELECT buyer_id, id, source, outcome, asked_at, facts FROM credit_report
     WHERE seller_id = %(seller)s AND kind = %(kind)s AND buyer_id IS NOT NULL
       AND source <> 'person' AND source NOT LIKE 'file:%%'
     UNION ALL
    SELECT a.buyer_id, r.id, r.source, r.outcome, r.asked_at, r.facts
      FROM applications_application AS a
      JOIN credit_report AS r ON r.seller_id = a.seller_id AND r.application_id = a.id
     WHERE a.seller_id = %(seller)s AND a.buyer_id IS NOT NULL AND r.buyer_id IS NULL
       AND r.kind = %(kind)s AND r.outcome <> 'unavailable'
), last AS (
    SELECT DISTINCT ON (buyer_id, source) buyer_id, outcome, asked_at,
           (facts ->> 'again_at')::timestamptz AS again_at
      FROM said ORDER BY buyer_id, source, asked_at DESC, id DESC
), asked AS (
    SELECT buyer_id, min(asked_at) AS asked_at,
           min(again_at) FILTER (WHERE outcome = 'unavailable') AS again_at
      FROM last GROUP BY buyer_id
)
SELECT b.id
  FROM parties_buyer AS b LEFT JOIN asked AS a ON a.buyer_id = b.id
 WHERE b.seller_id = %(seller)s AND b.id > %(after)s
   AND (%(countries)s::text[] = '{}' OR b.country = ANY(%(countries)s))
   AND CASE %(kind)s WHEN 'tax_number' THEN b.tax_id <> ''
                     WHEN 'company' THEN
                          ('registration_number' = ANY(%(by)s) AND b.registration_number <> '')
                          OR ('lei' = ANY(%(by)s) AND jsonb_exists(b.metadata, 'lei'))
                     WHEN 'credit' THEN a.buyer_id IS NOT NULL AND EXISTS (
                          SELECT 1 FROM credit_creditline AS l
                           WHERE l.seller_id = %(seller)s AND l.buyer_id = b.id
                             AND l.state <> 'closed' AND l."limit" > 0)
                     ELSE true END
   AND CASE WHEN a.again_at IS NOT NULL THEN a.again_at <= %(at)s
            ELSE a.asked_at IS NULL OR a.asked_at < %(before)s END
 ORDER BY b.id LIMIT %(limit)s
"""


def due(
    *,
    seller_id: UUID,
    kind: str,
    before: datetime,
    at: datetime,
    countries: Collection[str],
    numbers: Collection[str],
    after: UUID,
    limit: int,
) -> list[UUID]:
    """Buyers of ``countries`` (none: of any) about whom ``kind`` is to be asked, in order of their ids;
    a register of companies knows them by one of ``numbers`` (registration_number, lei).

    Those never asked about or not since ``before``, and those whose question got no answer and may be
    asked again at ``at``. A bureau is asked on its own only where it was asked before and credit
    stands: it is paid for.
    """
    rows = execute(
        _DUE,
        {
            "seller": seller_id,
            "kind": kind,
            "before": before,
            "at": at,
            "countries": list(countries),
            "by": list(numbers),
            "after": after,
            "limit": limit,
        },
    )
    return [buyer_id for (buyer_id,) in rows]


_UNSCREENED: Final = """
SELECT b.id FROM parties_buyer AS b
 WHERE b.seller_id = %(seller)s AND b.id > %(after)s
   AND NOT EXISTS (SELECT 1 FROM credit_report AS r
                    WHERE r.seller_id = b.seller_id AND r.buyer_id = b.id AND r.kind = 'sanctions'
                      AND r.source = %(source)s AND r.asked_at >= %(since)s
                      AND r.outcome <> 'unavailable')
 ORDER BY b.id LIMIT %(limit)s
"""


def unscreened(
    *, seller_id: UUID, source: str, since: datetime, after: UUID, limit: int
) -> list[UUID]:
    """Buyers not searched for in the list ``source`` since it was loaded, in order of their ids."""
    rows = execute(
        _UNSCREENED,
        {"seller": seller_id, "source": source, "since": since, "after": after, "limit": limit},
    )
    return [buyer_id for (buyer_id,) in rows]


_SCREENED: Final = """
SELECT count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM credit_report AS r
            WHERE r.seller_id = b.seller_id AND r.buyer_id = b.id AND r.kind = 'sanctions'
              AND r.source = %(source)s AND r.asked_at >= %(since)s
              AND r.outcome <> 'unavailable')),
       count(*)
  FROM parties_buyer AS b WHERE b.seller_id = %(seller)s
"""


def screened(*, seller_id: UUID, source: str, since: datetime) -> tuple[int, int]:
    """How many buyers were searched for in the list ``source`` since it was loaded, and of how many."""
    rows = execute(_SCREENED, {"seller": seller_id, "source": source, "since": since})
    done, total = rows[0]
    return int(done), int(total)


def said_by(
    *, seller_id: UUID, source: str, buyer_ids: Collection[UUID], moments: Collection[datetime]
) -> dict[tuple[UUID, datetime], Report]:
    """What ``source`` said of some buyers at some moments, the last where it said several things."""
    found = reports(seller_id=seller_id).filter(
        source=source, buyer_id__in=list(buyer_ids), asked_at__in=set(moments)
    )
    return {
        (report.buyer_id, report.asked_at): report
        for report in found.order_by("created_at", "id")
        if report.buyer_id is not None
    }
