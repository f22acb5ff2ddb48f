"""What can be done about late charges: claim them, waive them, store a reference rate."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import (
    late_charge_claims,
    late_charge_waivers,
    late_charges,
    late_interest_terms,
)
from usance.flows.late_charges import LateCharges
from usance.flows.late_interest_terms import NewRate
from usance.records.collections.models import LateCharge
from usance.rules.interest import SHIPPED
from usance.rules.interest.rate_tables import InvalidRate, check_rate
from usance.web.backoffice import links
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import AmountField, DayField
from usance.web.words.amounts import day_text, money_text


class ClaimForm(ActForm):
    """Until which day, with which costs, and what the debit note says."""

    until = DayField(label=_lazy("Until the end of"))
    costs = AmountField(
        label=_lazy("What recovering it has cost so far"),
        required=False,
        help_text=_lazy("What exceeds the fixed sum is claimed too."),
    )
    reason = forms.CharField(
        label=_lazy("Note"),
        required=False,
        max_length=140,
        help_text=_lazy("Printed on the debit note."),
    )

    def prepare(self) -> None:
        """Until today, in the invoice's currency."""
        found: LateCharges = self.subject
        field = self.fields["costs"]
        assert isinstance(field, AmountField)
        field.currency = found.invoice.currency
        if not found.accrual.owes_costs:
            field.help_text = _(
                "By this law or contract nothing is owed for it: what you enter is left out of the claim."
            )
        self.initial["until"] = found.on


class WaiveForm(ActForm):
    """How much is given up, and why."""

    amount = AmountField(label=_lazy("Amount"))
    reason = forms.CharField(
        label=_lazy("Reason"), max_length=500, help_text=_lazy("Kept with your name and the day.")
    )

    def prepare(self) -> None:
        """Begin with all that there is, which is also the most."""
        currency, most = self._of()
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        field.currency, field.most = currency, most
        self.initial["amount"] = most

    def _of(self) -> tuple[str, int]:
        found: LateCharges = self.subject
        return found.invoice.currency, found.open_amount


class WaiveClaimForm(WaiveForm):
    """How much of a claim is given up; a credit note takes it back."""

    def _of(self) -> tuple[str, int]:
        charge: LateCharge = self.subject
        return charge.currency, claimable(charge)


def claimable(charge: LateCharge) -> int:
    """What of a claim can still be given up, in minor units."""
    note = charge.claim
    return 0 if note is None else note.amount - note.credited - note.written_off


def _claim(desk: Desk, found: LateCharges, data: dict[str, Any]) -> Done:
    costs = data["costs"] or 0
    seen = late_charges.late_charges_of(
        desk.seller, found.invoice, on=desk.on, until=data["until"], costs=costs
    )
    made = late_charge_claims.claim(
        desk.seller,
        invoice_id=found.invoice.id,
        until=data["until"],
        costs=costs,
        reason=data["reason"],
        at=desk.at,
        by=desk.by,
    )
    if made.claim is None:
        return Done(_("All of it was waived; the days until then are settled."))
    said = _("%(number)s claims %(amount)s.") % {
        "number": made.claim.number,
        "amount": money_text(made.amount, made.currency),
    }
    if left_out := seen.compensation.left_out:
        said += " " + _(
            "Costs of %(costs)s are left out of it: by this law or contract nothing is owed for them, or a"
            " rate of exchange is not stored."
        ) % {"costs": money_text(left_out, made.currency)}
    return Done(said, links.address("invoice", made.claim.id))


def _waive(desk: Desk, found: LateCharges, data: dict[str, Any]) -> Done:
    made = late_charge_waivers.waive(
        desk.seller,
        invoice_id=found.invoice.id,
        amount=data["amount"],
        reason=data["reason"],
        at=desk.at,
        by=desk.by,
    )
    return Done(_("%(amount)s is waived.") % {"amount": money_text(made.amount, made.currency)})


def _waive_claim(desk: Desk, charge: LateCharge, data: dict[str, Any]) -> Done:
    made = late_charge_waivers.waive_claim(
        desk.seller,
        charge_id=charge.id,
        amount=data["amount"],
        reason=data["reason"],
        at=desk.at,
        by=desk.by,
    )
    return Done(_("%(amount)s is waived.") % {"amount": money_text(made.amount, made.currency)})


LATE_ACTS: Final = (
    Act(
        name="claim-late",
        label=_lazy("Claim late charges"),
        title=_lazy("Claim late interest and compensation"),
        explanation=_lazy(
            "A debit note of its own claims what has accrued until that day. Each day is claimed once;"
            " no VAT is due on it."
        ),
        duty="money",
        form=ClaimForm,
        run=_claim,
        possible=lambda found: (
            found.accrual.total > 0 and not found.agreement.in_force.taxed and found.unknown is None
        ),
        icon="clock",
    ),
    Act(
        name="waive-late",
        label=_lazy("Waive"),
        title=_lazy("Waive late charges"),
        explanation=_lazy("What is waived is taken off the next claim."),
        duty="money",
        form=WaiveForm,
        run=_waive,
        possible=lambda found: found.open_amount > 0,
        icon="minus",
    ),
)

CLAIM_ACTS: Final = (
    Act(
        name="waive-claim",
        label=_lazy("Waive"),
        title=_lazy("Waive what was claimed"),
        explanation=_lazy(
            "A credit note takes it back. What the buyer has paid of it waits as its unapplied cash."
        ),
        duty="money",
        form=WaiveClaimForm,
        run=_waive_claim,
        possible=lambda charge: claimable(charge) > 0,
        icon="minus",
    ),
)


class ReferenceRateForm(ActForm):
    """From a day on, a reference rate is so many per cent."""

    table = forms.ChoiceField(
        label=_lazy("Reference rate"),
        choices=[(code, table.name) for code, table in SHIPPED.items()],
    )
    valid_from = DayField(label=_lazy("In force from"))
    rate = forms.CharField(
        label=_lazy("Per cent a year"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    known_until = DayField(
        label=_lazy("Known until"),
        required=False,
        help_text=_lazy(
            "The last day for which it is known that nothing has changed. Without it, only the day from"
            " which it is in force is known."
        ),
    )
    source = forms.CharField(label=_lazy("Where it is from"), required=False, max_length=140)

    def clean_rate(self) -> Decimal:
        """A number with at most four decimals, with a point or a comma."""
        try:
            return check_rate(Decimal(self.cleaned_data["rate"].strip().replace(",", ".")))
        except (InvalidOperation, InvalidRate):
            raise ValidationError(
                _("A rate is a number of per cent with at most four decimals.")
            ) from None


def _store(desk: Desk, _subject: Any, data: dict[str, Any]) -> Done:
    new = NewRate(**{name: data[name] for name in NewRate.__dataclass_fields__})
    done = late_interest_terms.set_reference_rates(desk.seller, [new], at=desk.at, by=desk.by)
    if done.known:
        return Done(_("That rate was known already."))
    return Done(_("The rate is stored, from %(day)s on.") % {"day": day_text(new.valid_from)})


NEW_RATE: Final = Act(
    name="new-rate",
    label=_lazy("Add a reference rate"),
    title=_lazy("Add a reference rate"),
    explanation=_lazy(
        "Interest of days from then on is computed with it. What was claimed already stays."
    ),
    duty="money",
    form=ReferenceRateForm,
    run=_store,
    icon="plus",
)
