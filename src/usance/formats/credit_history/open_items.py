"""Open receivable items as SAP lists them: what was not paid yet when the list was made.

Columns: ``cust_number, doc_id, posting_date, due_in_date, total_open_amount, invoice_currency`` and,
if there, ``name_customer`` and ``document type`` (items other than invoices, ``RV`` and ``DR``, are
left out). Days are ISO. Each item is taken for the order it came from; what had been paid is not in
such a list, and nobody knows how what is in it was paid later.
"""

from __future__ import annotations

from typing import Final

from usance.formats.credit_history import history
from usance.formats.credit_history.history import CreditHistory, Question
from usance.formats.rows import Row, read_table, whole
from usance.rules.credit.backtest_history import PastInvoice, PastOrder

NAMES: Final = {
    "buyer": ("cust number", "customer", "customer number"),
    "number": ("doc id", "document number", "invoice id"),
    "posted": ("posting date",),
    "due": ("due in date", "net due date"),
    "amount": ("total open amount", "open amount"),
    "currency": ("invoice currency", "document currency", "currency"),
    "name": ("name customer", "customer name"),
    "type": ("document type",),
}
REQUIRED: Final = frozenset({"buyer", "number", "posted", "due", "amount", "currency"})
_INVOICES: Final = frozenset({"RV", "DR"})
_USUAL: Final = "USD"


def read(data: bytes, question: Question) -> CreditHistory:
    """Read the table. Raises FormatError, or BadRows naming every bad row."""
    rows = read_table(data, names=NAMES, required=REQUIRED)
    kept = [row for row in rows if (row.text("type") or "RV").upper() in _INVOICES]
    base = history.usual_currency(
        (code.upper() for row in kept if (code := row.text("currency"))),
        asked=question.currency,
        otherwise=_USUAL,
    )

    def make(row: Row) -> PastOrder:
        code = history.currency(row, "currency", otherwise=base)
        posted_on = history.required_day(row, "posted")
        amount = history.required_amount(row, "amount", currency=code)
        return PastOrder(
            id=_number(row.required("number")),
            buyer=row.required("buyer"),
            buyer_name=" ".join((row.text("name") or "").split()),
            at=history.instant(posted_on, zone=question.zone),
            on=posted_on,
            amount=amount,
            currency=code,
            rate=question.rates.get(code),
            invoices=(PastInvoice(amount, posted_on, history.required_day(row, "due")),),
        )

    orders = whole(kept, make=make)
    history.refuse_duplicates(kept, "number")
    return history.of_orders(
        "open_items", orders, base=base, question=question, nameless=len(rows) - len(kept)
    )


def _number(text: str) -> str:
    """A number that a spreadsheet took for a decimal ("1930581131.0") as it was."""
    return text.removesuffix(".0")
