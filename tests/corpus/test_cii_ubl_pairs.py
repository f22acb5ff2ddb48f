"""The same invoice in both syntaxes of EN 16931 is read as the same invoice.

Other people wrote both files of a pair, and differences are theirs: a file gives a trading name, a gross
price or an identifier that its twin leaves out.
"""

from __future__ import annotations

from dataclasses import fields, replace

from tests.corpus.locations import documents
from usance.formats import cii, ubl
from usance.rules.invoicing.document import InvoiceDocument

KOSIT = {
    "kosit__cius__01.05_minimal_test": {"totals"},  # BT-110 is 0 in UBL and not there in CII
    "kosit__cius__01.06_minimal_test": set(),
    "kosit__cvd__02.01a-cvd_INVOICE": {"seller", "lines", "payee", "totals"},
    "kosit__standard__01.01a-INVOICE": set(),
    "kosit__standard__01.02a-INVOICE": {"purchase_order"},  # UBL has no BT-14 without a BT-13
    "kosit__standard__01.03a-INVOICE": set(),
    "kosit__standard__01.04a-INVOICE": set(),
    "kosit__standard__01.06a-INVOICE": set(),
    "kosit__standard__01.11a-INVOICE": {"purchase_order"},
    "kosit__standard__01.13a-INVOICE": {"purchase_order"},
    "kosit__standard__01.14a-INVOICE": set(),
    "kosit__standard__01.18a-INVOICE": set(),
    "kosit__standard__01.19a-INVOICE": set(),
    "kosit__standard__01.20a-INVOICE": {"seller", "totals"},
    "kosit__standard__03.03a-INVOICE": set(),
    "kosit__standard__03.06a-INVOICE": {"seller", "buyer"},  # city and post code changed places
}

OF_THEIR_OWN = {"seller", "buyer", "process", "specification", "attachments"}
"""Where the pairs of ZUGFeRD's corpus differ, besides gross prices, which only their CII has."""


def differing(one: InvoiceDocument, other: InvoiceDocument) -> set[str]:
    """The fields in which two documents differ."""
    return {
        each.name
        for each in fields(InvoiceDocument)
        if getattr(one, each.name) != getattr(other, each.name)
    }


def without_gross_prices(document: InvoiceDocument) -> InvoiceDocument:
    """``document`` without the terms that only explain a net price."""
    return replace(
        document,
        lines=tuple(
            replace(line, price=replace(line.price, gross=None, discount=None))
            for line in document.lines
        ),
    )


def test_of_kosit() -> None:
    files = documents("xrechnung", "kosit__*.xml")
    pairs = {
        name.removesuffix("_uncefact.xml"): (data, files[name.replace("_uncefact", "_ubl")])
        for name, data in files.items()
        if name.endswith("_uncefact.xml") and name.replace("_uncefact", "_ubl") in files
    }
    assert {
        name: differing(cii.read(one), ubl.read(other)) for name, (one, other) in pairs.items()
    } == KOSIT


def test_of_zugferd() -> None:
    files = documents("facturx", "zfcorpus__*.xml")
    twins = {
        name: name.replace("__CII__", "__UBL__").replace(".cii.", ".ubl.")
        for name in files
        if name.startswith("zfcorpus__CII__")
    }
    assert len(twins) == 15
    for name, twin in twins.items():
        one = without_gross_prices(cii.read(files[name]))
        other = without_gross_prices(ubl.read(files[twin]))
        assert differing(one, other) <= OF_THEIR_OWN, name
        assert (one.totals, one.vat, one.lines) == (other.totals, other.vat, other.lines)
