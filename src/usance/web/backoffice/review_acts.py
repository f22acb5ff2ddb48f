"""What can be said to a review: yes or no, with a note, and for an order that it may exceed the limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import review_answers
from usance.records.credit.models import Review
from usance.records.orders.models import Order
from usance.web.backoffice.acts import Act, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import AmountField
from usance.web.backoffice.order_acts import AnswerForm, ConfirmForm
from usance.web.backoffice.people import person_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review before somebody. ``may`` is whether this person may answer it now, ``own`` whether it
    asked for it itself; ``order`` is what it is about, if that is an order."""

    review: Review
    may: bool
    own: bool
    order: Order | None = None

    @property
    def answerable(self) -> bool:
        """Whether it is answered here."""
        return (
            self.review.state == "open" and self.may and self.review.kind in review_answers.ANSWERS
        )


class ApproveForm(ConfirmForm):
    """A yes; to an order that exceeds the limit with override, to a limit with the figure."""

    limit = AmountField(label=_lazy("New limit"))

    def prepare(self) -> None:
        """Ask what this kind of review needs."""
        self.ask_override(self.subject.order)
        review = self.subject.review
        if review.kind != "limit":
            del self.fields["limit"]
            return
        field = self.fields["limit"]
        assert isinstance(field, AmountField)
        field.currency, field.least = review.currency, 0
        self.initial.update({"limit": review.amount})
        self.order_fields(["limit", "note"])


def _answer(desk: Desk, waiting: Waiting, verdict: str, data: dict[str, Any]) -> Done:
    answered = review_answers.answer(
        desk.seller,
        review_id=waiting.review.id,
        person=person_of(desk),
        verdict=verdict,
        at=desk.at,
        note=data["note"],
        override=data.get("override", False),
        limit=data.get("limit"),
    )
    if verdict == "declined":
        return Done(_("You have declined; it is settled."))
    if answered.is_final:
        return Done(_("You have approved; it is settled."))
    return Done(_("You have approved; another person must too."))


def _approve(desk: Desk, waiting: Waiting, data: dict[str, Any]) -> Done:
    return _answer(desk, waiting, "approved", data)


def _decline(desk: Desk, waiting: Waiting, data: dict[str, Any]) -> Done:
    return _answer(desk, waiting, "declined", data)


REVIEW_ACTS: Final = (
    Act(
        name="approve",
        label=_lazy("Approve"),
        title=_lazy("Approve this?"),
        explanation=_lazy("It happens as soon as everybody who must has approved."),
        duty="answers",
        form=ApproveForm,
        run=_approve,
        possible=lambda waiting: waiting.answerable and not waiting.own,
        icon="check",
        tone="primary",
    ),
    Act(
        name="decline",
        label=_lazy("Decline"),
        title=_lazy("Decline this?"),
        explanation=_lazy("One no is enough. It cannot be taken back."),
        duty="answers",
        form=AnswerForm,
        run=_decline,
        possible=lambda waiting: waiting.answerable,
        icon="cross-circle",
        tone="danger",
    ),
)
