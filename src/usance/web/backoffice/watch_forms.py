"""The form of a watch: its parts as a person chooses them, and the watch that they make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.onboarding import STAFF_ROLES
from usance.rules.credit.facts import FACTS
from usance.rules.monitoring import (
    CHANGE,
    EVENTS,
    LONGEST_NAME,
    MOST_QUIET_DAYS,
    NIGHTLY,
    WATCHABLE,
    InvalidWatch,
    WatchRule,
    watch_from_document,
)
from usance.web.words.facts import fact_name
from usance.web.words.watches import EVENT_NAMES, SEVERITIES

_FIELD_OF: Final = {"triggers": "events", "actions": "lower", "quiet_days": "quiet_days"}
"""Where a mistake is shown whose part of the watch has another name in the form."""


class WatchForm(forms.Form):
    """A watch. The document of one is read and written by the rules; this only shows its parts."""

    name = forms.CharField(label=_lazy("Name"), max_length=LONGEST_NAME)
    severity = forms.ChoiceField(label=_lazy("Severity"))
    nightly = forms.BooleanField(label=_lazy("Look at every buyer every night"), required=False)
    events = forms.MultipleChoiceField(
        label=_lazy("When something happens"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    changes = forms.MultipleChoiceField(
        label=_lazy("When a fact changes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    when = forms.CharField(
        label=_lazy("Condition"),
        max_length=4000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_lazy(
            "In the language of policies, such as history.orders_1d >= 5. Empty: always. What is not"
            " known raises no alarm."
        ),
    )
    hold = forms.BooleanField(label=_lazy("Put the credit lines on hold"), required=False)
    lower = forms.ChoiceField(label=_lazy("Lower the limits"), required=False)
    percent = forms.IntegerField(
        label=_lazy("To this share"), required=False, min_value=0, max_value=99
    )
    review = forms.BooleanField(label=_lazy("Ask for a review of the limits"), required=False)
    notify = forms.BooleanField(label=_lazy("Tell people by e-mail"), required=False)
    people = forms.CharField(
        label=_lazy("Whom"),
        required=False,
        max_length=2000,
        help_text=_lazy(
            "Roles (admin, credit_manager, accountant, viewer) and e-mail addresses, with commas."
        ),
    )
    quiet_days = forms.IntegerField(
        label=_lazy("Quiet for"),
        min_value=0,
        max_value=MOST_QUIET_DAYS,
        initial=1,
        help_text=_lazy("No second alarm about a buyer within as many days. 0: each time."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("severity", {code: look[0] for code, look in SEVERITIES.items()})
        self._choose("events", {event: EVENT_NAMES[event] for event in EVENTS})
        # In the order in which facts are listed everywhere.
        self._choose("changes", {f: fact_name(f) for f in FACTS if f in WATCHABLE})
        self._choose(
            "lower",
            {
                "": _("Leave them"),
                "percent": _("To a share of themselves"),
                "insured": _("To what is insured"),
                "bureau": _("To what the bureau recommends"),
            },
        )
        self.place: tuple[int, int] | None = None

    def _choose(self, name: str, choices: Mapping[str, Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices.items())

    def clean(self) -> dict[str, Any]:
        """Only people the house knows by role, or addresses."""
        data = super().clean() or {}
        people = [one.strip() for one in data.get("people", "").split(",") if one.strip()]
        unknown = [one for one in people if "@" not in one and one not in STAFF_ROLES]
        if unknown:
            self.add_error("people", _("%(one)s is no role and no address.") % {"one": unknown[0]})
        if data.get("notify") and not people:
            self.add_error("people", _("Say whom to tell."))
        data["people"] = people
        if data.get("lower") == "percent" and data.get("percent") is None:
            self.add_error("percent", _("Say to which share, from 0 to 99."))
        return data

    def rule(self, *, currency: str) -> WatchRule | None:
        """The watch that the form makes; None, with the mistake shown, where it makes none."""
        if not self.is_valid():
            return None
        try:
            return watch_from_document(document_of(self.cleaned_data), currency=currency)
        except InvalidWatch as error:
            field = _FIELD_OF.get(error.field, error.field)
            self.add_error(field if field in self.fields else None, str(error))
            if error.line and error.column:
                self.place = error.line, error.column
            return None

    @property
    def caret(self) -> dict[str, str] | None:
        """The line of the condition in which the mistake is, and a mark under its place."""
        if self.place is None:
            return None
        line, column = self.place
        lines = str(self.data.get("when", "")).splitlines() or [""]
        text = lines[min(line, len(lines)) - 1]
        return {"line": text, "mark": " " * (column - 1) + "^"}


def document_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The watch's document out of the cleaned parts of a form."""
    triggers = [NIGHTLY] if data["nightly"] else []
    triggers += data["events"]
    triggers += [CHANGE + fact for fact in data["changes"]]
    actions: list[dict[str, Any]] = [{"do": "hold"}] if data["hold"] else []
    if data["lower"] == "percent":
        actions.append({"do": "lower_limit", "percent": data["percent"]})
    elif data["lower"]:
        actions.append({"do": "lower_limit", "to": data["lower"]})
    if data["review"]:
        actions.append({"do": "review"})
    if data["notify"]:
        actions.append({"do": "notify", "people": data["people"]})
    return {
        "name": data["name"],
        "triggers": triggers,
        "when": data["when"].strip() or "true",
        "severity": data["severity"],
        "actions": actions,
        "quiet_days": data["quiet_days"],
    }


def parts_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a form begins with to change a watch; of several actions of one kind the last."""
    triggers = document["triggers"]
    parts: dict[str, Any] = {
        "name": document["name"],
        "severity": document["severity"],
        "nightly": NIGHTLY in triggers,
        "events": [one for one in triggers if one in EVENTS],
        "changes": [one.removeprefix(CHANGE) for one in triggers if one.startswith(CHANGE)],
        "when": "" if document["when"] == "true" else document["when"],
        "quiet_days": document["quiet_days"],
    }
    for action in document["actions"]:
        if action["do"] == "lower_limit":
            parts["lower"] = "percent" if "percent" in action else action["to"]
            parts["percent"] = action.get("percent")
        else:
            parts[action["do"]] = True
        if action["do"] == "notify":
            parts["people"] = ", ".join(action.get("people", ()))
    return parts
