"""The OpenAPI document, and the page that shows it."""

from __future__ import annotations

import json
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from pydantic_core import to_json

from usance.web.api import answers, problems
from usance.web.api.api import api

DESCRIPTION: Final = """\
Net terms for B2B commerce: decide credit at checkout, hold the limit, ship, invoice, collect.

**Keys.** Every request carries `Authorization: Bearer usk_...`. A key belongs to one seller and has
scopes; what belongs to another seller does not exist.

**Amounts** are `{"amount": 123456, "currency": "EUR"}` in minor units. Instants are RFC 3339, days ISO 8601.

**Idempotency.** Every change takes `Idempotency-Key`. The same key with the same request gets the first
answer again. An answer of 400 or more is not kept: the key may be used again.

**Errors** are `application/problem+json` (RFC 9457) with a stable `code`. 422 is for the payload and names
each fault by JSON pointer, 409 for what the state of things does not allow, 404 for what you do not have.

**Lists** answer `{"data": [...], "has_more": true, "next": "..."}`; send `next` as `after`.
"""

_TITLES: Final = {
    400: "The request cannot be read.",
    401: "No valid key.",
    403: "The key lacks the scope.",
    404: "There is no such object.",
    409: "The state of things does not allow it.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The payload is wrong; `errors` says where.",
    503: "Whom it takes does not answer: the database, or a provider. Send the same again.",
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the API."""
    made: dict[str, Any] = json.loads(to_json(dict(api.get_openapi_schema(path_prefix="/v1/"))))
    made["info"] = {"title": "Usance", "version": "1", "description": DESCRIPTION}
    made["servers"] = [{"url": "/"}]
    components = made["components"]
    components["schemas"]["Problem"] = answers.Problem.model_json_schema()
    components["responses"] = {
        f"Problem{status}": {
            "description": title,
            "content": {
                problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
        for status, title in _TITLES.items()
    }
    for operations in made["paths"].values():
        for operation in operations.values():
            _finish(operation)
    return made


def _finish(operation: dict[str, Any]) -> None:
    """Name what every answer of an operation has in common."""
    for status, response in operation["responses"].items():
        if "$ref" not in response:
            response["description"] = HTTPStatus(int(status)).phrase
            if any(p["name"] == "Idempotency-Key" for p in operation["parameters"]):
                response["headers"] = {
                    "Idempotency-Replayed": {
                        "description": "`true` on an answer that was given before.",
                        "schema": {"type": "string", "const": "true"},
                    }
                }


@require_safe
def openapi_json(_: HttpRequest) -> HttpResponse:
    """``GET /v1/openapi.json``."""
    return HttpResponse(to_json(document()), content_type="application/json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """``GET /v1/docs``: the document as a page, without a script and without a CDN."""
    made = document()
    sections: dict[str, list[dict[str, Any]]] = {}
    for address, operations in made["paths"].items():
        for method, operation in operations.items():
            sections.setdefault(operation["tags"][0], []).append(
                _shown(operation, method=method.upper(), address=address)
            )
    return render(
        request, "api/docs.html", {"sections": sections, "description": DESCRIPTION.split("\n\n")}
    )


def _shown(operation: dict[str, Any], *, method: str, address: str) -> dict[str, Any]:
    """An operation as the page shows it, with the schemas it names written out."""
    body = operation.get("requestBody", {}).get("content", {})
    first = next((content["schema"] for content in body.values()), None)
    return {
        "id": operation["operationId"],
        "method": method,
        "address": address,
        "summary": operation["summary"],
        "description": operation["description"].split("\n\n"),
        "parameters": operation["parameters"],
        "body": _fields(first) if first else None,
        "media_types": list(body),
        "answers": [
            {"status": status, "fields": _fields(_answer_schema(response))}
            for status, response in operation["responses"].items()
            if "application/json" in response.get("content", {})
        ],
        "problems": [s for s, r in operation["responses"].items() if "$ref" in r],
    }


def _answer_schema(response: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = response["content"]["application/json"]["schema"]
    return schema


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Name, type and description of each member of ``schema``."""
    resolved = _resolve(schema)
    required = resolved.get("required", ())
    return [
        {
            "name": name,
            "type": _type(field),
            "required": name in required,
            "description": field.get("description", ""),
        }
        for name, field in resolved.get("properties", {}).items()
    ]


def _resolve(schema: dict[str, Any]) -> dict[str, Any]:
    for inner in schema.get("allOf", ()):
        return _resolve(inner)
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: dict[str, Any] = document()["components"]["schemas"][reference.rsplit("/", 1)[-1]]
    return found


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema or "allOf" in schema:
        return str(_resolve(schema).get("title", "object"))
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(option) for option in schema["anyOf"]))
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "any"))
