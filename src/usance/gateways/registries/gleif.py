"""GLEIF, the register of legal entity identifiers (LEI, ISO 17442). No credentials.

Covers every country; ``number`` is the LEI, not the number of a national register.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from usance.gateways.errors import Malformed
from usance.gateways.exchange import Exchange, Patience, aware
from usance.gateways.json_answers import read_document
from usance.gateways.registries.registry import CompanyRecord

ADDRESS: Final = "https://api.gleif.org/api/v1"

_LEI: Final = re.compile(r"[A-Z0-9]{18}[0-9]{2}", re.ASCII)


class Gleif:
    """Looks companies up by their LEI."""

    source = "gleif"

    def __init__(
        self,
        *,
        base_url: str = ADDRESS,
        patience: Patience | None = None,
        private_network: bool = False,
    ) -> None:
        self._exchange = Exchange(
            counterpart="GLEIF",
            base_url=base_url,
            headers={"accept": "application/vnd.api+json"},
            patience=patience,
            private_network=private_network,
        )

    def __repr__(self) -> str:
        return f"Gleif(base_url={self._exchange.base_url!r})"

    def look_up(self, number: str, *, country: str, at: datetime) -> CompanyRecord:
        """The entity with the LEI ``number``; not_found if it is one of another country."""
        lei = re.sub(r"\s", "", number).upper()
        nothing = CompanyRecord(
            source=self.source,
            asked_at=aware(at),
            outcome="not_found",
            country=country,
            number=lei[:40],
        )
        if not _is_lei(lei):
            return nothing
        reply = self._exchange.ask("GET", f"/lei-records/{lei}")
        if reply.status == 404:
            return nothing
        reply.raise_for_failure()
        data = read_document(reply).child("data")
        if data.required_text("id").upper() != lei:
            raise Malformed(
                "GLEIF answered about another entity than it was asked.",
                counterpart="GLEIF",
                detail="another_number",
            )
        entity = data.child("attributes").child("entity")
        jurisdiction = entity.text("jurisdiction")
        if jurisdiction is not None and jurisdiction[:2].upper() != country.strip().upper():
            return nothing
        status = entity.text("status")
        return CompanyRecord(
            source=self.source,
            asked_at=at,
            outcome="found",
            country=country,
            number=lei,
            name=entity.child("legalName").required_text("name"),
            status=status,
            active=None if status is None else status == "ACTIVE",
            created_on=entity.day("creationDate"),
            ceased_on=entity.child("expiration").day("date"),
            reference=entity.text("registeredAs"),
        )


def _is_lei(text: str) -> bool:
    """Whether the two last figures check the rest (ISO/IEC 7064, MOD 97-10)."""
    if not _LEI.fullmatch(text):
        return False
    return int("".join(str(int(character, 36)) for character in text)) % 97 == 1
