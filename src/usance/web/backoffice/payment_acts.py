"""What can be done to money that came in: put it to an invoice, take it back, record it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import match_answers, repayments, settlement
from usance.records.invoices import queries as invoices
from usance.records.invoices.models import Invoice
from usance.records.parties import queries as parties
from usance.records.payments import queries as payments
from usance.records.payments.models import Payment
from usance.web.backoffice import links
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import AmountField, CurrencyField, DayField, chosen_currency
from usance.web.words.amounts import day_text, money_text
from usance.web.words.terms import METHODS

_MOST_OFFERED: Final = 200
"""Open invoices that are offered to choose from."""
_MOST_GIVEN_UP: Final = 20


class AllocateForm(ActForm):
    """Which invoice a payment pays, and how much of it."""

    invoice = forms.CharField(label=_lazy("Invoice"), max_length=60)
    amount = AmountField(
        label=_lazy("Amount"),
        required=False,
        help_text=_lazy("Leave empty for as much as both allow."),
    )

    def prepare(self) -> None:
        """Offer the open invoices of a known payer; ask for the number where it is not known."""
        payment: Payment = self.subject
        amount = self.fields["amount"]
        assert isinstance(amount, AmountField)
        amount.currency, amount.most = payment.currency, payment.unapplied
        if payment.buyer_id is None:
            self.fields["invoice"].label = _("Invoice number")
            self.fields["invoice"].help_text = _(
                "The payer becomes known by the invoice that the money pays."
            )
            return
        mine = {"buyer_id": payment.buyer_id}
        found = self._open().filter(**mine).order_by("falls_due_on", "id")[:_MOST_OFFERED]
        given_up = self._written_off().filter(**mine).order_by("-id")[:_MOST_GIVEN_UP]
        self.fields["invoice"] = forms.ChoiceField(
            label=_("Invoice"),
            choices=[
                *((one.number, self._open_text(one)) for one in found),
                *((one.number, self._given_up_text(one)) for one in given_up),
            ],
        )

    def _open_text(self, invoice: Invoice) -> str:
        return _("%(number)s: %(outstanding)s, due on %(due_on)s") % {
            "number": invoice.number,
            "outstanding": money_text(invoice.outstanding, invoice.currency),
            "due_on": day_text(invoice.next_due_on),
        }

    def _given_up_text(self, invoice: Invoice) -> str:
        return _("%(number)s: %(amount)s was written off") % {
            "number": invoice.number,
            "amount": money_text(invoice.written_off, invoice.currency),
        }

    def _open(self) -> Any:
        found = invoices.find_invoices(
            seller_id=self.desk.seller.id, on=self.desk.on, standing="open"
        )
        return found.filter(currency=self.subject.currency)

    def _written_off(self) -> Any:
        found = invoices.find_invoices(
            seller_id=self.desk.seller.id, on=self.desk.on, standing="written_off"
        )
        return found.filter(currency=self.subject.currency)

    def clean_invoice(self) -> Invoice:
        """The open invoice of that number, or the one that was written off."""
        number = self.cleaned_data["invoice"].strip()
        found = list(self._open().filter(number__iexact=number)[:2])
        if not found:
            # Money that comes after all for what was given up.
            found = list(self._written_off().filter(number__iexact=number)[:2])
        if len(found) != 1:
            raise ValidationError(
                _("There is no open invoice %(number)s in %(currency)s.")
                % {"number": number, "currency": self.subject.currency}
            )
        invoice: Invoice = found[0]
        return invoice


class RefundForm(ActForm):
    """How much is given back, and why."""

    amount = AmountField(label=_lazy("Amount"))
    reason = forms.CharField(label=_lazy("Reason"), max_length=500)

    def prepare(self) -> None:
        """Begin with all that is unapplied, which is also the most."""
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        field.currency, field.most = self.subject.currency, self.subject.unapplied
        self.initial["amount"] = self.subject.unapplied


class ReturnForm(ActForm):
    """What the payer's bank or the card provider took back."""

    amount = AmountField(label=_lazy("Amount"))
    kind = forms.ChoiceField(
        label=_lazy("Who took it back"),
        choices=[
            ("return", _lazy("The payer's bank")),
            ("chargeback", _lazy("The provider: a chargeback")),
        ],
    )
    on = DayField(label=_lazy("On"))
    reason = forms.CharField(label=_lazy("Reason"), required=False, max_length=500)
    fee = AmountField(
        label=_lazy("Fee"), required=False, help_text=_lazy("What the bank charges for it.")
    )

    def prepare(self) -> None:
        """Begin with all that is still there, today."""
        payment: Payment = self.subject
        for name in ("amount", "fee"):
            field = self.fields[name]
            assert isinstance(field, AmountField)
            field.currency = payment.currency
        most = payment.amount - payment.refunded - payment.returned
        self.fields["amount"].most = most  # type: ignore[attr-defined]
        self.initial.update({"amount": most, "on": self.desk.on})


class TakeBackForm(ActForm):
    """Which allocation is taken back."""

    allocation = forms.UUIDField(widget=forms.HiddenInput)


class PaymentForm(ActForm):
    """Money that a person has seen come in, from a buyer that may be known."""

    buyer = forms.CharField(
        label=_lazy("Buyer"),
        required=False,
        max_length=200,
        help_text=_lazy("Your own number or the exact name. Leave empty if the payer is unknown."),
    )
    amount = AmountField(label=_lazy("Amount"))
    currency = CurrencyField()
    received_on = DayField(label=_lazy("Received on"))
    method = forms.ChoiceField(label=_lazy("Paid by"), choices=list(METHODS.items()))
    payer = forms.CharField(label=_lazy("Payer"), required=False, max_length=140)
    reference = forms.CharField(label=_lazy("Reference"), required=False, max_length=140)

    def prepare(self) -> None:
        """Begin with today and the seller's currency, and the buyer the person came from."""
        amount = self.fields["amount"]
        assert isinstance(amount, AmountField)
        amount.currency = chosen_currency(self, usual=self.desk.seller.currency)
        self.initial.update(
            {
                "currency": self.desk.seller.currency,
                "received_on": self.desk.on,
                "buyer": self.subject.name if self.subject else "",
            }
        )

    def clean_buyer(self) -> UUID | None:
        """The one buyer of that number or name."""
        text = self.cleaned_data["buyer"].strip()
        if not text:
            return None
        found = parties.find_buyers(seller_id=self.desk.seller.id)
        numbered = list(found.filter(external_id=text)[:1])
        named = numbered or list(found.filter(name__iexact=text)[:2])
        if len(named) != 1:
            raise ValidationError(
                _("There is no single buyer with the number or name %(text)s.") % {"text": text}
            )
        return named[0].id


def _allocate(desk: Desk, payment: Payment, data: dict[str, Any]) -> Done:
    made = settlement.allocate(
        desk.seller,
        payment_id=payment.id,
        invoice_id=data["invoice"].id,
        amount=data["amount"],
        at=desk.at,
        by=desk.by,
    )
    return Done(
        _("%(amount)s pays invoice %(number)s now.")
        % {
            "amount": money_text(made.amount, payment.currency),
            "number": data["invoice"].number,
        }
    )


def _take_back(desk: Desk, payment: Payment, data: dict[str, Any]) -> Done:
    mine = payments.allocations_of_payment(seller_id=desk.seller.id, payment_id=payment.id)
    # An id of another payment is as good as none.
    wanted = data["allocation"] if data["allocation"] in {a.id for a in mine} else UUID(int=0)
    back = settlement.release_allocation(desk.seller, allocation_id=wanted, at=desk.at, by=desk.by)
    return Done(
        _("%(amount)s is unapplied again, and the invoice is open.")
        % {"amount": money_text(-back.amount, payment.currency)}
    )


def _undo(desk: Desk, payment: Payment, _data: dict[str, Any]) -> Done:
    match_answers.undo_match(desk.seller, payment_id=payment.id, at=desk.at, by=desk.by)
    return Done(_("All of it is unapplied again, and what it had paid is open."))


def _unidentify(desk: Desk, payment: Payment, _data: dict[str, Any]) -> Done:
    match_answers.unidentify_payment(desk.seller, payment_id=payment.id, at=desk.at, by=desk.by)
    return Done(_("The payer is unknown again."))


def _refund(desk: Desk, payment: Payment, data: dict[str, Any]) -> Done:
    made = repayments.refund_payment(
        desk.seller,
        payment_id=payment.id,
        amount=data["amount"],
        reason=data["reason"],
        at=desk.at,
        by=desk.by,
    )
    amount = money_text(made.amount, payment.currency)
    return Done(
        _("%(amount)s is recorded as given back. Send it to the payer.") % {"amount": amount}
    )


def _return(desk: Desk, payment: Payment, data: dict[str, Any]) -> Done:
    made = repayments.return_payment(
        desk.seller,
        payment_id=payment.id,
        amount=data["amount"],
        kind=data["kind"],
        on=data["on"],
        reason=data["reason"],
        fee=data["fee"] or 0,
        at=desk.at,
        by=desk.by,
    )
    amount = money_text(made.amount, payment.currency)
    return Done(_("%(amount)s is gone again; what it had paid is open.") % {"amount": amount})


def _record(desk: Desk, _subject: object, data: dict[str, Any]) -> Done:
    payment = settlement.record_payment(
        desk.seller,
        buyer_id=data["buyer"],
        amount=data["amount"],
        currency=data["currency"],
        received_on=data["received_on"],
        method=data["method"],
        payer=data["payer"],
        reference=data["reference"],
        at=desk.at,
        by=desk.by,
    )
    return Done(
        _("%(amount)s is recorded. Choose the invoices it pays.")
        % {"amount": money_text(payment.amount, payment.currency)},
        href=links.address("payment", payment.id),
    )


PAYMENT_ACTS: Final = (
    Act(
        name="allocate",
        label=_lazy("Allocate"),
        title=_lazy("Which invoice does this money pay?"),
        explanation=_lazy("The invoice is settled by what is allocated, to the cent."),
        duty="money",
        form=AllocateForm,
        run=_allocate,
        possible=lambda payment: (
            payment.unapplied > 0 and payment.state not in ("returned", "refunded")
        ),
        icon="check",
        tone="primary",
    ),
    Act(
        name="undo",
        label=_lazy("Undo"),
        title=_lazy("Undo what this payment pays?"),
        explanation=_lazy(
            "All of it is unapplied again and the invoices are open, by entries of their own. The"
            " matching learns from it."
        ),
        duty="money",
        run=_undo,
        possible=lambda payment: payment.allocated > 0,
        icon="return",
    ),
    Act(
        name="unidentify",
        label=_lazy("Not this buyer"),
        title=_lazy("Is this not the buyer's money?"),
        explanation=_lazy(
            "What it pays is taken back and its payer is unknown again. The matching learns from it."
        ),
        duty="money",
        run=_unidentify,
        possible=lambda payment: (
            payment.buyer_id is not None and payment.state not in ("returned", "refunded")
        ),
        icon="person",
        seldom=True,
    ),
    Act(
        name="refund",
        label=_lazy("Refund"),
        title=_lazy("Give money back"),
        explanation=_lazy(
            "Of what is unapplied. It is recorded here; the transfer itself you make at your bank."
        ),
        duty="money",
        form=RefundForm,
        run=_refund,
        possible=lambda payment: (
            payment.unapplied > 0 and payment.state not in ("returned", "refunded")
        ),
        icon="send",
        seldom=True,
    ),
    Act(
        name="return",
        label=_lazy("Record a return"),
        title=_lazy("Record that the money was taken back"),
        explanation=_lazy(
            "The payer's bank or the provider took it back. What it had paid is open again, the latest"
            " first."
        ),
        duty="money",
        form=ReturnForm,
        run=_return,
        possible=lambda payment: payment.amount > payment.refunded + payment.returned,
        icon="return",
        seldom=True,
    ),
)
"""What stands as buttons on the payment's page."""

TAKE_BACK: Final = Act(
    name="release",
    label=_lazy("Take back"),
    title=_lazy("Take this allocation back?"),
    explanation=_lazy("The money is unapplied again, and the invoice is open again."),
    duty="money",
    form=TakeBackForm,
    run=_take_back,
    icon="return",
    tone="danger",
)

RECORD: Final = Act(
    name="new",
    label=_lazy("Record a payment"),
    title=_lazy("Record a payment"),
    explanation=_lazy(
        "For money seen outside a bank file: cash, a cheque, a transfer that somebody told of."
    ),
    duty="money",
    form=PaymentForm,
    run=_record,
    icon="plus",
    tone="primary",
)
