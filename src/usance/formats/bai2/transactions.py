"""The transaction record (16) of BAI2: amounts, type codes, and what banks put into its text."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from usance.formats.bai2.records import Record, funds_fields
from usance.formats.errors import FormatError
from usance.formats.statement import Transaction, join_texts, one_line, reference_or_none
from usance.rules.money import LARGEST_AMOUNT

# Returned items, rejected and reversed ACH entries: credits 2xx, debits 5xx.
_RETURNS: Final = frozenset(
    f"{direction}{kind}"
    for direction in "25"
    for kind in ("52", "55", "57", "58", "61", "66", "68")
)
_AMOUNT: Final = re.compile(r"([+-]?)([0-9]{1,18})")
_DAY: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")
_REASON: Final = re.compile(r"\bR[0-9]{2}\b")
_KEYED: Final = re.compile(r"\s*([A-Z]{4}): ?(.*)")


def amount_of(text: str, *, line: int) -> int | None:
    """Minor units of ``text``, which has no decimal mark; None if it is empty.

    Raises FormatError ``invalid_amount``.
    """
    if not text:
        return None
    match = _AMOUNT.fullmatch(text)
    if match is None or int(match[2]) > LARGEST_AMOUNT:
        raise FormatError(
            f"{text[:40]!r} is not an amount of whole minor units; ask the bank for a corrected file.",
            code="invalid_amount",
            line=line,
        )
    return -int(match[2]) if match[1] == "-" else int(match[2])


def day_of(text: str, *, line: int) -> date:
    """A day written YYMMDD. Raises FormatError ``invalid_date``."""
    match = _DAY.fullmatch(text)
    if match is not None:
        try:
            return date(2000 + int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
    raise FormatError(
        f"{text[:40]!r} is not a date of six digits such as 260430; ask the bank for a corrected"
        " file.",
        code="invalid_date",
        line=line,
    )


def transaction_of(
    record: Record, *, currency: str, booked_on: date, ordinal: int
) -> Transaction | None:
    """What a record 16 books; None if it moves no money (its type, or no amount).

    Type codes from 100 are credits, from 400 debits; of the bank's own, 920 to 959 and 960 to 999.
    Raises FormatError ``invalid_record``, ``invalid_amount`` or ``invalid_date``.
    """
    fields = record.fields + [""] * (5 - len(record.fields))
    code, amount = fields[0], amount_of(fields[1], line=record.line)
    direction = _direction(code, line=record.line)
    if not direction or not amount:
        return None
    funds = fields[2].upper()
    at = 3 + funds_fields(funds, fields[3:4], line=record.line)
    value_on = day_of(fields[3], line=record.line) if funds == "V" and fields[3] else None
    bank_reference = fields[at] if at < len(fields) else ""
    own_reference = fields[at + 1] if at + 1 < len(fields) else ""
    keyed, text = _keyed(record.texts)
    returned = code in _RETURNS
    reason = _REASON.search(text) if returned else None
    credit = direction * amount >= 0
    return Transaction(
        ordinal=ordinal,
        amount=direction * amount,
        currency=currency,
        booked_on=booked_on,
        value_on=value_on,
        bank_reference=reference_or_none(bank_reference),
        end_to_end_id=reference_or_none(keyed.get("EREF") or own_reference),
        further_references=tuple(filter(None, (reference_or_none(keyed.get("CREF")),))),
        remittance_text=keyed["REMI"] if keyed.get("REMI") else text,
        counterparty_name=keyed.get("DBNM" if credit != returned else "CRNM") or None,
        counterparty_account=keyed.get("DACT" if credit != returned else "CACT") or None,
        returned=returned,
        return_reason=reason[0] if reason else None,
        bank_transaction_code=code,
        additional_info=text if keyed.get("REMI") else "",
    )


def _direction(code: str, *, line: int) -> int:
    """1 for a credit, -1 for a debit, 0 for what moves no money."""
    if not re.fullmatch(r"[0-9]{3}", code):
        raise FormatError(
            f"{code[:20]!r} is no type of three digits; ask the bank for a corrected file.",
            code="invalid_record",
            line=line,
        )
    number = int(code)
    if 100 <= number <= 399 or 920 <= number <= 959:
        return 1
    if 400 <= number <= 699 or 960 <= number <= 999:
        return -1
    return 0


def _keyed(texts: list[str]) -> tuple[dict[str, str], str]:
    """The lines that are a word of four letters and a value, and all the others as one text."""
    keyed: dict[str, str] = {}
    rest = []
    for line in texts:
        if match := _KEYED.fullmatch(line):
            keyed.setdefault(match[1], one_line(match[2]))
        else:
            rest.append(one_line(line))
    return keyed, join_texts(rest)
