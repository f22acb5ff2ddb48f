"""What machines ask about the process, and the page of the API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pydantic import BaseModel

from usance.web.api import openapi

from .conftest import Shop


def test_alive_and_ready(shop: Shop) -> None:
    assert shop.client.get("/healthz").json() == {"status": "ok"}
    assert shop.client.get("/readyz").json() == {"status": "ready"}
    assert shop.client.post("/healthz").status_code == 405


def test_not_ready_while_a_migration_waits(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.migrations.executor import MigrationExecutor

    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    response = shop.client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (503, "migrations are waiting")


def test_not_ready_without_a_database(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def fail() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "ensure_connection", fail)
    assert shop.client.get("/readyz").status_code == 503


def test_requests_are_counted_by_route(shop: Shop) -> None:
    shop.send("GET", f"/buyers/buy_{'0' * 32}")
    shop.send("BREW", "/buyers")
    text = shop.client.get("/metrics").content.decode()
    series = (
        'usance_http_request_seconds_count{method="GET",route="buyers/<buyer_id>",status="404"}'
    )
    assert series in text
    assert 'method="other",route="buyers",status="405"' in text
    assert "BREW" not in text


def test_metrics_are_for_this_machine_or_for_the_token(settings: Any) -> None:
    client = Client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 403
    settings.METRICS_TOKEN = "secret"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 403
    sent = {"Authorization": "Bearer secret"}
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", headers=sent).status_code == 200


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"]] if given.get("id") else []
        if tag == "a" and (given.get("href") or "").startswith("#"):
            self.links.append(str(given["href"])[1:])
        if tag in ("script", "link", "img"):
            self.sources.append(str(given.get("src") or given.get("href")))
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.inline.append(tag)


def test_the_page_shows_every_operation_and_needs_nothing_from_elsewhere() -> None:
    response = Client().get("/v1/docs")
    assert response.status_code == 200
    page = _Page()
    page.feed(response.content.decode())
    operations = [o for p in openapi.document()["paths"].values() for o in p.values()]
    assert {operation["operationId"] for operation in operations} <= set(page.ids)
    assert set(page.links) <= set(page.ids)
    assert page.inline == []
    assert all(source.startswith("/static/") for source in page.sources)
    assert "script-src 'self'" in response["Content-Security-Policy"]


UNKEYED = {
    # Asking changes nothing.
    "create_order_intent",
    "preview_billing_run",
    # It asks the payment provider as well, again whenever it is sent: a card is forgotten once, and the
    # second time answers as the first did.
    "delete_card",
}


def every_schema(base: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    """What requests and answers of the API are made of."""
    for one in base.__subclasses__():
        yield from every_schema(one)
        if one.__module__.startswith("usance.web.api."):
            yield one


def test_no_two_schemas_share_a_name() -> None:
    """The document tells them apart by their names alone: one would silently stand for the other."""
    assert openapi.document()
    places = {(one.__name__, one.__module__) for one in every_schema()}
    names = Counter(name for name, _ in places)
    assert [name for name, times in names.items() if times > 1] == []


def test_the_document_is_served_and_complete(shop: Shop) -> None:
    document = shop.ask("GET", "/openapi.json")
    assert document == openapi.document()
    assert document["openapi"].startswith("3.1")
    writes = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"] and operation["description"]
            assert {"401", "403", "503"} <= operation["responses"].keys()
            assert operation["security"] == [{"ApiKey": []}]
            if method != "get":
                names = [p["name"] for p in operation["parameters"]]
                # Everything else may be sent twice under one key.
                keyed = operation["operationId"] not in UNKEYED
                assert ("Idempotency-Key" in names) == keyed, path
                writes += 1
                assert {"409", "422"} <= operation["responses"].keys()
    assert writes >= 100
