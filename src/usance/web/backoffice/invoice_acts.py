"""What can be done to an invoice: record what was paid, credit it, write it off."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import billing, settlement, write_offs
from usance.records.invoices.models import Invoice
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.credit_acts import ReasonForm
from usance.web.backoffice.credit_line_acts import CORRECT, CREDIT_LINES
from usance.web.backoffice.delivery_acts import SEND
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.dispute_acts import DISPUTE_INVOICE, RECOVER
from usance.web.backoffice.fields import AmountField, DayField
from usance.web.backoffice.funding_acts import ASK_ACT
from usance.web.backoffice.pay_link_acts import PAY_LINK_ACT
from usance.web.backoffice.registration_acts import CANCEL_REGISTRATION, REGISTER
from usance.web.words.amounts import money_text
from usance.web.words.terms import METHODS


class ReceiptForm(ActForm):
    """Money that a person has seen come in."""

    amount = AmountField(label=_lazy("Amount"))
    received_on = DayField(label=_lazy("Received on"))
    method = forms.ChoiceField(label=_lazy("Paid by"), choices=list(METHODS.items()))
    payer = forms.CharField(label=_lazy("Payer"), required=False, max_length=140)
    reference = forms.CharField(
        label=_lazy("Reference"),
        required=False,
        max_length=140,
        help_text=_lazy("What the payer wrote, so that the payment is found again."),
    )

    def prepare(self) -> None:
        """Begin with what is outstanding, today."""
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        field.currency = self.subject.currency
        self.initial.update(
            {
                "amount": self.subject.outstanding,
                "received_on": self.desk.on,
                "payer": self.subject.buyer.name,
                "reference": self.subject.number,
            }
        )


class CreditForm(ActForm):
    """How much is taken back, and why."""

    amount = AmountField(label=_lazy("Amount with tax"))
    reason = forms.CharField(
        label=_lazy("Reason"), max_length=500, help_text=_lazy("Printed on the credit note.")
    )

    def prepare(self) -> None:
        """Begin with all that is not credited yet, which is also the most."""
        invoice: Invoice = self.subject
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        field.currency, field.most = invoice.currency, creditable(invoice)
        self.initial.update({"amount": creditable(invoice)})


def creditable(invoice: Invoice) -> int:
    """What can still be credited, in minor units."""
    return invoice.amount - invoice.credited - invoice.written_off


def _receive(desk: Desk, invoice: Invoice, data: dict[str, Any]) -> Done:
    payment = settlement.record_payment(
        desk.seller,
        amount=data["amount"],
        currency=invoice.currency,
        received_on=data["received_on"],
        method=data["method"],
        payer=data["payer"],
        reference=data["reference"],
        buyer_id=invoice.buyer_id,
        at=desk.at,
        by=desk.by,
    )
    made = settlement.allocate(
        desk.seller, payment_id=payment.id, invoice_id=invoice.id, at=desk.at, by=desk.by
    )
    paid = money_text(made.amount, invoice.currency)
    rest = data["amount"] - made.amount
    if not rest:
        return Done(_("%(paid)s is recorded and allocated.") % {"paid": paid})
    return Done(
        _("%(paid)s is recorded and allocated; %(rest)s waits as unapplied cash.")
        % {"paid": paid, "rest": money_text(rest, invoice.currency)}
    )


def _credit(desk: Desk, invoice: Invoice, data: dict[str, Any]) -> Done:
    note = billing.credit_invoice(
        desk.seller,
        invoice_id=invoice.id,
        amount=data["amount"],
        reason=data["reason"],
        at=desk.at,
        by=desk.by,
    )
    return Done(_("Credit note %(number)s is issued.") % {"number": note.number})


def _write_off(desk: Desk, invoice: Invoice, data: dict[str, Any]) -> Done:
    left = money_text(invoice.outstanding, invoice.currency)
    asked = write_offs.ask_write_off(
        desk.seller, invoice_id=invoice.id, reason=data["reason"], at=desk.at, by=desk.by
    )
    if asked is not None:
        return Done(_("Writing off %(amount)s waits for a second person.") % {"amount": left})
    return Done(_("%(amount)s is written off.") % {"amount": left})


INVOICE_ACTS: Final = (
    Act(
        name="payment",
        label=_lazy("Record a payment"),
        title=_lazy("Record a payment of this invoice"),
        explanation=_lazy(
            "For money seen outside a bank file. It pays this invoice; what is more waits as the"
            " buyer's unapplied cash."
        ),
        duty="money",
        form=ReceiptForm,
        run=_receive,
        possible=lambda invoice: invoice.state == "open",
        icon="payment",
        tone="primary",
    ),
    SEND,
    REGISTER,
    CANCEL_REGISTRATION,
    Act(
        name="credit",
        label=_lazy("Credit an amount"),
        title=_lazy("Issue a credit note"),
        explanation=_lazy(
            "It takes back part or all of the invoice. Where that was paid already, the money"
            " becomes the buyer's unapplied cash."
        ),
        duty="billing",
        form=CreditForm,
        run=_credit,
        possible=lambda invoice: creditable(invoice) > 0,
        icon="return",
        seldom=True,
    ),
    CREDIT_LINES,
    CORRECT,
    PAY_LINK_ACT,
    DISPUTE_INVOICE,
    RECOVER,
    Act(
        name="write-off",
        label=_lazy("Write off"),
        title=_lazy("Write off what is outstanding?"),
        explanation=_lazy("What will not be paid becomes a loss, and the invoice is closed."),
        duty="billing",
        form=ReasonForm,
        run=_write_off,
        possible=lambda invoice: invoice.state == "open",
        icon="minus",
        tone="danger",
        seldom=True,
    ),
    ASK_ACT,
)
