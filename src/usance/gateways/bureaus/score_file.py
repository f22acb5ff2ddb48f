"""A bureau that delivers a file: its rows answer as a bureau that is asked does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from usance.formats.score_file import Score
from usance.gateways.bureaus.bureau import (
    Changed,
    Changes,
    CompanyMatch,
    CompanyMatches,
    CompanyQuery,
    CreditReport,
)
from usance.gateways.exchange import aware
from usance.rules.screening import compact_number, normalised


class ScoreFileBureau:
    """Answers from ``scores``. ``scale`` are the ends of the bureau's score, worst first, which no
    file states; ``previous`` are the rows of the delivery before, for what has changed."""

    def __init__(
        self,
        scores: Iterable[Score],
        *,
        source: str = "score-file",
        scale: tuple[Decimal, Decimal] | None = None,
        previous: Iterable[Score] = (),
    ) -> None:
        self.source = source
        self._scale = scale
        self._scores = {score.id: score for score in scores}
        self._previous = {score.id: score for score in previous}

    def __repr__(self) -> str:
        return f"ScoreFileBureau(source={self.source!r}, companies={len(self._scores)})"

    def search(self, company: CompanyQuery, *, at: datetime) -> CompanyMatches:
        """The rows with the number, or else with the same name but for case and legal form."""
        matches = tuple(
            CompanyMatch(
                id=score.id,
                name=score.name,
                country=score.country,
                number=score.number or score.duns,
            )
            for score in self._scores.values()
            if _is_meant(score, company=company)
        )
        return CompanyMatches(
            source=self.source,
            asked_at=aware(at),
            outcome="found" if matches else "not_found",
            matches=matches,
        )

    def report(self, id: str, *, at: datetime) -> CreditReport:  # noqa: A002
        """What the file says of the company with the D-U-N-S, number or name ``id``."""
        score = self._scores.get(id)
        if score is None:
            return CreditReport(source=self.source, asked_at=aware(at), outcome="not_found", id=id)
        words = {
            "failure_score": score.failure_score,
            "delinquency_score": score.delinquency_score,
            "duns": score.duns,
            "line": score.line,
        }
        return CreditReport(
            source=self.source,
            asked_at=aware(at),
            outcome="found",
            id=id,
            name=score.name,
            number=score.number,
            country=score.country,
            score=score.failure_score if score.score is None else score.score,
            scale=self._scale,
            rating=score.rating,
            limit=score.limit,
            currency=score.currency,
            as_of=score.as_of,
            insolvent=score.insolvent,
            reference=f"line {score.line}",
            raw={name: str(word) for name, word in words.items() if word is not None},
        )

    def changes(self, since: date, *, at: datetime) -> Changes:
        """What differs from the delivery before, for companies with a newer row since ``since``."""
        return Changes(
            source=self.source,
            asked_at=aware(at),
            changes=tuple(
                sorted(
                    (
                        change
                        for score in self._scores.values()
                        if score.as_of >= since
                        for change in _changes(self._previous.get(score.id), score)
                    ),
                    key=lambda change: (change.on or date.min, change.id, change.kind),
                )
            ),
        )


def _is_meant(score: Score, *, company: CompanyQuery) -> bool:
    if score.country is not None and score.country != company.country.upper():
        return False
    numbers = {compact_number(n) for n in (company.number, company.vat_number) if n}
    if numbers:
        return bool(numbers & {compact_number(n) for n in (score.number, score.duns) if n})
    return normalised(score.name) == normalised(company.name or "")


_COMPARED = ("score", "failure_score", "delinquency_score", "rating", "limit", "insolvent")


def _changes(before: Score | None, after: Score) -> Iterator[Changed]:
    if before is None:
        return
    for kind in _COMPARED:
        old, new = getattr(before, kind), getattr(after, kind)
        if old != new:
            yield Changed(
                id=after.id,
                name=after.name,
                country=after.country,
                kind=kind,
                before=None if old is None else str(old),
                after=None if new is None else str(new),
                on=after.as_of,
            )
