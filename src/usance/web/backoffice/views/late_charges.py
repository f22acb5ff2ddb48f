"""Late interest: what was claimed, by which law and contract, the reference rates, and the acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance.flows import late_charges, late_interest_terms
from usance.flows.late_interest_terms import TermsFields
from usance.flows.refusals import Refused
from usance.formats.errors import FormatError
from usance.records.collections import late_charge_queries as queries
from usance.records.invoices import queries as invoices
from usance.records.parties import queries as parties
from usance.records.parties.models import Buyer
from usance.rules.interest import LAWS, RateTable
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.late_charge_acts import CLAIM_ACTS, LATE_ACTS, NEW_RATE
from usance.web.backoffice.late_panel import accrued_table, claim_table
from usance.web.backoffice.shell import page
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Link, Noted, Percent, Row, Table
from usance.web.listing import cut
from usance.web.words.amounts import day_text
from usance.web.words.late_charges import CHARGING, COUNTRY_OF, DAY_COUNTS, LAW_NAMES
from usance.web.words.refusals import refusal_text

_MOST: Final = 2_000_000
"""Bytes of a file of rates."""
_LATEST: Final = 4
"""Values of each reference rate that the page shows."""


@require_safe
@office
def late_charges_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was claimed, the newest first."""
    query = ListQuery.of(request, standings=())
    found = queries.late_charges(seller_id=desk.seller.id)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="late_charges",
        heading=_("Late charges"),
        query=query,
        table=claim_table(part.rows) if part.rows else None,
        pagination=part.page,
        empty_icon="clock",
        empty_title=_("No late charges"),
        empty_text=_(
            "Interest and compensation for paying late are shown on each invoice and claimed there."
        ),
        empty_link=Link(_("Settings of late interest"), reverse("office_late_interest")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def late_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Claim or waive late charges of an invoice, or waive a claim."""
    invoice = invoices.invoice_with_parties(
        seller_id=desk.seller.id, invoice_id=id_in(public, kind="invoice")
    )
    if invoice is None:
        raise Http404("There is no such invoice.")
    subject: Any
    if invoice.kind == "late_charge":
        subject = queries.charge_of_claim(seller_id=desk.seller.id, claim_id=invoice.id)
        if subject is None:
            raise Http404("Nothing is claimed by it.")
    else:
        subject = late_charges.late_charges_of(desk.seller, invoice, on=desk.on)
    crumbs = [Link(_("Invoices"), reverse("office_invoices")), links.invoice_link(invoice)]
    acts = CLAIM_ACTS if invoice.kind == "late_charge" else LATE_ACTS
    return perform(request, desk, subject, acts, name=name, current="invoices", crumbs=crumbs)


class TermsForm(forms.Form):
    """By which law and contract late interest is computed."""

    law = forms.ChoiceField(label=_lazy("Law"), required=False)
    country_of = forms.ChoiceField(
        label=_lazy("Whose country says which law"),
        choices=list(COUNTRY_OF.items()),
        help_text=_lazy("Counts where no law is chosen."),
    )
    rate = forms.DecimalField(
        label=_lazy("Agreed rate, per cent a year"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        decimal_places=4,
        help_text=_lazy("Empty: the law's."),
    )
    cap = forms.DecimalField(
        label=_lazy("Never more than, per cent a year"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        decimal_places=4,
        help_text=_lazy("Such as a state's usury limit."),
    )
    day_count = forms.ChoiceField(
        label=_lazy("How days are counted"), choices=list(DAY_COUNTS.items())
    )
    claims_compensation = forms.BooleanField(
        label=_lazy("Claim the fixed sum for each invoice"), required=False
    )
    is_small_supplier = forms.BooleanField(
        label=_lazy("You are a micro or small enterprise (India, MSMED Act)"), required=False
    )
    charging = forms.ChoiceField(label=_lazy("When it is claimed"), choices=list(CHARGING.items()))
    series = forms.CharField(
        label=_lazy("Numbers of claims begin with"),
        max_length=12,
        help_text=_lazy("Another than those of invoices and credit notes."),
    )

    def __init__(self, *args: Any, of_buyer: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        law = self.fields["law"]
        assert isinstance(law, forms.ChoiceField)
        law.choices = [
            ("", _("By the country")),
            *((code, str(LAW_NAMES.get(code, it.name))) for code, it in LAWS.items()),
        ]
        if of_buyer:
            del self.fields["series"], self.fields["is_small_supplier"]


def _initial(fields: TermsFields) -> dict[str, Any]:
    found = {name: getattr(fields, name) for name in TermsFields.__dataclass_fields__}
    found["series"] = found.pop("prefix")
    return found | {
        name: None if found[name] is None else f"{found[name].normalize():f}"
        for name in ("rate", "cap")
    }


@require_http_methods(["GET", "HEAD", "POST"])
@office
def late_interest(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The seller's own terms and the reference rates."""
    fields = late_interest_terms.terms_fields(desk.seller)
    sent = request.method == "POST"
    form = TermsForm(request.POST if sent else None, initial=_initial(fields))
    if sent:
        desk.require("money")
        if form.is_valid() and _set(desk, form, fields=fields, buyer=None):
            messages.success(request, _("Late interest goes by this from now on."))
            return HttpResponseRedirect(reverse("office_late_interest"))
    return _settings_page(request, desk, form, status=422 if sent else 200)


def _settings_page(
    request: HttpRequest,
    desk: Desk,
    form: forms.Form,
    *,
    status: int = 200,
    refused: FormatError | None = None,
) -> HttpResponse:
    return page(
        request,
        desk,
        "late_interest",
        current="late_interest",
        heading=_("Late interest"),
        status=status,
        form=form,
        may_change=desk.may("money"),
        refused=refused,
        faults=[str(fault) for fault in getattr(refused, "faults", ())[:20]],
        offers=offers(desk, desk.seller, [NEW_RATE], base=reverse("office_late_interest")),
        rates=_rate_table(list(late_charges.tables_of(desk.seller).values())),
        missing=late_charges.rate_missing(desk.seller, on=desk.on),
    )


@require_POST
@office
def load_rates(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take in a file of reference rates. The same file taken twice changes nothing, so no token is
    needed."""
    desk.require("money")
    file: UploadedFile[bytes] | None = request.FILES.get("file")
    form = TermsForm(initial=_initial(late_interest_terms.terms_fields(desk.seller)))
    if file is None or (file.size or 0) > _MOST:
        messages.error(request, _("Choose a file (CSV) of at most 2 MB."))
        return _settings_page(request, desk, form, status=422)
    try:
        done = late_interest_terms.import_reference_rates(
            desk.seller, file.read(), at=desk.at, by=desk.by
        )
    except FormatError as error:
        return _settings_page(request, desk, form, status=422, refused=error)
    messages.success(
        request,
        _("New rates: %(created)s, changed: %(changed)s, known before: %(known)s.")
        % {"created": done.created, "changed": done.changed, "known": done.known},
    )
    return HttpResponseRedirect(reverse("office_late_interest"))


@require_http_methods(["GET", "HEAD", "POST"])
@office
def new_rate(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add a reference rate."""
    crumbs = [Link(_("Late interest"), reverse("office_late_interest"))]
    return perform(
        request, desk, desk.seller, [NEW_RATE], name="new-rate", current="late_interest",
        crumbs=crumbs,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@office
def buyer_late_interest(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """The terms of one buyer, and what its late payments have cost."""
    buyer = parties.buyer(seller_id=desk.seller.id, buyer_id=id_in(public, kind="buyer"))
    if buyer is None:
        raise Http404("There is no such buyer.")
    here = reverse("office_buyer_late_interest", args=[public])
    fields = late_interest_terms.terms_fields(desk.seller, buyer_id=buyer.id)
    own = queries.terms_of(seller_id=desk.seller.id, buyer_id=buyer.id) is not None
    sent = request.method == "POST"
    form = TermsForm(request.POST if sent else None, initial=_initial(fields), of_buyer=True)
    if sent:
        desk.require("money")
        if "drop" in request.POST:
            if own:
                late_interest_terms.drop_terms(
                    desk.seller, buyer_id=buyer.id, at=desk.at, by=desk.by
                )
            messages.success(request, _("Your own terms count for this buyer again."))
            return HttpResponseRedirect(here)
        if form.is_valid() and _set(desk, form, fields=fields, buyer=buyer):
            messages.success(request, _("Late interest goes by this from now on."))
            return HttpResponseRedirect(here)
    found = late_charges.late_charges_of_buyer(desk.seller, buyer_id=buyer.id, on=desk.on)
    claimed = queries.late_charges(seller_id=desk.seller.id, buyer_id=buyer.id).order_by("-id")
    return page(
        request,
        desk,
        "late_interest_buyer",
        current="buyers",
        heading=_("Late interest of %(buyer)s") % {"buyer": buyer.name},
        crumbs=[Link(_("Buyers"), reverse("office_buyers")), links.buyer_link(buyer)],
        status=422 if sent else 200,
        form=form,
        own=own,
        may_change=desk.may("money"),
        accrued=accrued_table(found) if found else None,
        claimed=claim_table(list(claimed[:50])) if claimed else None,
    )


def _set(desk: Desk, form: forms.Form, *, fields: TermsFields, buyer: Buyer | None) -> bool:
    """Store what the form says; a refusal stands on the form."""
    said = dict(form.cleaned_data)
    said["prefix"] = str(said.pop("series", fields.prefix)).upper()
    said.setdefault("is_small_supplier", fields.is_small_supplier)
    try:
        late_interest_terms.set_terms(
            desk.seller,
            fields=TermsFields(**said),
            buyer_id=buyer.id if buyer else None,
            at=desk.at,
            by=desk.by,
        )
    except Refused as error:
        form.add_error(None, refusal_text(error))
        return False
    return True


def _rate_table(tables: Sequence[RateTable]) -> Table:
    return Table(
        caption=_("Reference rates"),
        columns=[
            Column(label=_("Reference rate")),
            Column(label=_("In force from")),
            Column(label=_("Per cent a year"), numeric=True),
            Column(label=_("Known until")),
        ],
        rows=[Row(cells=cells) for table in tables for cells in _rate_cells(table)],
    )


def _known_until(table: RateTable) -> Noted | date:
    """The last day known, and the latest time before it of which nothing is."""
    if not table.gaps:
        return table.known_until
    first, last = table.gaps[-1]
    days = {"start": day_text(first), "end": day_text(last)}
    return Noted(table.known_until, _("Not known: %(start)s to %(end)s") % days)


def _rate_cells(table: RateTable) -> list[list[Any]]:
    name = Noted(table.name, f"{table.code} · {table.source}")
    if not table.changes:
        return [[name, None, None, _("Nothing is loaded")]]
    shown: list[tuple[date, Decimal]] = list(reversed(table.changes[-_LATEST:]))
    return [
        [
            name if place == 0 else Noted(table.name, table.code),
            day,
            Percent(rate / 100),
            _known_until(table) if place == 0 else None,
        ]
        for place, (day, rate) in enumerate(shown)
    ]
