"""A remittance advice, of whichever format, to the model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from usance.formats import (
    bank_csv,
    edifact,
    lockbox,
    nacha,
    remittance_mail,
    remittance_table,
    remittance_text,
    x12,
)
from usance.formats.bank_csv.table import Row
from usance.formats.bank_text import decode
from usance.formats.cxml.remittance import advice as cxml_advice
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.remittance import Finding, RemittanceAdvice, kept_text
from usance.formats.remittance_table import AdviceMapping
from usance.formats.remittance_table.columns import fact_of

SUPPORTED: Final = (
    "X12 820, EDIFACT REMADV, cXML PaymentRemittanceRequest, NACHA files with addenda, lockbox files,"
    " tables (CSV), PDF with text, mails (.eml) and plain text"
)
LARGEST_TEXT: Final = 2_000_000
"""Bytes of a text, a mail's body or a PDF's text; what is longer is no advice."""

_PDF: Final = re.compile(rb"\s{0,64}%PDF-")
_XML: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|\xff\xfe\s*<\0|\xfe\xff\s*\0<|<\0|\0<")
_HTML: Final = re.compile(
    rb"(?is)(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<table|<body|<div|<p[ >])"
)
_NACHA: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,4}101 ?[0-9 ]{9}")
_FOREIGN: Final = re.compile(rb"PK\x03\x04|\xd0\xcf\x11\xe0|\x1f\x8b|\x89PNG|\xff\xd8\xff|GIF8")
_DEEPEST: Final = 3
"""Mails attached to mails that are opened."""
_SHEETS: Final = re.compile(r"(?i)\.(?:xlsx?|ods|numbers)$")


def detect_and_parse(
    data: bytes,
    file_name: str = "",
    *,
    currency: str | None = None,
    mapping: AdviceMapping | None = None,
    layout: lockbox.Layout = lockbox.BAI,
) -> tuple[RemittanceAdvice, ...]:
    """Tell the format of ``data`` by its content and read the advices in it.

    ``file_name`` is for messages; ``currency`` stands in where a table or a text tells none; ``mapping``
    says what the columns of a table mean, ``layout`` where the fields of a lockbox file stand. Raises
    FormatError ``unknown_format``, naming what is supported, ``unsupported_message``, naming what it
    is, or whatever the format's own reader raises.
    """
    refuse_too_large(data)
    if mapping is not None and may_be_table(data):
        return remittance_table.parse(
            data,
            currency=currency,
            columns=mapping.columns,
            date_order=mapping.date_order,
            decimal_mark=mapping.decimal_mark,
        )
    if lockbox.looks_like(data):
        return _some(lockbox.parse(data, layout=layout).advices)
    return _read(data, file_name, currency=currency, depth=0)


def may_be_table(data: bytes) -> bool:
    """Whether ``data`` is of none of the formats that tell themselves by their beginning."""
    return not (
        _structured(data) is not None
        or _PDF.match(data[:80])
        or remittance_mail.looks_like(data)
        or _FOREIGN.match(data)
        or _XML.match(data)
        or not data.strip()
    )


def looks_like_advice(data: bytes) -> bool:
    """Whether ``data`` can be nothing but advices: a message of EDI, cXML, NACHA, a mail, a PDF, or a
    table whose headings are those of an advice. A lockbox file brings the money too and is a bank's."""
    if lockbox.looks_like(data):
        return False
    if x12.looks_like(data) or edifact.looks_like(data) or _PDF.match(data[:80]):
        return True
    if _NACHA.match(data[:80]):
        return True
    if remittance_mail.looks_like(data) or (_XML.match(data) and b"cXML" in data[:4096]):
        return True
    return not _FOREIGN.match(data) and remittance_table.looks_like(data)


def _read(
    data: bytes, file_name: str, *, currency: str | None, depth: int
) -> tuple[RemittanceAdvice, ...]:
    structured = _structured(data)
    if structured is not None:
        return structured()
    if _PDF.match(data[:80]):
        text = remittance_text.text_of_pdf(data)
        return _of_rows(remittance_mail.rows_of_text(text), text, format_="pdf", currency=currency)
    if remittance_mail.looks_like(data):
        return _of_mail(data, currency=currency, depth=depth)
    if _FOREIGN.match(data) or not data.strip():
        raise _unknown(file_name)
    if len(data) > LARGEST_TEXT and b"\n" not in data[:100_000]:
        raise _unknown(file_name)
    if _HTML.match(data[:2000]):
        return _of_html(decode(data[:LARGEST_TEXT]).text, currency=currency)
    if _XML.match(data):
        raise _unknown(file_name)
    return _of_table_or_text(data, currency=currency)


def _structured(data: bytes) -> Callable[[], tuple[RemittanceAdvice, ...]] | None:
    """The reader of a format that machines write; None if it is none of them."""
    if x12.looks_like(data):
        return lambda: x12.advices(data)
    if edifact.looks_like(data):
        return lambda: edifact.advices(data)
    if lockbox.looks_like(data):
        return lambda: _some(lockbox.parse(data).advices)
    if _NACHA.match(data[:80]):
        return lambda: _some(nacha.advices(nacha.parse(data)))
    if _XML.match(data) and b"cXML" in data[:4096]:
        return lambda: (cxml_advice(data),)
    return None


def _some(advices: tuple[RemittanceAdvice, ...]) -> tuple[RemittanceAdvice, ...]:
    if not advices:
        raise FormatError(
            "The payments of this file say nothing of what they are for, and it brings no money: that"
            " comes with the account's statement.",
            code="no_lines",
        )
    return advices


def _of_table_or_text(data: bytes, *, currency: str | None) -> tuple[RemittanceAdvice, ...]:
    try:
        return remittance_table.parse(data, currency=currency)
    except FormatError as error:
        if error.code not in ("unknown_table", "malformed_csv"):
            raise
        if len(data) > LARGEST_TEXT:
            raise
        refused = error
    text = decode(data).text
    if _has_headings(data):
        raise refused  # a person can say what they mean, which is better than to guess
    try:
        return _of_rows(remittance_mail.rows_of_text(text), text, format_="text", currency=currency)
    except FormatError as error:
        # A table that nobody understands is asked about; a text without a line is no advice.
        raise (refused if _is_table(text) and error.code == "no_lines" else error) from None


def _has_headings(data: bytes) -> bool:
    """Whether it is a table beyond doubt, with headings above its rows."""
    outline = bank_csv.outline_of(data[:LARGEST_TEXT])
    if outline is None or outline.delimiter not in ";\t" or not outline.rows:
        return False
    return bool(outline.headings) and all(len(row) == outline.width for row in outline.rows)


def _is_table(text: str) -> bool:
    return any(mark in text[:2000] for mark in (";", "\t"))


def _of_html(html: str, *, currency: str | None) -> tuple[RemittanceAdvice, ...]:
    rows = remittance_mail.rows_of_html(html)
    text = "\n".join("  ".join(filter(None, row.cells)) for row in rows)
    return _of_rows(rows, text, format_="text", currency=currency, blanks=False)


def _of_rows(
    rows: list[Row], text: str, *, format_: str, currency: str | None, blanks: bool = True
) -> tuple[RemittanceAdvice, ...]:
    """As a table whose headings say what its columns are, else as text. ``blanks``: cells are what blanks
    set off."""
    by_table: tuple[RemittanceAdvice, ...] = ()
    try:
        by_table = remittance_table.advices_of_rows(
            _only_table(rows), format_=format_, currency=currency
        )
    except FormatError:
        by_table = ()  # the text is asked next, and says what is wrong with it
    if by_table and all(_adds_up(each) for each in by_table):
        return by_table
    try:
        by_text = remittance_text.advice_of_text(text, format_=format_, currency=currency)
    except FormatError:
        if by_table:
            return by_table
        raise
    # Cells set off by blanks move where one is empty; those of HTML stay in their columns.
    keeps_columns = by_table and not _adds_up(by_text) and not blanks
    return by_table if keeps_columns else (by_text,)


def _only_table(rows: list[Row]) -> list[Row]:
    """The rows without sentences below the table."""
    kept = list(rows)
    while kept and len([cell for cell in kept[-1].cells if cell]) < 2:
        kept.pop()
    return kept


def _adds_up(advice: RemittanceAdvice) -> bool:
    return advice.amount is not None and advice.amount == advice.lines_amount


def _of_mail(data: bytes, *, currency: str | None, depth: int) -> tuple[RemittanceAdvice, ...]:
    letter = remittance_mail.read(data)
    if depth >= _DEEPEST:
        raise FormatError(
            f"Mails are attached to each other more than {_DEEPEST} deep; take the innermost alone.",
            code="too_deep",
        )
    found, left_out, faults = _of_attachments(letter, currency=currency, depth=depth)
    if not found:
        found = _of_body(letter, currency=currency, faults=faults)
    if left_out:
        names = kept_text(", ".join(left_out))
        told = Finding(code="not_read", data={"what": names})
        found = tuple(replace(each, findings=(*each.findings, told)) for each in found)
    return tuple(_from_sender(each, letter) for each in found)


def _of_attachments(
    letter: remittance_mail.Letter, *, currency: str | None, depth: int
) -> tuple[tuple[RemittanceAdvice, ...], list[str], list[FormatError]]:
    """What is attached: of files that machines write before those of PDF, which say the same again."""
    machine: list[RemittanceAdvice] = []
    printed: list[RemittanceAdvice] = []
    left_out: list[str] = []
    faults: list[FormatError] = []
    for one in letter.attachments:
        name = one.name or "attachment"
        if _FOREIGN.match(one.data):
            if _SHEETS.search(one.name):
                left_out.append(name)
            continue
        try:
            advices = _read(one.data, one.name, currency=currency, depth=depth + 1)
        except FormatError as error:
            faults.append(error)
            left_out.append(name)
            continue
        (printed if advices[0].format in ("pdf", "text") else machine).extend(advices)
    return tuple(machine or printed), left_out, faults


def _of_body(
    letter: remittance_mail.Letter, *, currency: str | None, faults: Iterable[FormatError]
) -> tuple[RemittanceAdvice, ...]:
    try:
        if letter.html.strip():
            try:
                return _of_html(letter.html, currency=currency)
            except FormatError:
                if not letter.text.strip():
                    raise
        return _of_rows(
            remittance_mail.rows_of_text(letter.text),
            letter.text,
            format_="text",
            currency=currency,
        )
    except FormatError as error:
        # What was attached was meant; what is wrong with it is of more use than that the body is empty.
        raise next((f for f in faults), error) from None


def _from_sender(advice: RemittanceAdvice, letter: remittance_mail.Letter) -> RemittanceAdvice:
    reference = advice.reference or _reference_in(letter.subject)
    return replace(advice, payer_name=advice.payer_name or letter.sender_name, reference=reference)


def _reference_in(subject: str) -> str:
    """What the subject calls the payment, if it says that it does."""
    name, mark, value = subject.partition(":")
    words = value.split()
    known = bool(mark) and fact_of(name.strip()) == "payment_reference"
    return words[0] if known and words else ""


def _unknown(file_name: str) -> FormatError:
    what = (
        f"The format of {kept_text(file_name)!r} is not known"
        if file_name
        else ("The format of this file is not known")
    )
    return FormatError(
        f"{what}. Supported are {SUPPORTED}; ask the payer for one of them.", code="unknown_format"
    )
