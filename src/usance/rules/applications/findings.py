"""What the checks of an application found, and the facts that follow for the policy.

A fact that no check could establish is left out: a register that does not answer has not refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from usance.rules.applications.addresses import at_company
from usance.rules.applications.names import same_name
from usance.rules.applications.numbers import NumberFinding, fields_of

ANSWERED: Final = frozenset({"valid", "invalid", "found", "not_found", "hit", "clear"})
"""Outcomes that are answers; ``unavailable`` is none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one counterpart said: the kind of question, its outcome, and what the answer told."""

    kind: str
    source: str
    outcome: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What an application says, as far as the facts need it. ``requested`` is in the policy's
    currency; None without an exchange rate."""

    name: str
    country: str
    requested: int | None
    email: str
    website: str
    email_verified: bool
    references: int
    persons: int
    documents: int


def application_facts(
    applicant: Applicant,
    *,
    numbers: Sequence[NumberFinding],
    answers: Iterable[Answer],
    duplicates: int,
    on: date,
) -> dict[str, Any]:
    """The facts of an application on the day ``on``, for the policy's rules."""
    said = list(answers)
    registers = [each for each in said if each.kind in ("tax_number", "company")]
    facts: dict[str, Any] = {
        "application.requested": applicant.requested,
        "application.country": applicant.country,
        "application.number_valid": number_valid(applicant.country, numbers),
        "application.registry_confirmed": registry_confirmed(registers),
        "application.name_confirmed": name_confirmed(applicant.name, registers),
        "application.days_registered": _days_registered(registers, on=on),
        "application.duplicate": duplicates > 0,
        "application.email_verified": applicant.email_verified,
        "application.email_at_domain": at_company(applicant.email, website=applicant.website),
        "application.sanctions_hit": _any_of(said, "sanctions", yes="hit", no="clear"),
        "application.references": applicant.references,
        "application.persons": applicant.persons,
        "application.has_documents": applicant.documents > 0,
        "buyer.country": applicant.country,
        "buyer.vat_verified": _any_of(said, "tax_number", yes="valid", no="invalid"),
        "buyer.registered": _any_of(said, "company", yes="found", no="not_found"),
        "buyer.sanctioned": _any_of(said, "sanctions", yes="hit", no="clear"),
        "buyer.insolvent": _insolvent(said),
        **_bureau(said, on=on),
    }
    return {name: value for name, value in facts.items() if value is not None}


def number_valid(country: str, numbers: Sequence[NumberFinding]) -> bool | None:
    """Whether every number that can be checked has its form; None where none can be."""
    if any(finding.outcome == "invalid" for finding in numbers):
        return False
    given = {finding.name for finding in numbers}
    if any(field.required and field.name not in given for field in fields_of(country)):
        return False
    return True if any(finding.outcome == "valid" for finding in numbers) else None


def registry_confirmed(registers: Sequence[Answer]) -> bool | None:
    """Whether the registers that answered know the company and none says otherwise."""
    refused = any(
        each.outcome in ("invalid", "not_found") or each.facts.get("active") is False
        for each in registers
    )
    if refused:
        return False
    return True if any(each.outcome in ("valid", "found") for each in registers) else None


def name_confirmed(name: str, registers: Sequence[Answer]) -> bool | None:
    """Whether the names that the registers tell are the one given; several tell none."""
    told = [
        same_name(name, str(each.facts["name"]))
        for each in registers
        if each.outcome in ("valid", "found") and each.facts.get("name")
    ]
    return all(told) if told else None


def _any_of(said: Sequence[Answer], kind: str, *, yes: str, no: str) -> bool | None:
    """True if one says ``yes``. False only if one says ``no`` and none failed to answer."""
    outcomes = [each.outcome for each in said if each.kind == kind]
    if yes in outcomes:
        return True
    answered = [outcome for outcome in outcomes if outcome in ANSWERED]
    return False if no in outcomes and len(answered) == len(outcomes) else None


def _insolvent(said: Sequence[Answer]) -> bool | None:
    told = [each.facts.get("insolvent") for each in said if each.kind in ("company", "credit")]
    known = [bool(each) for each in told if each is not None]
    return any(known) if known else None


def _days_registered(registers: Sequence[Answer], *, on: date) -> int | None:
    days = [
        (on - date.fromisoformat(str(each.facts["created_on"]))).days
        for each in registers
        if each.outcome == "found" and each.facts.get("created_on")
    ]
    return max(min(days), 0) if days else None


def _bureau(said: Sequence[Answer], *, on: date) -> dict[str, Any]:
    """The latest report of a bureau, its score on a scale of 0 (worst) to 100."""
    reports = [each.facts for each in said if each.kind == "credit" and each.outcome == "found"]
    if not reports:
        return {}
    facts = reports[-1]
    as_of = facts.get("as_of")
    return {
        "bureau.score": facts.get("score_of_100"),
        "bureau.rating": facts.get("rating"),
        "bureau.limit": facts.get("limit_in_policy_currency"),
        "bureau.days_old": (on - date.fromisoformat(str(as_of))).days if as_of else None,
    }
