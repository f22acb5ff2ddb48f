"""Companies House, the register of the United Kingdom: its public data API.

``GET /company/{number}``, and ``GET /company/{number}/officers`` where officers are wanted. The key
goes as the user name of HTTP Basic authentication, without a password, as its guide has it.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import Final

from usance.gateways.errors import Malformed, NotCovered
from usance.gateways.exchange import Exchange, Patience, aware
from usance.gateways.json_answers import Document, read_document
from usance.gateways.registries.registry import CompanyRecord, Officer

ADDRESS: Final = "https://api.company-information.service.gov.uk"

_NUMBER: Final = re.compile(
    r"(?:[A-Z]{2}[0-9]{6}|[0-9]{8}|R0[0-9]{6}|[A-Z]{2}[0-9]{5}[A-Z])", re.ASCII
)
_TRADING: Final = {"active", "open", "registered"}
_PROCEEDINGS: Final = {
    "liquidation",
    "receivership",
    "administration",
    "voluntary-arrangement",
    "insolvency-proceedings",
}
_MOST_OFFICERS: Final = 100


class CompaniesHouse:
    """Looks companies up in the register of the United Kingdom."""

    source = "companies-house"

    def __init__(
        self,
        *,
        api_key: str,
        with_officers: bool = False,
        base_url: str = ADDRESS,
        patience: Patience | None = None,
        private_network: bool = False,
    ) -> None:
        token = base64.b64encode(f"{api_key}:".encode()).decode("ascii")
        self._with_officers = with_officers
        self._exchange = Exchange(
            counterpart="Companies House",
            base_url=base_url,
            headers={"authorization": f"Basic {token}", "accept": "application/json"},
            patience=patience,
            private_network=private_network,
        )

    def __repr__(self) -> str:
        return f"CompaniesHouse(base_url={self._exchange.base_url!r}, api_key=***)"

    def look_up(self, number: str, *, country: str, at: datetime) -> CompanyRecord:
        """The company with ``number``; leading zeros may be left out."""
        if country.strip().upper() != "GB":
            raise NotCovered(
                "Companies House has companies of the United Kingdom (GB) only.",
                counterpart="Companies House",
                detail=country[:10],
            )
        own = re.sub(r"[\s.\-]", "", number).upper()
        own = own.zfill(8) if own.isascii() and own.isdigit() else own
        nothing = CompanyRecord(
            source=self.source,
            asked_at=aware(at),
            outcome="not_found",
            country="GB",
            number=own[:40],
        )
        if not _NUMBER.fullmatch(own):
            return nothing
        reply = self._exchange.ask("GET", f"/company/{own}")
        if reply.status == 404:
            return nothing
        reply.raise_for_failure()
        profile = read_document(reply)
        if profile.required_text("company_number").upper() != own:
            raise Malformed(
                "Companies House answered about another company than it was asked.",
                counterpart="Companies House",
                detail="another_number",
            )
        status = profile.text("company_status")
        return CompanyRecord(
            source=self.source,
            asked_at=at,
            outcome="found",
            country="GB",
            number=own,
            name=profile.required_text("company_name"),
            status=status,
            active=None if status is None else status in _TRADING,
            insolvent=None if status is None else status in _PROCEEDINGS,
            insolvency_history=_insolvency_history(profile),
            accounts_overdue=_accounts_overdue(profile),
            created_on=profile.day("date_of_creation"),
            ceased_on=profile.day("date_of_cessation"),
            officers=self._officers(own) if self._with_officers else None,
            reference=profile.text("etag"),
        )

    def _officers(self, number: str) -> tuple[Officer, ...]:
        reply = self._exchange.ask(
            "GET", f"/company/{number}/officers", params={"items_per_page": _MOST_OFFICERS}
        )
        if reply.status == 404:
            return ()  # some kinds of company have none
        reply.raise_for_failure()
        return tuple(
            Officer(
                each.required_text("name"),
                each.required_text("officer_role"),
                each.day("appointed_on"),
                each.day("resigned_on"),
            )
            for each in read_document(reply).children("items") or ()
        )


def _insolvency_history(profile: Document) -> bool | None:
    """The link to the cases is the register's newer word for it, the flag its older one."""
    if "insolvency" in profile.child("links"):
        return True
    said = profile.flag("has_insolvency_history")
    return said if said is not None or "links" not in profile else False


def _accounts_overdue(profile: Document) -> bool | None:
    accounts = profile.child("accounts")
    overdue = accounts.child("next_accounts").flag("overdue")
    return accounts.flag("overdue") if overdue is None else overdue
