"""How often limits are reviewed, by tier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import limit_reviews
from usance.records.identity import public_id
from usance.records.monitoring import queries
from usance.records.monitoring.models import ReviewCycle
from usance.web.backoffice.acts import Act, ActForm, Done, Offer, offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.shell import page
from usance.web.backoffice.views.watches import days_text
from usance.web.design.parts import Column, Link, Noted, Row, Table


class CycleForm(ActForm):
    """How often lines of a tier are reviewed."""

    tier = forms.CharField(
        label=_lazy("Tier"),
        required=False,
        max_length=40,
        help_text=_lazy("As it stands on the credit lines. Empty: lines without a tier."),
    )
    days = forms.IntegerField(
        label=_lazy("Days"),
        min_value=1,
        max_value=limit_reviews.LONGEST_CYCLE,
        initial=365,
        help_text=_lazy("From one review to the next."),
    )


def _set_cycle(desk: Desk, _subject: Any, data: dict[str, Any]) -> Done:
    limit_reviews.set_cycle(
        desk.seller, tier=data["tier"].strip(), days=data["days"], at=desk.at, by=desk.by
    )
    return Done(
        _("The lines of this tier are reviewed every %(days)s.") % {"days": days_text(data["days"])}
    )


def _end_cycle(desk: Desk, cycle: ReviewCycle, _data: dict[str, Any]) -> Done:
    limit_reviews.set_cycle(desk.seller, tier=cycle.tier, days=None, at=desk.at, by=desk.by)
    return Done(_("The lines of this tier are reviewed no more by the calendar."))


SET_CYCLE: Final = Act(
    name="set",
    label=_lazy("Set a cycle"),
    title=_lazy("How often are limits reviewed?"),
    explanation=_lazy(
        "Lines of the tier that have no day of review yet get one; the others keep theirs. When the"
        " day comes, the limit is put before a person with what the policy suggests."
    ),
    duty="credit",
    form=CycleForm,
    run=_set_cycle,
    possible=lambda _: True,
    icon="plus",
    tone="primary",
)
END_CYCLE: Final = Act(
    name="end",
    label=_lazy("End"),
    title=_lazy("End this cycle?"),
    explanation=_lazy("Days of review that are set already stay."),
    duty="credit",
    run=_end_cycle,
    tone="danger",
)


@require_safe
@office
def cycles_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How often limits are reviewed, by tier."""
    base = reverse("office_review_cycles")
    rows = queries.cycles(seller_id=desk.seller.id)
    new = offers(desk, desk.seller, [SET_CYCLE], base=base)
    ends: list[Offer] = []
    for row in rows:
        address = f"{base}/{public_id('review_cycle', row.id)}"
        ends += offers(desk, row, [END_CYCLE], base=address, suffix=row.id.hex)
    return page(
        request,
        desk,
        "review_cycles",
        current="review_cycles",
        heading=_("Review cycles"),
        offers=new,
        table=_cycle_table(rows, ends) if rows else None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def cycle_set(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Set how often limits of a tier are reviewed."""
    crumbs = [Link(_("Review cycles"), reverse("office_review_cycles"))]
    return perform(
        request,
        desk,
        desk.seller,
        [SET_CYCLE],
        name="set",
        current="review_cycles",
        crumbs=crumbs,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def cycle_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """End a cycle."""
    cycle_id = id_in(public, kind="review_cycle")
    found = [one for one in queries.cycles(seller_id=desk.seller.id) if one.id == cycle_id]
    if not found:
        raise Http404("There is no such cycle.")
    crumbs = [Link(_("Review cycles"), reverse("office_review_cycles"))]
    return perform(
        request,
        desk,
        found[0],
        [END_CYCLE],
        name=name,
        current="review_cycles",
        crumbs=crumbs,
    )


def _cycle_table(rows: Sequence[ReviewCycle], ends: Sequence[Offer]) -> Table:
    by_row = dict(zip([row.id for row in rows], ends, strict=False))
    return Table(
        caption=_("Review cycles"),
        columns=[
            Column(label=_("Tier")),
            Column(label=_("Every"), numeric=True),
            *([Column(label=pgettext("table", "Do"))] if ends else []),
        ],
        rows=[
            Row(
                cells=[
                    row.tier or Noted(_("No tier"), _("Lines that are in none")),
                    days_text(row.days),
                    *([Link(_("End"), by_row[row.id].href)] if row.id in by_row else []),
                ]
            )
            for row in rows
        ],
    )
