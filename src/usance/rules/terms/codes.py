"""Reading the codes of payment terms; their grammar is in ``spelling``."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from usance.rules.terms.marks import (
    LONGEST_TERM,
    Cash,
    DayOfMonth,
    EndOfWeek,
    FixedDate,
    Part,
    Tier,
    UnknownTerms,
)
from usance.rules.terms.model import Terms
from usance.rules.terms.spelling import LONGEST_CODE, equal_parts

_PERCENT: Final = r"[0-9]{1,2}(?:\.[0-9]{1,2})?"
_DISCOUNT: Final = re.compile(rf"d({_PERCENT})_([0-9]{{1,3}})_")
_DEPOSIT: Final = re.compile(rf"dep({_PERCENT})_")
_NET: Final = re.compile(r"net_([0-9]{1,3})(_eow|_eom(?:_([0-9]{1,3}))?)?")
_AFTER_MONTH: Final = re.compile(r"eom_([0-9]{1,3})")
_DAY: Final = re.compile(r"day_([0-9]{1,2})_([0-9]{1,2})")
_DATE: Final = re.compile(r"on_([0-9]{4})([0-9]{2})([0-9]{2})")
_EQUAL: Final = re.compile(r"([0-9]{1,2})x([0-9]{1,3})(_eom)?")
_EQUAL_AT: Final = re.compile(r"at([0-9]{1,3}(?:_[0-9]{1,3})+)(_eom)?")
_SHARES: Final = re.compile(rf"({_PERCENT}at[0-9]{{1,3}}(?:_{_PERCENT}at[0-9]{{1,3}})+)(_eom)?")
_AMOUNTS: Final = re.compile(r"((?:[1-9][0-9]{0,15}cat[0-9]{1,3}_)+)at([0-9]{1,3})(_eom)?")
_WORDS: Final = {
    "due_on_receipt": Terms(0),
    "cash_in_advance": Terms(mark=Cash("in_advance")),
    "cash_on_delivery": Terms(mark=Cash("on_delivery")),
}


@lru_cache(maxsize=4096)
def parse_terms(code: str) -> Terms:
    """Read a terms code. Raises UnknownTerms if it is none."""
    try:
        terms = _parse(code) if len(code) <= LONGEST_CODE else None
    except UnknownTerms as error:
        raise UnknownTerms(f"{code!r} is not a payment term: {error}") from None
    # One code for the same terms: net_030 and d2.0_10_net_30 are not written so.
    if terms is None or terms.code != code:
        raise UnknownTerms(
            f"{code!r} is not a payment term; write due_on_receipt, net_30 or net_30_eom,"
            f" with at most {LONGEST_TERM} days, or for example day_15_1, 3x30, d2_10_net_30."
        )
    return terms


def _parse(code: str) -> Terms | None:
    tiers: list[Tier] = []
    while found := _DISCOUNT.match(code):
        tiers.append(Tier(hundredths(found[1]), int(found[2])))
        code = code[found.end() :]
    parted = _instalments(code, tuple(tiers))
    if parted is not None:
        return parted
    deposit = 0
    if found := _DEPOSIT.match(code):
        deposit = hundredths(found[1])
        code = code[found.end() :]
    return _single(code, deposit=deposit, tiers=tuple(tiers))


def hundredths(text: str) -> int:
    """A percentage in hundredths of a percent, exactly: "12.5" is 1250."""
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


def _single(code: str, *, deposit: int, tiers: tuple[Tier, ...]) -> Terms | None:
    if word := _WORDS.get(code):
        return Terms(mark=word.mark, deposit=deposit, tiers=tiers)
    if found := _NET.fullmatch(code):
        weekly = found[2] == "_eow"
        return Terms(
            int(found[1]),
            bool(found[2]) and not weekly,
            extra_days=int(found[3] or 0),
            mark=EndOfWeek() if weekly else None,
            deposit=deposit,
            tiers=tiers,
        )
    if found := _AFTER_MONTH.fullmatch(code):
        return Terms(0, True, extra_days=int(found[1]), deposit=deposit, tiers=tiers)
    if found := _DAY.fullmatch(code):
        mark = DayOfMonth(int(found[1]), int(found[2]))
        return Terms(mark=mark, deposit=deposit, tiers=tiers)
    if found := _DATE.fullmatch(code):
        try:
            on = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            raise UnknownTerms("There is no such day.") from None
        return Terms(mark=FixedDate(on), deposit=deposit, tiers=tiers)
    return None


def _instalments(code: str, tiers: tuple[Tier, ...]) -> Terms | None:
    if found := _EQUAL.fullmatch(code):
        count, every, moved = int(found[1]), int(found[2]), found[3]
        parts = equal_parts([every * n for n in range(1, count + 1)])
    elif found := _EQUAL_AT.fullmatch(code):
        parts, moved = equal_parts([int(days) for days in found[1].split("_")]), found[2]
    elif found := _SHARES.fullmatch(code):
        pairs = [part.split("at") for part in found[1].split("_")]
        parts = tuple(Part(int(days), hundredths(share)) for share, days in pairs)
        moved = found[2]
    elif found := _AMOUNTS.fullmatch(code):
        fixed = [part.split("cat") for part in found[1].rstrip("_").split("_")]
        parts = (
            *(Part(int(days), amount=int(amount)) for amount, days in fixed),
            Part(int(found[2])),
        )
        moved = found[3]
    else:
        return None
    if not parts:
        return None
    return Terms(parts[-1].days, bool(moved), parts=parts, tiers=tiers)
