"""A term that a rule set demands, and checks that several rule sets share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from usance.rules.invoicing.document import Address, InvoiceDocument

_TAXED: Final = frozenset({"S", "Z", "E", "AE", "K", "G", "L", "M"})


@dataclass(frozen=True, slots=True)
class MissingTerm:
    """A term that a rule set demands and an invoice lacks, or has in another form."""

    path: str
    """Where it is in InvoiceDocument, such as ``seller.contact.telephone``; positions from 0."""
    term: str
    """Its business term or group, such as BT-42."""
    rule: str
    """The rule that demands it, by its official name."""
    remedy: str
    """What to do, for a person."""


PLACES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "seller": (
        "seller",
        {"line_1": "BT-35", "city": "BT-37", "post_code": "BT-38", "subdivision": "BT-39"},
    ),
    "buyer": (
        "buyer",
        {"line_1": "BT-50", "city": "BT-52", "post_code": "BT-53", "subdivision": "BT-54"},
    ),
    "tax_representative": (
        "tax representative",
        {"line_1": "BT-64", "city": "BT-66", "post_code": "BT-67", "subdivision": "BT-68"},
    ),
    "delivery": (
        "place of delivery",
        {"line_1": "BT-75", "city": "BT-77", "post_code": "BT-78", "subdivision": "BT-79"},
    ),
}
"""By the field of InvoiceDocument that has an address: its name for people, and its business terms."""

_PARTS: Final = {
    "line_1": "street",
    "city": "city",
    "post_code": "post code",
    "subdivision": "county or region",
}


def address_terms(
    address: Address | None, owner: str, *, rules: Mapping[str, str]
) -> Iterator[MissingTerm]:
    """Parts of the address of ``owner`` that are empty, of those that ``rules`` names a rule for."""
    for_people, terms = PLACES[owner]
    for part, rule in rules.items():
        if not getattr(address or Address(), part):
            yield MissingTerm(
                f"{owner}.address.{part}",
                terms[part],
                rule,
                f"Give the {_PARTS[part]} of the {for_people}.",
            )


def mandate_term(
    document: InvoiceDocument, *, codes: frozenset[str], rule: str
) -> Iterator[MissingTerm]:
    """The mandate of a direct debit, whose payment means is one of ``codes``."""
    payment = document.payment
    if payment is None or payment.code not in codes:
        return
    if payment.direct_debit is None or not payment.direct_debit.mandate:
        yield MissingTerm(
            "payment.direct_debit.mandate",
            "BT-89",
            rule,
            "Give the reference of the mandate to debit, or another way to pay.",
        )


def seller_tax_number(document: InvoiceDocument, *, rule: str) -> Iterator[MissingTerm]:
    """The seller's VAT identifier or tax number, which an invoice with VAT needs."""
    seller = document.seller
    numbers = seller.vat_id or seller.tax_registration
    if bears_vat(document) and not numbers and document.tax_representative is None:
        yield MissingTerm(
            "seller.vat_id", "BT-31", rule, "Give the seller's VAT identifier or tax number."
        )


def bears_vat(document: InvoiceDocument) -> bool:
    """Whether a line, allowance or charge is of a category that is within the scope of VAT."""
    categories = {line.vat_category for line in document.lines}
    categories.update(entry.vat_category for entry in document.allowances_charges)
    return not categories.isdisjoint(_TAXED)


def endpoint_terms(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """Electronic addresses of seller and buyer (PEPPOL-EN16931-R020, R010; XRechnung has both)."""
    for party, owner, term, rule in (
        (document.seller, "seller", "BT-34", "PEPPOL-EN16931-R020"),
        (document.buyer, "buyer", "BT-49", "PEPPOL-EN16931-R010"),
    ):
        if party.endpoint is None or not party.endpoint.scheme:
            yield MissingTerm(
                f"{owner}.endpoint",
                term,
                rule,
                f"Give the electronic address of the {owner} with its scheme, such as 0088 for a GLN "
                "or EM for an e-mail address.",
            )


def base_terms(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """A percentage has a base amount and the other way round (PEPPOL-EN16931-R041, R042)."""
    groups = [("allowances_charges", document.allowances_charges, ("BT-93", "BT-94"))]
    groups.extend(
        (f"lines[{position}].allowances_charges", line.allowances_charges, ("BT-137", "BT-138"))
        for position, line in enumerate(document.lines)
    )
    for owner, entries, (base, percent) in groups:
        for position, entry in enumerate(entries):
            path = f"{owner}[{position}]"
            if entry.percent is not None and entry.base is None:
                yield MissingTerm(
                    f"{path}.base",
                    base,
                    "PEPPOL-EN16931-R041",
                    "Give the amount that the percentage is of.",
                )
            if entry.base is not None and entry.percent is None:
                yield MissingTerm(
                    f"{path}.percent",
                    percent,
                    "PEPPOL-EN16931-R042",
                    "Give the percentage, or leave the base amount out.",
                )


def due_term(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """When to pay, which CEN's rules no longer ask for since 1.3.16 and those built on older ones do."""
    says_when = any(
        (document.due_on, document.payment_terms, document.instalments, document.early_discounts)
    )
    if document.totals.payable > 0 and not says_when:
        remedy = "Give the day the amount is due, or the payment terms."
        yield MissingTerm("due_on", "BT-9", "BR-CO-25", remedy)


def tax_currency_term(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """A tax currency is another than the invoice's (PEPPOL-EN16931-R005)."""
    if document.tax_currency == document.currency:
        yield MissingTerm(
            "tax_currency",
            "BT-6",
            "PEPPOL-EN16931-R005",
            "Leave the tax currency out where it is that of the invoice.",
        )
