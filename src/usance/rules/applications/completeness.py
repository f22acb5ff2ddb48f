"""What is still missing before an application can be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from usance.rules.applications.numbers import NumberFinding, check_numbers, fields_of

STEPS: Final = ("company", "numbers", "request", "people", "documents", "consents", "check")
"""The steps of the form, in order. Documents are never required."""
MOST_REFERENCES: Final = 5
MOST_PERSONS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an application says so far, as far as its completeness goes."""

    name: str
    country: str
    email: str
    contact: str
    street: str
    city: str
    numbers: Mapping[str, str]
    requested_limit: int
    email_verified: bool
    consents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something to be put right: at which step, what (a field's name), and ``missing``, ``invalid``
    or ``not_verified``."""

    step: str
    field: str
    why: str


def what_is_missing(
    written: Written, *, consents: Sequence[str], verify_email: bool
) -> tuple[Missing, ...]:
    """Everything that keeps the application from being sent, in the order of the steps.

    ``consents`` are those that must be given. Without ``verify_email`` (no mail can be sent) the
    address need not be proved.
    """
    found = [
        Missing("company", field, "missing")
        for field in ("name", "country", "email", "contact", "street", "city")
        if not getattr(written, field).strip()
    ]
    given = {name: text for name, text in written.numbers.items() if text.strip()}
    found += [
        Missing("numbers", field.name, "missing")
        for field in fields_of(written.country)
        if field.required and field.name not in given
    ]
    found += [
        Missing("numbers", finding.name, "invalid")
        for finding in check_numbers(written.country, given)
        if finding.outcome == "invalid"
    ]
    if written.requested_limit <= 0:
        found.append(Missing("request", "requested_limit", "missing"))
    found += [
        Missing("consents", name, "missing") for name in consents if name not in written.consents
    ]
    if verify_email and not written.email_verified:
        found.append(Missing("check", "code", "not_verified"))
    return tuple(found)


def checked(written: Written) -> tuple[NumberFinding, ...]:
    """The findings for the numbers given."""
    return check_numbers(written.country, written.numbers)
