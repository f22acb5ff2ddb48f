"""Amounts as people and banks write them, with the decimal mark decided over a whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from usance.formats.bank_csv.mapping import DecimalMark
from usance.formats.bank_csv.place import Place
from usance.formats.errors import FormatError
from usance.rules.money import Money, MoneyError, exponent


@dataclass(frozen=True, slots=True)
class Written:
    """An amount still in writing: digits and marks, its sign apart."""

    place: Place
    negative: bool
    figures: str
    """Digits, points, commas; groups set off by other signs are marked by an underscore."""
    currency: str


# Every kind of space banks set between groups of thousands, the Swiss apostrophes, and the dashes
# that stand for a minus.
_MARKS: Final = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f", " ")
    | dict.fromkeys("'`\u2019\u00b4", "_")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
)
_LONGEST: Final = 60  # characters; a longer cell holds no amount, and would be costly to try
_SHAPE: Final = re.compile(
    r"(?P<open>\()?(?P<sign>[+-])?\s*(?P<before>[A-Z]{3}|[€$£¥])?\s*(?P<inner>[+-])?\s*"
    r"(?P<figures>[0-9.,][0-9.,_ ]*?)\s*"
    r"(?P<after>[A-Z]{3}|[€$£¥])?\s*(?P<side>CR|DR|Cr|Dr)?(?P<end>[+-])?(?P<close>\))?"
)
_WITH_POINT: Final = re.compile(
    r"(?:[0-9]{1,3}(?:[,_][0-9]{2,3})*[,_][0-9]{3}|[0-9]+)?(?:\.[0-9]*)?"
)
_WITH_COMMA: Final = re.compile(
    r"(?:[0-9]{1,3}(?:[._][0-9]{2,3})*[._][0-9]{3}|[0-9]+)?(?:,[0-9]*)?"
)


def read_cell(cell: str, *, place: Place, currency: str) -> Written:
    """Take sign, currency and figures of ``cell`` apart.

    A minus before or after, brackets, and DR mean a negative amount. Raises FormatError
    ``invalid_amount``, also where the cell names another currency than ``currency``.
    """
    if len(cell) > _LONGEST:
        raise _invalid(cell, place)
    match = _SHAPE.fullmatch(cell.translate(_MARKS).strip())
    if match is None or bool(match["open"]) != bool(match["close"]):
        raise _invalid(cell, place)
    figures = match["figures"].replace(" ", "_")
    if not any(c.isdigit() for c in figures) or not (
        _WITH_POINT.fullmatch(figures) or _WITH_COMMA.fullmatch(figures)
    ):
        raise _invalid(cell, place)
    signs = [match[name] for name in ("open", "sign", "inner", "side", "end") if match[name]]
    if len(signs) > 1:
        raise _invalid(cell, place)
    for named in (match["before"], match["after"]):
        if named and named.isalpha() and named != currency:
            raise place.error(
                f"the amount is in {named} but the row in {currency}; correct the file or the "
                "column mapping.",
                code="invalid_amount",
            )
    negative = bool(signs) and signs[0] in ("-", "(", "DR", "Dr")
    return Written(place=place, negative=negative, figures=figures, currency=currency)


def decide_mark(amounts: Iterable[Written]) -> DecimalMark:
    """The decimal mark of the file that all ``amounts`` are from.

    Raises FormatError ``mixed_decimal_marks`` if some amounts can only be read with a point and
    others only with a comma, ``ambiguous_amounts`` if amounts such as 1,234 can be read both ways
    and nothing else in the file decides.
    """
    votes: dict[DecimalMark, list[Written]] = {".": [], ",": []}
    undecided = None
    for amount in amounts:
        mark = _evidence(amount.figures, digits=exponent(amount.currency))
        if mark is not None:
            votes[mark].append(amount)
        elif undecided is None and ("." in amount.figures or "," in amount.figures):
            undecided = amount
    if votes["."] and votes[","]:
        usual: DecimalMark = "." if len(votes["."]) >= len(votes[","]) else ","
        odd = votes["," if usual == "." else "."][0]
        raise odd.place.error(
            f"{_shown(odd.figures)} does not use {usual!r} as its decimal mark as the other "
            "amounts of the file do; correct it.",
            code="mixed_decimal_marks",
        )
    if votes["."] or votes[","]:
        return "." if votes["."] else ","
    if undecided is not None:
        raise undecided.place.error(
            f"{_shown(undecided.figures)} may be thousands or a fraction, and no amount of the "
            "file decides; set decimal_mark in the column mapping.",
            code="ambiguous_amounts",
        )
    return "."


def _evidence(figures: str, *, digits: int) -> DecimalMark | None:
    """The decimal mark that ``figures`` can only have, for a currency with ``digits`` decimals."""
    points, commas = figures.count("."), figures.count(",")
    if points and commas:
        return "." if figures.rindex(".") > figures.rindex(",") else ","
    if not points and not commas:
        return None
    mark: DecimalMark = "." if points else ","
    other: DecimalMark = "," if points else "."
    if points + commas > 1:
        return other
    head, tail = figures.replace("_", "").split(mark)
    if len(tail) != 3 or not 1 <= len(head) <= 3 or head.startswith("0"):
        return mark  # a group of thousands has three digits and something before it
    if digits == 2:
        return None
    return mark if digits == 3 else other


def to_money(written: Written, *, mark: DecimalMark) -> Money:
    """The amount with its sign, read with the decimal ``mark`` of its file.

    Raises FormatError ``invalid_amount``.
    """
    shape = _WITH_POINT if mark == "." else _WITH_COMMA
    if not shape.fullmatch(written.figures):
        raise _invalid(written.figures, written.place)
    figures = written.figures.replace("_", "").replace("," if mark == "." else ".", "")
    try:
        amount = Money.parse(figures.replace(mark, "."), currency=written.currency)
    except MoneyError as error:
        raise written.place.error(str(error), code="invalid_amount") from None
    return -amount if written.negative else amount


def _invalid(cell: str, place: Place) -> FormatError:
    return place.error(
        f"{_shown(cell)} is not an amount; correct it or choose another column.",
        code="invalid_amount",
    )


def _shown(cell: str) -> str:
    shown = cell.replace("_", " ")
    return repr(f"{shown[:40]}..." if len(shown) > 40 else shown)
