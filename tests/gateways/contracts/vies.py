"""VIES by its two contracts: the WSDL's types, and the Swagger document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree

from tests.gateways.contracts.openapi import OpenApiCounterpart, contract_at
from tests.gateways.contracts.server import Answered, Asked, Counterpart

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES = "urn:ec.europa.eu:taxud:vies:services:checkVat:types"


class ViesKnowledge:
    """What the member states know."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], tuple[str, str]] = {}
        self.fault: str | None = None
        self.consultations = 0

    def consultation(self) -> str:
        self.consultations += 1
        return f"WAPIAAAA{self.consultations:08}"


class SoapVies(Counterpart):
    def __init__(self, wsdl: Path, knowledge: ViesKnowledge) -> None:
        super().__init__()
        tree = etree.parse(wsdl)
        found = tree.find(".//{http://www.w3.org/2001/XMLSchema}schema")
        assert found is not None
        self.schema = etree.XMLSchema(etree.fromstring(etree.tostring(found)))
        self.knowledge = knowledge

    def answer(self, asked: Asked) -> Answered:
        if asked.method != "POST" or not asked.headers["content-type"].startswith("text/xml"):
            self.breach(f"{asked.method} {asked.headers.get('content-type')}")
        if asked.headers.get("soapaction") != '""':
            self.breach(f"SOAPAction is {asked.headers.get('soapaction')}")
        envelope = etree.fromstring(asked.body)
        (question,) = envelope.findall(f"{{{SOAP}}}Body/*")
        self._check("we", question)
        if self.knowledge.fault is not None:
            return soap_fault(self.knowledge.fault)
        operation = etree.QName(question).localname
        said = {etree.QName(each).localname: each.text or "" for each in question}
        known = self.knowledge.known.get((said["countryCode"], said["vatNumber"]))
        members = {
            "countryCode": said["countryCode"],
            "vatNumber": said["vatNumber"],
            "requestDate": "2026-03-02+01:00",
            "valid": "true" if known else "false",
        }
        name, address = known or ("---", "---")
        if operation == "checkVatApprox":
            members |= {"traderName": name, "traderAddress": address}
            members["requestIdentifier"] = self.knowledge.consultation()
        else:
            members |= {"name": name, "address": address}
        return self.said(f"{operation}Response", members)

    def said(self, name: str, members: dict[str, str]) -> Answered:
        answer = etree.Element(f"{{{TYPES}}}{name}")
        for member, value in members.items():
            etree.SubElement(answer, f"{{{TYPES}}}{member}").text = value
        self._check("our mock", answer)
        return in_envelope(answer)

    def _check(self, who: str, element: etree._Element) -> None:
        if not self.schema.validate(element):
            self.breach(f"{who}: {self.schema.error_log.last_error}")


def in_envelope(element: etree._Element, status: int = 200) -> Answered:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"env": SOAP})
    etree.SubElement(envelope, f"{{{SOAP}}}Body").append(element)
    return Answered(status, etree.tostring(envelope), {"content-type": "text/xml"})


def soap_fault(code: str, **headers: str) -> Answered:
    fault = etree.Element(f"{{{SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = "env:Server"
    etree.SubElement(fault, "faultstring").text = code
    answer = in_envelope(fault, 500)
    return Answered(500, answer.body, {**answer.headers, **headers})


class RestVies(OpenApiCounterpart):
    def __init__(self, swagger: Path, knowledge: ViesKnowledge) -> None:
        super().__init__(contract_at(swagger))
        self.knowledge = knowledge

    def say(self, asked: Asked) -> Answered:
        if self.knowledge.fault is not None:
            return rest_fault(self.knowledge.fault)
        question: dict[str, Any] = asked.json()
        known = self.knowledge.known.get((question["countryCode"], question["vatNumber"]))
        name, address = known or ("---", "---")
        return Answered.of(
            {
                "countryCode": question["countryCode"],
                "vatNumber": question["vatNumber"],
                "requestDate": "2026-03-02T09:30:00.000Z",
                "valid": known is not None,
                "requestIdentifier": (
                    self.knowledge.consultation() if "requesterNumber" in question else ""
                ),
                "name": name,
                "address": address,
                "traderName": "---",
                "traderNameMatch": "NOT_PROCESSED",
            }
        )


def rest_fault(code: str, status: int = 500) -> Answered:
    return Answered.of({"actionSucceed": False, "errorWrappers": [{"error": code}]}, status)
