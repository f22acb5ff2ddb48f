"""What was handed over of a case, as its page shows it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from usance.records.dunning import handover_queries as queries
from usance.records.dunning.models import DunningCase, DunningHandover
from usance.records.identity import public_id
from usance.rules.dunning.claims import left_of
from usance.rules.money import Money
from usance.web.backoffice.desk import Desk
from usance.web.design.parts import Fact


def handed_over(desk: Desk, case: DunningCase) -> list[dict[str, Any]]:
    """Each hand-over of the case, the latest first, with its figures and where its file is."""
    rows = list(queries.handovers(seller_id=desk.seller.id, case_id=case.id).order_by("-id")[:50])
    claims = queries.claims_of([row.id for row in rows], seller_id=desk.seller.id)
    return [
        _shown(
            row,
            open_amount=sum(
                left_of(
                    one.overdue,
                    on=row.on,
                    schedule=one.invoice.schedule,
                    outstanding=one.invoice.outstanding,
                )
                for one in claims.get(row.id, ())
            ),
            may_change=desk.may("money"),
        )
        for row in rows
    ]


def _shown(row: DunningHandover, *, open_amount: int, may_change: bool) -> dict[str, Any]:
    public = public_id("dunning_handover", row.id)
    facts = [
        Fact(_("Handed over on"), row.on),
        Fact(_("Overdue then"), Money(row.amount, row.currency)),
        Fact(_("Still owed of it"), Money(open_amount, row.currency)),
    ]
    if row.taken_back_at is not None:
        facts.append(Fact(_("Taken back on"), localdate(row.taken_back_at)))
        facts.append(Fact(_("Reason"), row.take_back_reason))
    holds = row.taken_back_at is None
    return {
        "title": row.agency,
        "facts": facts,
        "file": reverse("office_handover_file", args=[public]),
        "take_back": reverse("office_handover_act", args=[public, "take-back"])
        if holds and may_change
        else "",
    }
