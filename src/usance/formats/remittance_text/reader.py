"""Lines of text to a remittance advice, by what the lines hold and not by where.

A line that has something like the number of a document and an amount may be a line of the advice. Which
of its amounts is what was paid is tried out: the choice stands if the sum is the payment. Whatever is found
is marked as guessed, so that no booking rests on it alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from usance.formats.bank_csv.amounts import decide_mark, read_cell, to_money
from usance.formats.bank_csv.dates import decide_order, to_date
from usance.formats.bank_csv.mapping import DecimalMark
from usance.formats.bank_csv.place import Place
from usance.formats.bank_csv.vocabulary import plain
from usance.formats.errors import FormatError
from usance.formats.remittance import (
    AdvisedDocument,
    Finding,
    RemittanceAdvice,
    checked,
    kept_text,
)
from usance.formats.remittance_table.columns import CREDIT_WORDS, TOTAL_WORDS, Field, fact_of
from usance.rules.money import EXPONENTS

MOST_TEXT_LINES: Final = 5_000
_LONGEST_LINE: Final = 400
_AMOUNT: Final = re.compile(
    r"(?<![\w.,/-])(?P<sign>[-−(])?\s?(?P<unit>[€$£]|[A-Z]{3}\s)?\s?"
    r"(?P<figures>[0-9]{1,3}(?:[ .,'’\u00a0\u202f][0-9]{3}){0,4}[.,][0-9]{2}|[0-9]{1,12}[.,][0-9]{2})"
    r"(?P<after>\s?(?:[€$£]|[A-Z]{3})(?!\w))?(?P<back>-|\))?(?![\w/]|[.,-][0-9])"
)
_DATE: Final = re.compile(
    r"(?<!\w)(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2}))(?!\w)"
)
_NUMBER: Final = re.compile(
    r"(?<![\w.,])[A-Za-z]{0,6}[-/.#_]?[0-9][A-Za-z0-9]*(?:[-/._][A-Za-z0-9]+)*"
)
_NAMED: Final = re.compile(r"^\s*([^:]{2,40}?)\s*(?::|\s{2,}|\t)\s*(\S.{0,160}?)\s*$")
_SUM: Final = re.compile(
    r"\b(?:total|grand total|amount paid|payment amount|cheque amount|check amount|gesamt\w*|summe|"
    r"zahlbetrag|montant total|totale|total a pagar|totaal|importe total|suma)\b",
    re.IGNORECASE,
)
_SHORTEST, _LONGEST = 3, 40
"""Characters of the number of a document."""
_UNITS: Final = {"€": "EUR", "£": "GBP", "$": "USD"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that may be one of the advice's: its number and the amounts beside it."""

    number: str
    amounts: tuple[int, ...]
    day: date | None
    is_credit: bool


def advice_of_text(
    text: str, *, format_: str, currency: str | None = None, amount: int | None = None
) -> RemittanceAdvice:
    """The advice that ``text`` seems to be.

    ``currency`` is used where the text tells none, ``amount`` (minor units) is the payment where that
    is known from elsewhere. Raises FormatError ``no_lines`` if no line has a number and an amount,
    ``missing_currency``, ``too_many_lines``, or what ambiguous amounts raise.
    """
    lines = text.splitlines()
    if len(lines) > MOST_TEXT_LINES:
        raise FormatError(
            f"The text has {len(lines)} lines; up to {MOST_TEXT_LINES} are read. Ask the payer for a"
            " table.",
            code="too_many_lines",
        )
    lines = [line[:_LONGEST_LINE] for line in lines]
    return _Text(lines, format_=format_, currency=currency, amount=amount).advice()


class _Text:
    def __init__(
        self, lines: list[str], *, format_: str, currency: str | None, amount: int | None
    ) -> None:
        self.lines, self.format = lines, format_
        self.currency = self._currency() or currency or ""
        if not self.currency:
            raise FormatError(
                "The text does not tell its currency; give it along with the text.",
                code="missing_currency",
            )
        self.mark = self._mark()
        self.facts = self._facts()
        self.known = amount

    def advice(self) -> RemittanceAdvice:
        candidates = list(self._candidates())
        if not candidates:
            raise FormatError(
                "No line of the text has the number of a document and an amount; ask the payer for a"
                " table, or type the lines in.",
                code="no_lines",
            )
        totals = self._totals()
        lines, total = _chosen(candidates, totals if self.known is None else [self.known])
        guessed = Finding(code="guessed")
        cheque = self._fact("cheque")
        return checked(
            RemittanceAdvice(
                format=self.format,
                payer_name=self._fact("payer"),
                reference=self._fact("payment_reference"),
                cheque_number=cheque,
                paid_on=self._paid_on(),
                amount=total,
                currency=self.currency,
                method="cheque" if cheque else "transfer",
                lines=lines,
                findings=(guessed,),
            )
        )

    def _candidates(self) -> Iterator[_Line]:
        for number, line in enumerate(self.lines, 1):
            found = [m for m in _AMOUNT.finditer(line) if self._is_amount(m)]
            if not found or _begins_as_sum(line):
                continue
            named = _document_in(line, spans=[m.span() for m in found])
            if named is None:
                continue
            amounts = tuple(self._money(match, number) for match in found)
            words = plain(line)
            credit = any(f" {word} " in f" {words} " for word in CREDIT_WORDS if len(word) > 2)
            yield _Line(named, amounts, self._day_in(line), credit)

    def _totals(self) -> list[int]:
        """What may be the payment's amount, the likeliest first."""
        found: list[int] = []
        if "payment_amount" in self.facts:
            match = _AMOUNT.search(self.facts["payment_amount"])
            if match is not None:
                found.append(self._money(match, 1))
        for number, line in enumerate(self.lines, 1):
            if _SUM.search(line):
                found += [self._money(m, number) for m in _AMOUNT.finditer(line)][::-1]
        return list(dict.fromkeys(found))

    def _facts(self) -> dict[Field, str]:
        found: dict[Field, str] = {}
        for line in self.lines:
            match = _NAMED.match(line)
            fact = fact_of(match[1]) if match is not None else None
            if match is not None and fact is not None:
                found.setdefault(fact, match[2])
        return found

    def _fact(self, name: Field) -> str:
        return kept_text(self.facts.get(name, ""))

    def _paid_on(self) -> date | None:
        return self._day_in(self.facts.get("payment_date", ""))

    def _day_in(self, line: str) -> date | None:
        match = _DATE.search(line)
        if match is None:
            return None
        cell = (match[0], Place(line=1, column=1, heading="date"))
        try:
            return to_date(cell, order=decide_order([cell]))
        except FormatError:
            return None  # no money depends on it

    def _currency(self) -> str:
        """The currency that stands beside the amounts, the most frequent."""
        counts: dict[str, int] = {}
        for line in self.lines:
            for match in _AMOUNT.finditer(line):
                for unit in (match["unit"], match["after"]):
                    code = (unit or "").strip()
                    code = _UNITS.get(code, code)
                    if code in EXPONENTS:
                        counts[code] = counts.get(code, 0) + 1
        if counts:
            return max(counts, key=lambda code: counts[code])
        words = " ".join(self.lines[:200]).split()
        named = [word.strip("():,;") for word in words]
        return next((word for word in named if word in ("EUR", "USD", "GBP", "CHF", "RON")), "")

    def _is_amount(self, match: re.Match[str]) -> bool:
        for unit in (match["unit"], match["after"]):
            code = (unit or "").strip()
            if code and _UNITS.get(code, code) not in EXPONENTS:
                return False
        return True

    def _mark(self) -> DecimalMark:
        written = []
        for number, line in enumerate(self.lines, 1):
            for match in _AMOUNT.finditer(line):
                here = Place(line=number, column=match.start() + 1, heading="amount")
                written.append(read_cell(match["figures"], place=here, currency=self.currency))
        return decide_mark(written)

    def _money(self, match: re.Match[str], number: int) -> int:
        place = Place(line=number, column=match.start() + 1, heading="amount")
        written = read_cell(match["figures"], place=place, currency=self.currency)
        amount = to_money(written, mark=self.mark).amount
        negative = bool(match["sign"]) or match["back"] == "-"
        return -amount if negative else amount


def _document_in(line: str, *, spans: Sequence[tuple[int, int]]) -> str | None:
    """The first thing in ``line`` that may number a document and is neither amount nor date."""
    taken = [*spans, *(m.span() for m in _DATE.finditer(line))]
    for match in _NUMBER.finditer(line):
        start, end = match.span()
        if any(start < stop and begin < end for begin, stop in taken):
            continue
        text = match[0]
        if _SHORTEST <= len(text) <= _LONGEST:
            return text
    return None


def _begins_as_sum(line: str) -> bool:
    words = plain(line).split()
    return bool(words) and (words[0] in TOTAL_WORDS or words[:2] == ["grand", "total"])


def _chosen(
    candidates: list[_Line], totals: Sequence[int]
) -> tuple[tuple[AdvisedDocument, ...], int | None]:
    """The lines with the amount that makes a total of ``totals``, and that total.

    Tried are, on every line: its last amount, its first, then each place from the right; and the same
    without lines whose number came before. Where nothing fits, the last amounts, with the first total.
    """
    distinct = list({line.number: line for line in reversed(candidates)}.values())[::-1]
    widest = max(len(line.amounts) for line in candidates)
    for lines in (candidates, distinct) if len(distinct) < len(candidates) else (candidates,):
        for place in dict.fromkeys((-1, 0, *range(-2, -widest - 1, -1))):
            made = _documents(lines, place)
            for signed in (made, _turned(made)):
                total = sum(line.paid or 0 for line in signed)
                if total in totals:
                    return signed, total
    return _documents(candidates, -1), totals[0] if totals else None


def _documents(lines: Sequence[_Line], place: int) -> tuple[AdvisedDocument, ...]:
    found = []
    for line in lines:
        amounts = line.amounts
        at = place if -len(amounts) <= place < len(amounts) else -1
        paid = amounts[at]
        gross = amounts[0] if len(amounts) > 1 and at != 0 and amounts[0] >= paid > 0 else None
        # Between the gross amount and what is paid stands what was taken off, if it adds up.
        rest = gross - paid if gross is not None else 0
        found.append(
            AdvisedDocument(
                number=kept_text(line.number),
                kind="credit_note" if line.is_credit or paid < 0 else "invoice",
                dated=line.day,
                gross=gross if rest in (0, *(abs(a) for a in amounts[1:-1])) else None,
                discount=rest if rest and rest in (abs(a) for a in amounts[1:-1]) else 0,
                paid=paid,
            )
        )
    return tuple(found)


def _turned(lines: Sequence[AdvisedDocument]) -> tuple[AdvisedDocument, ...]:
    """The credit notes below zero."""
    return tuple(
        replace(line, paid=-line.paid)
        if line.kind == "credit_note" and line.paid is not None and line.paid > 0
        else line
        for line in lines
    )
