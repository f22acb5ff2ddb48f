"""Creditsafe Connect by a list of fields derived from a public client, which is all there is.

The list has no search results and does not say which members are required: a search is held to what
its results are known to have, everything else to the list, with no member that it lacks.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from tests.gateways.contracts.server import Answered, Asked, Counterpart

USER, PASSWORD = "api-user-not-to-be-seen", "api-password-not-to-be-seen"

_PLAIN = {"string": "string", "bool": "boolean", "int64": "integer", "float64": "number"}
_SEARCH = {"countries", "pageSize", "page", "regNo", "vatNo", "name", "language", "id", "exact"}


class CreditsafeMock(Counterpart):
    def __init__(self, fields: Path) -> None:
        super().__init__()
        self.types: dict[str, dict[str, str]] = json.loads(fields.read_text())
        self.companies: list[dict[str, Any]] = []
        self.reports: dict[str, dict[str, Any]] = {}
        self.tokens: set[str] = set()
        self.given = 0

    def errors(self, kind: str, instance: Any, *, required: bool = False) -> list[str]:
        schema = {
            "$ref": f"#/$defs/{kind}",
            "$defs": {name: self._object(fields) for name, fields in self.types.items()},
        }
        if required:
            schema["$defs"][kind]["required"] = list(self.types[kind])
        validator = jsonschema_rs.Draft202012Validator(schema)
        return [f"{kind}{e.instance_path} {e.message}" for e in validator.iter_errors(instance)]

    def _object(self, fields: dict[str, str]) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {name: self._type(kind) for name, kind in fields.items()},
            "additionalProperties": False,
        }

    def _type(self, kind: str) -> dict[str, Any]:
        if kind.startswith("[]"):
            return {"type": "array", "items": self._type(kind[2:])}
        if found := re.fullmatch(r"map\[string\](.+)", kind):
            return {"type": "object", "additionalProperties": self._type(found[1])}
        if kind.startswith("*"):
            return {"anyOf": [self._type(kind[1:]), {"type": "null"}]}
        if kind in _PLAIN:
            return {"type": _PLAIN[kind]}
        return {"$ref": f"#/$defs/{kind}"} if kind in self.types else {}

    def answer(self, asked: Asked) -> Answered:
        if (asked.method, asked.path) == ("POST", "/authenticate"):
            return self._authenticate(asked)
        if asked.method != "GET" or asked.body:
            self.breach(f"{asked.method} {asked.path}")
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Answered.of({"correlationId": "c", "message": "Access denied"}, 401)
        if asked.path == "/companies":
            return self._search(asked)
        if not re.fullmatch(r"/companies/[^/]+", asked.path):
            self.breach(f"{asked.path} is not in the contract")
        key = unquote(asked.path.removeprefix("/companies/"))
        report = self.reports.get(key)
        if report is None:
            return Answered.of({"correlationId": "c", "message": "Report not found"}, 404)
        self._check("CompanyReportResponse", report)
        return Answered.of(report)

    def _authenticate(self, asked: Asked) -> Answered:
        question = asked.json()
        for error in self.errors("LoginRequest", question, required=True):
            self.breach(error)
        if question != {"username": USER, "password": PASSWORD}:
            return Answered.of({"message": "Invalid credentials"}, 401)
        self.given += 1
        token = f"token-{self.given}"
        self.tokens = {token}
        answer = {"token": token}
        self._check("LoginResponse", answer)
        return Answered.of(answer)

    def _search(self, asked: Asked) -> Answered:
        if unknown := set(asked.query) - _SEARCH:
            self.breach(f"unknown parameters {unknown}")
        if not asked.query.get("countries"):
            self.breach("countries is missing")
        ways = {"regNo": "regNo", "vatNo": "vatNo", "name": "name"}
        found = [
            company
            for company in self.companies
            if company["country"] in asked.query["countries"]
            and all(company.get(ways[k]) == v[0] for k, v in asked.query.items() if k in ways)
        ]
        return Answered.of({"correlationId": "s-1", "totalSize": len(found), "companies": found})

    def _check(self, kind: str, instance: Any) -> None:
        for error in self.errors(kind, instance):
            self.breach(f"our mock: {error}")
