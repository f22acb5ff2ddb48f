"""Through whom a seller has its invoices funded: the partners that it has connected."""

from __future__ import annotations

import json
import os
from typing import Final
from uuid import UUID

from usance.flows.refusals import NotFound
from usance.gateways.funding import FundingPartner
from usance.gateways.funding.http_partner import HttpPartner
from usance.records.connections import queries
from usance.records.connections.models import Connection
from usance.records.events.secrets import decrypt

KINDS: Final = ("funding_partner",)
"""The kinds of connection that fund invoices."""


def partner_of(connection: Connection) -> FundingPartner:
    """What speaks to the partner. Raises SecretUnreadable, or KeyError for a kind that is none."""
    if connection.kind not in KINDS:
        raise KeyError(connection.kind)
    secret: dict[str, str] = json.loads(decrypt(connection.secret)) if connection.secret else {}
    return HttpPartner(
        base_url=connection.settings["base_url"],
        api_key=secret["api_key"],
        webhook_secret=secret.get("webhook_secret", ""),
        private_network=os.environ.get("USANCE_CONNECTIONS_ALLOW_PRIVATE") == "1",
    )


def partner_at(seller_id: UUID, connection_id: UUID) -> FundingPartner:
    """The partner of a connection, one that is switched off included: what it has advanced still has
    to be repaid. Raises NotFound, or as partner_of."""
    connection = queries.connection(seller_id=seller_id, connection_id=connection_id)
    if connection is None:
        raise NotFound("There is no such funding partner.")
    return partner_of(connection)
