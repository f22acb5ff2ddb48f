"""Who an InvoiceDetailRequest names: by the parts they take in it, else by its header's credentials."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from usance.formats.cxml.reading_values import day_of
from usance.formats.einvoice.parsing import attribute, child, children, text
from usance.rules.invoicing.document import (
    Address,
    Contact,
    CreditTransfer,
    Delivery,
    Identifier,
    Party,
)

_SELLER: Final = ("issuerOfInvoice", "from")
_BUYER: Final = ("soldTo", "billTo", "customer")
_DUNS: Final = "0060"


def seller_of(root: etree._Element, head: etree._Element) -> Party:
    """The supplier."""
    return _party(root, head, roles=_SELLER, side="From")


def buyer_of(root: etree._Element, head: etree._Element) -> Party:
    """The customer."""
    return _party(root, head, roles=_BUYER, side="To")


def payee_of(head: etree._Element) -> Party | None:
    """Whom to pay, where that is somebody else than the supplier by its name."""
    remit = _contact_of(_partner(head, ("remitTo",)))
    name = text(remit, "Name")
    seller = text(_contact_of(_partner(head, _SELLER)), "Name")
    return Party(name=name) if name and seller and name != seller else None


def _party(
    root: etree._Element, head: etree._Element, *, roles: tuple[str, ...], side: str
) -> Party:
    partner = _partner(head, roles)
    contact = _contact_of(partner)
    numbers = {
        attribute(one, "domain"): attribute(one, "identifier")
        for one in (*children(partner, "IdReference"), *children(contact, "IdReference"))
    }
    credential = child(root, "Header", side, "Credential")
    identity = text(credential, "Identity")
    domain = attribute(credential, "domain")
    known = identity and domain not in ("name", "vatID")
    endpoint = Identifier(identity, domain) if known and domain.isdecimal() else None
    registration = numbers.get("governmentNumber", "")
    return Party(
        name=text(contact, "Name") or identity,
        address=_address(child(contact, "PostalAddress")),
        identifiers=(Identifier(identity, _DUNS if domain == "DUNS" else domain),)
        if known and endpoint is None
        else (),
        registration=Identifier(registration) if registration else None,
        vat_id=numbers.get("vatID", ""),
        tax_registration=numbers.get("taxID", "") or numbers.get("supplierTaxID", ""),
        endpoint=endpoint,
        contact=_contact(contact),
    )


def _partner(head: etree._Element, roles: tuple[str, ...]) -> etree._Element | None:
    for role in roles:
        for partner in children(head, "InvoicePartner"):
            if attribute(child(partner, "Contact"), "role") == role:
                return partner
    return None


def _contact_of(partner: etree._Element | None) -> etree._Element | None:
    return child(partner, "Contact")


def _address(postal: etree._Element | None) -> Address | None:
    if postal is None:
        return None
    streets = [text(one) for one in children(postal, "Street")]
    lines = [*streets[:2], " ".join(filter(None, streets[2:]))]
    line_1, line_2, line_3 = (*lines, "", "", "")[:3]
    country = attribute(child(postal, "Country"), "isoCountryCode")
    return Address(
        country="" if country == "ZZ" else country,
        line_1=line_1,
        line_2=line_2,
        line_3=line_3,
        city=text(postal, "City"),
        post_code=text(postal, "PostalCode"),
        subdivision=text(postal, "State"),
    )


def _contact(contact: etree._Element | None) -> Contact | None:
    number = child(contact, "Phone", "TelephoneNumber")
    parts = (text(number, name) for name in ("CountryCode", "AreaOrCityCode", "Number"))
    found = Contact(
        name=text(contact, "PostalAddress", "DeliverTo"),
        telephone=" ".join(filter(None, parts)),
        email=text(contact, "Email"),
    )
    return found if found != Contact() else None


def delivery_of(head: etree._Element) -> Delivery | None:
    """Where the goods went, and the day they left."""
    shipping = child(head, "InvoiceDetailShipping")
    to = next(
        (one for one in children(shipping, "Contact") if attribute(one, "role") == "shipTo"), None
    )
    if to is None:
        return None
    return Delivery(
        name=text(to, "Name"),
        delivered_on=day_of(shipping, "shippingDate"),
        address=_address(child(to, "PostalAddress")),
    )


def transfers_of(head: etree._Element) -> Iterator[CreditTransfer]:
    """The accounts to pay to: each with the bank that is named after it."""
    account = ""
    for one in children(_partner(head, ("remitTo",)), "IdReference"):
        domain, identifier = attribute(one, "domain"), attribute(one, "identifier")
        if domain == "swiftID" and account:
            yield CreditTransfer(account, service_provider=identifier)
            account = ""
        elif domain in ("ibanID", "accountID"):
            if account:
                yield CreditTransfer(account)
            account = identifier
    if account:
        yield CreditTransfer(account)
