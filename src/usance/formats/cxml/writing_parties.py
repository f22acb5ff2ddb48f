"""Who an InvoiceDetailRequest is from and to, who takes part, and where the goods went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from usance.formats.cxml.elements import add, instant
from usance.rules.invoicing.document import Address, Contact, InvoiceDocument, Party

AGENT: Final = "Usance"
_DUNS: Final = "0060"
_UNKNOWN: Final = "unknown"


def add_header(root: etree._Element, document: InvoiceDocument) -> None:
    """From the seller to the buyer. A secret that a network asks for is put in where it is sent."""
    header = add(root, "Header")
    for name, party in (("From", document.seller), ("To", document.buyer)):
        _credential(add(header, name), party)
    sender = add(header, "Sender")
    _credential(sender, document.seller)
    add(sender, "UserAgent", AGENT)


def _credential(parent: etree._Element, party: Party) -> None:
    """The party by its DUNS number, electronic address, VAT number or name, whichever it has first."""
    numbers = [*party.identifiers, *([party.endpoint] if party.endpoint else [])]
    duns = next((one.value for one in numbers if one.scheme == _DUNS), "")
    if duns:
        domain, identity = "DUNS", duns
    elif party.endpoint is not None and party.endpoint.scheme:
        domain, identity = party.endpoint.scheme, party.endpoint.value
    elif party.vat_id:
        domain, identity = "vatID", party.vat_id
    else:
        domain, identity = "name", party.name or _UNKNOWN
    add(add(parent, "Credential", domain=domain), "Identity", identity)


def add_partners(head: etree._Element, document: InvoiceDocument) -> None:
    """Seller, buyer, whom to pay with the accounts, and a tax representative."""
    _partner(head, document.seller, role="from")
    _partner(head, document.seller, role="issuerOfInvoice")
    _partner(head, document.buyer, role="soldTo")
    _partner(head, document.buyer, role="billTo")
    partner = _partner(head, document.payee or document.seller, role="remitTo")
    for domain, identifier in _accounts(document):
        add(partner, "IdReference", identifier=identifier, domain=domain)
    if document.tax_representative is not None:
        _partner(head, document.tax_representative, role="taxRepresentative")


def _accounts(document: InvoiceDocument) -> Iterator[tuple[str, str]]:
    for transfer in document.payment.transfers if document.payment else ():
        iban = transfer.account[:2].isalpha()
        yield ("ibanID" if iban else "accountID"), transfer.account
        if transfer.service_provider:
            yield "swiftID", transfer.service_provider


def _partner(head: etree._Element, party: Party, *, role: str) -> etree._Element:
    partner = add(head, "InvoicePartner")
    _contact(partner, role=role, name=party.name, address=party.address, contact=party.contact)
    if role in ("remitTo", "from", "billTo"):
        return partner
    for domain, identifier in (
        ("vatID", party.vat_id),
        ("taxID", party.tax_registration),
        ("governmentNumber", party.registration.value if party.registration else ""),
    ):
        if identifier:
            add(partner, "IdReference", identifier=identifier, domain=domain)
    return partner


def add_shipping(head: etree._Element, document: InvoiceDocument) -> None:
    """Where the goods left and where they went, with the day, as far as the document says."""
    delivery = document.delivery
    if delivery is None or delivery.address is None:
        return
    shipping = add(head, "InvoiceDetailShipping", shippingDate=instant(delivery.delivered_on))
    seller = document.seller
    _contact(shipping, role="shipFrom", name=seller.name, address=seller.address)
    name = delivery.name or document.buyer.name
    _contact(shipping, role="shipTo", name=name, address=delivery.address)


def _contact(
    parent: etree._Element,
    *,
    role: str,
    name: str,
    address: Address | None,
    contact: Contact | None = None,
) -> None:
    found = add(parent, "Contact", role=role)
    add(found, "Name", name).set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    if address is not None:
        _address(found, address, contact=contact)
    if contact is None:
        return
    if contact.email:
        add(found, "Email", contact.email)
    if contact.telephone:
        number = add(add(found, "Phone"), "TelephoneNumber")
        country = address.country if address else ""
        add(number, "CountryCode").set("isoCountryCode", country or "ZZ")
        add(number, "AreaOrCityCode")
        add(number, "Number", contact.telephone)


def _address(parent: etree._Element, address: Address, *, contact: Contact | None) -> None:
    postal = add(parent, "PostalAddress")
    if contact is not None and contact.name:
        add(postal, "DeliverTo", contact.name)
    streets = [one for one in (address.line_1, address.line_2, address.line_3) if one]
    for street in streets or [""]:
        add(postal, "Street", street)
    add(postal, "City", address.city)
    if address.subdivision:
        add(postal, "State", address.subdivision)
    if address.post_code:
        add(postal, "PostalCode", address.post_code)
    add(postal, "Country", address.country).set("isoCountryCode", address.country or "ZZ")
