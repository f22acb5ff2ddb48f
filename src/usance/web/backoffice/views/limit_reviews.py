"""The review of a limit: what the policy proposes and why, and the figure that a person approves."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import limit_reviews
from usance.flows.reviews import rights
from usance.records.credit import queries as credit
from usance.records.credit import review_queries
from usance.records.credit.models import CreditLine, Review
from usance.records.identity import public_id
from usance.rules.money import LARGEST_AMOUNT, Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import Act, ActForm, Done, offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.fields import AmountField
from usance.web.backoffice.people import People, person_of
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.design.parts import Entry, Fact, Identifier, Link, State
from usance.web.words.amounts import money_text
from usance.web.words.decisions import reason_text
from usance.web.words.facts import fact_name, fact_value


class NoteForm(ActForm):
    """What is said with an answer."""

    note = forms.CharField(label=_lazy("Note"), required=False, max_length=2000)


class LimitForm(NoteForm):
    """The figure that is approved."""

    field_order = ("limit", "note", "once")
    limit = AmountField(label=_lazy("Limit"), help_text=_lazy("What is proposed, or another."))

    def prepare(self) -> None:
        """Begin with what is proposed, or with what the limit is."""
        field = self.fields["limit"]
        assert isinstance(field, AmountField)
        field.currency, field.least, field.most = self.subject.currency, 0, LARGEST_AMOUNT
        self.initial["limit"] = self.subject.amount


def _answer(desk: Desk, review: Review, verdict: str, data: dict[str, Any]) -> Done:
    told = limit_reviews.answer_limit_review(
        desk.seller,
        review_id=review.id,
        person=person_of(desk),
        verdict=verdict,
        limit=data.get("limit") if verdict == "approved" else None,
        note=data["note"],
        at=desk.at,
    )
    if verdict == "declined":
        return Done(_("You have declined; the limit stays as it is."))
    if not told.is_final:
        return Done(_("You have approved; another person must too."))
    limit = money_text(data["limit"], review.currency)
    return Done(_("The limit is %(limit)s from now on.") % {"limit": limit})


def _approve(desk: Desk, review: Review, data: dict[str, Any]) -> Done:
    return _answer(desk, review, "approved", data)


def _decline(desk: Desk, review: Review, data: dict[str, Any]) -> Done:
    return _answer(desk, review, "declined", data)


LIMIT_ACTS: Final = (
    Act(
        name="approve",
        label=_lazy("Approve"),
        title=_lazy("Which limit do you approve?"),
        explanation=_lazy(
            "It counts at the next checkout, as soon as everybody who must has approved."
        ),
        duty="answers",
        form=LimitForm,
        run=_approve,
        possible=lambda review: review.state == "open",
        icon="check",
        tone="primary",
    ),
    Act(
        name="decline",
        label=_lazy("Leave the limit"),
        title=_lazy("Leave the limit as it is?"),
        explanation=_lazy("Nothing changes; the next review comes one cycle later."),
        duty="answers",
        form=NoteForm,
        run=_decline,
        possible=lambda review: review.state == "open",
    ),
)


@require_safe
@office
def review_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One review of a limit."""
    review = _review(desk, public)
    line = _line(desk, review)
    may = review.state == "open" and bool(
        rights(desk.seller, review=review, person=person_of(desk), on=desk.on)
    )
    return page(
        request,
        desk,
        "limit_review",
        current="reviews",
        heading=_("Review of a limit"),
        crumbs=[Link(_("Reviews"), reverse("office_reviews"))],
        page_state=State("review", review.state),
        page_facts=[Identifier(public), links.buyer_link(line.buyer)],
        offers=offers(desk, review, LIMIT_ACTS, base=_address(review)) if may else [],
        review=review,
        may=may,
        why=[reason_text(code) for code in review.reasons],
        proposal=_proposal(review),
        read=[
            Fact(fact_name(name), fact_value(name, value, currency=desk.seller.currency))
            for name, value in review.proposal.get("facts", {}).items()
        ],
        rule=review.proposal.get("rule", ""),
        facts=_facts(line),
        said=_said(desk, review),
        history=history_of(desk, [review.id, line.id]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def review_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Answer it."""
    review = _review(desk, public)
    crumbs = [
        Link(_("Reviews"), reverse("office_reviews")),
        Link(_("Review of a limit"), _address(review)),
    ]
    return perform(request, desk, review, LIMIT_ACTS, name=name, current="reviews", crumbs=crumbs)


def _address(review: Review) -> str:
    return reverse("office_limit_review", args=[public_id("review", review.id)])


def _review(desk: Desk, public: str) -> Review:
    review = review_queries.review(seller_id=desk.seller.id, review_id=id_in(public, kind="review"))
    if review is None or review.kind != "limit":
        raise Http404("There is no such review of a limit.")
    return review


def _line(desk: Desk, review: Review) -> CreditLine:
    line = credit.line_with_buyer(seller_id=desk.seller.id, line_id=review.subject_id)
    if line is None:
        raise Http404("There is no such credit line.")
    return line


def _proposal(review: Review) -> list[Fact]:
    proposed, before = review.proposal.get("limit"), review.proposal.get("before")
    return [
        Fact(
            _("Proposed"),
            _("Nothing; no rule of the policy suggests a limit.")
            if proposed is None
            else Money(proposed, review.currency),
        ),
        Fact(
            _("When it was asked"), Money(before, review.currency) if before is not None else None
        ),
    ]


def _facts(line: CreditLine) -> list[Fact]:
    def money(amount: int) -> Money:
        return Money(amount, line.currency)

    insured = line.insured_limit
    return [
        Fact(_("Buyer"), links.buyer_link(line.buyer)),
        Fact(_("State"), State("line", line.state)),
        Fact(_("Limit now"), money(line.limit)),
        Fact(_("Used"), money(line.exposure)),
        Fact(_("Tier"), line.tier or None),
        Fact(_("Insured"), None if insured is None else money(insured)),
        Fact(_("Insured until"), line.insured_until),
        Fact(_("Day of review"), line.review_on),
    ]


def _said(desk: Desk, review: Review) -> list[Entry]:
    given = review_queries.approvals(seller_id=desk.seller.id, review_id=review.id)
    people = People(desk, [one.person for one in given])
    words = {"approved": _("Approved"), "declined": _("Declined")}
    return [
        Entry(
            at=one.created_at,
            title=words[one.verdict],
            actor=people.name(one.person),
            detail=one.note,
            icon="check" if one.verdict == "approved" else "close",
        )
        for one in reversed(given)
    ]
