"""A funding partner over HTTP, by the contract that we publish for partners."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.gateways.contracts.server import Answered, Asked, Counterpart
from usance.gateways.errors import Refused
from usance.gateways.funding import Funded, InvoiceFacts, Offer, Remittance
from usance.gateways.funding.memory import MemoryPartner

CONTRACT = Path(__file__).parents[3] / "docs" / "funding-partner.openapi.json"
KEY = "partner-key"


@dataclass
class PartnerServer(Counterpart):
    """Answers as the partner in memory does, and holds both sides to the contract."""

    memory: MemoryPartner = field(default_factory=MemoryPartner)
    contract: dict[str, Any] = field(default_factory=lambda: json.loads(CONTRACT.read_text()))

    def __post_init__(self) -> None:
        super().__init__()

    def answer(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return Answered.of({"code": "unauthorized"}, 401)
        name, operation = self._operation(asked)
        if asked.method == "POST":
            self._check(operation["requestBody"]["content"], asked.json(), f"we at {name}")
            wanted = any(p["name"] == "Idempotency-Key" for p in operation["parameters"])
            if wanted and not asked.headers.get("idempotency-key"):
                self.breach(f"{name}: no idempotency key")
        try:
            answer = self._say(asked)
        except Refused as error:
            answer = Answered.of({"code": "refused", "detail": error.detail}, 400)
        responses = operation["responses"]
        response = responses.get(str(answer.status)) or responses["default"]
        self._check(response["content"], json.loads(answer.body), f"our mock at {name}")
        return answer

    def _operation(self, asked: Asked) -> tuple[str, dict[str, Any]]:
        for path, item in self.contract["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), asked.path):
                return path, item[asked.method.lower()]
        raise AssertionError(f"{asked.method} {asked.path} is not in the contract")

    def _check(self, content: dict[str, Any], document: Any, who: str) -> None:
        schema = content["application/json"]["schema"] | {"components": self.contract["components"]}
        for error in Draft202012Validator(schema).iter_errors(document):
            self.breach(f"{who}: {error.message}")

    def _say(self, asked: Asked) -> Answered:
        parts = asked.path.strip("/").split("/")
        key = asked.headers.get("idempotency-key", "")
        if parts == ["account"]:
            return Answered.of({})
        if parts == ["offers"]:
            offer = self.memory.offer(_facts(asked.json()))
            if offer is None:
                return Answered.of({"code": "not_wanted"}, 422)
            shown = asdict(offer)
            return Answered.of({"id": shown.pop("reference"), **shown})
        if parts == ["advances"]:
            body = asked.json()
            offer = self.memory.offers.get(body["offer"]) or _no_offer(body["offer"])
            return _shown(self.memory.request(_facts(body["invoice"]), offer=offer, key=key))
        if len(parts) == 2:
            return _shown(self.memory.fetch(parts[1]))
        if parts[2] == "cancel":
            return _shown(self.memory.cancel(parts[1], key=key))
        given = asked.json()
        remittance = Remittance(**given | {"on": date.fromisoformat(given["on"])})
        return _shown(self.memory.remit(parts[1], remittance, key=key))


def _facts(body: dict[str, Any]) -> InvoiceFacts:
    buyer = body["buyer"]
    return InvoiceFacts(
        own_reference=body["own_reference"],
        number=body["number"],
        currency=body["currency"],
        amount=body["amount"],
        wanted=body["wanted"],
        issued_on=date.fromisoformat(body["issued_on"]),
        due_on=date.fromisoformat(body["due_on"]),
        buyer_name=buyer["name"],
        buyer_country=buyer["country"],
        buyer_tax_id=buyer["tax_id"],
        with_recourse=body["with_recourse"],
    )


def _no_offer(reference: str) -> Offer:
    return Offer(reference=reference, currency="EUR", advanced=1, fee=0)


def _shown(it: Funded) -> Answered:
    shown = asdict(it)
    shown["id"] = shown.pop("reference")
    shown["paid_out_on"] = it.paid_out_on and it.paid_out_on.isoformat()
    return Answered.of(shown)
