"""What can be done about a promise of instalments: accept it, decline it, take it back."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import promises
from usance.records.collections.models import Promise
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk


class AnswerPromiseForm(ActForm):
    """What the buyer is told."""

    words = forms.CharField(
        label=_lazy("A word to the buyer"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _accept(desk: Desk, promise: Promise, data: dict[str, Any]) -> Done:
    _answer(desk, promise, data, accept=True)
    return Done(_("The instalments are agreed."))


def _decline(desk: Desk, promise: Promise, data: dict[str, Any]) -> Done:
    _answer(desk, promise, data, accept=False)
    return Done(_("The instalments are declined."))


def _answer(desk: Desk, promise: Promise, data: dict[str, Any], *, accept: bool) -> None:
    promises.answer(
        desk.seller,
        promise_id=promise.id,
        accept=accept,
        words=data["words"],
        at=desk.at,
        by=desk.by,
    )


def _withdraw(desk: Desk, promise: Promise, data: dict[str, Any]) -> Done:
    del data
    promises.withdraw(desk.seller, promise_id=promise.id, at=desk.at, by=desk.by)
    return Done(_("The promise counts no more."))


PROMISE_ACTS: Final = (
    Act(
        name="accept",
        label=_lazy("Accept"),
        title=_lazy("Agree to these instalments"),
        explanation=_lazy("The invoices stay due as they are; the promise is kept beside them."),
        duty="money",
        form=AnswerPromiseForm,
        run=_accept,
        possible=lambda promise: promise.state == "proposed",
        icon="check",
        tone="primary",
    ),
    Act(
        name="decline",
        label=_lazy("Decline"),
        title=_lazy("Decline these instalments"),
        explanation=_lazy("The invoices are due as they were."),
        duty="money",
        form=AnswerPromiseForm,
        run=_decline,
        possible=lambda promise: promise.state == "proposed",
        icon="ban",
    ),
    Act(
        name="withdraw",
        label=_lazy("Take back"),
        title=_lazy("Take this promise back?"),
        explanation=_lazy("It counts no more, as if the buyer had not promised anything."),
        duty="money",
        run=_withdraw,
        possible=lambda promise: promise.state in ("proposed", "accepted"),
        icon="return",
    ),
)
