"""Bank files come in: one or several at once, and tables that nobody has explained yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from usance.flows import bank_intake, bank_statements, cash_application, table_mappings
from usance.flows.bank_intake import Incoming, MemberRefused
from usance.formats import bank_csv, bank_files
from usance.formats.bank_csv import Outline
from usance.formats.errors import FormatError
from usance.formats.statement import Statement
from usance.records.payments import bank_queries
from usance.records.payments.models import WaitingBankFile
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.bank_forms import BankFilesForm, TableMappingForm
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.shell import page
from usance.web.design.parts import Column, Link, Noted, Row, Table

_SETTLED_AT_ONCE: Final = 2_000
"""Lines that are settled while the person waits; a job settles the rest."""
_PREVIEWED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What became of one file: taken, known before, refused, or waiting to be explained."""

    name: str
    taken: Incoming | None = None
    refused: FormatError | None = None
    waiting: WaitingBankFile | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@office
def bank_upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take bank files, each whole or not at all. The same file taken twice changes nothing, so no
    token is needed."""
    desk.require("money")
    sent = request.method == "POST"
    form = BankFilesForm(request.POST, request.FILES) if sent else BankFilesForm()
    outcomes: list[_Outcome] = []
    if sent and form.is_valid():
        account = form.cleaned_data["account"].replace(" ", "")
        outcomes = [
            outcome
            for file in form.cleaned_data["file"]
            for outcome in _take(desk, file, account=account)
        ]
        _settle(desk)
        if len(outcomes) == 1 and outcomes[0].refused is None:
            return _to_the_one(request, outcomes[0])
    refused = [one for one in outcomes if one.refused is not None]
    return page(
        request,
        desk,
        "upload",
        current="bank",
        heading=_("Upload bank files"),
        status=422 if sent and (refused or not outcomes) else 200,
        crumbs=[Link(_("Bank files"), reverse("office_bank"))],
        form=form,
        refused=refused[0].refused if len(outcomes) == 1 else None,
        outcomes=_outcome_table(outcomes) if len(outcomes) > 1 else None,
    )


def _take(desk: Desk, file: UploadedFile[bytes], *, account: str) -> list[_Outcome]:
    """What became of a file, or of each that an archive held."""
    name, data = file.name or "", file.read()
    try:
        found = bank_intake.take_file(
            desk.seller, data, at=desk.at, by=desk.by, file_name=name, account=account or None
        )
    except FormatError as error:
        outcomes: list[_Outcome] = []
        if isinstance(error, MemberRefused):
            # The archive is not taken; once its table has been explained, the whole of it can be.
            outcomes.append(_Outcome(name=name, refused=error))
            name, data = error.member.name, error.member.data
        if bank_intake.may_be_explained(error, data):
            waiting = table_mappings.keep_waiting(
                desk.seller, data, at=desk.at, file_name=name, account=account
            )
            return [*outcomes, _Outcome(name=name, waiting=waiting)]
        return outcomes or [_Outcome(name=name, refused=error)]
    return [_Outcome(name=one.name, taken=one) for one in found]


def _settle(desk: Desk) -> None:
    cash_application.settle_all(desk.seller, at=desk.at, by=desk.by, most=_SETTLED_AT_ONCE)


def _to_the_one(request: HttpRequest, outcome: _Outcome) -> HttpResponse:
    if outcome.waiting is not None:
        return HttpResponseRedirect(reverse("office_bank_table", args=[outcome.waiting.id]))
    taken = outcome.taken
    assert taken is not None
    if not taken.new:
        messages.info(request, _("This file was taken before. Nothing was done twice."))
    elif taken.statement is not None:
        messages.success(request, _("The bank file is taken."))
    else:
        messages.success(request, _told_of_no_money(taken))
    return HttpResponseRedirect(_address(taken))


def _told_of_no_money(taken: Incoming) -> str:
    """That a file was taken, and that it is no statement."""
    if taken.answer is not None:
        return _("It is the bank's answer to debits, and was taken as that.")
    return _(
        "It is a remittance advice, and was taken as that. It brings no money: that comes with the"
        " account's statement."
    )


def _address(taken: Incoming) -> str:
    if taken.statement is not None:
        return links.address("bank_statement", taken.statement.id)
    if taken.answer is not None:
        return reverse("office_debit_answers")
    assert taken.advice is not None
    advices = taken.advice.remittances
    return (
        links.address("remittance", advices[0].id)
        if len(advices) == 1
        else reverse("office_remittances")
    )


def _outcome_table(outcomes: Sequence[_Outcome]) -> Table:
    return Table(
        caption=_("What became of the files"),
        columns=[Column(label=_("File")), Column(label=_("Outcome"))],
        rows=[Row(cells=[_file_cell(one), _outcome_cell(one)]) for one in outcomes],
    )


def _file_cell(one: _Outcome) -> object:
    if one.taken is not None:
        return Link(one.name, _address(one.taken))
    if one.waiting is not None:
        return Link(one.name, reverse("office_bank_table", args=[one.waiting.id]))
    return one.name


def _outcome_cell(one: _Outcome) -> object:
    if one.refused is not None:
        return Noted(_("Not taken; nothing of it was kept."), str(one.refused))
    if one.waiting is not None:
        return _("Waits for you to say what its columns mean.")
    taken = one.taken
    assert taken is not None
    if not taken.new:
        return _("Taken before; nothing was done twice.")
    if taken.statement is None:
        return _told_of_no_money(taken)
    return _("Taken: %(new)s new lines, %(known)s known already.") % {
        "new": taken.statement.transactions,
        "known": taken.statement.duplicates,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@office
def bank_table(request: HttpRequest, desk: Desk, file_id: UUID) -> HttpResponse:
    """Say what the columns of a table mean; shown first as it would be read, then taken."""
    desk.require("money")
    waiting = bank_queries.waiting_file(seller_id=desk.seller.id, file_id=file_id)
    if waiting is None:
        raise Http404("There is no such file.")
    data = bytes(waiting.content)
    outline = bank_csv.outline_of(data)
    if outline is None:
        raise Http404("It is no table.")
    if request.method == "POST" and "discard" in request.POST:
        table_mappings.discard_waiting(desk.seller, file_id=waiting.id)
        messages.info(request, _("The file was not taken."))
        return HttpResponseRedirect(reverse("office_bank"))
    sent = request.method == "POST"
    form = (
        TableMappingForm(request.POST, outline=outline)
        if sent
        else TableMappingForm(
            outline=outline,
            initial={"account": waiting.account, "currency": desk.seller.currency},
        )
    )
    refused: FormatError | None = None
    preview: Table | None = None
    if sent and form.is_valid():
        try:
            if "take" in request.POST:
                return _take_as_said(request, desk, waiting, form)
            preview = _preview(data, form)
        except FormatError as error:
            refused = error
    return page(
        request,
        desk,
        "bank_table",
        current="bank",
        heading=waiting.file_name or _("A table of bookings"),
        status=422 if sent and preview is None else 200,
        crumbs=[
            Link(_("Bank files"), reverse("office_bank")),
            Link(_("Upload bank files"), reverse("office_bank_upload")),
        ],
        form=form,
        sample=sample_table(outline),
        advice=reverse("office_remittance_table", args=[waiting.id]) if outline.headings else None,
        preview=preview,
        refused=refused,
    )


def _take_as_said(
    request: HttpRequest, desk: Desk, waiting: WaitingBankFile, form: TableMappingForm
) -> HttpResponse:
    kept, _new = bank_statements.take_statement(
        desk.seller,
        bytes(waiting.content),
        at=desk.at,
        by=desk.by,
        file_name=waiting.file_name,
        account=form.cleaned_data["account"].replace(" ", "") or None,
        currency=form.cleaned_data["currency"] or None,
        mapping=form.mapping(),
    )
    _settle(desk)
    messages.success(
        request, _("The bank file is taken. The next table of these headings is read like it.")
    )
    return HttpResponseRedirect(links.address("bank_statement", kept.id))


def _preview(data: bytes, form: TableMappingForm) -> Table:
    read = bank_files.read(
        data,
        mapping=form.mapping(),
        currency=form.cleaned_data["currency"] or None,
        account=form.cleaned_data["account"] or None,
    )
    return _read_table(read.statements)


def _read_table(statements: Sequence[Statement]) -> Table:
    lines = [line for statement in statements for line in statement.transactions]
    return Table(
        caption=_("As it would be taken: the first of %(count)s lines") % {"count": len(lines)},
        columns=[
            Column(label=_("Booked")),
            Column(label=_("Counterparty")),
            Column(label=_("Text")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    line.booked_on,
                    line.counterparty_name,
                    line.remittance_text[:120] or None,
                    Money(line.amount, line.currency),
                ]
            )
            for line in lines[:_PREVIEWED]
        ],
    )


def sample_table(outline: Outline) -> Table:
    """The first rows of a table that nobody has explained yet."""
    headings = outline.headings or [
        _("Column %(n)s") % {"n": index + 1} for index in range(outline.width)
    ]
    width = len(headings)
    return Table(
        caption=_("The first rows of the file"),
        columns=[Column(label=heading or "–") for heading in headings],
        rows=[
            Row(cells=[(cell or None) for cell in (*row, *[""] * width)[:width]])
            for row in outline.rows
        ],
    )
