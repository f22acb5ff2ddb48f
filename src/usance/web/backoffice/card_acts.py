"""What can be done with money that a card holds or has given: take it, let it go, give it back."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.cards import authorizing
from usance.records.cards.models import CardAuthorization
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import AmountField


class CaptureForm(ActForm):
    """How much is taken."""

    amount = AmountField(label=_lazy("Amount"))

    def prepare(self) -> None:
        """All that is held, unless less is asked for."""
        _fit(self, self.subject.capturable)


class CardRefundForm(ActForm):
    """How much goes back, and why."""

    amount = AmountField(label=_lazy("Amount"))
    reason = forms.CharField(label=_lazy("Reason"), required=False, max_length=200)

    def prepare(self) -> None:
        """All that is left of it, unless less is asked for."""
        _fit(self, self.subject.captured - self.subject.refunded)


def _fit(form: ActForm, most: int) -> None:
    field = form.fields["amount"]
    assert isinstance(field, AmountField)
    field.currency, field.most, field.initial = form.subject.currency, most, most


def _capture(desk: Desk, row: CardAuthorization, data: dict[str, Any]) -> Done:
    authorizing.request_capture(
        desk.seller, authorization_id=row.id, amount=data["amount"], at=desk.at, by=desk.by
    )
    return Done(_("The provider is asked to take it; load the page again in a moment."))


def _void(desk: Desk, row: CardAuthorization, data: dict[str, Any]) -> Done:
    del data
    authorizing.request_void(desk.seller, authorization_id=row.id, at=desk.at, by=desk.by)
    return Done(_("The provider is asked to let it go; load the page again in a moment."))


def _refund(desk: Desk, row: CardAuthorization, data: dict[str, Any]) -> Done:
    authorizing.request_refund(
        desk.seller,
        authorization_id=row.id,
        amount=data["amount"],
        reason=data["reason"],
        at=desk.at,
        by=desk.by,
    )
    return Done(_("The provider is asked to give it back; load the page again in a moment."))


CARD_ACTS: Final = (
    Act(
        name="capture",
        label=_lazy("Capture"),
        title=_lazy("Take what the card holds"),
        explanation=_lazy(
            "For an order that happens by itself when it is invoiced. Most providers let go of what"
            " is not taken."
        ),
        duty="money",
        form=CaptureForm,
        run=_capture,
        possible=lambda row: row.state == "authorized",
        icon="payment",
        tone="primary",
    ),
    Act(
        name="void",
        label=_lazy("Let go"),
        title=_lazy("Let go of what the card holds?"),
        explanation=_lazy("Nothing is taken from the card, and it secures nothing any more."),
        duty="money",
        run=_void,
        possible=lambda row: row.state == "authorized",
        icon="ban",
        tone="danger",
    ),
    Act(
        name="refund",
        label=_lazy("Refund"),
        title=_lazy("Give money back to the card"),
        explanation=_lazy(
            "Unapplied cash is used first. Invoices that were paid with it are open again, so credit"
            " them before where they are not to be paid."
        ),
        duty="money",
        form=CardRefundForm,
        run=_refund,
        possible=lambda row: row.state == "captured" and row.captured > row.refunded,
        icon="return",
    ),
)
