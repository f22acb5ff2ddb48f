"""What can be done to an application: approve, decline, ask for more."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.applications import decide
from usance.flows.applications.handling import UNDECIDED
from usance.records.applications.models import Application
from usance.records.identity import parse_public_id
from usance.rules.applications.declining import DECLINE_REASONS, MOST_REASONS
from usance.rules.terms import parse_terms
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import AmountField, TermCodesField
from usance.web.backoffice.people import person_of
from usance.web.words.amounts import money_text
from usance.web.words.applications import DECLINE_REASONS as REASON_WORDS

_NOTE: Final = _lazy("Note")
_NOTE_HELP: Final = _lazy("Kept with the review; the applicant does not see it.")


class ApproveForm(ActForm):
    """The limit and the terms with which the account is opened."""

    limit = AmountField(label=_lazy("Limit"))
    terms = TermCodesField()
    tier = forms.CharField(label=_lazy("Tier"), required=False, max_length=40)
    account = forms.ChoiceField(label=_lazy("Account"), required=False)
    note = forms.CharField(label=_NOTE, help_text=_NOTE_HELP, required=False, max_length=500)

    def prepare(self) -> None:
        """Begin with what a first person approved, else with what the policy suggests."""
        it: Application = self.subject
        limit = self.fields["limit"]
        assert isinstance(limit, AmountField)
        limit.currency, limit.least = it.currency, 0
        agreed = decide.proposed_by_others(it)
        suggested = it.decision.get("suggested_limit")
        self.initial.update(
            limit=agreed["limit"] if agreed else suggested if suggested is not None else None,
            terms=", ".join(agreed["terms"]) if agreed else "",
            tier=agreed["tier"] if agreed else "",
        )
        account = self.fields["account"]
        assert isinstance(account, forms.ChoiceField)
        account.choices = [("", _("A new account")), *_known_accounts(it)]
        if len(account.choices) == 1:
            account.widget = forms.HiddenInput()


def _known_accounts(it: Application) -> list[tuple[str, str]]:
    """The buyers that it may be already."""
    return [
        (found["id"], _("The account of %(buyer)s") % {"buyer": found["name"]})
        for found in it.findings.get("duplicates", [])
        if found["kind"] == "buyer"
    ]


class DeclineForm(ActForm):
    """Why; the applicant is told what may be told."""

    reasons = forms.MultipleChoiceField(
        label=_lazy("Reasons"),
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_NOTE, help_text=_NOTE_HELP, required=False, max_length=500)

    def prepare(self) -> None:
        """Say of each reason whether the applicant hears it."""
        field = self.fields["reasons"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (
                code,
                str(words)
                if DECLINE_REASONS[code]
                else _("%(reason)s (is not told)") % {"reason": words},
            )
            for code, words in REASON_WORDS.items()
        ]

    def clean_reasons(self) -> list[str]:
        """Not more than anybody reads."""
        reasons: list[str] = self.cleaned_data["reasons"]
        if len(reasons) > MOST_REASONS:
            raise ValidationError(
                _("Choose at most %(most)s reasons.") % {"most": MOST_REASONS}, code="too_many"
            )
        return reasons


class AskForm(ActForm):
    """A question."""

    text = forms.CharField(
        label=_lazy("Question"),
        help_text=_lazy("The applicant gets it by e-mail and answers on its page."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


def _approve(desk: Desk, it: Application, data: dict[str, Any]) -> Done:
    decided = decide.approve(
        desk.seller,
        application_id=it.id,
        limit=data["limit"],
        terms=[parse_terms(code) for code in data["terms"]],
        tier=data["tier"],
        buyer_id=parse_public_id("buyer", data["account"]) if data["account"] else None,
        person=person_of(desk),
        note=data["note"],
        at=desk.at,
        by=desk.by,
    )
    if decided.state != "approved":
        return Done(_("Your approval is kept. Another person must approve the same."))
    limit = money_text(data["limit"], it.currency)
    return Done(_("The account is open with a limit of %(limit)s.") % {"limit": limit})


def _decline(desk: Desk, it: Application, data: dict[str, Any]) -> Done:
    decide.decline(
        desk.seller,
        application_id=it.id,
        reasons=data["reasons"],
        person=person_of(desk),
        note=data["note"],
        at=desk.at,
        by=desk.by,
    )
    return Done(_("The application is declined; the applicant is told."))


def _ask(desk: Desk, it: Application, data: dict[str, Any]) -> Done:
    decide.request_information(
        desk.seller,
        application_id=it.id,
        text=data["text"],
        author=desk.staff.user.name or desk.staff.user.email,
        at=desk.at,
        by=desk.by,
    )
    return Done(_("The question is on its way."))


def _undecided(it: Application) -> bool:
    return it.state in UNDECIDED


APPLICATION_ACTS: Final = (
    Act(
        name="approve",
        label=_lazy("Approve"),
        title=_lazy("Open the trade account"),
        explanation=_lazy(
            "The buyer, its credit line and the applicant's access are made at once, and the"
            " applicant is told."
        ),
        duty="answers",
        form=ApproveForm,
        run=_approve,
        possible=_undecided,
        icon="check",
        tone="primary",
    ),
    Act(
        name="ask",
        label=_lazy("Ask for more"),
        title=_lazy("Ask the applicant"),
        explanation=_lazy("The application waits for the answer."),
        duty="credit",
        form=AskForm,
        run=_ask,
        possible=_undecided,
        icon="question",
    ),
    Act(
        name="decline",
        label=_lazy("Decline"),
        title=_lazy("Decline this application?"),
        explanation=_lazy("The applicant is told by e-mail, with the reasons that may be told."),
        duty="answers",
        form=DeclineForm,
        run=_decline,
        possible=_undecided,
        icon="cross-circle",
        tone="danger",
    ),
)
