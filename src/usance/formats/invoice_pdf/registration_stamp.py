"""The signed QR code of India's portal as a document prints it, with what the law wants beside it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from usance.formats.invoice_pdf.renderer import Stamp
from usance.formats.invoice_pdf.words import Language, words

INDIA: Final = timezone(timedelta(hours=5, minutes=30))
"""The portal's time; India has one, and no summer time."""


def registration_stamp(
    *,
    language: Language,
    signed_qr: str,
    irn: str,
    acknowledgement: str,
    acknowledged_at: datetime,
) -> Stamp:
    """The portal's code, its number (IRN) and its receipt (CGST Rules 2017, rules 46(r) and 48(4))."""
    say = words(language, tax="gst")
    facts = [
        (say["irn"], irn),
        (say["ack_number"], acknowledgement),
        (say["ack_on"], f"{acknowledged_at.astimezone(INDIA):%d/%m/%Y %H:%M}"),
    ]
    return Stamp(
        payload=signed_qr,
        caption=say["e_invoice"],
        facts=tuple((label, value) for label, value in facts if value),
    )
