"""Starting a backtest from the back office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import backtests, policies
from usance.formats import policy_file
from usance.formats.errors import FormatError
from usance.records.credit import policy_queries, queries
from usance.records.identity import NotAnId, parse_public_id, public_id
from usance.rules.credit.policy import InvalidPolicy, Policy
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import DayField

USUAL_WINDOW: Final = timedelta(days=364)
_MOST_VERSIONS: Final = 100


class BacktestForm(ActForm):
    """Which policy, which orders, and what is taken for granted. The subject is the public id of the
    version that is chosen to begin with."""

    policy = forms.ChoiceField(label=_lazy("Policy to try"), required=False)
    text = forms.CharField(
        label=_lazy("Or a policy written here"),
        required=False,
        max_length=policy_file.LARGEST_FILE,
        strip=False,  # so that lines are counted as they were typed
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_lazy("JSON or TOML. Nothing of it is published."),
    )
    against = forms.ChoiceField(label=_lazy("Compared with"))
    from_on = DayField(label=_lazy("Orders from"))
    until_on = DayField(label=_lazy("Orders until"))
    reviews = forms.ChoiceField(
        label=_lazy("Orders that go to a person"),
        choices=[
            ("approve", _lazy("count as approved")),
            ("decline", _lazy("count as declined")),
        ],
    )
    late_days = forms.IntegerField(
        label=_lazy("Paid late from so many days after the due date"),
        min_value=0,
        max_value=365,
    )

    def prepare(self) -> None:
        """The versions there are, and a year up to today."""
        seller_id = self.desk.seller.id
        rows = list(queries.policies(seller_id=seller_id).order_by("-version")[:_MOST_VERSIONS])
        standings = policy_queries.standings(
            seller_id=seller_id, at=self.desk.at, policy_ids=[row.id for row in rows]
        )
        versions = []
        for row in rows:
            name = _("Version %(version)s") % {"version": row.version}
            deciding = standings[row.id].state == "deciding"
            versions.append(
                (
                    public_id("policy", row.id),
                    _("%(version)s, which decides") % {"version": name} if deciding else name,
                )
            )
            if deciding:
                self.initial["against"] = versions[-1][0]
        self.fields["policy"].choices = [("", _("The one written below")), *versions]  # type: ignore[attr-defined]
        self.fields["against"].choices = versions  # type: ignore[attr-defined]
        self.initial.update(
            policy=self.subject,
            from_on=self.desk.on - USUAL_WINDOW,
            until_on=self.desk.on,
            reviews="approve",
            late_days=30,
        )

    def clean(self) -> dict[str, Any]:
        """One policy, and one that can be read."""
        data = super().clean() or self.cleaned_data
        version, text = data.get("policy"), data.get("text") or ""
        if bool(version) == bool(text.strip()):
            raise ValidationError(_("Choose a version, or write a policy; one of the two."))
        data["written"] = None if version else self._written(text)
        begin, end = data.get("from_on"), data.get("until_on")
        if begin and end and begin > end:
            self.add_error("until_on", _("This day is before the first one."))
        return data

    def _written(self, text: str) -> Policy | None:
        seller = self.desk.seller
        shape: policy_file.Shape = "json" if text.lstrip().startswith("{") else "toml"
        try:
            policy = policy_file.read(text.encode(), shape=shape, currency=seller.currency)
            return policies.read_policy(seller, policy.to_document())
        except (FormatError, InvalidPolicy) as error:
            self.add_error("text", str(error))
            return None


def _start(desk: Desk, _subject: Any, data: dict[str, Any]) -> Done:
    stored = backtests.request_backtest(
        desk.seller,
        policy=data["written"],
        policy_id=_policy_id(data["policy"]),
        against_id=_policy_id(data["against"]),
        from_on=data["from_on"],
        until_on=data["until_on"],
        reviews=data["reviews"],
        late_days=data["late_days"],
        at=desk.at,
        by=desk.by,
    )
    href = reverse("office_backtest", args=[public_id("backtest", stored.id)])
    return Done(_("The backtest has been started."), href)


def _policy_id(public: str) -> Any:
    try:
        return parse_public_id("policy", public) if public else None
    except NotAnId:  # the form offers no such choice
        return None


START: Final = Act(
    name="start",
    label=_lazy("Start the backtest"),
    title=_lazy("New backtest"),
    explanation=_lazy(
        "The orders of the window are decided again, by the policy you try and by the one you compare"
        " it with. Nothing is published, and no order changes."
    ),
    duty="credit",
    run=_start,
    form=BacktestForm,
)
