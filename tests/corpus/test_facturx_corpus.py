"""Every hybrid PDF of the open corpus: its invoice taken out, read, written and put into a PDF of ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.corpus.cii_rules import broken_rules, schema_errors
from tests.corpus.locations import documents
from tests.formats.hybrid_pdfs import plain_pdf
from usance.formats import cii, facturx
from usance.formats.einvoice.profiles import FACTURX_EN16931, FACTURX_EXTENDED, Profile
from usance.formats.errors import FormatError

FNFE = "zfcorpus__FNFE-factur-x-examples__"
MUSTANG = "zfcorpus__Mustangproject__"

EN, EXT = FACTURX_EN16931, FACTURX_EXTENDED
NONE: set[str] = set()

# name of the XML, lines, amount due in EUR, profile it is written in again, rules that ours breaks
Expected = tuple[str, int, str, Profile | None, set[str]]

HYBRIDS: dict[str, Expected] = {
    FNFE + "Avoir_FR_type380_BASIC.pdf": ("factur-x.xml", 2, "-233.47", EN, NONE),
    FNFE + "Avoir_FR_type380_EN16931.pdf": ("factur-x.xml", 2, "-233.47", EN, NONE),
    FNFE + "Avoir_FR_type380_MINIMUM.pdf": ("factur-x.xml", 0, "-233.47", None, NONE),
    FNFE + "Avoir_FR_type381_BASIC.pdf": ("factur-x.xml", 2, "233.47", EN, NONE),
    FNFE + "Avoir_FR_type381_EN16931.pdf": ("factur-x.xml", 2, "233.47", EN, NONE),
    FNFE + "Avoir_FR_type381_MINIMUM.pdf": ("factur-x.xml", 0, "233.47", None, NONE),
    FNFE + "Facture_DOM_BASIC.pdf": ("factur-x.xml", 3, "383.75", EN, NONE),
    FNFE + "Facture_DOM_BASICWL.pdf": ("factur-x.xml", 0, "383.75", None, NONE),
    FNFE + "Facture_DOM_EN16931.pdf": ("factur-x.xml", 3, "383.75", EN, NONE),
    FNFE + "Facture_DOM_MINIMUM.pdf": ("factur-x.xml", 0, "383.75", None, NONE),
    FNFE + "Facture_FR_BASIC.pdf": ("factur-x.xml", 3, "470.15", EN, NONE),
    FNFE + "Facture_FR_EN16931.pdf": ("factur-x.xml", 3, "470.15", EN, NONE),
    FNFE + "Facture_FR_MINIMUM.pdf": ("factur-x.xml", 0, "470.15", None, NONE),
    FNFE + "Facture_UE_MINIMUM.pdf": ("factur-x.xml", 0, "1453.76", None, NONE),
    MUSTANG + "MustangGnuaccountingBeispielRE-20171118_506.pdf": (
        "factur-x.xml",
        3,
        "571.04",
        EXT,
        NONE,
    ),
    MUSTANG + "MustangGnuaccountingBeispielRE-20190610_507b.pdf": (
        "zugferd-invoice.xml",
        3,
        "571.04",
        EN,
        {"FX-SCH-A-000581", "BR-CL-11"},
    ),
    MUSTANG + "MustangGnuaccountingBeispielRE-20201121_508_withBOM.pdf": (
        "factur-x.xml",
        3,
        "571.04",
        EN,
        NONE,
    ),
    "zfcorpus__fail__MustangRE-20171118_506_ZUGFeRD1and2.pdf": (
        "factur-x.xml",
        3,
        "571.04",
        EXT,
        NONE,
    ),
    "zfcorpus__python-factur-x__python-factur-x.pdf": ("factur-x.xml", 3, "571.04", EN, NONE),
}

REFUSED = {
    # encoding='UTF-8" in the XML declaration, on purpose
    MUSTANG + "factur-x-invalid-xml-encoding-attribute.pdf": "unsupported_encoding",
}


@pytest.fixture(scope="module")
def corpus() -> dict[str, bytes]:
    return documents("facturx", "*.pdf")


def test_every_hybrid_is_expected(corpus: dict[str, bytes]) -> None:
    assert corpus.keys() == HYBRIDS.keys() | REFUSED.keys()
    assert len(corpus) == 20
    assert sum(profile is EN for _, _, _, profile, _ in HYBRIDS.values()) == 11
    assert sum(profile is EXT for _, _, _, profile, _ in HYBRIDS.values()) == 2


@pytest.mark.parametrize("name", REFUSED)
def test_refused(corpus: dict[str, bytes], name: str) -> None:
    _, xml = facturx.extract(corpus[name])
    with pytest.raises(FormatError) as refused:
        cii.read(xml)
    assert refused.value.code == REFUSED[name]


@pytest.mark.parametrize("name", HYBRIDS)
def test_read_and_written_into_a_pdf_of_ours(corpus: dict[str, bytes], name: str) -> None:
    file_name, lines, payable, profile, broken = HYBRIDS[name]
    found, xml = facturx.extract(corpus[name])
    document = cii.read(xml)
    assert (found, len(document.lines)) == (file_name, lines)
    assert (document.totals.payable, document.currency) == (Decimal(payable), "EUR")
    if profile is None:
        assert document.lines == ()
        return
    data = cii.render(document, profile=profile)
    assert schema_errors(data, profile) == []
    assert set(broken_rules(data, profile)) == broken
    ours = facturx.embed(plain_pdf(), data, profile=profile, at=datetime(2026, 11, 2, tzinfo=UTC))
    assert facturx.extract(ours) == ("factur-x.xml", data)
    again = replace(cii.read(data), specification=document.specification)
    assert again == document


def test_of_two_invoices_the_newer_is_taken(corpus: dict[str, bytes]) -> None:
    """ZUGFeRD 1 and Factur-X in one PDF, for readers of either."""
    pdf = corpus["zfcorpus__fail__MustangRE-20171118_506_ZUGFeRD1and2.pdf"]
    assert b"ZUGFeRD-invoice.xml" in pdf
    assert facturx.extract(pdf)[0] == "factur-x.xml"
