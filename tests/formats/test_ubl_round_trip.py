"""What is rendered as UBL keeps the official rules and reads back as what it was."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.formats.sample_invoices import (
    FRENCH_BUYER,
    SAMPLES,
    credit_note,
    domestic,
    every_term,
    instalments,
)
from usance.formats import ubl
from usance.formats.einvoice.profiles import (
    CIUS_RO,
    EN16931,
    PEPPOL_BIS_3,
    PROFILES,
    XRECHNUNG,
    XRECHNUNG_EXTENSION,
    Profile,
)
from usance.formats.errors import FormatError
from usance.formats.ubl.names import CAC, CBC
from usance.formats.validation.rule_book import RuleBook
from usance.formats.validation.validate import validate
from usance.rules.invoicing.document import (
    CreditTransfer,
    DueAmount,
    EarlyDiscount,
    InvoiceDocument,
    Item,
    Note,
    PaymentCard,
    PaymentInstructions,
    Price,
    ThirdPartyPayment,
)

D = Decimal
NAMES = {"cac": CAC, "cbc": CBC}


@cache
def rules() -> RuleBook:
    return RuleBook.carried()


@cache
def schema(root: str) -> etree.XMLSchema:
    [found] = [each.path for each in rules() if each.kind == f"ubl-{root}-xsd"]
    return etree.XMLSchema(etree.parse(str(found)))


def schema_of(document: InvoiceDocument) -> etree.XMLSchema:
    return schema("CreditNote" if document.is_credit else "Invoice")


def carried(document: InvoiceDocument, profile: Profile) -> InvoiceDocument:
    """What of ``document`` UBL can say: the terms of EN 16931, and the profile it is written in."""
    return replace(
        document,
        specification=profile.specification,
        process=document.process or profile.process,
        lines=tuple(replace(line, group="", exemption_reason="") for line in document.lines),
        vat=tuple(replace(breakdown, components=()) for breakdown in document.vat),
        tax_exchange_rate=None,
    )


def text(data: bytes, path: str) -> list[str]:
    return [each.text or "" for each in etree.fromstring(data).iterfind(path, NAMES)]


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "instalments"])
def test_every_sample_reads_back_the_same(name: str) -> None:
    document = SAMPLES[name]()
    written = ubl.render(document, profile=EN16931)
    assert ubl.read(written) == carried(document, EN16931)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_keeps_schema_and_rules_of_en_16931(name: str) -> None:
    report = validate(ubl.render(SAMPLES[name](), profile=EN16931), rules=rules())
    assert (report.verdict, report.findings) == ("valid", ())
    assert {each.kind for each in report.ran} >= {"en16931-ubl"}


@pytest.mark.parametrize("type_code", ["380", "381"])
def test_any_term_left_out_leaves_a_document_by_the_schema(type_code: str) -> None:
    """Each term that has a default is left out in turn, of the document, its parties and its lines."""
    whole = replace(every_term(), type_code=type_code)
    variants = [whole, *without_each(whole)]
    for name in ("seller", "buyer", "payee", "tax_representative", "delivery"):
        part = getattr(whole, name)
        variants += [replace(whole, **{name: each}) for each in without_each(part)]
    for line in whole.lines:
        variants += [replace(whole, lines=(each,)) for each in without_each(line)]
        items = without_each(line.item)
        variants += [replace(whole, lines=(replace(line, item=each),)) for each in items]
    written = 0
    refused = []
    for document in variants:
        try:
            data = ubl.render(document, profile=EN16931)
        except FormatError as error:
            refused.append(error.code)
            continue
        schema_of(document).assertValid(etree.fromstring(data))
        assert ubl.read(data) == carried(document, EN16931)
        written += 1
    # Tax in a currency that is not named; and a credit note's due date, which stands with how to pay.
    assert refused == ["missing_value"] + ["not_in_syntax"] * (type_code == "381")
    assert written > 60


def without_each(part: Any) -> list[Any]:
    """``part`` without each of the terms that it may go without and has."""
    return [
        replace(part, **{field.name: field.default})
        for field in fields(part)
        if field.default is not MISSING and getattr(part, field.name) != field.default
    ]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_profile_says_what_the_document_claims(profile: Profile) -> None:
    data = ubl.render(domestic(), profile=profile)
    assert text(data, "cbc:CustomizationID") == [profile.specification]
    assert text(data, "cbc:ProfileID") == ([profile.process] if profile.process else [])
    own = ubl.render(replace(domestic(), process="urn:own"), profile=profile)
    assert text(own, "cbc:ProfileID") == ["urn:own"]


def test_a_credit_note_is_one() -> None:
    data = ubl.render(replace(credit_note(), project="P-1", tender="L-2"), profile=EN16931)
    root = etree.fromstring(data)
    assert etree.QName(root).localname == "CreditNote"
    assert text(data, "cac:CreditNoteLine/cbc:CreditedQuantity") == ["2"]
    assert text(data, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID") == ["R-2026-0001"]
    # UBL's credit note has no element for the project; EN 16931 gives it as document of type 50.
    assert text(data, "cac:AdditionalDocumentReference/cbc:DocumentTypeCode") == ["50"]
    read = ubl.read(data)
    assert (read.project, read.tender, read.is_credit) == ("P-1", "L-2", True)
    assert validate(data, rules=rules()).verdict == "valid"


def test_a_credit_note_gives_its_due_date_with_how_to_pay() -> None:
    document = replace(credit_note(), due_on=date(2026, 12, 24))
    data = ubl.render(document, profile=EN16931)
    assert text(data, "cac:PaymentMeans/cbc:PaymentDueDate") == ["2026-12-24"]
    assert ubl.read(data).due_on == date(2026, 12, 24)
    with pytest.raises(FormatError) as caught:
        ubl.render(replace(document, payment=None), profile=EN16931)
    assert caught.value.code == "not_in_syntax"


def test_every_credit_code_becomes_a_credit_note_and_comes_back() -> None:
    for code in ("81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "532"):
        document = replace(credit_note(), type_code=code)
        data = ubl.render(document, profile=EN16931)
        assert etree.QName(etree.fromstring(data)).localname == "CreditNote"
        assert ubl.read(data).type_code == code


def test_decimals_keep_their_digits() -> None:
    given = domestic()
    line = replace(
        given.lines[0],
        quantity=D("10.000"),
        price=Price(net=D("12.5000"), gross=D("1.3E+1"), base_quantity=D("1E+0")),
    )
    data = ubl.render(replace(given, lines=(line,)), profile=EN16931)
    assert text(data, "cac:InvoiceLine/cbc:InvoicedQuantity") == ["10.000"]
    assert text(data, "cac:InvoiceLine/cac:Price/cbc:PriceAmount") == ["12.5000"]
    assert text(data, "cac:InvoiceLine/cac:Price/cac:AllowanceCharge/cbc:BaseAmount") == ["13"]
    # The discount that leads from gross to net is worked out where it is not given.
    assert text(data, "cac:InvoiceLine/cac:Price/cac:AllowanceCharge/cbc:Amount") == ["0.5000"]


def test_no_element_is_empty() -> None:
    data = ubl.render(replace(every_term(), buyer_reference="  ", project=""), profile=EN16931)
    for element in etree.fromstring(data).iter():
        assert len(element) or (element.text or "").strip(), element.tag


def test_a_sales_order_alone_stands_beside_a_placeholder() -> None:
    document = replace(domestic(), purchase_order="", sales_order="SO-9")
    data = ubl.render(document, profile=PEPPOL_BIS_3)
    assert text(data, "cac:OrderReference/cbc:ID") == ["NA"]
    assert ubl.read(data).purchase_order == ""
    assert ubl.read(data).sales_order == "SO-9"


def test_several_accounts_and_one_text() -> None:
    payment = PaymentInstructions(
        code="30",
        text="Überweisung",
        remittance="R-1",
        transfers=(
            CreditTransfer("DE89370400440532013000", "A", "COBADEFFXXX"),
            CreditTransfer("DE02120300000000202051"),
        ),
    )
    data = ubl.render(replace(domestic(), payment=payment), profile=EN16931)
    assert ubl.read(data).payment == payment
    root = etree.fromstring(data)
    codes = root.findall("cac:PaymentMeans/cbc:PaymentMeansCode", NAMES)
    assert [code.get("name") for code in codes] == ["Überweisung", None]
    assert validate(data, rules=rules()).verdict == "valid"


def test_a_card_has_the_network_that_ubl_demands() -> None:
    payment = PaymentInstructions(code="48", card=PaymentCard("************4444", "M. Lindner"))
    data = ubl.render(replace(domestic(), payment=payment), profile=EN16931)
    assert text(data, "cac:PaymentMeans/cac:CardAccount/cbc:NetworkID") == ["NA"]
    assert ubl.read(data).payment == payment
    assert validate(data, rules=rules()).verdict == "valid"


def test_the_creditor_stands_with_whom_is_paid() -> None:
    with_payee = every_term()
    path = "cac:PayeeParty/cac:PartyIdentification/cbc:ID[@schemeID='SEPA']"
    of_seller = (
        "cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID[@schemeID='SEPA']"
    )
    data = ubl.render(with_payee, profile=EN16931)
    assert (len(text(data, path)), text(data, of_seller)) == (1, [])
    data = ubl.render(replace(with_payee, payee=None), profile=EN16931)
    assert text(data, of_seller) == ["DE98ZZZ09999999999"]


def test_notes_become_one_in_peppol_unless_both_parties_are_german() -> None:
    document = replace(domestic(), notes=(Note("Eins", "AAI"), Note("Zwei")))
    assert text(ubl.render(document, profile=PEPPOL_BIS_3), "cbc:Note") == ["#AAI#Eins", "Zwei"]
    abroad = replace(document, buyer=FRENCH_BUYER)
    assert text(ubl.render(abroad, profile=PEPPOL_BIS_3), "cbc:Note") == ["#AAI#Eins\nZwei"]
    assert text(ubl.render(abroad, profile=EN16931), "cbc:Note") == ["#AAI#Eins", "Zwei"]


def test_discounts_read_back_from_xrechnung_and_stand_in_words_elsewhere() -> None:
    document = instalments()
    words = (
        "Zwei Raten, oder 2 % Skonto bei Zahlung in 10 Tagen.\n"
        "590.00 EUR due on 2026-12-02\n"
        "600.00 EUR due on 2027-01-02"
    )
    skonto = "#SKONTO#TAGE=10#PROZENT=2.00#"
    in_words = "2.00 % (23.80 EUR) off 1190.00 EUR if paid by 2026-11-12"
    note = "cac:PaymentTerms/cbc:Note"
    for profile in (XRECHNUNG, XRECHNUNG_EXTENSION, PEPPOL_BIS_3):
        data = ubl.render(document, profile=profile)
        assert text(data, note) == [f"{words}\n{skonto}\n"]
        read = ubl.read(data)
        assert read.early_discounts == document.early_discounts
        assert read.payment_terms == words
        # A second writing adds nothing.
        assert text(ubl.render(read, profile=profile), note) == text(data, note)
    for profile in (EN16931, CIUS_RO):
        assert text(ubl.render(document, profile=profile), note) == [f"{words}\n{in_words}"]
    abroad = replace(document, buyer=FRENCH_BUYER)
    assert text(ubl.render(abroad, profile=PEPPOL_BIS_3), note) == [f"{words}\n{in_words}"]


@pytest.mark.parametrize(
    ("discount", "said"),
    [
        (
            EarlyDiscount(date(2026, 11, 22), D("1.5"), D("7.50"), D("500.00")),
            "#SKONTO#TAGE=20#PROZENT=1.50#BASISBETRAG=500.00#\n",
        ),
        (
            EarlyDiscount(date(2026, 11, 2), D("3"), D("35.70"), D("1190.00")),
            "#SKONTO#TAGE=0#PROZENT=3.00#\n",
        ),
        # What the form cannot say: three decimals, and a day before the invoice's.
        (
            EarlyDiscount(date(2026, 11, 22), D("1.125"), D("13.39"), D("1190.00")),
            "1.125 % (13.39 EUR) off 1190.00 EUR if paid by 2026-11-22",
        ),
        (
            EarlyDiscount(date(2026, 11, 1), D("2"), D("23.80"), D("1190.00")),
            "2 % (23.80 EUR) off 1190.00 EUR if paid by 2026-11-01",
        ),
    ],
)
def test_forms_of_a_discount_in_xrechnung(discount: EarlyDiscount, said: str) -> None:
    document = replace(instalments(), payment_terms="", instalments=(), early_discounts=(discount,))
    data = ubl.render(document, profile=XRECHNUNG)
    assert text(data, "cac:PaymentTerms/cbc:Note") == [said]


def test_what_is_collected_for_others_needs_the_extension() -> None:
    given = domestic()
    payment = ThirdPartyPayment("Parken", D("5.00"), "Parkgebühr der Stadt")
    document = replace(
        given,
        third_party_payments=(payment,),
        totals=replace(given.totals, payable=given.totals.payable + D("5.00")),
    )
    read = ubl.read(ubl.render(document, profile=XRECHNUNG_EXTENSION))
    assert read == carried(document, XRECHNUNG_EXTENSION)
    for refused in (document, replace(document, type_code="381")):
        with pytest.raises(FormatError) as caught:
            ubl.render(refused, profile=XRECHNUNG)
        assert caught.value.code == "not_in_syntax"


@pytest.mark.parametrize(
    ("document", "code", "said"),
    [
        (replace(domestic(), lines=()), "missing_value", "at least one line"),
        (
            replace(domestic(), payment=PaymentInstructions()),
            "missing_value",
            "BT-81",
        ),
        (
            replace(domestic(), totals=replace(domestic().totals, vat=None)),
            "missing_value",
            "BT-110",
        ),
        (
            replace(domestic(), totals=replace(domestic().totals, vat_in_tax_currency=D(1))),
            "missing_value",
            "BT-6",
        ),
        (
            replace(
                domestic(),
                tax_currency="EUR",
                totals=replace(domestic().totals, vat_in_tax_currency=D(1)),
            ),
            "not_in_syntax",
            "BT-111",
        ),
        (replace(domestic(), number="a\0b"), "invalid_text", "control characters"),
        (
            replace(domestic(), totals=replace(domestic().totals, payable=D("NaN"))),
            "invalid_number",
            "NaN",
        ),
    ],
)
def test_what_ubl_cannot_say_is_refused(document: InvoiceDocument, code: str, said: str) -> None:
    with pytest.raises(FormatError) as caught:
        ubl.render(document, profile=EN16931)
    assert caught.value.code == code
    assert said in caught.value.message


TEXTS = (
    st.text(
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff#"),
        min_size=1,
    )
    .map(str.strip)
    .filter(bool)
)
FIGURES = st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False)


@settings(max_examples=100, deadline=None)
@given(
    texts=st.lists(TEXTS, min_size=8, max_size=8),
    figures=st.lists(FIGURES, min_size=6, max_size=6),
    due=st.lists(st.tuples(st.dates(), FIGURES), max_size=3),
)
def test_any_text_and_any_figure_comes_back(
    texts: list[str], figures: list[Decimal], due: list[tuple[date, Decimal]]
) -> None:
    given = domestic()
    line = replace(
        given.lines[0],
        id=texts[0],
        item=Item(texts[1], description=texts[2]),
        note=texts[3],
        quantity=figures[0],
        net=figures[1],
        price=Price(net=figures[2]),
    )
    document = replace(
        given,
        number=texts[4],
        lines=(line, *given.lines),
        notes=(Note(texts[5]), Note(texts[6], "AAI")),
        payment_terms=texts[7],
        totals=replace(given.totals, payable=figures[3], rounding=figures[4], vat=figures[5]),
    )
    read = ubl.read(ubl.render(document, profile=XRECHNUNG))
    assert read == carried(document, XRECHNUNG)
    several = replace(document, instalments=tuple(DueAmount(on, amount) for on, amount in due))
    said = ubl.read(ubl.render(several, profile=XRECHNUNG)).payment_terms
    assert (
        said.splitlines()[-len(due) :]
        == [f"{amount:f} EUR due on {on.isoformat()}" for on, amount in due]
        or not due
    )
