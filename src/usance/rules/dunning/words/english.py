"""English."""

from __future__ import annotations

from typing import Final

from usance.rules.dunning.words.model import Words

WORDS: Final = Words(
    levels={
        "friendly": (
            "{total} falls due on {due_on}",
            "A short note ahead of time: the items below fall due soon, {total} in all, the first of"
            " them on {due_on}.\n\nIf the payment is already planned, there is nothing more to do."
            " Should an invoice not have reached you, or should something in it not be right, tell us"
            " now and we will see to it before it is due.",
        ),
        "due_today": (
            "{total} is due today",
            "The items below are due today, {total} in all.\n\nThank you for paying them today. You"
            " can use the button below, or transfer the amount with the invoice number as"
            " reference.",
        ),
        "notice_1": (
            "Reminder: {total} is overdue",
            "According to our books {total} on your account has not been paid; the oldest item fell"
            " due {oldest_days} days ago. It may simply have been overlooked.\n\nPlease pay by"
            " {pay_by}. If there is a reason why you have not paid, tell us, so that we can find a"
            " solution together.",
        ),
        "notice_2": (
            "Second reminder: {total} is overdue",
            "We wrote to you about the items below and have received neither payment nor an answer."
            " {total} is open, and has been for up to {oldest_days} days.\n\nPlease pay by {pay_by},"
            " or tell us by then what stands in the way.",
        ),
        "notice_3": (
            "Third reminder: {total} is overdue",
            "In spite of our reminders {total} on your account remains unpaid, the oldest item for"
            " {oldest_days} days.\n\nWe ask you to pay in full by {pay_by}. If that is not possible,"
            " speak to us before that day about instalments: {contact}. Without either we may have to"
            " stop deliveries on account.",
        ),
        "formal": (
            "Formal notice of default: {total}",
            "We hereby give you formal notice that you are in default with {total}. Each item, with"
            " the day on which it fell due, is listed below.\n\nWe require payment in full by"
            " {pay_by}. We reserve the right to claim the interest and compensation for recovery"
            " costs that the law provides for late payment.\n\nIf you dispute an item, tell us which"
            " one and why, in writing, by the same day.",
        ),
        "final": (
            "Final demand before recovery: {total}",
            "This is our last demand for payment of {total}. Earlier reminders and our formal notice"
            " have remained without result.\n\nUnless the full amount has reached us by {pay_by}, we"
            " will pass the claim on for recovery without writing to you again. The costs that arise"
            " from it will be claimed from you as far as the law allows.\n\nUntil then payment in"
            " full, or a written agreement with us, still avoids this: {contact}.",
        ),
        "handover": (
            "Your account has been passed on for recovery",
            "The day named in our final demand has passed without payment. The claim of {total} is"
            " now being passed on for recovery.\n\nFor anything that concerns these items, please"
            " turn to {contact}.",
        ),
    },
    stages={
        "notice_1": "Reminder",
        "notice_2": "Second reminder",
        "notice_3": "Third reminder",
        "formal": "Formal notice of default",
        "final": "Final demand",
        "handover": "Passed on for recovery",
    },
    mixed="What is said above goes for the items marked “{stage}”. Each other item is at the stage that"
    " stands beside it: {others}.",
    greeting="Dear Sir or Madam,",
    invoice="Invoice",
    issued_on="Date",
    due_on="Due on",
    open="Open",
    days_late="Days late",
    interest="Interest",
    total="Total of these items",
    not_due="not due yet",
    also_open="Also open on your account",
    unassigned="We have {amount} of yours that is not assigned to an invoice yet.",
    pay="See and pay what is open",
    statement="Your statement of account: {address}",
    contact="Your contact for questions: {contact}",
    ignore="If you have paid in the meantime, please disregard this message, and accept our thanks.",
    title="Payment notice",
)
