"""What registers, bureaus and lists have said of a buyer, as the facts of a policy.

A register that could not be asked has said nothing: such answers never come here, so the latest
real one stands until there is another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

PERSON: Final = "person"
"""The source of an answer that a person gave after looking: it settles what was said before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. ``kind`` is tax_number, company, credit, sanctions or insolvency; ``outcome`` valid,
    invalid, found, not_found, hit or clear; ``facts`` what it told, by name."""

    kind: str
    source: str
    outcome: str
    asked_at: datetime
    asked_about: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reported:
    """Facts by name, and since when each has been true."""

    values: Mapping[str, Any]
    since: Mapping[str, datetime]


def report_facts(
    answers: Iterable[Answer], *, on: date, converted: Callable[[int, str], int | None]
) -> Reported:
    """The facts that follow from ``answers`` (in any order) on the day ``on``.

    ``converted`` puts minor units of a currency into the seller's own; None without a rate.
    """
    of_kind: dict[str, list[Answer]] = {}
    for answer in sorted(answers, key=lambda one: one.asked_at):
        kept = of_kind.setdefault(answer.kind, [])
        if answer.source == PERSON:
            kept.clear()
        kept.append(answer)
    told = _Told({}, {})
    latest = {kind: kept[-1] for kind, kept in of_kind.items()}
    if tax := latest.get("tax_number"):
        told.add(tax, "buyer.vat_verified", tax.outcome == "valid")
        told.add(tax, "buyer.vat_checked_days_ago", max((on - tax.asked_at.date()).days, 0))
    if company := latest.get("company"):
        told.add(company, "buyer.registered", company.outcome == "found")
    if found := [one for one in of_kind.get("credit", ()) if one.outcome == "found"]:
        _tell_credit(told, found[-1], on=on, converted=converted)
    told.any_of("buyer.sanctioned", _screened(of_kind.get("sanctions", ())))
    told.any_of("buyer.insolvent", _insolvent(of_kind))
    return Reported(told.values, told.since)


@dataclass(frozen=True, slots=True)
class _Told:
    values: dict[str, Any]
    since: dict[str, datetime]

    def add(self, answer: Answer, name: str, value: Any) -> None:
        """``answer`` tells ``name``, unless it does not say it."""
        if value is not None:
            self.values[name], self.since[name] = value, answer.asked_at

    def any_of(self, name: str, said: list[tuple[Answer, bool]]) -> None:
        """True since the first that says so; false since the last that does."""
        if not said:
            return
        yes = [answer for answer, value in said if value]
        self.values[name] = bool(yes)
        self.since[name] = (yes[0] if yes else said[-1][0]).asked_at


def _screened(answers: Iterable[Answer]) -> list[tuple[Answer, bool]]:
    """The latest of each list and subject: what is clear on one list says nothing of another, and
    a director is not the company."""
    latest = {(one.source, one.asked_about): one for one in answers}
    ordered = sorted(latest.values(), key=lambda one: one.asked_at)
    return [(one, one.outcome == "hit") for one in ordered]


def _insolvent(of_kind: Mapping[str, list[Answer]]) -> list[tuple[Answer, bool]]:
    """Notices, and what a company register or a bureau says on the side."""
    notices = of_kind.get("insolvency", [])
    said = _screened(notices)
    settled = [one.asked_at for one in notices if one.source == PERSON]
    for kind in ("company", "credit"):
        telling = [one for one in of_kind.get(kind, ()) if one.facts.get("insolvent") is not None]
        if telling and not (settled and settled[-1] >= telling[-1].asked_at):
            said.append((telling[-1], bool(telling[-1].facts["insolvent"])))
    return sorted(said, key=lambda one: one[0].asked_at)


def _tell_credit(
    told: _Told, report: Answer, *, on: date, converted: Callable[[int, str], int | None]
) -> None:
    facts = report.facts
    told.add(report, "bureau.score", _score(facts))
    told.add(report, "bureau.rating", facts.get("rating"))
    if facts.get("limit") is not None and facts.get("currency"):
        told.add(report, "bureau.limit", converted(int(facts["limit"]), str(facts["currency"])))
    as_of = facts.get("as_of")
    day = date.fromisoformat(str(as_of)) if as_of else report.asked_at.date()
    told.add(report, "bureau.days_old", max((on - day).days, 0))


def _score(facts: Mapping[str, Any]) -> Decimal | None:
    """From 0 (worst) to 100, whatever the scale of the bureau."""
    if facts.get("score_of_100") is not None:
        return Decimal(str(facts["score_of_100"]))
    scale = facts.get("scale")
    if facts.get("score") is None or not scale:
        return None
    worst, best = (Decimal(str(end)) for end in scale)
    if worst == best:
        return None
    share = (Decimal(str(facts["score"])) - worst) / (best - worst)
    return round(100 * share, 2)
