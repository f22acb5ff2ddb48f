"""A table of open items to one record each: a plain one, or an export of SAP's customer items."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from usance.formats.bank_csv import amounts, dates
from usance.formats.bank_csv.mapping import DateOrder
from usance.formats.errors import FormatError
from usance.formats.rows import Row, bad_rows, read_table, whole
from usance.rules.money import EXPONENTS
from usance.rules.terms import UnknownTerms
from usance.rules.terms.reading import LONGEST_TEXT, read_terms

_NAMES: Final = {
    "buyer": (
        "buyer external id", "external id", "buyer", "customer number", "customer no", "customer id",
        "cust number", "customer", "account", "codice cliente", "cod cliente", "kundennummer",
        "debitor", "code client", "cod client", "kunnr",
    ),
    "name": (
        "name", "buyer name", "customer name", "name customer", "company name", "ragione sociale",
        "firma", "raison sociale", "denumire", "name1",
    ),
    "country": ("country", "country code", "paese", "land", "pays", "tara", "land1"),
    "number": (
        "number", "invoice number", "invoice no", "document number", "document no", "doc id",
        "invoice id", "numero fattura", "numero documento", "rechnungsnummer", "belegnummer",
        "numero de facture", "numar factura", "belnr",
    ),
    "amount": (
        "open amount", "total open amount", "outstanding", "amount outstanding", "amount", "balance",
        "importo aperto", "residuo", "importo", "offener betrag", "betrag", "montant", "suma",
        "dmbtr", "wrbtr",
    ),
    "currency": (
        "currency", "invoice currency", "document currency", "valuta", "divisa", "wahrung", "devise",
        "moneda", "waers",
    ),
    "due_on": (
        "due date", "due on", "due in date", "net due date", "due", "scadenza", "data scadenza",
        "fallig am", "falligkeit", "faelligkeit", "echeance", "date d echeance", "scadent", "netdt",
    ),
    "base_on": (
        "baseline date", "baseline create date", "baseline payment date", "invoice date", "issued on",
        "data fattura", "rechnungsdatum", "date de facture", "data facturii", "zfbdt",
    ),
    "terms": (
        "payment terms", "terms of payment", "cust payment terms", "terms", "condizioni di pagamento",
        "zahlungsbedingung", "zahlungsbedingungen", "conditions de paiement", "termen de plata", "zterm",
    ),
}  # fmt: skip
_REQUIRED: Final = frozenset({"buyer", "number", "amount"})

_AS_DECIMAL: Final = re.compile(r"([0-9]+)\.0", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItemRow:
    """One open item: ``amount`` in minor units of ``currency``, below zero for a credit.

    ``buyer`` is the seller's own number of the customer; ``name`` and ``country`` are for buyers that
    are not known yet.
    """

    line: int
    buyer: str
    name: str | None
    country: str | None
    number: str
    amount: int
    currency: str
    due_on: date | None


def parse(
    data: bytes, *, currency: str | None = None, terms_keys: Mapping[str, str] | None = None
) -> tuple[OpenItemRow, ...]:
    """Read a table of open items; ``currency`` is that of rows that state none.

    A row without a due date that names its terms and the day they run from is due by them, where the
    terms can be read: ``terms_keys`` leads from names of the seller's own, such as keys of SAP, to codes.

    A number written as a fraction, such as 1930581131.0, is the whole number: tools for tables make
    that of a column of figures. Raises FormatError ``too_large``, ``wrong_encoding``, ``not_text``,
    ``unknown_table``, ``malformed_csv``, ``too_few_columns``, ``too_many_columns``, ``too_long``, or
    BadRows with ``missing_value``, ``invalid_value``, ``invalid_amount``, ``invalid_date``,
    ``ambiguous_amounts``, ``ambiguous_dates``, ``unknown_currency``, ``formula`` or ``duplicate``.
    """
    rows = read_table(data, names=_NAMES, required=_REQUIRED)
    mark = amounts.decide_mark(_written(rows, currency=currency))
    order = dates.decide_order(_days(rows))

    def make(row: Row) -> OpenItemRow:
        stated = _currency(row, usual=currency)
        place = row.place("amount")
        row.required("amount")
        written = amounts.read_cell(
            row.text("amount", longest=60) or "", place=place, currency=stated
        )
        return OpenItemRow(
            line=row.line,
            buyer=_figure(row, "buyer", longest=255),
            name=row.text("name", longest=200),
            country=row.country("country"),
            number=_figure(row, "number", longest=80),
            amount=amounts.to_money(written, mark=mark).amount,
            currency=stated,
            due_on=_due_on(row, order=order, terms_keys=terms_keys or {}),
        )

    items = whole(rows, make=make)
    _refuse_duplicates(rows, items)
    return items


def _due_on(row: Row, *, order: DateOrder, terms_keys: Mapping[str, str]) -> date | None:
    """The due date as it is written, or by the row's terms; None where neither says it."""
    due = row.text("due_on", longest=60)
    if due is not None:
        return dates.to_date((due, row.place("due_on")), order=order)
    terms, base = row.text("terms", longest=LONGEST_TEXT), row.text("base_on", longest=60)
    if terms is None or base is None:
        return None
    base_on = dates.to_date((base, row.place("base_on")), order=order)
    with suppress(UnknownTerms):
        return read_terms(terms, keys=terms_keys).due_on(base_on)
    return None


def _figure(row: Row, name: str, *, longest: int) -> str:
    row.required(name)
    text = row.text(name, longest=longest) or ""
    fraction = _AS_DECIMAL.fullmatch(text)
    return fraction[1] if fraction else text


def _currency(row: Row, *, usual: str | None) -> str:
    stated = row.text("currency", longest=10) or usual
    if stated is None:
        raise row.place("currency").error(
            "the item has no currency; add a column Currency, or say which one the file is in.",
            code="unknown_currency",
        )
    if stated.upper() not in EXPONENTS:
        raise row.place("currency").error(
            f"{stated!r} is not an ISO 4217 currency in use; write one such as EUR.",
            code="unknown_currency",
        )
    return stated.upper()


def _written(rows: list[Row], *, currency: str | None) -> Iterator[amounts.Written]:
    for row in rows:
        with suppress(FormatError):  # named when its row is read
            text = row.text("amount", longest=60)
            if text is not None:
                stated = _currency(row, usual=currency)
                yield amounts.read_cell(text, place=row.place("amount"), currency=stated)


def _days(rows: list[Row]) -> Iterator[dates.Cell]:
    for row in rows:
        with suppress(FormatError):
            by_terms = row.text("due_on", longest=60) is None and row.text("terms") is not None
            name = "base_on" if by_terms else "due_on"
            text = row.text(name, longest=60)
            if text is not None:
                yield text, row.place(name)


def _refuse_duplicates(rows: list[Row], items: tuple[OpenItemRow, ...]) -> None:
    """One number of one customer in one currency is one item; ERPs fill numbers up with zeros or not."""
    first: dict[tuple[str, str, str], int] = {}
    faults = []
    for row, item in zip(rows, items, strict=True):
        buyer = item.buyer.lstrip("0")
        line = first.setdefault((buyer, item.currency, item.number), row.line)
        if line != row.line:
            faults.append(
                row.place("number").error(
                    f"{item.number!r} of {item.buyer!r} was already on line {line}; put them"
                    " together.",
                    code="duplicate",
                )
            )
    if faults:
        raise bad_rows(faults)
