"""The billing desk: what waits for its cut-off day, and what would be issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from usance.flows import billing_runs
from usance.flows.billing_runs import Draft, Place, Previewed
from usance.flows.document_previews import CannotDraw, draft_pdf
from usance.records.identity import NotAnId, parse_public_id, public_id
from usance.records.orders import billing_queries
from usance.records.orders.billing_queries import Unbilled
from usance.records.parties import invoicing_queries
from usance.records.parties import queries as parties
from usance.records.parties.models import Buyer
from usance.rules.invoicing.schedule import parse_schedule
from usance.rules.money import Money
from usance.web.asked_days import day_asked_in
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers
from usance.web.backoffice.billing_acts import RUN, Due
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.shell import page
from usance.web.design.parts import Badge, Column, Link, Row, Tab, Table
from usance.web.words.billing_profiles import schedule_text
from usance.web.words.refusals import refusal_text

PAGE: Final = 50
_DIGITS: Final = 9
"""Of a place in a list; more is no place."""


@require_safe
@office
def waiting(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What has shipped and waits to be billed, by buyer."""
    rows = billing_queries.unbilled(seller_id=desk.seller.id, after=_after(request), limit=PAGE + 1)
    shown = _whole_buyers(rows)
    return page(
        request,
        desk,
        "billing",
        current="billing",
        heading=_("Billing"),
        tabs=billing_tabs("waiting"),
        offers=offers(desk, Due(desk.on), [RUN], base=reverse("office_billing")),
        preview=Link(_("Preview"), reverse("office_billing_preview")),
        table=_waiting_table(shown, desk) if shown else None,
        more=_more(rows, shown),
    )


def _whole_buyers(rows: list[Unbilled]) -> list[Unbilled]:
    """The rows of a page; a buyer with several currencies is not cut in two."""
    if len(rows) <= PAGE:
        return rows
    last = rows[PAGE].buyer_id
    kept = [row for row in rows[:PAGE] if row.buyer_id != last]
    return kept or rows


def _more(rows: list[Unbilled], shown: list[Unbilled]) -> str:
    if len(shown) == len(rows):
        return ""
    last = shown[-1]
    return f"?{urlencode({'name': last.buyer_name, 'buyer': public_id('buyer', last.buyer_id)})}"


def _after(request: HttpRequest) -> tuple[str, UUID] | None:
    buyer = _buyer_id(request)
    return (request.GET.get("name", "").replace("\0", ""), buyer) if buyer else None


def _buyer_id(request: HttpRequest) -> UUID | None:
    text = request.GET.get("buyer", "")
    if not text:
        return None
    try:
        return parse_public_id("buyer", text)
    except NotAnId as error:
        raise Http404(str(error)) from None


def _waiting_table(rows: Sequence[Unbilled], desk: Desk) -> Table:
    profiles = invoicing_queries.billing_profiles(
        seller_id=desk.seller.id, buyer_ids=list({row.buyer_id for row in rows})
    )

    def cells(row: Unbilled) -> list[object]:
        schedule = parse_schedule(profiles[row.buyer_id].schedule)
        next_on = schedule.cut_off_on(row.earliest)
        due = schedule.waits and next_on <= desk.on
        query = urlencode(
            {
                "buyer": public_id("buyer", row.buyer_id),
                "cut_off": max(next_on, desk.on).isoformat(),
            }
        )
        return [
            Link(row.buyer_name, links.address("buyer", row.buyer_id)),
            schedule_text(schedule.code),
            row.shipments,
            Badge(label=_("Due now"), tone="caution", icon="clock")
            if due
            else (next_on if schedule.waits else _("With the rest of the order")),
            Money(row.amount, row.currency),
            Link(_("Preview"), f"{reverse('office_billing_preview')}?{query}")
            if schedule.waits
            else None,
        ]

    return Table(
        caption=_("Waiting to be billed"),
        columns=[
            Column(label=_("Buyer")),
            Column(label=_("Billed")),
            Column(label=_("Shipments"), numeric=True),
            Column(label=_("Cut-off")),
            Column(label=_("Amount"), numeric=True),
            Column(label=_("Invoice")),
        ],
        rows=[Row(cells=cells(row)) for row in rows],
    )


def billing_tabs(current: str) -> list[Tab]:
    """The views of the billing desk, ``current`` marked."""
    pages = (
        ("waiting", _("Waiting"), reverse("office_billing")),
        ("preview", _("Preview"), reverse("office_billing_preview")),
        ("runs", _("Runs"), reverse("office_billing_runs")),
    )
    return [Tab(label=label, href=href, current=part == current) for part, label, href in pages]


@require_safe
@office
def preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What a run would issue: each invoice as a draft, without a number."""
    cut_off_on, buyer = _day(request, desk), _buyer(request, desk)
    start = _start(request)
    seen = _previewed(desk, cut_off_on, buyer, start=start)
    ids = [draft.buyer_id for draft in seen.drafts]
    buyers = Buyer.objects.filter(seller_id=desk.seller.id, id__in=ids)
    names = dict(buyers.values_list("id", "name"))
    return page(
        request,
        desk,
        "billing_preview",
        current="billing",
        heading=_("What would be billed"),
        crumbs=[Link(_("Billing"), reverse("office_billing"))],
        tabs=billing_tabs("preview"),
        cut_off=cut_off_on,
        buyer=buyer,
        seen=seen,
        buyer_public=public_id("buyer", buyer.id) if buyer else "",
        offers=offers(desk, Due(cut_off_on), [RUN], base=reverse("office_billing"))
        if not buyer and cut_off_on <= desk.on and (seen.drafts or start)
        else [],
        more=_following(seen, cut_off_on, buyer),
        table=_draft_table(seen.drafts, names, cut_off_on, start) if seen.drafts else None,
        failures=failure_table(desk, seen.failures) if seen.failures else None,
    )


@require_safe
@office
def preview_document(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One draft of a buyer as a PDF: the one at ``?place=`` of those that would be issued to it."""
    cut_off_on, buyer = _day(request, desk), _buyer(request, desk)
    place = request.GET.get("place", "")
    if buyer is None or not place.isdecimal() or len(place) > _DIGITS:
        raise Http404("There is no such draft.")
    start = Place(buyer.id, int(place))
    drafts = _previewed(desk, cut_off_on, buyer, start=start).drafts
    if not drafts:
        raise Http404("There is no such draft any more.")
    draft = drafts[0]
    try:
        content = draft_pdf(
            desk.seller,
            draft.document,
            buyer_id=draft.buyer_id,
            at=desk.at,
            language=request.GET.get("language", "")[:8],
        )
    except CannotDraw as error:
        messages.error(request, refusal_text(error))
        return HttpResponseRedirect(reverse("office_billing_preview"))
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="draft.pdf"'},
    )


def _previewed(
    desk: Desk, cut_off_on: date, buyer: Buyer | None, *, start: Place | None
) -> Previewed:
    return billing_runs.preview(
        desk.seller,
        cut_off_on=cut_off_on,
        at=desk.at,
        buyer_id=buyer.id if buyer else None,
        start=start,
    )


def _start(request: HttpRequest) -> Place | None:
    """Where the page of drafts begins, by ``?from=`` a buyer and ``&seen=`` how many of its drafts."""
    public, seen = request.GET.get("from", ""), request.GET.get("seen", "0")
    if not public:
        return None
    if not seen.isdecimal() or len(seen) > _DIGITS:
        raise Http404("There is no such page.")
    return Place(id_in(public, kind="buyer"), int(seen))


def _following(seen: Previewed, cut_off_on: date, buyer: Buyer | None) -> str:
    if seen.next is None:
        return ""
    query: dict[str, object] = {
        "cut_off": cut_off_on.isoformat(),
        "from": public_id("buyer", seen.next.buyer_id),
        "seen": seen.next.drafts,
    }
    if buyer:
        query["buyer"] = public_id("buyer", buyer.id)
    return f"?{urlencode(query)}"


def _day(request: HttpRequest, desk: Desk) -> date:
    return day_asked_in(request, "cut_off", usual=desk.on)


def _buyer(request: HttpRequest, desk: Desk) -> Buyer | None:
    buyer_id = _buyer_id(request)
    if buyer_id is None:
        return None
    found = parties.buyer(seller_id=desk.seller.id, buyer_id=buyer_id)
    if found is None:
        raise Http404("There is no such buyer.")
    return found


def _draft_table(
    drafts: Sequence[Draft], names: dict[UUID, str], cut_off_on: date, start: Place | None
) -> Table:
    def href(place: int, draft: Draft) -> str:
        before = sum(one.buyer_id == draft.buyer_id for one in drafts[:place])
        if start and start.buyer_id == draft.buyer_id:
            before += start.drafts
        query = {
            "cut_off": cut_off_on.isoformat(),
            "buyer": public_id("buyer", draft.buyer_id),
            "place": before,
        }
        return f"{reverse('office_billing_preview_document')}?{urlencode(query)}"

    return Table(
        caption=_("Drafts"),
        columns=[
            Column(label=_("Buyer")),
            Column(label=_("Shipments"), numeric=True),
            Column(label=_("Lines"), numeric=True),
            Column(label=_("Due")),
            Column(label=_("Total"), numeric=True),
            Column(label=_("Draft")),
        ],
        rows=[
            Row(
                cells=[
                    Link(names[draft.buyer_id], links.address("buyer", draft.buyer_id)),
                    len(draft.shipment_ids),
                    len(draft.document.lines),
                    draft.document.due_on,
                    Money.rounded(draft.document.totals.payable, currency=draft.document.currency),
                    Link(_("See the draft"), href(place, draft)),
                ]
            )
            for place, draft in enumerate(drafts)
        ],
    )


def failure_table(desk: Desk, failures: Sequence[dict[str, Any]]) -> Table:
    ids = [failure["buyer"] and parse_public_id("buyer", failure["buyer"]) for failure in failures]
    known = Buyer.objects.filter(seller_id=desk.seller.id, id__in=ids)
    names = dict(known.values_list("id", "name"))
    return Table(
        caption=_("Could not be billed"),
        columns=[Column(label=_("Buyer")), Column(label=_("Why"))],
        rows=[
            Row(
                cells=[
                    Link(names.get(one, failure["buyer"]), links.address("buyer", one))
                    if one
                    else _("The run broke down and was given up"),
                    failure["detail"],
                ]
            )
            for one, failure in zip(ids, failures, strict=True)
        ],
    )
