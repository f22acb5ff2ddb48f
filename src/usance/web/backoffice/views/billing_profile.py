"""How one buyer wants its invoices: what will happen, and what can be said about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from usance.flows import billing_profiles
from usance.flows.refusals import WrongFields
from usance.records.parties import invoicing_queries as queries
from usance.web.backoffice import links
from usance.web.backoffice.billing_profile_form import BillingProfileForm
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.field_faults import add_faults
from usance.web.backoffice.found import buyer_at
from usance.web.backoffice.shell import page
from usance.web.words.billing_profiles import summary


@require_http_methods(["GET", "HEAD", "POST"])
@office
def billing_profile_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """See and change how a buyer is invoiced."""
    buyer = buyer_at(desk, public)
    sent = request.method == "POST"
    if sent:
        desk.require("billing")
    row = queries.profile_row(seller_id=desk.seller.id, buyer_id=buyer.id)
    form = BillingProfileForm(
        request.POST if sent else None,
        fields=queries.profile_fields(row),
        buyer=queries.buyer_facts(buyer),
    )
    if sent and form.is_valid():
        try:
            billing_profiles.set_billing_profile(
                desk.seller, buyer_id=buyer.id, fields=form.said(), at=desk.at, by=desk.by
            )
        except WrongFields as error:
            add_faults(form, error.faults)
        else:
            messages.success(request, _("Invoices from now on are made and sent so."))
            return HttpResponseRedirect(reverse("office_billing_profile", args=[public]))
    view = queries.billing_profile(seller_id=desk.seller.id, buyer_id=buyer.id)
    return page(
        request,
        desk,
        "billing_profile",
        current="buyers",
        heading=_("Invoices to %(buyer)s") % {"buyer": buyer.name},
        status=422 if sent else 200,
        crumbs=links.buyer_crumbs(buyer),
        summary=summary(view),
        usual=not view.stored,
        form=form,
        may_change=desk.may("billing"),
        back=links.address("buyer", buyer.id),
    )
