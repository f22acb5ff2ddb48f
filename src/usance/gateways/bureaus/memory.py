"""A bureau in memory, for tests and for worlds to try things in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from usance.gateways.bureaus.bureau import (
    Changed,
    Changes,
    CompanyMatch,
    CompanyMatches,
    CompanyQuery,
    CreditReport,
)
from usance.gateways.errors import CounterpartError
from usance.gateways.exchange import aware
from usance.rules.screening import compact_number, normalised


class MemoryBureau:
    """Knows the reports that ``add`` was told. ``failing`` is raised if it is set; ``told`` are the
    changes it tells of."""

    def __init__(self, *, source: str = "memory") -> None:
        self.source = source
        self.failing: CounterpartError | None = None
        self.told: list[Changed] = []
        self._reports: dict[str, CreditReport] = {}

    def add(self, report: CreditReport) -> None:
        """Keep ``report`` under its id."""
        self._reports[report.id] = report

    def search(self, company: CompanyQuery, *, at: datetime) -> CompanyMatches:
        """The reports with the number, or else with the name but for case and legal form."""
        self._fail()
        number = compact_number(company.number or company.vat_number or "")
        matches = tuple(
            CompanyMatch(
                id=report.id,
                name=report.name or "",
                country=report.country,
                number=report.number,
                status=report.status,
            )
            for report in self._reports.values()
            if report.country == company.country.upper()
            and (
                compact_number(report.number or "") == number
                if number
                else normalised(report.name or "") == normalised(company.name or "")
            )
        )
        return CompanyMatches(
            source=self.source,
            asked_at=aware(at),
            outcome="found" if matches else "not_found",
            matches=matches,
        )

    def report(self, id: str, *, at: datetime) -> CreditReport:  # noqa: A002
        """The report under ``id``."""
        self._fail()
        known = self._reports.get(id)
        if known is None:
            known = CreditReport(source=self.source, asked_at=at, outcome="not_found", id=id)
        return replace(known, source=self.source, asked_at=aware(at))

    def changes(self, since: date, *, at: datetime) -> Changes:
        """The changes in ``told`` on or after ``since``."""
        self._fail()
        told = tuple(each for each in self.told if each.on is None or each.on >= since)
        return Changes(source=self.source, asked_at=aware(at), changes=told)

    def _fail(self) -> None:
        if self.failing is not None:
            raise self.failing
