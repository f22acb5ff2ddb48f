"""Remittance advices: the list, how they come in, and one with its documents and its payment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import advice_tables, remittances, table_mappings
from usance.flows.remittance_acknowledgements import acknowledgement_of, has_acknowledgement
from usance.formats.errors import FormatError
from usance.formats.remittance_files import LARGEST_TEXT
from usance.records.identity import public_id
from usance.records.payments import remittance_queries
from usance.records.payments.models import Remittance, RemittanceLine
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.fields import CurrencyField
from usance.web.backoffice.remittance_acts import REMITTANCE_ACTS
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Fact, Identifier, Link, Noted, Row, State, Table
from usance.web.design.states import look
from usance.web.files import file_response
from usance.web.listing import cut
from usance.web.words.remittances import FORMATS, FOUND_BY, KINDS, finding_text, finding_title

STANDINGS: Final = ("waiting", "joined", "dismissed")
_LINES_SHOWN: Final = 500


class AdviceForm(forms.Form):
    """A file, or the text of a mail."""

    file = forms.FileField(
        label=_lazy("File"),
        required=False,
        help_text=_lazy(
            "Drop it here or choose it: a mail (.eml), PDF, table (CSV), X12 820, EDIFACT REMADV, cXML,"
            " or NACHA file with addenda. A lockbox file brings the money too: upload it with the"
            " bank files."
        ),
        widget=forms.ClearableFileInput(attrs={"class": "file-drop"}),
    )
    text = forms.CharField(
        label=_lazy("Or text"),
        required=False,
        max_length=LARGEST_TEXT,
        help_text=_lazy("Paste what the payer wrote, with a line for each document."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    currency = CurrencyField(
        required=False,
        help_text=_lazy("Of a table or text that does not tell it, such as EUR."),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, not larger than is read."""
        given = super().clean() or {}
        file, text = given.get("file"), (given.get("text") or "").strip()
        if not self.errors and bool(file) == bool(text):
            raise ValidationError(_("Give a file or a text, one of the two."))
        if file and (file.size or 0) > settings.BANK_FILE_MAX_BYTES:
            raise ValidationError(_("The file is larger than 100 MB."))
        return given


@require_safe
@office
def remittance_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The advices, the newest first."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = remittance_queries.remittances(
        seller_id=desk.seller.id, state=query.standing or "", text=query.text
    )
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="remittances",
        heading=_("Remittance advices"),
        query=query,
        tabs=query.tabs(
            STANDINGS,
            lambda it: str(look(it, kind="remittance").label),
            pgettext("remittance advices", "All"),
        ),
        search_label=_("Search advices"),
        search_hint=_("Payer, reference or document"),
        table=_table(part.rows) if part.rows else None,
        pagination=part.page,
        new=Link(_("Take an advice"), reverse("office_remittance_upload"))
        if desk.may("money")
        else None,
        empty_icon="application",
        empty_title=_("No remittance advices"),
        empty_text=_(
            "Take in what payers write about their payments. Each advice finds its payment, and the"
            " payment its invoices."
        ),
    )


def _table(rows: Sequence[Remittance]) -> Table:
    return Table(
        caption=_("Remittance advices"),
        columns=[
            Column(label=_("Came in")),
            Column(label=_("State")),
            Column(label=_("Payer")),
            Column(label=_("Reference")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.created_at, _address(row)),
                    State("remittance", row.state),
                    row.payer_name or None,
                    row.reference or row.cheque_number or row.end_to_end_id or None,
                    _money(row.amount, row.currency),
                ]
            )
            for row in rows
        ],
    )


def _money(amount: int | None, currency: str) -> Money | None:
    return Money(amount, currency) if amount is not None and currency else None


def _address(remittance: Remittance) -> str:
    return reverse("office_remittance", args=[public_id("remittance", remittance.id)])


@require_http_methods(["GET", "HEAD", "POST"])
@office
def remittance_upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a file or a text, whole or not at all; the same taken twice changes nothing."""
    desk.require("money")
    sent = request.method == "POST"
    form = AdviceForm(request.POST, request.FILES) if sent else AdviceForm()
    refused: FormatError | None = None
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read() if file else form.cleaned_data["text"].encode()
        try:
            taken = remittances.take_advice(
                desk.seller,
                data,
                at=desk.at,
                by=desk.by,
                file_name=(file.name or "") if file else "",
                source="upload" if file else "text",
                currency=form.cleaned_data["currency"] or None,
            )
        except FormatError as error:
            if file and advice_tables.may_be_explained(error, data):
                waiting = table_mappings.keep_waiting(
                    desk.seller, data, at=desk.at, file_name=file.name or ""
                )
                return HttpResponseRedirect(reverse("office_remittance_table", args=[waiting.id]))
            refused = error
        else:
            return to_what_came(request, taken)
    return page(
        request,
        desk,
        "remittance_upload",
        current="remittances",
        heading=_("Take a remittance advice"),
        status=422 if sent else 200,
        crumbs=[Link(_("Remittance advices"), reverse("office_remittances"))],
        form=form,
        refused=refused,
    )


def to_what_came(request: HttpRequest, taken: remittances.Taken) -> HttpResponse:
    """Say what became of the file, and go to its advice, or to all of them."""
    if not taken.new:
        messages.info(request, _("This was taken before. Nothing was done twice."))
    else:
        joined = sum(1 for each in taken.remittances if each.state == "joined")
        count = len(taken.remittances)
        messages.success(
            request,
            ngettext(
                "%(count)s advice is taken; %(joined)s found its payment.",
                "%(count)s advices are taken; %(joined)s found their payments.",
                count,
            )
            % {"count": count, "joined": joined},
        )
    if len(taken.remittances) == 1:
        return HttpResponseRedirect(_address(taken.remittances[0]))
    return HttpResponseRedirect(reverse("office_remittances"))


@require_safe
@office
def remittance_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One advice with its documents, its findings and its payment."""
    remittance = _remittance(desk, public)
    lines = remittance_queries.lines_of(
        seller_id=desk.seller.id, remittance_ids=[remittance.id]
    ).get(remittance.id, [])
    return page(
        request,
        desk,
        "remittance",
        current="remittances",
        heading=_heading(remittance),
        crumbs=[Link(_("Remittance advices"), reverse("office_remittances"))],
        page_state=State("remittance", remittance.state),
        page_facts=[Identifier(public), remittance.created_at],
        offers=offers(desk, remittance, REMITTANCE_ACTS, base=_address(remittance)),
        download=Link(_("Acknowledgement (X12 997)"), f"{_address(remittance)}/acknowledgement.edi")
        if has_acknowledgement(remittance)
        else None,
        findings=[
            (finding_title(one), finding_text(one, currency=remittance.currency))
            for one in remittance.findings
        ],
        lines=_lines(remittance, lines[:_LINES_SHOWN]) if lines else None,
        more=max(0, len(lines) - _LINES_SHOWN),
        adjustments=_adjustments(remittance) if remittance.adjustments else None,
        facts=_facts(remittance),
        history=history_of(desk, [remittance.id]),
    )


@require_safe
@office
def remittance_acknowledgement(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """What the sender of an X12 interchange may expect."""
    del request
    name, content = acknowledgement_of(desk.seller, _remittance(desk, public))
    return file_response(content, media_type="application/edi-x12", file_name=name)


def _heading(remittance: Remittance) -> str:
    if remittance.payer_name:
        return _("Advice of %(payer)s") % {"payer": remittance.payer_name}
    return _("Advice …%(end)s") % {"end": remittance.id.hex[-8:]}


def _facts(remittance: Remittance) -> list[Fact]:
    payment = remittance.payment
    return [
        Fact(_("Payment"), links.payment_link(payment) if payment else None),
        Fact(_("Found by"), FOUND_BY.get(remittance.found_by)),
        Fact(_("Buyer"), links.buyer_link(payment.buyer) if payment and payment.buyer else None),
        Fact(_("Amount"), _money(remittance.amount, remittance.currency)),
        Fact(_("Paid on"), remittance.paid_on),
        Fact(_("Reference"), remittance.reference or None),
        Fact(_("Cheque"), remittance.cheque_number or None),
        Fact(_("End-to-end reference"), remittance.end_to_end_id or None),
        Fact(_("Account of the payer"), remittance.payer_account or None),
        Fact(_("Number of the advice"), remittance.number or None),
        Fact(_("File"), remittance.file.file_name or None),
        Fact(_("Format"), FORMATS.get(remittance.file.format, remittance.file.format)),
    ]


def _lines(remittance: Remittance, lines: Sequence[RemittanceLine]) -> Table:
    currency = remittance.currency
    return Table(
        caption=_("Documents"),
        columns=[
            Column(label=_("Document")),
            Column(label=_("Kind")),
            Column(label=_("Gross"), numeric=True),
            Column(label=_("Discount"), numeric=True),
            Column(label=_("Kept back"), numeric=True),
            Column(label=_("Paid"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    line.number,
                    KINDS[line.kind],
                    _money(line.gross, currency),
                    _money(line.discount or None, currency),
                    _kept_back(line, currency),
                    _money(line.paid, currency),
                ]
            )
            for line in lines
        ],
    )


def _kept_back(line: RemittanceLine, currency: str) -> object:
    if not line.deducted:
        return None
    words = "; ".join(" ".join(filter(None, (d["code"], d["reason"]))) for d in line.deductions)
    amount = Money(line.deducted, currency)
    return Noted(amount, words) if words else amount


def _adjustments(remittance: Remittance) -> Table:
    return Table(
        caption=_("Kept back from the whole payment"),
        columns=[Column(label=_("Reason")), Column(label=_("Amount"), numeric=True)],
        rows=[
            Row(
                cells=[
                    " ".join(filter(None, (each["code"], each["reason"]))),
                    Money(each["amount"], remittance.currency),
                ]
            )
            for each in remittance.adjustments
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def remittance_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Look for its payment, name it, part the two, put it aside, take it up."""
    remittance = _remittance(desk, public)
    crumbs = [
        Link(_("Remittance advices"), reverse("office_remittances")),
        Link(_heading(remittance), _address(remittance)),
    ]
    return perform(
        request, desk, remittance, REMITTANCE_ACTS, name=name, current="remittances", crumbs=crumbs
    )


def _remittance(desk: Desk, public: str) -> Remittance:
    found = remittance_queries.remittance(
        seller_id=desk.seller.id, remittance_id=id_in(public, kind="remittance")
    )
    if found is None:
        raise Http404("There is no such remittance advice.")
    return found
