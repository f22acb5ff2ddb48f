"""For each operation that needs a body, one that fits, naming objects by the ids that it is given.

An operation that names several kinds of objects which do not go together has several bodies.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from .everything import APPLIES, DUNNING, EUR, IBAN, PROGRAM, SIGNED, WATCH, Ids, some

_CURRENCY: Final = {"currency": "EUR"}
_FILE: Final = {"content": base64.b64encode(b"a;b\n1;2\n").decode(), "file_name": "a.csv"}
_RATE: Final = {"table": "ecb", "valid_from": "2026-07-01", "rate": "2.00"}
_BACK: Final = {"return_url": "https://shop.example/back"}
_DAY: Final = "2026-03-02"


def _line_of(ids: Ids) -> dict[str, Any]:
    return {"buyer": ids["buyer"], "currency": "EUR"}


def _group(ids: Ids) -> dict[str, Any]:
    return {"name": "Other", "limit": EUR, "lines": [_line_of(ids)]}


def _order(ids: Ids) -> dict[str, Any]:
    return {"buyer": ids["buyer"], "amount": EUR, "member": ids["member"]}


def _mandate(ids: Ids) -> dict[str, Any]:
    who = {"buyer": ids["buyer"], "scheme": "sepa_b2b", "debtor_name": "Nordwind"}
    return who | {"account": IBAN, "signature": SIGNED}


def _promise(ids: Ids) -> dict[str, Any]:
    parts = [{"due_on": "2030-01-01", "amount": EUR}]
    return {"buyer": ids["buyer"], "invoices": [ids["invoice"]], "parts": parts}


def _program(ids: Ids) -> dict[str, Any]:
    return PROGRAM | {"connection": ids["partner"]}


def _run(ids: Ids) -> dict[str, Any]:
    return {"buyer": ids["buyer"]}


Bodies = Callable[[Ids], Any]

BODIES: Final[Mapping[str, Bodies | tuple[Bodies, ...]]] = {
    "accept_promise": lambda ids: {"words": "Fine"},
    "acknowledge_alarm": lambda ids: {},
    "adjust_order": lambda ids: {"amount": EUR},
    "approve_application": lambda ids: {"limit": EUR, "buyer": ids["buyer"]},
    "attach_to_order": lambda ids: _FILE,
    "attach_to_shipment": lambda ids: _FILE,
    "book_card_payout": lambda ids: {"bank_transaction": ids["bank_transaction"]},
    "cancel_credit_note_registration": lambda ids: {"Irn": "1"},
    "cancel_invoice_registration": lambda ids: {"Irn": "1"},
    "capture_card_authorization": lambda ids: {"invoice": ids["invoice"]},
    "change_funding_program": _program,
    "change_group_limit": _group,
    "change_mandate_account": lambda ids: {"account": IBAN},
    "change_watch": lambda ids: WATCH,
    "compensate_advance": lambda ids: {"amount": EUR},
    "create_allocation": lambda ids: {"payment": ids["payment"], "invoice": ids["invoice"]},
    "create_answer": lambda ids: {"text": "So.", "name": "Eva"},
    "create_application": lambda ids: APPLIES,
    "create_approval": lambda ids: {"member": ids["member"], "verdict": "approved"},
    "create_backtest": lambda ids: {"policy_id": ids["policy"]},
    "create_bank_account": lambda ids: _CURRENCY | {"iban": IBAN},
    "create_billing_run": _run,
    "create_buyer": lambda ids: {"name": "Other", "country": "IT"},
    "create_card": (
        lambda ids: _BACK | {"buyer": ids["buyer"], "connection": ids["connection"]},
        lambda ids: (
            _BACK | {"buyer": ids["buyer"], "authorize": {"amount": EUR, "order": ids["order"]}}
        ),
    ),
    "create_card_authorization": (
        lambda ids: {"card": ids["card"], "amount": EUR},
        lambda ids: {"card": ids["card"], "order": ids["order"]},
    ),
    "create_checks": lambda ids: {},
    "create_connection": lambda ids: {"kind": "vies"},
    "create_cost_centre": lambda ids: {"code": "4711"},
    "create_debit": (
        lambda ids: {"mandate": ids["mandate"], "invoices": [ids["invoice"]]},
        lambda ids: {"mandate": ids["mandate"], "order": ids["order"]},
    ),
    "create_dunning_case": _line_of,
    "create_dunning_note": lambda ids: {"outcome": "reached"},
    "create_dunning_policy": lambda ids: DUNNING | {"name": "Other"},
    "create_exchange_rate": lambda ids: {"source": "USD", "target": "EUR", "rate": "0.9"},
    "create_funding_program": _program,
    "create_group_limit": _group,
    "create_mandate": _mandate,
    "create_member": lambda ids: {"name": "Ida", "email": f"ida-{ids['buyer']}@a.example"},
    "create_order": _order,
    "create_order_intent": _order,
    "create_orders": lambda ids: {"orders": [_order(ids)]},
    "create_pay_link": (
        lambda ids: {"buyer": ids["buyer"]},
        lambda ids: {"invoice": ids["invoice"]},
        lambda ids: {"order": ids["order"]},
    ),
    "create_payment": lambda ids: {"buyer": ids["buyer"], "amount": EUR, "received_on": _DAY},
    "create_policy": lambda ids: {"terms": ["net_30"]},
    "create_promise": _promise,
    "create_question": lambda ids: {"text": "Why?", "member": ids["member"]},
    "create_watch": lambda ids: WATCH | {"name": "other"},
    "create_webhook_endpoint": lambda ids: {"url": "https://shop.example/other"},
    "decline_application": lambda ids: {"reasons": ["other"]},
    "decline_promise": lambda ids: {"words": "No"},
    "dispute_invoice": lambda ids: {"reason_code": "price"},
    "hold_credit_line": lambda ids: _CURRENCY,
    "increase_card_authorization": lambda ids: {"amount": some(1_000)},
    "hand_over_dunning_case": lambda ids: {"agency": "Inkasso", "invoices": [ids["invoice"]]},
    "join_remittance": lambda ids: {"payment": ids["payment"]},
    "pause_dunning_case": lambda ids: {"until": "2030-01-01", "reason": "They change banks"},
    "preview_billing_run": _run,
    "put_credit_note_registration": lambda ids: {"Irn": "1"},
    "put_external_items": lambda ids: _CURRENCY | {"items": []},
    "put_invoice_registration": lambda ids: {"Irn": "1"},
    "refund_card_authorization": lambda ids: {"amount": EUR},
    "release_credit_line": lambda ids: _CURRENCY,
    "release_order_from_card": lambda ids: {"reason": "They pay in advance"},
    "replay_webhook_endpoint": (
        lambda ids: {"since": "2026-01-01T00:00:00Z"},
        lambda ids: {"event": ids["event"]},
    ),
    "request_information": lambda ids: {"text": "Why?"},
    "request_invoice_advance": lambda ids: {"program": ids["funding_program"]},
    "create_dispute_file": lambda ids: _FILE | {"name": "Carla"},
    "create_dispute_message": lambda ids: {"text": "Why?", "name": "Carla"},
    "set_dispute_rules": lambda ids: {"answer_days": 10},
    "resolve_dispute": lambda ids: {"outcome": "rejected"},
    "revoke_credit_line": lambda ids: _CURRENCY,
    "set_approval_chain": lambda ids: {"steps": [{"above": EUR, "approver": ids["member"]}]},
    "set_billing_profile": lambda ids: {"channels": ["portal"]},
    "set_card_consent": lambda ids: {"words": "Charge my invoices when they are due."},
    "set_collection_rules": lambda ids: {"notice_days": 1},
    "set_credit_line": lambda ids: {"limit": EUR},
    "set_late_interest_terms": lambda ids: {"law": "contract", "rate": "18"},
    "set_lockbox_layout": lambda ids: {"fields": {"overflow.document": [12, 20]}},
    "set_matching_rules": lambda ids: {"large_from": 1_000},
    "set_promise_rules": lambda ids: {"most_parts": 2},
    "set_report_rules": lambda ids: {},
    "set_seller": lambda ids: {"legal_name": "Officine Brera"},
    "set_ship_after": lambda ids: {"ship_after": "funds_good"},
    "set_statement_schedule": lambda ids: {"every": "monthly", "day": 1},
    "take_back_dunning_handover": lambda ids: {"reason": "Paid in full"},
    "set_terms_keys": lambda ids: {"keys": {"0001": "net_30"}},
    "sign_mandate": lambda ids: {"signature": {"name": "Anna Nord"}},
    "store_reference_rates": lambda ids: {"rates": [_RATE]},
    "update_buyer": lambda ids: {"name": "Other", "parent": ids["buyer"]},
    "update_member": lambda ids: {"role": "admin"},
    "waive_late_charge": lambda ids: {"reason": "Goodwill"},
    "waive_late_charges": lambda ids: {"reason": "Goodwill"},
}

FILES: Final[Mapping[str, bytes]] = {
    "create_bank_archive": b"no archive",
    "create_bank_statement": b"no statement",
    "create_debit_return": b"no answer",
    "create_receipt": b"no receipt",
    "create_remittance": b"no advice",
    "create_score_file": b"no scores",
}
"""Bodies of operations that take a file as it is."""

QUERIES: Final[Mapping[str, Bodies]] = {
    "create_score_file": lambda ids: {"bureau": "own"},
    "delete_statement_schedule": lambda ids: {"buyer": ids["buyer"]},
    "get_statement_document": lambda ids: _CURRENCY,
}
"""What an operation cannot do without in its query."""


def bodies_of(operation: str, ids: Ids) -> list[Any]:
    """The bodies for an operation by its id; one that needs none has None."""
    found = BODIES.get(operation, lambda ids: None)
    return [made(ids) for made in (found if isinstance(found, tuple) else (found,))]
