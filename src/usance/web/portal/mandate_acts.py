"""What a member can do about being debited: give a mandate, sign one that waits, end one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.debits import mandates
from usance.flows.debits.mandates import Signature
from usance.records.debits import queries
from usance.records.debits.models import Mandate
from usance.records.parties import invoicing_queries as parties
from usance.records.parties.models import Buyer
from usance.web.acts import Act, ActForm, Done
from usance.web.portal.account import Account
from usance.web.words.debits import SCHEMES


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs from where: a mandate that waits, or a new one."""

    buyer: Buyer
    ip: str
    user_agent: str
    mandate: Mandate | None = None


def open_schemes(account: Account) -> list[str]:
    """The schemes by which the seller can collect."""
    details = parties.details_row(seller_id=account.seller.id)
    found = ["sepa_core", "sepa_b2b"] if details and details.creditor_id else []
    rules = queries.collection_rules(seller_id=account.seller.id, at=account.at)
    return found + (["ach_ccd", "ach_ppd", "ach_ctx"] if rules.ach_company_id else [])


def words_of(account: Account) -> str:
    """What is agreed to, in the reader's language; it is kept with the signature as it was shown."""
    details = parties.details_row(seller_id=account.seller.id)
    name = (details.legal_name if details else "") or account.seller.name
    creditor = f" ({details.creditor_id})" if details and details.creditor_id else ""
    return _(
        "We allow %(name)s%(creditor)s to collect what we owe it from the account below, and we have"
        " our bank honour these debits. We are told of each debit before. In SEPA Core we may have a"
        " debit back from our bank within eight weeks; in SEPA B2B we may not, and we tell our bank"
        " of this mandate. We may end it at any time."
    ) % {"name": name, "creditor": creditor}


class SignatureForm(ActForm):
    """A name and a yes."""

    name = forms.CharField(label=_lazy("Your name"), max_length=140)
    agreed = forms.BooleanField(label=_lazy("We agree to this"))

    def prepare(self) -> None:
        """The words to agree to, beside the box."""
        self.fields["name"].initial = self.desk.member.name
        self.fields["agreed"].help_text = words_of(self.desk)


class GiveForm(SignatureForm):
    """The account, and the signature."""

    scheme = forms.ChoiceField(label=_lazy("How it is collected"))
    debtor_name = forms.CharField(label=_lazy("Name of the account's owner"), max_length=140)
    account = forms.CharField(
        label=_lazy("Account"), max_length=42, help_text=_lazy("An IBAN, or the number in ACH.")
    )
    bank = forms.CharField(
        label=_lazy("Bank"),
        max_length=11,
        required=False,
        help_text=_lazy("The routing number in ACH; with an IBAN it may be left out."),
    )
    field_order = ("scheme", "debtor_name", "account", "bank", "name", "agreed")

    def prepare(self) -> None:
        """The schemes of this seller."""
        super().prepare()
        field = self.fields["scheme"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, SCHEMES[code]) for code in open_schemes(self.desk)]
        self.fields["debtor_name"].initial = self.desk.buyer.name


def _signature(account: Account, subject: Signing, data: dict[str, Any]) -> Signature:
    return Signature(
        name=data["name"],
        email=account.member.email,
        method="portal",
        words=words_of(account),
        ip=subject.ip,
        user_agent=subject.user_agent,
    )


def _give(account: Account, subject: Signing, data: dict[str, Any]) -> Done:
    mandates.create_mandate(
        account.seller,
        buyer_id=account.buyer.id,
        scheme=data["scheme"],
        debtor_name=data["debtor_name"],
        account=data["account"],
        bank=data["bank"],
        signature=_signature(account, subject, data),
        at=account.at,
        by=account.by,
    )
    return Done(_("The mandate is given. You are told of each debit before it comes."))


def _sign(account: Account, subject: Signing, data: dict[str, Any]) -> Done:
    assert subject.mandate is not None
    mandates.sign_mandate(
        account.seller,
        mandate_id=subject.mandate.id,
        signature=_signature(account, subject, data),
        at=account.at,
        by=account.by,
    )
    return Done(_("The mandate is signed."))


def _cancel(account: Account, subject: Signing, data: dict[str, Any]) -> Done:
    del data
    assert subject.mandate is not None
    mandates.cancel_mandate(
        account.seller,
        mandate_id=subject.mandate.id,
        reason="by_buyer",
        at=account.at,
        by=account.by,
    )
    return Done(_("The mandate is ended. What the bank has already is still collected."))


GIVE: Final = Act[Account](
    name="give",
    label=_lazy("Give a mandate"),
    title=_lazy("Have invoices collected from your account"),
    explanation=_lazy("What falls due is collected by itself; you are told before."),
    duty="invoices",
    form=GiveForm,
    run=_give,
    icon="plus",
    tone="primary",
)
MANDATE_ACTS: Final = (
    Act[Account](
        name="sign",
        label=_lazy("Sign"),
        title=_lazy("Sign the mandate"),
        explanation=_lazy("What falls due is collected by itself; you are told before."),
        duty="invoices",
        form=SignatureForm,
        run=_sign,
        possible=lambda subject: subject.mandate.state == "pending",
        icon="check",
        tone="primary",
    ),
    Act[Account](
        name="cancel",
        label=_lazy("End it"),
        title=_lazy("End the mandate?"),
        explanation=_lazy("Nothing more is collected. What you owe is yours to pay by its day."),
        duty="invoices",
        run=_cancel,
        possible=lambda subject: subject.mandate.state in mandates.LIVE,
        icon="ban",
        tone="danger",
    ),
)
