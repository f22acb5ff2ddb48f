"""What a public register is asked, and what it answers.

A member that is None is not known: the register does not say it, or could not be asked. False is
said only where the register said so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from usance.gateways.errors import CounterpartError


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxNumberAnswer:
    """Whether a VAT number was valid at the moment ``asked_at``.

    ``number`` is the national part, without the prefix of the country. ``name`` and ``address`` are
    the register's; several states keep them to themselves. ``reference`` is the consultation number,
    evidence towards a tax office that the number was checked; it is given when a requester asks.
    ``reason`` says why the outcome is ``unavailable`` (the code of the error), or
    ``malformed_number`` where no register needed to be asked; ``retry_after`` is in seconds.
    """

    source: str
    asked_at: datetime
    outcome: Literal["valid", "invalid", "unavailable"]
    country: str
    number: str
    name: str | None = None
    address: str | None = None
    reference: str | None = None
    dated: date | None = None
    """The day that the register itself gives its answer."""
    reason: str | None = None
    retry_after: int | None = None


class TaxNumberRegistry(Protocol):
    """A register of VAT numbers."""

    source: str

    def check(
        self, number: str, *, country: str, requester: str | None = None, at: datetime
    ) -> TaxNumberAnswer:
        """Ask whether ``number`` is a valid VAT number of ``country`` (ISO 3166-1 alpha-2).

        ``requester`` is the asker's own VAT number with its prefix, such as IT00743110157.
        Answers valid or invalid, and raises a CounterpartError for everything else.
        """
        ...


@dataclass(frozen=True, slots=True)
class Officer:
    """A person or company that may act for a company, in the words of its register."""

    name: str
    role: str
    appointed_on: date | None
    resigned_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRecord:
    """What a register has under a company's number.

    ``status`` is the register's own word, ``active`` whether it means a company that trades,
    ``insolvent`` whether it means proceedings; ``insolvency_history`` whether there ever were any.
    ``reference`` identifies the version of the record (its ETag). ``officers`` is None unless they
    were asked for.
    """

    source: str
    asked_at: datetime
    outcome: Literal["found", "not_found", "unavailable"]
    country: str
    number: str
    name: str | None = None
    status: str | None = None
    active: bool | None = None
    insolvent: bool | None = None
    insolvency_history: bool | None = None
    accounts_overdue: bool | None = None
    created_on: date | None = None
    ceased_on: date | None = None
    officers: tuple[Officer, ...] | None = None
    reference: str | None = None
    reason: str | None = None
    retry_after: int | None = None


class CompanyRegistry(Protocol):
    """A register of companies."""

    source: str

    def look_up(self, number: str, *, country: str, at: datetime) -> CompanyRecord:
        """The company with ``number`` in the register of ``country`` (ISO 3166-1 alpha-2).

        Answers found or not_found, and raises a CounterpartError for everything else.
        """
        ...


def check_number(
    registry: TaxNumberRegistry,
    number: str,
    *,
    country: str,
    requester: str | None = None,
    at: datetime,
) -> TaxNumberAnswer:
    """Ask ``registry`` and never raise for what it does: its failure is the outcome unavailable."""
    try:
        return registry.check(number, country=country, requester=requester, at=at)
    except CounterpartError as error:
        return TaxNumberAnswer(
            source=registry.source,
            asked_at=at,
            outcome="unavailable",
            country=country,
            number=number,
            reason=error.code,
            retry_after=error.retry_after,
        )


def look_up_company(
    registry: CompanyRegistry, number: str, *, country: str, at: datetime
) -> CompanyRecord:
    """Ask ``registry`` and never raise for what it does: its failure is the outcome unavailable."""
    try:
        return registry.look_up(number, country=country, at=at)
    except CounterpartError as error:
        return CompanyRecord(
            source=registry.source,
            asked_at=at,
            outcome="unavailable",
            country=country,
            number=number,
            reason=error.code,
            retry_after=error.retry_after,
        )
