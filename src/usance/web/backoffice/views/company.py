"""The company's page: who the seller is on its documents, its logo, and the accounts it is paid to."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance.flows import seller_details
from usance.flows.refusals import WrongFields
from usance.formats.errors import FormatError
from usance.records.identity import public_id
from usance.records.parties import invoicing_queries as queries
from usance.records.parties.models import SellerBankAccount
from usance.web.backoffice.acts import Act, ActForm, Done, offers, perform
from usance.web.backoffice.company_forms import BankAccountForm, LogoForm, SellerForm
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.field_faults import add_faults
from usance.web.backoffice.shell import page
from usance.web.design.parts import Column, Fact, Link, Noted, Row, Table


def _add(desk: Desk, _subject: Any, data: dict[str, Any]) -> Done:
    fields = {name: value for name, value in data.items() if name != "once"}
    account = seller_details.add_bank_account(desk.seller, at=desk.at, by=desk.by, **fields)
    return Done(
        _("Invoices in %(currency)s can be paid to %(account)s from now on.")
        % {"currency": account.currency, "account": _number(account)}
    )


def _remove(desk: Desk, account: SellerBankAccount, _data: dict[str, Any]) -> Done:
    seller_details.remove_bank_account(desk.seller, account_id=account.id, at=desk.at, by=desk.by)
    return Done(_("No further invoice names %(account)s.") % {"account": _number(account)})


ADD: Final = Act(
    name="add",
    label=_lazy("Add an account"),
    title=_lazy("Add a bank account"),
    explanation=_lazy(
        "Invoices in its currency ask to be paid to it. Where there are several, the first is named"
        " first."
    ),
    duty="billing",
    form=BankAccountForm,
    run=_add,
    icon="plus",
)
REMOVE: Final = Act(
    name="remove",
    label=_lazy("Remove"),
    title=_lazy("Remove the bank account?"),
    explanation=_lazy("No further invoice names it. Invoices that were issued stay as they are."),
    duty="billing",
    form=ActForm,
    run=_remove,
    icon="trash",
    tone="danger",
)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def company_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """See and change what the company says of itself."""
    sent = request.method == "POST"
    if sent:
        desk.require("billing")
    form = _form(desk, request.POST if sent else None)
    if sent and form.is_valid():
        try:
            seller_details.set_seller_details(
                desk.seller, fields=form.said(), at=desk.at, by=desk.by
            )
        except WrongFields as error:
            add_faults(form, error.faults)
        else:
            messages.success(request, _("Documents from now on say this."))
            return HttpResponseRedirect(reverse("office_company"))
    return _page(request, desk, form=form, logo_form=LogoForm(), status=422 if sent else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def company_logo(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The logo itself, or another one in its place."""
    if request.method != "POST":
        logo = queries.seller_details(seller_id=desk.seller.id, with_logo=True).logo
        if logo is None:
            raise Http404("There is no logo.")
        return HttpResponse(logo.content, content_type=logo.media_type)
    desk.require("billing")
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            seller_details.set_logo(
                desk.seller, content=form.cleaned_data["logo"], at=desk.at, by=desk.by
            )
        except FormatError as error:
            form.add_error("logo", _fault_of_logo(error))
        else:
            messages.success(request, _("Documents from now on begin with this logo."))
            return HttpResponseRedirect(reverse("office_company"))
    return _page(request, desk, form=_form(desk), logo_form=form, status=422)


@require_POST
@office
def company_logo_remove(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let documents begin with the company's name alone."""
    desk.require("billing")
    seller_details.remove_logo(desk.seller, at=desk.at, by=desk.by)
    messages.success(request, _("Documents from now on begin with the name alone."))
    return HttpResponseRedirect(reverse("office_company"))


@require_http_methods(["GET", "HEAD", "POST"])
@office
def account_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add a bank account."""
    return perform(
        request, desk, desk.seller, [ADD], name="add", current="company", crumbs=[_crumb()]
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def account_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something to a bank account."""
    account = queries.bank_account(
        seller_id=desk.seller.id, account_id=id_in(public, kind="bank_account")
    )
    if account is None:
        raise Http404("There is no such bank account.")
    return perform(
        request, desk, account, [REMOVE], name=name, current="company", crumbs=[_crumb()]
    )


@require_safe
@office
def company_home(_request: HttpRequest, _desk: Desk) -> HttpResponse:
    """The page that the accounts are part of."""
    return HttpResponseRedirect(reverse("office_company"))


def _crumb() -> Link:
    return Link(_("Company"), reverse("office_company"))


def _form(desk: Desk, data: Any = None) -> SellerForm:
    row = queries.details_row(seller_id=desk.seller.id)
    return SellerForm(
        data,
        fields=queries.seller_fields(row),
        country=desk.seller.country,
        name=desk.seller.name,
    )


def _page(
    request: HttpRequest, desk: Desk, *, form: SellerForm, logo_form: LogoForm, status: int
) -> HttpResponse:
    found = list(queries.bank_accounts(seller_id=desk.seller.id).order_by("currency", "created_at"))
    details = queries.seller_details(seller_id=desk.seller.id)
    return page(
        request,
        desk,
        "company",
        current="company",
        heading=_("Company"),
        status=status,
        form=form,
        logo_form=logo_form,
        logo=reverse("office_company_logo") + f"?{details.logo_digest[:12]}"
        if details.logo_digest
        else "",
        may_change=desk.may("billing"),
        facts=_facts(form),
        accounts=_table(desk, found) if found else None,
        account_offers=offers(desk, desk.seller, [ADD], base=reverse("office_company_accounts")),
    )


def _table(desk: Desk, found: list[SellerBankAccount]) -> Table:
    may_change = desk.may("billing")
    columns = [
        Column(label=_("Account")),
        Column(label=_("Currency")),
        Column(label=_("BIC")),
        Column(label=_("Account holder")),
    ]
    rows = []
    for account in found:
        notes = [text for text in (account.bank_name, account.qr_iban) if text]
        number = _number(account)
        cells: list[Any] = [
            Noted(number, ", ".join(notes)) if notes else number,
            account.currency,
            account.bic or None,
            account.holder or None,
        ]
        if may_change:
            public = public_id("bank_account", account.id)
            cells.append(
                Link(_("Remove"), reverse("office_company_account_act", args=[public, "remove"]))
            )
        rows.append(Row(cells=cells))
    if may_change:
        columns.append(Column(label=_("Action")))
    return Table(caption=_("Bank accounts"), columns=columns, rows=rows)


def _number(account: SellerBankAccount) -> str:
    """An account's number; an IBAN in groups of four, as it is printed (ISO 13616-1)."""
    if not account.iban:
        return account.account_number
    return " ".join(account.iban[n : n + 4] for n in range(0, len(account.iban), 4))


def _facts(form: SellerForm) -> list[Fact]:
    """What is said, for those who may not change it."""
    return [
        Fact(str(bound.label), str(form.initial.get(bound.name)))
        for _title, fields in form.groups
        for bound in fields
        if form.initial.get(bound.name)
    ]


def _fault_of_logo(error: FormatError) -> str:
    return {
        "too_large": _("The picture is too large or too intricate. Make it smaller or simpler."),
        "not_a_logo": _("This is neither a PNG nor an SVG. Save the picture as one of them."),
        "damaged_logo": _("The file is damaged, or does not say its size. Save it again."),
        "style_sheet": _(
            "The SVG has a style sheet inside. Save it with presentation attributes instead."
        ),
    }.get(error.code, error.message)
