"""Instalments as a buyer proposes them: a day and an amount each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.rules.promises import Part
from usance.web.backoffice.fields import AmountField, DayField


class InstalmentForm(forms.Form):
    """``count`` instalments and a word about them. Rows that stay empty are left out."""

    words = forms.CharField(
        label=_lazy("A word to the seller"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, data: Any = None, *, parts: Sequence[Part], count: int, currency: str
    ) -> None:
        super().__init__(data)
        self.count = count
        for place in range(count):
            proposed = parts[place] if place < len(parts) else None
            number = {"number": place + 1}
            self.fields[f"day_{place}"] = DayField(
                label=_("Day of instalment %(number)s") % number,
                required=False,
                initial=proposed.due_on if proposed else None,
            )
            amount = AmountField(
                label=_("Amount of instalment %(number)s") % number,
                required=False,
                initial=proposed.amount if proposed else None,
            )
            amount.currency = currency
            self.fields[f"amount_{place}"] = amount

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of each instalment."""
        return [(self[f"day_{place}"], self[f"amount_{place}"]) for place in range(self.count)]

    def clean(self) -> dict[str, Any]:
        """A day without an amount is a mistake, and the other way round."""
        data = super().clean() or {}
        for place in range(self.count):
            day, amount = data.get(f"day_{place}"), data.get(f"amount_{place}")
            if day and amount is None and f"amount_{place}" not in self.errors:
                self.add_error(f"amount_{place}", _("Enter the amount of this day."))
            if amount is not None and not day and f"day_{place}" not in self.errors:
                self.add_error(f"day_{place}", _("Enter the day of this amount."))
        return data

    def parts(self) -> list[Part]:
        """What was proposed, in the order of the rows."""
        data = self.cleaned_data
        return [
            Part(data[f"day_{place}"], data[f"amount_{place}"])
            for place in range(self.count)
            if data.get(f"day_{place}") and data.get(f"amount_{place}") is not None
        ]
