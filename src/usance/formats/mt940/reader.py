"""MT940 and MT942 messages to statements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from usance.formats.bank_text import decode
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.mt940.bookings import (
    Balance,
    Booked,
    floor_currency,
    read_balance,
    read_booking,
    read_total,
)
from usance.formats.mt940.details import read_details
from usance.formats.mt940.fields import Field, Message, is_mt942, messages_of
from usance.formats.statement import (
    Notice,
    Statement,
    Transaction,
    compact,
    is_iban,
    join_texts,
)
from usance.rules.money import EXPONENTS

_BEGINNING: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?[\s\x01-\x1f]{0,200}(?:\{1:F[0-9]{2}|:(?:20|25|28C?|60[FM]|61|62[FM]|94[02]):)"
)
_SEQUENCE: Final = re.compile(r"([0-9]{1,9})(?:\s*/\s*([0-9]{1,9}))?")


def looks_like(data: bytes) -> bool:
    """Whether ``data`` begins as an MT940 or MT942 message does."""
    return _BEGINNING.match(data) is not None


def parse(data: bytes) -> tuple[Statement, ...]:
    """Read a file of MT940 and MT942 messages, one statement for each.

    The pages of one statement stay apart (``partial``). A file whose last message has neither a
    closing balance nor an end is refused: it has been cut off, perhaps within a booking.

    Raises FormatError with the line: ``too_large``, ``not_text``, ``wrong_encoding``,
    ``no_statement``, ``missing_field``, ``invalid_balance``, ``invalid_booking``, ``invalid_date``,
    ``invalid_amount``, ``unknown_currency``, ``cut_off``.
    """
    refuse_too_large(data)
    decoded = decode(data)
    statements = []
    messages = list(messages_of(decoded.text))
    for number, message in enumerate(messages, 1):
        statements.append(
            _statement(message, notices=decoded.notices, last=number == len(messages))
        )
    if not statements:
        raise FormatError(
            "There is no MT940 or MT942 message in the file; download it from the bank again.",
            code="no_statement",
        )
    return tuple(statements)


@dataclass(slots=True)
class _Parts:
    """The fields of a message by what they are for."""

    account: str | None = None
    sequence: str = ""
    id: str | None = None
    opening: Balance | None = None
    closing: Balance | None = None
    intermediate: bool = False
    ended: bool = False
    """Whether a field that ends a message is there, even if it cannot be read."""
    currency: str | None = None
    totals: list[tuple[str, int, int]] = field(default_factory=list)
    bookings: list[tuple[Field, list[list[str]]]] = field(default_factory=list)


def _statement(message: Message, *, notices: tuple[Notice, ...], last: bool) -> Statement:
    report = is_mt942(message)
    parts = _parts(message)
    if parts.account is None:
        raise _missing(message, ":25: (the account)")
    currency = parts.opening.currency if parts.opening else parts.currency
    if currency is None and parts.closing is not None:
        currency = parts.closing.currency
    if currency is None:
        raise _missing(message, ":34F: (the currency)" if report else ":60F: (the balance before)")
    if last and not message.closed and not parts.ended:
        raise FormatError(
            "The file ends before the statement does, so it has been cut off; download it again.",
            code="cut_off",
            line=message.fields[-1].line,
        )
    transactions = tuple(
        _transaction(
            read_booking(booking, currency=currency), details, currency=currency, ordinal=ordinal
        )
        for ordinal, (booking, details) in enumerate(parts.bookings, 1)
    )
    sequence = _SEQUENCE.fullmatch(parts.sequence)
    return Statement(
        kind="report" if report else "statement",
        id=parts.id,
        sequence=(int(sequence[1]) or None) if sequence else None,
        account=_account(parts.account, currency=currency),
        currency=currency,
        opening=parts.opening.amount if parts.opening else None,
        closing=parts.closing.amount if parts.closing else None,
        period_from=parts.opening.on if parts.opening else None,
        period_to=parts.closing.on if parts.closing else None,
        transactions=transactions,
        partial=parts.intermediate,
        notices=(*notices, *_noticed(parts, transactions, report=report)),
    )


def _parts(message: Message) -> _Parts:
    parts = _Parts()
    for one in message.fields:
        match one.tag:
            case "20":
                parts.id = one.first or None
            case "25" | "25P":
                parts.account = one.first or None
            case "28" | "28C":
                parts.sequence = one.first
            case "34F":
                parts.currency = parts.currency or floor_currency(one)
            case "60" | "60F" | "60M":
                parts.opening = read_balance(one)
                parts.intermediate = parts.intermediate or one.tag == "60M"
            case "62" | "62F" | "62M":
                parts.closing, parts.ended = read_balance(one), True
                parts.intermediate = parts.intermediate or one.tag == "62M"
            case "64" | "65" | "65F" | "65M":
                parts.ended = True  # what is available on later days is no business of the books
            case "90C" | "90D":
                parts.ended = True
                if (total := read_total(one)) is not None:
                    parts.totals.append((one.tag, *total))
            case "61":
                parts.bookings.append((one, []))
            case "86" if parts.bookings and not parts.ended:
                parts.bookings[-1][1].append(one.lines)
    return parts


def _account(text: str, *, currency: str) -> str:
    """The account: an IBAN without spaces, anything else as written, without a currency behind."""
    for candidate in (compact(text), compact(text).removesuffix(currency)):
        if is_iban(candidate):
            return candidate
    if text[-3:] in EXPONENTS and text[-4:-3].isdigit():
        return text[:-3].rstrip("/ ")
    return text


def _transaction(
    booked: Booked, blocks: list[list[str]], *, currency: str, ordinal: int
) -> Transaction:
    details = read_details(blocks, credit=booked.amount >= 0)
    returned = booked.reversal or details.returned
    return Transaction(
        ordinal=ordinal,
        amount=booked.amount,
        currency=currency,
        booked_on=booked.booked_on,
        value_on=booked.value_on,
        bank_reference=booked.bank_reference,
        end_to_end_id=details.end_to_end_id or booked.owner_reference,
        structured_reference=details.structured_reference,
        further_references=details.further_references,
        remittance_text=details.text,
        counterparty_name=details.counterparty_name,
        counterparty_account=details.counterparty_account or booked.counterparty_account,
        ultimate_counterparty_name=details.ultimate_counterparty_name,
        instructed=booked.instructed,
        returned=returned,
        return_reason=details.return_reason if returned else None,
        bank_transaction_code="/".join(filter(None, (booked.kind, details.code))) or None,
        additional_info=join_texts((details.additional_info, booked.supplement)),
    )


def _noticed(parts: _Parts, transactions: tuple[Transaction, ...], *, report: bool) -> list[Notice]:
    notices = []
    if not report and parts.closing is None:
        notices.append(Notice(code="closing_balance_missing"))
    for tag, count, amount in parts.totals:
        found = [t.amount for t in transactions if (t.amount >= 0) == (tag == "90C")]
        if count != len(found):
            notices.append(
                Notice(code="count_differs", data={"stated": count, "found": len(found)})
            )
        elif amount != abs(sum(found)):
            notices.append(
                Notice(code="total_differs", data={"stated": amount, "found": abs(sum(found))})
            )
    return notices


def _missing(message: Message, what: str) -> FormatError:
    return FormatError(
        f"{what} is missing; ask the bank for a complete file.",
        code="missing_field",
        line=message.line,
    )
