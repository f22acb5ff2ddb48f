"""What the PDFs claim and hold: PDF/A-3b, PDF/UA-1, embedded files, payment codes, fonts, sameness."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from tests.formats import printed_invoices as invoices
from tests.formats.printed_pages import catalogue, metadata, page_texts, picture, text_of
from usance.formats.errors import FormatError
from usance.formats.invoice_pdf import Brand, Embedded, Stamp, compiler, render, words
from usance.formats.invoice_pdf.column_widths import rough_width, widest
from usance.formats.invoice_pdf.payment_box import swiss_bill
from usance.formats.payment_codes import qr_modules
from usance.rules.invoicing.document import CreditTransfer, InvoiceDocument


@pytest.fixture(scope="module")
def english() -> bytes:
    return render(invoices.english(), language="en")


def test_it_claims_pdf_a_3b_and_pdf_ua_1(english: bytes) -> None:
    xmp = metadata(english)
    assert re.search(r"<pdfaid:part>3</pdfaid:part>", xmp)
    assert re.search(r"<pdfaid:conformance>B</pdfaid:conformance>", xmp)
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", xmp)
    intent = catalogue(english)["/OutputIntents"][0].get_object()
    assert intent["/S"] == "/GTS_PDFA1"
    assert len(intent["/DestOutputProfile"].get_object().get_data()) > 100


def test_a_screen_reader_is_told_language_title_and_structure() -> None:
    root = catalogue(render(invoices.indian(), language="hi"))
    assert root["/Lang"] == "hi-IN"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    pdf = render(invoices.english(), language="en")
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.metadata
    assert reader.metadata.title == "Invoice 2026-0042 – Nordwind Werkzeug GmbH"
    assert reader.metadata.author == "Nordwind Werkzeug GmbH"
    kinds = set(re.findall(rb"/S ?/(H1|Table|TH|TD|TR|Figure)\b", pdf))
    assert kinds == {b"H1", b"Table", b"TH", b"TD", b"TR", b"Figure"}


def test_every_font_is_embedded(english: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(english))
    names = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            names.add(str(inner["/BaseFont"]))
            assert {"/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"].get_object())
    assert {name.split("+")[1] for name in names} == {"NotoSans-Regular", "NotoSans-SemiBold"}


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?>\r\n<rsm:CrossIndustryInvoice/>\xc3\xa9\n',
        b"\xef\xbb\xbf<a/>",
        b"%PDF-1.7\n\x00\xff\xfe\r",
        b"",
    ],
)
def test_files_are_embedded_byte_by_byte(content: bytes) -> None:
    attachment = Embedded(
        filename="factur-x.xml",
        content=content,
        media_type="text/xml",
        relationship="alternative",
        description="Factur-X invoice",
    )
    pdf = render(invoices.english(), language="en", attachments=(attachment,))
    assert pypdf.PdfReader(io.BytesIO(pdf)).attachments["factur-x.xml"] == [content]
    file = catalogue(pdf)["/AF"][0].get_object()
    assert file["/AFRelationship"] == "/Alternative"
    assert file["/Desc"] == "Factur-X invoice"


def test_the_same_document_gives_the_same_bytes(english: bytes) -> None:
    assert render(invoices.english(), language="en") == english


def test_threads_set_pages_side_by_side() -> None:
    documents = [replace(invoices.english(), number=f"T-{place}") for place in range(12)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda one: render(one, language="en"), documents))
    # Read in this thread alone: PDFium must not be called by two at once.
    for place, pdf in enumerate(made):
        assert f"Invoice T-{place} " in text_of(pdf)


def dark_square(
    pdf: bytes, *, modules: int, box: tuple[float, float, float, float]
) -> list[list[bool]]:
    """The modules of a QR code drawn in ``box`` (left, top, right, bottom, millimetres) of a page."""
    dots = 400
    drawn = picture(pdf, dots=dots)
    left, top, right, bottom = (side * dots / 25.4 for side in box)
    step_x, step_y = (right - left) / modules, (bottom - top) / modules
    return [
        [
            int(drawn.getpixel((int(left + (x + 0.5) * step_x), int(top + (y + 0.5) * step_y))))
            < 128  # type: ignore[arg-type]
            for x in range(modules)
        ]
        for y in range(modules)
    ]


def test_the_printed_qr_bill_carries_its_payload_where_the_guidelines_want_it() -> None:
    """The code is 46 mm wide, 67 mm from the left and 17 mm below the top of the payment part."""
    document = invoices.swiss()
    bill = swiss_bill(document)
    assert bill.payload().split("\n")[27:30] == ["QRR", "000000000000000000026003132", "26-00313"]
    wanted = qr_modules(bill.payload(), largest_version=25)
    pdf = render(document, language="it")
    top = 297 - 105 + 17
    found = dark_square(pdf, modules=len(wanted), box=(67, top, 67 + 46, top + 46))
    size = len(wanted)
    for y in range(size):
        for x in range(size):
            # The Swiss cross covers 7 of 46 mm in the middle.
            if max(abs(x + 0.5 - size / 2), abs(y + 0.5 - size / 2)) * 46 / size > 3.5 + 46 / size:
                assert found[y][x] == wanted[y][x], (x, y)


def test_the_qr_bill_has_its_texts_and_takes_the_foot_of_the_page() -> None:
    pages = page_texts(render(invoices.swiss(), language="it"))
    assert len(pages) == 1
    for text in (
        "Ricevuta", "Sezione pagamento", "Conto / Pagabile a", "CH44 3199 9123 0008 8901 2",
        "00 00000 00000 00000 00260 03132", "Punto di accettazione", "2 938.16",
        "Da staccare prima del versamento",
    ):  # fmt: skip
        assert text in pages[0]
    assert "Pagina" not in pages[0]  # no footer below the payment part
    english = page_texts(render(invoices.swiss(), language="hi"))[0]
    assert "Payment part" in english  # the guidelines have no Hindi


def test_a_payer_whom_a_qr_bill_cannot_name_is_left_to_be_written_in() -> None:
    document = replace(invoices.swiss(), buyer=invoices.KASHI)
    text = text_of(render(document, language="en"))
    assert "Payable by (name/address)" in text


@pytest.mark.parametrize(
    ("change", "has_code"),
    [
        ({}, True),
        ({"currency": "USD"}, False),
        ({"type_code": "381"}, False),
        ({"payment": None}, False),
    ],
)
def test_auto_prints_a_code_where_one_can_pay(change: dict[str, object], has_code: bool) -> None:
    document = replace(invoices.english(), **change)  # type: ignore[arg-type]
    assert ("Scan to pay" in text_of(render(document, language="en"))) == has_code


def test_a_code_that_is_asked_for_and_cannot_be_made_is_refused() -> None:
    with pytest.raises(FormatError) as refused:
        render(invoices.yen(), language="en", code="epc")
    assert refused.value.code == "invalid_currency"
    with pytest.raises(FormatError) as refused:
        render(invoices.english(), language="en", code="swiss")
    assert refused.value.code == "invalid_iban"
    assert "Scan to pay" not in text_of(render(invoices.english(), language="en", code="none"))


def test_of_two_swiss_accounts_the_reference_chooses() -> None:
    base = invoices.swiss()
    assert base.payment
    accounts = (CreditTransfer("CH5800791123000889012"), *base.payment.transfers)

    def account(remittance: str) -> str:
        assert base.payment
        payment = replace(base.payment, transfers=accounts, remittance=remittance)
        return swiss_bill(replace(base, payment=payment)).account

    assert account(base.payment.remittance) == "CH4431999123000889012"
    assert account("RF18539007547034") == "CH5800791123000889012"


def test_a_signed_code_of_an_authority_is_printed_with_its_facts() -> None:
    stamp = Stamp(
        payload="eyJhbGciOiJSUzI1NiJ9." + "x" * 900, caption="e-Invoice", facts=(("IRN", "a5c1"),)
    )
    text = text_of(render(invoices.indian(), language="en", stamps=(stamp,)))
    assert "e-Invoice" in text
    assert "IRN a5c1" in text


def png(width: int = 60, height: int = 20) -> bytes:
    data = io.BytesIO()
    Image.new("RGBA", (width, height), (200, 30, 30, 120)).save(data, "PNG")
    return data.getvalue()


def test_a_logo_in_each_form_is_drawn() -> None:
    jpeg = io.BytesIO()
    Image.new("RGB", (400, 20), "red").save(jpeg, "JPEG")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"><path d="M0 0h9v3H0z"/></svg>'
    for logo in (png(), jpeg.getvalue(), svg):
        drawn = picture(render(invoices.english(), language="en", brand=Brand(logo=logo)))
        corner = drawn.crop((57, 42, 60, 90))  # the left edge of the letterhead
        assert corner.getextrema()[0] < 200


@pytest.mark.parametrize(
    ("logo", "code"),
    [
        (b"GIF89a", "unknown_logo"),
        (b"", "unknown_logo"),
        (b"<html></html>", "unknown_logo"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (1024 * 1024), "too_large"),
        (b"\x89PNG\r\n\x1a\nbroken", "invalid_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><g></svg>", "invalid_picture"),
    ],
)
def test_a_logo_that_is_none_is_refused(logo: bytes, code: str) -> None:
    with pytest.raises(FormatError) as refused:
        render(invoices.english(), language="en", brand=Brand(logo=logo))
    assert refused.value.code == code


def test_after_a_refusal_the_next_document_is_set() -> None:
    with pytest.raises(FormatError):
        render(invoices.english(), language="en", brand=Brand(logo=b"\x89PNG\r\n\x1a\nbroken"))
    assert "Invoice 2026-0042" in text_of(render(invoices.english(), language="en"))


def test_a_logo_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 1"><path d="M0 0h3v1H0z"/></svg>'
    )
    logo = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10">'
        f'<image width="30" height="10" href="{secret}"/></svg>'
    )
    try:
        pdf = render(invoices.english(), language="en", brand=Brand(logo=logo.encode()))
    except FormatError:
        return
    assert picture(pdf).crop((57, 42, 120, 90)).getextrema()[0] > 200


@pytest.mark.parametrize("colour", ["#ffd400", "#ffffff", "#1d3557", "#00ff00"])
def test_a_brands_colour_is_always_readable(colour: str) -> None:
    ink = Brand(colour=colour).ink
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (int(ink[at : at + 2], 16) / 255 for at in (1, 3, 5))
    ]
    luminance = sum(
        share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )
    assert 1.05 / (luminance + 0.05) >= 4.5
    if colour == "#1d3557":
        assert ink == colour


def test_a_colour_is_six_hexadecimal_digits() -> None:
    for colour in ("red", "#12", '#123456"); #read("x")'):
        with pytest.raises(FormatError) as refused:
            Brand(colour=colour)
        assert refused.value.code == "invalid_colour"


def test_letter_paper() -> None:
    pdf = render(invoices.english(), language="en", brand=Brand(paper="us-letter"))
    box = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    assert (float(box.width), float(box.height)) == (612, 792)


def test_the_list_of_covered_characters_is_that_of_the_fonts() -> None:
    fonts = Path(compiler.__file__).parent / "fonts"
    listed: set[int] = set()
    for entry in (fonts / "coverage.txt").read_text().split():
        first, _, last = entry.partition("-")
        listed |= set(range(int(first, 16), int(last or first, 16) + 1))
    for weight in ("Regular", "SemiBold"):
        have = {0x09, 0x0A}
        for family in ("NotoSans", "NotoSansDevanagari"):
            have |= set(TTFont(fonts / f"{family}-{weight}.ttf").getBestCmap())
        assert listed - have == set()
    for row in words._ROWS.values():
        assert {sign for phrase in row for sign in map(ord, phrase)} <= listed


def test_every_phrase_is_in_every_language() -> None:
    for key, row in words._ROWS.items():
        assert len(row) == len(words.LANGUAGES), key
        places = [set(re.findall(r"{(\w+)}", phrase)) - {"tax"} for phrase in row]
        assert all(place == places[0] for place in places), key
        assert all(phrase.strip() for phrase in row), key


def test_a_brands_own_fonts_are_used(tmp_path: Path) -> None:
    """With more fonts nothing is dropped up front; what still no font has is refused."""
    document: InvoiceDocument = replace(
        invoices.english(1), lines=(replace(invoices.line(1, quantity="1"), note="漢"),)
    )
    with pytest.raises(FormatError) as refused:
        render(document, language="en", brand=Brand(fonts=(tmp_path,)))
    assert refused.value.code == "no_glyph"
    assert render(invoices.english(1), language="en", brand=Brand(fonts=(tmp_path,)))


def test_nothing_due_is_said() -> None:
    base = invoices.english()
    totals = replace(base.totals, prepaid=base.totals.with_vat, payable=Decimal(0))
    text = text_of(render(replace(base, totals=totals), language="en"))
    assert "Already paid −2,237.20" in text
    assert "Nothing remains to be paid." in text
    assert "Scan to pay" not in text


def test_the_rough_widths_are_those_of_the_font() -> None:
    font = TTFont(Path(compiler.__file__).parent / "fonts" / "NotoSans-Regular.ttf")
    for code in range(32, 127):
        assert rough_width(chr(code)) == font["hmtx"][font.getBestCmap()[code]][0]
    assert widest(["1.00", "mm\n10.00", "9.99", "i"]) == ["10.00", "1.00", "9.99", "mm"]
