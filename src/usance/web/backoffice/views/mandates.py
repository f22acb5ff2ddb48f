"""Mandates: the list, one with its signature and its debits, and how one is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows.debits import mandates
from usance.flows.debits.mandates import Signature
from usance.flows.refusals import Refused
from usance.records.debits import queries
from usance.records.debits.models import Mandate
from usance.records.identity import public_id
from usance.records.parties.models import Buyer
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.debit_acts import MANDATE_ACTS
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.fields import DayField
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.debits import debit_table
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Fact, Identifier, Link, Row, State, Table
from usance.web.design.states import look
from usance.web.listing import cut
from usance.web.words.debits import SCHEMES, VERIFICATIONS, mandate_text
from usance.web.words.refusals import refusal_text

STANDINGS: Final = ("active", "pending", "suspended", "canceled")


class BuyerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A buyer, by its name."""

    def label_from_instance(self, obj: Any) -> str:
        """The name."""
        return str(obj.name)


class MandateForm(forms.Form):
    """A mandate that the buyer has signed on paper."""

    buyer = BuyerField(label=_lazy("Buyer"), queryset=Buyer.objects.none())
    scheme = forms.ChoiceField(label=_lazy("Scheme"), choices=list(SCHEMES.items()))
    debtor_name = forms.CharField(label=_lazy("Name of the account's owner"), max_length=140)
    account = forms.CharField(
        label=_lazy("Account"), max_length=42, help_text=_lazy("An IBAN, or the number in ACH.")
    )
    bank = forms.CharField(
        label=_lazy("Bank"),
        max_length=11,
        required=False,
        help_text=_lazy("The BIC, which may be left out, or the routing number in ACH."),
    )
    reference = forms.CharField(
        label=_lazy("Mandate reference"),
        max_length=35,
        required=False,
        help_text=_lazy("Left empty, one is given."),
    )
    signed_on = DayField(label=_lazy("Signed on"))
    signer = forms.CharField(label=_lazy("Signed by"), max_length=140)
    one_off = forms.BooleanField(label=_lazy("For a single debit"), required=False)

    def __init__(self, *args: object, desk: Desk, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        field = self.fields["buyer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Buyer.objects.filter(seller_id=desk.seller.id).order_by("name", "id")


@require_safe
@office
def mandates_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The mandates, the newest first; of one buyer by its name."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = queries.mandates(seller_id=desk.seller.id, state=query.standing or None)
    if query.text:
        found = found.filter(buyer__name__icontains=query.text)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="mandates",
        heading=_("Mandates"),
        query=query,
        tabs=query.tabs(
            STANDINGS, lambda it: str(look(it, kind="mandate").label), pgettext("mandates", "All")
        ),
        search_label=_("Search mandates"),
        search_hint=_("Name of the buyer"),
        table=_table(part.rows) if part.rows else None,
        pagination=part.page,
        new=Link(_("Record a mandate"), reverse("office_new_mandate"))
        if desk.may("money")
        else None,
        empty_icon="bank",
        empty_title=_("No mandates yet"),
        empty_text=_("With a buyer's mandate you collect from its account what falls due."),
    )


def _table(rows: Sequence[Mandate]) -> Table:
    return Table(
        caption=_("Mandates"),
        columns=[
            Column(label=_("Mandate")),
            Column(label=_("State")),
            Column(label=_("Buyer")),
            Column(label=_("Account")),
            Column(label=_("Signed on")),
            Column(label=_("Last used")),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.reference, _address(row)),
                    State("mandate", row.state),
                    links.buyer_link(row.buyer),
                    mandate_text(row),
                    row.signed_on,
                    row.last_collected_on,
                ]
            )
            for row in rows
        ],
    )


def _address(row: Mandate) -> str:
    return reverse("office_mandate", args=[public_id("mandate", row.id)])


@require_safe
@office
def mandate_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One mandate: who signed it and how, and what was collected under it."""
    row = _mandate(desk, public)
    found = queries.debits(seller_id=desk.seller.id, mandate_id=row.id)
    debits = list(found.order_by("-id")[:50])
    signature = row.signature
    facts = [
        Fact(_("Buyer"), links.buyer_link(row.buyer)),
        Fact(_("Scheme"), str(SCHEMES[row.scheme])),
        Fact(_("Owner of the account"), row.debtor_name),
        Fact(_("Account"), f"···· {row.last4}"),
        Fact(_("Account confirmed"), str(VERIFICATIONS[row.verification])),
        Fact(_("Signed on"), row.signed_on),
        Fact(_("Signed by"), signature.get("name")),
        Fact(
            _("How"), " ".join(filter(None, (signature.get("method"), signature.get("ip")))) or None
        ),
        Fact(_("Words shown"), signature.get("words") or None),
        Fact(_("Reason"), f"{row.reason_code} {row.reason}".strip() or None),
    ]
    return page(
        request,
        desk,
        "debit",
        current="mandates",
        heading=row.reference,
        crumbs=[Link(_("Mandates"), reverse("office_mandates"))],
        page_state=State("mandate", row.state),
        page_facts=[Identifier(public), links.buyer_link(row.buyer)],
        offers=offers(desk, row, MANDATE_ACTS, base=_address(row)),
        facts=facts,
        tables=[debit_table(debits)] if debits else [],
        history=history_of(desk, [row.id]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def new_mandate(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Record a mandate that was signed on paper. Its reference is there once, or it is given anew."""
    desk.require("money")
    sent = request.method == "POST"
    form = MandateForm(request.POST, desk=desk) if sent else MandateForm(desk=desk)
    if sent and form.is_valid():
        given = form.cleaned_data
        try:
            made = mandates.create_mandate(
                desk.seller,
                buyer_id=given["buyer"].id,
                scheme=given["scheme"],
                debtor_name=given["debtor_name"],
                account=given["account"],
                bank=given["bank"],
                reference=given["reference"] or None,
                signed_on=given["signed_on"],
                signature=Signature(name=given["signer"], method="paper"),
                one_off=given["one_off"],
                at=desk.at,
                by=desk.by,
            )
        except Refused as error:
            form.add_error(None, refusal_text(error))
        else:
            messages.success(request, _("The mandate is recorded."))
            return HttpResponseRedirect(_address(made))
    return page(
        request,
        desk,
        "mandate_form",
        current="mandates",
        heading=_("Record a mandate"),
        status=422 if sent else 200,
        crumbs=[Link(_("Mandates"), reverse("office_mandates"))],
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def mandate_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Change its account, suspend, resume or cancel it."""
    row = _mandate(desk, public)
    crumbs = [
        Link(_("Mandates"), reverse("office_mandates")),
        Link(row.reference, _address(row)),
    ]
    return perform(request, desk, row, MANDATE_ACTS, name=name, current="mandates", crumbs=crumbs)


def _mandate(desk: Desk, public: str) -> Mandate:
    row = queries.mandate(seller_id=desk.seller.id, mandate_id=id_in(public, kind="mandate"))
    if row is None:
        raise Http404("There is no such mandate.")
    return row
