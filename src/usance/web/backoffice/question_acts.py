"""What can be done about a buyer's question: answer it, close it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import invoice_questions
from usance.records.collections.models import Question
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk


class AnswerForm(ActForm):
    """What the buyer is told."""

    text = forms.CharField(
        label=_lazy("Answer"),
        max_length=invoice_questions.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_lazy("Whoever asked reads it in the portal and gets it by e-mail."),
    )


def _answer(desk: Desk, question: Question, data: dict[str, Any]) -> Done:
    invoice_questions.answer(
        desk.seller, question_id=question.id, text=data["text"], **_signed(desk)
    )
    return Done(_("Your answer is sent."))


def _close(desk: Desk, question: Question, data: dict[str, Any]) -> Done:
    del data
    invoice_questions.close(desk.seller, question_id=question.id, **_signed(desk))
    return Done(_("The question is closed."))


def _signed(desk: Desk) -> dict[str, Any]:
    """Who answers, as the buyer is told, and when."""
    user = desk.staff.user
    return {"name": user.name or user.email, "at": desk.at, "by": desk.by}


QUESTION_ACTS: Final = (
    Act(
        name="answer",
        label=_lazy("Answer"),
        title=_lazy("Answer this question"),
        explanation=_lazy("The buyer can go on asking until it is clear."),
        duty="billing",
        form=AnswerForm,
        run=_answer,
        possible=lambda question: question.state != "closed",
        icon="send",
        tone="primary",
    ),
    Act(
        name="close",
        label=_lazy("Close"),
        title=_lazy("Close this question?"),
        explanation=_lazy("Nothing is left to say. The buyer can open it again by asking on."),
        duty="billing",
        run=_close,
        possible=lambda question: question.state != "closed",
        icon="check",
    ),
)
