"""What the pages of an invoice say, read back as a viewer copies it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.formats import printed_invoices as invoices
from tests.formats.printed_pages import page_texts, text_of
from tests.formats.sample_invoices import SAMPLES
from usance.formats.errors import FormatError
from usance.formats.invoice_pdf import LANGUAGES, Brand, Language, render
from usance.formats.invoice_pdf.figures import figures
from usance.rules.invoicing.document import (
    DirectDebit,
    DocumentReference,
    Note,
    PaymentInstructions,
    Price,
)
from usance.rules.money import UnknownCurrency


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ("Invoice 2026-0042", "Due date 1 Apr 2026", "EUR 2,237.20", "Your order PO-77120",
             "Cordless drill 18 V", "4 pcs 189.90 19% 759.60", "Freight 24.00",
             "Please pay EUR 2,237.20 by 1 April 2026.",
             "Pay EUR 2,192.46 by 12 March 2026 and save EUR 44.74 (2%).",
             "IBAN DE89 3704 0044 0532 0130 00", "Reference RF88 2026 0042", "Page 1 of 1"),
        ),
        (
            "it",
            ("Fattura 2026-0042", "Scadenza 1 apr 2026", "2.237,20 EUR", "Imponibile", "Riepilogo IVA",
             "Importo di 2.237,20 EUR da pagare entro il 1 aprile 2026.", "Pagina 1 di 1"),
        ),
        (
            "ro",
            ("Factură 2026-0042", "Scadență 1 apr. 2026", "2.237,20 EUR", "Cota TVA",
             "Vă rugăm să achitați 2.237,20 EUR până la 1 aprilie 2026."),
        ),
        (
            "hi",
            ("बीजक 2026-0042", "देय तिथि 1 अप्रैल 2026", "EUR 2,237.20",
             "कृपया 1 अप्रैल 2026 तक EUR 2,237.20 का भुगतान करें।"),
        ),
    ],
)  # fmt: skip
def test_an_invoice_in_the_readers_language(language: Language, said: tuple[str, ...]) -> None:
    text = text_of(render(invoices.english(), language=language))
    assert [phrase for phrase in said if phrase not in text] == []


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sample_is_set_in_every_language(name: str, language: Language) -> None:
    document = SAMPLES[name]()
    text = text_of(render(document, language=language))
    country = document.seller.address.country if document.seller.address else ""
    figure = figures(language, currency=document.currency, country=country)
    assert document.number in text
    assert figure.money(document.totals.payable).replace("\u00a0", " ") in text
    for line in document.lines:
        assert line.item.name.split()[0] in text
        assert figure.amount(line.net) in text


def test_lakhs_and_crores() -> None:
    """A GST invoice: Indian grouping, HSN codes, and both halves of the tax, in Hindi and English."""
    document = invoices.indian()
    hindi = text_of(render(document, language="hi"))
    english = text_of(render(document, language="en"))
    for text in (hindi, english):
        for figure in ("8,99,400.00", "13,12,880.00", "₹15,44,792.00", "8467", "1,11,549.60"):
            assert figure in text
    assert "कर बीजक BT/26-27/0042" in hindi
    assert "बेतार ड्रिल मशीन" in hindi
    assert "आपूर्ति का स्थान महाराष्ट्र (27)" in hindi
    assert "Tax invoice BT/26-27/0042" in english
    assert "CGST" in english
    assert "GSTIN 27AAPFU0939F1ZV" in english


@pytest.mark.parametrize(
    ("language", "currency", "country", "value", "shown"),
    [
        ("hi", "INR", "IN", "1234567.89", "₹12,34,567.89"),
        ("en", "INR", "IN", "1234567.89", "₹12,34,567.89"),
        ("en", "INR", "IN", "-120000000", "\u2212₹12,00,00,000.00"),
        ("en", "EUR", "DE", "1234567.89", "EUR\u00a01,234,567.89"),
        ("it", "EUR", "IT", "1234567.89", "1.234.567,89\u00a0EUR"),
        ("ro", "RON", "RO", "-0.05", "\u22120,05\u00a0RON"),
        ("hi", "EUR", "DE", "1234567.89", "EUR\u00a012,34,567.89"),
        ("en", "JPY", "JP", "29274", "JPY\u00a029,274"),
        ("en", "KWD", "KW", "1.5", "KWD\u00a01.500"),
        ("en", "USD", "US", "999", "USD\u00a0999.00"),
    ],
)
def test_amounts_as_the_reader_writes_them(
    language: Language, currency: str, country: str, value: str, shown: str
) -> None:
    figure = figures(language, currency=currency, country=country)
    assert figure.money(Decimal(value)) == shown


def test_figures_keep_every_digit() -> None:
    figure = figures("en", currency="EUR")
    assert figure.amount(Decimal("0.123456")) == "0.123456"
    assert figure.amount(Decimal("1E+3")) == "1,000.00"
    assert figure.amount(Decimal("12.3400000")) == "12.34"
    assert figure.amount(Decimal("-0.00")) == "0.00"
    assert figures("en", currency="USD", country="US").day(date(2026, 3, 10)) == (
        "Mar\u00a010,\u00a02026"
    )
    with pytest.raises(UnknownCurrency):
        figures("en", currency="XXX")


def test_a_currency_without_decimals() -> None:
    text = text_of(render(invoices.yen(), language="en"))
    assert "3 pcs 4,100 19% 12,300" in text
    assert "JPY 29,274" in text


def test_a_credit_note_names_its_invoice_and_asks_for_nothing() -> None:
    text = text_of(render(invoices.credit_note(), language="it"))
    assert "Nota di credito CN-2026-0007" in text
    assert "Rif. fattura 2026-0042 del 2 mar 2026" in text
    assert "Totale a credito 451,96 EUR" in text
    assert "IBAN" not in text
    assert "da pagare" not in text


def test_a_corrected_invoice_names_what_it_corrects() -> None:
    document = replace(
        invoices.english(),
        type_code="384",
        number="2026-0050",
        preceding=(DocumentReference("2026-0042", date(2026, 3, 2)),),
    )
    text = text_of(render(document, language="ro"))
    assert "Factură corectată 2026-0050" in text
    assert "Pentru factura 2026-0042 din 2 mar. 2026" in text


def test_reverse_charge_is_said_as_the_law_asks() -> None:
    document = invoices.reverse_charge()
    assert "l'imposta è dovuta dal cessionario" in text_of(render(document, language="it"))
    english = text_of(render(document, language="en"))
    # The sentence holds the document's own reason, which is therefore not said twice.
    assert english.count("Reverse charge") == 2  # the summary's row, the sentence
    assert "0% AE" in english


def test_tax_in_the_accounting_currency_with_its_rate() -> None:
    document = invoices.romanian()
    text = text_of(render(document, language="ro"))
    assert "TVA în RON: 3.782,64 (1 EUR = 4,9765 RON)" in text


def test_instalments_take_the_place_of_the_due_date() -> None:
    text = text_of(render(invoices.italian(), language="it"))
    assert "1 31 mar 2026 893,20 EUR 2 30 apr 2026 893,20 EUR 3 31 mag 2026 893,21 EUR" in text
    assert "da pagare entro" not in text
    assert "Sconto (10% su 447,00): −44,70" in text


def test_a_draft_says_so_and_cannot_be_scanned() -> None:
    draft = render(invoices.english(), language="en", status="draft")
    assert "This draft is not an invoice and must not be paid." in text_of(draft)
    assert "Scan to pay" not in text_of(draft)
    copy = text_of(render(invoices.english(), language="en", status="copy"))
    assert "COPY" in copy
    assert "Scan to pay" in copy


def test_a_long_table_repeats_its_head_and_carries_its_sum() -> None:
    document = invoices.english(60)
    pages = page_texts(render(document, language="en"))
    assert len(pages) == 4
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of 4" in page
    table = [page for page in pages if "Description Quantity Unit price" in page]
    assert len(table) >= 3
    for number, page in enumerate(table, 1):
        assert ("Brought forward" in page) == (number > 1)
        assert ("Carried forward" in page) == (number < len(table))
    # What one page carries forward the next brings forward, and it is the sum of the lines above.
    for before, after in pairwise(table):
        carried = before.split("Carried forward ")[1].split()[0]
        assert f"Brought forward {carried}" in after
    sums = [Decimal(0)]
    for line in document.lines:
        sums.append(sums[-1] + line.net)
    first = pages[0].split("Carried forward ")[1].split()[0]
    assert Decimal(first.replace(",", "")) in sums[1:-1]


def test_groups_have_headings_and_sums_that_stay_with_their_rows() -> None:
    pages = page_texts(render(invoices.consolidated(), language="en"))
    text = " ".join(pages)
    for group in ("4100 Workshop", "4200 Site Limerick", "4300 Office"):
        assert f"Subtotal Cost centre {group}" in text
    for page in pages:
        if "Subtotal" in page:
            before = page.split("Subtotal")[0]
            assert "Item NW-" in before  # at least one row of it stands above
    assert pages[1].count("Cost centre 4100 Workshop") >= 1  # the heading is said again


def test_a_thousand_lines() -> None:
    pages = page_texts(render(invoices.english(1000), language="en"))
    assert len(pages) > 30
    assert "1000 Measuring tape 8 m" in " ".join(pages[-2:])
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]


def test_very_long_texts_stay_on_the_page() -> None:
    base = invoices.english(2)
    name = (
        "Vereinigte Werkstätten für Holzbearbeitung und Möbelbau Gesellschaft mit beschränkter " * 3
    )
    item = replace(base.lines[0].item, name="Unbreakable" * 30, description="word " * 900)
    document = replace(
        base,
        buyer=replace(base.buyer, name=name.strip()),
        lines=(replace(base.lines[0], item=item), base.lines[1]),
        notes=(Note("Terms " * 2000),),
    )
    text = text_of(render(document, language="en"))
    assert text.count("word") == 900
    assert text.count("Terms") >= 2000
    assert "Bench chisel set" in text


def test_markup_in_a_text_is_text() -> None:
    """Nothing that a buyer or a catalogue says can run in the typesetter."""
    base = invoices.english(1)
    hostile = '#read("/etc/hostname") *bold* $x$ [a] <b> \\ "quoted" `code` // no'
    line = replace(base.lines[0], item=replace(base.lines[0].item, name=hostile))
    document = replace(base, lines=(line,), notes=(Note(hostile),), number='2026"42\\')
    text = text_of(render(document, language="en"))
    assert text.count(hostile) == 2
    assert '2026"42\\' in text


def test_characters_that_no_font_has() -> None:
    base = invoices.english(1)

    def named(name: str) -> str:
        line = replace(base.lines[0], item=replace(base.lines[0].item, name=name))
        return text_of(render(replace(base, lines=(line,)), language="en"))

    assert "Fast delivery now" in named("Fast delivery \U0001f69a now\x00\x07\u202e\ufe0f")
    assert "Café Ελλάδα Москва" in named("Cafe\u0301 Ελλάδα Москва")
    with pytest.raises(FormatError) as refused:
        named("漢字")
    assert refused.value.code == "no_glyph"
    assert "U+6F22" in str(refused.value)


def test_a_price_per_hundred_says_so() -> None:
    base = invoices.english(1)
    line = replace(
        base.lines[0],
        price=Price(net=Decimal("12.50"), base_quantity=Decimal(100), base_unit="H87"),
    )
    assert "12.50 per 100 pcs" in text_of(render(replace(base, lines=(line,)), language="en"))


def test_a_direct_debit_announces_itself_and_shows_no_account_of_ours() -> None:
    document = replace(
        invoices.english(),
        payment=PaymentInstructions(
            code="59",
            direct_debit=DirectDebit(
                mandate="M-77", creditor="DE98ZZZ09999999999", account="IE29AIBK93115212345678"
            ),
        ),
    )
    text = text_of(render(document, language="en"))
    assert (
        "We will collect EUR 2,237.20 from your account IE29 AIBK 9311 5212 3456 78 on 1 April 2026;"
        " mandate M-77." in text
    )
    assert "Scan to pay" not in text


def test_coded_discount_lines_of_xrechnung_are_not_shown() -> None:
    document = replace(
        invoices.english(), payment_terms="#SKONTO#TAGE=10#PROZENT=2.00#\nNet 30 days"
    )
    text = text_of(render(document, language="en"))
    assert "SKONTO" not in text
    assert "Terms: Net 30 days" in text


def test_the_brands_footer_is_on_every_page() -> None:
    brand = Brand(footer=("Bank: Elbe Bank", "Member of the guild"), website="nordwind.example")
    for page in page_texts(render(invoices.english(60), language="en", brand=brand)):
        assert "Member of the guild" in page
        assert "nordwind.example" in page
