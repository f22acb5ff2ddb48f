"""The buyer's mandates: the list, how one is given and signed, and how one is ended."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.debits import queries
from usance.records.debits.models import Debit, Mandate
from usance.records.identity import public_id
from usance.rules.money import Money
from usance.web.acts import offers, perform
from usance.web.design.parts import Column, Link, Row, State, Table
from usance.web.hosted.calm import network_address
from usance.web.portal.account import Account, id_in, page, portal_for
from usance.web.portal.mandate_acts import GIVE, MANDATE_ACTS, Signing, open_schemes
from usance.web.words.debits import mandate_text

MOST_DEBITS = 50
_LONGEST_AGENT = 400


@require_safe
@portal_for("invoices")
def mandates_list(request: HttpRequest, account: Account) -> HttpResponse:
    """The mandates, and what is collected under them."""
    seller_id, buyer_id = account.seller.id, account.buyer.id
    found = list(
        queries.mandates(seller_id=seller_id, buyer_id=buyer_id).order_by("-id")[:MOST_DEBITS]
    )
    debits = list(
        queries.debits(seller_id=seller_id, buyer_id=buyer_id).order_by("-collect_on", "-id")[
            :MOST_DEBITS
        ]
    )
    base = f"{reverse('account_mandates')}/new"
    given = offers(account, _signing(request, account), (GIVE,), base=base)
    return page(
        request,
        account,
        "mandates",
        current="mandates",
        heading=_("Direct debits"),
        table=_mandates(found) if found else None,
        debits=_debits(debits) if debits else None,
        offers=given if open_schemes(account) else [],
    )


def _mandates(found: Sequence[Mandate]) -> Table:
    return Table(
        caption=_("Mandates"),
        columns=[
            Column(label=_("Mandate")),
            Column(label=_("State")),
            Column(label=_("Account")),
            Column(label=_("Signed on")),
            Column(label=_("Action")),
        ],
        rows=[
            Row(
                cells=[
                    row.reference,
                    State("mandate", row.state),
                    mandate_text(row),
                    row.signed_on,
                    _next(row),
                ]
            )
            for row in found
        ],
    )


def _next(row: Mandate) -> Link | None:
    if row.state == "pending":
        return Link(_("Sign"), f"{_address(row)}/sign")
    if row.state in ("active", "suspended"):
        return Link(_("End it"), f"{_address(row)}/cancel")
    return None


def _address(row: Mandate) -> str:
    return f"{reverse('account_mandates')}/{public_id('mandate', row.id)}"


def _debits(found: Sequence[Debit]) -> Table:
    return Table(
        caption=_("What is collected"),
        columns=[
            Column(label=_("Day")),
            Column(label=_("State")),
            Column(label=_("Account")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    row.collect_on,
                    State("debit", row.state),
                    mandate_text(row.mandate),
                    Money(row.amount, row.currency),
                ]
            )
            for row in found
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_for("invoices")
def give_mandate(request: HttpRequest, account: Account, name: str) -> HttpResponse:
    """Give a mandate and sign it."""
    if not open_schemes(account):
        raise Http404("This seller does not collect.")
    return perform(
        request,
        account,
        _signing(request, account),
        (GIVE,),
        name=name,
        current="mandates",
        crumbs=[Link(_("Direct debits"), reverse("account_mandates"))],
        page=page,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_for("invoices")
def mandate_act(request: HttpRequest, account: Account, public: str, name: str) -> HttpResponse:
    """Sign a mandate that waits, or end one."""
    row = queries.mandate(seller_id=account.seller.id, mandate_id=id_in(public, kind="mandate"))
    if row is None or row.buyer_id != account.buyer.id:
        raise Http404("There is no such mandate.")
    return perform(
        request,
        account,
        _signing(request, account, row),
        MANDATE_ACTS,
        name=name,
        current="mandates",
        crumbs=[Link(_("Direct debits"), reverse("account_mandates"))],
        page=page,
    )


def _signing(request: HttpRequest, account: Account, row: Mandate | None = None) -> Signing:
    return Signing(
        buyer=account.buyer,
        ip=network_address(request),
        user_agent=request.headers.get("User-Agent", "")[:_LONGEST_AGENT],
        mandate=row,
    )
