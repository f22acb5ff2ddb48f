"""Files of debits for the bank, and what the bank answers."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance.flows.debits import answers, files
from usance.formats.errors import FormatError
from usance.records.debits import queries
from usance.records.debits.models import Answer, DebitFile
from usance.records.identity import public_id
from usance.rules.money import Money
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.debit_acts import FILE_ACTS
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.debits import debit_table
from usance.web.design.parts import Column, Fact, Identifier, Link, Row, State, Table
from usance.web.files import file_response
from usance.web.listing import cut
from usance.web.words.refusals import refusal_text


class AnswerForm(forms.Form):
    """A file of the bank's."""

    file = forms.FileField(
        label=_lazy("File"),
        help_text=_lazy(
            "A status report (pain.002), or a NACHA file of returns and notifications of change. It"
            " is taken whole or not at all."
        ),
        widget=forms.ClearableFileInput(attrs={"class": "file-drop"}),
    )


@require_safe
@office
def files_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The files, the newest first, and the button that writes what is due."""
    part = cut(queries.files(seller_id=desk.seller.id), request=request, order=("-id",))
    return page(
        request,
        desk,
        "debit_files",
        current="debits",
        heading=_("Files for the bank"),
        crumbs=[Link(_("Debits"), reverse("office_debits"))],
        table=_table(part.rows) if part.rows else None,
        pagination=part.page,
        may_write=desk.may("money"),
    )


def _table(rows: Sequence[DebitFile]) -> Table:
    return Table(
        caption=_("Files for the bank"),
        columns=[
            Column(label=_("File")),
            Column(label=_("State")),
            Column(label=_("Written")),
            Column(label=_("Debits"), numeric=True),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.file_name, _address(row)),
                    State("debit_file", row.state),
                    row.created_at,
                    row.count,
                    Money(row.amount, row.currency),
                ]
            )
            for row in rows
        ],
    )


def _address(row: DebitFile) -> str:
    return reverse("office_debit_file", args=[public_id("debit_file", row.id)])


@require_POST
@office
def write_files(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Write what is due today. Written twice it is once in a file, so no token is needed."""
    desk.require("money")
    try:
        made = files.build_files(desk.seller, at=desk.at, by=desk.by)
    except (files.CannotCollect, FormatError) as error:
        messages.error(request, refusal_text(error))
        return HttpResponseRedirect(reverse("office_debit_files"))
    count = len(made.files)
    waiting = sum(made.held.values())
    if count:
        text = ngettext("%(count)s file is written.", "%(count)s files are written.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("Nothing is due for the bank today."))
    if waiting:
        text = ngettext(
            "%(count)s debit waits for its mandate or its account.",
            "%(count)s debits wait for their mandates or accounts.",
            waiting,
        )
        messages.info(request, text % {"count": waiting})
    return HttpResponseRedirect(reverse("office_debit_files"))


@require_safe
@office
def file_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One file: its totals, its groups and its debits."""
    row = _file(desk, public)
    debits = list(queries.debits(seller_id=desk.seller.id, file_id=row.id).order_by("id")[:500])
    facts = [
        Fact(_("Format"), row.format),
        Fact(_("Debits"), row.count),
        Fact(_("Amount"), Money(row.amount, row.currency)),
        Fact(_("Accounts asked for"), row.prenotes or None),
        Fact(_("Written"), row.created_at),
        Fact(_("Sent"), row.sent_at),
        Fact(_("Answered"), row.answered_at),
        Fact(_("Identification"), row.message_id),
        Fact(_("SHA-256"), row.digest[:16]),
    ]
    groups = Table(
        caption=_("As the bank books it"),
        columns=[
            Column(label=_("Group")),
            Column(label=_("Day")),
            Column(label=_("Kind")),
            Column(label=_("Debits"), numeric=True),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    group["id"],
                    group["day"],
                    group["class"],
                    group["count"],
                    Money(group["amount"], row.currency),
                ]
            )
            for group in row.groups
        ],
    )
    download = None
    if desk.may("money") and row.state != "withdrawn":
        download = Link(_("Download"), f"{_address(row)}/download")
    return page(
        request,
        desk,
        "debit",
        current="debits",
        heading=row.file_name,
        crumbs=[
            Link(_("Debits"), reverse("office_debits")),
            Link(_("Files for the bank"), reverse("office_debit_files")),
        ],
        page_state=State("debit_file", row.state),
        page_facts=[Identifier(public)],
        offers=offers(desk, row, FILE_ACTS, base=_address(row)),
        download=download,
        facts=facts,
        tables=[groups, *([debit_table(debits)] if debits else [])],
        history=history_of(desk, [row.id]),
    )


@require_safe
@office
def download_file(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """The file as the bank wants it; it holds the numbers of buyers' accounts."""
    del request
    desk.require("money")
    row = _file(desk, public)
    media_type = "text/plain" if row.format == "nacha" else "application/xml"
    return file_response(files.content_of(row), media_type=media_type, file_name=row.file_name)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def file_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Say that the bank has it, or withdraw it."""
    row = _file(desk, public)
    crumbs = [
        Link(_("Files for the bank"), reverse("office_debit_files")),
        Link(row.file_name, _address(row)),
    ]
    return perform(request, desk, row, FILE_ACTS, name=name, current="debits", crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def upload_answer(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take what the bank answers. The same file twice changes nothing, so no token is needed."""
    desk.require("money")
    sent = request.method == "POST"
    form = AnswerForm(request.POST, request.FILES) if sent else AnswerForm()
    refused: FormatError | None = None
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        if (file.size or 0) > settings.BANK_FILE_MAX_BYTES:
            form.add_error("file", _("The file is larger than 100 MB."))
        else:
            try:
                answer, new = answers.take_answer(
                    desk.seller, file.read(), at=desk.at, by=desk.by, file_name=file.name or ""
                )
            except FormatError as error:
                refused = error
            else:
                _say(request, answer, new=new)
                return HttpResponseRedirect(reverse("office_debit_answers"))
    taken = list(queries.answers(seller_id=desk.seller.id).order_by("-id")[:50])
    return page(
        request,
        desk,
        "debit_answers",
        current="debits",
        heading=_("Answers of the bank"),
        status=422 if sent else 200,
        crumbs=[Link(_("Debits"), reverse("office_debits"))],
        form=form,
        refused=refused,
        table=_answers(taken) if taken else None,
    )


def _say(request: HttpRequest, answer: Answer, *, new: bool) -> None:
    if not new:
        messages.info(request, _("This file was taken before. Nothing was done twice."))
        return
    text = _("The file is taken: %(applied)s changed something, %(repeated)s were known.")
    messages.success(request, text % {"applied": answer.applied, "repeated": answer.repeated})
    if answer.findings:
        text = ngettext(
            "%(count)s entry belongs to no debit or needs a look.",
            "%(count)s entries belong to no debit or need a look.",
            len(answer.findings),
        )
        messages.warning(request, text % {"count": len(answer.findings)})


def _answers(taken: Sequence[Answer]) -> Table:
    return Table(
        caption=_("What the bank answered"),
        columns=[
            Column(label=_("File")),
            Column(label=_("Taken")),
            Column(label=_("Format")),
            Column(label=_("Changed something"), numeric=True),
            Column(label=_("Known before"), numeric=True),
            Column(label=_("To look at")),
        ],
        rows=[
            Row(
                cells=[
                    one.file_name or f"…{one.digest[-8:]}",
                    one.created_at,
                    one.format,
                    one.applied,
                    one.repeated,
                    ", ".join(_finding(each) for each in one.findings[:5]) or None,
                ]
            )
            for one in taken
        ],
    )


def _finding(found: dict[str, object]) -> str:
    details = " ".join(str(value) for name, value in found.items() if name != "code" and value)
    return f"{found['code']} {details}".strip()


def _file(desk: Desk, public: str) -> DebitFile:
    row = queries.file(seller_id=desk.seller.id, file_id=id_in(public, kind="debit_file"))
    if row is None:
        raise Http404("There is no such file of debits.")
    return row
