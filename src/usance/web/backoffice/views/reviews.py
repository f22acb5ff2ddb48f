"""What waits for a person: the queue, and everything that is needed to decide one of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows.reviews import rights
from usance.records.credit import policy_queries, queries, review_queries
from usance.records.credit.models import Approval, Review
from usance.records.identity import public_id
from usance.records.orders import queries as orders
from usance.records.orders.models import Order
from usance.records.parties import queries as parties
from usance.rules.credit.policy_diff import difference
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.order_acts import excess_of
from usance.web.backoffice.people import People, person_of
from usance.web.backoffice.review_acts import REVIEW_ACTS, Waiting
from usance.web.backoffice.shell import page
from usance.web.backoffice.tables import line_table
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.decisions import trace_table
from usance.web.backoffice.views.policies import diff_context, version_link
from usance.web.design.parts import Column, Entry, Fact, Link, Noted, Row, State, Tab, Table
from usance.web.listing import cut, without
from usance.web.words.amounts import money_text
from usance.web.words.decisions import reason_text, way_text
from usance.web.words.facts import fact_name, fact_value
from usance.web.words.policies import role_text, roles_text

KINDS: Final[dict[str, str | Promise]] = {
    "order": _lazy("Order"),
    "application": _lazy("Application"),
    "limit": _lazy("Credit limit"),
    "policy": _lazy("Policy"),
}
VIEWS: Final = ("mine", "open", "closed")


@require_safe
@office
def reviews_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits for this person, for anybody, and what was settled."""
    view = request.GET.get("view", "mine")
    view = view if view in VIEWS else "mine"
    mine = waiting_for(desk)
    if view == "mine":
        found = mine
    elif view == "open":
        found = review_queries.reviews(seller_id=desk.seller.id)
    else:
        found = review_queries.reviews(seller_id=desk.seller.id, state=None).exclude(state="open")
    kind = request.GET.get("kind", "")
    if kind in KINDS:
        found = found.filter(kind=kind)
    # What waits longest comes first; of what is settled, the latest.
    part = cut(found, request=request, order=("-id",) if view == "closed" else ("id",))
    return page(
        request,
        desk,
        "reviews",
        current="reviews",
        heading=_("Reviews"),
        tabs=_tabs(request, view, count=mine.count()),
        kinds=_kind_tabs(request, kind),
        table=_table(desk, part.rows) if part.rows else None,
        pagination=part.page,
        view=view,
    )


def waiting_for(desk: Desk) -> Any:
    """The open reviews that whoever sits at the desk may answer now."""
    person = person_of(desk)
    principals = review_queries.principals_of(
        seller_id=desk.seller.id, deputy=person.email, on=desk.on
    )
    return review_queries.waiting_for(
        seller_id=desk.seller.id,
        roles={person.role, *(one.role for one in principals)},
        names=person.names,
        email=person.email,
    )


def _tabs(request: HttpRequest, view: str, *, count: int) -> list[Tab]:
    base = without(request, "view")
    joint = "&" if "?" in base else "?"
    labels = {"mine": _("For me"), "open": _("All that wait"), "closed": _("Settled")}
    return [
        Tab(
            label=label,
            href=f"{base}{joint}view={name}",
            current=name == view,
            count=count if name == "mine" else None,
        )
        for name, label in labels.items()
    ]


def _kind_tabs(request: HttpRequest, kind: str) -> list[tuple[str, str, bool]]:
    """The kinds to choose from: label, address, whether chosen."""
    base = without(request, "kind")
    joint = "&" if "?" in base else "?"
    return [
        (_("All kinds"), base, kind not in KINDS),
        *((str(label), f"{base}{joint}kind={name}", name == kind) for name, label in KINDS.items()),
    ]


def _table(desk: Desk, rows: Sequence[Review]) -> Table:
    said = review_queries.approvals_of(seller_id=desk.seller.id, review_ids=[r.id for r in rows])
    names = _subject_names(desk, rows)
    buyers = parties.buyers_by_id(
        seller_id=desk.seller.id, buyer_ids={row.buyer_id for row in rows if row.buyer_id}
    )
    return Table(
        caption=_("Reviews"),
        columns=[
            Column(label=_("What")),
            Column(label=_("Buyer")),
            Column(label=_("Why")),
            Column(label=_("Amount"), numeric=True),
            Column(label=_("Approved")),
            Column(label=_("Due")),
        ],
        rows=[
            Row(
                cells=[
                    Link(names.get(row.subject_id) or _what(row), links.address("review", row.id)),
                    links.buyer_link(buyers[row.buyer_id]) if row.buyer_id in buyers else None,
                    " ".join(reason_text(code) for code in row.reasons) or None,
                    Money(row.amount, row.currency) if row.amount is not None else None,
                    _progress(row, said.get(row.id, ())),
                    _due(desk, row),
                ]
            )
            for row in rows
        ],
    )


def _subject_names(desk: Desk, rows: Sequence[Review]) -> dict[UUID, str]:
    """What orders and policies among the subjects are called."""
    ids = {kind: [row.subject_id for row in rows if row.kind == kind] for kind in KINDS}
    waiting = orders.orders(seller_id=desk.seller.id).filter(id__in=ids["order"])
    names = {one.id: _("Order %(name)s") % {"name": links.order_name(one)} for one in waiting}
    for one in queries.policies(seller_id=desk.seller.id).filter(id__in=ids["policy"]):
        names[one.id] = _("Policy, version %(version)s") % {"version": one.version}
    return names


def _what(row: Review) -> str:
    return f"{KINDS[row.kind]} …{row.subject_id.hex[-6:]}"


def _progress(row: Review, said: Sequence[Approval]) -> object:
    """How many have approved of how many must; of a settled review how it ended."""
    if row.state != "open":
        return State("review", row.state)
    approved = sum(one.verdict == "approved" for one in said)
    return _("%(approved)s of %(people)s") % {"approved": approved, "people": row.people}


def _due(desk: Desk, row: Review) -> object:
    if row.state != "open":
        return row.closed_at
    if row.due_at is None:
        return None
    if row.escalated_at is not None:
        passed = _("passed on")
        if row.escalate_to:
            passed = _("passed on to: %(role)s") % {"role": role_text(row.escalate_to)}
        return Noted(row.due_at, passed)
    return Noted(row.due_at, _("overdue")) if row.due_at <= desk.at else row.due_at


@require_safe
@office
def review_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One review, with everything to decide it."""
    waiting = _waiting(desk, public)
    review = waiting.review
    said = review_queries.approvals(seller_id=desk.seller.id, review_id=review.id)
    return page(
        request,
        desk,
        "review",
        current="reviews",
        heading=_("Review: %(kind)s") % {"kind": KINDS[review.kind]},
        crumbs=[Link(_("Reviews"), reverse("office_reviews"))],
        page_state=State("review", review.state),
        waiting=waiting,
        review=review,
        reasons=[reason_text(code) for code in review.reasons],
        facts=_facts(desk, review, said),
        said=_said(desk, said),
        left=_left(review, said),
        offers=offers(desk, waiting, REVIEW_ACTS, base=links.address("review", review.id)),
        history=history_of(desk, [review.id]),
        **_subject(desk, waiting),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def review_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Answer a review."""
    waiting = _waiting(desk, public)
    crumbs = [
        Link(_("Reviews"), reverse("office_reviews")),
        Link(_what(waiting.review), links.address("review", waiting.review.id)),
    ]
    return perform(request, desk, waiting, REVIEW_ACTS, name=name, current="reviews", crumbs=crumbs)


def _waiting(desk: Desk, public: str) -> Waiting:
    review_id = id_in(public, kind="review")
    review = review_queries.review(seller_id=desk.seller.id, review_id=review_id)
    if review is None:
        raise Http404("There is no such review.")
    person = person_of(desk)
    principals = rights(desk.seller, review=review, person=person, on=desk.on)
    said = review_queries.approvals(seller_id=desk.seller.id, review_id=review.id)
    spoken = {name for one in said for name in (one.person, one.on_behalf_of) if name}
    order = (
        orders.order_with_decision(seller_id=desk.seller.id, order_id=review.subject_id)
        if review.kind == "order"
        else None
    )
    free = [one for one in principals if one.email not in spoken]
    return Waiting(
        review,
        may=bool(free) and person.email not in spoken,
        own=review.asked_by in person.names
        or (bool(free) and all(review.asked_by in one.names for one in free)),
        order=order,
    )


def _left(review: Review, said: Sequence[Approval]) -> str:
    """How many more must approve."""
    left = review.people - sum(one.verdict == "approved" for one in said)
    return ngettext(
        "%(count)s person must approve.", "%(count)s different people must approve.", left
    ) % {"count": left}


def _facts(desk: Desk, review: Review, said: Sequence[Approval]) -> list[Fact]:
    people = People(desk, {review.asked_by})
    amount = Money(review.amount, review.currency) if review.amount is not None else None
    return [
        Fact(_("Amount"), amount),
        Fact(_("Who may decide"), roles_text(review.roles)),
        Fact(_("Rule of the policy"), review.route or None),
        Fact(_("Approved"), _progress(review, said)),
        Fact(_("Asked by"), people.name(review.asked_by) or None),
        Fact(_("Since"), review.created_at),
        Fact(_("Due"), _due(desk, review)),
        *([Fact(_("Passed on to"), role_text(review.escalate_to))] if review.escalate_to else []),
    ]


def _said(desk: Desk, said: Sequence[Approval]) -> list[Entry]:
    """What each person said, the newest first."""
    people = People(desk, {name for one in said for name in (one.person, one.on_behalf_of)})
    entries = []
    for one in reversed(said):
        who = people.name(one.person)
        if one.on_behalf_of:
            who = _("%(deputy)s for %(principal)s") % {
                "deputy": who,
                "principal": people.name(one.on_behalf_of),
            }
        approved = one.verdict == "approved"
        entries.append(
            Entry(
                at=one.created_at,
                title=_("Approved") if approved else _("Declined"),
                actor=who,
                detail=one.note,
                icon="check-circle" if approved else "cross-circle",
                tone="positive" if approved else "negative",
            )
        )
    return entries


def _subject(desk: Desk, waiting: Waiting) -> dict[str, Any]:
    """What the review is about, as its template shows it."""
    review = waiting.review
    if waiting.order is not None:
        return _order_context(desk, waiting.order)
    if review.kind == "policy":
        return _policy_context(desk, review)
    return {"subject": _elsewhere(review), "proposal": _proposal(review)}


def _order_context(desk: Desk, order: Order) -> dict[str, Any]:
    decision = order.decision
    policy = queries.policy(seller_id=desk.seller.id, policy_id=decision.policy_id)
    room = review_queries.room_now(
        seller_id=desk.seller.id, line_id=order.line_id, on=desk.on, order_id=order.id
    )
    excess = excess_of(desk, order) if order.state == "pending_review" else None
    return {
        "order": order,
        "subject": links.order_link(order),
        "subject_facts": [
            Fact(_("Order"), links.order_link(order)),
            Fact(_("Buyer"), links.buyer_link(order.buyer)),
            Fact(_("Amount"), Money(order.amount, order.currency)),
            Fact(
                _("Left of the limit now"),
                None if room is None else Money(room, order.currency),
            ),
            Fact(_("Purchase order"), order.po_number or None),
            Fact(_("Placed"), order.created_at),
        ],
        "why": [reason_text(code, policy=policy) for code in decision.reasons],
        "ways": [way_text(way, currency=decision.currency) for way in decision.alternatives or ()],
        "excess": money_text(excess, order.currency) if excess is not None else "",
        "trace": trace_table(decision),
        "decision_href": links.address("decision", decision.id),
        "lines": line_table(order.lines, currency=order.currency) if order.lines else None,
    }


def _policy_context(desk: Desk, review: Review) -> dict[str, Any]:
    record = policy_queries.stored_policy(seller_id=desk.seller.id, policy_id=review.subject_id)
    deciding = policy_queries.deciding_version(seller_id=desk.seller.id, at=desk.at)
    if record is None:
        return {}
    wanted = review.proposal.get("effective_at")
    context: dict[str, Any] = {
        "subject": version_link(record),
        "policy": record,
        "begins": datetime.fromisoformat(wanted) if wanted else None,
    }
    if deciding is not None:
        found = difference(
            queries.policy(seller_id=desk.seller.id, policy_id=deciding.id),
            queries.policy(seller_id=desk.seller.id, policy_id=record.id),
        )
        context |= diff_context(found) | {
            "before": version_link(deciding),
            "diff": reverse(
                "office_policy_diff",
                args=[public_id("policy", deciding.id), public_id("policy", record.id)],
            ),
        }
    return context


def _elsewhere(review: Review) -> Link | None:
    """The page of what the review is about."""
    if review.kind == "application":
        return Link(str(KINDS["application"]), links.address("application", review.subject_id))
    if review.buyer_id is not None:
        return Link(_("The buyer"), links.address("buyer", review.buyer_id))
    return None


def _proposal(review: Review) -> list[Fact]:
    """What is proposed: of a limit, what it is and would be, by which rule and on which facts."""
    proposal = review.proposal
    if review.kind != "limit":
        return []

    def money(name: str) -> object:
        amount = proposal.get(name)
        return None if amount is None else Money(amount, review.currency)

    return [
        Fact(_("Limit until now"), money("before")),
        Fact(_("Proposed limit"), money("limit")),
        Fact(_("Rule of the policy"), proposal.get("rule") or None),
        *(
            Fact(fact_name(name), fact_value(name, value, currency=review.seller.currency))
            for name, value in sorted(proposal.get("facts", {}).items())
        ),
    ]
