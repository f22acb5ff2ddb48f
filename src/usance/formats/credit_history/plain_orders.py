"""Orders, one a row, in the columns of ``docs/backtest.md``: what any shop or ERP can export.

Needed: ``order_id, buyer, date, amount``. Days are ISO, amounts decimals with a point. With a column
``due`` the file tells how orders were paid: an empty ``settled`` is one that was never paid. An order
without a due date has no known payment.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final

from usance.formats.credit_history import history
from usance.formats.credit_history.history import CreditHistory, Question
from usance.formats.rows import Row, read_table, whole
from usance.rules.credit.backtest_history import PastInvoice, PastOrder
from usance.rules.terms import Terms, UnknownTerms, parse_terms

NAMES: Final = {
    "order": ("order id", "order", "order number", "order no"),
    "buyer": ("buyer", "buyer id", "customer", "customer id", "account"),
    "date": ("date", "order date", "ordered on", "placed on"),
    "time": ("time", "order time"),
    "amount": ("amount", "total", "order amount", "order total"),
    "currency": ("currency",),
    "due": ("due", "due on", "due date"),
    "settled": ("settled", "settled on", "settled date", "paid", "paid on"),
    "lost": ("written off", "written off on"),
    "disputed": ("disputed",),
    "name": ("buyer name", "customer name", "name"),
    "known_since": ("known since", "account opened", "customer since"),
    "limit": ("limit", "credit limit"),
    "terms": ("terms", "payment terms"),
    "largest_line": ("largest line",),
    "lines": ("lines",),
    "skus": ("skus", "articles"),
    "po_number": ("po number", "purchase order"),
    "ship_to": ("ship to", "ship to address"),
    "ship_to_country": ("ship to country",),
    "country": ("country", "buyer country"),
    "group": ("group", "customer group"),
    "tier": ("tier",),
    "vat_verified": ("vat verified",),
    "insured_limit": ("insured limit",),
}
REQUIRED: Final = frozenset({"order", "buyer", "date", "amount"})
_USUAL: Final = "EUR"
_TIME: Final = re.compile(r"\d{2}:\d{2}(?::\d{2})?", re.ASCII)
_WHOLE: Final = re.compile(r"\d{1,6}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}", re.ASCII)


def read(data: bytes, question: Question) -> CreditHistory:
    """Read the table. Raises FormatError, or BadRows naming every bad row."""
    rows = read_table(data, names=NAMES, required=REQUIRED)
    base = history.usual_currency(
        (code.upper() for row in rows if (code := row.text("currency"))),
        asked=question.currency,
        otherwise=_USUAL,
    )
    orders = whole(rows, make=lambda row: _order(row, question, base=base))
    history.refuse_duplicates(rows, "order")
    return history.of_orders("orders", orders, base=base, question=question)


def _order(row: Row, question: Question, *, base: str) -> PastOrder:
    code = history.currency(row, "currency", otherwise=base)
    on = history.required_day(row, "date")
    amount = history.required_amount(row, "amount", currency=code)
    return PastOrder(
        id=row.required("order"),
        buyer=row.required("buyer"),
        at=_instant(row, on, question=question),
        on=on,
        amount=amount,
        currency=code,
        invoices=_invoices(row, on, amount=amount),
        buyer_name=row.text("name") or "",
        known_since=history.day(row, "known_since"),
        rate=question.rates.get(code),
        terms=_terms(row),
        limit=history.amount(row, "limit", currency=code),
        largest_line=history.amount(row, "largest_line", currency=code),
        ship_to=(row.text("ship_to") or "").casefold(),
        facts=_facts(row, currency=code, base=base),
    )


def _instant(row: Row, on: date, *, question: Question) -> datetime:
    text = row.text("time", longest=20)
    if text is None:
        return history.instant(on, zone=question.zone)
    try:
        if not _TIME.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(f"{on.isoformat()}T{text}").replace(tzinfo=question.zone)
    except ValueError:
        raise row.place("time").error(
            f"{text!r} is not a time such as 14:30.", code="invalid_date"
        ) from None


def _invoices(row: Row, on: date, *, amount: int) -> tuple[PastInvoice, ...] | None:
    """One for the whole order, issued that day; None where no due date is told."""
    due_on = history.day(row, "due")
    settled_on, lost_on = history.day(row, "settled"), history.day(row, "lost")
    if due_on is None:
        for name, told in (("settled", settled_on), ("lost", lost_on)):
            if told is not None:
                raise row.place(name).error(
                    "the order was settled, but has no due date; write the day it was due.",
                    code="missing_value",
                )
        return None
    disputed = bool(history.flag(row, "disputed"))
    return (PastInvoice(amount, on, due_on, settled_on, lost_on, disputed),)


def _terms(row: Row) -> Terms | None:
    text = row.text("terms", longest=40)
    if text is None:
        return None
    try:
        return parse_terms(text)
    except UnknownTerms as error:
        raise row.place("terms").error(str(error), code="invalid_value") from None


def _facts(row: Row, *, currency: str, base: str) -> dict[str, Any]:
    """What the row tells beyond the order itself; what it does not tell is not known."""
    po_number = row.text("po_number")
    skus = row.text("skus")
    insured = history.amount(row, "insured_limit", currency=base) if currency == base else None
    facts: dict[str, Any] = {
        "order.lines": _whole(row, "lines"),
        "order.skus": skus.split() if skus else None,
        "order.has_po_number": bool(po_number) if "po_number" in row.columns else None,
        "order.ship_to_country": _country(row, "ship_to_country"),
        "buyer.country": _country(row, "country"),
        "buyer.group": row.text("group", longest=40),
        "line.tier": row.text("tier", longest=40),
        "buyer.vat_verified": history.flag(row, "vat_verified"),
        "line.insured_limit": insured,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _whole(row: Row, name: str) -> int | None:
    text = row.text(name, longest=20)
    if text is None:
        return None
    if not _WHOLE.fullmatch(text):
        raise row.place(name).error(f"{text!r} is not a whole number.", code="invalid_value")
    return int(text)


def _country(row: Row, name: str) -> str | None:
    text = row.text(name, longest=60)
    if text is None:
        return None
    if not _COUNTRY.fullmatch(text):
        raise row.place(name).error(
            f"{text!r} is not a country code of two letters, such as IT.", code="invalid_value"
        )
    return text.upper()
