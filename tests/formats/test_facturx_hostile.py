"""Whatever PDF comes in, its invoice comes out or a FormatError, soon and in little memory."""

from __future__ import annotations

import random
import re
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.hybrid_pdfs import plain_pdf, with_files
from tests.formats.sample_invoices import domestic
from usance.formats import cii, facturx
from usance.formats.einvoice.profiles import FACTURX_EN16931
from usance.formats.errors import LARGEST_INPUT, FormatError

XML = cii.render(domestic(), profile=FACTURX_EN16931)
HYBRID = facturx.embed(
    plain_pdf(), XML, profile=FACTURX_EN16931, at=datetime(2026, 11, 2, tzinfo=UTC)
)


def outcome(pdf: bytes) -> str:
    """The code of the error, or "read"; anything but a FormatError escapes and fails the test."""
    try:
        name, xml = facturx.extract(pdf)
    except FormatError as error:
        assert error.message and error.code
        return error.code
    assert name and isinstance(xml, bytes)
    return "read"


class TestNames:
    @pytest.mark.parametrize(
        ("attached", "name"),
        [
            ("factur-x.xml", "factur-x.xml"),
            ("Factur-X.XML", "factur-x.xml"),
            ("xrechnung.xml", "xrechnung.xml"),
            ("zugferd-invoice.xml", "zugferd-invoice.xml"),
            ("ZUGFeRD-invoice.xml", "zugferd-invoice.xml"),
            ("invoices/factur-x.xml", "factur-x.xml"),
        ],
    )
    @pytest.mark.parametrize("by_names", [True, False])
    @pytest.mark.parametrize("packed", [True, False])
    def test_known_names(self, attached: str, name: str, by_names: bool, packed: bool) -> None:
        pdf = with_files((attached, XML), by_names=by_names, packed=packed)
        assert facturx.extract(pdf) == (name, XML)

    def test_the_newer_form_is_taken(self) -> None:
        pdf = with_files(("ZUGFeRD-invoice.xml", b"old"), ("factur-x.xml", XML), ("a.pdf", b"%PDF"))
        assert facturx.extract(pdf) == ("factur-x.xml", XML)

    def test_a_pdf_without_an_invoice(self) -> None:
        assert outcome(plain_pdf()) == "no_invoice_in_pdf"
        assert outcome(with_files(("terms.pdf", b"%PDF"))) == "no_invoice_in_pdf"


def test_a_protected_pdf_is_refused() -> None:
    assert outcome(with_files(("factur-x.xml", XML), password="secret")) == "pdf_encrypted"
    assert outcome(with_files(("factur-x.xml", XML), password="")) == "read"


def test_bytes_that_are_no_pdf_are_refused() -> None:
    for data in (b"", b"%PDF-1.7", b"<xml/>", XML, b"\x00" * 4096, b"%PDF-1.7\n%%EOF"):
        assert outcome(data) == "pdf_unreadable"
    assert outcome(HYBRID + b" " * LARGEST_INPUT) == "too_large"


def test_truncations_never_escape() -> None:
    outcomes = {outcome(HYBRID[:length]) for length in range(0, len(HYBRID), len(HYBRID) // 60)}
    assert outcomes <= {"pdf_unreadable", "no_invoice_in_pdf"}
    assert "pdf_unreadable" in outcomes


def test_damage_never_escapes() -> None:
    """In a small file, and in what stands at the end, so that most of it is met."""
    small = with_files(("factur-x.xml", XML))
    chance = random.Random(3)
    outcomes = set()
    for pdf, start in ((small, 0), (HYBRID, len(plain_pdf()))):
        for _ in range(300):
            damaged = bytearray(pdf)
            for _ in range(chance.choice((1, 1, 3, 20))):
                damaged[chance.randrange(start, len(pdf))] = chance.randrange(256)
            outcomes.add(outcome(bytes(damaged)))
    assert {"read", "pdf_unreadable", "no_invoice_in_pdf"} <= outcomes


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400))
def test_noise_after_a_header_is_refused(data: bytes) -> None:
    assert outcome(b"%PDF-1.7\n" + data) in ("pdf_unreadable", "no_invoice_in_pdf")


def written_by_hand(*objects: bytes) -> bytes:
    """A PDF of ``objects``, the first of which is its catalog."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n\r\n" % offset
    out += b"trailer\n<</Size %d/Root 1 0 R>>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


PAGES = b"<</Type/Pages/Count 0/Kids[]>>"
SPECIFICATION = b"<</Type/Filespec/F(factur-x.xml)/EF<</F 4 0 R>>>>"


def with_stream(content: bytes, filters: bytes) -> bytes:
    return written_by_hand(
        b"<</Type/Catalog/Pages 2 0 R/AF[3 0 R]>>",
        PAGES,
        SPECIFICATION,
        b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), filters, content),
    )


class TestStreams:
    def test_packed_once_and_twice(self) -> None:
        once = zlib.compress(XML)
        assert facturx.extract(with_stream(once, b"/Filter/FlateDecode"))[1] == XML
        twice = with_stream(zlib.compress(once), b"/Filter[/FlateDecode/FlateDecode]")
        assert facturx.extract(twice)[1] == XML

    def test_a_bomb_is_not_unpacked(self) -> None:
        bomb = zlib.compress(bytes(LARGEST_INPUT + 1), 9)
        assert len(bomb) < 200_000
        assert outcome(with_stream(bomb, b"/Filter/FlateDecode")) == "too_large"
        nested = with_stream(zlib.compress(bomb), b"/Filter[/FlateDecode/FlateDecode]")
        assert outcome(nested) == "too_large"

    def test_a_stream_that_ends_too_soon(self) -> None:
        half = zlib.compress(XML)[:200]
        assert outcome(with_stream(half, b"/Filter/FlateDecode")) == "pdf_unreadable"

    @pytest.mark.parametrize("name", ["LZWDecode", "ASCII85Decode", "JBIG2Decode", "Crypt", "X"])
    def test_other_ways_of_packing_are_refused(self, name: str) -> None:
        assert outcome(with_stream(XML, f"/Filter/{name}".encode())) == "pdf_unreadable"

    def test_more_filters_than_anyone_needs_are_refused(self) -> None:
        filters = b"/Filter[" + b"/FlateDecode" * 1_000 + b"]"
        assert outcome(with_stream(zlib.compress(XML), filters)) == "pdf_unreadable"


class TestLoops:
    """References that lead back to where they came from."""

    @pytest.mark.parametrize(
        "catalog",
        [
            b"<</Type/Catalog/Pages 2 0 R/Names 1 0 R>>",
            b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 3 0 R>>>>",
            b"<</Type/Catalog/Pages 2 0 R/AF 1 0 R>>",
            b"<</Type/Catalog/Pages 2 0 R/AF[1 0 R 3 0 R 9 0 R null 7 (x)]>>",
        ],
    )
    def test_in_the_tree_of_names(self, catalog: bytes) -> None:
        loop = b"<</Kids[3 0 R 3 0 R 3 0 R 3 0 R]/Names[(a) 3 0 R (b) 1 0 R]/EF 3 0 R/F 3 0 R>>"
        pdf = written_by_hand(catalog, PAGES, loop)
        assert outcome(pdf) in ("no_invoice_in_pdf", "pdf_unreadable")

    def test_a_length_that_is_its_own(self) -> None:
        pdf = written_by_hand(
            b"<</Type/Catalog/Pages 2 0 R/AF[3 0 R]>>",
            PAGES,
            SPECIFICATION,
            b"<</Length 4 0 R>>\nstream\nx\nendstream",
        )
        assert outcome(pdf) in ("read", "pdf_unreadable", "no_invoice_in_pdf")

    def test_a_table_that_comes_before_itself(self) -> None:
        pdf = with_stream(XML, b"")
        start = int(re.findall(rb"startxref\n(\d+)", pdf)[0])
        looped = pdf.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)
        assert outcome(looped) in ("read", "pdf_unreadable")

    def test_deep_nesting(self) -> None:
        deep = b"[" * 50_000 + b"]" * 50_000
        pdf = written_by_hand(b"<</Type/Catalog/Pages 2 0 R/AF " + deep + b">>", PAGES)
        assert outcome(pdf) in ("no_invoice_in_pdf", "pdf_unreadable")
