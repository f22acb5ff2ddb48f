"""What a buyer disputes of its invoices, on the page of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.collections import dispute_queries
from usance.records.collections.models import Dispute, DisputeFile
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.web.acts import Offer, offers, perform
from usance.web.design.parts import Entry, Link, State, Table
from usance.web.dispute_parts import dispute_talk, disputed_table
from usance.web.files import file_response
from usance.web.portal.account import Account, id_in, page, portal_for
from usance.web.portal.dispute_acts import DISPUTE_ACTS
from usance.web.words.amounts import money_text
from usance.web.words.disputes import dispute_text


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute as the buyer sees it."""

    id: str
    about: str
    state: State
    lines: Table | None
    talk: list[Entry]
    offers: list[Offer]


def disputed_of(account: Account, invoice: Invoice) -> list[Disputed]:
    """What is disputed of an invoice, or was, the newest first."""
    found = list(
        dispute_queries.disputes(
            seller_id=account.seller.id, invoice_id=invoice.id, buyer_id=account.buyer.id
        ).order_by("-id")
    )
    said, files = dispute_queries.remarks_of(found), dispute_queries.files_of(found)
    return [
        Disputed(
            id=public_id("dispute", one.id),
            about=_about(one),
            state=State("dispute", one.state),
            lines=disputed_table(one),
            talk=dispute_talk(
                one,
                said[one.id],
                files[one.id],
                seller=account.seller.name,
                buyer=account.buyer.name,
                address=_address,
            ),
            offers=offers(
                account,
                one,
                DISPUTE_ACTS,
                base=reverse("account_dispute", args=[public_id("dispute", one.id)]),
                suffix=f"-{one.id.hex[-8:]}",
            ),
        )
        for one in found
    ]


def _about(dispute: Dispute) -> str:
    return _("Dispute of %(amount)s: %(reason)s") % {
        "amount": money_text(dispute.amount, dispute.currency),
        "reason": dispute_text(dispute.reason_code),
    }


def _address(file: DisputeFile) -> str:
    """Where a file is downloaded."""
    names = [public_id("dispute", file.dispute_id), public_id("dispute_file", file.id)]
    return reverse("account_dispute_file", args=names)


def _dispute(account: Account, public: str) -> Dispute:
    found = dispute_queries.dispute(
        seller_id=account.seller.id, dispute_id=id_in(public, kind="dispute")
    )
    if found is None or found.buyer_id != account.buyer.id:
        raise Http404("There is no such dispute.")
    return found


@require_safe
@portal_for("invoices")
def dispute_file(_request: HttpRequest, account: Account, public: str, file: str) -> HttpResponse:
    """A file that was handed in, as a download."""
    found = dispute_queries.dispute_file(
        seller_id=account.seller.id,
        dispute_id=_dispute(account, public).id,
        file_id=id_in(file, kind="dispute_file"),
    )
    if found is None:
        raise Http404("There is no such file.")
    return file_response(
        bytes(found.content), media_type=found.media_type, file_name=found.file_name
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_for("invoices")
def dispute_act(
    request: HttpRequest, account: Account, public: str, name: str = "say"
) -> HttpResponse:
    """Write about a dispute, hand in files, or withdraw it."""
    dispute = _dispute(account, public)
    back = reverse("account_invoice", args=[public_id("invoice", dispute.invoice_id)])
    return perform(
        request,
        account,
        dispute,
        DISPUTE_ACTS,
        name=name,
        current="invoices",
        crumbs=[
            Link(_("Invoices"), reverse("account_invoices")),
            Link(dispute.invoice.number, back),
        ],
        page=page,
    )
