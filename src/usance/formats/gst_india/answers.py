"""The registration portal's answer: IRN, acknowledgement and the signed QR code.

The QR code of an e-invoice is the portal's signed text, letter for letter: a JSON Web Token (RFC 7519)
with RS256. It cannot be made without the portal, and nothing here makes one up.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.gst_india.texts import read_day, read_instant
from usance.formats.gst_india.writing import gstin_of
from usance.rules.invoicing.document import InvoiceDocument

LONGEST_TOKEN: Final = 2900
"""Characters; a QR code of the largest size holds 2,953 bytes at its lowest correction."""

_IRN: Final = re.compile("[0-9a-f]{64}")
_SEGMENT: Final = re.compile("[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class PortalError:
    """Why the portal did not register a document: its number and its words."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Registration:
    """The answer: registered if it has an ``irn``, else ``errors`` say why not.

    ``acknowledged_at`` is Indian time, which the portal writes without an offset.
    """

    irn: str = ""
    acknowledgement: str = ""
    acknowledged_at: datetime | None = None
    signed_qr: str = ""
    signed_invoice: str = ""
    status: str = ""  # ACT or CNL
    eway_bill: str = ""
    errors: tuple[PortalError, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancellation:
    """That the portal has cancelled an IRN; the moment is Indian time without an offset."""

    irn: str
    cancelled_at: datetime


@dataclass(frozen=True, slots=True)
class SignedQr:
    """What the signed QR code says. ``verified`` tells whether its signature was checked."""

    seller_gstin: str
    buyer_gstin: str
    number: str
    kind: str
    issued_on: date
    total: Decimal
    items: int
    main_hsn: str
    irn: str
    registered_at: datetime | None
    verified: bool


def read_registration(data: bytes) -> Registration:
    """The portal's answer, bare or within the envelope of its API (``Data``, ``ErrorDetails``).

    Raises FormatError: ``too_large``, ``malformed_json``, ``not_a_registration``, ``invalid_irn``,
    ``invalid_date``.
    """
    refuse_too_large(data)
    outer = _object(data.decode(errors="replace"))
    inner = outer.get("Data", outer)
    if isinstance(inner, str):
        inner = _object(inner) if inner.strip() else {}
    errors = tuple(
        PortalError(str(each.get("ErrorCode", "")), str(each.get("ErrorMessage", "")))
        for each in outer.get("ErrorDetails") or []
        if isinstance(each, Mapping)
    )
    if not isinstance(inner, Mapping):
        inner = {}
    irn = _text(inner, "Irn").lower()
    if not irn and not errors:
        raise FormatError(
            "This JSON has neither an IRN nor errors, so it is no answer of the portal; give the whole "
            "answer.",
            code="not_a_registration",
        )
    if irn and not _IRN.fullmatch(irn):
        raise FormatError(
            f"{irn[:80]!r} is not an IRN, which has 64 hexadecimal digits.", code="invalid_irn"
        )
    moment = inner.get("AckDt")
    return Registration(
        irn=irn,
        acknowledgement=_text(inner, "AckNo"),
        acknowledged_at=None if moment in (None, "") else read_instant(moment, path="AckDt"),
        signed_qr=_text(inner, "SignedQRCode"),
        signed_invoice=_text(inner, "SignedInvoice"),
        status=_text(inner, "Status"),
        eway_bill=_text(inner, "EwbNo"),
        errors=errors,
    )


def read_cancellation(data: bytes) -> Cancellation:
    """The portal's answer to a cancellation, bare or within its envelope.

    Raises FormatError: ``too_large``, ``malformed_json``, ``not_a_cancellation``, ``invalid_irn``,
    ``invalid_date``.
    """
    refuse_too_large(data)
    outer = _object(data.decode(errors="replace"))
    inner = outer.get("Data", outer)
    if isinstance(inner, str):
        inner = _object(inner) if inner.strip() else {}
    irn = _text(inner, "Irn").lower() if isinstance(inner, Mapping) else ""
    if not isinstance(inner, Mapping) or not irn or not inner.get("CancelDate"):
        raise FormatError(
            "This JSON has no IRN with its CancelDate, so it is no answer to a cancellation; give the"
            " whole answer.",
            code="not_a_cancellation",
        )
    if not _IRN.fullmatch(irn):
        raise FormatError(
            f"{irn[:80]!r} is not an IRN, which has 64 hexadecimal digits.", code="invalid_irn"
        )
    return Cancellation(irn, read_instant(inner["CancelDate"], path="CancelDate"))


def read_signed_qr(token: str, *, public_key: bytes | None = None) -> SignedQr:
    """What the portal's ``SignedQRCode`` says.

    With ``public_key``, the portal's key or certificate in PEM, its signature must hold; without, the
    content is read and not trusted. Raises FormatError: ``malformed_token``, ``invalid_signature``,
    ``invalid_key``, ``invalid_irn``, ``invalid_date``.
    """
    parts = token.strip().split(".")
    if len(token) > LONGEST_TOKEN or len(parts) != 3 or not all(map(_SEGMENT.fullmatch, parts)):
        raise _malformed("it is not three parts of a signed token")
    header = _object(_decoded(parts[0]).decode(errors="replace"))
    if header.get("alg") != "RS256":
        raise _malformed("it is not signed with RS256")
    if public_key is not None:
        _verify(f"{parts[0]}.{parts[1]}".encode(), _decoded(parts[2]), public_key)
    claims = _object(_decoded(parts[1]).decode(errors="replace"))
    said = claims.get("data")
    if isinstance(said, str):
        said = _object(said)
    if not isinstance(said, Mapping):
        raise _malformed("it has no data")
    irn = _text(said, "Irn").lower()
    if not _IRN.fullmatch(irn):
        raise FormatError(f"{irn[:80]!r} in the QR code is not an IRN.", code="invalid_irn")
    moment = said.get("IrnDt")
    return SignedQr(
        seller_gstin=_text(said, "SellerGstin"),
        buyer_gstin=_text(said, "BuyerGstin"),
        number=_text(said, "DocNo"),
        kind=_text(said, "DocTyp"),
        issued_on=read_day(said.get("DocDt"), path="DocDt"),
        total=_number(said, "TotInvVal"),
        items=int(_number(said, "ItemCnt")),
        main_hsn=_text(said, "MainHsnCode"),
        irn=irn,
        registered_at=None if moment in (None, "") else read_instant(moment, path="IrnDt"),
        verified=public_key is not None,
    )


def differences(
    said: SignedQr, *, document: InvoiceDocument, seller_gstin: str = "", buyer_gstin: str = ""
) -> tuple[str, ...]:
    """What a signed QR code says otherwise than ``document``, such as ``number``; none if it is its own.

    ``seller_gstin`` and ``buyer_gstin`` stand for those that the document does not name itself. Of a
    document in another currency the total, in rupees, is not compared.
    """
    rounding = document.totals.rounding or Decimal(0)
    compared = {
        "number": said.number == document.number,
        "date": said.issued_on == document.issued_on,
        "seller": said.seller_gstin == gstin_of(document.seller, seller_gstin),
        "buyer": said.buyer_gstin in (gstin_of(document.buyer, buyer_gstin), "URP"),
        "kind": (said.kind == "CRN") == document.is_credit,
        "total": document.currency != "INR"
        or abs(said.total - document.totals.with_vat - rounding) <= 1,
    }
    return tuple(name for name, same in compared.items() if not same)


def qr_svg(token: str) -> bytes:
    """The QR code of the portal's ``SignedQRCode`` as an SVG file. Raises FormatError."""
    return _drawn(token, kind="svg", scale=1)


def qr_png(token: str, *, scale: int = 4) -> bytes:
    """The QR code of the portal's ``SignedQRCode`` as a PNG file, ``scale`` pixels a module.

    The portal wants it printed at least two inches (51 mm) wide. Raises FormatError.
    """
    return _drawn(token, kind="png", scale=scale)


def _drawn(token: str, *, kind: str, scale: int) -> bytes:
    read_signed_qr(token)  # nothing but the portal's own text becomes a QR code
    file = io.BytesIO()
    code = segno.make_qr(token.strip(), error="l", boost_error=False)
    code.save(file, kind=kind, scale=scale, border=4)
    return file.getvalue()


def _verify(signed: bytes, signature: bytes, public_key: bytes) -> None:
    try:
        key = (
            load_pem_x509_certificate(public_key).public_key()
            if b"BEGIN CERTIFICATE" in public_key
            else load_pem_public_key(public_key)
        )
    except ValueError:
        key = None
    if not isinstance(key, RSAPublicKey):
        raise FormatError(
            "The portal's key is not an RSA key or certificate in PEM; fetch it from the portal again.",
            code="invalid_key",
        )
    try:
        key.verify(signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise FormatError(
            "The QR code is not signed by the portal's key; ask for the answer again, and do not print it.",
            code="invalid_signature",
        ) from None


def _decoded(segment: str) -> bytes:
    try:
        return base64.b64decode(
            segment.encode() + b"=" * (-len(segment) % 4), altchars=b"-_", validate=True
        )
    except (binascii.Error, ValueError):
        raise _malformed("a part of it is not base64") from None


def _malformed(what: str) -> FormatError:
    return FormatError(
        f"This is no signed QR code of the portal: {what}. Take SignedQRCode from its answer whole.",
        code="malformed_token",
    )


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping):
        raise FormatError(
            "This is not a JSON object; give the portal's answer as it came.", code="malformed_json"
        )
    return found


def _text(source: Mapping[str, Any], name: str) -> str:
    value = source.get(name)
    return "" if value is None or isinstance(value, list | dict) else str(value).strip()


def _number(source: Mapping[str, Any], name: str) -> Decimal:
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _malformed(f"{name} is not a number")
    return Decimal(value)
