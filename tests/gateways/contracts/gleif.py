"""GLEIF by the document that a collector wrote of its API; GLEIF publishes none in this form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.gateways.contracts.openapi import OpenApiCounterpart, contract_at
from tests.gateways.contracts.server import Answered, Asked


class GleifMock(OpenApiCounterpart):
    def __init__(self, specification: Path) -> None:
        super().__init__(contract_at(specification))
        self.entities: dict[str, dict[str, Any]] = {}

    def say(self, asked: Asked) -> Answered:
        lei = asked.path.rpartition("/")[2]
        if lei not in self.entities:
            return Answered.of({"errors": [{"status": "404", "title": "Not Found"}]}, 404)
        return Answered.of(
            {
                "data": {
                    "type": "lei-records",
                    "id": lei,
                    "attributes": {"lei": lei, "entity": self.entities[lei]},
                }
            }
        )
