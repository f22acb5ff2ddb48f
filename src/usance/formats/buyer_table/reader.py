"""A table of trade accounts to one record each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from usance.formats.bank_csv import amounts
from usance.formats.bank_csv.mapping import DecimalMark
from usance.formats.bank_csv.place import Place
from usance.formats.errors import FormatError
from usance.formats.rows import MOST_FAULTS, Row, bad_rows, read_table, whole
from usance.rules.money import EXPONENTS, LARGEST_AMOUNT
from usance.rules.terms import Terms, UnknownTerms
from usance.rules.terms.reading import read_terms

_NAMES: Final = {
    "external_id": (
        "external id", "customer number", "customer no", "customer id", "cust number", "buyer number",
        "number", "account number", "codice cliente", "cod cliente", "kundennummer", "kunden nr",
        "numero client", "code client", "cod client", "kunnr",
    ),
    "name": (
        "name", "company name", "company", "customer name", "name customer", "ragione sociale",
        "denominazione", "firma", "firmenname", "raison sociale", "denumire",
    ),
    "country": ("country", "country code", "paese", "nazione", "land", "pays", "tara"),
    "email": ("email", "e mail", "e mail address", "email address", "mail", "indirizzo e mail"),
    "tax_id": (
        "tax id", "tax number", "vat number", "vat id", "vat no", "partita iva", "p iva",
        "ust idnr", "ust id", "numero tva", "tva", "cui", "cif", "gstin",
    ),
    "registration_number": (
        "registration number", "company number", "reg no", "codice fiscale", "handelsregisternummer",
        "registernummer", "siren", "siret", "numar de inregistrare",
    ),
    "language": ("language", "language code", "lingua", "sprache", "langue", "limba"),
    "group": ("group", "customer group", "gruppo", "kundengruppe", "groupe", "grup"),
    "credit_limit": (
        "credit limit", "limit", "fido", "limite di credito", "kreditlimit", "limite de credit",
        "limita de credit",
    ),
    "currency": ("currency", "valuta", "divisa", "wahrung", "devise", "moneda"),
    "tolerance": ("tolerance", "tolleranza", "toleranz", "toleranta"),
    "terms": (
        "terms", "payment terms", "termini di pagamento", "zahlungsbedingungen",
        "conditions de paiement", "termene de plata",
    ),
}  # fmt: skip
_REQUIRED: Final = frozenset({"external_id"})

_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LANGUAGE: Final = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerRow:
    """One trade account; None where the table says nothing.

    ``credit_limit`` and ``tolerance`` are minor units of ``currency``, which is None without them.
    """

    line: int
    external_id: str
    name: str | None = None
    country: str | None = None
    email: str | None = None
    tax_id: str | None = None
    registration_number: str | None = None
    language: str | None = None
    group: str | None = None
    credit_limit: int | None = None
    currency: str | None = None
    tolerance: int | None = None
    terms: tuple[Terms, ...] | None = None


def parse(
    data: bytes,
    *,
    currency: str,
    known: Callable[[set[str]], set[str]] | None = None,
    terms_keys: Mapping[str, str] | None = None,
) -> tuple[BuyerRow, ...]:
    """Read a table of trade accounts; ``currency`` is that of limits where the table states none.

    ``terms_keys`` leads from names of the seller's own for payment terms to codes.
    ``known`` answers which external ids there are already; a row about another must have a name and a
    country. Raises FormatError ``too_large``, ``wrong_encoding``, ``not_text``, ``unknown_table``,
    ``malformed_csv``, ``too_few_columns``, ``too_many_columns``, ``too_long``, or BadRows with
    ``missing_value``, ``invalid_value``, ``invalid_amount``, ``ambiguous_amounts``,
    ``unknown_currency``, ``unknown_terms``, ``formula`` or ``duplicate``.
    """
    rows = read_table(data, names=_NAMES, required=_REQUIRED)
    # The decimal mark is told by the table as a whole.
    mark = amounts.decide_mark(_written(rows, currency=currency))

    def make(row: Row) -> BuyerRow:
        stated = _currency(row, usual=currency)
        limit = _amount(row, "credit_limit", currency=stated, mark=mark)
        tolerance = _amount(row, "tolerance", currency=stated, mark=mark)
        terms = _terms(row, keys=terms_keys or {})
        if limit is None:
            for name, value in (("tolerance", tolerance), ("terms", terms)):
                if value is not None:
                    raise row.place(name).error(
                        "it belongs to a credit limit; fill that column too.", code="missing_value"
                    )
        return BuyerRow(
            line=row.line,
            external_id=_text(row, "external_id", longest=255) or row.required("external_id"),
            name=_text(row, "name", longest=200),
            country=row.country("country"),
            email=_matched(row, "email", _EMAIL, longest=254, like="anna@example.com"),
            tax_id=_text(row, "tax_id", longest=140),
            registration_number=_text(row, "registration_number", longest=140),
            language=_matched(row, "language", _LANGUAGE, longest=8, like="it"),
            group=_text(row, "group", longest=40),
            credit_limit=limit,
            currency=None if limit is None else stated,
            tolerance=tolerance,
            terms=terms,
        )

    made = whole(rows, make=make)
    _refuse_duplicates(rows, made)
    if known is not None:
        _refuse_incomplete(rows, made, there=known({one.external_id for one in made}))
    return made


def _text(row: Row, name: str, *, longest: int) -> str | None:
    return row.text(name, longest=longest)


def _matched(row: Row, name: str, shape: re.Pattern[str], *, longest: int, like: str) -> str | None:
    text = row.text(name, longest=longest)
    if text is not None and not shape.fullmatch(text):
        raise row.place(name).error(
            f"{text[:60]!r} cannot be read; write it like {like}.", code="invalid_value"
        )
    return text


def _currency(row: Row, *, usual: str) -> str:
    stated = (row.text("currency", longest=10) or usual).upper()
    if stated not in EXPONENTS:
        raise row.place("currency").error(
            f"{stated!r} is not an ISO 4217 currency in use; write one such as EUR.",
            code="unknown_currency",
        )
    return stated


def _written(rows: list[Row], *, currency: str) -> Iterator[amounts.Written]:
    for row in rows:
        for name in ("credit_limit", "tolerance"):
            with suppress(FormatError):  # named when its row is read
                text = row.text(name, longest=60)
                if text is not None:
                    stated = _currency(row, usual=currency)
                    yield amounts.read_cell(text, place=row.place(name), currency=stated)


def _amount(row: Row, name: str, *, currency: str, mark: DecimalMark) -> int | None:
    text = row.text(name, longest=60)
    if text is None:
        return None
    place: Place = row.place(name)
    money = amounts.to_money(amounts.read_cell(text, place=place, currency=currency), mark=mark)
    if not 0 <= money.amount <= LARGEST_AMOUNT:
        raise place.error("it cannot be negative.", code="invalid_amount")
    return money.amount


def _terms(row: Row, *, keys: Mapping[str, str]) -> tuple[Terms, ...] | None:
    """Codes or what bookkeepers write, set apart by semicolons, bars, or else commas."""
    text = row.text("terms", longest=300)
    if text is None:
        return None
    parts = [part.strip() for part in re.split(r"[;|]", text) if part.strip()]
    try:
        return _read_all(parts, keys=keys)
    except UnknownTerms as error:
        with suppress(UnknownTerms):
            parts = [part.strip() for part in text.split(",") if part.strip()]
            return _read_all(parts, keys=keys)
        raise row.place("terms").error(str(error), code="unknown_terms") from None


def _read_all(parts: list[str], *, keys: Mapping[str, str]) -> tuple[Terms, ...]:
    return tuple(read_terms(part, keys=keys) for part in parts)


def _refuse_duplicates(rows: list[Row], made: tuple[BuyerRow, ...]) -> None:
    """Two rows about one account leave open which of them is meant."""
    first: dict[str, int] = {}
    faults = []
    for row, one in zip(rows, made, strict=True):
        line = first.setdefault(one.external_id, row.line)
        if line != row.line:
            faults.append(
                row.place("external_id").error(
                    f"{one.external_id[:40]!r} was already on line {line}; keep one of them.",
                    code="duplicate",
                )
            )
    if faults:
        raise bad_rows(faults)


def _refuse_incomplete(rows: list[Row], made: tuple[BuyerRow, ...], *, there: set[str]) -> None:
    faults = [
        row.place(name).error(
            f"{one.external_id[:40]!r} is not known yet; a new buyer needs a {name}.",
            code="missing_value",
        )
        for row, one in zip(rows, made, strict=True)
        if one.external_id not in there
        for name in ("name", "country")
        if getattr(one, name) is None
    ]
    if faults:
        raise bad_rows(faults[:MOST_FAULTS])
