"""Every CII document of the open corpus: read, written and read again, and valid by the official rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import etree

from tests.corpus.cii_documents import DOCUMENTS
from tests.corpus.cii_rules import broken_rules, schema_errors
from tests.corpus.locations import documents
from tests.formats.sample_invoices import SAMPLES
from usance.formats import cii
from usance.formats.einvoice.profiles import (
    EN16931,
    FACTURX_EN16931,
    FACTURX_EXTENDED,
    Profile,
)
from usance.formats.errors import FormatError
from usance.rules.invoicing.document import InvoiceDocument

TOPICS = ("en16931", "facturx", "xrechnung")

REFUSED = {
    "cen__cii__BR-CO-15-2.xml": "unsupported_document",  # test sets of a validator
    "cen__cii__BR-CO-17.xml": "unsupported_document",
}

WRITTEN = [name for name, expected in DOCUMENTS.items() if expected.profile is not None]


@pytest.fixture(scope="module")
def corpus() -> dict[str, bytes]:
    """Every XML of the three topics that mentions CII, by name."""
    found = {
        name: data
        for topic in TOPICS
        for name, data in documents(topic, "*").items()
        if not name.endswith(".pdf") and b"CrossIndustry" in data
    }
    assert len(found) == 138
    return found


def written(document: InvoiceDocument, name: str) -> bytes:
    profile = DOCUMENTS[name].profile
    assert profile is not None
    return cii.render(document, profile=profile)


def test_every_document_is_expected(corpus: dict[str, bytes]) -> None:
    assert corpus.keys() == DOCUMENTS.keys() | REFUSED.keys()
    assert Counter(e.profile.key if e.profile else "-" for e in DOCUMENTS.values()) == {
        "en16931": 6,
        "facturx-en16931": 34,
        "facturx-extended": 14,
        "xrechnung": 67,
        "xrechnung-extension": 9,
        "-": 6,
    }
    as_it_came = [e for e in DOCUMENTS.values() if e.profile and not e.broken_as_it_came]
    assert len(as_it_came) == 92


@pytest.mark.parametrize("name", REFUSED)
def test_refused(corpus: dict[str, bytes], name: str) -> None:
    with pytest.raises(FormatError) as refused:
        cii.read(corpus[name])
    assert refused.value.code == REFUSED[name]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_read(corpus: dict[str, bytes], name: str) -> None:
    expected = DOCUMENTS[name]
    document = cii.read(corpus[name])
    assert len(document.lines) == expected.lines
    assert (document.totals.payable, document.currency) == (expected.payable, expected.currency)
    if expected.profile is None:
        with pytest.raises(FormatError) as refused:
            cii.render(document, profile=EN16931)
        assert refused.value.code == "missing_value"


@pytest.mark.parametrize("name", WRITTEN)
def test_written_and_read_again_it_is_the_same(corpus: dict[str, bytes], name: str) -> None:
    document = cii.read(corpus[name])
    again = cii.read(written(document, name))
    profile = DOCUMENTS[name].profile
    assert profile is not None
    assert again.specification == profile.specification
    assert again.process == (document.process or profile.process)
    assert replace(again, specification="", process="") == replace(
        document, specification="", process=""
    )


@pytest.mark.parametrize("name", WRITTEN)
def test_what_we_write_breaks_no_rule_that_its_sender_kept(
    corpus: dict[str, bytes], name: str
) -> None:
    expected = DOCUMENTS[name]
    assert expected.profile is not None
    assert set(broken_rules(corpus[name], expected.profile)) == expected.broken_as_it_came
    data = written(cii.read(corpus[name]), name)
    assert schema_errors(data, expected.profile) == []
    assert set(broken_rules(data, expected.profile)) == expected.broken_as_written


# Figures of EXTENDED that the model has no field for, and those it has in another place: a charge for
# transport (written as the charge it is), price allowances of several steps (as their sum).
NOT_KEPT = {
    "AllowanceChargeBasisAmount": 2,
    "AppliedTradeAllowanceCharge/ActualAmount": 5,
    "AppliedTradeAllowanceCharge/BasisAmount": 1,
    "AppliedTradeAllowanceCharge/CalculationPercent": 1,
    "IncludedReferencedProduct/UnitQuantity": 3,
    "IncludedTradeTax/CalculatedAmount": 4,
    "IncludedTradeTax/RateApplicablePercent": 4,
    "LineTotalBasisAmount": 2,
    "PaidAmount": 4,
    "SpecifiedLogisticsServiceCharge": 2,
    "PackageQuantity": 6,
    "TotalAllowanceChargeAmount": 22,
}


def figures(data: bytes) -> Counter[tuple[str, str]]:
    """Every amount, quantity, percentage and rate with the path to it, read without our reader."""
    found: Counter[tuple[str, str]] = Counter()
    parser = etree.XMLParser(remove_comments=True, remove_pis=True, resolve_entities=False)
    for element in etree.fromstring(data, parser).iter():
        name = etree.QName(element).localname
        if (
            name.endswith(("Amount", "Percent", "Quantity", "Rate"))
            and (element.text or "").strip()
        ):
            above = reversed([etree.QName(each).localname for each in element.iterancestors()])
            found["/".join((*above, name)), (element.text or "").strip()] += 1
    return found


def test_no_figure_is_changed_or_lost(corpus: dict[str, bytes]) -> None:
    lost: Counter[str] = Counter()
    total = 0
    for name in WRITTEN:
        came = figures(corpus[name])
        kept = figures(written(cii.read(corpus[name]), name))
        total += came.total()
        for (path, _), count in (came - kept).items():
            lost[next((known for known in NOT_KEPT if known in path), path)] += count
    assert total == 3_236
    assert lost == NOT_KEPT


# Samples whose parties lack what the profile asks for: an Indian seller and a buyer in the United States
# have no electronic address, Indian and Romanian buyers no Leitweg-ID.
BROKEN_SAMPLES = {
    ("export", "xrechnung"): {"PEPPOL-EN16931-R010"},
    ("romanian", "xrechnung"): {"BR-DE-15"},
    ("romanian_in_euro", "xrechnung"): {"BR-DE-15"},
    ("indian", "xrechnung"): {"BR-DE-15", "PEPPOL-EN16931-R010", "PEPPOL-EN16931-R020"},
}


@pytest.mark.parametrize("profile", cii.PROFILES, ids=lambda profile: profile.key)
@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_valid(name: str, profile: Profile) -> None:
    document = SAMPLES[name]()
    if profile not in (FACTURX_EN16931, FACTURX_EXTENDED):
        document = replace(document, preceding=document.preceding[:1])
    data = cii.render(document, profile=profile)
    assert schema_errors(data, profile) == []
    rules = profile.key.removesuffix("-extension")
    assert set(broken_rules(data, profile)) == BROKEN_SAMPLES.get((name, rules), set())


def test_the_rules_find_what_is_broken() -> None:
    """Were they silent, every test above would pass."""
    document = SAMPLES["domestic"]()
    wrong = replace(document, totals=replace(document.totals, payable=Decimal("1.00")))
    for profile in cii.PROFILES:
        broken = broken_rules(cii.render(wrong, profile=profile), profile)
        assert {"BR-CO-16", "BR-FXEXT-CO-16"} & set(broken)
    extended = cii.render(SAMPLES["instalments"](), profile=FACTURX_EXTENDED)
    assert schema_errors(extended.replace(b"LineOne", b"LineZero"), FACTURX_EXTENDED) != []
