"""What a buyer may know of an invoice's state and history.

That a seller has written an invoice off is the seller's own affair: to the buyer it is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from usance.records.events.models import Event
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.web.design.parts import Badge, Entry, State
from usance.web.words.amounts import money_text
from usance.web.words.events import sentence_of, telling_of
from usance.web.words.standing import standing_of

_TOLD: Final = frozenset(
    {
        "order.authorized",
        "order.declined",
        "order.pending_approval",
        "order.step_approved",
        "order.approved_by_buyer",
        "order.partially_invoiced",
        "order.invoiced",
        "order.canceled",
        "order.expired",
        "order.adjusted",
        "invoice.opened",
        "invoice.credited",
        "invoice.paid",
        "invoice.partially_paid",
        "invoice.reopened",
        "invoice.payment_released",
        "late_charge.opened",
        "payment.received",
        "payment.allocated",
    }
)
"""The events that a buyer is told; what is not named here is not."""


def invoice_state(invoice: Invoice, *, on: date) -> object:
    """The state of an invoice as the buyer may know it: a value to show."""
    if invoice.state == "written_off":
        return Badge(label=_("Closed"), icon="lock")
    return State("invoice", standing_of(invoice, on=on))


def order_state(order: Order) -> object:
    """The state of an order in the buyer's words: a value to show."""
    if order.state == "pending_approval":
        return Badge(label=_("Waiting for approval"), tone="caution", icon="clock")
    return State("order", order.state)


def _sentence(event: Event) -> str:
    """An event in the buyer's words, where the seller's would sound strange to it."""
    if event.type == "order.pending_approval" and event.currency:
        amount = money_text(event.data["amount"], event.currency)
        return _("The order of %(amount)s waits for an approval in your company") % {
            "amount": amount
        }
    return sentence_of(event)


def told_to_buyer(events: Sequence[Event]) -> list[Entry]:
    """The history that a buyer may read: what happened, without who at the seller's did it."""
    return [
        Entry(
            at=event.created_at,
            title=_sentence(event),
            detail=str(event.data.get("external_id") or ""),
            icon=telling_of(event).icon,
            tone=telling_of(event).tone,
        )
        for event in events
        if event.type in _TOLD
    ]
