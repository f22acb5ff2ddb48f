"""Companies House by its public data contract."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from tests.gateways.contracts.openapi import OpenApiCounterpart, contract_at
from tests.gateways.contracts.server import Answered, Asked

API_KEY = "ch-key-not-to-be-seen"


class CompaniesHouseMock(OpenApiCounterpart):
    def __init__(self, specification: Path) -> None:
        super().__init__(contract_at(specification))
        self.profiles: dict[str, dict[str, Any]] = {}
        self.officers: dict[str, list[dict[str, Any]]] = {}

    def say(self, asked: Asked) -> Answered:
        expected = "Basic " + base64.b64encode(f"{API_KEY}:".encode()).decode()
        if asked.headers.get("authorization") != expected:
            return Answered(401)
        parts = asked.path.split("/")
        profile = self.profiles.get(parts[2])
        if len(parts) == 4:
            items = self.officers.get(parts[2], [])
            return Answered.of(
                {
                    "etag": "e2",
                    "items_per_page": 100,
                    "kind": "officer-list",
                    "links": {"self": asked.path},
                    "items": items,
                    "start_index": 0,
                    "total_results": len(items),
                    "active_count": len(items),
                    "resigned_count": 0,
                }
            )
        return Answered(404) if profile is None else Answered.of(profile)

    def add(self, number: str, name: str, **members: Any) -> None:
        self.profiles[number] = {
            "company_name": name,
            "company_number": number,
            "type": "ltd",
            "can_file": True,
            "etag": "e1",
            "links": {"self": f"/company/{number}"},
            **members,
        }
