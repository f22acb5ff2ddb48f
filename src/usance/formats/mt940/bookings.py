"""Field ``:61:`` and the balances: amounts, dates and marks.

Source: SWIFT Standards, Category 9, MT940 fields 60a, 61 and 62a; MT942 fields 34F, 90C and 90D.
"""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.mt940.fields import Field
from usance.formats.statement import compact, is_iban, join_texts, one_line, reference_or_none
from usance.rules.money import Money, MoneyError

# Entry date, funds code, the kind of booking and the comma are left out or padded by some banks.
_BOOKING: Final = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4}|\s{4})?\s*(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?\s*"
    r"(?P<amount>[0-9]{1,18}(?:[,.][0-9]{0,18})?)\s*(?P<kind>[A-Z][A-Z0-9 ]{3})?(?P<rest>.*)"
)
_BALANCE: Final = re.compile(
    r"(?P<mark>[CD])(?P<on>[0-9]{6})\s*(?P<currency>[A-Z]{3})\s*"
    r"(?P<amount>[0-9]{1,18}(?:[,.][0-9]{0,18})?)\s*"
)
_FLOOR: Final = re.compile(r"([A-Z]{3})[CD]?[0-9]{1,18}(?:[,.][0-9]{0,18})?")
_TOTAL: Final = re.compile(r"([0-9]{1,5})([A-Z]{3})([0-9]{1,18}(?:[,.][0-9]{0,18})?)")
_ORDERED: Final = re.compile(r"/OCMT/([A-Z]{3})([0-9]{1,15}(?:[,.][0-9]{0,15})?)")
_ACCOUNT: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z]{4}[0-9]{10}")
_LONGEST: Final = 300
# What stands for the reference where ``:86:`` or nothing gives it.
_ELSEWHERE: Final = frozenset({"EREF", "EREF+", "KREF", "KREF+", "MREF", "PREF", "IREF", "NONREF"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What ``:61:`` tells of one booking."""

    amount: int
    booked_on: date
    value_on: date
    reversal: bool
    kind: str | None
    """SWIFT's or the bank's code of the kind of booking, such as NTRF."""
    owner_reference: str | None
    bank_reference: str | None
    counterparty_account: str | None
    instructed: Money | None
    supplement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A booked balance, signed, in minor units."""

    amount: int
    currency: str
    on: date


def read_booking(field: Field, *, currency: str) -> Booked:
    """The booking of a ``:61:``. Raises FormatError ``invalid_booking`` and what its parts raise."""
    line = field.lines[0].strip()
    match = _BOOKING.fullmatch(line) if len(line) <= _LONGEST else None
    if match is None:
        raise _invalid(field, "a booking such as 2604300430C1234,50NTRFNONREF", "invalid_booking")
    value_on = _day(match["value"], field=field)
    mark = match["mark"]
    credit = mark in ("C", "RD", "EC")
    amount = _money(match["amount"], currency=currency, field=field).amount
    owner, bank, rest = _references(match["rest"])
    account, ordered, supplement = _supplement(rest, field.lines[1:])
    if owner is not None and _ACCOUNT.fullmatch(owner):
        # Dutch banks give the other side's account in place of a reference.
        account, owner = account or owner, None
    return Booked(
        amount=amount if credit else -amount,
        booked_on=_entry_day(match["entry"], value_on=value_on, field=field),
        value_on=value_on,
        reversal=mark.startswith("R") or (match["kind"] or "")[1:] == "RTI",
        kind=(match["kind"] or "").strip() or None,
        owner_reference=owner,
        bank_reference=bank,
        counterparty_account=account,
        instructed=_signed(ordered, like=amount if credit else -amount, currency=currency),
        supplement=supplement,
    )


def _references(rest: str) -> tuple[str | None, str | None, str]:
    """The owner's reference, the bank's, and what stands after both."""
    # Rabobank and others pad the reference to its full width and write the name behind it.
    reference, _, name = rest.strip().partition("  ")
    owner, _, bank = reference.partition("//")
    owner = owner.strip()
    return (
        None if owner.upper() in _ELSEWHERE else reference_or_none(owner),
        reference_or_none(bank),
        one_line(name),
    )


def _supplement(rest: str, lines: list[str]) -> tuple[str | None, Money | None, str]:
    """Account of the other side, amount ordered, and text of the supplementary details."""
    account, ordered, texts = None, None, [rest]
    for line in map(one_line, lines):
        if is_iban(compact(line)) or _ACCOUNT.fullmatch(line):
            account = compact(line)
            continue
        if match := _ORDERED.search(line):
            with suppress(MoneyError):  # only informative
                ordered = Money.parse(match[2].replace(",", "."), currency=match[1])
        texts.append(line)
    return account, ordered, join_texts(texts)


def _signed(ordered: Money | None, *, like: int, currency: str) -> Money | None:
    if ordered is None or not ordered.amount:
        return None
    signed = -ordered if like < 0 else ordered
    return None if (signed.amount, signed.currency) == (like, currency) else signed


def read_balance(field: Field) -> Balance:
    """The balance of a ``:60a:`` or ``:62a:``. Raises FormatError ``invalid_balance``."""
    match = _BALANCE.fullmatch(field.first)
    if match is None:
        raise _invalid(field, "a balance such as C260430EUR1234,50", "invalid_balance")
    amount = _money(match["amount"], currency=match["currency"], field=field)
    return Balance(
        amount=amount.amount if match["mark"] == "C" else -amount.amount,
        currency=match["currency"],
        on=_day(match["on"], field=field),
    )


def floor_currency(field: Field) -> str | None:
    """The currency of the floor limit ``:34F:``, which is that of an MT942."""
    match = _FLOOR.fullmatch(field.first)
    return match[1] if match else None


def read_total(field: Field) -> tuple[int, int] | None:
    """Count and sum in minor units of ``:90C:`` or ``:90D:``; None if it cannot be read."""
    match = _TOTAL.fullmatch(field.first)
    if match is None:
        return None
    try:
        return int(match[1]), Money.parse(match[3].replace(",", "."), currency=match[2]).amount
    except MoneyError:
        return None


def _money(figures: str, *, currency: str, field: Field) -> Money:
    whole, _, fraction = figures.replace(".", ",").partition(",")
    # Some banks fill the fraction with zeros beyond the currency's decimals.
    plain = f"{whole}.{fraction.rstrip('0')}" if fraction.rstrip("0") else whole
    try:
        return Money.parse(plain, currency=currency)
    except MoneyError as error:
        code = "unknown_currency" if error.code == "unknown_currency" else "invalid_amount"
        raise FormatError(str(error), code=code, line=field.line) from None


def _day(figures: str, *, field: Field) -> date:
    year = int(figures[:2])
    return _date(year + (1900 if year >= 80 else 2000), figures[2:], field=field)


def _date(year: int, figures: str, *, field: Field) -> date:
    month, day = int(figures[:2]), int(figures[2:])
    if 1 <= month <= 12 and 1 <= day <= 31:
        last = monthrange(year, month)[1]
        # Where months count 30 days for interest, value dates name days that February lacks.
        if day <= last or (month == 2 and day == 30) or (month == 2 and day == 29):
            return date(year, month, min(day, last))
    raise _invalid(field, "a date of six digits such as 260430", "invalid_date")


def _entry_day(figures: str | None, *, value_on: date, field: Field) -> date:
    """The day of booking, in the year that brings it nearest to the value date."""
    if not figures or not figures.strip():
        return value_on
    candidates = [
        _date(year, figures, field=field)
        for year in (value_on.year - 1, value_on.year, value_on.year + 1)
    ]
    return min(candidates, key=lambda day: abs((day - value_on).days))


def _invalid(field: Field, expected: str, code: str) -> FormatError:
    shown = one_line(field.lines[0])
    shown = f"{shown[:40]}..." if len(shown) > 40 else shown
    return FormatError(
        f":{field.tag}: {shown!r} is not {expected}; ask the bank for a corrected file.",
        code=code,
        line=field.line,
    )
