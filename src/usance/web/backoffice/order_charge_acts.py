"""What can be done to an order's freight, packaging and rebates, and to what is attached to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import attachments, fulfilment, order_totals
from usance.records.identity import NotAnId, parse_public_id
from usance.records.orders.models import Order
from usance.rules.allowances import ALLOWANCE_CODES, CHARGE_CODES, allowance_or_charge, still_open
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import AmountField
from usance.web.words.amounts import money_text


class ChargeForm(ActForm):
    """What is put on or taken off the whole order."""

    kind = forms.ChoiceField(
        label=_lazy("Kind"),
        choices=[("charge", _lazy("Put on")), ("allowance", _lazy("Taken off"))],
    )
    reason = forms.CharField(
        label=_lazy("Reason"),
        max_length=140,
        help_text=_lazy("Such as freight, packaging or rebate; printed on the invoice."),
    )
    amount = AmountField(label=_lazy("Amount without tax"))
    tax_rate = forms.DecimalField(
        label=_lazy("Tax rate in percent"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=7,
        decimal_places=4,
        localize=True,
    )
    reason_code = forms.CharField(
        label=_lazy("Code of the reason"),
        required=False,
        max_length=3,
        help_text=_lazy(
            "UNTDID 7161 for what is put on (FC freight, PC packing), 5189 for what is taken off (95"
            " discount)."
        ),
    )

    def prepare(self) -> None:
        """In the currency of the order."""
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        field.currency = self.subject.currency

    def clean_reason_code(self) -> str:
        """A code of the list that the kind takes."""
        code: str = self.cleaned_data["reason_code"].strip().upper()
        codes = ALLOWANCE_CODES if self.cleaned_data.get("kind") == "allowance" else CHARGE_CODES
        if code and code not in codes:
            raise ValidationError(_("This is no code of the list; leave it empty if in doubt."))
        return code


class DetachForm(ActForm):
    """Which attachment is forgotten."""

    attachment = forms.CharField(widget=forms.HiddenInput)

    def clean_attachment(self) -> Any:
        """Its id."""
        try:
            return parse_public_id("attachment", self.cleaned_data["attachment"])
        except NotAnId as error:
            raise ValidationError(_("There is no such attachment.")) from error


def _charge(desk: Desk, order: Order, data: dict[str, Any]) -> Done:
    added = allowance_or_charge(
        kind=data["kind"],
        net=data["amount"],
        reason=data["reason"],
        reason_code=data["reason_code"],
        tax_rate=data["tax_rate"],
    )
    return _set(desk, order, [added], beside=True)


def _uncharge(desk: Desk, order: Order, _data: dict[str, Any]) -> Done:
    return _set(desk, order, [])


def _set(desk: Desk, order: Order, charges: list[Any], *, beside: bool = False) -> Done:
    changed = order_totals.charge_order(
        desk.seller, order_id=order.id, charges=charges, beside=beside, at=desk.at, by=desk.by
    )
    return Done(
        _("The order comes to %(amount)s now.")
        % {"amount": money_text(changed.amount, changed.currency)}
    )


def _detach(desk: Desk, _order: Order, data: dict[str, Any]) -> Done:
    attachments.remove_attachment(
        desk.seller, attachment_id=data["attachment"], at=desk.at, by=desk.by
    )
    return Done(_("The attachment is removed."))


def _rest(order: Order) -> bool:
    return order.state in fulfilment.HELD and order.remaining > 0


CHARGE_ACTS: Final = (
    Act(
        name="charge",
        label=_lazy("Add freight or a rebate"),
        title=_lazy("Put something on the order, or take it off"),
        explanation=_lazy("It changes the order's total, and its next invoice bears it."),
        duty="billing",
        form=ChargeForm,
        run=_charge,
        possible=_rest,
        icon="plus",
        seldom=True,
    ),
    Act(
        name="uncharge",
        label=_lazy("Remove freight and rebates"),
        title=_lazy("Remove what no invoice bears yet?"),
        explanation=_lazy("The order's total is what it was without them."),
        duty="billing",
        run=_uncharge,
        possible=lambda order: _rest(order) and bool(still_open(order_totals.lines_of(order))),
        icon="ban",
        seldom=True,
    ),
)
DETACH: Final = Act(
    name="detach",
    label=_lazy("Remove"),
    title=_lazy("Remove this attachment?"),
    explanation=_lazy("No invoice carries it yet. It is forgotten."),
    duty="billing",
    form=DetachForm,
    run=_detach,
    icon="ban",
    tone="danger",
)
