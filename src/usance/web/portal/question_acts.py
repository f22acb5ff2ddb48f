"""What a member can do about an invoice: ask, and go on asking."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import invoice_questions
from usance.records.collections.models import Question
from usance.records.invoices.models import Invoice
from usance.web.acts import Act, ActForm, Done
from usance.web.portal.account import Account

_LONGEST_CHOICE: Final = 60


class TextForm(ActForm):
    """What is asked."""

    text = forms.CharField(
        label=_lazy("Question"),
        max_length=invoice_questions.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AskForm(TextForm):
    """What is asked, and about which line."""

    line = forms.ChoiceField(label=_lazy("About"), required=False)
    field_order = ("line", "text")

    def prepare(self) -> None:
        """The lines of the invoice to choose from."""
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("The whole invoice")),
            *(
                (number, f"{number}  {text[:_LONGEST_CHOICE]}")
                for number, text in invoice_questions.lines_of(self.subject).items()
            ),
        ]


def _ask(account: Account, invoice: Invoice, data: dict[str, Any]) -> Done:
    invoice_questions.ask(
        account.seller,
        invoice_id=invoice.id,
        line=data["line"],
        text=data["text"],
        member_id=account.member.id,
        at=account.at,
        by=account.by,
    )
    return Done(
        _("Your question is sent to %(seller)s. The answer comes here and by e-mail.")
        % {"seller": account.seller.name}
    )


def _ask_on(account: Account, question: Question, data: dict[str, Any]) -> Done:
    invoice_questions.ask_again(
        account.seller,
        question_id=question.id,
        text=data["text"],
        member_id=account.member.id,
        at=account.at,
        by=account.by,
    )
    return Done(_("Your question is sent to %(seller)s.") % {"seller": account.seller.name})


INVOICE_ACTS: Final = (
    Act[Account](
        name="ask",
        label=_lazy("Ask about it"),
        title=_lazy("Ask about this invoice"),
        explanation=_lazy("Choose the line that is not clear. The invoice stays due meanwhile."),
        duty="invoices",
        form=AskForm,
        run=_ask,
        icon="question",
    ),
)
QUESTION_ACTS: Final = (
    Act[Account](
        name="ask-on",
        label=_lazy("Ask more"),
        title=_lazy("Ask more about this"),
        explanation=_lazy("For what the answer left open."),
        duty="invoices",
        form=TextForm,
        run=_ask_on,
        icon="question",
    ),
)
