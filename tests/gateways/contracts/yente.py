"""A yente server by its own OpenAPI document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.gateways.contracts.openapi import OpenApiCounterpart, contract_at
from tests.gateways.contracts.server import Answered, Asked
from usance.rules.screening import ListedParty, Subject, screen

API_KEY = "yente-key-not-to-be-seen"


class YenteMock(OpenApiCounterpart):
    """Matches with the house's own rule: what is tested is the way there and back."""

    def __init__(self, specification: Path) -> None:
        super().__init__(contract_at(specification))
        self.parties: list[ListedParty] = []

    def say(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != f"ApiKey {API_KEY}":
            self.breach("no key")
        threshold = float(asked.query["threshold"][0])
        responses = {
            key: {
                "status": 200,
                "query": example,
                "total": {"value": 1, "relation": "eq"},
                "results": [
                    _result(each.party, each.score / 100, each.score / 100 >= threshold)
                    for each in screen(self.parties, subject=_subject(example), threshold=50)
                ],
            }
            for key, example in asked.json()["queries"].items()
        }
        return Answered.of({"responses": responses, "limit": 5})


def _subject(example: dict[str, Any]) -> Subject:
    properties = example["properties"]
    person = example["schema"] == "Person"
    known = {"name", "nationality", "idNumber", "birthDate"} if person else {
        "name", "jurisdiction", "registrationNumber"
    }  # fmt: skip
    assert set(properties) <= known, properties
    country = properties.get("nationality") or properties.get("jurisdiction") or [None]
    return Subject(
        kind="person" if person else "company",
        name=properties["name"][0],
        country=country[0],
        numbers=tuple(properties.get("idNumber") or properties.get("registrationNumber") or ()),
        born=(properties.get("birthDate") or [None])[0],
    )


def _result(party: ListedParty, score: float, match: bool) -> dict[str, Any]:
    return {
        "id": party.id,
        "caption": party.name,
        "schema": "Person" if party.kind == "person" else "Company",
        "properties": {"name": [party.name], "topics": ["sanction"], "programId": [party.reason]},
        "datasets": [party.list],
        "score": score,
        "match": match,
        "explanations": {"name_match": {"score": score, "detail": None}},
    }
