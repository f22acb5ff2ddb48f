"""Parties, their addresses and where goods went (BG-4 to BG-13, BG-15)."""

from __future__ import annotations

from typing import Final, Literal

from lxml import etree

from usance.formats.cii.elements import WRITER, day, joined, write_day
from usance.formats.einvoice.parsing import attribute, child, children, required_text, text
from usance.formats.einvoice.writing import prune
from usance.rules.invoicing.document import Address, Contact, Delivery, Identifier, Party

Role = Literal["seller", "buyer", "payee", "tax representative"]

_NAMES: Final[dict[Role, str]] = {
    "seller": "BT-27, the seller's name",
    "buyer": "BT-44, the buyer's name",
    "payee": "BT-59, the payee's name",
    "tax representative": "BT-62, the tax representative's name",
}


def read_party(element: etree._Element, *, role: Role) -> Party:
    """A TradeParty. Raises FormatError ``missing_element`` if it has no name."""
    organisation = child(element, "SpecifiedLegalOrganization")
    registrations = {
        attribute(each, "schemeID"): text(each)
        for tax in children(element, "SpecifiedTaxRegistration")
        for each in children(tax, "ID")
    }
    return Party(
        name=required_text(element, "Name", term=_NAMES[role]),
        address=read_address(child(element, "PostalTradeAddress")),
        trading_name=text(organisation, "TradingBusinessName"),
        identifiers=_identifiers(element),
        registration=_identifier(child(organisation, "ID")),
        vat_id=registrations.get("VA", ""),
        tax_registration=registrations.get("FC", ""),
        legal_information=joined(element, "Description"),
        endpoint=_identifier(child(element, "URIUniversalCommunication", "URIID")),
        contact=_read_contact(child(element, "DefinedTradeContact")),
    )


def read_address(element: etree._Element | None) -> Address | None:
    """A TradeAddress; None without element."""
    if element is None:
        return None
    return Address(
        country=text(element, "CountryID"),
        line_1=text(element, "LineOne"),
        line_2=text(element, "LineTwo"),
        line_3=text(element, "LineThree"),
        city=text(element, "CityName"),
        post_code=text(element, "PostcodeCode"),
        subdivision=text(element, "CountrySubDivisionName"),
    )


def read_delivery(element: etree._Element | None) -> Delivery | None:
    """Where and when the goods went, of a HeaderTradeDelivery; None if it does not say."""
    ship_to = child(element, "ShipToTradeParty")
    identifiers = () if ship_to is None else _identifiers(ship_to)
    delivery = Delivery(
        name=text(ship_to, "Name"),
        location=identifiers[0] if identifiers else None,
        delivered_on=day(element, "ActualDeliverySupplyChainEvent", "OccurrenceDateTime"),
        address=read_address(child(ship_to, "PostalTradeAddress")),
    )
    return None if delivery == Delivery() else delivery


def write_party(
    parent: etree._Element, name: str, party: Party, *, role: Role, extended: bool
) -> None:
    """A TradeParty ``name`` with the terms that EN 16931 knows for ``role``; all if ``extended``."""
    trades = extended or role in ("seller", "buyer")
    element = WRITER.group(parent, name)
    if trades or role == "payee":
        _write_identifiers(element, party.identifiers)
    WRITER.value(element, "ram:Name", party.name)
    if extended or role == "seller":
        WRITER.value(element, "ram:Description", party.legal_information)
    organisation = WRITER.group(element, "ram:SpecifiedLegalOrganization")
    if party.registration is not None and (trades or role == "payee"):
        WRITER.value(
            organisation, "ram:ID", party.registration.value, schemeID=party.registration.scheme
        )
    if trades:
        WRITER.value(organisation, "ram:TradingBusinessName", party.trading_name)
        _write_contact(element, party.contact)
    if trades or role == "tax representative":
        _write_address(element, party.address)
    if trades and party.endpoint is not None:
        uri = WRITER.group(element, "ram:URIUniversalCommunication")
        WRITER.value(uri, "ram:URIID", party.endpoint.value, schemeID=party.endpoint.scheme)
    if trades or role == "tax representative":
        _write_registration(element, party.vat_id, scheme="VA")
    if role == "seller":
        # Of others a number for VAT only, in EXTENDED as well (rule BR-FXEXT-03).
        _write_registration(element, party.tax_registration, scheme="FC")
    prune(element)


def write_delivery(parent: etree._Element, delivery: Delivery | None) -> None:
    """The ship-to party and the day of delivery."""
    if delivery is None:
        return
    ship_to = WRITER.group(parent, "ram:ShipToTradeParty")
    if delivery.location is not None:
        _write_identifiers(ship_to, (delivery.location,))
    WRITER.value(ship_to, "ram:Name", delivery.name)
    _write_address(ship_to, delivery.address)
    prune(ship_to)
    if len(ship_to) == 0:
        parent.remove(ship_to)
    if delivery.delivered_on is not None:
        event = WRITER.group(parent, "ram:ActualDeliverySupplyChainEvent")
        write_day(event, "ram:OccurrenceDateTime", delivery.delivered_on)


def _identifiers(element: etree._Element) -> tuple[Identifier, ...]:
    found = (_identifier(each) for kind in ("ID", "GlobalID") for each in children(element, kind))
    return tuple(each for each in found if each is not None)


def _identifier(element: etree._Element | None) -> Identifier | None:
    value = text(element)
    return Identifier(value, attribute(element, "schemeID")) if value else None


def _read_contact(element: etree._Element | None) -> Contact | None:
    if element is None:
        return None
    # BT-41 is a person or a department; a sender who names both gets both said.
    names = (text(element, "PersonName"), text(element, "DepartmentName"))
    contact = Contact(
        name=", ".join(dict.fromkeys(name for name in names if name)),
        telephone=text(element, "TelephoneUniversalCommunication", "CompleteNumber"),
        email=text(element, "EmailURIUniversalCommunication", "URIID"),
    )
    return None if contact == Contact() else contact


def _write_identifiers(parent: etree._Element, identifiers: tuple[Identifier, ...]) -> None:
    # The schema wants every identifier without a list before those with one.
    for each in identifiers:
        if not each.scheme:
            WRITER.value(parent, "ram:ID", each.value)
    for each in identifiers:
        if each.scheme:
            WRITER.value(parent, "ram:GlobalID", each.value, schemeID=each.scheme)


def _write_contact(parent: etree._Element, contact: Contact | None) -> None:
    if contact is None:
        return
    element = WRITER.group(parent, "ram:DefinedTradeContact")
    WRITER.value(element, "ram:PersonName", contact.name)
    telephone = WRITER.group(element, "ram:TelephoneUniversalCommunication")
    WRITER.value(telephone, "ram:CompleteNumber", contact.telephone)
    email = WRITER.group(element, "ram:EmailURIUniversalCommunication")
    WRITER.value(email, "ram:URIID", contact.email)


def _write_address(parent: etree._Element, address: Address | None) -> None:
    if address is None:
        return
    element = WRITER.group(parent, "ram:PostalTradeAddress")
    WRITER.value(element, "ram:PostcodeCode", address.post_code)
    WRITER.value(element, "ram:LineOne", address.line_1)
    WRITER.value(element, "ram:LineTwo", address.line_2)
    WRITER.value(element, "ram:LineThree", address.line_3)
    WRITER.value(element, "ram:CityName", address.city)
    WRITER.value(element, "ram:CountryID", address.country)
    WRITER.value(element, "ram:CountrySubDivisionName", address.subdivision)


def _write_registration(parent: etree._Element, number: str, *, scheme: str) -> None:
    if number:
        registration = WRITER.group(parent, "ram:SpecifiedTaxRegistration")
        WRITER.value(registration, "ram:ID", number, schemeID=scheme)
