"""A link to the pay page, made where the invoice or the buyer is looked at."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import pay_links
from usance.records.invoices.models import Invoice
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk


class PayLinkForm(ActForm):
    """How long the link is good."""

    days = forms.IntegerField(
        label=_lazy("Good for so many days"),
        min_value=1,
        max_value=pay_links.LONGEST_DAYS,
        initial=pay_links.USUAL_DAYS,
    )


def _link(desk: Desk, invoice: Invoice, data: dict[str, Any]) -> Done:
    link = pay_links.create_link(
        desk.seller, invoice_id=invoice.id, days=data["days"], at=desk.at, by=desk.by
    )
    address = pay_links.address_of(link)
    return Done(_("Whoever has this link can pay the invoice: %(link)s") % {"link": address})


PAY_LINK_ACT: Final = Act(
    name="pay-link",
    label=_lazy("Pay link"),
    title=_lazy("Make a link to pay this invoice"),
    explanation=_lazy(
        "Whoever has the link sees the invoice's number and amount, and can pay it by card, by"
        " transfer, or propose instalments."
    ),
    duty="money",
    form=PayLinkForm,
    run=_link,
    possible=lambda invoice: invoice.state == "open",
    icon="external",
)
