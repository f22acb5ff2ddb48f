"""The state machines of the trade: which state may follow which.

Each machine is a set of ``(from, to)`` pairs. The database repeats the pairs in a trigger made from
a frozen copy in a migration; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ORDER: Final = frozenset(
    {
        ("pending_review", "pending_approval"),
        ("pending_review", "authorized"),
        ("pending_review", "declined"),
        ("pending_review", "canceled"),
        ("pending_review", "expired"),
        ("pending_approval", "authorized"),
        ("pending_approval", "pending_review"),
        ("pending_approval", "declined"),
        ("pending_approval", "canceled"),
        ("pending_approval", "expired"),
        ("authorized", "partially_invoiced"),
        ("authorized", "invoiced"),
        ("authorized", "canceled"),
        ("authorized", "expired"),
        ("partially_invoiced", "invoiced"),
    }
)
ORDER_STATES: Final = (
    "pending_review",
    "pending_approval",
    "authorized",
    "partially_invoiced",
    "invoiced",
    "declined",
    "canceled",
    "expired",
)

INVOICE: Final = frozenset(
    {
        ("draft", "open"),
        ("open", "paid"),
        ("open", "void"),
        ("open", "written_off"),
        ("paid", "open"),
        ("paid", "void"),
        ("written_off", "open"),
        ("written_off", "void"),
    }
)
INVOICE_STATES: Final = ("draft", "open", "paid", "void", "written_off")

_UNSETTLED: Final = ("received", "unapplied", "partially_allocated", "allocated")
PAYMENT: Final = frozenset(
    {(a, b) for a in _UNSETTLED for b in _UNSETTLED if a != b and b != "received"}
    | {(a, b) for a in _UNSETTLED for b in ("returned", "refunded")}
)
PAYMENT_STATES: Final = (*_UNSETTLED, "returned", "refunded")

CREDIT_LINE: Final = frozenset(
    {
        ("active", "on_hold"),
        ("on_hold", "active"),
        ("active", "suspended"),
        ("suspended", "active"),
        ("on_hold", "suspended"),
        ("active", "closed"),
        ("on_hold", "closed"),
        ("suspended", "closed"),
    }
)
CREDIT_LINE_STATES: Final = ("active", "on_hold", "suspended", "closed")

REVIEW: Final = frozenset({("open", "approved"), ("open", "declined"), ("open", "withdrawn")})
REVIEW_STATES: Final = ("open", "approved", "declined", "withdrawn")

APPLICATION: Final = frozenset(
    {
        ("draft", "submitted"),
        ("draft", "withdrawn"),
        ("submitted", "in_review"),
        ("submitted", "approved"),
        ("submitted", "declined"),
        ("submitted", "withdrawn"),
        ("in_review", "information_requested"),
        ("in_review", "approved"),
        ("in_review", "declined"),
        ("in_review", "withdrawn"),
        ("information_requested", "in_review"),
        ("information_requested", "declined"),
        ("information_requested", "withdrawn"),
    }
)
APPLICATION_STATES: Final = (
    "draft",
    "submitted",
    "in_review",
    "information_requested",
    "approved",
    "declined",
    "withdrawn",
)

BACKTEST: Final = frozenset(
    {
        ("queued", "running"),
        ("queued", "failed"),
        ("running", "queued"),
        ("running", "done"),
        ("running", "failed"),
    }
)
BACKTEST_STATES: Final = ("queued", "running", "done", "failed")

DELIVERY: Final = frozenset(
    {
        ("queued", "sent"),
        ("queued", "delivered"),
        ("queued", "bounced"),
        ("queued", "rejected"),
        ("queued", "failed"),
        ("sent", "delivered"),
        ("sent", "opened"),
        ("sent", "bounced"),
        ("sent", "rejected"),
        ("sent", "failed"),
        ("delivered", "opened"),
        ("delivered", "bounced"),  # a mail server that took it gives up later
        ("delivered", "rejected"),  # the buyer says no to what it received
        ("opened", "rejected"),
        ("bounced", "delivered"),  # SdI tries again for days
        ("bounced", "opened"),
    }
)
DELIVERY_STATES: Final = (
    "queued",
    "sent",
    "delivered",
    "opened",
    "bounced",
    "rejected",
    "failed",
)

REGISTRATION: Final = frozenset({("registered", "cancelled")})
REGISTRATION_STATES: Final = ("registered", "cancelled")
"""A document's registration with India's portal."""

MANDATE: Final = frozenset(
    {
        ("pending", "active"),
        ("pending", "canceled"),
        ("pending", "expired"),
        ("active", "suspended"),
        ("active", "canceled"),
        ("active", "expired"),
        ("active", "completed"),
        ("suspended", "active"),
        ("suspended", "canceled"),
        ("suspended", "expired"),
    }
)
MANDATE_STATES: Final = ("pending", "active", "suspended", "canceled", "expired", "completed")
"""``pending`` until it is signed; ``suspended`` while a return is looked into; ``expired`` when nothing
was collected for 36 months; ``completed`` when its only or last collection has settled."""

DEBIT: Final = frozenset(
    {
        ("scheduled", "submitted"),
        ("scheduled", "canceled"),
        ("submitted", "settled"),
        ("submitted", "rejected"),  # the bank did not take it: no money moved
        ("settled", "returned"),
        ("returned", "settled"),  # our bank sent the return back
    }
)
DEBIT_STATES: Final = ("scheduled", "submitted", "settled", "returned", "rejected", "canceled")

DEBIT_FILE: Final = frozenset(
    {
        ("written", "sent"),
        ("written", "withdrawn"),
        ("sent", "accepted"),
        ("sent", "partly"),
        ("sent", "rejected"),
        ("accepted", "partly"),
        ("accepted", "rejected"),  # taken at the gate, refused when it was looked into
        ("partly", "rejected"),
    }
)
DEBIT_FILE_STATES: Final = ("written", "sent", "accepted", "partly", "rejected", "withdrawn")

QUESTION: Final = frozenset(
    {
        ("open", "answered"),
        ("answered", "open"),
        ("open", "closed"),
        ("answered", "closed"),
        ("closed", "open"),
    }
)
QUESTION_STATES: Final = ("open", "answered", "closed")

STORED_CARD: Final = frozenset({("active", "forgotten")})
STORED_CARD_STATES: Final = ("active", "forgotten")

CARD_PAGE: Final = frozenset({("open", "completed"), ("open", "expired")})
CARD_PAGE_STATES: Final = ("open", "completed", "expired")

CARD_AUTHORIZATION: Final = frozenset(
    {
        ("pending", "action_required"),
        ("pending", "authorized"),
        ("pending", "captured"),  # a charge is taken at once
        ("pending", "declined"),
        ("pending", "voided"),
        ("action_required", "authorized"),
        ("action_required", "captured"),
        ("action_required", "declined"),
        ("action_required", "voided"),
        ("authorized", "captured"),
        ("authorized", "voided"),
        ("authorized", "expired"),
    }
)
CARD_AUTHORIZATION_STATES: Final = (
    "pending",
    "action_required",
    "authorized",
    "captured",
    "voided",
    "expired",
    "declined",
)

CARD_INSTRUCTION: Final = frozenset({("queued", "done"), ("queued", "refused")})
CARD_INSTRUCTION_STATES: Final = ("queued", "done", "refused")

FUNDING_PROGRAM: Final = frozenset(
    {("active", "paused"), ("paused", "active"), ("active", "closed"), ("paused", "closed")}
)
FUNDING_PROGRAM_STATES: Final = ("active", "paused", "closed")

ADVANCE: Final = frozenset(
    {
        ("eligible", "requested"),
        ("eligible", "declined"),
        ("eligible", "canceled"),
        ("requested", "paid_out"),
        ("requested", "declined"),
        ("requested", "canceled"),
        ("paid_out", "repaid"),
        ("paid_out", "recoursed"),
        ("paid_out", "absorbed"),
        ("repaid", "paid_out"),  # the payment was returned, and the partner gives back what it got
        ("repaid", "recoursed"),  # the payment was returned, and the seller bears it
        ("absorbed", "paid_out"),  # the write-off was taken back
    }
)
ADVANCE_STATES: Final = (
    "eligible",
    "requested",
    "paid_out",
    "repaid",
    "recoursed",
    "absorbed",
    "declined",
    "canceled",
)
"""``repaid`` from the buyer's money, ``recoursed`` from the seller's, ``absorbed`` by the partner."""

FUNDING_INSTRUCTION: Final = frozenset({("queued", "done"), ("queued", "refused")})
FUNDING_INSTRUCTION_STATES: Final = ("queued", "done", "refused")

PROMISE: Final = frozenset(
    {
        ("proposed", "accepted"),
        ("proposed", "declined"),
        ("proposed", "withdrawn"),
        ("accepted", "kept"),
        ("accepted", "broken"),
        ("accepted", "withdrawn"),
        ("broken", "kept"),  # paid after all
    }
)
PROMISE_STATES: Final = ("proposed", "accepted", "declined", "kept", "broken", "withdrawn")

PROMISE_PART: Final = frozenset({("open", "kept"), ("open", "broken"), ("broken", "kept")})

PROPOSAL: Final = frozenset(
    {
        ("open", "accepted"),
        ("open", "dismissed"),
        ("open", "superseded"),
        ("booked", "undone"),
        ("accepted", "undone"),
    }
)
PROPOSAL_STATES: Final = ("open", "booked", "accepted", "dismissed", "superseded", "undone")

DISPUTE: Final = frozenset(
    {
        ("open", "resolved_credit"),
        ("open", "resolved_rejected"),
        ("open", "withdrawn"),
    }
)
DISPUTE_STATES: Final = ("open", "resolved_credit", "resolved_rejected", "withdrawn")

WRITE_OFF_REQUEST: Final = frozenset(
    {("open", "approved"), ("open", "declined"), ("open", "withdrawn")}
)
WRITE_OFF_REQUEST_STATES: Final = ("open", "approved", "declined", "withdrawn")

REMITTANCE: Final = frozenset(
    {
        ("waiting", "joined"),
        ("waiting", "dismissed"),
        ("joined", "waiting"),
        ("joined", "dismissed"),
        ("dismissed", "waiting"),
    }
)
REMITTANCE_STATES: Final = ("waiting", "joined", "dismissed")

DUNNING_POLICY: Final = frozenset(
    {("draft", "active"), ("draft", "retired"), ("active", "retired")}
)
DUNNING_POLICY_STATES: Final = ("draft", "active", "retired")

DUNNING_MESSAGE: Final = frozenset(
    {
        ("queued", "sent"),
        ("queued", "stopped"),
        ("sent", "stopped"),  # its mail had not left yet when the buyer paid
    }
)
DUNNING_MESSAGE_STATES: Final = ("queued", "sent", "stopped")

DUNNING_TASK: Final = frozenset({("open", "done"), ("open", "dropped")})
DUNNING_TASK_STATES: Final = ("open", "done", "dropped")

MACHINES: Final[Mapping[str, frozenset[tuple[str, str]]]] = {
    "orders_order": ORDER,
    "invoices_invoice": INVOICE,
    "payments_payment": PAYMENT,
    "payments_proposal": PROPOSAL,
    "payments_remittance": REMITTANCE,
    "credit_creditline": CREDIT_LINE,
    "credit_review": REVIEW,
    "credit_backtest": BACKTEST,
    "applications_application": APPLICATION,
    "deliveries_delivery": DELIVERY,
    "deliveries_registration": REGISTRATION,
    "collections_question": QUESTION,
    "collections_promise": PROMISE,
    "collections_promisepart": PROMISE_PART,
    "debits_mandate": MANDATE,
    "debits_debit": DEBIT,
    "debits_file": DEBIT_FILE,
    "collections_dispute": DISPUTE,
    "collections_writeoffrequest": WRITE_OFF_REQUEST,
    "dunning_policy": DUNNING_POLICY,
    "dunning_message": DUNNING_MESSAGE,
    "dunning_task": DUNNING_TASK,
    "funding_program": FUNDING_PROGRAM,
    "funding_advance": ADVANCE,
    "funding_instruction": FUNDING_INSTRUCTION,
    "cards_storedcard": STORED_CARD,
    "cards_page": CARD_PAGE,
    "cards_authorization": CARD_AUTHORIZATION,
    "cards_instruction": CARD_INSTRUCTION,
}
"""Each machine by the table whose ``state`` column it governs."""


class IllegalTransition(ValueError):
    """The object is in a state from which what was asked cannot be done."""

    code = "illegal_state"


def require(machine: frozenset[tuple[str, str]], *, before: str, after: str) -> None:
    """Raise IllegalTransition unless ``after`` may follow ``before``."""
    if (before, after) not in machine:
        raise IllegalTransition(f"Cannot go from {before} to {after}.")
