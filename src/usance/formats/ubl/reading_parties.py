"""Parties, places, periods and payment of a UBL document."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from usance.formats.einvoice.parsing import (
    attribute,
    child,
    children,
    optional_day,
    required,
    text,
)
from usance.formats.ubl.names import SEPA
from usance.rules.invoicing.document import (
    Address,
    Contact,
    CreditTransfer,
    Delivery,
    DirectDebit,
    Identifier,
    Party,
    PaymentCard,
    PaymentInstructions,
    Period,
)

_VAT = "VAT"


def identifier(element: etree._Element | None, *path: str) -> Identifier | None:
    """The identifier down ``path`` with its scheme; None if it is not there."""
    found = child(element, *path)
    value = text(found)
    return Identifier(value, attribute(found, "schemeID")) if value else None


def seller_of(root: etree._Element) -> Party:
    """BG-4. Raises FormatError ``missing_element`` without a name."""
    supplier = required(root, "AccountingSupplierParty", "Party", term="The seller (BG-4)")
    return _trader(supplier, root=root, term="The name of the seller (BT-27)")


def buyer_of(root: etree._Element) -> Party:
    """BG-7. Raises FormatError ``missing_element`` without a name."""
    customer = required(root, "AccountingCustomerParty", "Party", term="The buyer (BG-7)")
    return _trader(customer, root=root, term="The name of the buyer (BT-44)")


def _trader(party: etree._Element, *, root: etree._Element, term: str) -> Party:
    legal = child(party, "PartyLegalEntity")
    trading_name = text(party, "PartyName", "Name")
    name = text(legal, "RegistrationName") or trading_name
    if not name:
        required(party, "PartyLegalEntity", "RegistrationName", term=term)
    vat_id, tax_registration = _tax_numbers(party)
    return Party(
        name=name,
        address=address_of(child(party, "PostalAddress")),
        trading_name=trading_name if text(legal, "RegistrationName") else "",
        identifiers=_identifiers(party, root=root),
        registration=identifier(legal, "CompanyID"),
        vat_id=vat_id,
        tax_registration=tax_registration,
        legal_information=text(legal, "CompanyLegalForm"),
        endpoint=identifier(party, "EndpointID"),
        contact=_contact(child(party, "Contact")),
    )


def payee_of(root: etree._Element) -> Party | None:
    """BG-10, or None."""
    payee = child(root, "PayeeParty")
    if payee is None:
        return None
    return Party(
        name=text(payee, "PartyName", "Name"),
        identifiers=_identifiers(payee, root=root),
        registration=identifier(payee, "PartyLegalEntity", "CompanyID"),
    )


def tax_representative_of(root: etree._Element) -> Party | None:
    """BG-11, or None."""
    party = child(root, "TaxRepresentativeParty")
    if party is None:
        return None
    vat_id, tax_registration = _tax_numbers(party)
    return Party(
        name=text(party, "PartyName", "Name"),
        address=address_of(child(party, "PostalAddress")),
        vat_id=vat_id or tax_registration,
    )


def _tax_numbers(party: etree._Element) -> tuple[str, str]:
    """The VAT identifier and the number of any other tax scheme."""
    vat_id = other = ""
    for scheme in children(party, "PartyTaxScheme"):
        number = text(scheme, "CompanyID")
        if text(scheme, "TaxScheme", "ID").upper() == _VAT:
            vat_id = vat_id or number
        else:
            other = other or number
    return vat_id, other


def _identifiers(party: etree._Element, *, root: etree._Element) -> tuple[Identifier, ...]:
    found = (identifier(each, "ID") for each in children(party, "PartyIdentification"))
    # With a mandate, the creditor's number is a term of the direct debit (BT-90).
    debited = child(root, "PaymentMeans", "PaymentMandate") is not None
    return tuple(
        each for each in found if each is not None and not (debited and each.scheme == SEPA)
    )


def _contact(element: etree._Element | None) -> Contact | None:
    contact = Contact(
        name=text(element, "Name"),
        telephone=text(element, "Telephone"),
        email=text(element, "ElectronicMail"),
    )
    return None if contact == Contact() else contact


def address_of(element: etree._Element | None) -> Address | None:
    """A postal address; None if ``element`` is not there or says nothing."""
    address = Address(
        country=text(element, "Country", "IdentificationCode"),
        line_1=text(element, "StreetName"),
        line_2=text(element, "AdditionalStreetName"),
        line_3=text(element, "AddressLine", "Line"),
        city=text(element, "CityName"),
        post_code=text(element, "PostalZone"),
        subdivision=text(element, "CountrySubentity"),
    )
    return None if address == Address() else address


def period_of(element: etree._Element | None) -> Period | None:
    """BG-14 or BG-26; None if neither end is there."""
    period = Period(start=optional_day(element, "StartDate"), end=optional_day(element, "EndDate"))
    return None if period == Period() else period


def delivery_of(root: etree._Element) -> Delivery | None:
    """BG-13 of the first delivery that says anything, or None."""
    for element in children(root, "Delivery"):
        delivery = Delivery(
            name=text(element, "DeliveryParty", "PartyName", "Name"),
            location=identifier(element, "DeliveryLocation", "ID"),
            delivered_on=optional_day(element, "ActualDeliveryDate"),
            address=address_of(child(element, "DeliveryLocation", "Address")),
        )
        if delivery != Delivery():
            return delivery
    return None


def payment_of(root: etree._Element) -> PaymentInstructions | None:
    """BG-16: the first way to pay; accounts of further credit transfers are added to a first one."""
    means = list(children(root, "PaymentMeans"))
    if not means:
        return None
    first = means[0]
    code = child(first, "PaymentMeansCode")
    transfers = (
        tuple(_transfers(means)) if child(first, "PayeeFinancialAccount") is not None else ()
    )
    return PaymentInstructions(
        code=text(code),
        text=attribute(code, "name"),
        remittance=text(first, "PaymentID"),
        transfers=transfers,
        card=_card(child(first, "CardAccount")),
        direct_debit=_direct_debit(child(first, "PaymentMandate"), root=root),
    )


def _transfers(means: list[etree._Element]) -> Iterator[CreditTransfer]:
    for each in means:
        account = child(each, "PayeeFinancialAccount")
        if account is not None:
            yield CreditTransfer(
                account=text(account, "ID"),
                name=text(account, "Name"),
                service_provider=text(account, "FinancialInstitutionBranch", "ID"),
            )


def _card(element: etree._Element | None) -> PaymentCard | None:
    if element is None:
        return None
    return PaymentCard(
        account=text(element, "PrimaryAccountNumberID"), holder=text(element, "HolderName")
    )


def _direct_debit(mandate: etree._Element | None, *, root: etree._Element) -> DirectDebit | None:
    if mandate is None:
        return None
    creditors = (
        text(each, "ID")
        for path in (("PayeeParty",), ("AccountingSupplierParty", "Party"))
        for each in children(root, *path, "PartyIdentification")
        if attribute(child(each, "ID"), "schemeID") == SEPA
    )
    return DirectDebit(
        mandate=text(mandate, "ID"),
        creditor=next(creditors, ""),
        account=text(mandate, "PayerFinancialAccount", "ID"),
    )
