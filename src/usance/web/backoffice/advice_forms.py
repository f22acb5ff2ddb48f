"""What the columns of a payer's table mean, and where the fields of a bank's lockbox files stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.formats import lockbox
from usance.formats.remittance_table import AdviceMapping
from usance.formats.remittance_table.columns import columns_of
from usance.web.backoffice.table_forms import TableForm
from usance.web.words.remittances import COLUMNS

_COLUMNS: Final = re.compile(r"([0-9]{1,4})(?:\s*[-\u2013]\s*([0-9]{1,4})?)?")


class AdviceTableForm(TableForm):
    """What each column of a payer's table means, and what the table does not tell."""

    meanings = COLUMNS
    needed = (
        (frozenset({"document"}), _lazy("Say which column has the number of the document.")),
        (
            frozenset({"paid", "gross"}),
            _lazy("Say which column has the amount paid, or of the document."),
        ),
    )

    @property
    def width(self) -> int:
        """Columns with a heading: an advice is read by its headings alone."""
        return len(self.outline.headings)

    def guessed(self) -> Mapping[int, str]:
        """As the reader of advices would take the headings by itself."""
        found = columns_of(list(self.outline.headings)) or {}
        return {index: name for name, index in found.items()}

    def mapping(self) -> AdviceMapping:
        """The mapping that was said."""
        said = self.said()
        return AdviceMapping(
            columns={name: self.heading(said[name]) if name in said else None for name in COLUMNS},
            date_order=self.date_order_said,
            decimal_mark=self.decimal_mark_said,
        )


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
