"""The tables on the page of an application: what was found, by whom, when, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from usance.records.applications.models import Application, Document
from usance.records.events.models import OutgoingMail
from usance.records.identity import public_id
from usance.rules.credit.facts import AT_ADMISSION
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.design.parts import Badge, Column, Fact, Link, Noted, Row, State, Table
from usance.web.words import applications as words
from usance.web.words.amounts import country_text
from usance.web.words.facts import fact_name, fact_value


def application_table(rows: Sequence[Application]) -> Table:
    """Applications, as a queue."""
    return Table(
        caption=_("Applications"),
        columns=[
            Column(label=_("Company")),
            Column(label=_("Country")),
            Column(label=_("State")),
            Column(label=_("Sent")),
            Column(label=_("Why it waits")),
            Column(label=_("Asked for"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    links.application_link(it),
                    country_text(it.country),
                    State("application", it.state),
                    it.submitted_at,
                    waiting_reasons(it) if it.state == "in_review" else None,
                    Money(it.requested_limit, it.currency),
                ]
            )
            for it in rows
        ],
    )


def waiting_reasons(it: Application) -> str:
    """Why a person must decide."""
    return ", ".join(words.reason_text(code) for code in it.decision.get("reasons", []))


def report_table(reports: Sequence[Mapping[str, Any]]) -> Table | None:
    """What registers, lists and bureaus answered."""
    if not reports:
        return None
    return Table(
        caption=_("Answers from outside"),
        columns=[
            Column(label=_("Check")),
            Column(label=_("Result")),
            Column(label=_("What it says")),
            Column(label=_("Asked")),
            Column(label=_("Reference")),
        ],
        rows=[
            Row(
                cells=[
                    Noted(
                        str(words.CHECKS.get(one["kind"], one["kind"])),
                        str(words.SOURCES.get(one["source"], one["source"])),
                    ),
                    _outcome(one["outcome"]),
                    _said(one) or None,
                    Noted(datetime.fromisoformat(one["asked_at"]), _("Answer of the last day"))
                    if one.get("reused")
                    else datetime.fromisoformat(one["asked_at"]),
                    one["reference"] or None,
                ]
            )
            for one in reports
        ],
    )


def _outcome(outcome: str) -> Badge:
    label = str(words.OUTCOMES.get(outcome, outcome))
    return Badge(label=label, tone=words.outcome_tone(outcome))


def _said(report: Mapping[str, Any]) -> str:
    """The telling part of an answer, on one line."""
    facts = report["facts"]
    if report["kind"] == "sanctions":
        hits = [f"{hit['name']} ({hit['score']}, {hit['list']})" for hit in facts.get("hits", [])]
        return ": ".join(filter(None, [facts.get("subject"), "; ".join(hits)]))
    parts = [facts.get("name"), facts.get("status"), facts.get("rating"), facts.get("created_on")]
    if facts.get("score_of_100") is not None:
        parts.append(_("score %(score)s of 100") % {"score": facts["score_of_100"]})
    if facts.get("limit") is not None and facts.get("currency"):
        parts.append(f"{Money(facts['limit'], facts['currency'])}")
    if facts.get("insolvent"):
        parts.append(_("insolvency proceedings"))
    if report["outcome"] == "unavailable":
        parts.append(facts.get("reason"))
    return " · ".join(str(part) for part in parts if part)


def number_table(it: Application) -> Table | None:
    """The numbers given, and whether they have the form they must have."""
    found = it.findings.get("numbers", [])
    if not found:
        return None
    return Table(
        caption=_("Numbers"),
        columns=[
            Column(label=_("Number")),
            Column(label=_("Given")),
            Column(label=_("Form and check digits")),
        ],
        rows=[
            Row(
                cells=[
                    words.number_label(one["name"]),
                    one["number"],
                    _form_outcome(one["outcome"]),
                ]
            )
            for one in found
        ],
    )


def _form_outcome(outcome: str) -> Badge:
    if outcome == "valid":
        return Badge(label=_("Right"), tone="positive", icon="check")
    if outcome == "invalid":
        return Badge(label=_("Wrong"), tone="negative", icon="close")
    return Badge(label=str(words.OUTCOMES["not_checked"]))


def duplicate_table(it: Application) -> Table | None:
    """The companies it may be already."""
    found = it.findings.get("duplicates", [])
    if not found:
        return None
    return Table(
        caption=_("May be known already"),
        columns=[
            Column(label=_("Company")),
            Column(label=_("As")),
            Column(label=_("Likeness"), numeric=True),
            Column(label=_("Because of")),
        ],
        rows=[
            Row(
                cells=[
                    Link(one["name"], reverse(f"office_{one['kind']}", args=[one["id"]])),
                    _("Buyer") if one["kind"] == "buyer" else _("Application"),
                    _("%(likeness)s of 100") % {"likeness": one["likeness"]},
                    ", ".join(str(words.GROUNDS.get(g, g)) for g in one["grounds"]),
                ]
            )
            for one in found
        ],
    )


def trace_table(it: Application) -> Table | None:
    """The policy's rules as they were tried."""
    trace = it.decision.get("trace", [])
    if not trace:
        return None
    results = {
        True: Badge(label=_("True"), tone="info", icon="check"),
        False: Badge(label=_("Not true")),
        None: Badge(label=_("Not known"), tone="caution", icon="question"),
    }
    return Table(
        caption=_("Rules that were tried"),
        columns=[Column(label=_("Rule")), Column(label=_("Result")), Column(label=_("Missing"))],
        rows=[
            Row(
                cells=[
                    step["rule"],
                    results[step["result"]],
                    ", ".join(fact_name(name) for name in step["missing"]) or None,
                ]
            )
            for step in trace
        ],
    )


def known_facts(it: Application) -> list[Fact]:
    """What the policy knew."""
    facts = it.decision.get("facts", {})
    currency = it.decision.get("facts_currency", it.currency)
    return [
        Fact(fact_name(name), fact_value(name, value, currency=currency))
        for name, value in sorted(facts.items())
        if name in AT_ADMISSION
    ]


def unknown_facts(it: Application) -> list[str]:
    """What could not be established, in words."""
    facts = it.decision.get("facts", {})
    return [
        fact_name(name)
        for name in AT_ADMISSION
        if name.startswith("application.") and name not in facts
    ]


def document_table(it: Application, documents: Sequence[Document]) -> Table | None:
    """What was sent; each comes as a file, never as a page."""
    if not documents:
        return None
    application = public_id("application", it.id)
    return Table(
        caption=_("Documents"),
        columns=[
            Column(label=_("File")),
            Column(label=_("Kind")),
            Column(label=_("Size"), numeric=True),
            Column(label=_("Sent")),
        ],
        rows=[
            Row(
                cells=[
                    Link(
                        one.file_name,
                        reverse(
                            "office_application_document",
                            args=[application, public_id("document", one.id)],
                        ),
                    ),
                    one.media_type,
                    filesizeformat(one.size),
                    one.created_at,
                ]
            )
            for one in documents
        ],
    )


def people_table(
    rows: Sequence[Mapping[str, Any]], *, caption: str, labels: Mapping[str, str]
) -> Table | None:
    """References or persons."""
    if not rows:
        return None
    return Table(
        caption=caption,
        columns=[Column(label=label) for label in labels.values()],
        rows=[Row(cells=[row.get(name) or None for name in labels]) for row in rows],
    )


def mail_table(mails: Sequence[OutgoingMail]) -> Table | None:
    """The letters, and what became of each."""
    if not mails:
        return None
    return Table(
        caption=_("Letters"),
        columns=[Column(label=_("Letter")), Column(label=_("Sent"))],
        rows=[Row(cells=[_letter_name(one.kind), _letter_standing(one)]) for one in mails],
    )


def _letter_name(kind: str) -> str:
    names = {
        "application_begun": _("Link"),
        "application_link": _("Link, asked for again"),
        "application_code": _("One-time code"),
        "application_submitted": _("Confirmation"),
        "application_question": _("Question"),
        "application_approved": _("Approval"),
        "application_declined": _("Refusal"),
    }
    return names.get(kind, kind)


def _letter_standing(mail: OutgoingMail) -> object:
    if mail.sent_at:
        return mail.sent_at
    if mail.last_error == "mail_not_configured":
        return Badge(label=_("No mail server is set"), tone="caution", icon="alert")
    if mail.due_at:
        return Badge(label=_("On its way"), tone="info")
    return Noted(Badge(label=_("Not sent"), tone="negative", icon="alert"), mail.last_error)
