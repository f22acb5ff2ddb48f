"""The XML inside a CAdES envelope (.p7m), without trusting its signature.

An invoice that SdI delivers may be wrapped in a CMS SignedData (RFC 5652), in DER or in BER with
indefinite lengths, as bytes or in base64, sometimes several times. Only the envelope is opened here: SdI
has verified the signature before it delivered the file (controls 00100 to 00107).
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from usance.formats.errors import FormatError, refuse_too_large

DEEPEST: Final = 16
"""Levels of ASN.1 within each other; SignedData has its content at the fifth."""
MOST_ENVELOPES: Final = 4
MOST_CHUNKS: Final = 200_000
"""Parts of a content that is cut in pieces, usually of 1,000 bytes."""

_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _OID, _OCTETS, _CONTEXT_0 = 0x30, 0x06, 0x04, 0xA0
_CONSTRUCTED: Final = 0x20
_ARMOUR: Final = re.compile(rb"-----(?:BEGIN|END) [A-Z0-9 ]{1,40}-----")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/=\s]+")


def is_enveloped(data: bytes) -> bool:
    """Whether ``data`` begins as a CMS envelope does, in bytes or in base64."""
    return _binary(data) is not None


def unwrap(data: bytes) -> bytes:
    """The content of the innermost envelope of ``data``; ``data`` itself if there is none.

    Raises FormatError ``too_large`` or ``invalid_envelope``.
    """
    refuse_too_large(data)
    for _ in range(MOST_ENVELOPES + 1):
        binary = _binary(data)
        if binary is None:
            return data
        data = _content(binary)
    raise _invalid(f"more than {MOST_ENVELOPES} envelopes in each other")


def _binary(data: bytes) -> bytes | None:
    head = data[:4]
    if head[:1] == b"\x30" and _looks_like_signed_data(data):
        return data
    text = _ARMOUR.sub(b"", data) if data.lstrip()[:10] == b"-----BEGIN" else data
    if text.lstrip()[:2] != b"MI" or not _BASE64.fullmatch(text):
        return None
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _invalid("its base64 is incomplete") from None


def _looks_like_signed_data(data: bytes) -> bool:
    return _SIGNED_DATA in data[:40]


class _Reader:
    """Walks BER without recursion deeper than DEEPEST and never past the end of its bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.chunks = 0

    def header(self, at: int, end: int) -> tuple[int, int, int]:
        """Tag, where its content begins and where that ends (-1: at an end-of-contents mark)."""
        if at + 2 > end:
            raise _invalid("it ends too early")
        tag = self.data[at]
        if tag & 0x1F == 0x1F:
            raise _invalid("a tag of several bytes, which CMS does not use")
        first = self.data[at + 1]
        at += 2
        if first == 0x80:
            if not tag & _CONSTRUCTED:
                raise _invalid("a length without end on a plain value")
            return tag, at, -1
        if first & 0x80:
            count = first & 0x7F
            if count > 8 or at + count > end:
                raise _invalid("a length that cannot be")
            length = int.from_bytes(self.data[at : at + count], "big")
            at += count
        else:
            length = first
        if at + length > end:
            raise _invalid("it ends too early")
        return tag, at, at + length

    def enter(self, at: int, end: int, expected: int) -> tuple[int, int]:
        """Where the content of the element at ``at`` begins, and where it ends at the latest."""
        tag, start, stop = self.header(at, end)
        if tag != expected:
            raise _invalid(f"tag {tag:#04x} where {expected:#04x} belongs")
        return start, end if stop < 0 else stop

    def skip(self, at: int, end: int, depth: int = 0) -> int:
        """Where the element at ``at`` is over."""
        if depth > DEEPEST:
            raise _invalid("elements too deep in each other")
        _, start, stop = self.header(at, end)
        if stop >= 0:
            return stop
        at = start
        while self.data[at : at + 2] != b"\0\0":
            self._count()
            at = self.skip(at, end, depth + 1)
        return at + 2

    def octets(self, at: int, end: int, parts: list[bytes], depth: int = 0) -> int:
        """Append the pieces of an OCTET STRING to ``parts``; where it is over."""
        if depth > DEEPEST:
            raise _invalid("elements too deep in each other")
        self._count()
        tag, start, stop = self.header(at, end)
        if tag & ~_CONSTRUCTED != _OCTETS:
            raise _invalid("a content that is not octets")
        if not tag & _CONSTRUCTED:
            parts.append(self.data[start:stop])
            return stop
        at = start
        while (stop < 0 and self.data[at : at + 2] != b"\0\0") or (0 <= at < stop):
            at = self.octets(at, end if stop < 0 else stop, parts, depth + 1)
        return at + 2 if stop < 0 else at

    def _count(self) -> None:
        self.chunks += 1
        if self.chunks > MOST_CHUNKS:
            raise _invalid("more pieces than any invoice has")


def _content(data: bytes) -> bytes:
    """encapContentInfo.eContent of a ContentInfo with SignedData (RFC 5652, 3 and 5.1)."""
    reader = _Reader(data)
    at, end = reader.enter(0, len(data), _SEQUENCE)
    tag, start, stop = reader.header(at, end)
    if tag != _OID or data[start:stop] != _SIGNED_DATA:
        raise _invalid("it holds no signed data")
    at, end = reader.enter(stop, end, _CONTEXT_0)
    at, end = reader.enter(at, end, _SEQUENCE)
    at = reader.skip(at, end)  # version
    at = reader.skip(at, end)  # digestAlgorithms
    at, end = reader.enter(at, end, _SEQUENCE)
    at = reader.skip(at, end)  # eContentType
    tag, start, stop = reader.header(at, end)
    if tag != _CONTEXT_0:
        raise _invalid("its signature is detached, so that the invoice is in another file")
    parts: list[bytes] = []
    reader.octets(start, end if stop < 0 else stop, parts)
    return b"".join(parts)


def _invalid(what: str) -> FormatError:
    return FormatError(
        f"The signed envelope (.p7m) cannot be opened: {what}. Ask the sender for the file again, "
        "or for the XML without its envelope.",
        code="invalid_envelope",
    )
