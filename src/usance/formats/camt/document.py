"""The message around the statements, and how its three kinds name their parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from usance.formats.statement import Statement, StatementKind

Kind = Literal["camt.052", "camt.053", "camt.054"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One camt message."""

    message_id: str
    created_at: datetime | None
    """As the bank wrote it: without a zone where the bank gave none. None if missing."""
    kind: Kind
    version: str
    """Two digits, such as "08" for camt.053.001.08; empty if the namespace does not tell."""
    statements: tuple[Statement, ...]


CONTAINERS: Final[dict[str, Kind]] = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}
"""Element that holds the message, by local name. Version 01 appends "V01" to it."""

STATEMENT_TAGS: Final[dict[Kind, str]] = {
    "camt.052": "Rpt",
    "camt.053": "Stmt",
    "camt.054": "Ntfctn",
}

STATEMENT_KINDS: Final[dict[Kind, StatementKind]] = {
    "camt.052": "report",
    "camt.053": "statement",
    "camt.054": "notification",
}
