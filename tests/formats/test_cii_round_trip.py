"""What is written is read back: every sample in every profile, and whatever hypothesis thinks of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.sample_invoices import SAMPLES, domestic, every_term, instalments, two_rates
from usance.formats import cii
from usance.formats.einvoice.profiles import (
    EN16931,
    FACTURX_EN16931,
    FACTURX_EXTENDED,
    PEPPOL_BIS_3,
    XRECHNUNG,
    Profile,
)
from usance.formats.errors import FormatError
from usance.rules.invoicing.document import (
    AllowanceCharge,
    CreditTransfer,
    DocumentReference,
    DueAmount,
    EarlyDiscount,
    Identifier,
    InvoiceDocument,
    Party,
    PaymentCard,
    PaymentInstructions,
    Price,
    ThirdPartyPayment,
)


def there_and_back(document: InvoiceDocument, profile: Profile) -> InvoiceDocument:
    return cii.read(cii.render(document, profile=profile))


def sayable(document: InvoiceDocument, profile: Profile) -> InvoiceDocument:
    """``document`` as far as ``profile`` can say it in CII."""
    seller_identifiers = sorted(document.seller.identifiers, key=lambda each: each.scheme != "")
    document = replace(
        document,
        specification=profile.specification,
        process=document.process or profile.process,
        seller=replace(document.seller, identifiers=tuple(seller_identifiers)),
        buyer=replace(document.buyer, tax_registration=""),
        vat=tuple(replace(each, components=()) for each in document.vat),
    )
    return document if profile == FACTURX_EXTENDED else replace(document, tax_exchange_rate=None)


@pytest.mark.parametrize("profile", cii.PROFILES, ids=lambda profile: profile.key)
@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - {"instalments"}))
def test_samples_come_back(name: str, profile: Profile) -> None:
    document = SAMPLES[name]()
    if profile not in (FACTURX_EN16931, FACTURX_EXTENDED):
        document = replace(document, preceding=document.preceding[:1])
    assert there_and_back(document, profile) == sayable(document, profile)


def test_a_line_says_in_extended_why_it_bears_no_tax() -> None:
    document = domestic()
    first = replace(document.lines[0], exemption_reason="Differenzbesteuerung")
    document = replace(document, lines=(first, *document.lines[1:]))
    assert there_and_back(document, FACTURX_EXTENDED).lines == document.lines
    assert there_and_back(document, FACTURX_EN16931).lines == domestic().lines


class TestPaymentTerms:
    def test_extended_says_instalments_and_discounts_in_figures(self) -> None:
        document = instalments()
        again = there_and_back(document, FACTURX_EXTENDED)
        assert again.instalments == document.instalments
        assert again.early_discounts == document.early_discounts
        assert again.due_on == document.due_on
        assert again.payment_terms == document.payment_terms

    def test_elsewhere_the_text_says_them(self) -> None:
        again = there_and_back(instalments(), EN16931)
        assert again.instalments == () and again.early_discounts == ()
        for said in ("590.00 EUR", "600.00 EUR", "2027-01-02", "23.80 EUR", "2026-11-12"):
            assert said in again.payment_terms

    def test_xrechnung_says_discounts_in_its_own_form(self) -> None:
        data = cii.render(instalments(), profile=XRECHNUNG)
        assert b"#SKONTO#TAGE=10#PROZENT=2.00#\n" in data
        assert cii.read(data).early_discounts == instalments().early_discounts

    def test_a_due_date_that_no_instalment_has_stands_alone(self) -> None:
        document = replace(instalments(), due_on=date(2027, 2, 2))
        again = there_and_back(document, FACTURX_EXTENDED)
        assert again.due_on == date(2027, 2, 2)
        assert again.instalments == document.instalments

    def test_the_first_instalment_is_due_where_nothing_else_is(self) -> None:
        document = replace(instalments(), due_on=None, payment_terms="")
        again = there_and_back(document, FACTURX_EXTENDED)
        assert again.due_on == date(2026, 12, 2)
        assert again.instalments == document.instalments

    def test_a_discount_that_ended_before_the_day_of_issue(self) -> None:
        early = EarlyDiscount(
            date(2026, 10, 1), percent=Decimal(1), amount=Decimal("4.34"), base=Decimal("434.35")
        )
        document = replace(domestic(), early_discounts=(early,))
        assert there_and_back(document, FACTURX_EXTENDED).early_discounts == (early,)


class TestPayment:
    def test_several_accounts_and_one_that_is_no_iban(self) -> None:
        payment = PaymentInstructions(
            code="30",
            text="Überweisung",
            transfers=(
                CreditTransfer("DE89370400440532013000", "Nordlicht", "COBADEFFXXX"),
                CreditTransfer("50200012345678"),
            ),
        )
        document = replace(domestic(), payment=payment)
        data = cii.render(document, profile=EN16931)
        assert data.count(b"<ram:SpecifiedTradeSettlementPaymentMeans>") == 2
        assert data.count(b"<ram:ProprietaryID>50200012345678<") == 1
        assert cii.read(data).payment == payment

    def test_a_card(self) -> None:
        payment = PaymentInstructions(code="54", card=PaymentCard("41119999", "Mara Lindner"))
        assert there_and_back(replace(domestic(), payment=payment), EN16931).payment == payment

    def test_a_reference_alone(self) -> None:
        payment = PaymentInstructions(remittance="R-2026-0001")
        data = cii.render(replace(domestic(), payment=payment), profile=EN16931)
        assert b"PaymentMeans" not in data
        assert cii.read(data).payment == payment


def test_a_discount_without_a_gross_price_makes_one() -> None:
    document = domestic()
    price = Price(net=Decimal("12.50"), discount=Decimal("0.50"))
    document = replace(document, lines=(replace(document.lines[0], price=price),))
    again = there_and_back(document, EN16931)
    assert again.lines[0].price == replace(price, gross=Decimal("13.00"))


def test_the_tax_point_is_in_the_code_list_of_cii() -> None:
    document = replace(two_rates(), tax_point_code="432")
    data = cii.render(document, profile=EN16931)
    assert data.count(b"<ram:DueDateTypeCode>72</ram:DueDateTypeCode>") == 2
    assert cii.read(data).tax_point_code == "432"
    on = replace(two_rates(), tax_point_on=date(2026, 10, 31))
    data = cii.render(on, profile=EN16931)
    assert data.count(b"TaxPointDate>") == 2  # its start and its end: once, rule CII-SR-461
    assert cii.read(data).tax_point_on == date(2026, 10, 31)


def test_extended_says_more_of_a_payee() -> None:
    payee = Party(
        "Factoring Nord AG",
        address=domestic().seller.address,
        identifiers=(Identifier("4000001123452", "0088"),),
        vat_id="DE129273398",
    )
    document = replace(domestic(), payee=payee)
    assert there_and_back(document, FACTURX_EXTENDED).payee == payee
    assert there_and_back(document, EN16931).payee == replace(payee, address=None, vat_id="")


class TestRefused:
    def code(self, document: InvoiceDocument, profile: Profile) -> str:
        with pytest.raises(FormatError) as refused:
            cii.render(document, profile=profile)
        return refused.value.code

    def test_a_profile_of_another_syntax(self) -> None:
        assert self.code(domestic(), PEPPOL_BIS_3) == "unsupported_profile"

    def test_an_invoice_without_lines(self) -> None:
        assert self.code(replace(domestic(), lines=()), EN16931) == "missing_value"

    def test_more_earlier_invoices_than_d16b_has_room_for(self) -> None:
        assert self.code(every_term(), EN16931) == "not_in_syntax"
        assert self.code(every_term(), XRECHNUNG) == "not_in_syntax"
        again = there_and_back(every_term(), FACTURX_EN16931)
        assert again.preceding == every_term().preceding

    def test_what_is_collected_for_third_parties(self) -> None:
        deposit = ThirdPartyPayment("1", Decimal("5.00"), "Pfand")
        document = replace(domestic(), third_party_payments=(deposit,))
        assert self.code(document, XRECHNUNG) == "not_in_syntax"

    def test_what_xml_cannot_carry(self) -> None:
        assert self.code(replace(domestic(), number="R\x00"), EN16931) == "invalid_text"
        totals = replace(domestic().totals, rounding=Decimal("NaN"))
        assert self.code(replace(domestic(), totals=totals), EN16931) == "invalid_number"


AMOUNTS = st.decimals(
    min_value=Decimal("-9999999999.9999"), max_value=Decimal("9999999999.9999"), places=4
)
TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"
    ),
    min_size=1,
    max_size=30,
).filter(lambda text: text == text.strip() and "#" not in text)
DAYS = st.dates(min_value=date(1000, 1, 1), max_value=date(9999, 1, 1))


@st.composite
def invoices(draw: st.DrawFn) -> InvoiceDocument:
    """The full sample with other figures, texts and days, sums that do not add up among them."""
    document = every_term()
    allowance = st.builds(
        AllowanceCharge,
        is_charge=st.booleans(),
        amount=AMOUNTS,
        base=st.none() | AMOUNTS,
        percent=st.none() | AMOUNTS,
        reason=TEXTS,
        vat_category=st.sampled_from(["S", "Z", "AE"]),
        vat_rate=st.none() | AMOUNTS,
    )
    line = replace(
        document.lines[0],
        quantity=draw(AMOUNTS),
        net=draw(AMOUNTS),
        price=Price(net=draw(AMOUNTS), gross=draw(st.none() | AMOUNTS)),
        item=replace(document.lines[0].item, name=draw(TEXTS), description=draw(TEXTS)),
        allowances_charges=tuple(draw(st.lists(allowance, max_size=3))),
    )
    due = st.builds(DueAmount, DAYS, AMOUNTS)
    issued_on = draw(st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 1, 1)))
    days_left = st.dates(min_value=issued_on, max_value=date(2099, 1, 1))
    early = st.builds(EarlyDiscount, days_left, AMOUNTS, AMOUNTS, AMOUNTS)
    return replace(
        document,
        number=draw(TEXTS),
        issued_on=issued_on,
        due_on=draw(DAYS),
        lines=(line,) * draw(st.integers(1, 3)),
        allowances_charges=tuple(draw(st.lists(allowance, max_size=3))),
        totals=replace(document.totals, payable=draw(AMOUNTS), prepaid=draw(st.none() | AMOUNTS)),
        preceding=tuple(
            draw(st.lists(st.builds(DocumentReference, TEXTS, st.none() | DAYS), max_size=3))
        ),
        instalments=tuple(draw(st.lists(due, max_size=3))),
        early_discounts=tuple(draw(st.lists(early, max_size=2, unique=True))),
    )


@settings(max_examples=100, deadline=None)
@given(document=invoices())
def test_extended_brings_back_whatever_is_said(document: InvoiceDocument) -> None:
    again = there_and_back(document, FACTURX_EXTENDED)
    assert again == sayable(document, FACTURX_EXTENDED)
    assert str(again.totals.payable) == str(document.totals.payable)
