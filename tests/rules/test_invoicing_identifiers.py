"""Numbers and addresses that an electronic invoice is sent by."""

from __future__ import annotations

import pytest

from usance.rules.invoicing import identifiers


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("04011000-1234512345-06", "04011000-1234512345-06"),
        (" 04011000-1234512345-06 ", "04011000-1234512345-06"),
        ("991-33333test-33", "991-33333TEST-33"),
        ("992-90009-96", "992-90009-96"),
        ("04011000-1234512345-07", None),  # another check digit
        ("04011000-1234512354-06", None),  # two digits swapped
        ("0401100O-1234512345-06", None),  # a letter in the coarse address
        ("04011000123451234506", None),
        ("4-12345-06", None),
        ("", None),
    ],
)
def test_a_leitweg_id(text: str, kept: str | None) -> None:
    assert identifiers.leitweg_id(text) == kept


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("04011000-1234512345-07", True),
        ("991-33333TEST-34", True),
        ("PO-2026-11", False),
        ("2026-11-29", False),  # no state is numbered 20
        ("4500012345", False),
    ],
)
def test_what_is_meant_as_a_leitweg_id(text: str, looks: bool) -> None:
    assert identifiers.looks_like_leitweg_id(text) is looks


@pytest.mark.parametrize(
    ("country", "text", "kept"),
    [
        ("IT", "IT 00743110157", "IT00743110157"),
        ("IT", "00743110157", None),  # without its country
        ("IT", "IT00743110158", None),
        ("IT", "DE136695976", None),
        ("DE", "de 136 695 976", "DE136695976"),
        ("AT", "ATU13585627", "ATU13585627"),
        ("GR", "EL094259216", "EL094259216"),
        ("GR", "GR094259216", None),
        ("RO", "RO18547290", "RO18547290"),
        ("NL", "NL004495445B01", "NL004495445B01"),
        ("GB", "GB 980 7806 84", "GB980780684"),
        ("GB", "XI980780684", "XI980780684"),
        ("CH", "CHE-100.155.212 MWST", "CHE100155212"),
        ("IN", "27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
        ("IN", "27AAPFU0939F1ZA", None),
        ("BZ", "what they have there", "WHATTHEYHAVETHERE"),  # nobody knows its form
    ],
)
def test_a_vat_number(country: str, text: str, kept: str | None) -> None:
    assert identifiers.vat_number(text, country=country) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("IT60 X054 2811 1010 0000 0123 456", "IT60X0542811101000000123456"),
        ("ch44 3199 9123 0008 8901 2", "CH4431999123000889012"),
        ("IT60X0542811101000000123457", None),
        ("IT60X054281110100000012345", None),
        ("XX60X0542811101000000123456", None),
        ("", None),
    ],
)
def test_an_iban(text: str, kept: str | None) -> None:
    assert identifiers.iban(text) == kept


def test_a_qr_iban() -> None:
    assert identifiers.is_qr_iban("CH4431999123000889012")
    assert not identifiers.is_qr_iban("CH9300762011623852957")
    assert not identifiers.is_qr_iban("IT60X3100011101000000123456")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("billing@acme.example", True),
        ("a.b+c@sub.acme.example", True),
        ("billing@acme", False),
        ("billing", False),
        ("a@b.example, c@d.example", False),
        ("Anna <a@b.example>", False),
        ("a@b.example\nBcc: c@d.example", False),
        ("a" * 250 + "@b.example", False),
    ],
)
def test_an_email_address(text: str, good: bool) -> None:
    assert identifiers.is_email(text) is good


def test_the_schemes_of_electronic_addresses() -> None:
    assert {"0088", "0204", "0201", "9930", "EM"} <= identifiers.EAS
    assert {"9958", "9956", "0000", "em"}.isdisjoint(identifiers.EAS), "withdrawn, or never there"
    assert len(identifiers.RO_COUNTIES) == 42, "41 counties and Bucharest"
