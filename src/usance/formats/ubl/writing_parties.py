"""Elements of parties, places, periods and payment of a UBL document."""

from __future__ import annotations

from datetime import date
from typing import Final

from lxml import etree

from usance.formats.einvoice.writing import Writer
from usance.formats.errors import FormatError
from usance.formats.ubl.names import SEPA
from usance.rules.invoicing.document import (
    Address,
    CreditTransfer,
    Delivery,
    Identifier,
    Party,
    PaymentInstructions,
    Period,
)

_VAT: Final = "VAT"

# EN 16931 asks only that the scheme of BT-32 be another than VAT.
_OTHER_TAX: Final = "TAX"

# UBL demands a card network, for which EN 16931 has no term.
_UNKNOWN_NETWORK: Final = "NA"


def write_identifier(
    writer: Writer, parent: etree._Element, name: str, identifier: Identifier | None
) -> None:
    """``identifier`` with its scheme as element ``name``."""
    if identifier is not None:
        writer.value(parent, name, identifier.value, schemeID=identifier.scheme)


def write_trader(
    writer: Writer, parent: etree._Element, given: Party, *, creditor: str = ""
) -> None:
    """A seller or buyer (BG-4, BG-7); ``creditor`` is the seller's number for direct debits (BT-90)."""
    party = writer.group(parent, "cac:Party")
    write_identifier(writer, party, "cbc:EndpointID", given.endpoint)
    _write_identifiers(writer, party, given, creditor=creditor)
    writer.within(party, "cac:PartyName", "cbc:Name", given.trading_name)
    _write_address(writer, party, "cac:PostalAddress", given.address)
    _write_tax_number(writer, party, given.vat_id, scheme=_VAT)
    _write_tax_number(writer, party, given.tax_registration, scheme=_OTHER_TAX)
    legal = writer.group(party, "cac:PartyLegalEntity")
    writer.value(legal, "cbc:RegistrationName", given.name)
    write_identifier(writer, legal, "cbc:CompanyID", given.registration)
    writer.value(legal, "cbc:CompanyLegalForm", given.legal_information)
    if given.contact is not None:
        contact = writer.group(party, "cac:Contact")
        writer.value(contact, "cbc:Name", given.contact.name)
        writer.value(contact, "cbc:Telephone", given.contact.telephone)
        writer.value(contact, "cbc:ElectronicMail", given.contact.email)


def write_payee(
    writer: Writer, parent: etree._Element, given: Party, *, creditor: str = ""
) -> None:
    """Whom to pay (BG-10): name and identifiers only."""
    payee = writer.group(parent, "cac:PayeeParty")
    _write_identifiers(writer, payee, given, creditor=creditor)
    writer.within(payee, "cac:PartyName", "cbc:Name", given.name)
    legal = writer.group(payee, "cac:PartyLegalEntity")
    write_identifier(writer, legal, "cbc:CompanyID", given.registration)


def write_tax_representative(writer: Writer, parent: etree._Element, given: Party) -> None:
    """Who pays the seller's tax (BG-11): name, address and VAT identifier only."""
    party = writer.group(parent, "cac:TaxRepresentativeParty")
    writer.within(party, "cac:PartyName", "cbc:Name", given.name)
    _write_address(writer, party, "cac:PostalAddress", given.address)
    _write_tax_number(writer, party, given.vat_id, scheme=_VAT)


def _write_identifiers(
    writer: Writer, party: etree._Element, given: Party, *, creditor: str
) -> None:
    identifiers = given.identifiers
    if creditor:
        identifiers = (*identifiers, Identifier(creditor, SEPA))
    for identifier in identifiers:
        each = writer.group(party, "cac:PartyIdentification")
        write_identifier(writer, each, "cbc:ID", identifier)


def _write_tax_number(writer: Writer, party: etree._Element, number: str, *, scheme: str) -> None:
    if number:
        tax = writer.group(party, "cac:PartyTaxScheme")
        writer.value(tax, "cbc:CompanyID", number)
        writer.within(tax, "cac:TaxScheme", "cbc:ID", scheme)


def _write_address(
    writer: Writer, parent: etree._Element, name: str, given: Address | None
) -> None:
    if given is None:
        return
    address = writer.group(parent, name)
    writer.value(address, "cbc:StreetName", given.line_1)
    writer.value(address, "cbc:AdditionalStreetName", given.line_2)
    writer.value(address, "cbc:CityName", given.city)
    writer.value(address, "cbc:PostalZone", given.post_code)
    writer.value(address, "cbc:CountrySubentity", given.subdivision)
    writer.within(address, "cac:AddressLine", "cbc:Line", given.line_3)
    writer.within(address, "cac:Country", "cbc:IdentificationCode", given.country)


def write_period(
    writer: Writer, parent: etree._Element, given: Period | None, *, tax_point_code: str = ""
) -> None:
    """BG-14 or BG-26; the code of the tax point (BT-8) stands with the former."""
    if given is None and not tax_point_code:
        return
    period = writer.group(parent, "cac:InvoicePeriod")
    if given is not None:
        writer.value(period, "cbc:StartDate", given.start)
        writer.value(period, "cbc:EndDate", given.end)
    writer.value(period, "cbc:DescriptionCode", tax_point_code)


def write_delivery(writer: Writer, parent: etree._Element, given: Delivery) -> None:
    """Where and when the goods went (BG-13)."""
    delivery = writer.group(parent, "cac:Delivery")
    writer.value(delivery, "cbc:ActualDeliveryDate", given.delivered_on)
    location = writer.group(delivery, "cac:DeliveryLocation")
    write_identifier(writer, location, "cbc:ID", given.location)
    _write_address(writer, location, "cac:Address", given.address)
    name = writer.group(writer.group(delivery, "cac:DeliveryParty"), "cac:PartyName")
    writer.value(name, "cbc:Name", given.name)


def write_payment(
    writer: Writer, parent: etree._Element, given: PaymentInstructions, *, due_on: date | None
) -> None:
    """How to pay (BG-16), once for every account; card and mandate stand with the first.

    ``due_on`` is the due date of a credit note. Raises FormatError ``missing_value`` without a code.
    """
    if not given.code:
        raise FormatError(
            "Payment instructions need the code of a payment means (BT-81), such as 30 for a credit "
            "transfer; state it.",
            code="missing_value",
        )
    transfers: tuple[CreditTransfer | None, ...] = given.transfers or (None,)
    for position, transfer in enumerate(transfers):
        means = writer.group(parent, "cac:PaymentMeans")
        # The text and the due date may occur once only (UBL-SR-46, UBL-SR-45).
        name = given.text if position == 0 else ""
        writer.value(means, "cbc:PaymentMeansCode", given.code, name=name)
        writer.value(means, "cbc:PaymentDueDate", due_on if position == 0 else None)
        writer.value(means, "cbc:PaymentID", given.remittance)
        if position == 0:
            _write_card(writer, means, given)
        if transfer is not None:
            account = writer.group(means, "cac:PayeeFinancialAccount")
            writer.value(account, "cbc:ID", transfer.account)
            writer.value(account, "cbc:Name", transfer.name)
            writer.within(
                account, "cac:FinancialInstitutionBranch", "cbc:ID", transfer.service_provider
            )
        if position == 0:
            _write_mandate(writer, means, given)


def _write_card(writer: Writer, means: etree._Element, given: PaymentInstructions) -> None:
    if given.card is not None:
        card = writer.group(means, "cac:CardAccount")
        writer.value(card, "cbc:PrimaryAccountNumberID", given.card.account)
        writer.value(card, "cbc:NetworkID", _UNKNOWN_NETWORK)
        writer.value(card, "cbc:HolderName", given.card.holder)


def _write_mandate(writer: Writer, means: etree._Element, given: PaymentInstructions) -> None:
    if given.direct_debit is not None:
        mandate = writer.group(means, "cac:PaymentMandate")
        writer.value(mandate, "cbc:ID", given.direct_debit.mandate)
        writer.within(mandate, "cac:PayerFinancialAccount", "cbc:ID", given.direct_debit.account)
