"""What a person can say about a provider's payouts, and about orders that a card secures."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.cards import payout_choices, releasing
from usance.flows.cards.payout_booking import is_nobodys
from usance.records.cards import queries
from usance.records.cards.models import CardPayout
from usance.records.identity import public_id
from usance.records.orders.models import Order
from usance.records.payments.models import BankTransaction, Payment
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.card_links import payout_address
from usance.web.backoffice.desk import Desk, id_in
from usance.web.words.amounts import day_text, money_text

_DIFFERENCE: Final = _lazy("It is, although the amounts differ")
_DIFFERENCE_HELP: Final = _lazy("What is over or short is booked as your own.")


class LineForm(ActForm):
    """Which bank line a payout is."""

    line = forms.ChoiceField(label=_lazy("Bank line"))
    accept_difference = forms.BooleanField(
        label=_DIFFERENCE, help_text=_DIFFERENCE_HELP, required=False
    )

    def prepare(self) -> None:
        """Offer lines that nothing else is, those nearest to its amount first."""
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (public_id("bank_transaction", line.id), _line_text(line))
            for line in payout_choices.lines_to_choose(self.subject)
        ]
        if not field.choices:
            field.help_text = _("There is no such line. Upload the statement of the bank first.")


class PayoutForm(ActForm):
    """Which payout a bank line is, of which a payment of nobody's was made."""

    payout = forms.ChoiceField(label=_lazy("Payout"))
    accept_difference = forms.BooleanField(
        label=_DIFFERENCE, help_text=_DIFFERENCE_HELP, required=False
    )

    def prepare(self) -> None:
        """Offer payouts that the bank has not booked, those nearest to the line's amount first."""
        field = self.fields["payout"]
        assert isinstance(field, forms.ChoiceField)
        line = self.subject.bank_transaction
        found = payout_choices.payouts_to_choose(line) if line else []
        field.choices = [(public_id("card_payout", row.id), _payout_text(row)) for row in found]
        if not field.choices:
            field.help_text = _("The provider has told of no payout that waits for the bank.")


class ReleaseForm(ActForm):
    """Why an order needs its card no more."""

    reason = forms.CharField(label=_lazy("Reason"), max_length=releasing.LONGEST_REASON)


def _line_text(line: BankTransaction) -> str:
    return _("%(amount)s on %(day)s: %(text)s") % {
        "amount": money_text(line.amount, line.currency),
        "day": day_text(line.booked_on),
        "text": (line.counterparty or line.text or line.info or "–")[:60],
    }


def _payout_text(row: CardPayout) -> str:
    return _("%(amount)s, expected on %(day)s: %(text)s") % {
        "amount": money_text(row.amount, row.currency),
        "day": day_text(row.arrives_on),
        "text": row.reference,
    }


def _book(desk: Desk, row: CardPayout, data: dict[str, Any]) -> Done:
    payout_choices.book_payout(
        desk.seller,
        payout_id=row.id,
        line_id=id_in(data["line"], kind="bank_transaction"),
        accept_difference=data["accept_difference"],
        at=desk.at,
        by=desk.by,
    )
    return Done(_("The payout is booked by this line; payments, refunds and fees are told apart."))


def _is_payout(desk: Desk, payment: Payment, data: dict[str, Any]) -> Done:
    assert payment.bank_transaction_id is not None, "only what a bank line brought is offered"
    payout_id = id_in(data["payout"], kind="card_payout")
    payout_choices.book_payout(
        desk.seller,
        payout_id=payout_id,
        line_id=payment.bank_transaction_id,
        accept_difference=data["accept_difference"],
        at=desk.at,
        by=desk.by,
    )
    return Done(
        _("The payout is booked by this line; payments, refunds and fees are told apart."),
        href=payout_address(payout_id),
    )


def _release(desk: Desk, order: Order, data: dict[str, Any]) -> Done:
    releasing.release_from_card(
        desk.seller, order_id=order.id, reason=data["reason"], at=desk.at, by=desk.by
    )
    return Done(_("The order stands on the buyer's credit now; the card is let go."))


def _may_be_payout(payment: Payment) -> bool:
    line = payment.bank_transaction
    return line is not None and is_nobodys(payment) and bool(payout_choices.payouts_to_choose(line))


def _is_secured(order: Order) -> bool:
    known = queries.secured(seller_id=order.seller_id, order_id=order.id)
    return known is not None and known.is_open


PAYOUT_ACTS: Final = (
    Act(
        name="book",
        label=_lazy("Choose its bank line"),
        title=_lazy("Which bank line is this payout?"),
        explanation=_lazy(
            "For a line that was not recognized by itself. Payments, refunds and fees are told apart as"
            " if it had been. It cannot be undone."
        ),
        duty="money",
        form=LineForm,
        run=_book,
        possible=lambda row: bool(row.amount) and (row.state == "failed" or not row.booked),
        icon="bank",
        tone="primary",
    ),
)

IS_PAYOUT: Final = Act(
    name="payout",
    label=_lazy("It is a card payout"),
    title=_lazy("Which payout of the provider is this?"),
    explanation=_lazy(
        "The payment of nobody's is taken back, and the bank line books the payout: payments, refunds"
        " and fees are told apart. It cannot be undone."
    ),
    duty="money",
    form=PayoutForm,
    run=_is_payout,
    possible=_may_be_payout,
    icon="bank",
    seldom=True,
)
"""Of a payment that was made of a bank line."""

RELEASE: Final = Act(
    name="release-card",
    label=_lazy("Release from its card"),
    title=_lazy("Release this order from its card?"),
    explanation=_lazy(
        "What the card holds is let go, and the order counts against the buyer's limit like any other."
        " It is refused where the credit line does not bear it."
    ),
    duty="credit",
    form=ReleaseForm,
    run=_release,
    possible=lambda order: order.state in releasing.ON_CREDIT and _is_secured(order),
    icon="shield",
    seldom=True,
)
"""Of an order that a card secures."""
