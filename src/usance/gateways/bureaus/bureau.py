"""What a credit bureau is asked, and what it answers.

A member that is None is not known: the bureau does not say it. A bureau that does not recommend a
limit has not recommended a limit of zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol

from usance.gateways.errors import CounterpartError


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyQuery:
    """Which company is looked for; ``country`` is ISO 3166-1 alpha-2. A number finds better than a
    name."""

    country: str
    name: str | None = None
    number: str | None = None
    vat_number: str | None = None

    def __post_init__(self) -> None:
        if not (self.name or self.number or self.vat_number):
            raise ValueError("A company is looked for by its name, its number or its VAT number.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyMatch:
    """A company that may be the one; ``id`` is what the bureau calls it, for its report."""

    id: str
    name: str
    country: str | None
    number: str | None
    status: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyMatches:
    """What a search found, in the bureau's own order."""

    source: str
    asked_at: datetime
    outcome: Literal["found", "not_found"]
    matches: tuple[CompanyMatch, ...]
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditReport:
    """What a bureau says of one company.

    ``score`` lies between the two ends of ``scale`` (worst, best). ``rating`` is the bureau's band,
    such as A. ``limit`` is the credit it recommends, in minor units of ``currency``. ``as_of`` is
    the day the report describes, ``insolvent`` whether the bureau says there are proceedings.
    ``reference`` is the bureau's number for this inquiry; ``raw`` the words of the bureau that the
    rest was read from. ``reason`` says why the outcome is ``unavailable`` (the code of the error).
    """

    source: str
    asked_at: datetime
    outcome: Literal["found", "not_found", "unavailable"]
    id: str
    name: str | None = None
    number: str | None = None
    country: str | None = None
    status: str | None = None
    score: Decimal | None = None
    scale: tuple[Decimal, Decimal] | None = None
    rating: str | None = None
    limit: int | None = None
    currency: str | None = None
    as_of: date | None = None
    insolvent: bool | None = None
    reference: str | None = None
    raw: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    retry_after: int | None = None


class CreditBureau(Protocol):
    """A credit bureau. Every method raises a CounterpartError if it gets no usable answer."""

    source: str

    def search(self, company: CompanyQuery, *, at: datetime) -> CompanyMatches:
        """The companies that may be ``company``."""
        ...

    def report(self, id: str, *, at: datetime) -> CreditReport:  # noqa: A002
        """The report on the company that the bureau calls ``id``. Usually costs money."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Something about a monitored company has changed.

    ``id`` is what the bureau calls the company, ``kind`` its word for the change.
    """

    id: str
    name: str | None
    country: str | None
    kind: str
    before: str | None
    after: str | None
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What has changed since a day, oldest first."""

    source: str
    asked_at: datetime
    changes: tuple[Changed, ...]


class BureauMonitoring(Protocol):
    """A bureau that tells of changes by itself, for companies it was told to watch."""

    source: str

    def changes(self, since: date, *, at: datetime) -> Changes:
        """What has changed on or after ``since``. Raises a CounterpartError."""
        ...


def fetch_report(bureau: CreditBureau, id: str, *, at: datetime) -> CreditReport:  # noqa: A002
    """Ask ``bureau`` and never raise for what it does: its failure is the outcome unavailable."""
    try:
        return bureau.report(id, at=at)
    except CounterpartError as error:
        return CreditReport(
            source=bureau.source,
            asked_at=at,
            outcome="unavailable",
            id=id,
            reason=error.code,
            retry_after=error.retry_after,
        )
