"""Every state has a name, a tone, and a shape that tells it apart without colour."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string

from usance.web.design.states import STATES, look

KNOWN = {
    "decision": "approved declined review",
    "order": "pending_review pending_approval authorized partially_invoiced invoiced declined "
    "canceled expired",
    "invoice": "draft open paid void written_off overdue disputed partially_paid due_soon",
    "application": "submitted in_review information_requested approved declined withdrawn",
    "receipt": "received allocated partially_allocated unapplied returned refunded",
    "debit": "scheduled submitted settled returned rejected canceled",
    "advance": "eligible requested paid_out repaid recoursed absorbed declined canceled",
    "line": "active on_hold suspended closed",
    "policy": "deciding scheduled draft former shadow waiting_for_second_person",
    "backtest": "queued running done failed",
    "review": "open approved declined withdrawn",
    "alarm": "open acknowledged",
    "delivery": "queued sent delivered opened bounced rejected failed",
    "shipment": "billed waiting canceled",
    "billing_run": "queued running done incomplete",
    "question": "open answered closed",
    "watch": "on off",
    "dispute": "open resolved_credit resolved_rejected withdrawn",
    "write_off": "open approved declined withdrawn",
    "proposal": "open booked accepted dismissed superseded undone",
    "remittance": "waiting joined dismissed",
    "promise": "proposed accepted declined kept broken withdrawn",
    "mandate": "pending active suspended canceled expired completed",
    "debit_file": "written sent accepted partly rejected withdrawn",
    "funding_program": "active paused closed",
    "dunning_case": "running paused handed_over settled",
    "dunning_policy": "draft active retired",
    "dunning_message": "queued sent stopped",
    "dunning_task": "open done dropped",
    "card_authorization": "pending action_required authorized captured voided expired declined",
    "card_payout": "announced booked failed",
}
SPRITE = set(re.findall(r'id="i-([\w-]+)"', render_to_string("design/sprite.html")))


def test_every_state_of_the_house_is_told() -> None:
    assert {kind: set(looks) for kind, looks in STATES.items()} == {
        kind: set(states.split()) for kind, states in KNOWN.items()
    }


@pytest.mark.parametrize("kind", STATES)
def test_no_two_states_of_a_kind_share_a_shape_or_a_name(kind: str) -> None:
    looks = list(STATES[kind].values())
    assert len({it.icon for it in looks}) == len(looks)
    assert len({str(it.label) for it in looks}) == len(looks)
    assert {it.icon for it in looks} <= SPRITE


def test_badge_and_label() -> None:
    page = Template('{% load design locale %}{% state "order" s %}|{{ s|state_label:"order" }}')
    badge, label = page.render(Context({"s": "partially_invoiced"})).split("|")
    assert label == "Partially invoiced"
    assert 'class="badge tone-info"' in badge
    assert 'href="#i-partial"' in badge
    assert badge.endswith("Partially invoiced</span>")


def test_a_state_from_a_newer_process_is_shown_by_its_code() -> None:
    assert str(look("half_forgotten", kind="order").label) == "Half forgotten"
