"""Buyers are asked about again because time has passed, or because nobody answered before.

A run asks a bounded number of questions and keeps each answer by itself, so that it can be stopped
anywhere; the next run goes on with who is due then. A counterpart that asks for patience is left
alone for as long as it said, by this run and by those after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from usance.flows.buyer_checks import Checked, check_buyer
from usance.flows.found import seller_of
from usance.records.connections import queries as connections
from usance.records.credit import report_queries as reports
from usance.records.parties.models import Seller
from usance.rules.applications.numbers import EU_VAT
from usance.rules.credit.checks import UNAVAILABLE

PAGE: Final = 50
MOST_LOOKED_AT: Final = 5000
"""Buyers of one kind that a run looks at, of whom some may turn out to have nothing to ask."""
_BEGINNING: Final = UUID(int=0)
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "tax_number": frozenset({"vies"}),
    "company": frozenset({"companies_house", "gleif"}),
    "sanctions": frozenset({"yente"}),
    "credit": frozenset({"creditsafe"}),
}
"""Connections by what they are asked. A list of one's own is searched anew when it is loaded anew."""
_COVERS: Final[Mapping[str, frozenset[str]]] = {
    "vies": EU_VAT,
    "companies_house": frozenset({"GB"}),
}
"""The countries that a counterpart knows companies of, where its connection names none."""
_FINDS_BY: Final = {"companies_house": "registration_number", "gleif": "lei"}


@dataclass(slots=True)
class Run:
    """What one run does over all sellers: what it may ask still, and who is to be left alone until when.

    ``pause`` waits between two buyers, ``stopped`` says that the run must end.
    """

    left: int
    pause: Callable[[], object] = lambda: None
    stopped: Callable[[], bool] = lambda: False
    resting: dict[str, datetime] = field(default_factory=dict)
    answered: int = 0
    unanswered: int = 0

    @property
    def over(self) -> bool:
        """Whether nothing more is to be asked."""
        return self.left <= 0 or self.stopped()


def check_due_buyers(
    *, seller_id: UUID, at: datetime, by: str, days: Mapping[str, int], run: Run
) -> None:
    """Ask about the seller's buyers who are due; ``days`` is how long an answer stands, by kind.

    Raises NotFound.
    """
    seller = seller_of(seller_id)
    for kind, known_as in _KINDS.items():
        asked = _asked(seller_id, known_as=known_as)
        if asked is not None:
            before = at - timedelta(days=days[kind])
            _check_kind(seller, kind, asked, before=before, at=at, by=by, run=run)


@dataclass(frozen=True, slots=True)
class _Asked:
    """About whom a kind of connection can be asked: buyers of ``countries`` (none: of any), and by
    which ``numbers`` a register of companies finds them."""

    countries: frozenset[str]
    numbers: frozenset[str]


def _asked(seller_id: UUID, *, known_as: frozenset[str]) -> _Asked | None:
    """About whom the connections that are ``known_as`` can be asked; None: nobody is connected."""
    found = list(
        connections.connections(seller_id=seller_id, active=True).filter(kind__in=known_as)
    )
    if not found:
        return None
    chosen = [
        frozenset(one.settings.get("countries") or _COVERS.get(one.kind, ())) for one in found
    ]
    return _Asked(
        countries=frozenset().union(*chosen) if all(chosen) else frozenset(),
        numbers=frozenset(_FINDS_BY[one.kind] for one in found if one.kind in _FINDS_BY),
    )


def _check_kind(
    seller: Seller,
    kind: str,
    asked: _Asked,
    *,
    before: datetime,
    at: datetime,
    by: str,
    run: Run,
) -> None:
    after, looked_at = _BEGINNING, 0
    sources = {source for source, until in run.resting.items() if until > at}
    sources |= reports.resting(seller_id=seller.id, kind=kind, at=at)
    while not run.over and looked_at < MOST_LOOKED_AT:
        page = reports.due(
            seller_id=seller.id,
            kind=kind,
            before=before,
            at=at,
            countries=asked.countries,
            numbers=asked.numbers,
            after=after,
            limit=PAGE,
        )
        if not page:
            return
        for buyer_id in page:
            if run.over:
                return
            checks = check_buyer(
                seller, buyer_id=buyer_id, kinds=(kind,), at=at, by=by, resting=sources
            )
            new = [one for one in checks.done if not one.reused]
            for one in new:
                _count(one, run, sources, at=at)
            run.left -= len(new)
            if new:
                run.pause()
        after, looked_at = page[-1], looked_at + len(page)


def _count(one: Checked, run: Run, sources: set[str], *, at: datetime) -> None:
    if one.report.outcome != UNAVAILABLE:
        run.answered += 1
        return
    run.unanswered += 1
    if one.report.facts.get("reason") == "counterpart_rate_limited":
        again = one.report.facts.get("again_at")
        run.resting[one.report.source] = datetime.fromisoformat(again) if again else at
        sources.add(one.report.source)
