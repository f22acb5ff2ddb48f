"""India's GST e-invoice: the JSON INV-01 1.1 for the registration portal, and the portal's answer."""

from usance.formats.gst_india.answers import (
    Cancellation,
    Registration,
    SignedQr,
    differences,
    qr_png,
    qr_svg,
    read_cancellation,
    read_registration,
    read_signed_qr,
)
from usance.formats.gst_india.details import Export, GstDetails, GstInvoice, GstLine, Place
from usance.formats.gst_india.reading import read
from usance.formats.gst_india.rules import BrokenRule, broken_rules
from usance.formats.gst_india.schema import schema
from usance.formats.gst_india.writing import render

__all__ = [
    "BrokenRule",
    "Cancellation",
    "Export",
    "GstDetails",
    "GstInvoice",
    "GstLine",
    "Place",
    "Registration",
    "SignedQr",
    "broken_rules",
    "differences",
    "qr_png",
    "qr_svg",
    "read",
    "read_cancellation",
    "read_registration",
    "read_signed_qr",
    "render",
    "schema",
]
