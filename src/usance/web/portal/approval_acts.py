"""What a member can do to an order that waits for its approval."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import buyer_approvals
from usance.records.orders.models import Order
from usance.web.acts import Act, ActForm, Done
from usance.web.portal.account import Account
from usance.web.portal.waiting import Waiting
from usance.web.words.amounts import money_text


class NoteForm(ActForm):
    """A word to those who read the order later."""

    note = forms.CharField(
        label=_lazy("Note"),
        required=False,
        max_length=500,
        help_text=_lazy("Everybody of your company who sees the order can read it."),
    )


def _approve(account: Account, waiting: Waiting, data: dict[str, Any]) -> Done:
    order = _answer(account, waiting.order, "approved", data["note"])
    words = {
        "amount": money_text(order.amount, order.currency),
        "seller": account.seller.name,
    }
    if order.state == "authorized":
        return Done(_("The order of %(amount)s is approved and accepted.") % words)
    if order.state == "pending_review":
        return Done(_("The order of %(amount)s is approved; %(seller)s looks at it now.") % words)
    if order.state == "declined":
        return Done(
            _("You approved the order of %(amount)s, but %(seller)s did not accept it on account.")
            % words
        )
    return Done(_("You approved the order of %(amount)s; it waits for the next step.") % words)


def _decline(account: Account, waiting: Waiting, data: dict[str, Any]) -> Done:
    order = _answer(account, waiting.order, "declined", data["note"])
    amount = money_text(order.amount, order.currency)
    return Done(_("The order of %(amount)s is declined.") % {"amount": amount})


def _answer(account: Account, order: Order, verdict: str, note: str) -> Order:
    return buyer_approvals.approve_step(
        account.seller,
        order_id=order.id,
        member_id=account.member.id,
        verdict=verdict,
        note=note,
        at=account.at,
        by=account.by,
    )


APPROVAL_ACTS: Final = (
    Act[Account](
        name="approve",
        label=_lazy("Approve"),
        title=_lazy("Approve this order?"),
        explanation=_lazy("After the last approval it goes to the seller."),
        duty="approve",
        form=NoteForm,
        run=_approve,
        icon="check",
        tone="primary",
    ),
    Act[Account](
        name="decline",
        label=_lazy("Decline"),
        title=_lazy("Decline this order?"),
        explanation=_lazy("It comes to nothing, and would have to be placed anew."),
        duty="approve",
        form=NoteForm,
        run=_decline,
        icon="cross-circle",
        tone="danger",
    ),
)
