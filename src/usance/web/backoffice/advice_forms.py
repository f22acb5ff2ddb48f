"""What the columns of a payer's table mean, and where the fields of a bank's lockbox files stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.formats import lockbox
from usance.formats.bank_csv import Outline
from usance.formats.bank_csv.mapping import DateOrder, DecimalMark
from usance.formats.remittance_table import AdviceMapping
from usance.formats.remittance_table.columns import columns_of
from usance.rules.money import EXPONENTS
from usance.web.words.remittances import COLUMNS

_COLUMNS: Final = re.compile(r"([0-9]{1,4})(?:\s*[-\u2013]\s*([0-9]{1,4})?)?")


class AdviceTableForm(forms.Form):
    """What each column means, and what the table does not tell."""

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
    currency = forms.CharField(label=_lazy("Currency"), required=False, max_length=3)

    def __init__(self, *args: Any, outline: Outline, **options: Any) -> None:
        super().__init__(*args, **options)
        self.outline = outline
        guessed = {
            index: name for name, index in (columns_of(list(outline.headings)) or {}).items()
        }
        choices = [("", _("Nothing that is needed")), *COLUMNS.items()]
        for index, heading in enumerate(outline.headings):
            self.fields[f"column_{index + 1}"] = forms.ChoiceField(
                label=heading or _("Column %(n)s") % {"n": index + 1},
                required=False,
                choices=choices,
                initial=guessed.get(index, ""),
            )

    @property
    def columns(self) -> Sequence[forms.BoundField]:
        """The field of each column of the table, in its order."""
        return [self[f"column_{index + 1}"] for index in range(len(self.outline.headings))]

    def clean_currency(self) -> str:
        """A currency in use, or nothing."""
        code = str(self.cleaned_data["currency"]).upper()
        if code and code not in EXPONENTS:
            raise ValidationError(_("This is not a currency; write one such as EUR."))
        return code

    def clean(self) -> dict[str, Any]:
        """A document and an amount at least, and each meaning once."""
        given = super().clean() or {}
        meant = [given[name] for name in given if name.startswith("column_") and given[name]]
        doubled = sorted({name for name in meant if meant.count(name) > 1})
        if doubled:
            raise ValidationError(
                _("Two columns are said to be “%(name)s”. Choose one."),
                params={"name": COLUMNS[doubled[0]]},
            )
        if "document" not in meant:
            raise ValidationError(_("Say which column has the number of the document."))
        if not {"paid", "gross"} & set(meant):
            raise ValidationError(_("Say which column has the amount paid, or of the document."))
        return given

    def mapping(self) -> AdviceMapping:
        """The mapping that was said."""
        said: dict[str, str | None] = dict.fromkeys(COLUMNS)
        for index, heading in enumerate(self.outline.headings):
            if name := self.cleaned_data.get(f"column_{index + 1}"):
                said[name] = heading
        order: DateOrder | None = self.cleaned_data["date_order"] or None
        mark: DecimalMark | None = self.cleaned_data["decimal_mark"] or None
        return AdviceMapping(columns=said, date_order=order, decimal_mark=mark)


class LockboxForm(forms.Form):
    """Columns of each field, from and to; an empty one is where BAI has it."""

    def __init__(self, *args: Any, layout: lockbox.Layout, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in lockbox.FIELDS:
            usual = lockbox.USUAL.get(name)
            self.fields[name] = forms.CharField(
                label=_LABELS[name],
                required=False,
                max_length=12,
                initial=_shown(layout.fields[name]) if name in layout.fields else "",
                help_text=_("Usually %(columns)s") % {"columns": _shown(usual)}
                if usual
                else _("Usually not there"),
            )

    def clean(self) -> dict[str, Any]:
        """Each as first and last column."""
        given = super().clean() or {}
        for name, text in list(given.items()):
            if text and _place(text) is None:
                self.add_error(name, _("Write the first and the last column, such as 32-41."))
        return given

    def places(self) -> Mapping[str, list[int]]:
        """First column and width of each field that was said."""
        found = {name: _place(text) for name, text in self.cleaned_data.items() if text}
        return {name: place for name, place in found.items() if place is not None}


def _shown(place: tuple[int, int]) -> str:
    start, width = place
    return f"{start}-{start + width - 1}" if width else f"{start}-"


def _place(text: str) -> list[int] | None:
    match = _COLUMNS.fullmatch(text.strip())
    if match is None:
        return None
    first = int(match[1])
    if match[2] is None:
        # A single column, or with a dash all to the end of the line.
        return [first, 1 if text.strip() == match[1] else 0] if first else None
    width = int(match[2]) - first + 1
    return [first, width] if first and width > 0 else None


_LABELS: Final = {
    "header.date": _lazy("Record 1: day"),
    "detail.batch": _lazy("Record 6: batch"),
    "detail.item": _lazy("Record 6: item"),
    "detail.amount": _lazy("Record 6: amount"),
    "detail.routing": _lazy("Record 6: routing number"),
    "detail.account": _lazy("Record 6: account"),
    "detail.cheque": _lazy("Record 6: number of the cheque"),
    "detail.dated": _lazy("Record 6: day of the cheque"),
    "detail.remitter": _lazy("Record 6: payer"),
    "detail.payee": _lazy("Record 6: payee"),
    "overflow.batch": _lazy("Record 4: batch"),
    "overflow.item": _lazy("Record 4: item"),
    "overflow.document": _lazy("Record 4: number of the document"),
    "overflow.amount": _lazy("Record 4: amount paid"),
    "overflow.discount": _lazy("Record 4: discount"),
    "lockbox.number": _lazy("Record 5: number of the lockbox"),
    "lockbox.date": _lazy("Record 5: day"),
    "batch.batch": _lazy("Record 7: batch"),
    "batch.count": _lazy("Record 7: number of cheques"),
    "batch.amount": _lazy("Record 7: sum"),
    "box.count": _lazy("Record 8: number of cheques"),
    "box.amount": _lazy("Record 8: sum"),
    "trailer.records": _lazy("Record 9: number of records"),
}
