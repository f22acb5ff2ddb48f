"""The states of every object, as words, shapes and tones.

Each look has an icon of its own shape, so that a state is never told by colour alone. Labels carry
the kind as translation context: many languages say "canceled" differently of an order and of an
invoice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from usance.web.design.parts import Tone


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is told: its name in the reader's language, its tone and its icon."""

    label: str | Promise
    tone: Tone
    icon: str


STATES: Final[dict[str, dict[str, Look]]] = {
    "decision": {
        "approved": Look(pgettext_lazy("decision", "Approved"), "positive", "check-circle"),
        "declined": Look(pgettext_lazy("decision", "Declined"), "negative", "cross-circle"),
        "review": Look(pgettext_lazy("decision", "In review"), "caution", "review"),
    },
    "order": {
        "pending_review": Look(pgettext_lazy("order", "Pending review"), "caution", "review"),
        "pending_approval": Look(
            pgettext_lazy("order", "Waiting for the buyer's approval"), "caution", "clock"
        ),
        "authorized": Look(pgettext_lazy("order", "Authorized"), "info", "shield"),
        "partially_invoiced": Look(pgettext_lazy("order", "Partially invoiced"), "info", "partial"),
        "invoiced": Look(pgettext_lazy("order", "Invoiced"), "positive", "check-circle"),
        "declined": Look(pgettext_lazy("order", "Declined"), "negative", "cross-circle"),
        "canceled": Look(pgettext_lazy("order", "Canceled"), "neutral", "ban"),
        "expired": Look(pgettext_lazy("order", "Expired"), "neutral", "calendar"),
    },
    "invoice": {
        "draft": Look(pgettext_lazy("invoice", "Draft"), "neutral", "draft"),
        "open": Look(pgettext_lazy("invoice", "Open"), "info", "open"),
        "paid": Look(pgettext_lazy("invoice", "Paid"), "positive", "check-circle"),
        "void": Look(pgettext_lazy("invoice", "Void"), "neutral", "ban"),
        "written_off": Look(pgettext_lazy("invoice", "Written off"), "special", "minus"),
        # Derived, not stored: what an open invoice is besides.
        "due_soon": Look(pgettext_lazy("invoice", "Due soon"), "caution", "clock"),
        "overdue": Look(pgettext_lazy("invoice", "Overdue"), "negative", "alert"),
        "disputed": Look(pgettext_lazy("invoice", "Disputed"), "special", "dispute"),
        "partially_paid": Look(pgettext_lazy("invoice", "Partially paid"), "info", "partial"),
    },
    "application": {
        "submitted": Look(pgettext_lazy("credit application", "Submitted"), "info", "send"),
        "in_review": Look(pgettext_lazy("credit application", "In review"), "caution", "review"),
        "information_requested": Look(
            pgettext_lazy("credit application", "Information requested"), "caution", "question"
        ),
        "approved": Look(
            pgettext_lazy("credit application", "Approved"), "positive", "check-circle"
        ),
        "declined": Look(
            pgettext_lazy("credit application", "Declined"), "negative", "cross-circle"
        ),
        "withdrawn": Look(pgettext_lazy("credit application", "Withdrawn"), "neutral", "return"),
    },
    "receipt": {
        "received": Look(pgettext_lazy("payment received", "Received"), "info", "arrow-down"),
        "allocated": Look(
            pgettext_lazy("payment received", "Allocated"), "positive", "check-circle"
        ),
        "partially_allocated": Look(
            pgettext_lazy("payment received", "Partially allocated"), "info", "partial"
        ),
        "unapplied": Look(pgettext_lazy("payment received", "Unapplied"), "caution", "question"),
        "returned": Look(pgettext_lazy("payment received", "Returned"), "negative", "return"),
        "refunded": Look(pgettext_lazy("payment received", "Refunded"), "neutral", "arrow-up"),
    },
    "debit": {
        "scheduled": Look(pgettext_lazy("direct debit", "Scheduled"), "neutral", "calendar"),
        "submitted": Look(pgettext_lazy("direct debit", "Submitted"), "info", "send"),
        "settled": Look(pgettext_lazy("direct debit", "Settled"), "positive", "check-circle"),
        "returned": Look(pgettext_lazy("direct debit", "Returned"), "negative", "return"),
        "rejected": Look(pgettext_lazy("direct debit", "Not taken"), "negative", "cross-circle"),
        "canceled": Look(pgettext_lazy("direct debit", "Canceled"), "neutral", "ban"),
    },
    "advance": {
        "eligible": Look(pgettext_lazy("advance", "Eligible"), "neutral", "open"),
        "requested": Look(pgettext_lazy("advance", "Requested"), "info", "send"),
        "paid_out": Look(pgettext_lazy("advance", "Paid out"), "positive", "arrow-down"),
        "repaid": Look(pgettext_lazy("advance", "Repaid"), "positive", "check-circle"),
        "recoursed": Look(pgettext_lazy("advance", "Recoursed"), "negative", "return"),
        "absorbed": Look(pgettext_lazy("advance", "Borne by the partner"), "caution", "shield"),
        "declined": Look(pgettext_lazy("advance", "Declined"), "negative", "cross-circle"),
        "canceled": Look(pgettext_lazy("advance", "Withdrawn"), "neutral", "ban"),
    },
    "line": {
        "active": Look(pgettext_lazy("credit line", "Active"), "positive", "check-circle"),
        "on_hold": Look(pgettext_lazy("credit line", "On hold"), "caution", "pause"),
        "suspended": Look(pgettext_lazy("credit line", "Suspended"), "negative", "ban"),
        "closed": Look(pgettext_lazy("credit line", "Closed"), "neutral", "lock"),
    },
    "policy": {
        "deciding": Look(pgettext_lazy("policy", "Deciding"), "positive", "check-circle"),
        "scheduled": Look(pgettext_lazy("policy", "Scheduled"), "info", "calendar"),
        "draft": Look(pgettext_lazy("policy", "Draft"), "neutral", "draft"),
        "former": Look(pgettext_lazy("policy", "Former"), "neutral", "clock"),
        "shadow": Look(pgettext_lazy("policy", "On trial"), "special", "partial"),
        "waiting_for_second_person": Look(
            pgettext_lazy("policy", "Waits for a second person"), "caution", "review"
        ),
    },
    "backtest": {
        "queued": Look(pgettext_lazy("backtest", "Waits"), "neutral", "clock"),
        "running": Look(pgettext_lazy("backtest", "Running"), "info", "partial"),
        "done": Look(pgettext_lazy("backtest", "Done"), "positive", "check-circle"),
        "failed": Look(pgettext_lazy("backtest", "Failed"), "negative", "cross-circle"),
    },
    "delivery": {
        "queued": Look(pgettext_lazy("delivery", "Queued"), "neutral", "clock"),
        "sent": Look(pgettext_lazy("delivery", "Sent"), "info", "send"),
        "delivered": Look(pgettext_lazy("delivery", "Delivered"), "positive", "check-circle"),
        "opened": Look(pgettext_lazy("delivery", "Opened"), "positive", "check"),
        "bounced": Look(pgettext_lazy("delivery", "Bounced"), "negative", "return"),
        "rejected": Look(pgettext_lazy("delivery", "Rejected"), "negative", "cross-circle"),
        "failed": Look(pgettext_lazy("delivery", "Failed"), "negative", "alert"),
    },
    "shipment": {
        "billed": Look(pgettext_lazy("shipment", "Billed"), "positive", "check-circle"),
        "waiting": Look(pgettext_lazy("shipment", "Waits to be billed"), "neutral", "clock"),
        "canceled": Look(pgettext_lazy("shipment", "Taken back"), "neutral", "return"),
    },
    "billing_run": {
        "queued": Look(pgettext_lazy("billing run", "Waits"), "neutral", "clock"),
        "running": Look(pgettext_lazy("billing run", "Running"), "info", "partial"),
        "done": Look(pgettext_lazy("billing run", "Done"), "positive", "check-circle"),
        "incomplete": Look(pgettext_lazy("billing run", "Some not billed"), "caution", "alert"),
    },
    "question": {
        "open": Look(pgettext_lazy("question", "Waits for an answer"), "caution", "question"),
        "answered": Look(pgettext_lazy("question", "Answered"), "info", "send"),
        "closed": Look(pgettext_lazy("question", "Closed"), "neutral", "check-circle"),
    },
    "dispute": {
        "open": Look(pgettext_lazy("dispute", "Open"), "caution", "question"),
        "resolved_credit": Look(pgettext_lazy("dispute", "Credited"), "positive", "check-circle"),
        "resolved_rejected": Look(pgettext_lazy("dispute", "Rejected"), "info", "cross-circle"),
        "withdrawn": Look(pgettext_lazy("dispute", "Withdrawn"), "neutral", "return"),
    },
    "write_off": {
        "open": Look(pgettext_lazy("write-off", "Waits"), "caution", "clock"),
        "approved": Look(pgettext_lazy("write-off", "Approved"), "positive", "check-circle"),
        "declined": Look(pgettext_lazy("write-off", "Declined"), "negative", "cross-circle"),
        "withdrawn": Look(pgettext_lazy("write-off", "Taken back"), "neutral", "return"),
    },
    "proposal": {
        "open": Look(pgettext_lazy("proposal", "Waits for a person"), "caution", "clock"),
        "booked": Look(pgettext_lazy("proposal", "Booked by itself"), "positive", "check-circle"),
        "accepted": Look(pgettext_lazy("proposal", "Accepted"), "positive", "check"),
        "dismissed": Look(pgettext_lazy("proposal", "None was right"), "neutral", "ban"),
        "superseded": Look(pgettext_lazy("proposal", "Placed by hand"), "neutral", "person"),
        "undone": Look(pgettext_lazy("proposal", "Undone"), "neutral", "return"),
    },
    "remittance": {
        "waiting": Look(pgettext_lazy("remittance advice", "Waits for its money"), "info", "clock"),
        "joined": Look(pgettext_lazy("remittance advice", "Paid"), "positive", "check-circle"),
        "dismissed": Look(pgettext_lazy("remittance advice", "Put aside"), "neutral", "ban"),
    },
    "promise": {
        "proposed": Look(pgettext_lazy("promise", "Proposed"), "caution", "question"),
        "accepted": Look(pgettext_lazy("promise", "Agreed"), "info", "calendar"),
        "declined": Look(pgettext_lazy("promise", "Declined"), "negative", "cross-circle"),
        "kept": Look(pgettext_lazy("promise", "Kept"), "positive", "check-circle"),
        "broken": Look(pgettext_lazy("promise", "Broken"), "negative", "alert"),
        "withdrawn": Look(pgettext_lazy("promise", "Withdrawn"), "neutral", "return"),
    },
    "dunning_policy": {
        "draft": Look(pgettext_lazy("dunning policy", "Draft"), "neutral", "draft"),
        "active": Look(pgettext_lazy("dunning policy", "Switched on"), "positive", "check-circle"),
        "retired": Look(pgettext_lazy("dunning policy", "Switched off"), "neutral", "ban"),
    },
    "dunning_message": {
        "queued": Look(pgettext_lazy("dunning message", "Waits"), "info", "clock"),
        "sent": Look(pgettext_lazy("dunning message", "Sent"), "positive", "send"),
        "stopped": Look(pgettext_lazy("dunning message", "Stopped"), "neutral", "ban"),
    },
    "dunning_task": {
        "open": Look(pgettext_lazy("dunning task", "To do"), "caution", "open"),
        "done": Look(pgettext_lazy("dunning task", "Done"), "positive", "check-circle"),
        "dropped": Look(pgettext_lazy("dunning task", "Dropped"), "neutral", "ban"),
    },
    "dunning_case": {
        "running": Look(pgettext_lazy("dunning case", "Running"), "info", "clock"),
        "paused": Look(pgettext_lazy("dunning case", "Paused"), "caution", "pause"),
        "handed_over": Look(pgettext_lazy("dunning case", "Handed over"), "special", "send"),
        "settled": Look(pgettext_lazy("dunning case", "Nothing open"), "positive", "check-circle"),
    },
    "mandate": {
        "pending": Look(pgettext_lazy("mandate", "Waits for a signature"), "caution", "person"),
        "active": Look(pgettext_lazy("mandate", "Active"), "positive", "check-circle"),
        "suspended": Look(pgettext_lazy("mandate", "Suspended"), "caution", "pause"),
        "canceled": Look(pgettext_lazy("mandate", "Canceled"), "neutral", "ban"),
        "expired": Look(pgettext_lazy("mandate", "Ran out"), "neutral", "calendar"),
        "completed": Look(pgettext_lazy("mandate", "Used up"), "neutral", "check"),
    },
    "debit_file": {
        "written": Look(pgettext_lazy("debit file", "To be sent"), "caution", "clock"),
        "sent": Look(pgettext_lazy("debit file", "Sent"), "info", "check"),
        "accepted": Look(pgettext_lazy("debit file", "Accepted"), "positive", "check-circle"),
        "partly": Look(pgettext_lazy("debit file", "Taken in part"), "caution", "alert"),
        "rejected": Look(pgettext_lazy("debit file", "Rejected"), "negative", "cross-circle"),
        "withdrawn": Look(pgettext_lazy("debit file", "Withdrawn"), "neutral", "return"),
    },
    "funding_program": {
        "active": Look(pgettext_lazy("funding programme", "In use"), "positive", "check-circle"),
        "paused": Look(pgettext_lazy("funding programme", "Paused"), "caution", "clock"),
        "closed": Look(pgettext_lazy("funding programme", "Closed"), "neutral", "ban"),
    },
    "card_authorization": {
        "pending": Look(pgettext_lazy("card", "Is being asked for"), "neutral", "clock"),
        "action_required": Look(pgettext_lazy("card", "The buyer has to act"), "caution", "person"),
        "authorized": Look(pgettext_lazy("card", "Held"), "info", "shield"),
        "captured": Look(pgettext_lazy("card", "Taken"), "positive", "check-circle"),
        "voided": Look(pgettext_lazy("card", "Let go"), "neutral", "ban"),
        "expired": Look(pgettext_lazy("card", "Ran out"), "neutral", "calendar"),
        "declined": Look(pgettext_lazy("card", "Declined"), "negative", "cross-circle"),
    },
    "card_payout": {
        "announced": Look(pgettext_lazy("card payout", "Waits for the bank"), "info", "clock"),
        "booked": Look(pgettext_lazy("card payout", "Booked"), "positive", "check-circle"),
        "failed": Look(pgettext_lazy("card payout", "Failed"), "negative", "cross-circle"),
    },
    "alarm": {
        "open": Look(pgettext_lazy("alarm", "Open"), "caution", "alert"),
        "acknowledged": Look(pgettext_lazy("alarm", "Acknowledged"), "neutral", "check-circle"),
    },
    "watch": {
        "on": Look(pgettext_lazy("watch", "On"), "positive", "check-circle"),
        "off": Look(pgettext_lazy("watch", "Off"), "neutral", "pause"),
    },
    "review": {
        "open": Look(pgettext_lazy("review", "Waits"), "caution", "review"),
        "approved": Look(pgettext_lazy("review", "Approved"), "positive", "check-circle"),
        "declined": Look(pgettext_lazy("review", "Declined"), "negative", "cross-circle"),
        "withdrawn": Look(pgettext_lazy("review", "Withdrawn"), "neutral", "return"),
    },
}


def look(value: str, *, kind: str) -> Look:
    """How ``value``, a state of ``kind``, is told.

    A state this list does not know (a newer worker may write one before the web process is renewed)
    is shown by its code rather than taking the page down.
    """
    known = STATES.get(kind, {}).get(value)
    return known or Look(value.replace("_", " ").capitalize(), "neutral", "open")
