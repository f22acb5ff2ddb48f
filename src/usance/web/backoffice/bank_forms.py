"""Forms for bank files: one or several files, and what the columns of a table mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.formats.bank_csv import ColumnMapping, Outline, suggested
from usance.rules.money import EXPONENTS
from usance.web.words.bank import COLUMNS

MOST_FILES: Final = 50
"""Files in one upload."""


class SeveralFiles(forms.ClearableFileInput):
    """The browser's own field for files, to which several can be dropped or chosen by keyboard."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Every file, each not larger than bank files may be."""
        given = (data or [None]) if isinstance(data, list | tuple) else [data]
        if len(given) > MOST_FILES:
            raise ValidationError(
                _("These are more than %(most)s files. Upload them in parts."),
                params={"most": MOST_FILES},
            )
        files: list[UploadedFile[bytes]] = [
            super(FilesField, self).clean(one, initial) for one in given
        ]
        if any((file.size or 0) > settings.BANK_FILE_MAX_BYTES for file in files if file):
            raise ValidationError(_("The file is larger than 100 MB. Split it by period."))
        return files


class BankFilesForm(forms.Form):
    """Files from a bank."""

    file = FilesField(
        label=_lazy("Bank files"),
        help_text=_lazy(
            "Drop them here or choose them, of at most 100 MB each: camt.052, camt.053 and camt.054"
            " (XML), MT940 and MT942, BAI2, OFX and QFX, lockbox files, tables of bookings as CSV, or"
            " a ZIP of them. Remittance advices (X12 820, REMADV, cXML, NACHA, mail, PDF) and answers"
            " to debits (pain.002, NACHA returns) are taken as what they are; they bring no money."
        ),
        widget=SeveralFiles(attrs={"class": "file-drop"}),
    )
    account = forms.CharField(
        label=_lazy("Account"),
        required=False,
        max_length=34,
        help_text=_lazy("Only for tables: the IBAN, if the file does not name it."),
    )


class TableMappingForm(forms.Form):
    """What each column of a table means, and what the table does not tell."""

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
    account = forms.CharField(label=_lazy("Your own account"), required=False, max_length=34)
    footer_rows = forms.IntegerField(
        label=_lazy("Rows below the bookings"),
        min_value=0,
        max_value=100,
        initial=0,
        required=False,
        help_text=_lazy("Such as a line of totals; they are left out."),
    )

    def __init__(self, *args: Any, outline: Outline, **options: Any) -> None:
        super().__init__(*args, **options)
        self.outline = outline
        guessed = {index: name for name, index in suggested(outline).items()}
        choices = [("", _("Nothing that is needed")), *COLUMNS.items()]
        for index in range(outline.width):
            heading = outline.headings[index] if index < len(outline.headings) else ""
            self.fields[f"column_{index + 1}"] = forms.ChoiceField(
                label=heading or _("Column %(n)s") % {"n": index + 1},
                required=False,
                choices=choices,
                initial=guessed.get(index, ""),
            )

    @property
    def columns(self) -> Sequence[forms.BoundField]:
        """The field of each column of the table, in its order."""
        return [self[f"column_{index + 1}"] for index in range(self.outline.width)]

    def clean_currency(self) -> str:
        """A currency in use, or nothing."""
        code = str(self.cleaned_data["currency"]).upper()
        if code and code not in EXPONENTS:
            raise ValidationError(_("This is not a currency; write one such as EUR."))
        return code

    def clean(self) -> dict[str, Any]:
        """A date and an amount at least, and each meaning once."""
        given = super().clean() or {}
        meant = [given[name] for name in given if name.startswith("column_") and given[name]]
        doubled = sorted({name for name in meant if meant.count(name) > 1})
        if doubled:
            raise ValidationError(
                _("Two columns are said to be “%(name)s”. Choose one."),
                params={"name": COLUMNS[doubled[0]]},
            )
        if not {"booked_on", "value_on"} & set(meant):
            raise ValidationError(_("Say which column has the day of booking."))
        if not {"amount", "debit", "credit"} & set(meant):
            raise ValidationError(_("Say which column has the amount, or money in and money out."))
        return given

    def mapping(self) -> ColumnMapping:
        """The mapping that was said. Raises FormatError ``invalid_mapping``."""
        said: dict[str, str | int | None] = {}
        for index in range(self.outline.width):
            if name := self.cleaned_data.get(f"column_{index + 1}"):
                said[name] = self.outline.headings[index] if self.outline.headings else index + 1
        columns = {name: said.get(name) for name in COLUMNS}
        return ColumnMapping(
            columns=columns,
            date_order=self.cleaned_data["date_order"] or None,
            decimal_mark=self.cleaned_data["decimal_mark"] or None,
            delimiter=self.outline.delimiter,
            footer_rows=self.cleaned_data["footer_rows"] or 0,
        )
