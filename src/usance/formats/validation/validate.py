"""The check of a document: what it claims, then all rules that its claim calls for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final

from lxml import etree

from usance.formats.validation import hybrid, native, schema, schematron
from usance.formats.validation.identify import Opened, open_document
from usance.formats.validation.report import MOST_FINDINGS, SEVERITIES, Finding, Missing, Report
from usance.formats.validation.rule_book import RuleBook
from usance.formats.validation.rule_sets import RuleSet, publisher_of, title_of
from usance.formats.validation.standards import needs_of, overruled, unknown_rules

PDF_NOTE: Final = (
    "Fonts, colours and structure of the PDF were not checked: that is for a PDF/A validator."
)


def validate(data: bytes, *, rules: RuleBook) -> Report:
    """Check ``data`` against every rule of the standard that it claims, as far as ``rules`` has them.

    Rules of several versions are chosen by the document's own date (BT-2). What is not loaded is in
    ``Report.missing``, and then the verdict is never "valid". Raises FormatError for what cannot be read
    at all: malformed XML, a damaged PDF, too large a file; and ``rules_unreadable`` for damaged rules.
    """
    return _report(open_document(data), rules)


def check_before_sending(xml: bytes, rules: RuleBook) -> list[Finding]:
    """The fatal findings in a document that is about to be sent; it may go if there are none.

    What is missing of the rules is no finding: whoever sends has to have them loaded, or to know that
    the document is checked with what is there. Raises FormatError as :func:`validate` does.
    """
    return list(validate(xml, rules=rules).fatals)


def prepare(rules: Iterable[RuleSet]) -> None:
    """Load and compile ``rules``, for a process that will check many documents. Raises FormatError."""
    for rule_set in rules:
        (schema if rule_set.technique == "xsd" else schematron).prepare(rule_set)


def _report(opened: Opened, rules: RuleBook) -> Report:
    claim = opened.claim
    findings: list[Finding] = []
    ran: list[RuleSet] = []
    checked: list[str] = []
    missing: list[Missing] = []
    notes: list[str] = []
    if opened.pdf is not None and opened.pdf.xml is not None:
        findings += hybrid.check(opened.pdf, claim=claim)
        checked.append(hybrid.CHECKS)
        notes.append(PDF_NOTE)
    if opened.root is not None:
        for need in needs_of(claim):
            rule_set = rules.choose(need, on=claim.issued_on, serves=claim.version)
            if rule_set in ran:
                continue
            found = None if rule_set is None else _run(rule_set, opened.root)
            if rule_set is None:
                missing.append(Missing(title_of(need[0]), publisher_of(need[0])))
            elif found is None:
                title = f"{rule_set.title}, none of which applies to this document"
                missing.append(Missing(title, publisher_of(rule_set.kind)))
            else:
                findings += _levelled(found, overruled(claim))
                if len(found) >= MOST_FINDINGS:
                    notes.append(
                        f"Of {rule_set.title} only the first {MOST_FINDINGS} findings are told."
                    )
                ran.append(rule_set)
    if profile := unknown_rules(claim):
        missing.append(Missing(f"the rules of {profile}", "whoever publishes that specification"))
    for title, own in native.checks(opened):
        checked.append(title)
        findings += own
    return Report(
        claim=claim,
        findings=tuple(_in_order(findings)),
        ran=tuple(ran),
        checked=tuple(checked),
        missing=tuple(missing),
        notes=tuple(notes),
    )


def _run(rule_set: RuleSet, root: etree._Element) -> list[Finding] | None:
    if rule_set.technique == "xsd":
        return schema.check(root, rule_set=rule_set)
    return schematron.check(root, rule_set=rule_set)


def _levelled(findings: Iterable[Finding], lowered: Collection[str]) -> Iterator[Finding]:
    for each in findings:
        fatal = each.severity == "fatal" and each.rule in lowered
        yield replace(each, severity="warning") if fatal else each


def _in_order(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The gravest first, else as found; each rule once a place, though several rule sets have it."""
    seen = set()
    for each in sorted(findings, key=lambda found: SEVERITIES.index(found.severity)):
        key = each.rule, each.path, each.message if each.rule == schema.RULE else ""
        if key not in seen:
            seen.add(key)
            yield each
