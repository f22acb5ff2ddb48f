"""Orders to a bank in euro, and its answers: pain.008 and pain.001 out, pain.002 in."""

from usance.formats.sepa.characters import transliterated
from usance.formats.sepa.grouping import Due, grouped
from usance.formats.sepa.model import (
    Amendment,
    Collection,
    CollectionGroup,
    Creditor,
    CreditTransferFile,
    DirectDebitFile,
    GroupStatus,
    Outcome,
    Reason,
    StatusReport,
    TransactionStatus,
    Transfer,
    TransferGroup,
    Verdict,
)
from usance.formats.sepa.reading import parse_credit_transfers, parse_direct_debits
from usance.formats.sepa.status import outcome_of, parse_status_report
from usance.formats.sepa.writing import render_credit_transfers, render_direct_debits

__all__ = [
    "Amendment",
    "Collection",
    "CollectionGroup",
    "CreditTransferFile",
    "Creditor",
    "DirectDebitFile",
    "Due",
    "GroupStatus",
    "Outcome",
    "Reason",
    "StatusReport",
    "TransactionStatus",
    "Transfer",
    "TransferGroup",
    "Verdict",
    "grouped",
    "outcome_of",
    "parse_credit_transfers",
    "parse_direct_debits",
    "parse_status_report",
    "render_credit_transfers",
    "render_direct_debits",
    "transliterated",
]
