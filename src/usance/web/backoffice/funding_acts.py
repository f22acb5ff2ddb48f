"""What can be done about early money: ask for it, withdraw it, record what an insurer paid."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.funding import requesting, tending
from usance.records.funding import queries
from usance.records.funding.models import Advance
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.rules.funding.choice import OWN_BOOK
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import AmountField


class AskForm(ActForm):
    """Which programme is asked."""

    program = forms.ChoiceField(label=_lazy("Programme"), required=False)

    def prepare(self) -> None:
        """The seller's programmes with a partner; the first is what the programmes choose."""
        found = queries.programs(seller_id=self.subject.seller_id, state="active")
        field = self.fields["program"]
        assert isinstance(field, forms.ChoiceField)
        named = [(one.id.hex, one.name) for one in found if one.kind != OWN_BOOK]
        field.choices = [("", _("The first that takes it")), *named]


class CompensationForm(ActForm):
    """How much the insurer paid."""

    amount = AmountField(label=_lazy("Amount"))

    def prepare(self) -> None:
        """What is left of the claim."""
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        left = self.subject.claimed - self.subject.compensated
        field.currency, field.most, field.initial = self.subject.currency, left, left


def _ask(desk: Desk, invoice: Invoice, data: dict[str, Any]) -> Done:
    chosen = data["program"]
    programs = queries.programs(seller_id=desk.seller.id, state="active")
    program = programs.filter(id=chosen).first() if chosen else None
    made = requesting.request_advance(
        desk.seller,
        invoice_id=invoice.id,
        program_id=program.id if program else None,
        at=desk.at,
        by=desk.by,
    )
    return Done(
        _("The partner is asked; load the page again in a moment."),
        reverse("office_advance", args=[public_id("advance", made.id)]),
    )


def _cancel(desk: Desk, advance: Advance, data: dict[str, Any]) -> Done:
    del data
    gone = requesting.cancel_advance(desk.seller, advance_id=advance.id, at=desk.at, by=desk.by)
    if gone.state == "canceled":
        return Done(_("The advance is withdrawn."))
    return Done(_("The partner is told; load the page again in a moment."))


def _compensate(desk: Desk, advance: Advance, data: dict[str, Any]) -> Done:
    tending.record_compensation(
        desk.seller, advance_id=advance.id, amount=data["amount"], at=desk.at, by=desk.by
    )
    return Done(_("What the insurer paid is recorded."))


ASK_ACT: Final = Act(
    name="advance",
    label=_lazy("Ask for an advance"),
    title=_lazy("Ask for money on this invoice now"),
    explanation=_lazy(
        "A funding partner pays most of it at once, less a fee. It is repaid when the buyer pays."
    ),
    duty="money",
    form=AskForm,
    run=_ask,
    possible=lambda invoice: (
        invoice.state == "open"
        and queries.programs(seller_id=invoice.seller_id, state="active")
        .exclude(kind=OWN_BOOK)
        .exists()
        and queries.live_of(seller_id=invoice.seller_id, invoice_id=invoice.id) is None
    ),
    icon="payment",
)
"""On an open invoice, where a programme has a partner."""

ADVANCE_ACTS: Final = (
    Act(
        name="cancel",
        label=_lazy("Withdraw"),
        title=_lazy("Withdraw this advance?"),
        explanation=_lazy("The invoice waits for its buyer. Another programme can be asked."),
        duty="money",
        run=_cancel,
        possible=lambda advance: advance.state in ("eligible", "requested"),
        icon="ban",
        tone="danger",
    ),
    Act(
        name="compensation",
        label=_lazy("Record what the insurer paid"),
        title=_lazy("Record what the insurer paid"),
        explanation=_lazy("It lessens the loss on this invoice."),
        duty="money",
        form=CompensationForm,
        run=_compensate,
        possible=lambda advance: advance.claimed > advance.compensated,
        icon="payment",
    ),
)
