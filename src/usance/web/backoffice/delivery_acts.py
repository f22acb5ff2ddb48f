"""What can be done about the delivery of a document: send it, send it once more."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.deliveries import queueing
from usance.records.deliveries.models import Delivery
from usance.records.invoices.models import CreditNote, Invoice
from usance.rules.delivery import UNDONE, held_back
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.words.deliveries import CHANNELS, channel_text


class SendForm(ActForm):
    """Over which way a document goes."""

    channel = forms.ChoiceField(
        label=_lazy("Way"),
        required=False,
        choices=[("", _lazy("As the billing profile says")), *CHANNELS.items()],
    )
    recipient = forms.EmailField(
        label=_lazy("E-mail address"),
        required=False,
        help_text=_lazy("For e-mail only; empty: the addresses of the billing profile."),
    )


class ResendForm(ActForm):
    """To whom it goes this time."""

    recipient = forms.EmailField(
        label=_lazy("E-mail address"),
        required=False,
        help_text=_lazy("Empty: the same as before."),
    )

    def prepare(self) -> None:
        """Only an e-mail can go to another address."""
        if self.subject.channel != "email":
            del self.fields["recipient"]


def _send(desk: Desk, subject: Invoice | CreditNote, data: dict[str, Any]) -> Done:
    rows = queueing.send(
        desk.seller,
        kind="credit_note" if isinstance(subject, CreditNote) else "invoice",
        subject_id=subject.id,
        channel=data["channel"] or ("email" if data["recipient"] else ""),
        recipient=data["recipient"],
        at=desk.at,
        by=desk.by,
    )
    ways = ", ".join(dict.fromkeys(channel_text(row.channel) for row in rows))
    return Done(_("%(number)s is on its way: %(ways)s.") % {"number": subject.number, "ways": ways})


def _resend(desk: Desk, delivery: Delivery, data: dict[str, Any]) -> Done:
    queueing.resend(
        desk.seller,
        delivery_id=delivery.id,
        recipient=data.get("recipient", ""),
        at=desk.at,
        by=desk.by,
    )
    return Done(_("%(number)s is sent once more.") % {"number": delivery.number})


def may_go_again(delivery: Delivery) -> bool:
    """Whether sending it once more makes sense: it did not arrive, or is an e-mail, and its network
    would not take it for a second one."""
    wanted = delivery.state in UNDONE or delivery.channel == "email"
    return wanted and not held_back(delivery.channel, state=delivery.state)


def has_document(subject: Invoice | CreditNote) -> bool:
    """Whether there is a document to send: not of what was issued before documents were kept."""
    return subject.document is not None


SEND: Final = Act(
    name="send",
    label=_lazy("Send"),
    title=_lazy("Send this document"),
    explanation=_lazy(
        "It goes out as it was issued. What was sent before stays in the list of deliveries."
    ),
    duty="billing",
    form=SendForm,
    run=_send,
    possible=has_document,
    icon="send",
)
DELIVERY_ACTS: Final = (
    Act(
        name="resend",
        label=_lazy("Send once more"),
        title=_lazy("Send this document once more?"),
        explanation=_lazy(
            "The same document goes out again over the same way. Correct the billing profile first"
            " where an address was the reason."
        ),
        duty="billing",
        form=ResendForm,
        run=_resend,
        possible=may_go_again,
        icon="refresh",
        tone="primary",
    ),
)
