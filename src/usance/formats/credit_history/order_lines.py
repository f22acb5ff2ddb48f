"""A wholesaler's order lines (:mod:`usance.formats.order_history`) as a history of credit.

How orders were paid is not in such a file. What was sold over the counter, to nobody known, is left
out: no credit was asked for.
"""

from __future__ import annotations

from typing import BinaryIO, Final

from usance.formats import order_history
from usance.formats.credit_history.history import CreditHistory, Question
from usance.formats.errors import FormatError
from usance.formats.order_history import HistoricDocument
from usance.rules.credit.backtest_history import PastEvent, PastOrder, PastReturn

_USUAL: Final = "GBP"


def read(stream: BinaryIO, question: Question) -> CreditHistory:
    """Read the documents one by one. Raises FormatError."""
    base = question.currency or _USUAL
    events: list[PastEvent] = []
    nameless, latest = 0, None
    for document in order_history.read(stream, zone=question.zone, currency=base):
        latest = document.at.date()
        event = _event(document, currency=base)
        if event is None:
            nameless += 1
        else:
            events.append(event)
    if latest is None:
        raise FormatError(
            "The file has headings and no orders; export a longer period.", code="no_orders"
        )
    return CreditHistory(
        kind="order_lines",
        currency=base,
        events=tuple(events),
        known_until=latest,
        nameless=nameless,
    )


def _event(document: HistoricDocument, *, currency: str) -> PastEvent | None:
    """None for what no known buyer asked credit for, and for stock adjustments."""
    amount, on = document.amount, document.at.date()
    if document.customer is None or amount == 0 or (amount < 0) != document.is_return:
        return None
    if document.is_return:
        return PastReturn(document.number, document.customer, document.at, on, -amount, currency)
    country = order_history.STATES.get(document.country)
    facts = {
        "order.lines": len(document.lines),
        "order.skus": [line.stock_code for line in document.lines],
        "order.ship_to_country": country,
        "buyer.country": country,
    }
    return PastOrder(
        id=document.number,
        buyer=document.customer,
        at=document.at,
        on=on,
        amount=amount,
        currency=currency,
        largest_line=max(line.amount for line in document.lines),
        facts={name: value for name, value in facts.items() if value is not None},
    )
