"""Every UBL document of the open corpora is read, or refused by name; what is valid stays so when written.

The outcome of each is exact. Besides the model, every amount, quantity and percentage of a document is
compared where it stands, digit by digit, with what we write.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from tests.corpus.invoice_documents import XML, amounts, fragments, judged, profile_for
from tests.corpus.locations import documents
from usance.formats import ubl
from usance.formats.errors import FormatError
from usance.rules.invoicing.document import InvoiceDocument, ThirdPartyPayment

D = Decimal


@dataclass(frozen=True)
class Topic:
    """What becomes of the documents of a topic: files, and of those read how the official rules judge."""

    files: int
    valid: int
    broken: int
    not_fully_checked: int
    no_invoice: dict[str, int]
    """Documents that are something else, by the name of their root element."""

    @property
    def read(self) -> int:
        return self.valid + self.broken + self.not_fully_checked


TOPICS = {
    "en16931": Topic(169, 9, 14, 0, {"testSet": 140, "CrossIndustryInvoice": 6}),
    "peppol": Topic(
        157,
        20,
        1,
        1,
        {
            "testSet": 111,
            "ApplicationResponse": 6,
            "Catalogue": 2,
            "Order": 6,
            "OrderCancellation": 2,
            "OrderChange": 1,
            "OrderResponse": 7,
        },
    ),
    "xrechnung": Topic(194, 63, 53, 0, {"CrossIndustryInvoice": 74}),
    "cius-ro": Topic(7, 7, 0, 0, {}),
    "facturx": Topic(74, 3, 14, 1, {"CrossIndustryInvoice": 56}),
}

KOSIT = "kosit-unit__ubl-"

# name: code, line, what the message must say. KoSIT made all of them to break a rule.
REFUSED: dict[str, dict[str, tuple[str, int, str]]] = {
    "xrechnung": {
        f"{KOSIT}cn__ubl-cn-br-de-16-test-code-O.xml": ("contradicting_type", 9, "'380'"),
        f"{KOSIT}cn__ubl-cn-br-de-26-test.xml": ("contradicting_type", 7, "'384'"),
        f"{KOSIT}cn__ubl-cn-peppol-en16931-r053-2.xml": ("contradicting_amounts", 98, "2 diff"),
        f"{KOSIT}inv__ubl-inv-peppol-en16931-r053-2.xml": ("contradicting_amounts", 100, "2 diff"),
    }
}

# Documents that state the tax in the currency of accounting twice, against rule PEPPOL-EN16931-R054: it
# is written once.
SAID_TWICE = {
    f"{KOSIT}cn__ubl-cn-peppol-en16931-r054-2.xml": ("CreditNote/TaxTotal/TaxAmount", "70.00"),
    f"{KOSIT}inv__ubl-inv-peppol-en16931-r054-2.xml": ("Invoice/TaxTotal/TaxAmount", "70.00"),
}

# Broken documents that break another rule when written. A seller without a registered name (BT-27) gets
# its trading name for one, which Greek sellers may not leave out.
NEWLY_BROKEN = {"bis3__GR__GR-base-example-TaxRepresentative.xml": {"GR-R-002": 1}}


def readable(topic: str) -> dict[str, tuple[bytes, InvoiceDocument]]:
    """The documents of ``topic`` that are read, by name, with what was read."""
    found = {}
    for name, data in documents(topic, XML).items():
        try:
            found[name] = data, ubl.read(data)
        except FormatError:
            continue
    return found


@pytest.mark.parametrize("topic", TOPICS)
def test_every_document_is_read_or_refused_by_name(topic: str) -> None:
    expected = TOPICS[topic]
    found = documents(topic, XML)
    assert len(found) == expected.files
    others: Counter[str] = Counter()
    refused = {}
    read = 0
    for name, data in found.items():
        try:
            ubl.read(data)
        except FormatError as error:
            if error.code == "unsupported_document":
                root = etree.QName(etree.fromstring(data)).localname
                assert f"This XML is a {root}" in error.message
                others[root] += 1
            else:
                refused[name] = error
        else:
            read += 1
    assert read == expected.read
    assert others == expected.no_invoice
    wanted = REFUSED.get(topic, {})
    assert {name: (e.code, e.line) for name, e in refused.items()} == {
        name: (code, line) for name, (code, line, _) in wanted.items()
    }
    for name, (_, _, said) in wanted.items():
        assert said in str(refused[name])


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_read_is_written_with_every_amount_and_read_the_same(topic: str) -> None:
    compared = 0
    for name, (data, document) in readable(topic).items():
        written = ubl.render(document, profile=profile_for(document.specification))
        assert ubl.read(written) == document, name
        before, after = amounts(data), amounts(written)
        if name in SAID_TWICE:
            before[SAID_TWICE[name]] -= 1
        assert before == after, name
        assert ubl.render(ubl.read(written), profile=profile_for(document.specification)) == written
        compared += 1
    assert compared == TOPICS[topic].read


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_valid_by_the_official_rules_is_written_valid(topic: str) -> None:
    verdicts: Counter[str] = Counter()
    for name, (data, document) in readable(topic).items():
        before = judged(data)
        verdicts[before.verdict] += 1
        after = judged(ubl.render(document, profile=profile_for(document.specification)))
        assert not (before.verdict == "valid" and after.fatals), name
        # Nothing that was right became wrong in a broken document either.
        broken_before = Counter(finding.rule for finding in before.fatals)
        broken_after = Counter(finding.rule for finding in after.fatals)
        assert broken_after - broken_before == NEWLY_BROKEN.get(name, {}), name
        assert "XSD" not in broken_after, name
    expected = TOPICS[topic]
    assert verdicts == Counter(
        valid=expected.valid, broken=expected.broken, not_fully_checked=expected.not_fully_checked
    )


@pytest.mark.parametrize(
    ("topic", "outcomes"),
    [
        # The rules of CEN's own suite look at one element each, and few need a whole document.
        ("en16931", {"missing_element": 584}),
        ("peppol", {"missing_element": 174, "read": 63}),
    ],
)
def test_fragments_of_rule_suites_are_read_or_refused(topic: str, outcomes: dict[str, int]) -> None:
    found: Counter[str] = Counter()
    for data in fragments(topic):
        try:
            document = ubl.read(data)
        except FormatError as error:
            found[error.code] += 1
        else:
            written = ubl.render(document, profile=profile_for(document.specification))
            assert amounts(written) == amounts(data)
            found["read"] += 1
    assert found == outcomes


# name: number, type, currency, lines, total without tax, tax, amount due, seller and buyer as they stand
# in the document.
Facts = tuple[str, str, str, int, str, str, str, str, str]
KNOWN: dict[tuple[str, str], Facts] = {
    ("en16931", "cen__examples__ubl-tc434-example2.xml"): (
        *("TOSL108", "380", "NOK", 5, "1436.50", "365.28", "801.78"),
        *("Salescompany ltd.", "The Buyercompany"),
    ),
    ("peppol", "bis3__examples__base-creditnote-correction.xml"): (
        *("Snippet1", "381", "EUR", 2, "1325", "331.25", "1656.25"),
        *("SupplierOfficialName Ltd", "Buyer Official Name"),
    ),
    ("peppol", "bis3__examples__Allowance-example.xml"): (
        *("Snippet1", "380", "EUR", 3, "5900", "1225.00", "6125.00"),
        *("SupplierOfficialName Ltd", "Buyer Official Name"),
    ),
    ("xrechnung", "kosit__standard__01.01a-INVOICE_ubl.xml"): (
        *("123456XX", "380", "EUR", 2, "314.86", "22.04", "336.9"),
        *("[Seller name]", "[Buyer name]"),
    ),
    # ANAF's own example writes its lines in NOK and all sums in RON; they add up only as lei.
    ("cius-ro", "phive__1.0.9__ubl_b2g_example0.xml"): (
        *("TOSL108", "380", "RON", 5, "1386.5", "273.09", "659.89"),
        *("The Sellercompany Incorporated", "Ministerul Finantelor"),
    ),
}


@pytest.mark.parametrize(("topic", "name"), KNOWN)
def test_known_documents_say_what_they_say(topic: str, name: str) -> None:
    document = ubl.read(documents(topic, name)[name])
    totals = document.totals
    assert (
        *(document.number, document.type_code, document.currency, len(document.lines)),
        *(str(totals.without_vat), str(totals.vat), str(totals.payable)),
        *(document.seller.name, document.buyer.name),
    ) == KNOWN[topic, name]


def test_discounts_in_the_form_of_xrechnung_become_terms() -> None:
    name = f"{KOSIT}cn__ubl-cn-br-de-18-skonto-many-tests.xml"
    document = ubl.read(documents("xrechnung", name)[name])
    assert document.payment_terms == ""
    assert [
        (each.until, each.percent, each.base, each.amount) for each in document.early_discounts
    ] == [
        (date(2018, 4, 14), D("2.00"), D("12829.69"), D("256.59")),
        (date(2018, 4, 15), D("1.00"), D("23.88"), D("0.24")),
        (date(2018, 4, 16), D("0.00"), D("12829.69"), D("0.00")),
    ]


def test_what_is_collected_for_third_parties_is_part_of_the_amount_due() -> None:
    name = "kosit__extension__05.01a-INVOICE_ubl.xml"
    document = ubl.read(documents("xrechnung", name)[name])
    first, second = document.third_party_payments
    assert first == ThirdPartyPayment(
        kind="MobilesBezahlen",
        amount=D("19.96"),
        description="Mobiles Bezahlen (Brutto-Forderung für Fremdleistungen Anbieter A)",
    )
    assert document.totals.payable == document.totals.with_vat + first.amount + second.amount
