"""VIES by REST: ``swagger_publicVAT.yaml``, ``POST /check-vat-number``.

Gives the consultation number in the same answer when the asker says who is asking.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from usance.gateways.exchange import Exchange, Patience, Reply, aware
from usance.gateways.json_answers import Document, read_document
from usance.gateways.registries import vies
from usance.gateways.registries.registry import TaxNumberAnswer

ADDRESS: Final = "https://ec.europa.eu/taxation_customs/vies/rest-api"


class ViesRest:
    """Asks VIES by REST. No credentials."""

    source = "vies-rest"

    def __init__(
        self,
        *,
        base_url: str = ADDRESS,
        patience: Patience | None = None,
        private_network: bool = False,
    ) -> None:
        self._exchange = Exchange(
            counterpart="VIES",
            base_url=base_url,
            patience=patience,
            private_network=private_network,
        )

    def __repr__(self) -> str:
        return f"ViesRest(base_url={self._exchange.base_url!r})"

    def check(
        self, number: str, *, country: str, requester: str | None = None, at: datetime
    ) -> TaxNumberAnswer:
        """Ask whether ``number`` is a valid VAT number of ``country``."""
        prefix = vies.prefix_of(country)
        bare = vies.national_part(number, prefix=prefix)
        hopeless = vies.malformed(self.source, country=country, number=bare, at=aware(at))
        if hopeless is not None:
            return hopeless
        question = {"countryCode": prefix, "vatNumber": bare}
        if requester is not None:
            own = vies.split_requester(requester)
            question |= {"requesterMemberStateCode": own[0], "requesterNumber": own[1]}
        answer = _read(self._exchange.ask("POST", "/check-vat-number", json=question))
        vies.require_same(
            (prefix, bare),
            answered=(answer.required_text("countryCode"), answer.required_text("vatNumber")),
        )
        valid = answer.flag("valid")
        if valid is None:
            answer.refuse("valid", "true or false")
        return TaxNumberAnswer(
            source=self.source,
            asked_at=at,
            outcome="valid" if valid else "invalid",
            country=country,
            number=bare,
            name=vies.undisclosed(answer.text("name")),
            address=vies.undisclosed(answer.text("address")),
            reference=answer.text("requestIdentifier"),
            dated=answer.day("requestDate"),
        )


def _read(reply: Reply) -> Document:
    """The answer, or its fault raised: VIES reports one with status 200, 400 or 500 alike."""
    if not reply.body.lstrip().startswith(b"{"):
        reply.raise_for_failure()
    answer = read_document(reply)
    if answer.flag("actionSucceed") is False or "errorWrappers" in answer:
        faults = answer.children("errorWrappers") or []
        code = faults[0].text("error") if faults else None
        raise vies.fault(code or "", retry_after=reply.retry_after)
    # The address behind the website's own form says so in a member that the contract lacks.
    said = answer.text("userError")
    if said is not None and said not in ("VALID", "INVALID"):
        raise vies.fault(said, retry_after=reply.retry_after)
    reply.raise_for_failure()
    return answer
