"""What can be done about what a buyer will not pay, and about what is to be given up."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import billing, dispute_talk, disputes, write_offs
from usance.records.collections.models import Dispute, WriteOffRequest
from usance.records.invoices.models import Invoice
from usance.rules.invoicing.crediting import CreditedLine
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import AmountField
from usance.web.dispute_parts import DisputeForm, SayForm, asked_for, disputable, handed_in
from usance.web.words.amounts import money_text


class CreditDisputeForm(ActForm):
    """How much is credited, of which lines, and what the credit note says."""

    lines = forms.MultipleChoiceField(
        label=_lazy("Lines"), required=False, widget=forms.CheckboxSelectMultiple
    )
    amount = AmountField(
        label=_lazy("Amount with tax"),
        required=False,
        help_text=_lazy("Leave empty for all that is disputed. Over lines it is spread."),
    )
    words = forms.CharField(
        label=_lazy("Reason"), max_length=500, help_text=_lazy("Printed on the credit note.")
    )

    def prepare(self) -> None:
        """Begin with all that is disputed, which is also the most."""
        dispute: Dispute = self.subject
        amount, lines = self.fields["amount"], self.fields["lines"]
        assert isinstance(amount, AmountField) and isinstance(lines, forms.MultipleChoiceField)
        amount.currency, amount.most = dispute.currency, dispute.amount
        lines.choices = [
            (one["line"], f"{one['line']} {one['subject']}"[:80]) for one in dispute.lines
        ]
        self.initial["lines"] = [one["line"] for one in dispute.lines]
        if len(dispute.lines) < 2:
            del self.fields["lines"]

    def clean(self) -> dict[str, Any]:
        """Some of several lines are credited whole; an amount is spread over all of them."""
        data = super().clean() or {}
        named = data.get("lines")
        if named is not None:
            if not named:
                self.add_error("lines", _("Choose the lines to credit."))
            elif len(named) < len(self.subject.lines) and data.get("amount") is not None:
                self.add_error("amount", _("An amount is spread over all lines; choose them all."))
        return data


class WordsForm(ActForm):
    """A word about how it ended."""

    words = forms.CharField(
        label=_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RejectForm(ActForm):
    """What the buyer is told."""

    words = forms.CharField(
        label=_lazy("What the buyer is told"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RecoverForm(ActForm):
    """How much of what was written off is owed again."""

    amount = AmountField(label=_lazy("Amount"))
    reason = forms.CharField(label=_lazy("Reason"), max_length=500)

    def prepare(self) -> None:
        """Begin with all that is written off."""
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        field.currency, field.most = self.subject.currency, self.subject.written_off
        self.initial["amount"] = self.subject.written_off


def _dispute(desk: Desk, invoice: Invoice, data: dict[str, Any]) -> Done:
    made = disputes.open_dispute(
        desk.seller,
        invoice_id=invoice.id,
        files=handed_in(data),
        author="seller",
        name=_name(desk),
        at=desk.at,
        by=desk.by,
        **asked_for(data),
    )
    amount = money_text(made.amount, made.currency)
    return Done(
        _("%(amount)s is disputed; it stays owed until that is decided.") % {"amount": amount}
    )


def _name(desk: Desk) -> str:
    """Whom the buyer is told of."""
    user = desk.staff.user
    return user.name or user.email


def _without_token(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "once"}


def _credit(desk: Desk, dispute: Dispute, data: dict[str, Any]) -> Done:
    chosen = data.get("lines", [])
    ended = disputes.resolve_by_credit(
        desk.seller,
        dispute_id=dispute.id,
        amount=data["amount"],
        lines=[CreditedLine(line) for line in chosen] if len(chosen) < len(dispute.lines) else [],
        words=data["words"],
        at=desk.at,
        by=desk.by,
    )
    assert ended.credit_note is not None
    return Done(_("Credit note %(number)s is issued.") % {"number": ended.credit_note.number})


def _say(desk: Desk, dispute: Dispute, data: dict[str, Any]) -> Done:
    dispute_talk.say(
        desk.seller,
        dispute_id=dispute.id,
        author="seller",
        name=_name(desk),
        text=data["text"],
        files=handed_in(data),
        at=desk.at,
        by=desk.by,
    )
    if not data["text"]:
        return Done(_("What you handed in stands beside the dispute."))
    return Done(_("Your message is sent."))


def _reject(desk: Desk, dispute: Dispute, data: dict[str, Any]) -> Done:
    disputes.reject(desk.seller, dispute_id=dispute.id, words=data["words"], at=desk.at, by=desk.by)
    return Done(_("The dispute is rejected; the amount is owed all the same."))


def _withdraw(desk: Desk, dispute: Dispute, data: dict[str, Any]) -> Done:
    disputes.withdraw(
        desk.seller, dispute_id=dispute.id, words=data["words"], at=desk.at, by=desk.by
    )
    return Done(_("The dispute is withdrawn."))


def _recover(desk: Desk, invoice: Invoice, data: dict[str, Any]) -> Done:
    billing.recover_write_off(
        desk.seller, invoice_id=invoice.id, at=desk.at, by=desk.by, **_without_token(data)
    )
    amount = money_text(data["amount"], invoice.currency)
    return Done(_("%(amount)s is owed again.") % {"amount": amount})


def _approve(desk: Desk, asked: WriteOffRequest, data: dict[str, Any]) -> Done:
    answered = write_offs.approve_write_off(
        desk.seller, request_id=asked.id, staff_id=desk.staff.id, words=data["words"], at=desk.at
    )
    amount = money_text(asked.amount, asked.currency)
    if answered.state == "open":
        return Done(
            _("You have agreed. Writing off %(amount)s waits for another person.")
            % {"amount": amount}
        )
    return Done(_("%(amount)s is written off.") % {"amount": amount})


def _decline(desk: Desk, asked: WriteOffRequest, data: dict[str, Any]) -> Done:
    write_offs.decline_write_off(
        desk.seller, request_id=asked.id, words=data["words"], at=desk.at, by=desk.by
    )
    return Done(_("It is not written off."))


DISPUTE_INVOICE: Final = Act(
    name="dispute",
    label=_lazy("Open a dispute"),
    title=_lazy("What does the buyer not agree to owe?"),
    explanation=_lazy(
        "The amount stays owed and is shown apart, until it is credited or the dispute is rejected."
    ),
    duty="billing",
    form=DisputeForm,
    run=_dispute,
    possible=lambda invoice: disputable(invoice) > 0,
    icon="question",
    seldom=True,
)

RECOVER: Final = Act(
    name="recover",
    label=_lazy("Claim again"),
    title=_lazy("Claim again what was written off?"),
    explanation=_lazy("It is owed as before; the write-off is taken back by an entry of its own."),
    duty="billing",
    form=RecoverForm,
    run=_recover,
    possible=lambda invoice: invoice.written_off > 0,
    icon="return",
    seldom=True,
)

DISPUTE_ACTS: Final = (
    Act(
        name="say",
        label=_lazy("Write to the buyer"),
        title=_lazy("Write to the buyer about this dispute"),
        explanation=_lazy(
            "It stands beside the invoice in the buyer's account and goes by e-mail."
        ),
        duty="billing",
        form=SayForm,
        run=_say,
        possible=lambda dispute: dispute.state == "open",
        icon="send",
    ),
    Act(
        name="credit",
        label=_lazy("Credit it"),
        title=_lazy("Credit what is disputed"),
        explanation=_lazy("The buyer is right: a credit note takes it back."),
        duty="billing",
        form=CreditDisputeForm,
        run=_credit,
        possible=lambda dispute: dispute.state == "open",
        icon="check",
        tone="primary",
    ),
    Act(
        name="reject",
        label=_lazy("Reject it"),
        title=_lazy("Reject this dispute?"),
        explanation=_lazy(
            "The buyer owes the amount all the same and is told so; dunning goes on where it was."
        ),
        duty="billing",
        form=RejectForm,
        run=_reject,
        possible=lambda dispute: dispute.state == "open",
        icon="ban",
    ),
    Act(
        name="withdraw",
        label=_lazy("Withdraw"),
        title=_lazy("Withdraw this dispute?"),
        explanation=_lazy("The buyer agrees after all, or it was opened by mistake."),
        duty="billing",
        form=WordsForm,
        run=_withdraw,
        possible=lambda dispute: dispute.state == "open",
        icon="return",
    ),
)

WRITE_OFF_ACTS: Final = (
    Act(
        name="approve",
        label=_lazy("Approve"),
        title=_lazy("Write this off?"),
        explanation=_lazy(
            "What is outstanding becomes a loss. Who asked for it cannot approve it; what a program"
            " asked for takes two persons."
        ),
        duty="billing",
        form=WordsForm,
        run=_approve,
        possible=lambda asked: asked.state == "open",
        icon="check",
        tone="primary",
    ),
    Act(
        name="decline",
        label=_lazy("Decline"),
        title=_lazy("Not write this off?"),
        explanation=_lazy("It stays owed. Who asked for it may take it back so."),
        duty="billing",
        form=WordsForm,
        run=_decline,
        possible=lambda asked: asked.state == "open",
        icon="ban",
    ),
)
