"""A file from a bank, of whichever format, to statements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from usance.formats import bai2, bank_csv, camt, lockbox, mt940, nacha, ofx, zip_files
from usance.formats.bank_csv import ColumnMapping
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.remittance import RemittanceAdvice
from usance.formats.statement import Statement

SUPPORTED: Final = (
    "camt.052, camt.053 and camt.054 (XML), MT940 and MT942, BAI2, OFX,"
    " lockbox files, and tables of bookings (CSV)"
)

_XML: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|\xff\xfe\s*<\0|\xfe\xff\s*\0<|<\0|\0<")
# Beginnings of what banks and people send instead: archives, documents, spreadsheets, images.
_FOREIGN: Final = re.compile(rb"PK\x03\x04|%PDF|\xd0\xcf\x11\xe0|\x1f\x8b|\x89PNG|\xff\xd8\xff")
_NACHA: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,4}101 ?[0-9 ]{9}")
_STATUS_REPORT: Final = b"CstmrPmtStsRpt"


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
    layout: lockbox.Layout = lockbox.BAI,
) -> BankFile:
    """Tell the format of ``data`` by its content and read it.

    ``mapping``, ``currency`` and ``account`` are used for tables only; the others name their own.
    ``layout`` says where the fields of a lockbox file stand.
    Raises FormatError ``unknown_format``, naming what is supported, ``advice_only`` or ``debit_answer``
    for files of a bank that book nothing, or whatever the format's own reader raises.
    """
    refuse_too_large(data)
    for name, reader in (("ofx", ofx), ("mt940", mt940), ("bai2", bai2)):
        if reader.looks_like(data):
            return BankFile(format=name, statements=reader.parse(data))
    if lockbox.looks_like(data):
        box = lockbox.parse(data, layout=layout, account=account)
        return BankFile(format="lockbox", statements=box.statements, advices=box.advices)
    if _NACHA.match(data[:80]):
        raise _books_nothing(data)
    if zip_files.looks_like(data):
        raise FormatError(
            "This is a ZIP archive; upload it in the back office, or send it to POST"
            " /v1/bank-archives, where each of its files is taken as one of its own.",
            code="archive",
        )
    if _XML.match(data):
        try:
            message = camt.parse(data)
        except FormatError as error:
            if error.code == "unsupported_message" and _STATUS_REPORT in data[:4096]:
                raise _answer_to_debits("A pain.002") from None
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
        or _NACHA.match(data[:80])
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


def _books_nothing(data: bytes) -> FormatError:
    """What a NACHA file is good for: its entries are orders, and the account's statement has the money of
    them, so that it would be counted twice."""
    file = nacha.parse(data)
    if any(e.returned or e.correction for batch in file.batches for e in batch.entries):
        return _answer_to_debits("A NACHA file of returns or corrections")
    return FormatError(
        "A NACHA file says who pays and what for; it books nothing. Take it as a remittance advice. The"
        " money comes with the account's statement, such as BAI2 of the same day.",
        code="advice_only",
    )


def _answer_to_debits(what: str) -> FormatError:
    return FormatError(
        f"{what} is the bank's answer to debits and books nothing; take it where returns of debits are"
        " taken.",
        code="debit_answer",
    )


def _unknown(reason: str = "The format of this file is not known.") -> FormatError:
    return FormatError(
        f"{reason} Supported are {SUPPORTED}; choose one of them at the bank.",
        code="unknown_format",
    )
