"""Other people's cross industry invoices: profiles without lines, EXTENDED's own terms, and refusals."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from tests.formats.sample_invoices import domestic, instalments, two_rates
from usance.formats import cii
from usance.formats.einvoice.profiles import EN16931, FACTURX_EXTENDED
from usance.formats.errors import FormatError
from usance.rules.invoicing.document import (
    AllowanceCharge,
    Attachment,
    DueAmount,
    EarlyDiscount,
    Identifier,
)

D = Decimal
PLAIN = cii.render(domestic(), profile=EN16931).decode()


def changed(old: str, new: str, *, text: str = PLAIN, every: bool = False) -> bytes:
    """``text`` with ``old`` (a regular expression) replaced, which it has to contain."""
    result, count = re.subn(old, lambda _: new, text, count=0 if every else 1, flags=re.DOTALL)
    assert count
    return result.encode()


def refusal(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as refused:
        cii.read(data)
    return refused.value


def terms(*inner: str) -> bytes:
    """The plain invoice with payment terms of ``inner``."""
    new = "".join(
        f"<ram:SpecifiedTradePaymentTerms>{each}</ram:SpecifiedTradePaymentTerms>" for each in inner
    )
    return changed("<ram:SpecifiedTradePaymentTerms>.*</ram:SpecifiedTradePaymentTerms>", new)


def due(day: str) -> str:
    string = f'<udt:DateTimeString format="102">{day}</udt:DateTimeString>'
    return f"<ram:DueDateDateTime>{string}</ram:DueDateDateTime>"


def discount(*inner: str) -> str:
    tag = "ram:ApplicableTradePaymentDiscountTerms"
    return f"<{tag}>{''.join(inner)}</{tag}>"


class TestSmallProfiles:
    def test_minimum_has_no_lines_and_few_sums(self) -> None:
        data = changed("<ram:IncludedSupplyChain.*</ram:IncludedSupplyChainTradeLineItem>", "")
        text = re.sub("<ram:LineTotalAmount>.*?</ram:LineTotalAmount>", "", data.decode())
        text = re.sub("<ram:ApplicableTradeTax>.*?</ram:ApplicableTradeTax>", "", text, flags=re.S)
        document = cii.read(text.encode())
        assert document.lines == () and document.vat == ()
        assert document.totals.lines == document.totals.without_vat == D("365.00")
        assert document.totals.payable == D("434.35")

    def test_the_sum_of_lines_follows_from_the_others(self) -> None:
        text = cii.render(two_rates(), profile=EN16931).decode()
        head, _, sums = text.rpartition("<ram:SpecifiedTradeSettlementHeaderMonetarySummation>")
        sums = re.sub("<ram:LineTotalAmount>.*?</ram:LineTotalAmount>", "", sums)
        data = head + "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>" + sums
        assert cii.read(data.encode()).totals.lines == D("231.50")


class TestExtended:
    def test_due_dates_with_amounts_are_instalments(self) -> None:
        part = "<ram:PartialPaymentAmount>{}</ram:PartialPaymentAmount>"
        document = cii.read(
            terms(due("20261202") + part.format("34.35"), due("20270102") + part.format("400.00"))
        )
        assert document.instalments == (
            DueAmount(date(2026, 12, 2), D("34.35")),
            DueAmount(date(2027, 1, 2), D("400.00")),
        )
        assert document.due_on == date(2026, 12, 2)

    def test_descriptions_are_lines_of_one_text(self) -> None:
        document = cii.read(
            terms(
                "<ram:Description>2 % Skonto</ram:Description>",
                f"<ram:Description>Rein netto</ram:Description>{due('20261202')}",
            )
        )
        assert document.payment_terms == "2 % Skonto\nRein netto"
        assert document.due_on == date(2026, 12, 2)

    @pytest.mark.parametrize(
        ("measure", "until"),
        [
            ('<ram:BasisPeriodMeasure unitCode="DAY">10</ram:BasisPeriodMeasure>', (2026, 11, 12)),
            ('<ram:BasisPeriodMeasure unitCode="WEE">2</ram:BasisPeriodMeasure>', (2026, 11, 16)),
            ('<ram:BasisPeriodMeasure unitCode="MON">1</ram:BasisPeriodMeasure>', (2026, 12, 2)),
            ('<ram:BasisPeriodMeasure unitCode="ANN">1</ram:BasisPeriodMeasure>', (2027, 11, 2)),
        ],
    )
    def test_a_discount_counts_from_the_day_of_issue(
        self, measure: str, until: tuple[int, int, int]
    ) -> None:
        percent = "<ram:CalculationPercent>2.00</ram:CalculationPercent>"
        document = cii.read(terms(discount(measure, percent), due("20270102")))
        # 2 % of the 434.35 that are due are 8.687.
        assert document.early_discounts == (
            EarlyDiscount(date(*until), percent=D("2.00"), amount=D("8.69"), base=D("434.35")),
        )
        assert document.due_on == date(2027, 1, 2)

    def test_a_month_after_the_last_of_january_is_the_last_of_february(self) -> None:
        start = '<udt:DateTimeString format="102">20270131</udt:DateTimeString>'
        document = cii.read(
            terms(
                discount(
                    f"<ram:BasisDateTime>{start}</ram:BasisDateTime>",
                    '<ram:BasisPeriodMeasure unitCode="MON">1</ram:BasisPeriodMeasure>',
                    "<ram:CalculationPercent>1</ram:CalculationPercent>",
                )
            )
        )
        assert document.early_discounts[0].until == date(2027, 2, 28)

    def test_a_due_date_beside_a_discount_is_its_last_day(self) -> None:
        """As one sender of the corpus writes it."""
        percent = "<ram:CalculationPercent>2.5</ram:CalculationPercent>"
        document = cii.read(terms(due("20261112") + discount(percent), due("20261202")))
        assert document.early_discounts[0].until == date(2026, 11, 12)
        assert document.due_on == date(2026, 12, 2)

    @pytest.mark.parametrize(
        "measure",
        [
            '<ram:BasisPeriodMeasure unitCode="KGM">10</ram:BasisPeriodMeasure>',
            '<ram:BasisPeriodMeasure unitCode="DAY">1.5</ram:BasisPeriodMeasure>',
            '<ram:BasisPeriodMeasure unitCode="DAY">-3</ram:BasisPeriodMeasure>',
            '<ram:BasisPeriodMeasure unitCode="ANN">36600</ram:BasisPeriodMeasure>',
            "<ram:ActualDiscountAmount>8.69</ram:ActualDiscountAmount>",
        ],
    )
    def test_a_discount_without_a_last_day_stays_with_its_text(self, measure: str) -> None:
        percent = "<ram:CalculationPercent>2.00</ram:CalculationPercent>"
        said = "<ram:Description>2 % bei Abholung</ram:Description>"
        document = cii.read(terms(said + discount(measure, percent)))
        assert document.early_discounts == ()
        assert document.payment_terms == "2 % bei Abholung"

    def test_a_discount_said_in_figures_and_in_text_is_one(self) -> None:
        text = cii.render(instalments(), profile=FACTURX_EXTENDED).decode()
        skonto = "#SKONTO#TAGE=10#PROZENT=2.00#"
        data = changed("Zwei Raten, oder", f"{skonto}\nZwei Raten, oder", text=text)
        assert cii.read(data).early_discounts == instalments().early_discounts

    def test_transport_is_a_charge(self) -> None:
        charge = (
            "<ram:SpecifiedLogisticsServiceCharge><ram:Description>Fracht</ram:Description>"
            "<ram:AppliedAmount>3.00</ram:AppliedAmount><ram:AppliedTradeTax>"
            "<ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>"
            "<ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:AppliedTradeTax>"
            "</ram:SpecifiedLogisticsServiceCharge>"
        )
        before = "<ram:SpecifiedTradePaymentTerms>"
        document = cii.read(changed(before, charge + before))
        assert document.allowances_charges == (
            AllowanceCharge(
                True, amount=D("3.00"), reason="Fracht", vat_category="S", vat_rate=D("19")
            ),
        )

    def test_lines_stand_under_the_line_that_groups_them(self) -> None:
        first, second = domestic().lines
        about = "<ram:LineID>{}</ram:LineID>"
        group = (
            "<ram:LineID>G</ram:LineID><ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode>"
        )
        below = (
            "<ram:LineID>2</ram:LineID><ram:ParentLineID>G</ram:ParentLineID>"
            "<ram:LineStatusReasonCode>DETAIL</ram:LineStatusReasonCode>"
        )
        grouped = changed(about.format(1), group).decode()
        document = cii.read(changed(about.format(2), below, text=grouped))
        assert [(line.id, line.group) for line in document.lines] == [("2", first.item.name)]
        assert document.lines[0].net == second.net
        information = "<ram:LineStatusReasonCode>INFORMATION</ram:LineStatusReasonCode>"
        data = changed(about.format(1), about.format(1) + information)
        assert [line.id for line in cii.read(data).lines] == ["2"]

    def test_a_delivery_note_is_the_despatch_advice(self) -> None:
        note = (
            "<ram:DeliveryNoteReferencedDocument><ram:IssuerAssignedID>LS-1</ram:IssuerAssignedID>"
            "</ram:DeliveryNoteReferencedDocument>"
        )
        end = "</ram:ApplicableHeaderTradeDelivery>"
        assert cii.read(changed(end, note + end)).despatch_advice == "LS-1"


class TestLeniency:
    @pytest.mark.parametrize(
        ("form", "written"),
        [
            ("102", "20261102"),
            ("203", "202611021530"),
            ("204", "20261102153000"),
            ("102", "2026-11-02"),
        ],
    )
    def test_days(self, form: str, written: str) -> None:
        data = changed('format="102">20261102<', f'format="{form}">{written}<')
        assert cii.read(data).issued_on == date(2026, 11, 2)

    def test_a_person_and_a_department_are_one_contact(self) -> None:
        name = "<ram:PersonName>Jonas Petersen</ram:PersonName>"
        data = changed(name, f"{name}<ram:DepartmentName>Verkauf</ram:DepartmentName>")
        contact = cii.read(data).seller.contact
        assert contact is not None and contact.name == "Jonas Petersen, Verkauf"

    def test_a_reference_of_another_kind_is_kept_as_a_document(self) -> None:
        reference = (
            "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>Z-9</ram:IssuerAssignedID>"
            "<ram:TypeCode>270</ram:TypeCode></ram:AdditionalReferencedDocument>"
        )
        end = "</ram:ApplicableHeaderTradeAgreement>"
        assert cii.read(changed(end, reference + end)).attachments == (Attachment("Z-9"),)

    def test_an_identifier_keeps_its_list_wherever_that_is_written(self) -> None:
        data = changed("<ram:ID>K-10042</ram:ID>", '<ram:ID schemeID="0088">73</ram:ID>')
        assert cii.read(data).buyer.identifiers == (Identifier("73", "0088"),)

    def test_comments_and_instructions_are_not_read(self) -> None:
        data = changed("<ram:ID>R-2026", "<!-- no --><?no no?><ram:ID>R-<!-- no -->2026")
        assert cii.read(data) == cii.read(PLAIN.encode())


class TestRefused:
    def test_zugferd_1(self) -> None:
        old = '<r:CrossIndustryDocument xmlns:r="urn:ferd:CrossIndustryDocument:invoice:1p0"/>'
        error = refusal(old.encode())
        assert error.code == "zugferd_1"
        assert "ZUGFeRD 2" in error.message

    def test_other_documents(self) -> None:
        assert refusal(b"<Invoice xmlns='urn:x'/>").code == "unsupported_document"
        assert refusal(b"<CrossIndustryInvoice/>").code == "unsupported_document"

    @pytest.mark.parametrize(
        ("element", "term"),
        [
            ("<ram:ID>R-2026-0001</ram:ID>", "BT-1"),
            ("<ram:TypeCode>380</ram:TypeCode>", "BT-3"),
            ("<ram:IssueDateTime>.*?</ram:IssueDateTime>", "BT-2"),
            ("<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>", "BT-5"),
            ("<ram:Name>Nordlicht Werkzeuge GmbH</ram:Name>", "BT-27"),
            ("<ram:Name>Hansen Bau AG</ram:Name>", "BT-44"),
            ("<ram:SellerTradeParty>.*</ram:SellerTradeParty>", "seller"),
            ("<ram:LineID>1</ram:LineID>", "BT-126"),
            ("<ram:Name>Akku.*?</ram:Name>", "BT-153"),
            ("<ram:ChargeAmount>12.50</ram:ChargeAmount>", "BT-146"),
            ("<ram:BilledQuantity.*?</ram:BilledQuantity>", "BT-129"),
            ("<ram:LineTotalAmount>125.00</ram:LineTotalAmount>", "BT-131"),
            ("<ram:DuePayableAmount>.*?</ram:DuePayableAmount>", "BT-115"),
            ("<ram:GrandTotalAmount>.*?</ram:GrandTotalAmount>", "BT-112"),
            ("<ram:TaxBasisTotalAmount>.*?</ram:TaxBasisTotalAmount>", "BT-109"),
            ("<ram:CalculatedAmount>.*?</ram:CalculatedAmount>", "BT-117"),
            ("<ram:BasisAmount>365.00</ram:BasisAmount>", "BT-116"),
            ("<ram:ApplicableHeaderTradeSettlement>.*HeaderTradeSettlement>", "settlement"),
        ],
    )
    def test_what_an_invoice_cannot_be_without(self, element: str, term: str) -> None:
        error = refusal(changed(element, ""))
        assert error.code == "missing_element"
        assert term in error.message
        assert error.path is not None and error.path.startswith("CrossIndustryInvoice")

    def test_an_empty_day_of_issue(self) -> None:
        assert refusal(changed(">20261102<", "> <")).code == "missing_element"

    @pytest.mark.parametrize("written", ["20261131", "2026", "tomorrow", "02.11.2026"])
    def test_days_that_are_none(self, written: str) -> None:
        error = refusal(changed(">20261102<", f">{written}<"))
        assert error.code == "invalid_date"
        assert error.line is not None

    def test_a_day_in_a_format_that_is_no_day(self) -> None:
        assert (
            refusal(changed('format="102">20261102', 'format="610">202611')).code == "invalid_date"
        )

    @pytest.mark.parametrize("written", ["1,50", "NaN", "Infinity", "1e9", "12.50 EUR", "0x1"])
    def test_amounts_that_are_none(self, written: str) -> None:
        error = refusal(changed("<ram:ChargeAmount>12.50", f"<ram:ChargeAmount>{written}"))
        assert error.code == "invalid_number"
        assert error.path is not None and "NetPriceProductTradePrice" in error.path

    def test_an_amount_in_another_currency(self) -> None:
        data = changed("<ram:ChargeAmount>", '<ram:ChargeAmount currencyID="USD">')
        assert refusal(data).code == "currency_mismatch"

    def test_a_total_of_tax_in_a_currency_of_its_own(self) -> None:
        data = changed('currencyID="EUR"', 'currencyID="USD"')
        assert refusal(data).code == "currency_mismatch"

    def test_an_allowance_that_does_not_say_which_way(self) -> None:
        text = cii.render(two_rates(), profile=EN16931).decode()
        data = changed("<udt:Indicator>true", "<udt:Indicator>maybe", text=text)
        assert refusal(data).code == "invalid_indicator"
