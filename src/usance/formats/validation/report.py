"""What a check of a document comes to: what it claims, what it breaks, and what could not be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from usance.formats.validation.rule_sets import RuleSet

Syntax = Literal[
    "ubl-invoice",
    "ubl-credit-note",
    "ubl-document",
    "cii",
    "zugferd-1",
    "fatturapa",
    "gst-india",
    "other",
    "unknown",
]
"""How a document is written. "ubl-document" is any other UBL 2 document, "other" one that we can name but
have no rules for."""

Container = Literal["", "pdf", "p7m"]
"""What the document was taken out of: nothing, a hybrid PDF, or an Italian signed envelope."""

Severity = Literal["fatal", "warning", "information"]

Verdict = Literal["valid", "broken", "not_fully_checked"]
"""Broken as soon as one fatal rule is broken; valid only if everything that the claim calls for ran."""

MOST_FINDINGS: Final = 1000
"""Findings of one rule set that are told; a document with more has one fault in every line."""

SEVERITIES: Final = ("fatal", "warning", "information")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a document says it is. Nothing of it is proven."""

    syntax: Syntax
    standard: str
    """Its name for people, such as "Peppol BIS Billing 3.0, UBL 2.1 invoice"."""
    profile: str = ""
    """The specification identifier as the document writes it (EN 16931-1, BT-24)."""
    key: str = ""
    """The stable name of the standard for programs; empty if the profile is none that we know."""
    version: str = ""
    """The version that the profile names, such as 3.0."""
    root: str = ""
    """The name of the root element, for XML."""
    container: Container = ""
    issued_on: date | None = None
    """The day by which rule sets are chosen (BT-2)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that the document breaks, at one place."""

    rule: str
    """As its publisher calls it, such as BR-CO-15; "XSD" for the schema."""
    severity: Severity
    message: str
    path: str = ""
    """Such as ``Invoice/InvoiceLine[2]/Price/PriceAmount``; empty for the document as a whole."""
    line: int | None = None
    fix: str = ""
    """What to do about it; empty if nobody wrote it down yet."""
    rule_set: str = ""
    """Whose rule it is: the title and version of a rule set."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Rules that the claim calls for and that are not loaded."""

    title: str
    publisher: str
    """Where they are published."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that is to be said about one document."""

    claim: Claim
    findings: tuple[Finding, ...] = ()
    ran: tuple[RuleSet, ...] = ()
    checked: tuple[str, ...] = ()
    """What was checked without a rule set: our own checks of a standard."""
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader should know beside the rules."""

    @property
    def verdict(self) -> Verdict:
        """Whether it keeps the standard that it claims, as far as could be checked."""
        if self.fatals:
            return "broken"
        if self.missing or not (self.ran or self.checked):
            return "not_fully_checked"
        return "valid"

    @property
    def fatals(self) -> tuple[Finding, ...]:
        """The findings for which a recipient refuses the document."""
        return tuple(each for each in self.findings if each.severity == "fatal")
