"""Stripe by the cut of its OpenAPI document: forms in, objects out, each held to the contract.

The cut has no Checkout sessions; those are answered with Stripe's own sample object, and what we send
for one is held to the members that are written down here.
"""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

from tests.gateways.contracts.openapi import Contract, OpenApiCounterpart, _closed
from tests.gateways.contracts.server import Answered, Asked

KEY = "sk_test_not_to_be_seen"
_SAMPLES: dict[str, dict[str, Any]] = {}
LATER = ("request_incremental_authorization",)
"""What later versions of the interface know, and every version takes."""
SESSION_MEMBERS = {
    "mode", "customer", "success_url", "cancel_url", "payment_method_types", "client_reference_id",
    "locale", "metadata", "setup_intent_data", "line_items", "payment_intent_data",
    "expires_at",
}  # fmt: skip


def nested(body: bytes) -> dict[str, Any]:
    """A form with names in brackets as an object."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(body.decode(), keep_blank_values=True):
        parts = name.replace("]", "").split("[")
        at = found
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = value
    return listed(found)


def listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [listed(node[key]) for key in sorted(node, key=int)]
    return {key: listed(value) for key, value in node.items()}


def typed(value: Any, schema: dict[str, Any]) -> Any:
    """Texts of a form as the types that the schema gives them."""
    for one in schema.get("anyOf", ()):
        if isinstance(value, dict) == ("properties" in one):
            return typed(value, one)
    if isinstance(value, dict):
        inner = schema.get("properties", {})
        return {key: typed(each, inner.get(key, {})) for key, each in value.items()}
    if isinstance(value, list):
        return [typed(each, schema.get("items", {})) for each in value]
    kind = schema.get("type")
    if kind == "integer" and value.lstrip("-").isdigit():
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


class _Contract(Contract):
    """Validators are made once, of what they need: the whole document is large."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._made: dict[tuple[int, bool], Any] = {}

    def errors(self, schema: dict[str, Any], instance: Any, *, closed: bool = False) -> list[str]:
        key = id(schema), closed
        if key not in self._made:
            named = self.document["components"]["schemas"]
            needed: dict[str, Any] = {}
            waiting = [schema]
            while waiting:
                for name in re.findall(r"#/components/schemas/([\w.]+)", json.dumps(waiting.pop())):
                    if name not in needed:
                        needed[name] = named[name]
                        waiting.append(named[name])
            whole = (_closed(schema) if closed else schema) | {"components": {"schemas": needed}}
            self._made[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return [f"{e.instance_path} {e.message}" for e in self._made[key].iter_errors(instance)]


@cache
def contract_at(path: Path) -> Contract:
    """The contract in the file ``path``, read once."""
    return _Contract(path)


class StripeMock(OpenApiCounterpart):
    """A small Stripe: customers, cards, intents, refunds. ``declines`` by payment method."""

    def __init__(self, spec: Path, fixtures: Path) -> None:
        super().__init__(contract_at(spec))
        self.samples = json.loads(fixtures.read_text())["resources"]
        self.intents: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, dict[str, Any]] = {}
        self.refunds: list[dict[str, Any]] = []
        self.payouts: dict[str, dict[str, Any]] = {}
        self.moved: dict[str, list[dict[str, Any]]] = {}
        self.methods: dict[str, dict[str, Any]] = {}
        self.done: dict[str, Answered] = {}
        self.declines: dict[str, tuple[str, str]] = {}
        self.increments = True
        self._next = 0

    def answer(self, asked: Asked) -> Answered:
        if asked.path.startswith("/v1/checkout/sessions"):
            return self._session(asked)
        return super().answer(asked)

    def _check_query(self, asked: Asked, operation: dict[str, Any]) -> None:
        query = {name.partition("[")[0]: values for name, values in asked.query.items()}
        if "expand" in query:
            known = [p["name"] for p in operation["parameters"]]
            assert "expand" in known, asked.path
        rest = {name: values for name, values in asked.query.items() if "[" not in name}
        super()._check_query(Asked(asked.method, asked.path, rest, {}, b""), operation)

    def _check_body(self, asked: Asked, operation: dict[str, Any]) -> None:
        if asked.method == "GET":
            return
        if not asked.headers.get("idempotency-key"):
            self.breach(f"{asked.path}: no idempotency key")
        if asked.headers.get("stripe-version") != "2023-08-16":
            self.breach(f"{asked.path}: version {asked.headers.get('stripe-version')}")
        content = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]
        given = nested(asked.body)
        card = given.get("payment_method_options", {}).get("card", {})
        for name in LATER:
            card.pop(name, None)
        for error in self.contract.errors(
            content["schema"], typed(given, content["schema"]), closed=True
        ):
            self.breach(f"{asked.path}: {error}")

    def _check_answer(self, answer: Answered, operation: dict[str, Any]) -> None:
        responses = operation["responses"]
        response = responses.get(str(answer.status)) or responses["default"]
        schema = response["content"]["application/json"]["schema"]
        for error in self.contract.errors(schema, json.loads(answer.body)):
            self.breach(f"our mock: {error}")

    def say(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return self.fault(401, type="invalid_request_error", message="Invalid API Key")
        if asked.method == "GET":
            return self._get(asked)
        key = asked.headers["idempotency-key"]
        if key not in self.done:
            self.done[key] = self._post(asked, nested(asked.body), asked.path.split("/"))
        return self.done[key]

    def fault(self, status: int, **error: Any) -> Answered:
        return Answered.of({"error": error}, status)

    def _get(self, asked: Asked) -> Answered:
        parts = asked.path.split("/")
        if parts[2] == "balance":
            return Answered.of(self._of_contract("balance"))
        if parts[2] == "payment_intents" and len(parts) == 3:
            rows = list(reversed(self.intents.values()))
            body = {"object": "list", "url": asked.path, "has_more": False, "data": rows}
            return Answered.of(body)
        if len(parts) == 3:
            return self._list(parts[2], asked)
        if parts[2] == "payouts":
            return Answered.of(self.payouts[parts[3]])
        found = self.intents.get(parts[3]) or self.sessions.get(parts[3])
        if found is None:
            return self.fault(404, type="invalid_request_error", code="resource_missing")
        return Answered.of(found)

    def _list(self, what: str, asked: Asked) -> Answered:
        """One object a page, so that the next is asked for."""
        query = {name: values[0] for name, values in asked.query.items()}
        rows = {
            "refunds": [
                it for it in self.refunds if it["payment_intent"] == query.get("payment_intent")
            ],
            "balance_transactions": self.moved.get(query.get("payout", ""), []),
            "payouts": list(self.payouts.values()),
        }[what]
        ids = [row["id"] for row in rows]
        start = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
        body = {
            "object": "list", "url": asked.path, "data": rows[start : start + 1],
            "has_more": start + 1 < len(rows),
        }  # fmt: skip
        return Answered.of(body)

    def _post(self, asked: Asked, given: dict[str, Any], parts: list[str]) -> Answered:
        match parts[2:]:
            case ["customers"]:
                return Answered.of(self._of_contract("customer") | {"id": self.new("cus")})
            case ["setup_intents"]:
                made = self._of_contract("setup_intent") | {
                    "id": self.new("seti"), "status": "requires_payment_method",
                    "client_secret": "seti_secret", "payment_method": None,
                    "metadata": given.get("metadata", {}),
                }  # fmt: skip
                self.sessions[made["id"]] = made
                return Answered.of(made)
            case ["setup_intents", id_, "cancel"]:
                self.sessions[id_] |= {"status": "canceled"}
                return Answered.of(self.sessions[id_])
            case ["payment_intents"]:
                return self._intent(given)
            case ["payment_intents", id_, act]:
                return self._act(self.intents[id_], act, given)
            case ["refunds"]:
                return self._refund(given)
            case ["payment_methods", id_, "detach"]:
                if id_ not in self.methods:
                    return self.fault(404, type="invalid_request_error", code="resource_missing")
                return Answered.of(self.methods.pop(id_))
        raise AssertionError(asked.path)

    def _intent(self, given: dict[str, Any]) -> Answered:
        method = given["payment_method"]
        manual = given["capture_method"] == "manual"
        amount = int(given["amount"])
        made = self._of_contract("payment_intent") | {
            "id": self.new("pi"), "amount": amount, "currency": given["currency"],
            "customer": given["customer"], "payment_method": method, "metadata": given["metadata"],
            "capture_method": given["capture_method"], "last_payment_error": None,
            "status": "requires_capture" if manual else "succeeded",
            "amount_capturable": amount if manual else 0, "next_action": None,
            "amount_received": 0 if manual else amount,
        }  # fmt: skip
        self.intents[made["id"]] = made
        if method in self.declines:
            code, decline = self.declines[method]
            error = {"type": "card_error", "code": code, "message": "Your card was declined."}
            error |= {"decline_code": decline} if decline else {}
            made |= {
                "status": "requires_payment_method",
                "last_payment_error": error,
                "payment_method": None,
            }
            made |= {"amount_capturable": 0, "amount_received": 0}
            return self.fault(402, **error, payment_intent=made)
        charge = self._of_contract("charge") | {
            "id": self.new("ch"), "amount": amount, "currency": given["currency"],
            "amount_captured": 0 if manual else amount, "amount_refunded": 0,
            "payment_intent": made["id"], "captured": not manual,
        }  # fmt: skip
        card = charge["payment_method_details"]["card"]
        card["capture_before"] = 1_893_456_000
        status = "available" if self.increments else "unavailable"
        card["incremental_authorization"] = {"status": status}
        made["latest_charge"] = charge
        return Answered.of(made)

    def _act(self, it: dict[str, Any], act: str, given: dict[str, Any]) -> Answered:
        if it["status"] != "requires_capture":
            return self.fault(
                400, type="invalid_request_error", code="payment_intent_unexpected_state"
            )
        if act == "increment_authorization":
            if not self.increments:
                return self.fault(400, type="invalid_request_error", message="not eligible")
            it |= {"amount": int(given["amount"]), "amount_capturable": int(given["amount"])}
        elif act == "capture":
            taken = int(given.get("amount_to_capture", it["amount"]))
            it |= {"status": "succeeded", "amount_received": taken, "amount_capturable": 0}
            it["latest_charge"]["amount_captured"] = taken
        else:
            it |= {"status": "canceled", "amount_capturable": 0}
        return Answered.of(it)

    def _refund(self, given: dict[str, Any]) -> Answered:
        it = self.intents[given["payment_intent"]]
        amount = int(given["amount"])
        left = it["amount_received"] - it["latest_charge"]["amount_refunded"]
        if amount > left:
            return self.fault(400, type="invalid_request_error", code="charge_already_refunded")
        it["latest_charge"]["amount_refunded"] += amount
        made = self._of_contract("refund") | {
            "id": self.new("re"), "amount": amount, "currency": it["currency"],
            "status": "succeeded", "payment_intent": it["id"],
        }  # fmt: skip
        self.refunds.append(made)
        return Answered.of(made)

    def _session(self, asked: Asked) -> Answered:
        if asked.method == "GET":
            return Answered.of(self.sessions[asked.path.rpartition("/")[2]])
        given = nested(asked.body)
        if asked.path.endswith("/expire"):
            it = self.sessions[asked.path.split("/")[-2]]
            if it["status"] != "open":
                return self.fault(400, type="invalid_request_error", message="not open")
            it |= {"status": "expired", "url": None}
            return Answered.of(it)
        if extra := set(given) - SESSION_MEMBERS:
            self.breach(f"{asked.path}: {extra}")
        made = copy.deepcopy(self.samples["checkout.session"]) | {
            "id": self.new("cs"), "mode": given["mode"], "status": "open",
            "url": "https://checkout.stripe.com/c/pay/x", "payment_intent": None,
            "setup_intent": None, "metadata": given.get("metadata", {}),
        }  # fmt: skip
        self.sessions[made["id"]] = made
        return Answered.of(made)

    def payout(self, *moved: tuple[str, int, int, dict[str, Any] | str | None], **more: Any) -> str:
        """A payout of balance transactions (type, amount, fee, source)."""
        made = self._of_contract("payout") | {"id": self.new("po"), "status": "paid"} | more
        made["amount"] = sum(amount - fee for _, amount, fee, _ in moved)
        self.payouts[made["id"]] = made
        self.moved[made["id"]] = [
            self._of_contract("balance_transaction")
            | {
                "id": self.new("txn"), "type": type_, "amount": amount, "fee": fee,
                "net": amount - fee, "source": source, "currency": made["currency"],
            }
            for type_, amount, fee, source in [
                *moved, ("payout", -made["amount"], 0, made["id"])
            ]
        ]  # fmt: skip
        return str(made["id"])

    def card(self, customer: str) -> dict[str, Any]:
        """A payment method as it is once a card was typed."""
        made = self._of_contract("payment_method") | {"id": self.new("pm"), "customer": customer}
        self.methods[made["id"]] = made
        return made

    def a(self, name: str) -> dict[str, Any]:
        """An object as the contract has it."""
        return self._of_contract(name)

    def new(self, kind: str) -> str:
        self._next += 1
        return f"{kind}_{self._next:04d}"

    def _of_contract(self, name: str) -> dict[str, Any]:
        """The sample object without the members that the contract of 2023 does not have as such."""
        if name not in _SAMPLES:
            known = self.contract.document["components"]["schemas"][name]["properties"]
            _SAMPLES[name] = {
                key: value
                for key, value in self.samples[name].items()
                if key in known and not self.contract.errors(known[key], value)
            }
        return copy.deepcopy(_SAMPLES[name])
