"""A bureau's table of scores to one record a company."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from usance.formats.bank_csv import amounts, dates
from usance.formats.bank_csv.vocabulary import plain
from usance.formats.errors import FormatError
from usance.formats.rows import Row, bad_rows, read_table, whole
from usance.rules.money import EXPONENTS, MoneyError

_NAMES: Final = {
    "duns": ("d u n s", "duns", "d u n s number", "duns number", "duns no", "numero duns"),
    "number": (
        "registration number", "company number", "company registration number", "reg no",
        "national id", "number", "codice fiscale", "partita iva", "vat number", "tax id",
        "handelsregisternummer", "registernummer", "crefonummer", "siren",
    ),
    "name": (
        "company name", "business name", "name", "company", "denominazione", "ragione sociale",
        "firma", "firmenname", "raison sociale", "denomination",
    ),
    "country": ("country", "country code", "paese", "nazione", "land", "landercode", "pays"),
    "failure_score": ("failure score", "failure", "failure score percentile"),
    "delinquency_score": (
        "delinquency score", "delinquency", "delinquency score percentile", "paydex",
    ),
    "score": (
        "credit score", "score", "crif score", "punteggio", "bonitatsindex", "note", "viability score",
    ),
    "rating": (
        "rating", "risk rating", "risk band", "risk class", "d b rating", "classe di rischio", "classe",
        "risikoklasse", "classe de risque", "risk indicator",
    ),
    "limit": (
        "credit limit", "limit", "recommended limit", "recommended credit limit", "maximum credit",
        "max credit", "fido", "fido consigliato", "massimo credito", "kreditlimit",
        "hochstkredit", "limite de credit", "encours",
    ),
    "currency": ("currency", "limit currency", "valuta", "divisa", "wahrung", "devise"),
    "as_of": (
        "as of", "as of date", "score date", "date", "data", "data score", "data aggiornamento",
        "stand", "datum", "date du score",
    ),
    "insolvent": (
        "insolvency", "insolvent", "insolvency flag", "bankruptcy", "bankruptcy indicator",
        "procedura concorsuale", "procedure concorsuali", "insolvenz", "procedure collective",
    ),
}  # fmt: skip
_REQUIRED: Final = frozenset({"name", "as_of"})

_YES: Final = {"y", "yes", "true", "1", "s", "si", "j", "ja", "o", "oui", "x"}
_NO: Final = {"n", "no", "false", "0", "nein", "non"}
_SCORE: Final = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a bureau says of one company on the day ``as_of``.

    ``limit`` is in minor units of ``currency``. None is not known: an empty cell, or no column.
    ``insolvent`` is False only where the file says so.
    """

    line: int
    duns: str | None
    number: str | None
    name: str
    country: str | None
    score: Decimal | None
    failure_score: Decimal | None
    delinquency_score: Decimal | None
    rating: str | None
    limit: int | None
    currency: str | None
    as_of: date
    insolvent: bool | None

    @property
    def id(self) -> str:
        """What the bureau knows the company by: its D-U-N-S, else its number, else its name."""
        return self.duns or self.number or self.name


def parse(data: bytes, *, currency: str | None = None) -> tuple[Score, ...]:
    """Read a table of scores; ``currency`` is that of limits where the file does not state one.

    Raises FormatError ``too_large``, ``wrong_encoding``, ``not_text``, ``unknown_table``,
    ``malformed_csv``, ``too_few_columns``, ``too_many_columns``, ``too_long``, or BadRows with
    ``missing_value``, ``invalid_value``, ``invalid_amount``, ``invalid_date``,
    ``ambiguous_amounts``, ``ambiguous_dates``, ``unknown_currency``, ``formula`` or ``duplicate``.
    """
    rows = read_table(data, names=_NAMES, required=_REQUIRED)
    if rows and not rows[0].columns.keys() & {"score", "failure_score", "rating", "limit"}:
        raise FormatError(
            "The table has no column with a score, a rating or a limit; export one with it.",
            code="unknown_table",
        )
    limits = {row.line: _limit_or_fault(row, currency=currency) for row in rows}
    # Day and month, and the decimal mark, are told by the file as a whole.
    mark = amounts.decide_mark(
        each for each in limits.values() if isinstance(each, amounts.Written)
    )
    order = dates.decide_order(_days(rows))

    def make(row: Row) -> Score:
        limit = limits[row.line]
        if isinstance(limit, FormatError):
            raise limit
        money = None if limit is None else amounts.to_money(limit, mark=mark)
        if money is not None and money.amount < 0:
            raise row.place("limit").error("a limit is not negative.", code="invalid_amount")
        return Score(
            line=row.line,
            duns=_duns(row),
            number=row.text("number", longest=60),
            name=row.required("name"),
            country=_country(row),
            score=_score(row, "score"),
            failure_score=_score(row, "failure_score"),
            delinquency_score=_score(row, "delinquency_score"),
            rating=row.text("rating", longest=40),
            limit=None if money is None else money.amount,
            currency=None if money is None else money.currency,
            as_of=dates.to_date((row.required("as_of"), row.place("as_of")), order=order),
            insolvent=_flag(row),
        )

    scores = whole(rows, make=make)
    _refuse_duplicates(rows, scores)
    return scores


def _days(rows: list[Row]) -> Iterator[dates.Cell]:
    for row in rows:
        with suppress(FormatError):  # named when its row is read
            yield row.required("as_of"), row.place("as_of")


def _limit_or_fault(row: Row, *, currency: str | None) -> amounts.Written | FormatError | None:
    try:
        return _limit(row, currency=currency)
    except FormatError as fault:
        return fault


def _limit(row: Row, *, currency: str | None) -> amounts.Written | None:
    text = row.text("limit", longest=60)
    if text is None or plain(text) in {"", "n a", "na", "nd", "n d"}:
        return None
    stated = row.text("currency", longest=10) or currency
    if stated is None:
        raise row.place("limit").error(
            "the limit has no currency; add a column Currency, or say which one the file is in.",
            code="unknown_currency",
        )
    if stated.upper() not in EXPONENTS:
        raise row.place("currency").error(
            f"{stated[:10]!r} is not an ISO 4217 currency in use.", code="unknown_currency"
        )
    try:
        return amounts.read_cell(text, place=row.place("limit"), currency=stated.upper())
    except MoneyError as error:
        raise row.place("limit").error(str(error), code="invalid_amount") from None


def _duns(row: Row) -> str | None:
    text = row.text("duns", longest=40)
    if text is None:
        return None
    digits = re.sub(r"[\s.\-]", "", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise row.place("duns").error(
            f"{text!r} is not a D-U-N-S number of nine digits.", code="invalid_value"
        )
    return digits.zfill(9)  # spreadsheets drop leading zeros


def _country(row: Row) -> str | None:
    text = row.text("country", longest=60)
    if text is None:
        return None
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise row.place("country").error(
            f"{text!r} is not a country code of two letters, such as IT.", code="invalid_value"
        )
    return text.upper()


def _score(row: Row, name: str) -> Decimal | None:
    text = row.text(name, longest=40)
    if text is None or plain(text) in {"", "n a", "na", "nd", "n d", "nr", "not rated"}:
        return None
    if not _SCORE.fullmatch(text):
        raise row.place(name).error(f"{text!r} is not a score.", code="invalid_value")
    return Decimal(text.replace(",", "."))


def _flag(row: Row) -> bool | None:
    text = row.text("insolvent", longest=60)
    if text is None:
        return None
    word = plain(text)
    if word in _YES or word in _NO:
        return word in _YES
    raise row.place("insolvent").error(f"{text!r} is neither yes nor no.", code="invalid_value")


def _refuse_duplicates(rows: list[Row], scores: tuple[Score, ...]) -> None:
    """Two rows about one company leave open which of them is meant."""
    first: dict[tuple[str | None, str], int] = {}
    faults = []
    for row, score in zip(rows, scores, strict=True):
        line = first.setdefault((score.country, score.id), row.line)
        if line != row.line:
            column = next(c for c in ("duns", "number", "name") if row.text(c) is not None)
            faults.append(
                row.place(column).error(
                    f"{score.id[:40]!r} was already on line {line}; keep one of them.",
                    code="duplicate",
                )
            )
    if faults:
        raise bad_rows(faults)
