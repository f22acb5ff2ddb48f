"""XML invoices of the corpora, the official rules for them, and every amount that they state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from lxml import etree

from tests.corpus.locations import corpora, documents
from usance.formats.einvoice.profiles import (
    EN16931,
    XRECHNUNG,
    Profile,
    claimed_profile,
)
from usance.formats.validation.report import Report
from usance.formats.validation.rule_book import RuleBook
from usance.formats.validation.validate import validate

XML: Final = "*.[xX][mM][lL]"

RULE_FOLDERS: Final = (
    "en16931/schema/ubl21/maindoc",
    "en16931/schema/cen/ubl/xslt",
    "peppol/schema/phive-2026.5",
    "xrechnung/schema/phive-3.0.2",
    "cius-ro/schema/phive-1.0.9",
)

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_FIGURES: Final = frozenset({"Percent", "MultiplierFactorNumeric"})

# Not terms of EN 16931: lines within lines.
_BEYOND: Final = ("SubInvoiceLine",)


@cache
def official_rules() -> RuleBook:
    """The schemas and rule sets of UBL, EN 16931, Peppol, XRechnung and CIUS-RO in the corpora."""
    return RuleBook.scanned(*(corpora() / folder for folder in RULE_FOLDERS), carried=False)


def judged(data: bytes) -> Report:
    """What the official rules of the standard that ``data`` claims say of it."""
    return validate(data, rules=official_rules())


def broken_rules(data: bytes) -> Counter[str]:
    """The rules that ``data`` breaks so that its recipient refuses it, each as often."""
    return Counter(finding.rule for finding in judged(data).fatals)


def profile_for(specification: str) -> Profile:
    """The profile to write a document in that was read with this BT-24."""
    known = claimed_profile(specification)
    if known is not None:
        return known
    family = XRECHNUNG if "xrechnung_3.0" in specification else EN16931
    return replace(family, specification=specification)


def amounts(data: bytes) -> Counter[tuple[str, str]]:
    """Every amount, quantity and percentage with its place and its digits, as often as it is stated."""
    found: Counter[tuple[str, str]] = Counter()
    for element in etree.fromstring(data).iter(etree.Element):
        name = etree.QName(element).localname
        has_unit = not {"currencyID", "unitCode"}.isdisjoint(element.attrib)
        if not has_unit and name not in _FIGURES:
            continue
        lineage = [etree.QName(each).localname for each in element.iterancestors()]
        if not set(lineage).isdisjoint(_BEYOND):
            continue
        text = (element.text or "").strip()
        if text:
            found["/".join((*reversed(lineage), name)), text.removeprefix("+")] += 1
    return found


def fragments(topic: str) -> Iterator[bytes]:
    """The invoices inside the test sets of ``topic``, most of them only what one rule looks at."""
    for data in documents(topic, XML).values():
        root = etree.fromstring(data)
        if etree.QName(root).localname == "testSet":
            for name in ("Invoice", "CreditNote"):
                for element in root.iter(f"{{{_UBL}{name}-2}}{name}"):
                    yield etree.tostring(element)
