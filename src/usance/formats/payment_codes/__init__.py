"""Codes that a payer scans: the EPC QR code, the Swiss QR-bill, and the references they carry.

EPC069-12 v2.1 (version 002 of the data), the Swiss Implementation Guidelines QR-bill 2.3 and 2.4,
ISO 11649. Everything that a bank would refuse is refused here, with FormatError.
"""

from usance.formats.payment_codes.account import checked_iban, is_iban, is_qr_iban, is_swiss
from usance.formats.payment_codes.epc import EpcTransfer
from usance.formats.payment_codes.reference import (
    creditor_reference,
    grouped,
    is_creditor_reference,
    is_qr_reference,
    qr_reference,
)
from usance.formats.payment_codes.swiss import SwissAddress, SwissBill
from usance.formats.payment_codes.symbol import QUIET_ZONE, qr_modules, svg

__all__ = [
    "QUIET_ZONE",
    "EpcTransfer",
    "SwissAddress",
    "SwissBill",
    "checked_iban",
    "creditor_reference",
    "grouped",
    "is_creditor_reference",
    "is_iban",
    "is_qr_iban",
    "is_qr_reference",
    "is_swiss",
    "qr_modules",
    "qr_reference",
    "svg",
]
