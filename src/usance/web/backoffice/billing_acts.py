"""What can be done at the billing desk: bill what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import billing_runs
from usance.records.identity import public_id
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import DayField


@dataclass(frozen=True, slots=True)
class Due:
    """What a run would bill: of everybody, or of one buyer."""

    cut_off_on: date
    buyer_id: UUID | None = None


class RunForm(ActForm):
    """Up to which day."""

    cut_off_on = DayField(
        label=_lazy("Shipped up to"),
        help_text=_lazy(
            "Buyers whose cut-off day has come by then are billed for what had shipped by it."
        ),
    )

    def prepare(self) -> None:
        """Begin with the day that was looked at."""
        self.initial.update({"cut_off_on": self.subject.cut_off_on})


def _run(desk: Desk, due: Due, data: dict[str, Any]) -> Done:
    run = billing_runs.open_run(
        desk.seller,
        cut_off_on=data["cut_off_on"],
        buyer_id=due.buyer_id,
        at=desk.at,
        by=desk.by,
    )
    return Done(
        _("The billing run has begun."),
        reverse("office_billing_run", args=[public_id("billing_run", run.id)]),
    )


RUN: Final = Act(
    name="run",
    label=_lazy("Bill what is due"),
    title=_lazy("Bill what is due?"),
    explanation=_lazy(
        "Each buyer who is due gets its invoices, numbered and final. Look at the preview first."
    ),
    duty="billing",
    form=RunForm,
    run=_run,
    icon="invoice",
    tone="primary",
)
