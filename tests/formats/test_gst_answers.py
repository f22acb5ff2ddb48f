"""The portal's answer and its signed QR code, signed here by a key of the test's own."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from tests.formats.indian_invoices import MUMBAI
from tests.formats.sample_invoices import indian
from usance.formats import gst_india
from usance.formats.errors import FormatError
from usance.formats.gst_india.answers import PortalError

IRN = "a5c12dca80e743321740b001fd70953e8738d109865d28ba4013750f2046f229"
SAID: dict[str, Any] = {
    "SellerGstin": "29AAGCB7383J1Z4",
    "BuyerGstin": "29AABCT1332L1ZA",
    "DocNo": "DT/26-27/0042",
    "DocTyp": "INV",
    "DocDt": "02/11/2026",
    "TotInvVal": 14160.0,
    "ItemCnt": 1,
    "MainHsnCode": "82041120",
    "Irn": IRN,
    "IrnDt": "2026-11-02 10:31:00",
}


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(of: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return of.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def segment(content: object) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(said: object = None, *, algorithm: str = "RS256") -> str:
    said = SAID if said is None else said
    header = segment({"alg": algorithm, "typ": "JWT"})
    body = segment({"data": json.dumps(said), "iss": "NIC"})
    signature = key().sign(f"{header}.{body}".encode(), PKCS1v15(), SHA256())
    return f"{header}.{body}.{segment(signature)}"


def answer(**changes: object) -> dict[str, Any]:
    return {
        "AckNo": 112610098765432,
        "AckDt": "2026-11-02 10:31:00",
        "Irn": IRN,
        "SignedInvoice": "e30.e30.e30",
        "SignedQRCode": token(),
        "Status": "ACT",
        "EwbNo": None,
        **changes,
    }


@pytest.mark.parametrize(
    "envelope",
    [
        lambda inner: inner,
        lambda inner: {"Status": 1, "Data": inner, "ErrorDetails": None},
        lambda inner: {"Status": 1, "Data": json.dumps(inner), "ErrorDetails": None},
    ],
)
def test_a_registration(envelope: Any) -> None:
    found = gst_india.read_registration(json.dumps(envelope(answer())).encode())
    assert found.irn == IRN
    assert found.acknowledgement == "112610098765432"
    assert found.acknowledged_at is not None
    assert found.acknowledged_at.isoformat() == "2026-11-02T10:31:00"
    assert (found.status, found.eway_bill, found.errors) == ("ACT", "", ())
    assert gst_india.read_signed_qr(found.signed_qr).irn == IRN


def test_a_rejection() -> None:
    found = gst_india.read_registration(
        json.dumps(
            {
                "Status": 0,
                "Data": None,
                "ErrorDetails": [{"ErrorCode": "2150", "ErrorMessage": "Duplicate IRN"}],
            }
        ).encode()
    )
    assert found.irn == ""
    assert found.errors == (PortalError("2150", "Duplicate IRN"),)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed_json"),
        (b"[]", "malformed_json"),
        (b"{}", "not_a_registration"),
        (json.dumps(answer(Irn="12")).encode(), "invalid_irn"),
        (json.dumps(answer(AckDt="today")).encode(), "invalid_date"),
        (b'{"Data": "[", "ErrorDetails": []}', "malformed_json"),
    ],
)
def test_no_answer(data: bytes, code: str) -> None:
    with pytest.raises(FormatError) as raised:
        gst_india.read_registration(data)
    assert raised.value.code == code


def test_what_the_qr_code_says() -> None:
    said = gst_india.read_signed_qr(token(), public_key=pem(key()))
    assert (said.seller_gstin, said.buyer_gstin) == ("29AAGCB7383J1Z4", "29AABCT1332L1ZA")
    assert (said.number, said.kind, said.total, said.items) == (
        "DT/26-27/0042",
        "INV",
        Decimal("14160.0"),
        1,
    )
    assert said.registered_at == datetime.fromisoformat("2026-11-02T10:31:00")
    assert said.verified
    assert not gst_india.read_signed_qr(token()).verified
    assert gst_india.differences(said, document=indian()) == ()


def test_the_qr_code_of_another_invoice() -> None:
    said = gst_india.read_signed_qr(token())
    other = replace(indian(), number="DT/26-27/0043", buyer=MUMBAI, type_code="381")
    assert gst_india.differences(said, document=other) == ("number", "buyer", "kind")
    dearer = replace(indian(), totals=replace(indian().totals, with_vat=Decimal(14162)))
    assert gst_india.differences(said, document=dearer) == ("total",)


def test_a_signature_that_does_not_hold() -> None:
    header, _, signature = token().split(".")
    forged = segment({"data": json.dumps({**SAID, "TotInvVal": 1}), "iss": "NIC"})
    for bent in (f"{header}.{forged}.{signature}", f"{header}.{forged}.{segment(b'')}A"):
        with pytest.raises(FormatError) as raised:
            gst_india.read_signed_qr(bent, public_key=pem(key()))
        assert raised.value.code in ("invalid_signature", "malformed_token")
    with pytest.raises(FormatError) as raised:
        gst_india.read_signed_qr(token(), public_key=b"no key")
    assert raised.value.code == "invalid_key"
    curve = pem(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(FormatError) as raised:
        gst_india.read_signed_qr(token(), public_key=curve)
    assert raised.value.code == "invalid_key"


@pytest.mark.parametrize(
    ("bent", "code"),
    [
        ("", "malformed_token"),
        ("upi://pay?pa=deccan@bank", "malformed_token"),
        ("a.b", "malformed_token"),
        ("a.b.c", "malformed_token"),
        (f"{segment({'alg': 'none'})}.{segment({'data': '{}'})}.e30", "malformed_token"),
        (token(algorithm="HS256"), "malformed_token"),
        (token([]), "malformed_json"),
        (token({**SAID, "Irn": "x"}), "invalid_irn"),
        (token({**SAID, "DocDt": "x"}), "invalid_date"),
        (token({**SAID, "TotInvVal": "x"}), "malformed_token"),
        (token({**SAID, "MainHsnCode": "8" * 3000}), "malformed_token"),
    ],
)
def test_what_is_no_qr_code_of_the_portal(bent: str, code: str) -> None:
    with pytest.raises(FormatError) as raised:
        gst_india.read_signed_qr(bent)
    assert raised.value.code == code
    with pytest.raises(FormatError):
        gst_india.qr_svg(bent)


def test_the_picture() -> None:
    svg = etree.fromstring(gst_india.qr_svg(token()))
    assert etree.QName(svg).localname == "svg"
    picture = Image.open(io.BytesIO(gst_india.qr_png(token(), scale=3)))
    width, height = picture.size
    assert width == height
    modules = width // 3 - 8
    assert (modules - 17) % 4 == 0  # ISO/IEC 18004: 17 modules and four for every version
    assert modules > 100


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.binary(max_size=60))
def test_noise(first: str, second: str, third: bytes) -> None:
    for bent in (first, f"{first}.{second}.x", f"{segment(third)}.{segment(third)}.e30"):
        with pytest.raises(FormatError):
            gst_india.read_signed_qr(bent)
    with pytest.raises(FormatError):
        gst_india.read_registration(third)
