"""pain.008 and pain.001 back to what was ordered."""

from __future__ import annotations

from usance.formats.sepa.model import CreditTransferFile, DirectDebitFile


def parse_direct_debits(data: bytes) -> DirectDebitFile:
    """Read a pain.008 of any version. Raises FormatError."""
    raise NotImplementedError


def parse_credit_transfers(data: bytes) -> CreditTransferFile:
    """Read a pain.001 of any version. Raises FormatError."""
    raise NotImplementedError
