"""What EN 16931 itself demands beside figures that add up: parties, payment and what explains an amount.

Terms that a document of the model always has (its number, dates, totals) are not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from usance.formats.einvoice.missing_term import MissingTerm
from usance.formats.einvoice.vat_requirements import vat_terms
from usance.rules.invoicing.document import (
    Address,
    AllowanceCharge,
    InvoiceDocument,
    InvoiceLine,
    Party,
    PaymentInstructions,
    Period,
)

_TRANSFER: Final = frozenset({"30", "58"})
_SEPA: Final = "SEPA"


def en16931_terms(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """Terms that EN 16931-1 demands (rules BR-06 to BR-65, BR-CO-03 and 26, and those of categories)."""
    yield from _traders(document)
    yield from _other_parties(document)
    yield from _dates(document)
    if document.payment is not None:
        yield from _payment(document.payment)
    for path, entry, of_line in _allowances_charges(document):
        yield from _allowance_charge(entry, path=path, of_line=of_line)
    for position, line in enumerate(document.lines):
        yield from _line(line, path=f"lines[{position}]")
    for position, attachment in enumerate(document.attachments):
        if not attachment.reference:
            remedy = "Give the attachment a reference, such as its number or title."
            yield MissingTerm(f"attachments[{position}].reference", "BT-122", "BR-52", remedy)
    for position, preceding in enumerate(document.preceding):
        if not preceding.number:
            remedy = "Give the number of the invoice referred to."
            yield MissingTerm(f"preceding[{position}].number", "BT-25", "BR-55", remedy)
    yield from vat_terms(document)


def _traders(document: InvoiceDocument) -> Iterator[MissingTerm]:
    seller = document.seller
    for party, owner, name, address, country in (
        (seller, "seller", ("BT-27", "BR-06"), ("BG-5", "BR-08"), ("BT-40", "BR-09")),
        (document.buyer, "buyer", ("BT-44", "BR-07"), ("BG-8", "BR-10"), ("BT-55", "BR-11")),
    ):
        if not party.name:
            yield MissingTerm(f"{owner}.name", *name, f"Give the name of the {owner}.")
        yield from _country(party.address, owner, address=address, country=country)
    identifiers = [each for each in seller.identifiers if each.scheme != _SEPA]
    if not (identifiers or seller.registration or seller.vat_id):
        yield MissingTerm(
            "seller.vat_id",
            "BT-31",
            "BR-CO-26",
            "Give the seller's VAT identifier, registration number or another identifier.",
        )
    for party, owner, term, rule in (
        (seller, "seller", "BT-34", "BR-62"),
        (document.buyer, "buyer", "BT-49", "BR-63"),
    ):
        if party.endpoint is not None and not party.endpoint.scheme:
            remedy = f"Give the scheme of the electronic address of the {owner}, such as EM."
            yield MissingTerm(f"{owner}.endpoint", term, rule, remedy)


def _country(
    given: Address | None, owner: str, *, address: tuple[str, str], country: tuple[str, str]
) -> Iterator[MissingTerm]:
    """The address itself and its country, each with its term and rule."""
    of_whom = owner.replace("_", " ")
    if given is None:
        yield MissingTerm(f"{owner}.address", *address, f"Give the address of the {of_whom}.")
    elif not given.country:
        remedy = f"Give the country of the {of_whom}."
        yield MissingTerm(f"{owner}.address.country", *country, remedy)


def _other_parties(document: InvoiceDocument) -> Iterator[MissingTerm]:
    payee, representative = document.payee, document.tax_representative
    if payee is not None and not payee.name:
        yield MissingTerm("payee.name", "BT-59", "BR-17", "Give the name of the payee.")
    if representative is not None:
        yield from _representative(representative)
    delivered_to = document.delivery.address if document.delivery is not None else None
    if delivered_to is not None and not delivered_to.country:
        remedy = "Give the country of the place of delivery."
        yield MissingTerm("delivery.address.country", "BT-80", "BR-57", remedy)


def _representative(party: Party) -> Iterator[MissingTerm]:
    owner = "tax_representative"
    if not party.name:
        remedy = "Give the name of the tax representative."
        yield MissingTerm(f"{owner}.name", "BT-62", "BR-18", remedy)
    yield from _country(
        party.address, owner, address=("BG-12", "BR-19"), country=("BT-69", "BR-20")
    )
    if not party.vat_id:
        remedy = "Give the VAT identifier of the tax representative."
        yield MissingTerm(f"{owner}.vat_id", "BT-63", "BR-56", remedy)


def _dates(document: InvoiceDocument) -> Iterator[MissingTerm]:
    if document.tax_point_on is not None and document.tax_point_code:
        remedy = "Give the tax point as a date or as a code, not both."
        yield MissingTerm("tax_point_code", "BT-8", "BR-CO-03", remedy)
    if _is_backwards(document.period):
        remedy = "End the period on or after the day it starts."
        yield MissingTerm("period.end", "BT-74", "BR-29", remedy)
    is_foreign = document.tax_currency not in ("", document.currency)
    if is_foreign and document.totals.vat_in_tax_currency is None:
        remedy = f"Give the tax in {document.tax_currency}, or leave the tax currency out."
        yield MissingTerm("totals.vat_in_tax_currency", "BT-111", "BR-53", remedy)


def _is_backwards(period: Period | None) -> bool:
    if period is None or period.start is None or period.end is None:
        return False
    return period.end < period.start


def _payment(payment: PaymentInstructions) -> Iterator[MissingTerm]:
    if not payment.code:
        remedy = "Give the payment means, such as 30 for a credit transfer."
        yield MissingTerm("payment.code", "BT-81", "BR-49", remedy)
    accounts = [transfer.account for transfer in payment.transfers]
    if payment.code in _TRANSFER and not (accounts and all(accounts)):
        remedy = "Give the account to transfer to."
        yield MissingTerm("payment.transfers", "BT-84", "BR-61", remedy)
    for position, account in enumerate(accounts):
        if payment.code in _TRANSFER and not account:
            remedy = "Give the number of the account."
            yield MissingTerm(f"payment.transfers[{position}].account", "BT-84", "BR-50", remedy)


def _allowances_charges(
    document: InvoiceDocument,
) -> Iterator[tuple[str, AllowanceCharge, bool]]:
    for position, entry in enumerate(document.allowances_charges):
        yield f"allowances_charges[{position}]", entry, False
    for number, line in enumerate(document.lines):
        for position, entry in enumerate(line.allowances_charges):
            yield f"lines[{number}].allowances_charges[{position}]", entry, True


def _allowance_charge(entry: AllowanceCharge, *, path: str, of_line: bool) -> Iterator[MissingTerm]:
    what = "charge" if entry.is_charge else "allowance"
    if not (entry.reason or entry.reason_code):
        term, rule = {
            (False, False): ("BT-97", "BR-33"),
            (False, True): ("BT-104", "BR-38"),
            (True, False): ("BT-139", "BR-42"),
            (True, True): ("BT-144", "BR-44"),
        }[of_line, entry.is_charge]
        yield MissingTerm(f"{path}.reason", term, rule, f"Give the reason of the {what}.")
    if not of_line and not entry.vat_category:
        term, rule = ("BT-102", "BR-37") if entry.is_charge else ("BT-95", "BR-32")
        yield MissingTerm(
            f"{path}.vat_category", term, rule, f"Give the VAT category of the {what}."
        )


def _line(line: InvoiceLine, *, path: str) -> Iterator[MissingTerm]:
    item = line.item
    if not line.id:
        yield MissingTerm(f"{path}.id", "BT-126", "BR-21", "Give the line a number.")
    if not line.unit:
        yield MissingTerm(
            f"{path}.unit", "BT-130", "BR-23", "Give the unit, such as H87 for pieces."
        )
    if not item.name:
        yield MissingTerm(f"{path}.item.name", "BT-153", "BR-25", "Give the name of the item.")
    if line.price.net < 0:
        remedy = "Make the quantity negative instead of the price."
        yield MissingTerm(f"{path}.price.net", "BT-146", "BR-27", remedy)
    if line.price.gross is not None and line.price.gross < 0:
        remedy = "Make the quantity negative instead of the price."
        yield MissingTerm(f"{path}.price.gross", "BT-148", "BR-28", remedy)
    if _is_backwards(line.period):
        remedy = "End the period on or after the day it starts."
        yield MissingTerm(f"{path}.period.end", "BT-135", "BR-30", remedy)
    if item.standard_id is not None and not item.standard_id.scheme:
        remedy = "Give the scheme of the item's number, such as 0160 for a GTIN."
        yield MissingTerm(f"{path}.item.standard_id", "BT-157", "BR-64", remedy)
    for position, classification in enumerate(item.classifications):
        if not classification.scheme:
            remedy = "Give the list that the code is taken from, such as HS."
            place = f"{path}.item.classifications[{position}].scheme"
            yield MissingTerm(place, "BT-158", "BR-65", remedy)
    for position, attribute in enumerate(item.attributes):
        if not (attribute.name and attribute.value):
            remedy = "Give both the name and the value of the property."
            yield MissingTerm(f"{path}.item.attributes[{position}]", "BG-32", "BR-54", remedy)
