"""A file from a bank, of whichever format, to statements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from usance.formats import bai2, bank_csv, camt, lockbox, mt940, ofx
from usance.formats.bank_csv import ColumnMapping
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.remittance import RemittanceAdvice
from usance.formats.statement import Statement

SUPPORTED: Final = (
    "camt.052, camt.053 and camt.054 (XML), MT940 and MT942, BAI2, OFX,"
    " lockbox files, and tables of bookings (CSV)"
)

_XML: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|\xff\xfe\s*<\0|\xfe\xff\s*\0<|<\0|\0<")
# Beginnings of what banks and people send instead: archives, documents, spreadsheets, images,
# and other bank formats.
_FOREIGN: Final = re.compile(
    rb"PK\x03\x04|%PDF|\xd0\xcf\x11\xe0|\x1f\x8b|\x89PNG|\xff\xd8\xff|101 [0-9 ]{9}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFile:
    """A file that has been read: its format, such as ``camt.053``, ``mt940`` or ``csv``."""

    format: str
    statements: tuple[Statement, ...]
    advices: tuple[RemittanceAdvice, ...] = ()
    """What the payers of a lockbox file say that they pay."""


def read(
    data: bytes,
    *,
    mapping: ColumnMapping | None = None,
    currency: str | None = None,
    account: str | None = None,
) -> BankFile:
    """Tell the format of ``data`` by its content and read it.

    ``mapping``, ``currency`` and ``account`` are used for tables only; the others name their own.
    Raises FormatError ``unknown_format``, naming what is supported, or whatever the format's own
    reader raises.
    """
    refuse_too_large(data)
    for name, reader in (("ofx", ofx), ("mt940", mt940), ("bai2", bai2)):
        if reader.looks_like(data):
            return BankFile(format=name, statements=reader.parse(data))
    if lockbox.looks_like(data):
        box = lockbox.parse(data, account=account)
        return BankFile(format="lockbox", statements=box.statements, advices=box.advices)
    if _XML.match(data):
        try:
            message = camt.parse(data)
        except FormatError as error:
            if error.code == "unsupported_message":
                raise _unknown(error.message) from None
            raise
        return BankFile(format=message.kind, statements=message.statements)
    if _FOREIGN.match(data) or not data.strip():
        raise _unknown()
    try:
        statements = bank_csv.parse(data, mapping=mapping, currency=currency, account=account)
    except FormatError as error:
        if error.code in ("no_table", "not_text"):
            raise _unknown() from None
        raise
    return BankFile(format="csv", statements=statements)


def may_be_table(data: bytes) -> bool:
    """Whether ``data`` is of none of the formats that tell themselves by their beginning."""
    return not (
        any(reader.looks_like(data) for reader in (ofx, mt940, bai2))
        or _XML.match(data)
        or _FOREIGN.match(data)
    )


def detect_and_parse(
    data: bytes,
    *,
    mapping: ColumnMapping | None = None,
    currency: str | None = None,
    account: str | None = None,
) -> list[Statement]:
    """The statements of :func:`read`."""
    found = read(data, mapping=mapping, currency=currency, account=account)
    return list(found.statements)


def _unknown(reason: str = "The format of this file is not known.") -> FormatError:
    return FormatError(
        f"{reason} Supported are {SUPPORTED}; choose one of them at the bank.",
        code="unknown_format",
    )
