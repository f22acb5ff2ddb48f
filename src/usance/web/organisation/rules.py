"""What can be done about a buyer's own rules for its orders, and about where it belongs."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import organisation
from usance.records.identity import NotAnId, parse_public_id
from usance.records.parties import queries as parties
from usance.records.parties.models import Buyer
from usance.rules.ordering import APPROVING, MOST_STEPS, ChainStep
from usance.web.acts import Act, ActForm, Done
from usance.web.backoffice.fields import AmountField
from usance.web.organisation.people import Organiser
from usance.web.words.organisation import approver_text

_SPARE: Final = 2
"""Empty steps at the end of the form."""


class StepFields(NamedTuple):
    """The fields of one step of the form; those of a step that is left empty count for nothing."""

    number: int
    fields: list[BoundField]


class ChainForm(ActForm):
    """The whole chain, a step a row. Amounts are in the seller's currency."""

    def prepare(self) -> None:
        """Begin with the chain as it is, and a few empty steps."""
        buyer: Buyer = self.subject
        one = {"seller_id": self.desk.seller.id, "buyer_id": buyer.id}
        steps = parties.approval_steps(**one)
        people = parties.members(**one).filter(left_at__isnull=True, role__in=APPROVING)
        centres = parties.cost_centres(**one).filter(closed_at__isnull=True).order_by("code")
        who = [
            *((role, approver_text(role, None)) for role in APPROVING),
            *((person.id.hex, person.name) for person in people.order_by("name", "id")),
        ]
        codes = [("", _("Any"))] + [(each.code, each.name or each.code) for each in centres]
        self.count = min(len(steps) + _SPARE, MOST_STEPS)
        for n in range(self.count):
            currency = steps[n].currency if n < len(steps) else self.desk.seller.currency
            amount = AmountField(label=_("Orders above"), required=False)
            amount.currency, amount.least = currency, 0
            self.fields[f"above_{n}"] = amount
            self.fields[f"who_{n}"] = forms.ChoiceField(label=_("Approved by"), choices=who)
            if len(codes) > 1:
                self.fields[f"centre_{n}"] = forms.ChoiceField(
                    label=_("Cost centre"), choices=codes, required=False
                )
        for n, step in enumerate(steps):
            self.initial[f"above_{n}"] = step.above
            self.initial[f"who_{n}"] = step.approver_id.hex if step.approver_id else step.role
            self.initial[f"centre_{n}"] = step.cost_centre

    def rows(self) -> list[StepFields]:
        """The fields, step by step."""
        return [
            StepFields(
                n + 1,
                [self[f"{part}_{n}"] for part in _PARTS if f"{part}_{n}" in self.fields],
            )
            for n in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        """``steps``: those whose amount was typed."""
        data = super().clean() or {}
        steps: list[ChainStep] = []
        for n in range(self.count):
            above, who = data.get(f"above_{n}"), data.get(f"who_{n}", "")
            if above is None:
                continue
            field = self.fields[f"above_{n}"]
            assert isinstance(field, AmountField)
            steps.append(
                ChainStep(
                    position=len(steps) + 1,
                    above=above,
                    currency=field.currency,
                    role=who if who in APPROVING else "approver",
                    approver=None if who in APPROVING or not who else UUID(hex=who),
                    cost_centre=data.get(f"centre_{n}") or "",
                )
            )
        return data | {"steps": steps}


_PARTS: Final = ("above", "who", "centre")


class PapersForm(ActForm):
    """What an order must carry."""

    po_required = forms.BooleanField(
        label=_lazy("Every order carries a purchase-order number"), required=False
    )
    po_unique = forms.BooleanField(
        label=_lazy("A purchase-order number is used once"), required=False
    )
    members_only = forms.BooleanField(
        label=_lazy("Every order names the person who places it"),
        required=False,
        help_text=_lazy("Without it, orders that name nobody are under no person's limit."),
    )

    def prepare(self) -> None:
        """Begin with the rules as they are."""
        for name in ("po_required", "po_unique", "members_only"):
            self.initial[name] = getattr(self.subject, name)


class CompanyForm(ActForm):
    """The customer group, the web domain and the company above."""

    group = forms.CharField(
        label=_lazy("Customer group"),
        max_length=40,
        required=False,
        help_text=_lazy("Policies can tell buyers apart by it."),
    )
    domain = forms.CharField(
        label=_lazy("Internet domain"),
        max_length=140,
        required=False,
        help_text=_lazy("Written like example.com."),
    )
    parent = forms.CharField(
        label=_lazy("Parent company"),
        max_length=200,
        required=False,
        help_text=_lazy("Its customer number, its whole name, or its identifier."),
    )

    def prepare(self) -> None:
        """Begin with what is kept."""
        buyer: Buyer = self.subject
        parent = buyer.parent_id and parties.buyer(
            seller_id=buyer.seller_id, buyer_id=buyer.parent_id
        )
        self.initial.update(
            {
                "group": buyer.group,
                "domain": buyer.domain,
                "parent": (parent.external_id or parent.name) if parent else "",
            }
        )

    def clean_parent(self) -> UUID | None:
        """The one buyer of that number, name or id."""
        text = self.cleaned_data["parent"].strip()
        if not text:
            return None
        found = parties.buyers(seller_id=self.desk.seller.id)
        try:
            matches = list(found.filter(id=parse_public_id("buyer", text))[:2])
        except NotAnId:
            matches = list(found.filter(external_id=text)[:2]) or list(
                found.filter(name__iexact=text)[:2]
            )
        if len(matches) != 1:
            raise ValidationError(
                _("Several buyers are called so; write the customer number.")
                if matches
                else _("There is no such buyer.")
            )
        return matches[0].id


def _set_chain(worker: Organiser, buyer: Buyer, data: dict[str, Any]) -> Done:
    organisation.set_chain(
        worker.seller, buyer_id=buyer.id, steps=data["steps"], at=worker.at, by=worker.by
    )
    if not data["steps"]:
        return Done(_("Orders need no approval any more."))
    return Done(_("The approval rules are set. They bind from the next order on."))


def _set_papers(worker: Organiser, buyer: Buyer, data: dict[str, Any]) -> Done:
    _update(worker, buyer, data, "po_required", "po_unique", "members_only")
    return Done(_("The rules bind from the next order on."))


def _set_company(worker: Organiser, buyer: Buyer, data: dict[str, Any]) -> Done:
    _update(worker, buyer, data, "group", "domain", "parent")
    return Done(_("What is known of the buyer was changed."))


def _update(worker: Organiser, buyer: Buyer, data: dict[str, Any], *names: str) -> None:
    organisation.update_buyer(
        worker.seller,
        buyer_id=buyer.id,
        at=worker.at,
        by=worker.by,
        **{name: data[name] for name in names},
    )


SET_CHAIN: Final = Act[Organiser](
    name="chain",
    label=_lazy("Set the approval rules"),
    title=_lazy("Approval rules"),
    explanation=_lazy(
        "Orders go through the steps in this order before the seller decides. Leave a step's amount"
        " empty to leave the step out; 0 means every order. Nobody approves an order of its own, and"
        " nobody approves twice. Orders that wait already keep the steps they have."
    ),
    duty="organisation",
    form=ChainForm,
    run=_set_chain,
    icon="edit",
    tone="primary",
)
SET_PAPERS: Final = Act[Organiser](
    name="papers",
    label=_lazy("Set the order rules"),
    title=_lazy("What an order must carry"),
    explanation=_lazy("An order that does not keep to it is declined, and told why."),
    duty="organisation",
    form=PapersForm,
    run=_set_papers,
    icon="edit",
)
SET_COMPANY: Final = Act[Organiser](
    name="company",
    label=_lazy("Group and parent"),
    title=_lazy("Customer group and parent company"),
    explanation=_lazy("Where this buyer belongs. The buyer does not see it."),
    duty="organisation",
    form=CompanyForm,
    run=_set_company,
    icon="edit",
)
