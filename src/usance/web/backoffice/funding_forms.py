"""The form of a funding programme: rates as people write them, in per cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.funding.partners import KINDS as FUNDING
from usance.flows.funding.programs import ProgramTerms
from usance.records.connections import queries as connections
from usance.records.funding.models import FundingProgram
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import AmountField
from usance.web.words.funding import KINDS

_SHARES: Final = (
    "rate", "flat_fee", "period_fee", "interest", "concentration", "insured_share", "premium",
)  # fmt: skip
_AMOUNTS: Final = ("minimum_fee", "total_limit", "buyer_limit", "smallest")
_UNSET_IS_NONE: Final = frozenset(
    {"concentration", "total_limit", "buyer_limit", "smallest", "oldest_days", "longest_days"}
)


def _percent(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=100, decimal_places=2,
        help_text=help_text,
    )  # fmt: skip


def _days(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=3650)


def _amount(label: Any) -> AmountField:
    field = AmountField(label=label, required=False)
    field.least = 0
    return field


class ProgramForm(forms.Form):
    """On what conditions invoices are funded, and by whom."""

    name = forms.CharField(label=_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(label=_lazy("Kind"), choices=list(KINDS.items()))
    connection = forms.ChoiceField(label=_lazy("Partner"), required=False)
    state = forms.ChoiceField(
        label=_lazy("State"),
        choices=[
            ("active", _lazy("In use")),
            ("paused", _lazy("Paused")),
            ("closed", _lazy("Closed for good")),
        ],
    )
    place = forms.IntegerField(
        label=_lazy("Place in the order"),
        min_value=0,
        max_value=10_000,
        help_text=_lazy(
            "Programmes are asked in this order; the first that fits takes the invoice."
        ),
    )
    currency = forms.CharField(label=_lazy("Currency"), max_length=3)
    condition = forms.CharField(
        label=_lazy("Condition"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_lazy(
            "In the language of credit policies, such as: invoice.amount >= 5000 &&"
            " buyer.country in ['DE', 'AT']. Empty: every invoice."
        ),
    )
    rate = _percent(_lazy("Advanced, per cent of the invoice"))
    flat_fee = _percent(_lazy("Fee, per cent of the advance"))
    period_fee = _percent(_lazy("Fee for each 30 days begun, per cent"))
    interest = _percent(_lazy("Interest a year, per cent (act/360)"))
    minimum_fee = _amount(_lazy("Least fee"))
    recourse_days = _days(_lazy("Days past due until it is taken back"))
    total_limit = _amount(_lazy("Limit in all"))
    buyer_limit = _amount(_lazy("Limit of a buyer"))
    concentration = _percent(_lazy("One buyer at most, per cent of the limit"))
    smallest = _amount(_lazy("Smallest invoice"))
    oldest_days = _days(_lazy("Days since issue at most"))
    longest_days = _days(_lazy("Days to the due date at most"))
    insurer = forms.CharField(label=_lazy("Insurer"), required=False, max_length=140)
    insured_share = _percent(_lazy("Insured share, per cent"))
    premium = _percent(_lazy("Premium, per cent of what is insured"))
    claim_days = _days(_lazy("Days past due until it is claimed"))

    def __init__(
        self, data: Any = None, *, desk: Desk, program: FundingProgram | None = None
    ) -> None:
        super().__init__(data)
        found = connections.connections(seller_id=desk.seller.id).filter(kind__in=FUNDING)
        partner = self.fields["connection"]
        assert isinstance(partner, forms.ChoiceField)
        partner.choices = [("", _("None: your own book")), *((it.id.hex, it.name) for it in found)]
        self._ids = {it.id.hex: it.id for it in found}
        currency = program.currency if program else desk.seller.currency
        for name in _AMOUNTS:
            field = self.fields[name]
            assert isinstance(field, AmountField)
            field.currency = currency
        self.initial = {"currency": currency, "state": "active", "place": 0, "recourse_days": 60}
        if program is None:
            del self.fields["state"]
            return
        self.fields["currency"].disabled = True
        for name in self.fields:
            self.initial[name] = _shown(program, name)

    def terms(self) -> ProgramTerms:
        """What was entered."""
        given: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if name in _SHARES:
                given[name] = None if value is None else int(value * 100)
            elif name not in ("connection", "state"):
                given[name] = value
            if given.get(name) is None and name not in _UNSET_IS_NONE:
                given[name] = 0
        for name in ("connection", "state"):
            given.pop(name, None)
        chosen = self.cleaned_data["connection"]
        return ProgramTerms(connection_id=self._ids[chosen] if chosen else None, **given)


def _shown(program: FundingProgram, name: str) -> Any:
    if name == "connection":
        return program.connection_id.hex if program.connection_id else ""
    value = getattr(program, name)
    return Decimal(value).scaleb(-2) if name in _SHARES and value is not None else value
