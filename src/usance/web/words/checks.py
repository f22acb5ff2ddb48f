"""What registers, bureaus and sanctions lists say, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from usance.records.credit.models import Report
from usance.rules.credit.report_facts import PERSON
from usance.web.design import display, locale
from usance.web.design.parts import Badge, Tone
from usance.web.words.amounts import day_text, money_text

KINDS: Final[Mapping[str, Promise]] = {
    "tax_number": gettext_lazy("Tax number"),
    "company": gettext_lazy("Company register"),
    "credit": gettext_lazy("Credit bureau"),
    "sanctions": gettext_lazy("Sanctions lists"),
    "insolvency": gettext_lazy("Insolvency notices"),
}
"""Every kind of check."""

_SOURCES: Final[Mapping[str, str | Promise]] = {
    "vies-rest": "VIES",
    "vies-soap": "VIES",
    "companies-house": "Companies House",
    "gleif": "GLEIF",
    "yente": "OpenSanctions (yente)",
    "creditsafe": "Creditsafe",
    "sanctions_list": gettext_lazy("Your own list"),
    PERSON: gettext_lazy("A person"),
}

_OUTCOMES: Final[Mapping[str, tuple[Promise, Tone, str]]] = {
    "valid": (pgettext_lazy("answer of a register", "Valid"), "positive", "check-circle"),
    "invalid": (pgettext_lazy("answer of a register", "Not valid"), "negative", "cross-circle"),
    "found": (pgettext_lazy("answer of a register", "Found"), "positive", "check-circle"),
    "not_found": (pgettext_lazy("answer of a register", "Not found"), "caution", "question"),
    "clear": (pgettext_lazy("answer of a list", "No match"), "positive", "check-circle"),
    "hit": (pgettext_lazy("answer of a list", "Possible match"), "negative", "alert"),
    "unavailable": (pgettext_lazy("answer of a register", "No answer"), "neutral", "clock"),
}

_REASONS: Final[Mapping[str, Promise]] = {
    "counterpart_unavailable": gettext_lazy("It could not be reached."),
    "counterpart_rate_limited": gettext_lazy("It is asked too often."),
    "counterpart_refused": gettext_lazy("It refused the question; look at the connection."),
    "counterpart_malformed": gettext_lazy("Its answer could not be used."),
    "malformed_number": gettext_lazy("No state gives numbers like this one."),
}

_FACTS: Final[Mapping[str, Promise]] = {
    "buyer.vat_verified": gettext_lazy("whether the tax number is valid"),
    "buyer.registered": gettext_lazy("whether the company is registered"),
    "buyer.insolvent": gettext_lazy("whether there are insolvency proceedings"),
    "buyer.sanctioned": gettext_lazy("whether it is on a sanctions list"),
    "bureau.score": gettext_lazy("a score"),
    "bureau.rating": gettext_lazy("a rating"),
    "bureau.limit": gettext_lazy("a recommended limit"),
}


def kind_text(kind: str) -> str:
    """What was checked."""
    return str(KINDS.get(kind, kind))


def source_text(source: str) -> str:
    """Who was asked."""
    if source.startswith("file:"):
        return _("File of %(bureau)s") % {"bureau": source.removeprefix("file:")}
    if source.startswith("sanctions_list:"):
        return _("Your own list %(mark)s") % {"mark": source.removeprefix("sanctions_list:")}
    return str(_SOURCES.get(source, source))


def outcome_badge(outcome: str) -> Badge:
    """An answer, with its shape."""
    known = _OUTCOMES.get(outcome)
    if known is None:
        return Badge(label=outcome, icon="question")
    label, tone, icon = known
    return Badge(label=str(label), tone=tone, icon=icon)


def reason_text(code: str) -> str:
    """Why there was no answer."""
    return str(_REASONS.get(code, code))


def unknown_text(names: Sequence[str]) -> str:
    """What an answer leaves open, as the end of a sentence."""
    return ", ".join(str(_FACTS.get(name, name)) for name in names)


def told_by(report: Report) -> list[str]:
    """What an answer says besides its outcome, a sentence each."""
    facts = report.facts
    said = [str(facts["name"])] if facts.get("name") else []
    said += _of_a_register(facts) + _of_a_bureau(facts)
    said += [_hit_text(hit) for hit in facts.get("hits", ())]
    if facts.get("dismissed_hits"):
        said.append(_("A person found that the entries of the list are somebody else."))
    if facts.get("matches"):
        said.append(
            _("Several companies fit: %(names)s") % {"names": ", ".join(facts["matches"][:5])}
        )
    if facts.get("insolvent") is True:
        said.append(_("Insolvency proceedings"))
    if facts.get("note"):
        said.append(str(facts["note"]))
    return said


def _of_a_register(facts: Mapping[str, Any]) -> list[str]:
    said = []
    if facts.get("address"):
        said.append(str(facts["address"]))
    if facts.get("status"):
        said.append(_("Status: %(status)s") % {"status": facts["status"]})
    if facts.get("created_on"):
        said.append(_("Registered on %(day)s") % {"day": _day(facts["created_on"])})
    return said


def _of_a_bureau(facts: Mapping[str, Any]) -> list[str]:
    said = []
    if facts.get("score_of_100") is not None:
        said.append(_("Score %(score)s of 100") % {"score": _number(facts["score_of_100"])})
    elif facts.get("score") is not None and facts.get("scale"):
        worst, best = (_number(end) for end in facts["scale"])
        said.append(
            _("Score %(score)s on a scale from %(worst)s (worst) to %(best)s")
            % {"score": _number(facts["score"]), "worst": worst, "best": best}
        )
    if facts.get("rating"):
        said.append(_("Rating %(rating)s") % {"rating": facts["rating"]})
    if facts.get("limit") is not None and facts.get("currency"):
        limit = money_text(int(facts["limit"]), str(facts["currency"]))
        said.append(_("Recommended limit %(limit)s") % {"limit": limit})
    if facts.get("as_of"):
        said.append(_("As of %(day)s") % {"day": _day(facts["as_of"])})
    return said


def _day(text: Any) -> str:
    return day_text(date.fromisoformat(str(text)))


def _number(value: Any) -> str:
    return locale.number(Decimal(str(value)), language=display.language())


def _hit_text(hit: Mapping[str, Any]) -> str:
    return _("%(name)s, %(score)s of 100 alike, on %(list)s") % {
        "name": hit.get("name", ""),
        "score": hit.get("score", ""),
        "list": hit.get("list", "") or "–",
    }
