"""Files of scores from bureaus: the upload, and those that were taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from usance.flows import score_files
from usance.flows.refusals import Refused
from usance.flows.score_files import LARGEST_FILE, Taken
from usance.formats.errors import FormatError
from usance.records.events.models import Event
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.fields import CurrencyField
from usance.web.backoffice.shell import page
from usance.web.design.parts import Column, Noted, Row, Table
from usance.web.words.refusals import refusal_text

_SHOWN: Final = 50
"""Files on the page, the newest first."""

_UNMATCHED: Final[Mapping[str, Promise]] = {
    "no_buyer": _lazy("No buyer has this number."),
    "several_buyers": _lazy("Several buyers have this number."),
    "another_row": _lazy("A later row is about the same buyer."),
}


class ScoreFileForm(forms.Form):
    """A file of scores, and what the file does not say."""

    file = forms.FileField(
        label=_lazy("File of scores"),
        help_text=_lazy(
            "A table (CSV) with a name, a date and a score, a rating or a limit in each row. Rows"
            " find their buyer by D-U-N-S, registration number, tax number or your own number."
        ),
    )
    bureau = forms.CharField(
        label=_lazy("Bureau"), max_length=30, help_text=_lazy("Such as CRIF or Dun & Bradstreet.")
    )
    worst = forms.DecimalField(
        label=_lazy("Worst score there can be"),
        required=False,
        help_text=_lazy("Needed where the file has scores: no file says it."),
    )
    best = forms.DecimalField(label=_lazy("Best score there can be"), required=False)
    currency = CurrencyField(
        required=False,
        help_text=_lazy("That of the limits, where the file has none. Empty: your own."),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Not larger than such files may be."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError(_("The file is larger than 50 MB. Split it."))
        return file

    def scale(self) -> tuple[Decimal, Decimal] | None:
        """The ends of the score, if they are given."""
        worst, best = self.cleaned_data["worst"], self.cleaned_data["best"]
        return None if worst is None or best is None else (worst, best)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def score_files_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The files taken, and the upload. The same file taken twice changes nothing, so no token is
    needed."""
    sent = request.method == "POST"
    form = ScoreFileForm(request.POST, request.FILES) if sent else ScoreFileForm()
    refused: FormatError | None = None
    if sent:
        desk.require("credit")
    if sent and form.is_valid():
        try:
            return _take(request, desk, form)
        except FormatError as error:
            refused = error
        except Refused as error:
            form.add_error("worst" if "scale" in error.code else None, refusal_text(error))
    taken = score_files.files_taken(desk.seller, limit=_SHOWN)
    return page(
        request,
        desk,
        "score_files",
        current="score_files",
        heading=_("Files of scores"),
        status=422 if sent else 200,
        form=form if desk.may("credit") else None,
        refused=refused,
        faults=[str(fault) for fault in getattr(refused, "faults", ())[1:20]],
        files=_table(taken) if taken else None,
        unmatched=_unmatched_table(taken[0]) if taken else None,
    )


def _take(request: HttpRequest, desk: Desk, form: ScoreFileForm) -> HttpResponse:
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    taken = score_files.take_score_file(
        desk.seller,
        file.read(),
        bureau=form.cleaned_data["bureau"],
        scale=form.scale(),
        currency=form.cleaned_data["currency"] or None,
        file_name=file.name or "",
        at=desk.at,
        by=desk.by,
    )
    _tell(request, taken)
    return HttpResponseRedirect(reverse("office_score_files"))


def _tell(request: HttpRequest, taken: Taken) -> None:
    if taken.new:
        messages.success(
            request,
            ngettext("%(count)s new report.", "%(count)s new reports.", taken.new)
            % {"count": taken.new},
        )
    else:
        messages.info(request, _("Nothing in this file is new."))
    if taken.unmatched:
        messages.warning(
            request,
            ngettext(
                "%(count)s row found no buyer.",
                "%(count)s rows found no buyer.",
                len(taken.unmatched),
            )
            % {"count": len(taken.unmatched)},
        )


def _table(taken: Sequence[Event]) -> Table:
    return Table(
        caption=_("Files of scores"),
        columns=[
            Column(label=_("File")),
            Column(label=_("Taken")),
            Column(label=_("Rows"), numeric=True),
            Column(label=_("New"), numeric=True),
            Column(label=_("Without a buyer"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Noted(event.data.get("file_name") or _("File"), event.data.get("bureau", "")),
                    event.created_at,
                    event.data.get("rows", 0),
                    event.data.get("new", 0),
                    event.data.get("unmatched", 0),
                ]
            )
            for event in taken
        ],
    )


def _unmatched_table(event: Event) -> Table | None:
    rows: list[dict[str, Any]] = event.data.get("unmatched_rows", [])
    if not rows:
        return None
    return Table(
        caption=_("Rows of the latest file without a buyer"),
        columns=[
            Column(label=_("Company")),
            Column(label=_("Number")),
            Column(label=_("Line"), numeric=True),
            Column(label=_("Why")),
        ],
        rows=[
            Row(
                cells=[
                    row["name"],
                    row["number"] or None,
                    row["line"],
                    str(_UNMATCHED.get(row["reason"], row["reason"])),
                ]
            )
            for row in rows
        ],
    )
