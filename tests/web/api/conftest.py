"""A program that talks to the API with a key of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from usance.flows import onboarding
from usance.records.parties.models import Seller
from usance.web.api import keys


@dataclass
class Shop:
    """A seller's program. Paths begin after ``/v1``."""

    seller: Seller
    key: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        once: str | None = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> Any:
        """The response to a request; ``once`` is its idempotency key, ``raw`` a body as it is."""
        given = {"Authorization": f"Bearer {self.key}"} | headers
        if once is not None:
            given["Idempotency-Key"] = once
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method, f"/v1{path}", data, content_type=content_type, headers=given
        )

    def ask(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        """The document that a request is answered with, which must come with ``status``."""
        response = self.send(method, path, body)
        assert response.status_code == status, response.content
        return response.json()


def shop_of(seller: Seller, *, scopes: Any = onboarding.SCOPES, at: Any) -> Shop:
    """A program of ``seller`` with a key of ``scopes``."""
    _, text = onboarding.create_api_key(seller, name="test", scopes=scopes, at=at)
    return Shop(seller, text)


@pytest.fixture
def shop(seller: Seller, at: Any) -> Shop:
    """A program that may do everything."""
    keys._kept.clear()
    return shop_of(seller, at=at)
