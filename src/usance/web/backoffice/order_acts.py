"""What can be done to an order: confirm, decline, invoice, extend, cancel, let the rest go."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import fulfilment, order_reviews, shipping, take_backs
from usance.records.credit import review_queries
from usance.records.identity import public_id
from usance.records.orders import queries as orders
from usance.records.orders.models import Order
from usance.web.backoffice import links
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk, id_in
from usance.web.backoffice.fields import AmountField, DayField
from usance.web.backoffice.people import person_of
from usance.web.words.amounts import day_text, money_text

_LONGEST_EXTENSION: Final = 365
_MOST_OFFERED: Final = 100


class InvoiceForm(ActForm):
    """How much of an order has shipped."""

    amount = AmountField(
        label=_lazy("Amount with tax"), help_text=_lazy("What has shipped and is owed now.")
    )

    def prepare(self) -> None:
        """Begin with all that remains, which is also the most."""
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        field.currency, field.most = self.subject.currency, self.subject.remaining
        self.initial.update({"amount": self.subject.remaining})


class ShipForm(InvoiceForm):
    """What has left, when, and with whom."""

    shipped_on = DayField(label=_lazy("Shipped on"))
    external_id = forms.CharField(label=_lazy("Delivery note"), required=False, max_length=80)
    carrier = forms.CharField(label=_lazy("Carrier"), required=False, max_length=80)
    tracking = forms.CharField(label=_lazy("Tracking number"), required=False, max_length=80)

    def prepare(self) -> None:
        """Begin with all that remains, today."""
        super().prepare()
        self.fields["amount"].help_text = _("What has left of the order.")
        self.initial.update({"shipped_on": self.desk.on})


class TakeBackForm(ActForm):
    """Which shipment is taken back."""

    shipment = forms.ChoiceField(label=_lazy("Shipment"))

    def prepare(self) -> None:
        """Offer those that are not billed."""
        waiting = orders.shipments(
            seller_id=self.desk.seller.id, order_id=self.subject.id, billed=False
        )
        field = self.fields["shipment"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (
                public_id("shipment", row.id),
                _("%(name)s: %(amount)s, shipped on %(day)s")
                % {
                    "name": row.external_id or f"…{row.id.hex[-8:]}",
                    "amount": money_text(row.amount, self.subject.currency),
                    "day": day_text(row.shipped_on),
                },
            )
            for row in waiting.order_by("-id")[:_MOST_OFFERED]
        ]


class ExtendForm(ActForm):
    """For how long credit is held on."""

    days = forms.IntegerField(
        label=_lazy("Days from today"), min_value=1, max_value=_LONGEST_EXTENSION, initial=30
    )

    def prepare(self) -> None:
        """Begin with a month."""
        self.initial.update({"days": 30})


class AnswerForm(ActForm):
    """What is said with an answer."""

    note = forms.CharField(
        label=_lazy("Note"),
        required=False,
        max_length=2000,
        help_text=_lazy("For your colleagues; the buyer does not see it."),
    )


class ConfirmForm(AnswerForm):
    """A yes; for an order that exceeds the limit it must say so."""

    override = forms.BooleanField(required=False)

    def prepare(self) -> None:
        """Ask only of an order that exceeds what is left."""
        self.ask_override(self.subject)

    def ask_override(self, order: Order | None) -> None:
        """Name by how much the order exceeds what is left; without excess nothing is asked."""
        excess = excess_of(self.desk, order) if order else None
        if order is None or excess is None:
            del self.fields["override"]
            return
        self.fields["override"].label = _("Let it exceed the limit by %(amount)s") % {
            "amount": money_text(excess, order.currency)
        }
        self.fields["override"].help_text = _("It is recorded under your name.")


def excess_of(desk: Desk, order: Order) -> int | None:
    """By how much the order exceeds what its line bears now, in minor units; None: it does not, or
    there is no active line that could be exceeded."""
    room = review_queries.room_now(
        seller_id=desk.seller.id, line_id=order.line_id, on=desk.on, order_id=order.id
    )
    return order.amount - room if room is not None and order.amount > room else None


def confirm(desk: Desk, order: Order, data: dict[str, Any]) -> Done:
    """Say yes to an order in review, in the name of whoever sits at the desk."""
    confirmed = order_reviews.confirm_order(
        desk.seller,
        order_id=order.id,
        at=desk.at,
        by=desk.by,
        person=person_of(desk),
        override=data.get("override", False),
        note=data["note"],
    )
    if confirmed.state == "pending_review":
        return Done(_("You have approved; another person must too."))
    held = money_text(order.amount, order.currency)
    return Done(_("The order is authorized; %(amount)s is held.") % {"amount": held})


def decline(desk: Desk, order: Order, data: dict[str, Any]) -> Done:
    """Say no to an order in review."""
    order_reviews.decline_order(
        desk.seller,
        order_id=order.id,
        at=desk.at,
        by=desk.by,
        person=person_of(desk),
        note=data["note"],
    )
    return Done(_("The order is declined."))


def _invoice(desk: Desk, order: Order, data: dict[str, Any]) -> Done:
    invoice = fulfilment.invoice_order(
        desk.seller, order_id=order.id, amount=data["amount"], at=desk.at, by=desk.by
    )
    return Done(
        _("Invoice %(number)s is issued, due on %(due_on)s.")
        % {"number": invoice.number, "due_on": day_text(invoice.due_on)},
        href=links.address("invoice", invoice.id),
    )


def _ship(desk: Desk, order: Order, data: dict[str, Any]) -> Done:
    shipped = shipping.ship_order(
        desk.seller,
        order_id=order.id,
        amount=data["amount"],
        parcel=shipping.Parcel(
            shipped_on=data["shipped_on"], carrier=data["carrier"], tracking=data["tracking"]
        ),
        external_id=data["external_id"] or None,
        at=desk.at,
        by=desk.by,
    )
    if shipped.invoice is None:
        return Done(_("The shipment is recorded; it is billed with others on the cut-off day."))
    return Done(
        _("The shipment is recorded; invoice %(number)s bills it.")
        % {"number": shipped.invoice.number},
        href=links.address("invoice", shipped.invoice.id),
    )


def _extend(desk: Desk, order: Order, data: dict[str, Any]) -> Done:
    renewed = fulfilment.renew_order(
        desk.seller, order_id=order.id, days=data["days"], at=desk.at, by=desk.by
    )
    return Done(_("The credit is held until %(day)s.") % {"day": day_text(renewed.expires_on)})


def _cancel(desk: Desk, order: Order, _data: dict[str, Any]) -> Done:
    fulfilment.cancel_order(desk.seller, order_id=order.id, at=desk.at, by=desk.by)
    return Done(_("The order is canceled and holds no credit."))


def _take_back(desk: Desk, order: Order, data: dict[str, Any]) -> Done:
    shipment = take_backs.take_back_shipment(
        desk.seller,
        shipment_id=id_in(data["shipment"], kind="shipment"),
        at=desk.at,
        by=desk.by,
    )
    amount = money_text(shipment.amount, order.currency)
    return Done(
        _("The shipment of %(amount)s is taken back and may ship again.") % {"amount": amount}
    )


def _void(desk: Desk, order: Order, _data: dict[str, Any]) -> Done:
    left = money_text(order.remaining, order.currency)
    fulfilment.void_remaining(desk.seller, order_id=order.id, at=desk.at, by=desk.by)
    return Done(_("The rest of %(amount)s is let go.") % {"amount": left})


ORDER_ACTS: Final = (
    Act(
        name="confirm",
        label=_lazy("Confirm"),
        title=_lazy("Confirm this order?"),
        explanation=_lazy("Its amount is held against the credit line and it may ship."),
        duty="credit",
        form=ConfirmForm,
        run=confirm,
        possible=lambda order: order.state == "pending_review",
        icon="check",
        tone="primary",
    ),
    Act(
        name="decline",
        label=_lazy("Decline"),
        title=_lazy("Decline this order?"),
        explanation=_lazy("It cannot be taken up again; the buyer would have to order anew."),
        duty="credit",
        form=AnswerForm,
        run=decline,
        possible=lambda order: order.state in fulfilment.PENDING,
        icon="cross-circle",
        tone="danger",
    ),
    Act(
        name="ship",
        label=_lazy("Record a shipment"),
        title=_lazy("Record what has shipped"),
        explanation=_lazy(
            "It is billed as the buyer's billing profile says: at once, with the whole order, or on"
            " the cut-off day."
        ),
        duty="billing",
        form=ShipForm,
        run=_ship,
        possible=lambda order: order.state in fulfilment.HELD and order.remaining > 0,
        icon="send",
        tone="primary",
    ),
    Act(
        name="invoice",
        label=_lazy("Issue an invoice"),
        title=_lazy("Issue an invoice for what has shipped"),
        explanation=_lazy("What was held for it becomes owed. An issued invoice never changes."),
        duty="billing",
        form=InvoiceForm,
        run=_invoice,
        possible=lambda order: order.state in fulfilment.HELD and order.remaining > 0,
        icon="invoice",
    ),
    Act(
        name="take-back",
        label=_lazy("Take back a shipment"),
        title=_lazy("Take back which shipment?"),
        explanation=_lazy(
            "For what did not leave or came back before it was billed. The order is as if it had not"
            " shipped; the credit stays held for it."
        ),
        duty="billing",
        form=TakeBackForm,
        run=_take_back,
        possible=lambda order: order.state in fulfilment.HELD and order.shipped_amount > 0,
        icon="return",
        seldom=True,
    ),
    Act(
        name="extend",
        label=_lazy("Extend"),
        title=_lazy("Hold the credit for longer"),
        explanation=_lazy("For an order that ships later than was thought."),
        duty="credit",
        form=ExtendForm,
        run=_extend,
        possible=lambda order: order.state in fulfilment.HELD,
        icon="calendar",
    ),
    Act(
        name="cancel",
        label=_lazy("Cancel the order"),
        title=_lazy("Cancel this order?"),
        explanation=_lazy("Nothing of it was invoiced. The credit it holds is free again."),
        duty="credit",
        run=_cancel,
        possible=lambda order: order.state == "authorized" and not order.shipped_amount,
        icon="ban",
        tone="danger",
    ),
    Act(
        name="void",
        label=_lazy("Let the rest go"),
        title=_lazy("Let the rest of this order go?"),
        explanation=_lazy(
            "What has not shipped will not. The credit it holds is free again; what was shipped and"
            " invoiced stays as it is."
        ),
        duty="credit",
        run=_void,
        possible=lambda order: (
            order.state in fulfilment.HELD
            and order.remaining > 0
            and bool(order.invoiced_amount or order.shipped_amount)
        ),
        icon="ban",
        tone="danger",
    ),
)
