"""Through whom a seller takes cards: the payment providers that it has connected."""

from __future__ import annotations

import json
import os
from typing import Final
from uuid import UUID

from usance.flows.refusals import Conflict, NotFound
from usance.gateways.psp import PaymentProvider
from usance.gateways.psp.stripe import ADDRESS as STRIPE
from usance.gateways.psp.stripe import Stripe
from usance.records.connections import queries
from usance.records.connections.models import Connection
from usance.records.events.secrets import decrypt
from usance.records.parties.models import Seller

KINDS: Final = ("stripe",)
"""The kinds of connection that take cards."""


class NoProvider(Conflict):
    """The seller has connected no payment provider."""

    code = "no_payment_provider"


def connection_of(seller: Seller, *, connection_id: UUID | None = None) -> Connection:
    """The provider to use: the one that is named, or the latest that is switched on.

    Raises NotFound or NoProvider.
    """
    found = queries.connections(seller_id=seller.id, active=True).filter(kind__in=KINDS)
    if connection_id is not None:
        named = found.filter(id=connection_id).first()
        if named is None:
            raise NotFound("There is no such payment provider.")
        return named
    latest = found.order_by("-id").first()
    if latest is None:
        raise NoProvider("No payment provider is connected; connect one before cards are taken.")
    return latest


def takes_cards(seller: Seller) -> bool:
    """Whether buyers can pay by card."""
    found = queries.connections(seller_id=seller.id, active=True)
    return found.filter(kind__in=KINDS).exists()


def provider_of(connection: Connection) -> PaymentProvider:
    """What speaks to the provider. Raises SecretUnreadable, or KeyError for a kind that is none."""
    secret: dict[str, str] = json.loads(decrypt(connection.secret)) if connection.secret else {}
    if connection.kind == "stripe":
        return Stripe(
            secret_key=secret["secret_key"],
            webhook_secret=secret.get("webhook_secret", ""),
            base_url=connection.settings.get("base_url") or STRIPE,
            private_network=os.environ.get("USANCE_CONNECTIONS_ALLOW_PRIVATE") == "1",
        )
    raise KeyError(connection.kind)


def provider_at(seller_id: UUID, connection_id: UUID) -> PaymentProvider:
    """The provider of a connection, one that is switched off included: what is held there still has
    to be let go of. Raises NotFound, or as provider_of."""
    connection = queries.connection(seller_id=seller_id, connection_id=connection_id)
    if connection is None:
        raise NotFound("There is no such payment provider.")
    return provider_of(connection)
