"""Whatever bytes come in, an invoice comes out or a FormatError, soon and in little memory."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.sample_invoices import every_term, instalments
from usance.formats import cii
from usance.formats.einvoice.profiles import FACTURX_EXTENDED
from usance.formats.errors import LARGEST_INPUT, FormatError

FULL = cii.render(every_term(), profile=FACTURX_EXTENDED)
TERMS = cii.render(instalments(), profile=FACTURX_EXTENDED)


def outcome(data: bytes) -> str:
    """The code of the error, or "read"; anything but a FormatError escapes and fails the test."""
    try:
        cii.read(data)
    except FormatError as error:
        assert error.message and error.code
        return error.code
    return "read"


def test_every_truncation_is_refused() -> None:
    data = FULL.rstrip()
    assert outcome(data) == "read"
    assert {outcome(data[:length]) for length in range(0, len(data), 41)} == {"malformed_xml"}


@pytest.mark.parametrize("data", [FULL, TERMS], ids=["full", "terms"])
def test_flipped_bits_never_escape(data: bytes) -> None:
    chance = random.Random(20261102)
    figures = [at for at, byte in enumerate(data) if byte in b"0123456789"]
    outcomes = set()
    for count in range(800):
        damaged = bytearray(data)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            # Every other time in figures, so that the XML around them stays whole.
            at = chance.choice(figures) if count % 2 else chance.randrange(len(data))
            damaged[at] ^= 1 << chance.randrange(8)
        outcomes.add(outcome(bytes(damaged)))
    # Damage must be met in all its kinds for this test to mean anything.
    assert {"read", "malformed_xml", "invalid_number", "invalid_date"} <= outcomes


def test_swapped_pieces_never_escape() -> None:
    pieces = re.sub(rb">\s+<", b"><", FULL).decode().replace("><", ">\0<").split("\0")
    chance = random.Random(53)
    outcomes = set()
    for _ in range(800):
        mixed = pieces.copy()
        if chance.random() < 0.5:
            del mixed[chance.randrange(len(mixed))]
        else:
            at, to = chance.randrange(len(mixed)), chance.randrange(len(mixed))
            mixed[at], mixed[to] = mixed[to], mixed[at]
        outcomes.add(outcome("".join(mixed).encode()))
    assert {"malformed_xml", "read"} <= outcomes


@pytest.mark.parametrize("data", [FULL, TERMS], ids=["full", "terms"])
def test_emptied_and_swollen_values_never_escape(data: bytes) -> None:
    """Each value in turn emptied, or replaced by text, a huge number, a huge date and the like."""
    text, chance = data.decode(), random.Random(7)
    replacements = ("", "x", "9" * 24 + "." + "9" * 24, "-99999999", "99991231", "#SKONTO#")
    values = list(re.finditer(r">([^<>]+)</", text))
    leaves = [match for match in values if match[1].strip()]
    outcomes = set()
    for match in leaves:
        for instead in chance.sample(replacements, k=3):
            changed = text[: match.start(1)] + instead + text[match.end(1) :]
            outcomes.add(outcome(changed.encode()))
    assert len(leaves) > 40
    assert {"read", "missing_element", "invalid_number", "invalid_date"} <= outcomes


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_noise_is_refused(data: bytes) -> None:
    assert outcome(data) in ("malformed_xml", "unsupported_document", "doctype_refused")


def with_doctype(doctype: str, encoding: str = "UTF-8") -> bytes:
    body = FULL.decode().partition("?>")[2]
    return f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{body}'.encode(encoding)


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {y} "{f"&{x};" * 10}">' for x, y in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE x>",
        BOMB,
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://192.0.2.1/p"> %p;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_document_types_are_refused(doctype: str, encoding: str) -> None:
    assert outcome(with_doctype(doctype, encoding)) == "doctype_refused"


def test_an_entity_in_the_text_is_refused() -> None:
    assert outcome(FULL.replace(b"R-2026-0007", b"&secret;", 1)) == "malformed_xml"


def test_depth_is_limited() -> None:
    deep = b"<ram:X>" * 200 + b"</ram:X>" * 200
    assert outcome(FULL.replace(b"<ram:LineID>", deep + b"<ram:LineID>", 1)) == "too_deep"


def test_too_many_bytes_are_refused() -> None:
    assert outcome(FULL + b" " * LARGEST_INPUT) == "too_large"


def test_an_attachment_of_ten_million_bytes_is_read() -> None:
    content = b"QUJD" * 3_500_000
    data = re.sub(rb'(filename="aufmass.pdf">)[^<]*', lambda found: found[1] + content, FULL)
    document = cii.read(data)
    assert document.attachments[1].content == b"ABC" * 3_500_000
