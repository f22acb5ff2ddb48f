"""What is read of UBL that others write: leniently where nothing can be mistaken, exactly everywhere."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from tests.formats.sample_invoices import credit_note, domestic, every_term, romanian_in_euro
from usance.formats import ubl
from usance.formats.einvoice.payment_terms import read_terms
from usance.formats.einvoice.profiles import (
    EN16931,
    PEPPOL_BIS_3,
    PROFILES,
    XRECHNUNG,
    claimed_profile,
)
from usance.formats.errors import FormatError
from usance.rules.invoicing.document import (
    CreditTransfer,
    EarlyDiscount,
    Identifier,
    InvoiceDocument,
    Note,
    Period,
)

D = Decimal


def written(document: InvoiceDocument | None = None) -> str:
    return ubl.render(document or domestic(), profile=EN16931).decode()


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old), old
        text = text.replace(old, new, 1)
    return text


def read(*changes: tuple[str, str], document: InvoiceDocument | None = None) -> InvoiceDocument:
    """The document, or :func:`domestic`, with ``changes`` to its text, as it is read."""
    return ubl.read(changed(written(document), *changes).encode())


def refusal(*changes: tuple[str, str], document: InvoiceDocument | None = None) -> FormatError:
    with pytest.raises(FormatError) as caught:
        read(*changes, document=document)
    return caught.value


ISSUED = "<cbc:IssueDate>2026-11-02</cbc:IssueDate>"
PAYABLE = '<cbc:PayableAmount currencyID="EUR">434.35</cbc:PayableAmount>'


def test_any_prefix_and_any_version_of_the_names_is_read() -> None:
    plain = read()
    text = written().replace("cbc:", "b:").replace("cac:", "a:").replace("xmlns:cbc", "xmlns:b")
    assert ubl.read(text.replace("xmlns:cac", "xmlns:a").encode()) == plain
    assert read((ISSUED, f"<cbc:UBLVersionID>2.3</cbc:UBLVersionID>{ISSUED}")) == plain


@pytest.mark.parametrize(
    ("day", "seen"),
    [
        ("2026-11-02", date(2026, 11, 2)),
        (" 2026-11-02\n", date(2026, 11, 2)),
        ("2026-11-02Z", date(2026, 11, 2)),
        ("2026-11-02+01:00", date(2026, 11, 2)),
        ("2026-11-02T23:30:00-05:00", date(2026, 11, 2)),
    ],
)
def test_dates_are_read_as_their_writer_saw_them(day: str, seen: date) -> None:
    assert read((ISSUED, f"<cbc:IssueDate>{day}</cbc:IssueDate>")).issued_on == seen


@pytest.mark.parametrize("day", ["02.11.2026", "2026-02-30", "20261102", "2026-11", "0000-01-01"])
def test_other_dates_are_refused_with_their_place(day: str) -> None:
    error = refusal((ISSUED, f"<cbc:IssueDate>{day}</cbc:IssueDate>"))
    assert (error.code, error.path, error.line) == ("invalid_date", "Invoice/IssueDate", 5)
    assert repr(day) in error.message


@pytest.mark.parametrize(
    ("figures", "seen"),
    [("434.35", "434.35"), (" 434.350 ", "434.350"), ("+1", "1"), ("-.5", "-0.5"), ("7.", "7")],
)
def test_amounts_keep_every_digit(figures: str, seen: str) -> None:
    document = read((">434.35</cbc:PayableAmount>", f">{figures}</cbc:PayableAmount>"))
    assert str(document.totals.payable) == seen


@pytest.mark.parametrize(
    "figures", ["1.234,50", "1,234.50", "1 234", "1E3", "NaN", "INF", "12..3", "EUR 5", "1" * 25]
)
def test_other_amounts_are_refused_with_their_place(figures: str) -> None:
    error = refusal((">434.35</cbc:PayableAmount>", f">{figures}</cbc:PayableAmount>"))
    assert error.code == "invalid_number"
    assert error.path == "Invoice/LegalMonetaryTotal/PayableAmount"
    assert error.line is not None


def test_an_amount_in_another_currency_is_refused() -> None:
    error = refusal((PAYABLE, PAYABLE.replace("EUR", "USD")))
    assert error.code == "currency_mismatch"
    assert "USD and the invoice in EUR" in error.message
    assert read((PAYABLE, PAYABLE.replace(' currencyID="EUR"', ""))) == read()


def test_lines_in_another_currency_count_only_if_they_add_up() -> None:
    line = '<cbc:LineExtensionAmount currencyID="EUR">125.00<'
    price = '<cbc:PriceAmount currencyID="EUR">12.50<'
    slip = [(line, line.replace("EUR", "NOK")), (price, price.replace("EUR", "NOK"))]
    assert read(*slip) == read()
    # The sum of the lines is another then, or a line is not its quantity times its price.
    for wrong in (
        (slip[0][1], slip[0][1].replace("125.00", "1250.00")),
        (slip[1][1], slip[1][1].replace("12.50", "125.00")),
    ):
        error = refusal(*slip, wrong)
        assert error.code == "currency_mismatch"
        assert error.path is not None
        assert error.path.startswith("Invoice/InvoiceLine[1]/")


@pytest.mark.parametrize(
    ("old", "term"),
    [
        (r"<cbc:ID>R-2026-0001</cbc:ID>", "BT-1"),
        (r"<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>", "BT-3"),
        (r"<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", "BT-5"),
        (r"<cac:AccountingSupplierParty>.*</cac:AccountingSupplierParty>", "BG-4"),
        (r"<cac:AccountingCustomerParty>.*</cac:AccountingCustomerParty>", "BG-7"),
        (r"<cbc:RegistrationName>Hansen Bau AG</cbc:RegistrationName>", "BT-44"),
        (r"<cac:LegalMonetaryTotal>.*</cac:LegalMonetaryTotal>", "BG-22"),
        (r"<cac:InvoiceLine>.*</cac:InvoiceLine>", "BG-25"),
        (r"<cac:Price>.*?</cac:Price>", "BG-29"),
        (r"<cbc:Name>Akku[^<]*</cbc:Name>", "BT-153"),
    ],
)
def test_what_no_invoice_is_without_is_named(old: str, term: str) -> None:
    text, count = re.subn(old, "", written(), count=1, flags=re.DOTALL)
    assert count == 1
    with pytest.raises(FormatError) as caught:
        ubl.read(text.encode())
    assert caught.value.code == "missing_element"
    assert f"({term})" in caught.value.message
    # An element without content is as good as none.
    name = re.match(r"<([\w:]+)>", old)
    assert name is not None
    with pytest.raises(FormatError) as caught:
        ubl.read(re.sub(old, f"<{name[1]}/>", written(), count=1, flags=re.DOTALL).encode())
    assert caught.value.code == "missing_element"


def test_names_are_taken_from_where_they_are() -> None:
    document = read(("<cbc:RegistrationName>Nordlicht Werkzeuge GmbH</cbc:RegistrationName>", ""))
    assert (document.seller.name, document.seller.trading_name) == ("Nordlicht", "")
    document = read(("<cbc:Name>Montage vor Ort</cbc:Name>", ""))
    item = document.lines[1].item
    assert (item.name, item.description) == ("Aufbau der Werkbänke, Halle 2", "")


def test_empty_elements_are_terms_that_are_not_there() -> None:
    empty = "<cbc:Note/><cbc:Note> </cbc:Note><cbc:TaxPointDate/>"
    assert read((ISSUED, f"{ISSUED}{empty}")) == read()


@pytest.mark.parametrize("said", ["true", "1"])
def test_indicators_are_booleans_of_xml(said: str) -> None:
    charges = [each.is_charge for each in read(document=every_term()).allowances_charges]
    assert charges == [False, True]
    indicator = "<cbc:ChargeIndicator>{}</cbc:ChargeIndicator>"
    document = read((indicator.format("false"), indicator.format(said)), document=every_term())
    assert [each.is_charge for each in document.allowances_charges] == [True, True]
    error = refusal((indicator.format("false"), indicator.format("yes")), document=every_term())
    assert error.code == "invalid_indicator"


def test_a_credit_note_of_an_invoice_type_is_refused() -> None:
    error = refusal((">381</cbc:Cred", ">380</cbc:Cred"), document=credit_note())
    assert error.code == "contradicting_type"
    # An Invoice whose type is one of credit says by that who owes the amount (BT-3).
    assert read((">380</cbc:Inv", ">381</cbc:Inv")).is_credit


@pytest.mark.parametrize(
    "root",
    [
        '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>',
        '<Invoice xmlns="urn:example:other"/>',
        "<Invoice/>",
        '<testSet xmlns="http://difi.no/xsd/vefa/validator/1.0"/>',
    ],
)
def test_other_documents_are_named(root: str) -> None:
    with pytest.raises(FormatError) as caught:
        ubl.read(root.encode())
    assert caught.value.code == "unsupported_document"
    assert root[1:].split(maxsplit=1)[0].rstrip("/>") in caught.value.message


def test_the_tax_in_the_currency_of_accounting_is_told_apart() -> None:
    totals = read(document=romanian_in_euro()).totals
    assert (totals.vat, totals.vat_in_tax_currency) == (D("252.00"), D("1282.08"))
    tax = '<cbc:TaxAmount currencyID="RON">1282.08</cbc:TaxAmount>'
    assert refusal((tax, tax.replace("RON", "USD")), document=romanian_in_euro()).code == (
        "currency_mismatch"
    )


def test_two_sums_of_one_tax_contradict_each_other() -> None:
    total = '<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{}</cbc:TaxAmount></cac:TaxTotal>'
    before = "<cac:LegalMonetaryTotal>"
    assert refusal((before, total.format("1.00") + before)).code == "contradicting_amounts"
    assert read((before, total.format("69.350") + before)) == read()


def test_notes_have_subjects() -> None:
    notes = "<cbc:Note>#AAI#Kein Versand</cbc:Note><cbc:Note>#1 ist neu</cbc:Note>"
    assert read((ISSUED, ISSUED + notes)).notes == (Note("Kein Versand", "AAI"), Note("#1 ist neu"))


def test_the_due_date_may_stand_with_how_to_pay() -> None:
    means = "<cbc:PaymentID>"
    document = read(
        ("<cbc:DueDate>2026-12-02</cbc:DueDate>", ""),
        (means, f"<cbc:PaymentDueDate>2026-12-09</cbc:PaymentDueDate>{means}"),
    )
    assert document.due_on == date(2026, 12, 9)


def test_the_first_way_to_pay_counts_with_every_account_of_it() -> None:
    more = (
        "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>"
        "<cac:PayeeFinancialAccount><cbc:ID>DE02120300000000202051</cbc:ID></cac:PayeeFinancialAccount>"
        "</cac:PaymentMeans><cac:PaymentMeans><cbc:PaymentMeansCode>10</cbc:PaymentMeansCode>"
        "</cac:PaymentMeans>"
    )
    payment = read(("<cac:PaymentTerms>", f"{more}<cac:PaymentTerms>")).payment
    assert payment is not None
    assert payment.code == "58"
    assert [each.account for each in payment.transfers] == [
        "DE89370400440532013000",
        "DE02120300000000202051",
    ]
    # A debit, once agreed, is not undone by an account that is given too.
    payment = read(
        ("<cac:PaymentTerms>", f"{more}<cac:PaymentTerms>"), document=every_term()
    ).payment
    assert payment is not None
    assert (payment.code, payment.transfers) == ("59", ())
    assert CreditTransfer("DE02120300000000202051") not in payment.transfers


def test_a_creditor_without_mandate_is_an_identifier_of_its_party() -> None:
    document = read(("<cbc:ID>K-10042<", '<cbc:ID schemeID="SEPA">DE98ZZZ<'))
    assert document.buyer.identifiers == (Identifier("DE98ZZZ", "SEPA"),)


def test_what_en_16931_does_not_know_is_left_out() -> None:
    extension = (
        '<e:UBLExtensions xmlns:e="urn:oasis:names:specification:ubl:schema:xsd:'
        'CommonExtensionComponents-2"><e:UBLExtension><e:ExtensionContent><cbc:ID>9</cbc:ID>'
        "</e:ExtensionContent></e:UBLExtension></e:UBLExtensions>"
    )
    prepaid = '<cac:PrepaidPayment><cbc:PaidAmount currencyID="EUR">5</cbc:PaidAmount></cac:PrepaidPayment>'
    document = read(
        ("<cbc:CustomizationID>", f"{extension}<cbc:CustomizationID>"),
        ("<cac:TaxTotal>", f"{prepaid}<cac:TaxTotal>"),
        ("<cac:Item>", "<cac:TaxTotal><cbc:TaxAmount>x</cbc:TaxAmount></cac:TaxTotal><cac:Item>"),
    )
    assert document == read()


def test_several_texts_of_one_term_are_lines_of_it() -> None:
    document = read(
        ("<cbc:Note>Zahlbar", "<cbc:Note>Erstens.</cbc:Note><cbc:Note>Zahlbar"),
        (
            "<cbc:Description>",
            "<cbc:Description>Zweierlei</cbc:Description><cbc:Description>",
        ),
    )
    assert document.payment_terms.startswith("Erstens.\nZahlbar")
    assert document.lines[1].item.description == "Zweierlei\nAufbau der Werkbänke, Halle 2"


def test_an_attachment_that_is_no_base64_is_refused() -> None:
    assert refusal(("JVBERi0xLjcK", "JVB*"), document=every_term()).code == "invalid_base64"
    document = read(("JVBERi0xLjcK", "JVBE\n  Ri0xLjcK"), document=every_term())
    assert document.attachments[1].content == b"%PDF-1.7\n"


def test_a_period_may_have_one_end() -> None:
    assert read(document=every_term()).lines[1].period == Period(end=date(2026, 10, 31))


TERMS = "#SKONTO#TAGE=14#PROZENT=2.25#BASISBETRAG=357.93#"


@pytest.mark.parametrize(
    ("text", "words", "discounts"),
    [
        ("", "", []),
        ("Zahlbar sofort", "Zahlbar sofort", []),
        (f"{TERMS}\n", "", [(date(2026, 11, 16), "2.25", "8.05", "357.93")]),
        (
            f"Netto 30 Tage\r\n{TERMS}\n#SKONTO#TAGE=7#PROZENT=3.00#\n",
            "Netto 30 Tage",
            [
                (date(2026, 11, 16), "2.25", "8.05", "357.93"),
                (date(2026, 11, 9), "3.00", "30.00", "1000.00"),
            ],
        ),
        # Not the form, or beyond the calendar: words.
        (TERMS.lower(), TERMS.lower(), []),
        (TERMS.replace("2.25", "2,25"), TERMS.replace("2.25", "2,25"), []),
        (f"{TERMS} sofort", f"{TERMS} sofort", []),
        ("#SKONTO#TAGE=99999999#PROZENT=1.00#", "#SKONTO#TAGE=99999999#PROZENT=1.00#", []),
    ],
)
def test_terms_in_the_form_of_xrechnung(
    text: str, words: str, discounts: list[tuple[date, str, str, str]]
) -> None:
    terms = read_terms(text, issued_on=date(2026, 11, 2), payable=D("1000.00"), currency="EUR")
    assert terms.words == words
    assert list(terms.early_discounts) == [
        EarlyDiscount(until=until, percent=D(percent), amount=D(amount), base=D(base))
        for until, percent, amount, base in discounts
    ]


def test_terms_that_cannot_be_figured_out_stay_words() -> None:
    nowhere = read_terms(TERMS, issued_on=date(2026, 11, 2), payable=D(1), currency="XXX")
    too_late = read_terms(TERMS, issued_on=date(9999, 12, 31), payable=D(1), currency="EUR")
    assert nowhere.words == too_late.words == TERMS


def test_every_profile_is_known_by_what_it_claims() -> None:
    for key, profile in PROFILES.items():
        claimed = claimed_profile(profile.specification)
        assert claimed is not None
        assert (claimed.key == key) == (key != "facturx-en16931")
    assert claimed_profile("urn:cen.eu:en16931:2017#compliant#urn:other") is None
    assert (
        PEPPOL_BIS_3.process == XRECHNUNG.process == ("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0")
    )
