"""What can be done to a version of the policy: publish it, try it, end its trial."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import policies
from usance.records.credit.models import CreditPolicy
from usance.records.credit.policy_queries import PolicyStanding
from usance.rules.terms.days import FIRST_DAY, LAST_DAY
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.words.amounts import instant_text


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the policy, and where it stands."""

    record: CreditPolicy
    standing: PolicyStanding


_FIRST: Final = datetime.combine(FIRST_DAY, time.min, UTC)
_LAST: Final = datetime.combine(LAST_DAY, time.min, UTC)


class MomentField(forms.DateTimeField):
    """A moment, chosen with the browser's own calendar, in the seller's time zone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
            validators=[MinValueValidator(_FIRST), MaxValueValidator(_LAST)],
            **options,
        )


class PublishForm(ActForm):
    """From when a version decides."""

    effective_at = MomentField(
        label=_lazy("Decides from"),
        help_text=_lazy("Leave empty for now. The time is that of your seller."),
        required=False,
    )


def _publish(desk: Desk, version: Version, data: dict[str, Any]) -> Done:
    effective_at = data["effective_at"]
    waiting = policies.release_policy(
        desk.seller,
        policy_id=version.record.id,
        at=desk.at,
        by=desk.by,
        effective_at=effective_at,
    )
    return Done(published(version.record.version, waits=waiting is not None, begins=effective_at))


def published(version: int, *, waits: bool, begins: Any) -> str:
    """What is said when a version was published."""
    if waits:
        return _("Version %(version)s waits for a second person.") % {"version": version}
    if begins is not None:
        return _("Version %(version)s decides from %(moment)s.") % {
            "version": version,
            "moment": instant_text(begins),
        }
    return _("Version %(version)s decides now.") % {"version": version}


def _try(desk: Desk, version: Version, _data: dict[str, Any]) -> Done:
    policies.try_policy(desk.seller, policy_id=version.record.id, at=desk.at, by=desk.by)
    return Done(
        _("Version %(version)s is on trial: it says beside each decision what it would decide.")
        % {"version": version.record.version}
    )


def _end(desk: Desk, version: Version, _data: dict[str, Any]) -> Done:
    policies.end_trial(desk.seller, at=desk.at, by=desk.by)
    return Done(_("The trial of version %(version)s ended.") % {"version": version.record.version})


POLICY_ACTS: Final = (
    Act(
        name="publish",
        label=_lazy("Publish"),
        title=_lazy("Let this version decide?"),
        explanation=_lazy(
            "Every order from then on is decided by it. Orders that were decided before stay as they"
            " are."
        ),
        duty="credit",
        form=PublishForm,
        run=_publish,
        possible=lambda version: (
            version.standing.state in ("draft", "former", "shadow", "scheduled")
        ),
        icon="check",
        tone="primary",
    ),
    Act(
        name="try",
        label=_lazy("Try in the shadow"),
        title=_lazy("Try this version in the shadow?"),
        explanation=_lazy(
            "It decides nothing. Each decision keeps what this version would have decided, so that"
            " you see the difference before it counts. A trial that is running ends."
        ),
        duty="credit",
        run=_try,
        possible=lambda version: version.standing.state in ("draft", "former"),
        icon="partial",
        tone="primary",
    ),
    Act(
        name="end-trial",
        label=_lazy("End the trial"),
        title=_lazy("End the trial of this version?"),
        explanation=_lazy("What it said so far stays with the decisions."),
        duty="credit",
        run=_end,
        possible=lambda version: version.standing.state == "shadow",
        icon="close",
        tone="primary",
    ),
)
