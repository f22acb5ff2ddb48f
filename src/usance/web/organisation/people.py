"""What can be done about a buyer's people and cost centres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final, Protocol
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import organisation
from usance.flows.organisation import Limits
from usance.records.credit import queries as credit
from usance.records.parties import queries as parties
from usance.records.parties.models import Buyer, CostCentre, Member
from usance.web.acts import Act, ActForm, Done, Worker
from usance.web.backoffice.fields import AmountField
from usance.web.words.organisation import PERIODS, ROLES, WHAT_ROLES_DO


class Organiser(Worker, Protocol):
    """Who sees to a buyer's organisation; ``acting`` is the member it is, if it is one."""

    @property
    def acting(self) -> UUID | None:
        """The id of the member who acts."""


class LimitsForm(ActForm):
    """A person's role, and what it may spend."""

    name = forms.CharField(label=_lazy("Name"), max_length=200)
    role = forms.ChoiceField(label=_lazy("Role"))
    currency = forms.ChoiceField(label=_lazy("Currency of the limits"))
    order_limit = AmountField(
        label=_lazy("Limit of one order"),
        required=False,
        help_text=_lazy(
            "Leave empty for none. A larger order needs an approval, or is refused where there"
            " are no approval rules."
        ),
    )
    period_limit = AmountField(
        label=_lazy("Limit of a period"),
        required=False,
        help_text=_lazy("For all orders of the period together. Leave empty for none."),
    )
    period = forms.ChoiceField(label=_lazy("Period"), choices=lambda: list(PERIODS.items()))

    def prepare(self) -> None:
        """Offer the currencies in which the buyer has credit, and read amounts in the chosen one."""
        roles = [(role, f"{label}: {WHAT_ROLES_DO[role]}") for role, label in ROLES.items()]
        self._choose("role", roles)
        usual = self.desk.seller.currency
        lines = credit.lines_of(seller_id=self.desk.seller.id, buyer_ids=[self.buyer_id])
        codes = list(dict.fromkeys([usual, *(line.currency for line in lines), *self.kept()]))
        self._choose("currency", [(code, code) for code in codes])
        if len(codes) == 1:
            self.fields["currency"].widget = forms.HiddenInput()
        self.initial.update({"currency": next(iter(self.kept()), usual), "period": "month"})
        chosen = str(self.data.get("currency") or self.initial["currency"])
        for name in ("order_limit", "period_limit"):
            field = self.fields[name]
            assert isinstance(field, AmountField)
            field.currency, field.least = chosen if chosen in codes else usual, 0

    @property
    def buyer_id(self) -> UUID:
        """Whose member it is."""
        buyer: Buyer = self.subject
        return buyer.id

    def kept(self) -> Sequence[str]:
        """The currency of the limits that there are."""
        return ()

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class NewMemberForm(LimitsForm):
    """Somebody new."""

    email = forms.EmailField(label=_lazy("E-mail address"), max_length=254)
    field_order = ("name", "email", "role", "currency", "order_limit", "period_limit", "period")

    def clean_email(self) -> str:
        """An address that no member has."""
        email = str(self.cleaned_data["email"]).lower()
        known = parties.member_named(
            seller_id=self.desk.seller.id, buyer_id=self.buyer_id, name=email
        )
        if known is not None and known.email == email:
            raise ValidationError(_("%(name)s has this address already.") % {"name": known.name})
        return email


class MemberForm(LimitsForm):
    """Somebody who is a member, as it is."""

    def prepare(self) -> None:
        """Begin with what is kept."""
        super().prepare()
        member: Member = self.subject
        for name in ("name", "role", "order_limit", "period_limit", "period"):
            self.initial[name] = getattr(member, name)

    @property
    def buyer_id(self) -> UUID:
        """Whose member it is."""
        member: Member = self.subject
        return member.buyer_id

    def kept(self) -> Sequence[str]:
        """The currency of the limits that there are."""
        currency = self.subject.limit_currency
        return (currency,) if currency else ()


class CostCentreForm(ActForm):
    """A cost centre."""

    code = forms.CharField(label=_lazy("Code"), max_length=40)
    centre = forms.CharField(label=_lazy("Name"), max_length=140, required=False)


def _limits(data: dict[str, Any]) -> Limits:
    return Limits(data["order_limit"], data["period_limit"], data["period"], data["currency"])


def _add(worker: Organiser, buyer: Buyer, data: dict[str, Any]) -> Done:
    member = organisation.add_member(
        worker.seller,
        buyer_id=buyer.id,
        name=data["name"],
        email=data["email"],
        role=data["role"],
        limits=_limits(data),
        at=worker.at,
        by=worker.by,
    )
    return Done(
        _(
            "%(name)s is added. With the link “Forgot your password?” of the sign-in page, a new"
            " person chooses a password."
        )
        % {"name": member.name}
    )


def _change(worker: Organiser, member: Member, data: dict[str, Any]) -> Done:
    organisation.set_member(
        worker.seller,
        buyer_id=member.buyer_id,
        member_id=member.id,
        acting=worker.acting,
        name=data["name"],
        role=data["role"],
        at=worker.at,
        by=worker.by,
        **asdict(_limits(data)),
    )
    return Done(_("What %(name)s may do is changed.") % {"name": data["name"]})


def _remove(worker: Organiser, member: Member, _data: dict[str, Any]) -> Done:
    organisation.remove_member(
        worker.seller,
        buyer_id=member.buyer_id,
        member_id=member.id,
        acting=worker.acting,
        at=worker.at,
        by=worker.by,
    )
    return Done(_("%(name)s has no access any more.") % {"name": member.name})


def _open(worker: Organiser, buyer: Buyer, data: dict[str, Any]) -> Done:
    centre = organisation.add_cost_centre(
        worker.seller,
        buyer_id=buyer.id,
        code=data["code"],
        name=data["centre"],
        at=worker.at,
        by=worker.by,
    )
    return Done(_("Orders may name the cost centre %(code)s now.") % {"code": centre.code})


def _close(worker: Organiser, centre: CostCentre, _data: dict[str, Any]) -> Done:
    organisation.close_cost_centre(
        worker.seller,
        buyer_id=centre.buyer_id,
        cost_centre_id=centre.id,
        at=worker.at,
        by=worker.by,
    )
    return Done(_("The cost centre %(code)s is closed.") % {"code": centre.code})


ADD_PERSON: Final = Act[Organiser](
    name="person",
    label=_lazy("Add a person"),
    title=_lazy("Add a person"),
    explanation=_lazy("Who signs in with this address sees this account as its role allows."),
    duty="organisation",
    form=NewMemberForm,
    run=_add,
    icon="plus",
    tone="primary",
)
ADD_COST_CENTRE: Final = Act[Organiser](
    name="cost-centre",
    label=_lazy("Add a cost centre"),
    title=_lazy("Add a cost centre"),
    explanation=_lazy("From the first one on, an order may name only cost centres that are open."),
    duty="organisation",
    form=CostCentreForm,
    run=_open,
    icon="plus",
)
MEMBER_ACTS: Final = (
    Act[Organiser](
        name="change",
        label=_lazy("Change"),
        title=_lazy("Change role and limits"),
        explanation=_lazy("It binds from the next order on."),
        duty="organisation",
        form=MemberForm,
        run=_change,
        possible=lambda member: member.left_at is None,
        icon="edit",
        tone="primary",
    ),
    Act[Organiser](
        name="remove",
        label=_lazy("Remove"),
        title=_lazy("Remove this person?"),
        explanation=_lazy(
            "It loses access at once and can neither order nor approve. What it did stays in the"
            " history."
        ),
        duty="organisation",
        run=_remove,
        possible=lambda member: member.left_at is None,
        icon="trash",
        tone="danger",
    ),
)
CENTRE_ACTS: Final = (
    Act[Organiser](
        name="close",
        label=_lazy("Close"),
        title=_lazy("Close this cost centre?"),
        explanation=_lazy("No further order may name it. It can be added again later."),
        duty="organisation",
        run=_close,
        possible=lambda centre: centre.closed_at is None,
        icon="lock",
        tone="danger",
    ),
)
