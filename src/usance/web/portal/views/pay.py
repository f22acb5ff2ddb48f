"""From the portal to the pay page: a link for a day, for whoever is signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from usance.flows import pay_links
from usance.web.portal.account import Account, portal_for


@require_POST
@portal_for("invoices")
def pay_now(request: HttpRequest, account: Account) -> HttpResponse:
    """The pay page of all that the buyer owes."""
    del request
    link = pay_links.create_link(
        account.seller, buyer_id=account.buyer.id, days=1, at=account.at, by=account.by
    )
    return HttpResponseRedirect(reverse("pay", args=[pay_links.token_of(link)]))
