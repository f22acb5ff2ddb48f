"""What can be done about a remittance advice: join it to its payment, part the two, dismiss it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import remittance_matching, remittances
from usance.records.identity import NotAnId, parse_public_id
from usance.records.payments.models import Remittance
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk


class JoinForm(ActForm):
    """Which payment it is of."""

    payment = forms.CharField(
        label=_lazy("Payment"),
        help_text=_lazy("Its id, which stands below its heading: pay_ and 32 characters."),
        max_length=80,
    )

    def clean_payment(self) -> Any:
        """The id inside."""
        text = str(self.cleaned_data["payment"]).strip()
        try:
            return parse_public_id("payment", text)
        except NotAnId:
            raise ValidationError(_("This is not the id of a payment.")) from None


def _look(desk: Desk, remittance: Remittance, data: dict[str, Any]) -> Done:
    del data
    found = remittance_matching.look_for_payment(
        desk.seller, remittance_id=remittance.id, at=desk.at, by=desk.by
    )
    if found is None:
        return Done(_("No payment fits it, or several do. It waits on."))
    return Done(_("Its payment is found and matched with what it says."))


def _join(desk: Desk, remittance: Remittance, data: dict[str, Any]) -> Done:
    remittances.join_by_hand(
        desk.seller,
        remittance_id=remittance.id,
        payment_id=data["payment"],
        at=desk.at,
        by=desk.by,
    )
    return Done(_("The advice is of this payment now."))


def _part(desk: Desk, remittance: Remittance, data: dict[str, Any]) -> Done:
    del data
    remittances.part(desk.seller, remittance_id=remittance.id, at=desk.at, by=desk.by)
    return Done(_("The advice waits again."))


def _dismiss(desk: Desk, remittance: Remittance, data: dict[str, Any]) -> Done:
    del data
    remittances.dismiss(desk.seller, remittance_id=remittance.id, at=desk.at, by=desk.by)
    return Done(_("The advice is put aside."))


def _take_up(desk: Desk, remittance: Remittance, data: dict[str, Any]) -> Done:
    del data
    remittances.take_up(desk.seller, remittance_id=remittance.id, at=desk.at, by=desk.by)
    return Done(_("The advice waits again."))


REMITTANCE_ACTS: Final = (
    Act(
        name="look",
        label=_lazy("Look for its payment"),
        title=_lazy("Look for its payment again"),
        explanation=_lazy("By its reference, its cheque, or its amount and day."),
        duty="money",
        run=_look,
        possible=lambda remittance: remittance.state == "waiting",
        icon="search",
        tone="primary",
    ),
    Act(
        name="join",
        label=_lazy("Name its payment"),
        title=_lazy("Say which payment it is of"),
        explanation=_lazy(
            "If nothing of the payment is placed yet, it is matched again with what the advice says."
        ),
        duty="money",
        form=JoinForm,
        run=_join,
        possible=lambda remittance: remittance.state == "waiting",
        icon="check",
    ),
    Act(
        name="part",
        label=_lazy("Not of this payment"),
        title=_lazy("Part it from its payment?"),
        explanation=_lazy(
            "The advice waits again. What the payment paid stays; undo that at the payment."
        ),
        duty="money",
        run=_part,
        possible=lambda remittance: remittance.state == "joined",
        icon="return",
    ),
    Act(
        name="dismiss",
        label=_lazy("Put aside"),
        title=_lazy("Put this advice aside?"),
        explanation=_lazy("No payment is looked for any more."),
        duty="money",
        run=_dismiss,
        possible=lambda remittance: remittance.state == "waiting",
        icon="ban",
    ),
    Act(
        name="take-up",
        label=_lazy("Take up again"),
        title=_lazy("Take this advice up again?"),
        explanation=_lazy("It waits for its payment again."),
        duty="money",
        run=_take_up,
        possible=lambda remittance: remittance.state == "dismissed",
        icon="return",
    ),
)
