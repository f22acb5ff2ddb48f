"""What the columns of a table mean, as a person says it: what every such form asks and refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.formats.bank_csv import Outline
from usance.formats.bank_csv.mapping import DateOrder, DecimalMark
from usance.web.backoffice.fields import CurrencyField


class TableForm(forms.Form):
    """A choice for each column of a table, and what the table does not tell."""

    meanings: ClassVar[Mapping[str, Promise]]
    """What a column may hold, in words."""
    needed: ClassVar[Sequence[tuple[frozenset[str], Promise]]]
    """Meanings of which one must be chosen, and what is said where none is."""

    date_order = forms.ChoiceField(
        label=_lazy("Order of dates"),
        required=False,
        choices=[
            ("", _lazy("As the file tells")),
            ("dmy", _lazy("Day, month, year")),
            ("mdy", _lazy("Month, day, year")),
            ("ymd", _lazy("Year, month, day")),
        ],
    )
    decimal_mark = forms.ChoiceField(
        label=_lazy("Decimal mark"),
        required=False,
        choices=[
            ("", _lazy("As the file tells")),
            (",", _lazy("Comma: 1.234,50")),
            (".", _lazy("Point: 1,234.50")),
        ],
    )
    currency = CurrencyField(required=False)

    def __init__(self, *args: Any, outline: Outline, **options: Any) -> None:
        super().__init__(*args, **options)
        self.outline = outline
        guessed = self.guessed()
        choices = [("", _("Nothing that is needed")), *self.meanings.items()]
        for index in range(self.width):
            self.fields[f"column_{index + 1}"] = forms.ChoiceField(
                label=self.heading(index) or _("Column %(n)s") % {"n": index + 1},
                required=False,
                choices=choices,
                initial=guessed.get(index, ""),
            )

    @property
    def width(self) -> int:
        """How many columns are asked about."""
        return self.outline.width

    @property
    def columns(self) -> Sequence[forms.BoundField]:
        """The field of each column of the table, in its order."""
        return [self[f"column_{index + 1}"] for index in range(self.width)]

    @property
    def date_order_said(self) -> DateOrder | None:
        """The order of dates, where one was chosen."""
        order: DateOrder | None = self.cleaned_data["date_order"] or None
        return order

    @property
    def decimal_mark_said(self) -> DecimalMark | None:
        """The decimal mark, where one was chosen."""
        mark: DecimalMark | None = self.cleaned_data["decimal_mark"] or None
        return mark

    def guessed(self) -> Mapping[int, str]:
        """What columns are likely to mean by their headings, by index."""
        raise NotImplementedError

    def heading(self, index: int) -> str:
        """The heading of a column, counted from 0; empty where the table has none there."""
        headings = self.outline.headings
        return headings[index] if index < len(headings) else ""

    def said(self) -> Mapping[str, int]:
        """The index of the column of each meaning that was chosen."""
        chosen = {
            index: self.cleaned_data.get(f"column_{index + 1}") for index in range(self.width)
        }
        return {name: index for index, name in chosen.items() if name}

    def clean(self) -> dict[str, Any]:
        """What is needed at least, and each meaning once."""
        given = super().clean() or {}
        meant = [given[name] for name in given if name.startswith("column_") and given[name]]
        doubled = sorted({name for name in meant if meant.count(name) > 1})
        if doubled:
            raise ValidationError(
                _("Two columns are said to be “%(name)s”. Choose one."),
                params={"name": self.meanings[doubled[0]]},
            )
        for names, refusal in self.needed:
            if not names & set(meant):
                raise ValidationError(str(refusal))
        return given
