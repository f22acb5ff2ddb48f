"""VIES by SOAP: ``checkVatService.wsdl``, operations checkVat and checkVatApprox.

Only checkVatApprox gives a consultation number, and only to one who says who is asking.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from lxml import etree

from usance.gateways.errors import Malformed
from usance.gateways.exchange import Exchange, Patience, Reply, aware
from usance.gateways.registries import vies
from usance.gateways.registries.registry import TaxNumberAnswer

ADDRESS: Final = "https://ec.europa.eu/taxation_customs/vies/services/checkVatService"

_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_TYPES: Final = "urn:ec.europa.eu:taxud:vies:services:checkVat:types"


class ViesSoap:
    """Asks VIES by SOAP. No credentials."""

    source = "vies-soap"

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
        return f"ViesSoap(base_url={self._exchange.base_url!r})"

    def check(
        self, number: str, *, country: str, requester: str | None = None, at: datetime
    ) -> TaxNumberAnswer:
        """Ask whether ``number`` is a valid VAT number of ``country``."""
        prefix = vies.prefix_of(country)
        bare = vies.national_part(number, prefix=prefix)
        hopeless = vies.malformed(self.source, country=country, number=bare, at=aware(at))
        if hopeless is not None:
            return hopeless
        members = {"countryCode": prefix, "vatNumber": bare}
        if requester is not None:
            own = vies.split_requester(requester)
            members |= {"requesterCountryCode": own[0], "requesterVatNumber": own[1]}
        operation = "checkVat" if requester is None else "checkVatApprox"
        reply = self._exchange.ask(
            "POST",
            content=_request(operation, members),
            headers={"content-type": "text/xml; charset=utf-8", "soapaction": '""'},
        )
        answer = _Answer(_body(reply), operation=operation)
        vies.require_same(
            (prefix, bare), answered=(answer.required("countryCode"), answer.required("vatNumber"))
        )
        approximate = requester is not None
        return TaxNumberAnswer(
            source=self.source,
            asked_at=at,
            outcome="valid" if answer.flag("valid") else "invalid",
            country=country,
            number=bare,
            name=vies.undisclosed(answer.text("traderName" if approximate else "name")),
            address=vies.undisclosed(answer.text("traderAddress" if approximate else "address")),
            reference=answer.text("requestIdentifier"),
            dated=answer.day("requestDate"),
        )


def _request(operation: str, members: dict[str, str]) -> bytes:
    envelope = etree.Element(f"{{{_ENVELOPE}}}Envelope", nsmap={"s": _ENVELOPE, "v": _TYPES})
    body = etree.SubElement(envelope, f"{{{_ENVELOPE}}}Body")
    question = etree.SubElement(body, f"{{{_TYPES}}}{operation}")
    for name, value in members.items():
        etree.SubElement(question, f"{{{_TYPES}}}{name}").text = value
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _body(reply: Reply) -> etree._Element:
    """The one element in the body of the envelope. A fault, which comes with status 500, and every
    other failure is raised."""
    try:
        root = etree.fromstring(
            reply.body,
            etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False),
        )
    except (etree.XMLSyntaxError, ValueError):
        reply.raise_for_failure()
        raise _strange("something that is not XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        # SOAP 1.1, section 3: a message must not contain a document type declaration.
        raise _strange("a document type declaration")
    parts = root.findall(f"{{{_ENVELOPE}}}Body/*")
    if len(parts) != 1:
        reply.raise_for_failure()
        raise _strange("no single SOAP body")
    if parts[0].tag == f"{{{_ENVELOPE}}}Fault":
        raise vies.fault(parts[0].findtext("faultstring") or "", retry_after=reply.retry_after)
    reply.raise_for_failure()
    return parts[0]


class _Answer:
    """A response element, its members read with the types of the WSDL."""

    def __init__(self, element: etree._Element, *, operation: str) -> None:
        if element.tag != f"{{{_TYPES}}}{operation}Response":
            raise _strange(f"{str(element.tag)[:80]} to {operation}")
        self._element = element

    def text(self, name: str) -> str | None:
        found = self._element.findall(f"{{{_TYPES}}}{name}")
        if len(found) > 1 or any(len(each) for each in found):
            raise _strange(f"{name} in another shape")
        return ((found[0].text or "").strip() or None) if found else None

    def required(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise _strange(f"nothing for {name}")
        return value

    def flag(self, name: str) -> bool:
        value = self.required(name)
        if value not in ("true", "false", "1", "0"):
            raise _strange(f"{value[:20]!r} for {name}")
        return value in ("true", "1")

    def day(self, name: str) -> date:
        # A date of XML Schema may carry a zone, such as 2026-03-02+01:00.
        try:
            return date.fromisoformat(self.required(name)[:10])
        except ValueError:
            raise _strange(f"no date for {name}") from None


def _strange(what: str) -> Malformed:
    return Malformed(f"VIES answered {what}; ask again later.", counterpart="VIES", detail="soap")
