"""Answers of India's portal as tests make them: signed by a key of the test's own."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

INDIA: Final = timezone(timedelta(hours=5, minutes=30))


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def portal_key() -> bytes:
    """The portal's public key in PEM."""
    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def irn_of(number: str) -> str:
    """A number of the portal's form, the same for the same document."""
    return hashlib.sha256(number.encode()).hexdigest()


def answer(gst: bytes, *, at: datetime, irn: str = "", **said: Any) -> bytes:
    """What the portal answers to the e-invoice ``gst``; ``said`` takes the place of what its code says."""
    sent = json.loads(gst)
    number = sent["DocDtls"]["No"]
    moment = f"{at.astimezone(INDIA):%Y-%m-%d %H:%M:%S}"
    irn = irn or irn_of(number)
    claims = {
        "SellerGstin": sent["SellerDtls"]["Gstin"],
        "BuyerGstin": sent["BuyerDtls"]["Gstin"],
        "DocNo": number,
        "DocTyp": sent["DocDtls"]["Typ"],
        "DocDt": sent["DocDtls"]["Dt"],
        "TotInvVal": sent["ValDtls"]["TotInvVal"],
        "ItemCnt": len(sent["ItemList"]),
        "MainHsnCode": sent["ItemList"][0]["HsnCd"],
        "Irn": irn,
        "IrnDt": moment,
    } | said
    return json.dumps(
        {
            "AckNo": 112610098765432,
            "AckDt": moment,
            "Irn": irn,
            "SignedInvoice": "e30.e30.e30",
            "SignedQRCode": _signed(claims),
            "Status": "ACT",
        }
    ).encode()


def cancellation(irn: str, *, at: datetime) -> bytes:
    """What the portal answers to a cancellation."""
    return json.dumps(
        {"Irn": irn, "CancelDate": f"{at.astimezone(INDIA):%Y-%m-%d %H:%M:%S}"}
    ).encode()


def _signed(claims: dict[str, Any]) -> str:
    header = _segment({"alg": "RS256", "typ": "JWT"})
    body = _segment({"data": json.dumps(claims), "iss": "NIC"})
    signature = _key().sign(f"{header}.{body}".encode(), PKCS1v15(), SHA256())
    return f"{header}.{body}.{_segment(signature)}"


def _segment(content: object) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
