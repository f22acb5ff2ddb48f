"""Invoices with due date, payment date and disputes, as accounts-receivable systems list them.

Columns: ``customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount, Disputed, SettledDate``,
days as month/day/year; ``countryCode`` is the segment of the score. This is the shape of IBM's sample
"WA_Fn-UseC_-Accounts-Receivable". Each invoice is taken for the order it came from.
"""

from __future__ import annotations

from typing import Final

from usance.formats.credit_history import history
from usance.formats.credit_history.history import CreditHistory, Question
from usance.formats.rows import Row, read_table, whole
from usance.rules.credit.backtest_history import PastInvoice, PastOrder

NAMES: Final = {
    "buyer": ("customerid", "customer id"),
    "number": ("invoicenumber", "invoice number"),
    "issued": ("invoicedate", "invoice date"),
    "due": ("duedate", "due date"),
    "amount": ("invoiceamount", "invoice amount"),
    "settled": ("settleddate", "settled date"),
    "disputed": ("disputed",),
    "segment": ("countrycode", "country code"),
    "currency": ("currency", "invoice currency"),
}
REQUIRED: Final = frozenset({"buyer", "number", "issued", "due", "amount", "settled"})
_USUAL: Final = "USD"


def read(data: bytes, question: Question) -> CreditHistory:
    """Read the table. Raises FormatError, or BadRows naming every bad row."""
    rows = read_table(data, names=NAMES, required=REQUIRED)
    base = history.usual_currency(
        (code.upper() for row in rows if (code := row.text("currency"))),
        asked=question.currency,
        otherwise=_USUAL,
    )

    def make(row: Row) -> PastOrder:
        code = history.currency(row, "currency", otherwise=base)
        issued_on = history.required_day(row, "issued", american=True)
        amount = history.required_amount(row, "amount", currency=code)
        return PastOrder(
            id=row.required("number"),
            buyer=row.required("buyer"),
            at=history.instant(issued_on, zone=question.zone),
            on=issued_on,
            amount=amount,
            currency=code,
            rate=question.rates.get(code),
            segment=row.text("segment") or "",
            invoices=(
                PastInvoice(
                    amount=amount,
                    issued_on=issued_on,
                    due_on=history.required_day(row, "due", american=True),
                    settled_on=history.day(row, "settled", american=True),
                    disputed=bool(history.flag(row, "disputed")),
                ),
            ),
        )

    orders = whole(rows, make=make)
    history.refuse_duplicates(rows, "number")
    return history.of_orders("receivables", orders, base=base, question=question)
