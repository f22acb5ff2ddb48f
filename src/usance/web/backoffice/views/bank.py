"""Bank files: the list, the upload, and what became of each line of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import bank_statements
from usance.formats.errors import FormatError
from usance.records.identity import public_id
from usance.records.payments import queries as payments
from usance.records.payments.models import BankStatement, BankTransaction, Payment
from usance.records.payments.queries import StatementResult
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import (
    Column,
    Figure,
    Identifier,
    Link,
    Noted,
    Row,
    State,
    Table,
)
from usance.web.listing import cut
from usance.web.words.refusals import refusal_text

_BATCHES: Final = 4
"""Batches of lines that are settled while the person waits; a job settles the rest."""


class BankFileForm(forms.Form):
    """A file from a bank."""

    file = forms.FileField(
        label=_lazy("Bank file"),
        help_text=_lazy(
            "An account statement as camt.053 (XML), or a table of bookings as CSV, of at most 100 MB."
        ),
    )
    account = forms.CharField(
        label=_lazy("Account"),
        required=False,
        max_length=34,
        help_text=_lazy("Only for tables: the IBAN, if the file does not name it."),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Not larger than bank files may be."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.BANK_FILE_MAX_BYTES:
            raise ValidationError(_("The file is larger than 100 MB. Split it by period."))
        return file


@require_safe
@office
def bank_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The bank files that were taken, the newest first."""
    found = payments.bank_statements(seller_id=desk.seller.id)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="bank",
        heading=_("Bank files"),
        query=ListQuery.of(request, standings=()),
        table=_statement_table(part.rows) if part.rows else None,
        pagination=part.page,
        new=Link(_("Upload a bank file"), reverse("office_bank_upload"))
        if desk.may("money")
        else None,
        empty_icon="bank",
        empty_title=_("No bank files"),
        empty_text=_(
            "Upload the statement of your account. Each line finds the invoice it pays; what cannot"
            " be told stays for a person."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def bank_upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a bank file. The same file taken twice changes nothing, so no token is needed."""
    desk.require("money")
    sent = request.method == "POST"
    form = BankFileForm(request.POST, request.FILES) if sent else BankFileForm()
    refused: FormatError | None = None
    if sent and form.is_valid():
        try:
            return _take(request, desk, form)
        except FormatError as error:
            refused = error
    return page(
        request,
        desk,
        "upload",
        current="bank",
        heading=_("Upload a bank file"),
        status=422 if sent else 200,
        crumbs=[Link(_("Bank files"), reverse("office_bank"))],
        form=form,
        refused=refused,
    )


def _take(request: HttpRequest, desk: Desk, form: BankFileForm) -> HttpResponse:
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    kept, new = bank_statements.take_statement(
        desk.seller,
        file.read(),
        at=desk.at,
        by=desk.by,
        file_name=file.name or "",
        account=form.cleaned_data["account"].replace(" ", "") or None,
    )
    for _batch in range(_BATCHES):
        if not bank_statements.settle_batch(desk.seller, at=desk.at, by=desk.by).lines:
            break
    if new:
        messages.success(request, _("The bank file is taken."))
    else:
        messages.info(request, _("This file was taken before. Nothing was done twice."))
    return HttpResponseRedirect(links.address("bank_statement", kept.id))


@require_safe
@office
def bank_statement(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One bank file: what became of its lines."""
    statement = (
        payments.bank_statements(seller_id=desk.seller.id)
        .filter(id=id_in(public, kind="bank_statement"))
        .first()
    )
    if statement is None:
        raise Http404("There is no such bank file.")
    lines = payments.bank_lines(seller_id=desk.seller.id, statement_id=statement.id)
    part = cut(lines, request=request, order=("booked_on", "id"), size=100)
    made = payments.payments_of_lines(
        seller_id=desk.seller.id, line_ids=[line.id for line in part.rows]
    )
    result = payments.statement_result(seller_id=desk.seller.id, statement_id=statement.id)
    return page(
        request,
        desk,
        "statement",
        current="bank",
        heading=_name(statement),
        crumbs=[Link(_("Bank files"), reverse("office_bank"))],
        page_facts=[
            Identifier(public_id("bank_statement", statement.id)),
            *([statement.account] if statement.account else []),
            statement.created_at,
        ],
        figures=_figures(statement, result),
        waiting=result.waiting,
        findings=[finding["text"] for finding in statement.findings],
        lines=_line_table(part.rows, made) if part.rows else None,
        pagination=part.page,
        history=history_of(desk, [statement.id]),
    )


def _name(statement: BankStatement) -> str:
    return statement.file_name or _("Bank file …%(end)s") % {"end": statement.id.hex[-8:]}


def _figures(statement: BankStatement, result: StatementResult) -> list[Figure]:
    payments_href = reverse("office_payments")
    return [
        Figure(
            label=_("Lines"),
            value=result.lines,
            note=_("%(count)s were known already") % {"count": statement.duplicates}
            if statement.duplicates
            else _("all of them new"),
        ),
        Figure(label=_("Matched"), value=result.matched, note=_("paid invoices by themselves")),
        Figure(
            label=_("Unapplied"),
            value=result.unapplied,
            note=_("payer known, invoice not told"),
            tone="caution" if result.unapplied else "neutral",
            href=f"{payments_href}?state=waiting" if result.unapplied else "",
        ),
        Figure(
            label=pgettext("bank lines", "Not recognized"),
            value=result.unidentified,
            note=_("payer unknown"),
            tone="caution" if result.unidentified else "neutral",
            href=f"{payments_href}?state=unidentified" if result.unidentified else "",
        ),
        Figure(label=_("Money out"), value=result.paid_out, note=_("lines that pay nothing in")),
    ]


def _statement_table(rows: Sequence[BankStatement]) -> Table:
    return Table(
        caption=_("Bank files"),
        columns=[
            Column(label=_("File")),
            Column(label=_("Account")),
            Column(label=_("Taken")),
            Column(label=_("Lines"), numeric=True),
            Column(label=_("Known already"), numeric=True),
            Column(label=_("Findings"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(_name(row), links.address("bank_statement", row.id)),
                    row.account or None,
                    row.created_at,
                    row.transactions,
                    row.duplicates,
                    len(row.findings),
                ]
            )
            for row in rows
        ],
    )


def _line_table(rows: Sequence[BankTransaction], made: Mapping[UUID, Payment]) -> Table:
    return Table(
        caption=_("Lines of the file"),
        columns=[
            Column(label=_("Counterparty")),
            Column(label=_("Booked")),
            Column(label=_("Text")),
            Column(label=_("Outcome")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    _counterparty(line, made.get(line.id)),
                    line.booked_on,
                    (line.structured_reference or line.text)[:120] or None,
                    _outcome(line, made.get(line.id)),
                    Money(line.amount, line.currency),
                ]
            )
            for line in rows
        ],
    )


def _counterparty(line: BankTransaction, payment: Payment | None) -> object:
    name = line.counterparty or line.counterparty_account or _("Line %(n)s") % {"n": line.ordinal}
    return Link(name, links.address("payment", payment.id)) if payment else name


def _outcome(line: BankTransaction, payment: Payment | None) -> object:
    if payment is None:
        return _("Money out") if line.amount <= 0 else _("Waits for the worker")
    state = State("receipt", payment.state)
    return Noted(state, payment.buyer.name if payment.buyer else _("Payer not recognized"))
