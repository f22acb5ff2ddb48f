"""Watches to begin with: what credit managers usually want to be told, ready to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_NOTIFY: Final = {"do": "notify", "people": ["credit_manager"]}

TEMPLATES: Final[Mapping[str, Mapping[str, Any]]] = {
    "insolvency": {
        "name": "Insolvency",
        "triggers": ["insolvency.reported", "change:buyer.insolvent"],
        "when": "buyer.insolvent",
        "severity": "critical",
        "actions": [{"do": "hold"}, _NOTIFY],
        "quiet_days": 30,
    },
    "insolvency_suspected": {
        "name": "Insolvency of a like name",
        "triggers": ["insolvency.suspected"],
        "when": "true",
        "severity": "warning",
        "actions": [_NOTIFY],
        "quiet_days": 0,
    },
    "sanctions": {
        "name": "Sanctions list",
        "triggers": ["change:buyer.sanctioned"],
        "when": "change.after",
        "severity": "critical",
        "actions": [{"do": "hold"}, _NOTIFY],
        "quiet_days": 0,
    },
    "overdue": {
        "name": "Long overdue",
        "triggers": ["nightly"],
        "when": "buyer.days_overdue > 30",
        "severity": "warning",
        "actions": [{"do": "hold"}, _NOTIFY],
        "quiet_days": 14,
    },
    "new_overdue": {
        "name": "Newly overdue",
        "triggers": ["change:history.overdue_invoices"],
        "when": "change.before == 0 && change.after > 0",
        "severity": "notice",
        "actions": [_NOTIFY],
        "quiet_days": 7,
    },
    "score": {
        "name": "Score got worse",
        "triggers": ["change:score.band"],
        "when": "change.before in ['A', 'B', 'C'] && change.after in ['D', 'E']",
        "severity": "warning",
        "actions": [{"do": "review"}, _NOTIFY],
        "quiet_days": 14,
    },
    "bureau": {
        "name": "Bureau downgrade",
        "triggers": ["change:bureau.score"],
        "when": "change.after < change.before - 10",
        "severity": "warning",
        "actions": [{"do": "lower_limit", "to": "bureau"}, {"do": "review"}, _NOTIFY],
        "quiet_days": 7,
    },
    "broken_promise": {
        "name": "Promise to pay broken",
        "triggers": ["change:history.broken_promises_12m"],
        "when": "change.after > change.before",
        "severity": "warning",
        "actions": [_NOTIFY],
        "quiet_days": 1,
    },
    "velocity": {
        "name": "Many orders in a day",
        "triggers": ["order.authorized"],
        "when": "history.orders_1d >= 5 && history.orders_1d * 5 > history.orders_30d",
        "severity": "warning",
        "actions": [{"do": "hold"}, _NOTIFY],
        "quiet_days": 1,
    },
    "first_order": {
        "name": "Large first order",
        "triggers": ["order.authorized", "order.pending_review"],
        "when": "order.is_first && order.amount > line.limit * 0.5",
        "severity": "warning",
        "actions": [_NOTIFY],
        "quiet_days": 0,
    },
    "ship_to": {
        "name": "Unusual delivery address",
        "triggers": ["order.authorized", "order.pending_review"],
        "when": "order.new_ship_to && !order.is_first && order.amount > history.average_order * 2",
        "severity": "warning",
        "actions": [_NOTIFY],
        "quiet_days": 0,
    },
    "person": {
        "name": "Person not of the company",
        "triggers": ["order.authorized", "order.pending_review"],
        "when": "!order.person_at_domain && order.amount > 1000",
        "severity": "notice",
        "actions": [_NOTIFY],
        "quiet_days": 7,
    },
    "insurance": {
        "name": "Above the insured limit",
        "triggers": ["nightly"],
        "when": "line.exposure > line.insured_limit",
        "severity": "warning",
        "actions": [{"do": "lower_limit", "to": "insured"}, _NOTIFY],
        "quiet_days": 7,
    },
    "used": {
        "name": "Limit nearly used up",
        "triggers": ["nightly"],
        "when": "line.used > 0.9",
        "severity": "notice",
        "actions": [{"do": "review"}],
        "quiet_days": 30,
    },
}
"""Each by its key. Names are in English; the office translates what it shows of them."""
