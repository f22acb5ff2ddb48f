"""FatturaPA, the invoice format of Italy, and the receipts of its exchange system SdI."""

from usance.formats.fatturapa.addressing import addressed, details_from_profiles
from usance.formats.fatturapa.checks import broken_controls
from usance.formats.fatturapa.controls import BrokenControl
from usance.formats.fatturapa.fattura import (
    Fattura,
    FatturaDetails,
    FatturaFile,
    TaxId,
    Transmission,
)
from usance.formats.fatturapa.names import file_name, progressive
from usance.formats.fatturapa.natura import stamp_due
from usance.formats.fatturapa.reading import read
from usance.formats.fatturapa.receipts import Receipt, ReceiptKind, read_receipt
from usance.formats.fatturapa.writing import render, render_all

__all__ = [
    "BrokenControl",
    "Fattura",
    "FatturaDetails",
    "FatturaFile",
    "Receipt",
    "ReceiptKind",
    "TaxId",
    "Transmission",
    "addressed",
    "broken_controls",
    "details_from_profiles",
    "file_name",
    "progressive",
    "read",
    "read_receipt",
    "render",
    "render_all",
    "stamp_due",
]
