"""Storecove by its OpenAPI document: an access point that takes documents and tells what became of
them."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from tests.gateways.contracts.openapi import OpenApiCounterpart, contract_at
from tests.gateways.contracts.server import Answered, Asked

KEY = "storecove-key-not-to-be-seen"
BASE = "/api/v2"
_SPACE = UUID("7b0f1b8a-5b1e-4a77-9d3e-0b7f3c1d2e4f")


class StorecoveMock(OpenApiCounterpart):
    def __init__(self, path: Path) -> None:
        super().__init__(contract_at(path), BASE)
        self.participants: set[tuple[str, str]] = set()
        self.submissions: dict[str, dict[str, Any]] = {}
        self.evidence: dict[str, dict[str, Any]] = {}
        self.news: dict[str, str] = {}
        self.faults: list[dict[str, str]] = []

    def say(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return Answered(401)
        path = asked.path.removeprefix(BASE)
        if path == "/discovery/receives":
            question = asked.json()
            known = (question["scheme"], question["identifier"]) in self.participants
            return Answered.of({"code": "OK" if known else "NOK", "email": False})
        if path == "/document_submissions":
            return self._submit(asked.json())
        if path.startswith("/webhook_instances"):
            return self._webhooks(asked, path.removeprefix("/webhook_instances/"))
        guid = path.split("/")[2]
        evidence = self.evidence.get(guid)
        return Answered(404) if evidence is None else Answered.of({"guid": guid} | evidence)

    def _submit(self, given: dict[str, Any]) -> Answered:
        key = given["idempotencyGuid"]
        guid = str(uuid5(_SPACE, key))
        if guid in self.submissions:
            return Answered.of([{"source": "idempotencyGuid", "details": "already used"}], 422)
        if self.faults:
            return Answered.of(self.faults, 422)
        self.submissions[guid] = given
        return Answered.of({"guid": guid})

    def _webhooks(self, asked: Asked, guid: str) -> Answered:
        if asked.method == "DELETE":
            return Answered(204 if self.news.pop(guid, None) is not None else 404)
        if not self.news:
            return Answered(204)
        first = next(iter(self.news))
        return Answered.of({"guid": first, "body": self.news[first]})

    def document(self, guid: str) -> bytes:
        raw = self.submissions[guid]["document"]["rawDocumentData"]
        return b64decode(raw["document"])

    def hint(self, guid: str, news: str) -> None:
        self.news[guid] = json.dumps({"event": "sent", "document_guid": news})
