"""Collections and transfers to the bytes of pain.008 and pain.001."""

from __future__ import annotations

from usance.formats.sepa.model import (
    CreditTransferFile,
    CreditTransferVersion,
    DirectDebitFile,
    DirectDebitVersion,
)


def render_direct_debits(
    file: DirectDebitFile, *, version: DirectDebitVersion = "pain.008.001.08"
) -> bytes:
    """Write ``file`` as pain.008, valid by its schema. Names and texts are transliterated to the
    characters that every bank takes; ids must be of those already. Raises FormatError."""
    raise NotImplementedError


def render_credit_transfers(
    file: CreditTransferFile, *, version: CreditTransferVersion = "pain.001.001.09"
) -> bytes:
    """Write ``file`` as pain.001, valid by its schema. Raises FormatError."""
    raise NotImplementedError
