"""Identity: time-ordered UUIDs made here, and the prefixed public ids that the world sees.

A UUIDv7 (RFC 9562, section 5.7) sorts by the time it was made, so new rows land at the end of their
index, and no sequence tells a stranger how many orders a seller has.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7

PREFIXES: Final = {
    "seller": "sel",
    "buyer": "buy",
    "member": "mem",
    "staff": "stf",
    "api_key": "key",
    "credit_line": "cln",
    "group_limit": "grp",
    "exchange_rate": "fxr",
    "report": "rep",
    "review": "rev",
    "approval": "apr",
    "delegation": "dlg",
    "application": "app",
    "document": "doc",
    "message": "msg",
    "connection": "con",
    "application_form": "apf",
    "watch": "wat",
    "alarm": "alm",
    "review_cycle": "rvc",
    "cost_centre": "ccr",
    "approval_step": "aps",
    "bank_account": "bac",
    "policy": "pol",
    "backtest": "bkt",
    "backtest_change": "bkc",
    "decision": "dec",
    "order": "ord",
    "shipment": "shp",
    "attachment": "att",
    "billing_run": "run",
    "invoice": "inv",
    "credit_note": "cn",
    "delivery": "dlv",
    "receipt": "rct",
    "registration": "reg",
    "question": "qst",
    "payment": "pay",
    "card": "crd",
    "card_page": "cpg",
    "card_authorization": "cau",
    "card_instruction": "cin",
    "card_payout": "cpo",
    "mandate": "mnd",
    "debit": "dbt",
    "debit_file": "dbf",
    "debit_answer": "dba",
    "funding_program": "fup",
    "advance": "adv",
    "funding_instruction": "fin",
    "pay_link": "plk",
    "promise": "prm",
    "match_proposal": "mpr",
    "dispute": "dsp",
    "dispute_file": "dsf",
    "write_off_request": "wor",
    "late_charge": "lch",
    "late_charge_waiver": "lcw",
    "reference_rate": "rfr",
    "late_interest_terms": "lit",
    "sent_statement": "stm",
    "dunning_policy": "dnp",
    "dunning_case": "dnc",
    "dunning_message": "dnm",
    "dunning_run": "dnr",
    "dunning_task": "dnt",
    "dunning_note": "dnn",
    "dunning_handover": "dnh",
    "allocation": "all",
    "remittance": "rmt",
    "bank_statement": "bst",
    "bank_transaction": "btx",
    "entry": "ent",
    "event": "evt",
    "webhook_endpoint": "whe",
    "webhook_delivery": "whd",
}
"""The prefix of each kind of object's public id."""


class NotAnId(ValueError):
    """The text is not a public id of the kind asked for."""


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid7()


def new_id_text() -> str:
    """A fresh UUIDv7 as text, for ids that go straight into a statement: six times as fast."""
    return str(uuid_utils.uuid7())


def public_id(kind: str, value: UUID) -> str:
    """``value`` as the world sees it: ``ord_`` and 32 hexadecimal digits."""
    return f"{PREFIXES[kind]}_{value.hex}"


def parse_public_id(kind: str, text: str) -> UUID:
    """The UUID inside a public id of ``kind``. Raises NotAnId if it is not one."""
    prefix, _, digits = text.partition("_")
    if prefix == PREFIXES[kind] and len(digits) == 32:
        try:
            value = UUID(hex=digits)
        except ValueError:
            pass
        else:
            if value.hex == digits:
                return value
    raise NotAnId(f"{text!r} is not the id of a {kind.replace('_', ' ')}.")
