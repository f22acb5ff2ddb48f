"""A vendor's OpenAPI or Swagger document, made strict enough to hold both sides to it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from tests.gateways.contracts.server import Answered, Asked, Counterpart


class Contract:
    """Operations by method and path; schemas with every reference inside the document."""

    def __init__(self, path: Path) -> None:
        text = path.read_text()
        self.document = json.loads(text) if path.suffix == ".json" else yaml.load(text, _Loader)
        # Companies House publishes references to where its files stood when they were joined.
        schemas = self.document.get("components", {}).get("schemas", {})
        self.document = _rewritten(self.document, frozenset(schemas))
        self._roots = {
            name: self.document[name]
            for name in ("components", "definitions")
            if name in self.document
        }
        self._paths = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template)), operations)
            for template, operations in self.document["paths"].items()
        ]

    def operation(self, asked: Asked, base: str = "") -> dict[str, Any] | None:
        path = asked.path.removeprefix(base)
        for pattern, operations in self._paths:
            if pattern.fullmatch(path):
                # One path of Companies House has its operation without a method around it.
                whole = {"get": operations} if "responses" in operations else operations
                return whole.get(asked.method.lower())
        return None

    def errors(self, schema: dict[str, Any], instance: Any, *, closed: bool = False) -> list[str]:
        whole = schema | self._roots
        if closed:
            whole = _closed(whole)
        validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return [f"{e.instance_path} {e.message}" for e in validator.iter_errors(instance)]


@cache
def contract_at(path: Path) -> Contract:
    """The contract in the file ``path``, read once."""
    return Contract(path)


class OpenApiCounterpart(Counterpart):
    """Checks each request, and each answer of its own, against ``contract``.

    What we send may have no member that the contract lacks: a misspelt one would be ignored.
    """

    def __init__(self, contract: Contract, base: str = "") -> None:
        super().__init__()
        self.contract = contract
        self.base = base

    def say(self, asked: Asked) -> Answered:
        """The answer; subclasses."""
        raise NotImplementedError

    def answer(self, asked: Asked) -> Answered:
        operation = self.contract.operation(asked, self.base)
        if operation is None:
            self.breach(f"{asked.method} {asked.path} is not in the contract")
            return Answered(404)
        self._check_query(asked, operation)
        self._check_body(asked, operation)
        answer = self.say(asked)
        self._check_answer(answer, operation)
        return answer

    def _check_query(self, asked: Asked, operation: dict[str, Any]) -> None:
        known = {p["name"]: p for p in operation.get("parameters", ()) if p["in"] == "query"}
        for name, values in asked.query.items():
            if name not in known:
                self.breach(f"{asked.path}: unknown parameter {name}")
                continue
            schema = known[name].get("schema", known[name])
            for value in values:
                given: Any = value
                if schema.get("type") in ("integer", "number"):
                    given = json.loads(value)
                for error in self.contract.errors(schema, given):
                    self.breach(f"{asked.path}?{name}: {error}")
        for name, parameter in known.items():
            if parameter.get("required") and name not in asked.query:
                self.breach(f"{asked.path}: parameter {name} is missing")

    def _check_body(self, asked: Asked, operation: dict[str, Any]) -> None:
        schema = _body_schema(operation)
        if schema is None:
            if asked.body:
                self.breach(f"{asked.path}: a body where there is none")
            return
        if asked.headers.get("content-type") != "application/json":
            self.breach(f"{asked.path}: content-type {asked.headers.get('content-type')}")
        for error in self.contract.errors(schema, asked.json(), closed=True):
            self.breach(f"{asked.path}: {error}")

    def _check_answer(self, answer: Answered, operation: dict[str, Any]) -> None:
        response = operation["responses"].get(str(answer.status))
        if response is None:
            self.breach(f"our mock: status {answer.status} is not in the contract")
            return
        schema = response.get("schema")
        for content in response.get("content", {}).values():
            schema = content.get("schema")
        if schema is not None and answer.body:
            for error in self.contract.errors(schema, json.loads(answer.body)):
                self.breach(f"our mock: {error}")


def _body_schema(operation: dict[str, Any]) -> dict[str, Any] | None:
    if "requestBody" in operation:
        schema: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
        return schema
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "body":
            return dict(parameter["schema"])
    return None


def _rewritten(node: Any, schemas: frozenset[str]) -> Any:
    if isinstance(node, list):
        return [_rewritten(each, schemas) for each in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        name = reference.rpartition("/")[2]
        if reference.startswith("#"):
            return {"$ref": reference}
        return {"$ref": f"#/components/schemas/{name}"} if name in schemas else {}
    node = {key: _rewritten(value, schemas) for key, value in node.items()}
    if node.get("type") == "object" and "$ref" in (node.get("items") or {}):
        return node["items"]  # an object is described there by "items", which says nothing of it
    if node.get("nullable") and isinstance(node.get("type"), str):
        node["type"] = [node["type"], "null"]
    if node.get("nullable") and isinstance(node.get("anyOf"), list):
        node["anyOf"] = [*node["anyOf"], {"type": "null"}]
    if node.get("nullable") and isinstance(node.get("enum"), list):
        node["enum"] = [*node["enum"], None]
    return node


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    node = {key: _closed(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict) and "additionalProperties" not in node:
        node["additionalProperties"] = False
    return node


class _Loader(yaml.CSafeLoader):
    """Dates in examples stay texts."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
