"""Invoices to the JSON that India's registration portal (IRP) takes: schema INV-01, version 1.1.

The JSON has no QR code and no IRN: both are the portal's answer (see ``answers``), and a document
without them is not yet an e-invoice (rule 48(4) and (5) of the CGST Rules 2017).
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from stdnum.in_ import gstin as gstin_number

from usance.formats.errors import FormatError
from usance.formats.gst_india.details import (
    ABROAD,
    PIN_ABROAD,
    SUPPLY_TYPES,
    UNREGISTERED,
    VERSION,
    Export,
    GstDetails,
    Place,
)
from usance.formats.gst_india.items import (
    CESS,
    CGST,
    IGST,
    SGST,
    ZERO,
    Item,
    items_of,
    paise,
    written_items,
)
from usance.formats.gst_india.references import payment_details, reference_details, supporting
from usance.formats.gst_india.rules import broken_rules
from usance.formats.gst_india.schema import DOCUMENT_NUMBER
from usance.formats.gst_india.states import is_in_india, state_of
from usance.formats.gst_india.texts import plain, required, to_json, written_day
from usance.rules.invoicing.document import (
    Address,
    AllowanceCharge,
    InvoiceDocument,
    InvoiceLine,
    Party,
)
from usance.rules.invoicing.gst_states import STATES, state_code

_DOCUMENT_TYPES: Final = {"383": "DBN", "84": "DBN", "80": "DBN"}
_EMAIL: Final = re.compile(r"[a-zA-Z0-9+_.-]+@[a-zA-Z0-9.-]+")


def render(document: InvoiceDocument, *, details: GstDetails | None = None) -> bytes:
    """``document`` as the JSON of one e-invoice, checked against schema and rules.

    Amounts are those of the document, in rupees; of a document in another currency, converted at
    ``details.rupees_per_unit`` or its own rate to INR, each line rounded half up to the paisa.

    Raises FormatError: ``missing_value``, ``missing_hsn``, ``document_number``, ``invalid_gstin``,
    ``buyer_gstin``, ``unknown_state``, ``unknown_supply_type``, ``invalid_post_code``,
    ``invalid_amount``, ``rupees_needed``, ``charge_without_goods``, ``nothing_to_share``,
    ``unknown_tax``, and ``gst_...`` with the code of a rule that would not hold.
    """
    payload = payload_of(document, details=details or GstDetails())
    data = to_json(payload).encode()
    for broken in broken_rules(data):
        raise FormatError(
            f"The portal would reject this invoice: {broken.message} {broken.fix}",
            code=f"gst_{broken.code}",
            path=broken.place,
        )
    return data


def payload_of(document: InvoiceDocument, *, details: GstDetails) -> dict[str, Any]:
    """The object that :func:`render` writes, before the rules are looked at. Raises FormatError."""
    foreign = document
    document = _in_rupees(document, details)
    export = not is_in_india(document.buyer.address) or details.supply_type.startswith("EXP")
    kind = _supply_type(document, details, export=export)
    seller_gstin = _gstin(document.seller, details.seller_gstin, whose="seller")
    buyer_gstin = _buyer_gstin(document, details, export=export)
    seller_state = _state(document.seller, details.seller_state, seller_gstin, whose="seller")
    buyer_state = (
        ABROAD
        if export
        else _state(document.buyer, details.buyer_state, buyer_gstin, whose="buyer")
    )
    place = ABROAD if export else details.place_of_supply or buyer_state
    within = kind in ("B2B", "DEXP") and seller_state == place and not details.igst_on_intra
    items = items_of(document, details, within_state=within)
    reverse = details.reverse_charge
    if reverse is None:
        reverse = any(group.category == "AE" for group in document.vat)
    payload: dict[str, Any] = {
        "Version": VERSION,
        "TranDtls": {
            "TaxSch": "GST",
            "SupTyp": kind,
            "RegRev": "Y" if reverse else "N",
            **({"EcmGstin": details.ecommerce_gstin} if details.ecommerce_gstin else {}),
            "IgstOnIntra": "Y" if details.igst_on_intra else "N",
        },
        "DocDtls": {
            "Typ": "CRN" if document.is_credit else _DOCUMENT_TYPES.get(document.type_code, "INV"),
            "No": _number(document.number),
            "Dt": written_day(document.issued_on),
        },
        "SellerDtls": {
            "Gstin": seller_gstin,
            **_party(document.seller, state=seller_state, whose="seller", longest_place=50),
        },
        "BuyerDtls": {
            "Gstin": buyer_gstin,
            "Pos": place,
            **_party(document.buyer, state=buyer_state, whose="buyer"),
        },
        "DispDtls": _dispatch(details.dispatched_from),
        "ShipDtls": _shipment(document, details),
        "ItemList": written_items(items),
        "ValDtls": _values(document, foreign, details, items),
        "PayDtls": payment_details(document),
        "RefDtls": reference_details(document),
        "AddlDocDtls": supporting(document),
        "ExpDtls": _export(foreign, details.export, export=export),
    }
    return {key: value for key, value in payload.items() if value not in ({}, [])}


def _in_rupees(document: InvoiceDocument, details: GstDetails) -> InvoiceDocument:
    """The document with every amount in rupees."""
    if document.currency == "INR":
        return document
    rate = details.rupees_per_unit
    if rate is None and document.tax_currency == "INR":
        rate = document.tax_exchange_rate
    if rate is None or rate <= 0:
        raise FormatError(
            f"The invoice is in {document.currency} and the portal takes rupees; give the rate of "
            "exchange to INR.",
            code="rupees_needed",
        )

    def rupees(value: Decimal) -> Decimal:
        return paise(value * rate)

    def entries(found: tuple[AllowanceCharge, ...]) -> tuple[AllowanceCharge, ...]:
        return tuple(replace(each, amount=rupees(each.amount)) for each in found)

    def line(each: InvoiceLine) -> InvoiceLine:
        return replace(
            each, net=rupees(each.net), allowances_charges=entries(each.allowances_charges)
        )

    lines = tuple(line(each) for each in document.lines)
    charges = entries(document.allowances_charges)
    vat = tuple(
        replace(
            group,
            tax=rupees(group.tax),
            components=tuple(replace(c, amount=rupees(c.amount)) for c in group.components),
        )
        for group in document.vat
    )
    net = sum((each.net for each in lines), ZERO)
    net += sum((e.amount if e.is_charge else -e.amount for e in charges), ZERO)
    whole = net + sum((group.tax for group in vat), ZERO)
    totals = document.totals
    return replace(
        document,
        currency="INR",
        lines=lines,
        allowances_charges=charges,
        vat=vat,
        totals=replace(
            totals,
            without_vat=net,
            with_vat=whole,
            prepaid=None if totals.prepaid is None else rupees(totals.prepaid),
            rounding=None if totals.rounding is None else rupees(totals.rounding),
            payable=rupees(totals.payable),
        ),
    )


def _supply_type(document: InvoiceDocument, details: GstDetails, *, export: bool) -> str:
    taxed = any(group.tax for group in document.vat)
    kind = details.supply_type or (("EXPWP" if taxed else "EXPWOP") if export else "B2B")
    if kind not in SUPPLY_TYPES:
        raise FormatError(
            f"{kind!r} is no type of supply; it is one of {', '.join(sorted(SUPPLY_TYPES))}.",
            code="unknown_supply_type",
        )
    return kind


def _number(number: str) -> str:
    if not re.fullmatch(DOCUMENT_NUMBER, number):
        raise FormatError(
            f"The portal does not take the number {number!r}: at most 16 letters, digits, / and -, and "
            "no 0, / or - at its beginning (rule 46(b) of the CGST Rules). Change the series.",
            code="document_number",
        )
    return number


def gstin_of(party: Party, given: str) -> str:
    """A party's GSTIN: as given, else its tax registration or VAT number if that is one; else empty.

    Raises FormatError ``invalid_gstin`` for one that is given and wrong.
    """
    if given and not gstin_number.is_valid(given):
        raise FormatError(
            f"{given!r} is not a GSTIN; copy its fifteen characters, such as 27AAPFU0939F1ZV.",
            code="invalid_gstin",
        )
    for text in (given, party.tax_registration, party.vat_id, party.vat_id.removeprefix("IN")):
        compact = "".join(text.split()).upper()
        if compact and gstin_number.is_valid(compact):
            return compact
    return ""


def _gstin(party: Party, given: str, *, whose: str) -> str:
    found = gstin_of(party, given)
    if not found:
        raise FormatError(
            f"The {whose} has no valid GSTIN; give its fifteen characters, such as 27AAPFU0939F1ZV.",
            code="invalid_gstin",
        )
    return found


def _buyer_gstin(document: InvoiceDocument, details: GstDetails, *, export: bool) -> str:
    if export:
        return UNREGISTERED
    found = gstin_of(document.buyer, details.buyer_gstin)
    if not found:
        raise FormatError(
            "The buyer is in India and has no valid GSTIN: only registered buyers get e-invoices. Ask for "
            "the GSTIN, or invoice by ordinary means.",
            code="buyer_gstin",
        )
    return found


def _state(party: Party, given: str, gstin: str, *, whose: str) -> str:
    code = state_code(given) if given else state_of(party, gstin=gstin)
    if code not in STATES:
        raise FormatError(
            f"The state of the {whose} is not known; give its two digits, such as 29 for Karnataka.",
            code="unknown_state",
        )
    return code


def _party(party: Party, *, state: str, whose: str, longest_place: int = 100) -> dict[str, Any]:
    contact = party.contact
    phone = re.sub("[^0-9]", "", contact.telephone)[-12:] if contact else ""
    email = contact.email if contact else ""
    trading = plain(party.trading_name, limit=100)
    return {
        "LglNm": required(party.name, name=f"the name of the {whose}", least=3, limit=100),
        **({"TrdNm": trading} if len(trading) >= 3 else {}),
        **_address(party.address, state=state, whose=whose, longest_place=longest_place),
        **({"Ph": phone} if len(phone) >= 6 else {}),
        **({"Em": email} if 6 <= len(email) <= 100 and _EMAIL.fullmatch(email) else {}),
    }


def _address(
    address: Address | None, *, state: str, whose: str, longest_place: int = 100
) -> dict[str, Any]:
    if address is None:
        raise FormatError(
            f"A GST e-invoice needs the address of the {whose}; give street, city and PIN code.",
            code="missing_value",
        )
    second = plain(", ".join(p for p in (address.line_2, address.line_3) if p), limit=100)
    code = "".join(address.post_code.split())
    if state == ABROAD:
        pin = PIN_ABROAD
    elif re.fullmatch("[1-9][0-9]{5}", code):
        pin = int(code)
    else:
        raise FormatError(
            f"{address.post_code!r} of the {whose} is not a PIN code of six digits.",
            code="invalid_post_code",
        )
    street = address.line_1 or address.city
    return {
        "Addr1": required(street, name=f"the street of the {whose}", least=1, limit=100),
        **({"Addr2": second} if len(second) >= 3 else {}),
        "Loc": required(
            address.city, name=f"the city of the {whose}", least=3, limit=longest_place
        ),
        "Pin": pin,
        "Stcd": state,
    }


def _place_state(place: Place) -> str:
    if not is_in_india(place.address):
        return ABROAD
    code = state_code(place.state or place.gstin[:2] or place.address.subdivision)
    if not code:
        raise FormatError(
            f"The state of {place.name} is not known; give its two digits.", code="unknown_state"
        )
    return code


def _dispatch(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    name = required(place.name, name="the name of the place of dispatch", least=3, limit=100)
    return {"Nm": name, **_address(place.address, state=_place_state(place), whose="dispatch")}


def _shipment(document: InvoiceDocument, details: GstDetails) -> dict[str, Any]:
    """ShipDtls: as the details say, else the place of delivery (BG-15) where it is another than the
    buyer's and a whole address."""
    place = details.shipped_to
    delivery = document.delivery
    if place is None and delivery is not None and delivery.address is not None:
        found = Place(name=delivery.name or document.buyer.name, address=delivery.address)
        whole = (
            is_in_india(found.address)
            and state_code(found.address.subdivision)
            and re.fullmatch("[1-9][0-9]{5}", "".join(found.address.post_code.split()))
            and len(found.address.city) >= 3
        )
        place = found if whole and delivery.address != document.buyer.address else None
    if place is None:
        return {}
    trade = plain(place.trade_name, limit=100)
    return {
        **({"Gstin": place.gstin} if place.gstin else {}),
        "LglNm": required(place.name, name="the name of the place shipped to", least=3, limit=100),
        **({"TrdNm": trade} if len(trade) >= 3 else {}),
        **_address(place.address, state=_place_state(place), whose="place shipped to"),
    }


def _values(
    document: InvoiceDocument, foreign: InvoiceDocument, details: GstDetails, items: list[Item]
) -> dict[str, Any]:
    """ValDtls: the sums of the items, and the document's own total with what was rounded off."""

    def tax(name: str) -> Decimal:
        return sum((item.taxes.get(name, ZERO) for item in items), ZERO)

    said = [item.said for item in items]
    cess = tax(CESS) + sum((s.cess or ZERO for s in said), ZERO)
    cess += sum((s.cess_fixed or ZERO for s in said), ZERO)
    state_cess = sum(((s.state_cess or ZERO) + (s.state_cess_fixed or ZERO) for s in said), ZERO)
    totals = document.totals
    rounding = totals.rounding or ZERO
    in_currency = details.total_in_currency
    if foreign.currency != "INR":
        in_currency = foreign.totals.with_vat
    extra = {
        "CesVal": cess,
        "StCesVal": state_cess,
        "Discount": details.discount or ZERO,
        "OthChrg": details.other_charges or ZERO,
        "RndOffAmt": rounding,
    }
    return {
        "AssVal": sum((item.taxable for item in items), ZERO),
        "CgstVal": tax(CGST),
        "SgstVal": tax(SGST),
        "IgstVal": tax(IGST),
        **{name: value for name, value in extra.items() if value},
        "TotInvVal": totals.with_vat + rounding,
        **({} if in_currency is None else {"TotInvValFc": in_currency}),
    }


def _export(document: InvoiceDocument, said: Export | None, *, export: bool) -> dict[str, Any]:
    if not export and said is None:
        return {}
    said = said or Export()
    currency = said.currency or (document.currency if document.currency != "INR" else "")
    address = document.buyer.address
    country = said.country or (address.country if export and address else "")
    entries = {
        "ShipBNo": said.shipping_bill,
        "ShipBDt": written_day(said.shipped_on) if said.shipped_on else "",
        "Port": said.port,
        "RefClm": "" if said.refund_claimed is None else "Y" if said.refund_claimed else "N",
        "ForCur": currency,
        "CntCode": country,
        "ExpDuty": said.duty,
    }
    return {key: value for key, value in entries.items() if value not in (None, "")}
