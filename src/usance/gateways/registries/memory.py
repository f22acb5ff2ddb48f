"""Registers in memory, for tests and for worlds to try things in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from usance.gateways.errors import CounterpartError, NotCovered
from usance.gateways.exchange import aware
from usance.gateways.registries import vies
from usance.gateways.registries.registry import CompanyRecord, TaxNumberAnswer


class MemoryTaxNumbers:
    """Knows the numbers that ``add`` was told, as VIES would. ``failing`` is raised if it is set."""

    def __init__(self, *, source: str = "memory") -> None:
        self.source = source
        self.failing: CounterpartError | None = None
        self._known: dict[tuple[str, str], tuple[str | None, str | None]] = {}
        self._asked = 0

    def add(self, number: str, *, name: str | None = None, address: str | None = None) -> None:
        """Make ``number``, with the prefix of its country, a valid one."""
        prefix = vies.prefix_of(number[:2])
        known = vies.national_part(number, prefix=prefix)
        self._known[prefix, known] = vies.undisclosed(name), vies.undisclosed(address)

    def check(
        self, number: str, *, country: str, requester: str | None = None, at: datetime
    ) -> TaxNumberAnswer:
        """Answer from what is known."""
        prefix = vies.prefix_of(country)
        bare = vies.national_part(number, prefix=prefix)
        hopeless = vies.malformed(self.source, country=country, number=bare, at=aware(at))
        if hopeless is not None:
            return hopeless
        if requester is not None:
            vies.split_requester(requester)
        if self.failing is not None:
            raise self.failing
        self._asked += 1
        name, address = self._known.get((prefix, bare), (None, None))
        return TaxNumberAnswer(
            source=self.source,
            asked_at=at,
            outcome="valid" if (prefix, bare) in self._known else "invalid",
            country=country,
            number=bare,
            name=name,
            address=address,
            reference=None if requester is None else f"MEMORY{self._asked:010}",
            dated=at.date(),
        )


class MemoryCompanies:
    """Knows the companies that ``add`` was told. ``failing`` is raised if it is set."""

    def __init__(self, *, source: str = "memory", countries: frozenset[str] | None = None) -> None:
        self.source = source
        self.failing: CounterpartError | None = None
        self._countries = countries
        self._known: dict[tuple[str, str], CompanyRecord] = {}

    def add(self, record: CompanyRecord) -> None:
        """Keep ``record`` as the one under its country and number."""
        self._known[record.country, record.number] = record

    def look_up(self, number: str, *, country: str, at: datetime) -> CompanyRecord:
        """Answer from what is known."""
        if self._countries is not None and country not in self._countries:
            raise NotCovered(
                f"There is no register of {country[:10]!r} here.",
                counterpart=self.source,
                detail=country[:10],
            )
        if self.failing is not None:
            raise self.failing
        own = number.replace(" ", "").upper()
        known = self._known.get((country, own))
        if known is None:
            known = CompanyRecord(
                source=self.source,
                asked_at=at,
                outcome="not_found",
                country=country,
                number=own[:40],
            )
        return replace(known, source=self.source, asked_at=aware(at))
