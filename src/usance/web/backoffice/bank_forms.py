"""Forms for bank files: one or several files, and what the columns of a table mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.formats.bank_csv import ColumnMapping, suggested
from usance.web.backoffice.table_forms import TableForm
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


class TableMappingForm(TableForm):
    """What each column of a bank's table means, and what the table does not tell."""

    meanings = COLUMNS
    needed = (
        (frozenset({"booked_on", "value_on"}), _lazy("Say which column has the day of booking.")),
        (
            frozenset({"amount", "debit", "credit"}),
            _lazy("Say which column has the amount, or money in and money out."),
        ),
    )

    account = forms.CharField(label=_lazy("Your own account"), required=False, max_length=34)
    footer_rows = forms.IntegerField(
        label=_lazy("Rows below the bookings"),
        min_value=0,
        max_value=100,
        initial=0,
        required=False,
        help_text=_lazy("Such as a line of totals; they are left out."),
    )

    def guessed(self) -> Mapping[int, str]:
        """By what banks call their columns."""
        return {index: name for name, index in suggested(self.outline).items()}

    def mapping(self) -> ColumnMapping:
        """The mapping that was said. Raises FormatError ``invalid_mapping``."""
        said: dict[str, str | int] = {
            name: self.heading(index) if self.outline.headings else index + 1
            for name, index in self.said().items()
        }
        return ColumnMapping(
            columns={name: said.get(name) for name in COLUMNS},
            date_order=self.date_order_said,
            decimal_mark=self.decimal_mark_said,
            delimiter=self.outline.delimiter,
            footer_rows=self.cleaned_data["footer_rows"] or 0,
        )
