"""What a member can do about what its company does not agree to owe."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import dispute_talk, disputes
from usance.records.collections.models import Dispute
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.web.acts import Act, ActForm, Done
from usance.web.dispute_parts import DisputeForm, SayForm, asked_for, disputable, handed_in
from usance.web.portal.account import Account


class BuyerDisputeForm(DisputeForm):
    """The same in the words of who does not pay, and never without a word."""

    def prepare(self) -> None:
        """Ask the buyer itself."""
        super().prepare()
        self.fields["reason_code"].label = _("Reason")
        self.fields["words"].label = _("What is wrong")
        self.fields["words"].required = True


def _dispute(account: Account, invoice: Invoice, data: dict[str, Any]) -> Done:
    disputes.open_dispute(
        account.seller,
        invoice_id=invoice.id,
        files=handed_in(data),
        author="buyer",
        name=_name(account),
        at=account.at,
        by=account.by,
        **asked_for(data),
    )
    return Done(
        _("%(seller)s is told. The answer comes here and by e-mail.")
        % {"seller": account.seller.name}
    )


def _name(account: Account) -> str:
    """Whom the seller is told of."""
    return account.member.name or account.member.email


def _say(account: Account, dispute: Dispute, data: dict[str, Any]) -> Done:
    dispute_talk.say(
        account.seller,
        dispute_id=dispute.id,
        author="buyer",
        name=_name(account),
        text=data["text"],
        files=handed_in(data),
        at=account.at,
        by=account.by,
    )
    if not data["text"]:
        return Done(_("What you handed in stands beside the dispute."))
    return Done(_("Your message is sent to %(seller)s.") % {"seller": account.seller.name})


def _withdraw(account: Account, dispute: Dispute, data: dict[str, Any]) -> Done:
    del data
    disputes.withdraw(account.seller, dispute_id=dispute.id, at=account.at, by=account.by)
    invoice = public_id("invoice", dispute.invoice_id)
    return Done(_("The dispute is withdrawn."), href=f"/account/invoices/{invoice}")


DISPUTE_INVOICE: Final = Act[Account](
    name="dispute",
    label=_lazy("Dispute it"),
    title=_lazy("What do you not agree to pay?"),
    explanation=_lazy("Choose the lines that are wrong. The rest of the invoice stays due."),
    duty="invoices",
    form=BuyerDisputeForm,
    run=_dispute,
    possible=lambda invoice: disputable(invoice) > 0,
    icon="question",
    seldom=True,
)
DISPUTE_ACTS: Final = (
    Act[Account](
        name="say",
        label=_lazy("Write about it"),
        title=_lazy("Write about this dispute"),
        explanation=_lazy("For what is still to be said."),
        duty="invoices",
        form=SayForm,
        run=_say,
        possible=lambda dispute: dispute.state == "open",
        icon="send",
    ),
    Act[Account](
        name="withdraw",
        label=_lazy("Withdraw"),
        title=_lazy("Withdraw this dispute?"),
        explanation=_lazy("You agree to pay the amount after all."),
        duty="invoices",
        form=ActForm,
        run=_withdraw,
        possible=lambda dispute: dispute.state == "open",
        icon="return",
    ),
)
