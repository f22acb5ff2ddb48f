"""What an invoice's pages say, as plain texts in the reader's language.

The templates get lists and texts and decide nothing but where they stand.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from usance.formats.invoice_pdf.brand import Brand
from usance.formats.invoice_pdf.indian_states import state_name
from usance.formats.invoice_pdf.line_table import line_table, period_text
from usance.formats.invoice_pdf.payment_box import payment_box
from usance.formats.invoice_pdf.totals_box import tax_summary, totals_box
from usance.formats.invoice_pdf.wording import Wording, country_of, wording
from usance.formats.invoice_pdf.words import Language
from usance.rules.invoicing.document import (
    CREDIT_NOTE,
    INVOICE,
    InvoiceDocument,
    Party,
)

Status = Literal["issued", "draft", "copy"]

_LONGEST_CONTACT: Final = 38
_LONGEST_FOOTER: Final = 5
"""Lines of a footer's column; what the law wants beyond them goes below the telephone number."""

_TITLES: Final = frozenset({"380", "381", "384", "386", "389", "261", "383", "325"})


def invoice_content(
    document: InvoiceDocument, *, language: Language, brand: Brand, status: Status
) -> dict[str, Any]:
    """Every text of the invoice's pages. Raises UnknownCurrency."""
    country = country_of(document.seller)
    words = wording(language, currency=document.currency, country=country)
    title = _title(document, wording=words)
    summary = tax_summary(document, wording=words)
    return {
        **frame(document.seller, buyer=document.buyer, wording=words, brand=brand),
        "title": title,
        "number": document.number,
        "subject": f"{title} {document.number}".strip(),
        "issued_on": document.issued_on.isoformat(),
        "mark": "" if status == "issued" else words.say(status),
        "watermark": words.say("draft") if status == "draft" else "",
        "warning": words.say("draft_note") if status == "draft" else "",
        "highlights": _highlights(document, wording=words),
        "facts": _facts(document, wording=words),
        "places": _places(document, wording=words),
        "table": line_table(document, wording=words),
        "totals": totals_box(document, wording=words),
        "summary": summary,
        "payment": payment_box(document, wording=words),
        "notes": [note.text.strip() for note in document.notes if note.text.strip()],
        "enclosures": _enclosures(document, wording=words),
    }


def frame(seller: Party, *, buyer: Party, wording: Wording, brand: Brand) -> dict[str, Any]:
    """What every page of a seller's has around its text: letterhead, address, footer."""
    country = country_of(seller)
    home = wording.short_address(seller.address, seen_from=country)
    return {
        "language": wording.language,
        "region": wording.figures.locale.partition("_")[2],
        "author": seller.name,
        "paper": brand.paper,
        "colour": brand.colour,
        "ink": brand.ink,
        "house": seller.trading_name or seller.name,
        "tagline": brand.tagline,
        "letterhead": [seller.name, *home, *tax_numbers(seller, wording=wording)],
        "sender": " · ".join([seller.name, *home]),
        "address": address_lines(buyer, wording=wording, seen_from=country),
        "page_of": wording.phrases["page_of"],
        "footer": _footer(seller, wording=wording, brand=brand),
    }


def address_lines(party: Party, *, wording: Wording, seen_from: str) -> list[str]:
    """A party as it stands in the window: name, trading name, whom it is for, address."""
    lines = [party.name]
    if party.trading_name and party.trading_name != party.name:
        lines.append(party.trading_name)
    if party.contact and party.contact.name:
        lines.append(party.contact.name)
    return [*lines, *wording.address(party.address, seen_from=seen_from)]


def tax_numbers(party: Party, *, wording: Wording) -> list[str]:
    """A seller's tax and registration numbers as phrases."""
    found = []
    key = "gstin" if country_of(party) == "IN" else "tax_id"
    if number := party.vat_id or party.tax_registration:
        found.append(wording.say(key, number=number))
    if party.registration and party.registration.value:
        found.append(wording.say("registration", number=party.registration.value))
    return found


def _title(document: InvoiceDocument, *, wording: Wording) -> str:
    if document.type_code == INVOICE and country_of(document.seller) == "IN":
        return wording.say("title_tax_invoice")
    code = document.type_code
    if code not in _TITLES:
        code = CREDIT_NOTE if document.is_credit else INVOICE
    return wording.say(f"title_{code}")


def _highlights(document: InvoiceDocument, *, wording: Wording) -> list[list[str]]:
    """The strip below the title: what a reader looks for first."""
    figures, say = wording.figures, wording.say
    found = [[say("issued_on"), figures.day(document.issued_on)]]
    if document.is_credit:
        found += [[say("corrects"), before.number] for before in document.preceding[:1]]
    elif document.due_on:
        found.append([say("due_on"), figures.day(document.due_on)])
    label = "credited" if document.is_credit else "payable"
    found.append([say(label), figures.money(document.totals.payable)])
    return found


def _facts(document: InvoiceDocument, *, wording: Wording) -> list[list[str]]:
    """References beside the address, those that are known."""
    figures, say, buyer = wording.figures, wording.say, document.buyer
    before = [
        say("of_date", number=one.number, date=figures.day(one.issued_on))
        if one.issued_on
        else one.number
        for one in document.preceding
    ]
    on = document.tax_point_on
    rows = [
        ("corrects", "\n".join(before)),
        ("customer_number", buyer.identifiers[0].value if buyer.identifiers else ""),
        ("your_tax_id", buyer.vat_id or buyer.tax_registration),
        ("your_registration", buyer.registration.value if buyer.registration else ""),
        ("buyer_reference", document.buyer_reference),
        ("purchase_order", document.purchase_order),
        ("sales_order", document.sales_order),
        ("contract", document.contract),
        ("project", document.project),
        ("tender", document.tender),
        ("despatch_advice", document.despatch_advice),
        ("receiving_advice", document.receiving_advice),
        ("accounting", document.accounting),
        ("tax_point", figures.day(on) if on and on != document.issued_on else ""),
        ("period", period_text(document.period, wording=wording)),
        ("place_of_supply", _place_of_supply(document, wording=wording)),
        ("contact", _contact(document.seller)),
    ]
    return [[say(key), value] for key, value in rows if value]


def _place_of_supply(document: InvoiceDocument, *, wording: Wording) -> str:
    """A GST invoice names the state of supply (CGST Rules 2017, rule 46 n)."""
    if country_of(document.seller) != "IN":
        return ""
    delivery = document.delivery.address if document.delivery else None
    places = (delivery, document.buyer.address)
    state = next((place.subdivision for place in places if place and place.subdivision), "")
    return state_name(state, language=wording.language)


def _contact(party: Party) -> str:
    contact = party.contact
    parts = (contact.name, contact.telephone, contact.email) if contact else ()
    # A longer address would run over the margin; the footer has it too.
    return "\n".join(part for part in parts if part and len(part) <= _LONGEST_CONTACT)


def _places(document: InvoiceDocument, *, wording: Wording) -> list[list[str]]:
    """Where and when the goods went, and who represents the seller: label and text."""
    found = []
    country = country_of(document.seller)
    delivery = document.delivery
    if delivery:
        place = [delivery.name, *wording.address(delivery.address, seen_from=country)]
        found.append([wording.say("delivered_to"), ", ".join(part for part in place if part)])
        if delivery.delivered_on:
            found.append([wording.say("delivered_on"), wording.figures.day(delivery.delivered_on)])
    agent = document.tax_representative
    if agent:
        parts = [agent.name, *wording.address(agent.address, seen_from=country)]
        parts += tax_numbers(agent, wording=wording)
        found.append([wording.say("tax_representative"), ", ".join(parts)])
    return [place for place in found if place[1]]


def _enclosures(document: InvoiceDocument, *, wording: Wording) -> str:
    names = [one.description or one.filename or one.reference for one in document.attachments]
    return f"{wording.say('enclosures')}: {', '.join(names)}" if names else ""


def _footer(seller: Party, *, wording: Wording, brand: Brand) -> list[list[str]]:
    """Up to three columns: who, how to reach, what the law wants."""
    contact = seller.contact
    reach = [contact.telephone, contact.email] if contact else []
    country = country_of(seller)
    home = wording.short_address(seller.address, seen_from="" if country else country)
    legal = [
        *tax_numbers(seller, wording=wording),
        *seller.legal_information.splitlines(),
        *brand.footer,
    ]
    reach = [line for line in (*reach, brand.website) if line]
    legal = [line for line in legal if line]
    reach += legal[_LONGEST_FOOTER:]
    columns = [[seller.name, *home], reach, legal[:_LONGEST_FOOTER]]
    return [column[:_LONGEST_FOOTER] for column in columns if column]
