"""What a hybrid PDF claims of itself, and whether it keeps it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from tests.formats import sample_invoices
from tests.formats.hybrid_pdfs import plain_pdf, with_files
from usance.formats import cii
from usance.formats.einvoice.profiles import FACTURX_EN16931, FACTURX_EXTENDED
from usance.formats.facturx import embed
from usance.formats.validation import Report, RuleBook, validate
from usance.formats.validation.hybrid import CHECKS


@cache
def xml() -> bytes:
    return cii.render(sample_invoices.domestic(), profile=FACTURX_EN16931)


@cache
def good() -> bytes:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    return embed(plain_pdf(), xml(), profile=FACTURX_EN16931, at=at)


def check(data: bytes) -> Report:
    return validate(data, rules=RuleBook.carried())


def altered(old: bytes, new: bytes) -> bytes:
    """The good PDF with some bytes of its last revision changed, its offsets kept."""
    data = good()
    assert len(old) == len(new) and old in data
    head, _, tail = data.rpartition(old)
    return head + new + tail


def test_what_we_make_keeps_what_it_claims() -> None:
    report = check(good())
    assert (report.verdict, report.findings) == ("valid", ())
    assert report.checked == (CHECKS,)
    assert [each.kind for each in report.ran] == ["facturx-en16931-xsd", "facturx-en16931"]
    assert "PDF/A validator" in report.notes[0]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b"/AFRelationship/Alternative", b"/AFRelationship/Alternatief", "FX-RELATIONSHIP"),
        (b"EN 16931</fx:", b"EXTENDED</fx:", "FX-XMP-PROFILE"),
        (b"factur-x.xml</fx:", b"zactur-x.xml</fx:", "FX-XMP-FILE"),
        (b"INVOICE</fx:", b"INVOISE</fx:", "FX-XMP-TYPE"),
        (b"<pdfaid:part>3<", b"<pdfaid:part>1<", "PDFA-PART"),
        (b"<pdfaid:conformance>B<", b"<pdfaid:conformance>X<", "PDFA-CONFORMANCE"),
    ],
)
def test_a_claim_that_is_not_kept_is_fatal(old: bytes, new: bytes, rule: str) -> None:
    report = check(altered(old, new))
    [found] = report.fatals
    assert (found.rule, found.rule_set, bool(found.fix)) == (rule, CHECKS, True)
    assert report.verdict == "broken"


def test_an_attachment_in_a_plain_pdf_breaks_nearly_everything() -> None:
    report = check(with_files(("factur-x.xml", xml())))
    assert {each.rule for each in report.fatals} == {
        "PDFA-PART",
        "PDFA-OUTPUT-INTENT",
        "FX-RELATIONSHIP",
        "FX-AF",
        "FX-XMP",
    }
    assert [each.rule for each in report.findings if each.severity == "warning"] == [
        "FX-MEDIA-TYPE"
    ]


def test_the_xml_inside_is_checked_as_well() -> None:
    broken = xml().replace(b">434.35</ram:DuePayableAmount>", b">1.00</ram:DuePayableAmount>")
    assert broken != xml()
    at = datetime(2026, 11, 2, tzinfo=UTC)
    report = check(embed(plain_pdf(), broken, profile=FACTURX_EN16931, at=at))
    assert [each.rule for each in report.fatals] == ["BR-CO-16"]


def test_a_profile_of_the_pdf_that_is_not_the_xml_s() -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    report = check(embed(plain_pdf(), xml(), profile=FACTURX_EXTENDED, at=at))
    assert [each.rule for each in report.fatals] == ["FX-XMP-PROFILE"]
    assert "EXTENDED" in report.fatals[0].message


def test_a_pdf_without_an_invoice_has_nothing_to_check() -> None:
    report = check(plain_pdf())
    assert (report.verdict, report.checked, report.notes) == ("not_fully_checked", (), ())
