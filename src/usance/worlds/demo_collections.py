"""How the demo's sellers collect: a policy of reminders switched on with the season, followed once a
week, and the cash forecast of that evening kept, so that it can be held against what came.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from usance.flows import cash_forecasts
from usance.flows.dunning import policies, runs, sending
from usance.records.dunning import queries
from usance.records.parties.models import Seller
from usance.rules.dunning.standard import standard_policy
from usance.worlds.demo_cast import SellerRole

POLICY: Final = "Customers on account"
COLLECTED_ON: Final = 3
"""Thursday."""
BY: Final = "calendar"


def reminders() -> dict[str, Any]:
    """The usual policy, without the steps that change what a buyer may order."""
    document = standard_policy(POLICY) | {"hours": {"from": 7, "until": 17}}
    for step in document["steps"]:
        step.pop("hold", None)
    return document


def collect(seller: Seller, role: SellerRole, *, on: date, at: datetime) -> None:
    """On the day of the week for it, remind who is late at the instant ``at`` and keep a forecast."""
    if on.weekday() != COLLECTED_ON:
        return
    if not queries.active_policies(seller_id=seller.id):
        manager = role.staff[1].email
        drafted = policies.draft_policy(seller, reminders(), at=at, by=manager)
        policies.mark_previewed(seller, policy_id=drafted.id, at=at, by=manager)
        policies.switch_on(seller, policy_id=drafted.id, at=at, by=manager)
    run = runs.open_scheduled_run(seller_id=seller.id, at=at, by=BY)
    if run is not None:
        runs.work(seller, run_id=run.id, clock=lambda: at, by=BY)
    while sending.send_due(seller_id=seller.id, clock=lambda: at) == sending.AT_A_TIME:
        pass
    cash_forecasts.keep(seller, at=at)
