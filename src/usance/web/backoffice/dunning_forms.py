"""The forms in which a dunning policy is written: its steps a fieldset each, its words by language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.rules.dunning.policy import EARLIEST_DAY, LATEST_DAY, LEVELS, LONGEST_NAME
from usance.rules.dunning.texts import LONGEST_BODY, LONGEST_SUBJECT, InvalidText, check_text
from usance.web.words.dunning import CHANNEL_WORDS, LEVEL_WORDS

_SPLIT: Final = re.compile(r"[,;\s]+")
_QUIET: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:\s*(?:\.\.|–)\s*(\d{4}-\d\d-\d\d))?")


class PolicyForm(forms.Form):
    """All of a policy but its steps and its words."""

    name = forms.CharField(label=_lazy("Name"), max_length=LONGEST_NAME)
    position = forms.IntegerField(
        label=_lazy("Position"),
        min_value=0,
        max_value=10_000,
        help_text=_lazy("Policies with a lower one are asked first."),
    )
    countries = forms.CharField(
        label=_lazy("Countries"), required=False, help_text=_lazy("Such as IT, RO.")
    )
    currencies = forms.CharField(
        label=_lazy("Currencies"), required=False, help_text=_lazy("Such as EUR, RON.")
    )
    groups = forms.CharField(
        label=_lazy("Customer groups"), required=False, help_text=_lazy("With commas between.")
    )
    metadata = forms.CharField(
        label=_lazy("Metadata of the buyer"),
        required=False,
        help_text=_lazy("Such as segment=key, one a line."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    when = forms.CharField(
        label=_lazy("And only if"),
        required=False,
        max_length=4000,
        help_text=_lazy("A condition in the language of policies, such as score.band == 'E'."),
    )
    min_days = forms.IntegerField(
        label=_lazy("Days between two messages at least"), min_value=1, max_value=90
    )
    money_days = forms.IntegerField(
        label=_lazy("Days that unassigned money stops everything"), min_value=0, max_value=90
    )
    from_hour = forms.IntegerField(label=_lazy("From the hour"), min_value=0, max_value=23)
    until_hour = forms.IntegerField(label=_lazy("Until the hour"), min_value=1, max_value=24)
    calendar = forms.CharField(
        label=_lazy("Calendar of holidays"),
        required=False,
        max_length=16,
        help_text=_lazy("Such as IT or DE-BY. Empty: the buyer's country."),
    )
    quiet = forms.CharField(
        label=_lazy("Quiet times"),
        required=False,
        help_text=_lazy("One a line, such as 2026-12-24..2027-01-06."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    minimum = forms.CharField(
        label=_lazy("Write about as much at least"),
        required=False,
        help_text=_lazy("In minor units by currency, such as EUR=1000 for ten euros."),
    )

    def clean_metadata(self) -> dict[str, str]:
        """``name=value``, one a line."""
        return _pairs(self.cleaned_data["metadata"].splitlines())

    def clean_minimum(self) -> dict[str, int]:
        """``EUR=1000``."""
        pairs = _pairs(one for one in _SPLIT.split(self.cleaned_data["minimum"]) if one)
        if not all(value.isascii() and value.isdecimal() for value in pairs.values()):
            raise ValidationError(_("Write whole minor units, such as EUR=1000."))
        return {code.upper(): int(value) for code, value in pairs.items()}

    def clean_quiet(self) -> list[dict[str, str]]:
        """Times, one a line."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["quiet"].splitlines())):
            match = _QUIET.fullmatch(line)
            if match is None:
                raise ValidationError(_("Write days such as 2026-12-24..2027-01-06."))
            found.append({"from": match[1], "until": match[2] or match[1]})
        return found

    def document(self) -> dict[str, Any]:
        """What it says, as a part of a policy's document."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "position": data["position"],
            "segment": {
                "countries": [one.upper() for one in _words(data["countries"])],
                "currencies": [one.upper() for one in _words(data["currencies"])],
                "groups": [one.strip() for one in data["groups"].split(",") if one.strip()],
                "metadata": data["metadata"],
            },
            "when": data["when"] or "true",
            "min_days": data["min_days"],
            "money_days": data["money_days"],
            "calendar": data["calendar"],
            "quiet": data["quiet"],
            "hours": {"from": data["from_hour"], "until": data["until_hour"]},
            "minimum": data["minimum"],
        }


def policy_initial(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a policy's document."""
    segment = document.get("segment", {})
    quiet = [f"{one['from']}..{one['until']}" for one in document.get("quiet", [])]
    return {
        "name": document.get("name", ""),
        "position": document.get("position", 100),
        "countries": ", ".join(segment.get("countries", [])),
        "currencies": ", ".join(segment.get("currencies", [])),
        "groups": ", ".join(segment.get("groups", [])),
        "metadata": "\n".join(f"{k}={v}" for k, v in segment.get("metadata", {}).items()),
        "when": "" if document.get("when", "true") == "true" else document["when"],
        "min_days": document.get("min_days", 3),
        "money_days": document.get("money_days", 10),
        "calendar": document.get("calendar", ""),
        "quiet": "\n".join(quiet),
        "from_hour": document.get("hours", {}).get("from", 9),
        "until_hour": document.get("hours", {}).get("until", 17),
        "minimum": ", ".join(f"{k}={v}" for k, v in document.get("minimum", {}).items()),
    }


class StepForm(forms.Form):
    """One step; without a day it is left out."""

    days = forms.IntegerField(
        label=_lazy("Days after the due date"),
        required=False,
        min_value=EARLIEST_DAY,
        max_value=LATEST_DAY,
    )
    channels = forms.MultipleChoiceField(
        label=_lazy("By"),
        required=False,
        choices=list(CHANNEL_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    needs_notice = forms.BooleanField(label=_lazy("Only after an earlier notice"), required=False)
    hold = forms.BooleanField(label=_lazy("Hold the credit line"), required=False)
    tell = forms.CharField(
        label=_lazy("Tell"),
        required=False,
        help_text=_lazy("Roles or e-mail addresses, with commas between."),
    )

    def __init__(self, level: str, data: Any = None, *, initial: Mapping[str, Any]) -> None:
        super().__init__(data, prefix=level, initial=dict(initial))
        self.level, self.kept = level, dict(initial)
        self.legend = LEVEL_WORDS[level]

    def clean(self) -> dict[str, Any]:
        """A step that is taken has a way to go."""
        data = super().clean() or self.cleaned_data
        if data.get("days") is not None and not data.get("channels"):
            self.add_error("channels", _("Choose one at least."))
        return data

    def document(self) -> dict[str, Any] | None:
        """The step, None where it is left out."""
        data = self.cleaned_data
        if data["days"] is None:
            return None
        step = {
            "level": self.level,
            "days": data["days"],
            "channels": data["channels"],
            "needs_notice": data["needs_notice"],
            "hold": data["hold"],
            "tell": _words(data["tell"]),
        }
        minimum = self.kept.get("minimum")
        return step | ({"minimum": minimum} if minimum else {})


def step_forms(document: Mapping[str, Any], data: Any = None) -> list[StepForm]:
    """One for each level there is."""
    kept = {step["level"]: step for step in document.get("steps", [])}
    found = []
    for level in LEVELS:
        step = dict(kept.get(level, {}))
        step["tell"] = ", ".join(step.get("tell", []))
        found.append(StepForm(level, data, initial=step))
    return found


class TextForm(forms.Form):
    """The seller's own words for a level in a language; empty: those that come with the product."""

    subject = forms.CharField(label=_lazy("Subject"), max_length=LONGEST_SUBJECT, required=False)
    body = forms.CharField(
        label=_lazy("Text"),
        max_length=LONGEST_BODY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
    )

    def __init__(
        self, level: str, data: Any = None, *, usual: tuple[str, str], own: Mapping[str, str] | None
    ) -> None:
        shown = dict(own) if own else {"subject": usual[0], "body": usual[1]}
        super().__init__(data, prefix=level, initial=shown)
        self.level, self.usual = level, usual
        self.legend = LEVEL_WORDS[level]

    def clean(self) -> dict[str, Any]:
        """What is filled in must be something that there is."""
        data = super().clean() or self.cleaned_data
        if data.get("subject") or data.get("body"):
            try:
                check_text(data.get("subject", ""), data.get("body", ""))
            except InvalidText as error:
                raise ValidationError(str(error)) from None
        return data

    def own(self) -> dict[str, str] | None:
        """The text where it is the seller's own, None where it is ours or empty."""
        subject = self.cleaned_data["subject"]
        body = self.cleaned_data["body"].replace("\r\n", "\n")
        if not subject or (subject, body) == self.usual:
            return None
        return {"subject": subject, "body": body}


def _words(text: str) -> list[str]:
    return [one for one in _SPLIT.split(text) if one]


def _pairs(lines: Any) -> dict[str, str]:
    found = {}
    for line in lines:
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise ValidationError(_("Write name=value."))
        found[name.strip()] = value.strip()
    return found


def all_valid(forms_: Sequence[forms.Form]) -> bool:
    """Whether each is; all are looked at, so that all say what is wrong."""
    found = [form.is_valid() for form in forms_]
    return all(found)
