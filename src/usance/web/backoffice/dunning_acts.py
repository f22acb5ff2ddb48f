"""What can be done about a dunning case and a dunning policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.dunning import cases, handovers, policies
from usance.records.dunning.models import DunningCase, DunningHandover, DunningPolicy
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import DayField
from usance.web.words.dunning import OUTCOME_WORDS


class PauseForm(ActForm):
    """Until when, and why."""

    until = DayField(label=_lazy("Until, that day included"))
    reason = forms.CharField(label=_lazy("Reason"), max_length=500)

    def prepare(self) -> None:
        """Two weeks are usual."""
        self.fields["until"].initial = self.desk.on + timedelta(days=14)


class NoteForm(ActForm):
    """How a contact ended."""

    outcome = forms.ChoiceField(label=_lazy("Outcome"), choices=list(OUTCOME_WORDS.items()))
    contact = forms.CharField(label=_lazy("Spoken to"), required=False, max_length=200)
    words = forms.CharField(
        label=_lazy("What was said"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class TaskForm(ActForm):
    """What to do, and by when."""

    words = forms.CharField(label=_lazy("What is to be done"), max_length=500)
    due_on = DayField(label=_lazy("By"))

    def prepare(self) -> None:
        """In a week, where nothing else is said."""
        self.fields["due_on"].initial = self.desk.on + timedelta(days=7)


class HandOverForm(ActForm):
    """To whom."""

    agency = forms.CharField(label=_lazy("Collection agency"), max_length=200)


class TakeBackForm(ActForm):
    """Why."""

    reason = forms.CharField(label=_lazy("Reason"), max_length=500)


def _pause(desk: Desk, case: DunningCase, data: dict[str, Any]) -> Done:
    cases.pause(
        desk.seller,
        case_id=case.id,
        until=data["until"],
        reason=data["reason"],
        at=desk.at,
        by=desk.by,
    )
    return Done(_("Dunning is paused."))


def _resume(desk: Desk, case: DunningCase, data: dict[str, Any]) -> Done:
    del data
    cases.resume(desk.seller, case_id=case.id, at=desk.at, by=desk.by)
    return Done(_("Dunning goes on with the next run."))


def _note(desk: Desk, case: DunningCase, data: dict[str, Any]) -> Done:
    cases.add_note(
        desk.seller,
        case_id=case.id,
        outcome=data["outcome"],
        contact=data["contact"],
        words=data["words"],
        at=desk.at,
        by=desk.by,
    )
    return Done(_("The contact is noted."))


def _task(desk: Desk, case: DunningCase, data: dict[str, Any]) -> Done:
    cases.add_task(
        desk.seller,
        case_id=case.id,
        due_on=data["due_on"],
        words=data["words"],
        at=desk.at,
        by=desk.by,
    )
    return Done(_("The task is planned."))


def _hand_over(desk: Desk, case: DunningCase, data: dict[str, Any]) -> Done:
    handovers.hand_over(desk.seller, case_id=case.id, agency=data["agency"], at=desk.at, by=desk.by)
    return Done(_("The claims are handed over. Their file is on this page."))


def _take_back(desk: Desk, handover: DunningHandover, data: dict[str, Any]) -> Done:
    handovers.take_back(
        desk.seller, handover_id=handover.id, reason=data["reason"], at=desk.at, by=desk.by
    )
    return Done(_("The hand-over is taken back. What is still owed is dunned again."))


HANDOVER_ACTS: Final = (
    Act(
        name="take-back",
        label=_lazy("Take back"),
        title=_lazy("Take the hand-over back?"),
        explanation=_lazy(
            "What is still owed of it is dunned again, by the steps not taken yet. Tell the agency."
        ),
        duty="money",
        form=TakeBackForm,
        run=_take_back,
        possible=lambda handover: handover.taken_back_at is None,
        icon="return",
    ),
)

CASE_ACTS: Final = (
    Act(
        name="note",
        label=_lazy("Note a contact"),
        title=_lazy("Note a contact with the buyer"),
        explanation=_lazy("Who was reached leaves the list of those to contact for three days."),
        duty="money",
        form=NoteForm,
        run=_note,
        icon="person",
        tone="primary",
    ),
    Act(
        name="task",
        label=_lazy("Plan a task"),
        title=_lazy("Plan something to be done"),
        explanation=_lazy("On that day the buyer is on the list of those to contact."),
        duty="money",
        form=TaskForm,
        run=_task,
        icon="calendar",
    ),
    Act(
        name="pause",
        label=_lazy("Pause"),
        title=_lazy("Pause dunning of this account"),
        explanation=_lazy("Nothing is sent up to that day; what waits already is not sent either."),
        duty="money",
        form=PauseForm,
        run=_pause,
        icon="pause",
    ),
    Act(
        name="resume",
        label=_lazy("Go on"),
        title=_lazy("End the pause"),
        explanation=_lazy("The next run writes what is due then."),
        duty="money",
        run=_resume,
        possible=lambda case: case.paused_until is not None,
        icon="arrow-right",
    ),
    Act(
        name="hand-over",
        label=_lazy("Hand over"),
        title=_lazy("Hand the overdue invoices over to a collection agency?"),
        explanation=_lazy(
            "What is overdue and not in dispute, promised or about to be paid goes into a file for the"
            " agency, with the invoices. The buyer is not written to about it any more."
        ),
        duty="money",
        form=HandOverForm,
        run=_hand_over,
        icon="send",
        seldom=True,
    ),
)


def _switch_on(desk: Desk, policy: DunningPolicy, data: dict[str, Any]) -> Done:
    del data
    policies.switch_on(desk.seller, policy_id=policy.id, at=desk.at, by=desk.by)
    return Done(_("The policy is switched on."), reverse("office_dunning_policies"))


def _switch_off(desk: Desk, policy: DunningPolicy, data: dict[str, Any]) -> Done:
    del data
    policies.switch_off(desk.seller, policy_id=policy.id, at=desk.at, by=desk.by)
    return Done(_("The policy is switched off."), reverse("office_dunning_policies"))


POLICY_ACTS: Final = (
    Act(
        name="on",
        label=_lazy("Switch on"),
        title=_lazy("Switch this policy on"),
        explanation=_lazy(
            "From the next run on it writes to buyers, in place of its version before."
        ),
        duty="money",
        run=_switch_on,
        possible=lambda policy: policy.state == "draft" and policy.previewed_at is not None,
        icon="check",
        tone="primary",
    ),
    Act(
        name="off",
        label=_lazy("Switch off"),
        title=_lazy("Switch this policy off"),
        explanation=_lazy("What it has queued and not sent yet is not sent."),
        duty="money",
        run=_switch_off,
        possible=lambda policy: policy.state != "retired",
        icon="pause",
    ),
)
