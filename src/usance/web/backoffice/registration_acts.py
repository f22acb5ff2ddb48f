"""The portal's registration of Indian documents: handing in its answer, and what it says."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.deliveries import registrations
from usance.flows.documents import Kind
from usance.records.deliveries import queries
from usance.records.deliveries.models import Registration
from usance.records.identity import public_id
from usance.records.invoices.models import CreditNote, Invoice
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.design.parts import Fact


class AnswerForm(ActForm):
    """The portal's answer as it came."""

    answer = forms.CharField(
        label=_lazy("The portal's answer"),
        max_length=registrations.LARGEST_ANSWER // 4,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_lazy("All of it, from the first { to the last }."),
    )


def registers(subject: Invoice | CreditNote) -> bool:
    """Whether ``subject`` is a document that India's portal can register."""
    seller = (subject.document or {}).get("seller") or {}
    return (seller.get("address") or {}).get("country") == "IN"


def registration_address(note: CreditNote) -> str:
    """Where the registration of a credit note is handed in, or its cancellation."""
    kept = _kept(note)
    name = CANCEL_REGISTRATION.name if kept is not None else REGISTER.name
    return reverse("office_credit_note_act", args=[public_id("credit_note", note.id), name])


def registration_facts(subject: Invoice | CreditNote) -> list[Fact]:
    """What the portal has answered: nothing of a document that is none of its own."""
    kept = _kept(subject) if registers(subject) else None
    if kept is None:
        return []
    return [
        Fact(_("IRN"), kept.irn),
        Fact(_("Acknowledgement number"), kept.acknowledgement),
        Fact(_("Acknowledged"), kept.acknowledged_at),
        *(
            [Fact(_("Registration cancelled"), kept.cancelled_at)]
            if kept.cancelled_at is not None
            else []
        ),
    ]


def _kept(subject: Invoice | CreditNote) -> Registration | None:
    return queries.registration_of(seller_id=subject.seller_id, subject_id=subject.id)


def _registrable(subject: Invoice | CreditNote) -> bool:
    return registers(subject) and _kept(subject) is None


def _cancellable(subject: Invoice | CreditNote) -> bool:
    kept = _kept(subject) if registers(subject) else None
    return kept is not None and kept.state == "registered"


def _kind(subject: Invoice | CreditNote) -> Kind:
    return "credit_note" if isinstance(subject, CreditNote) else "invoice"


def _register(desk: Desk, subject: Invoice | CreditNote, data: dict[str, Any]) -> Done:
    kept = registrations.register(
        desk.seller,
        kind=_kind(subject),
        subject_id=subject.id,
        content=data["answer"].encode(),
        at=desk.at,
        by=desk.by,
    )
    words = {"number": subject.number, "acknowledgement": kept.acknowledgement}
    return Done(_("%(number)s is registered: acknowledgement %(acknowledgement)s.") % words)


def _cancel(desk: Desk, subject: Invoice | CreditNote, data: dict[str, Any]) -> Done:
    registrations.cancel(
        desk.seller,
        kind=_kind(subject),
        subject_id=subject.id,
        content=data["answer"].encode(),
        at=desk.at,
        by=desk.by,
    )
    return Done(_("The registration of %(number)s is cancelled.") % {"number": subject.number})


REGISTER: Final = Act(
    name="registration",
    label=_lazy("Register"),
    title=_lazy("Hand in the portal's registration"),
    explanation=_lazy(
        "Download the GST e-invoice, send it to the portal, and paste its answer here. The PDF bears"
        " the portal's code from then on, and what waits for it is sent."
    ),
    duty="billing",
    form=AnswerForm,
    run=_register,
    possible=_registrable,
    icon="check",
)
CANCEL_REGISTRATION: Final = Act(
    name="cancel-registration",
    label=_lazy("Cancel the registration"),
    title=_lazy("Record that the portal has cancelled it"),
    explanation=_lazy(
        "The portal cancels within 24 hours. Paste its answer; what is queued is not sent any more."
        " Credit the invoice as well."
    ),
    duty="billing",
    form=AnswerForm,
    run=_cancel,
    possible=_cancellable,
    icon="minus",
    tone="danger",
    seldom=True,
)
REGISTRATION_ACTS: Final = (REGISTER, CANCEL_REGISTRATION)
