"""Who carries a seller's documents: its access point, its channel to SdI, its way to ANAF, the mail."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from usance.flows.deliveries.tokens import KeptTokens
from usance.gateways.anaf import AnafTransmission
from usance.gateways.anaf.http import ADDRESS as ANAF
from usance.gateways.anaf.http import SIGN_IN, TEST_ADDRESS, AnafHttp
from usance.gateways.errors import Refused
from usance.gateways.mail import MailSender
from usance.gateways.mail.smtp import SmtpMail, is_configured
from usance.gateways.peppol import AccessPoint
from usance.gateways.peppol.storecove import ADDRESS as STORECOVE
from usance.gateways.peppol.storecove import Storecove
from usance.gateways.sdi import SdiTransmission
from usance.gateways.sdi.folders import SdiFolders
from usance.records.connections import queries
from usance.records.connections.models import Connection
from usance.records.events.secrets import decrypt
from usance.records.parties.models import Seller

FOLDER: Final = "USANCE_EXCHANGE_FOLDER"
"""Below it each seller has a folder of its own, by its handle; the operator says where it is."""
KINDS: Final[Mapping[str, str]] = {"storecove": "peppol", "sdi_folders": "sdi", "anaf": "anaf"}
"""The kinds of connection that carry documents, and the channel of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriers:
    """Everybody who can carry documents of one seller. None: not set up."""

    mail: MailSender | None = None
    access_point: AccessPoint | None = None
    sdi: SdiTransmission | None = None
    anaf: AnafTransmission | None = None


def carriers_of(seller_id: UUID, *, channel: str) -> Carriers:
    """Who carries for ``channel``: the latest that the seller has connected; the mail is the
    installation's.

    Raises SecretUnreadable, or Refused where a connection lacks what the operator has to set.
    """
    found: dict[str, Any] = {}
    for connection in connections_of(seller_id, channel=channel):
        found[channel] = carrier_of(connection)
    return Carriers(
        mail=SmtpMail() if is_configured() else None,
        access_point=found.get("peppol"),
        sdi=found.get("sdi"),
        anaf=found.get("anaf"),
    )


def connections_of(seller_id: UUID, *, channel: str) -> list[Connection]:
    """The seller's connections that carry documents over ``channel``, the oldest first."""
    kinds = [kind for kind, carries in KINDS.items() if carries == channel]
    if not kinds:
        return []
    found = queries.connections(seller_id=seller_id, active=True).filter(kind__in=kinds)
    return list(found.order_by("id"))


def carrier_of(connection: Connection) -> AccessPoint | SdiTransmission | AnafTransmission:
    """What a connection speaks to. Raises SecretUnreadable, or KeyError for a kind that carries
    nothing."""
    settings = connection.settings
    secret: dict[str, str] = json.loads(decrypt(connection.secret)) if connection.secret else {}
    private = os.environ.get("USANCE_CONNECTIONS_ALLOW_PRIVATE") == "1"
    address = settings.get("base_url")
    match connection.kind:
        case "storecove":
            return Storecove(
                api_key=secret["api_key"],
                legal_entity=settings["legal_entity_id"],
                base_url=address or STORECOVE,
                private_network=private,
            )
        case "sdi_folders":
            return SdiFolders(_folder(connection))
        case "anaf":
            return AnafHttp(
                tax_id=settings["tax_id"],
                tokens=secret,
                keeper=KeptTokens(seller_id=connection.seller_id, connection_id=connection.id),
                base_url=address or (TEST_ADDRESS if settings.get("sandbox") else ANAF),
                sign_in_url=settings.get("sign_in_url") or SIGN_IN,
                private_network=private,
            )
    raise KeyError(connection.kind)


def _folder(connection: Connection) -> Path:
    """Where the exchange takes place: never of a seller's choosing but for its last part."""
    root = os.environ.get(FOLDER, "")
    if not root:
        raise Refused(
            f"There is no folder for exchange; the operator has to set {FOLDER}.",
            counterpart="SdI",
            detail=FOLDER,
        )
    seller = Seller.objects.get(id=connection.seller_id)
    return Path(root, seller.handle, str(connection.settings.get("folder") or "sdi"))
