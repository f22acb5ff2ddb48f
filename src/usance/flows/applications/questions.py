"""What is asked outside about an application, and what is kept of each answer.

No answer is never a no: a counterpart that fails gives the outcome unavailable, and is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from usance.flows.counterparts import Counterparts
from usance.gateways.bureaus import CompanyQuery, CreditBureau, CreditReport
from usance.gateways.errors import CounterpartError, NotCovered
from usance.gateways.registries import (
    CompanyRegistry,
    TaxNumberRegistry,
    check_number,
    look_up_company,
)
from usance.gateways.sanctions import SanctionsScreen, ScreeningSubject, screen_subject
from usance.rules.applications.numbers import EU_VAT
from usance.rules.screening import compact_number

NOT_COVERED: Final = NotCovered.code
_MOST_HITS: Final = 10


class Company(Protocol):
    """Whom questions are asked about: an application, or a buyer that traded before."""

    @property
    def name(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def tax_id(self) -> str: ...
    @property
    def registration_number(self) -> str: ...
    @property
    def company(self) -> Mapping[str, Any]: ...
    @property
    def contact_name(self) -> str: ...
    @property
    def persons(self) -> Sequence[Mapping[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it is kept: ``outcome`` and ``facts`` of a Report."""

    outcome: str
    reference: str
    facts: dict[str, Any]
    asked_at: datetime
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question to one counterpart. ``asked_about`` is what an answer is kept and found under;
    ``keeps``: whether an answer of the last day will do."""

    kind: str
    source: str
    asked_about: str
    ask: Callable[[datetime], Said]
    keeps: bool = True


def questions_about(application: Company, counterparts: Counterparts) -> Iterator[Question]:
    """Everything to be asked about ``application``."""
    for register in counterparts.tax_numbers:
        if application.tax_id and application.country in EU_VAT:
            yield _tax_number(application, register, requester=counterparts.requester)
    for companies in counterparts.companies:
        number = _number_for(application, companies.source)
        if number:
            yield _company(application, companies, number)
    for screen in counterparts.screens:
        for subject in _subjects(application):
            yield _screening(screen, subject, keeps=not counterparts.is_local(screen))
    for bureau in counterparts.bureaus:
        yield _credit(application, bureau)


def _tax_number(
    application: Company, register: TaxNumberRegistry, *, requester: str | None
) -> Question:
    country, number = application.country, application.tax_id

    def ask(at: datetime) -> Said:
        answer = check_number(register, number, country=country, requester=requester, at=at)
        facts = {
            "name": answer.name,
            "address": answer.address,
            "dated": answer.dated.isoformat() if answer.dated else None,
            "reason": answer.reason,
        }
        return Said(answer.outcome, answer.reference or "", facts, at, answer.retry_after)

    return Question("tax_number", register.source, f"{country}:{compact_number(number)}", ask)


def _number_for(application: Company, source: str) -> str:
    """What a register looks companies up by: GLEIF by the LEI, the others by their own number."""
    if source == "gleif":
        return str(application.company.get("lei", ""))
    return application.registration_number


def _company(application: Company, register: CompanyRegistry, number: str) -> Question:
    country = application.country

    def ask(at: datetime) -> Said:
        record = look_up_company(register, number, country=country, at=at)
        facts = {
            "name": record.name,
            "status": record.status,
            "active": record.active,
            "insolvent": record.insolvent,
            "accounts_overdue": record.accounts_overdue,
            "created_on": record.created_on.isoformat() if record.created_on else None,
            "ceased_on": record.ceased_on.isoformat() if record.ceased_on else None,
            "officers": [officer.name for officer in record.officers or ()][:20],
            "reason": record.reason,
        }
        return Said(record.outcome, record.reference or "", facts, at, record.retry_after)

    return Question("company", register.source, f"{country}:{compact_number(number)}", ask)


def _subjects(application: Company) -> Iterator[ScreeningSubject]:
    """The company, the person who applies, and the persons named."""
    numbers = [application.tax_id, application.registration_number]
    yield ScreeningSubject(
        kind="company",
        name=application.name,
        country=application.country,
        numbers=tuple(number for number in numbers if number),
    )
    names = [application.contact_name, *(str(p.get("name", "")) for p in application.persons)]
    for name in dict.fromkeys(" ".join(name.split()) for name in names):
        if name:
            yield ScreeningSubject(kind="person", name=name)


def _screening(screen: SanctionsScreen, subject: ScreeningSubject, *, keeps: bool) -> Question:
    def ask(at: datetime) -> Said:
        found = screen_subject(screen, subject, at=at)
        facts = {
            "subject": subject.name,
            "kind": subject.kind,
            "hits": [
                {
                    "id": hit.id,
                    "name": hit.name,
                    "score": hit.score,
                    "list": hit.list,
                    "reason": hit.reason,
                    "grounds": list(hit.grounds),
                }
                for hit in found.hits[:_MOST_HITS]
            ],
            "reason": found.reason,
        }
        outcome = "hit" if found.outcome == "hits" else found.outcome
        return Said(outcome, found.reference or "", facts, at, found.retry_after)

    about = f"{subject.kind}:{subject.country or ''}:{subject.name}:{','.join(subject.numbers)}"
    return Question("sanctions", screen.source, about, ask, keeps)


def _credit(application: Company, bureau: CreditBureau) -> Question:
    query = CompanyQuery(
        country=application.country,
        name=application.name,
        number=application.registration_number or None,
        vat_number=application.tax_id or None,
    )

    def ask(at: datetime) -> Said:
        try:
            matches = bureau.search(query, at=at).matches
            if len(matches) != 1:
                # Two companies of a name are not to be told apart by a program.
                facts = {"matches": [match.name for match in matches[:10]]}
                return Said("not_found", "", facts, at)
            report = bureau.report(matches[0].id, at=at)
        except CounterpartError as error:
            return Said("unavailable", "", {"reason": error.code}, at, error.retry_after)
        return Said(report.outcome, report.reference or "", _report_facts(report), at)

    number = compact_number(application.registration_number or application.tax_id)
    about = f"{application.country}:{number or application.name}"
    return Question("credit", bureau.source, about, ask)


def _report_facts(report: CreditReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "rating": report.rating,
        "score": None if report.score is None else str(report.score),
        "score_of_100": _of_100(report),
        "limit": report.limit,
        "currency": report.currency,
        "as_of": report.as_of.isoformat() if report.as_of else None,
        "insolvent": report.insolvent,
        "reason": report.reason,
    }


def _of_100(report: CreditReport) -> int | None:
    """The score on a scale from 0 (worst) to 100, whatever the bureau's own is."""
    if report.score is None or report.scale is None or report.scale[0] == report.scale[1]:
        return None
    worst, best = report.scale
    share = (report.score - worst) / Decimal(best - worst)
    return int((min(max(share, Decimal(0)), Decimal(1)) * 100).to_integral_value())
