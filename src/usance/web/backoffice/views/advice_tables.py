"""Saying once how a payer's table or a bank's lockbox file is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from usance.flows import advice_tables, remittances, table_mappings
from usance.formats import bank_csv, remittance_files
from usance.formats.errors import FormatError
from usance.formats.remittance import RemittanceAdvice
from usance.records.payments import bank_queries
from usance.records.payments.models import WaitingBankFile
from usance.rules.money import Money
from usance.web.backoffice.advice_forms import AdviceTableForm, LockboxForm
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.shell import page
from usance.web.backoffice.views.bank_upload import sample_table
from usance.web.backoffice.views.remittances import to_what_came
from usance.web.design.parts import Column, Link, Row, Table

_PREVIEWED: Final = 8


@require_http_methods(["GET", "HEAD", "POST"])
@office
def advice_table(request: HttpRequest, desk: Desk, file_id: UUID) -> HttpResponse:
    """Say what the columns of a payer's table mean; shown first as it would be read, then taken."""
    desk.require("money")
    waiting = bank_queries.waiting_file(seller_id=desk.seller.id, file_id=file_id)
    data = bytes(waiting.content) if waiting is not None else b""
    outline = bank_csv.outline_of(data)
    if waiting is None or outline is None or not outline.headings:
        raise Http404("There is no such table.")
    if request.method == "POST" and "discard" in request.POST:
        table_mappings.discard_waiting(desk.seller, file_id=waiting.id)
        messages.info(request, _("The file was not taken."))
        return HttpResponseRedirect(reverse("office_remittances"))
    sent = request.method == "POST"
    form = AdviceTableForm(
        request.POST if sent else None,
        outline=outline,
        initial={"currency": desk.seller.currency},
    )
    refused: FormatError | None = None
    preview: Table | None = None
    if sent and form.is_valid():
        try:
            if "take" in request.POST:
                return _take_as_said(request, desk, waiting, form)
            read = remittance_files.detect_and_parse(
                data, currency=form.cleaned_data["currency"] or None, mapping=form.mapping()
            )
            preview = _read_table(read)
        except FormatError as error:
            refused = error
    return page(
        request,
        desk,
        "remittance_table",
        current="remittances",
        heading=waiting.file_name or _("A table of paid documents"),
        status=422 if sent and preview is None else 200,
        crumbs=[
            Link(_("Remittance advices"), reverse("office_remittances")),
            Link(_("Take a remittance advice"), reverse("office_remittance_upload")),
        ],
        form=form,
        sample=sample_table(outline),
        preview=preview,
        refused=refused,
    )


def _take_as_said(
    request: HttpRequest, desk: Desk, waiting: WaitingBankFile, form: AdviceTableForm
) -> HttpResponse:
    taken = remittances.take_advice(
        desk.seller,
        bytes(waiting.content),
        at=desk.at,
        by=desk.by,
        file_name=waiting.file_name,
        currency=form.cleaned_data["currency"] or None,
        mapping=form.mapping(),
    )
    return to_what_came(request, taken)


def _read_table(read: Sequence[RemittanceAdvice]) -> Table:
    lines = [(advice, line) for advice in read for line in advice.lines]
    return Table(
        caption=_("As it would be taken: the first of %(count)s lines") % {"count": len(lines)},
        columns=[
            Column(label=_("Reference")),
            Column(label=_("Document")),
            Column(label=_("Discount"), numeric=True),
            Column(label=_("Kept back"), numeric=True),
            Column(label=_("Paid"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    advice.reference or advice.cheque_number or None,
                    line.number,
                    _money(line.discount or None, advice.currency),
                    _money(sum(each.amount for each in line.deductions) or None, advice.currency),
                    _money(line.paid, advice.currency),
                ]
            )
            for advice, line in lines[:_PREVIEWED]
        ],
    )


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def lockbox_layout(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say where the fields of the bank's lockbox files stand. It holds for files taken afterwards."""
    desk.require("money")
    layout = advice_tables.lockbox_layout(desk.seller)
    sent = request.method == "POST"
    form = LockboxForm(request.POST if sent else None, layout=layout)
    if sent and form.is_valid():
        advice_tables.set_lockbox_layout(desk.seller, fields=form.places(), at=desk.at, by=desk.by)
        messages.success(request, _("The next lockbox file is read like this."))
        return HttpResponseRedirect(reverse("office_bank_upload"))
    return page(
        request,
        desk,
        "lockbox",
        current="bank",
        heading=_("Lockbox files"),
        status=422 if sent else 200,
        crumbs=[
            Link(_("Bank files"), reverse("office_bank")),
            Link(_("Upload bank files"), reverse("office_bank_upload")),
        ],
        form=form,
    )
