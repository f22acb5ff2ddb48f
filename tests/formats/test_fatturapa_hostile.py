"""Files that are cut, bent or built to do harm: each is read or refused, never anything else."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.italian_invoices import invoice, transmission
from usance.formats import fatturapa
from usance.formats.errors import FormatError
from usance.formats.fatturapa.envelope import DEEPEST, MOST_ENVELOPES, unwrap

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


def xml() -> bytes:
    document = invoice()
    return fatturapa.render(document, transmission=transmission(document))


def tlv(tag: int, content: bytes) -> bytes:
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    return bytes([tag, 0x84]) + len(content).to_bytes(4, "big") + content


def enveloped(octets: bytes) -> bytes:
    inner = tlv(0x30, DATA + tlv(0xA0, octets))
    signed = tlv(0x30, b"\x02\x01\x01" + tlv(0x31, b"") + inner)
    return tlv(0x30, SIGNED_DATA + tlv(0xA0, signed))


def whole(content: bytes) -> bytes:
    return tlv(0x04, content)


def in_pieces(content: bytes) -> bytes:
    """BER: octets without a length of their own, in pieces of 100 bytes."""
    pieces = [whole(content[i : i + 100]) for i in range(0, len(content), 100)]
    return b"\x24\x80" + b"".join(pieces) + b"\0\0"


@pytest.mark.parametrize("octets", [whole, in_pieces])
@pytest.mark.parametrize(
    "text",
    [
        bytes,
        base64.b64encode,
        base64.encodebytes,
        lambda data: (
            b"-----BEGIN PKCS7-----\n" + base64.encodebytes(data) + b"-----END PKCS7-----\n"
        ),
    ],
)
def test_envelopes_are_opened(
    octets: Callable[[bytes], bytes], text: Callable[[bytes], bytes]
) -> None:
    file = fatturapa.read(text(enveloped(octets(xml()))))
    assert file.enveloped
    assert file.invoices == fatturapa.read(xml()).invoices


def test_envelopes_in_each_other() -> None:
    data = xml()
    for _ in range(MOST_ENVELOPES):
        data = enveloped(whole(data))
    assert unwrap(data) == xml()
    with pytest.raises(FormatError) as raised:
        unwrap(enveloped(whole(data)))
    assert raised.value.code == "invalid_envelope"


HARMFUL = {
    "a detached signature": tlv(
        0x30,
        SIGNED_DATA + tlv(0xA0, tlv(0x30, b"\x02\x01\x01" + tlv(0x31, b"") + tlv(0x30, DATA))),
    ),
    "pieces without end": enveloped(b"\x24\x80" + whole(b"a")),
    "pieces in pieces": enveloped(b"\x24\x80" * (DEEPEST + 5)),
    "a length past the end": enveloped(whole(b"abc"))[:-2],
    "a length of eight bytes": b"\x30\x88" + b"\xff" * 8 + SIGNED_DATA,
    "a length of a hundred bytes": b"\x30\xe4" + b"\xff" * 8 + SIGNED_DATA,
    "no octets": enveloped(b"\x02\x01\x01"),
    "an endless plain value": enveloped(b"\x04\x80"),
    "broken base64": b"MIAGCSqGSIb3DQEHAqCAMIACAQ",
}


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_envelopes_are_refused(name: str) -> None:
    with pytest.raises(FormatError) as raised:
        fatturapa.read(HARMFUL[name])
    assert raised.value.code == "invalid_envelope"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: b"", "malformed_xml"),
        (lambda data: b"0", "malformed_xml"),
        (lambda data: data[:-30], "malformed_xml"),
        (
            lambda data: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + data[38:],
            "doctype_refused",
        ),
        (lambda data: data.replace(b"FatturaElettronica ", b"Rechnung "), "malformed_xml"),
        (lambda data: b"<a/>", "not_a_fattura"),
        (lambda data: b"<FatturaElettronica/>", "missing_element"),
        (lambda data: data.replace(b"TD01", b"TD99"), "unknown_document_type"),
        (lambda data: data.replace(b">12.50<", b">1e9<"), "invalid_number"),
        (lambda data: data.replace(b">12.50<", b">NaN<"), "invalid_number"),
        (lambda data: data.replace(b">2026-11-02<", b">2026-02-30<"), "invalid_date"),
        (lambda data: data.replace(b"docs/xsd/fatture", b"docs/xsd/altro"), "not_a_fattura"),
        (
            lambda data: data.replace(b"<PrezzoTotale>125.00</PrezzoTotale>", b""),
            "missing_element",
        ),
        (
            lambda data: data.replace(b"<Numero>", b"<Numero>" + b"<x>" * 200).replace(
                b"</Numero>", b"</x>" * 200 + b"</Numero>"
            ),
            "too_deep",
        ),
    ],
)
def test_bent_files_are_refused(change: Callable[[bytes], bytes], code: str) -> None:
    with pytest.raises(FormatError) as raised:
        fatturapa.read(change(xml()))
    assert raised.value.code == code


@pytest.mark.parametrize("source", [xml, lambda: enveloped(in_pieces(xml()))])
def test_any_cut_or_flipped_byte(source: Callable[[], bytes]) -> None:
    """Whatever happens to the bytes, the answer is an invoice or a FormatError."""
    data = source()
    dice = random.Random(20261102)
    outcomes = set()
    for _ in range(400):
        bent = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            bent[dice.randrange(len(bent))] = dice.randrange(256)
        if dice.random() < 0.3:
            del bent[dice.randrange(len(bent)) :]
        for read in (fatturapa.read, fatturapa.broken_controls):
            try:
                read(bytes(bent))
                outcomes.add("read")
            except FormatError:
                outcomes.add("refused")
    assert outcomes == {"read", "refused"}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_noise_in_an_envelope(noise: bytes) -> None:
    for data in (noise, enveloped(noise), b"\x30" + noise + SIGNED_DATA, base64.b64encode(noise)):
        for read in (fatturapa.read, fatturapa.read_receipt, fatturapa.broken_controls):
            with pytest.raises(FormatError):
                read(data)


def test_large_files_cost_no_more_than_their_size() -> None:
    """Ten megabytes in pieces of 100 bytes, and lines upon lines: seconds, not minutes."""
    start = process_time()
    with pytest.raises(FormatError):
        fatturapa.read(enveloped(in_pieces(b"a" * 10_000_000)))
    data = xml()
    begin, end = data.index(b"<DettaglioLinee>"), data.index(b"<DatiRiepilogo>")
    many = data[:begin] + data[begin:end] * 3000 + data[end:]
    assert len(fatturapa.read(many).invoices[0].document.lines) == 3000
    with pytest.raises(FormatError):
        fatturapa.read(b" " * (101 * 1024 * 1024))
    assert process_time() - start < 30
