"""Files of the US clearing house ACH in Nacha's format: entries out, returns and corrections in."""

from usance.formats.nacha.characters import fitted
from usance.formats.nacha.model import (
    CHECKING_CREDIT,
    CHECKING_DEBIT,
    CREDITS_ONLY,
    DEBITS_ONLY,
    MIXED,
    SAVINGS_CREDIT,
    SAVINGS_DEBIT,
    Advice,
    Batch,
    ContestedReturn,
    CorrectedData,
    Correction,
    DishonoredReturn,
    Entry,
    Exchange,
    Fault,
    FileHeader,
    International,
    NachaFile,
    Return,
    Totals,
)
from usance.formats.nacha.reader import parse
from usance.formats.nacha.remittance import advices, fragments, remittance_segment
from usance.formats.nacha.routing import check_digit, is_routing_number
from usance.formats.nacha.totals import batch_totals, file_totals
from usance.formats.nacha.tracing import numbered, prenote, trace_number
from usance.formats.nacha.writer import render

__all__ = [
    "CHECKING_CREDIT",
    "CHECKING_DEBIT",
    "CREDITS_ONLY",
    "DEBITS_ONLY",
    "MIXED",
    "SAVINGS_CREDIT",
    "SAVINGS_DEBIT",
    "Advice",
    "Batch",
    "ContestedReturn",
    "CorrectedData",
    "Correction",
    "DishonoredReturn",
    "Entry",
    "Exchange",
    "Fault",
    "FileHeader",
    "International",
    "NachaFile",
    "Return",
    "Totals",
    "advices",
    "batch_totals",
    "check_digit",
    "file_totals",
    "fitted",
    "fragments",
    "is_routing_number",
    "numbered",
    "parse",
    "prenote",
    "remittance_segment",
    "render",
    "trace_number",
]
