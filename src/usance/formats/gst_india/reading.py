"""A GST e-invoice's JSON to the model."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.gst_india.details import (
    ABROAD,
    UNREGISTERED,
    Export,
    GstDetails,
    GstInvoice,
    GstLine,
    Place,
)
from usance.formats.gst_india.items import CESS, CGST, IGST, SGST
from usance.formats.gst_india.objects import JsonObject
from usance.formats.gst_india.rules import load
from usance.formats.gst_india.states import unit_code
from usance.formats.gst_india.texts import read_day
from usance.rules.invoicing.document import (
    Address,
    AllowanceCharge,
    Attachment,
    Attribute,
    Classification,
    Contact,
    CreditTransfer,
    Delivery,
    DocumentReference,
    Identifier,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Note,
    Party,
    PaymentInstructions,
    Period,
    Price,
    TaxComponent,
    Totals,
    VatBreakdown,
)

_ZERO: Final = Decimal(0)
_TYPES: Final = {"INV": "380", "CRN": "381", "DBN": "383"}
_REASONS: Final = {
    "K": "",
    "Z": "Nil rated or exempt supply",
    "G": "Export, zero-rated (IGST Act 2017, s. 16)",
    "AE": "Tax payable by the recipient under reverse charge (CGST Act 2017, s. 9(3))",
}


def read(data: bytes) -> tuple[GstInvoice, ...]:
    """The e-invoices in ``data``: one, or the list of a bulk upload.

    Lenient: what the schema forbids but a reader understands is taken as meant. Raises FormatError:
    ``too_large``, ``malformed_json``, ``not_a_gst_invoice``, ``missing_value``, ``invalid_value``,
    ``invalid_date``, ``unknown_document_type``.
    """
    return tuple(_invoice(JsonObject(each, "")) for each in load(data))


def _invoice(source: JsonObject) -> GstInvoice:
    document, transaction, values = (
        source.inner(name) for name in ("DocDtls", "TranDtls", "ValDtls")
    )
    kind = document.required("Typ").upper()
    if kind not in _TYPES:
        raise FormatError(
            f"{kind!r} is no kind of document; it is INV, CRN or DBN.",
            code="unknown_document_type",
            path="DocDtls.Typ",
        )
    reverse = transaction.flag("RegRev")
    export = transaction.text("SupTyp").startswith("EXP")
    items = list(source.each("ItemList"))
    if not items:
        raise FormatError("The e-invoice has no items.", code="missing_value", path="ItemList")
    lines, details = [], []
    for item in items:
        line = _line(item, export=export, reverse=reverse)
        lines.append(line)
        details.append(_line_details(item, line))
    payment, references = source.inner("PayDtls"), source.inner("RefDtls")
    contract = next(references.each("ContrDtls"), JsonObject(None, "RefDtls.ContrDtls"))
    ship = source.inner("ShipDtls")
    period = references.inner("DocPerdDtls")
    model = InvoiceDocument(
        number=document.required("No"),
        issued_on=read_day(document.required("Dt"), path="DocDtls.Dt"),
        type_code=_TYPES[kind],
        currency="INR",
        seller=_party(source.inner("SellerDtls")),
        buyer=_party(source.inner("BuyerDtls"), abroad=source.inner("ExpDtls").text("CntCode")),
        lines=tuple(lines),
        totals=_totals(values, lines, payment),
        vat=_groups(items, lines),
        due_on=_due_on(document, payment),
        contract=contract.text("ContrRefr"),
        purchase_order=contract.text("PORefr"),
        receiving_advice=contract.text("RecAdvRefr"),
        tender=contract.text("TendRefr"),
        project=contract.text("ProjRefr"),
        buyer_reference=contract.text("ExtRefr"),
        payment_terms=payment.text("PayTerm"),
        notes=(Note(references.text("InvRm")),) if references.text("InvRm") else (),
        preceding=tuple(
            DocumentReference(each.text("InvNo"), each.day("InvDt"))
            for each in references.each("PrecDocDtls")
        ),
        delivery=Delivery(name=ship.text("LglNm"), address=_address(ship)) if ship else None,
        period=Period(period.day("InvStDt"), period.day("InvEndDt")) if period else None,
        payment=_payment(payment),
        attachments=tuple(
            Attachment(each.text("Info") or each.text("Url"), location=each.text("Url"))
            for each in source.each("AddlDocDtls")
        ),
    )
    return GstInvoice(model, _details(source, details))


def _due_on(document: JsonObject, payment: JsonObject) -> date | None:
    """The day of the document and the days of credit."""
    days = payment.number("CrDay")
    on = document.day("Dt")
    if days is None or on is None or not 0 <= days <= 9999:
        return None
    return on + timedelta(days=int(days))


def _party(source: JsonObject, *, abroad: str = "") -> Party:
    gstin = source.text("Gstin")
    phone, email = source.text("Ph"), source.text("Em")
    return Party(
        name=source.required("LglNm"),
        address=_address(source, abroad=abroad),
        trading_name=source.text("TrdNm"),
        tax_registration="" if gstin == UNREGISTERED else gstin,
        contact=Contact(telephone=phone, email=email) if phone or email else None,
    )


def _address(source: JsonObject, *, abroad: str = "") -> Address:
    """An address; the state of one outside India is 96, and its country ``abroad``."""
    state = source.text("Stcd").zfill(2) if source.text("Stcd") else ""
    outside = state == ABROAD
    return Address(
        country=abroad if outside else "IN",
        line_1=source.text("Addr1"),
        line_2=source.text("Addr2"),
        city=source.text("Loc"),
        post_code="" if outside else source.text("Pin"),
        subdivision="" if outside else state,
    )


def _category(rate: Decimal, *, tax: Decimal, export: bool, reverse: bool) -> str:
    """The nearest category of EN 16931. What is taxed is S, at whatever rate."""
    if reverse and not tax:
        return "AE"
    if tax:
        return "S"
    return "G" if export else "S" if rate else "Z"


def _line(item: JsonObject, *, export: bool, reverse: bool) -> InvoiceLine:
    rate = item.amount("GstRt")
    tax = item.amount("IgstAmt") + item.amount("CgstAmt") + item.amount("SgstAmt")
    discount = item.amount("Discount")
    quantity = item.number("Qty")
    return InvoiceLine(
        id=item.text("SlNo") or "1",
        item=Item(
            name=item.text("PrdDesc") or item.text("HsnCd"),
            standard_id=Identifier(item.text("Barcde")) if item.text("Barcde") else None,
            classifications=(Classification(item.text("HsnCd"), "HS"),),
            origin=item.text("OrgCntry"),
            attributes=tuple(
                Attribute(each.text("Nm"), each.text("Val")) for each in item.each("AttribDtls")
            ),
        ),
        quantity=Decimal(1) if quantity is None else quantity,
        unit=unit_code(item.text("Unit")),
        net=item.amount("AssAmt"),
        price=Price(net=item.amount("UnitPrice")),
        vat_category=_category(rate, tax=tax, export=export, reverse=reverse),
        vat_rate=rate if tax or not (export or reverse) else _ZERO,
        order_line=item.text("OrdLineRef"),
        allowances_charges=(AllowanceCharge(is_charge=False, amount=discount, reason="Discount"),)
        if discount
        else (),
    )


def _line_details(item: JsonObject, line: InvoiceLine) -> GstLine:
    batch = item.inner("BchDtls")
    return GstLine(
        line=line.id,
        hsn=item.text("HsnCd"),
        is_service=item.flag("IsServc"),
        unit=item.text("Unit"),
        barcode=item.text("Barcde"),
        free_quantity=item.number("FreeQty"),
        cess_rate=item.number("CesRt"),
        cess_fixed=item.number("CesNonAdvlAmt"),
        state_cess_rate=item.number("StateCesRt"),
        state_cess=item.number("StateCesAmt"),
        state_cess_fixed=item.number("StateCesNonAdvlAmt"),
        other_charges=item.number("OthChrg"),
        serial_number=item.text("PrdSlNo"),
        batch=batch.text("Nm"),
        batch_expires_on=batch.day("ExpDt"),
        batch_warranty_on=batch.day("WrDt"),
    )


_PARTS: Final = ((CGST, "CgstAmt", 2), (SGST, "SgstAmt", 2), (IGST, "IgstAmt", 1))


def _groups(items: list[JsonObject], lines: list[InvoiceLine]) -> tuple[VatBreakdown, ...]:
    """The items' taxes by category and rate, with their parts."""
    keys = dict.fromkeys((line.vat_category, line.vat_rate or _ZERO) for line in lines)
    groups = []
    for category, rate in keys:
        own = [
            item
            for item, line in zip(items, lines, strict=True)
            if (line.vat_category, line.vat_rate or _ZERO) == (category, rate)
        ]
        parts = []
        for name, field, share in _PARTS:
            amount = sum((item.amount(field) for item in own), _ZERO)
            if amount:
                parts.append(TaxComponent(name, rate / share, amount))
        cess = sum((item.amount("CesAmt") for item in own), _ZERO)
        if cess:
            rates = {item.amount("CesRt") for item in own if item.amount("CesAmt")}
            parts.append(TaxComponent(CESS, rates.pop() if len(rates) == 1 else _ZERO, cess))
        groups.append(
            VatBreakdown(
                category=category,
                taxable=sum((item.amount("AssAmt") for item in own), _ZERO),
                tax=sum((part.amount for part in parts), _ZERO),
                rate=rate,
                exemption_reason=_REASONS.get(category, ""),
                components=tuple(parts),
            )
        )
    return tuple(groups)


def _totals(values: JsonObject, lines: list[InvoiceLine], payment: JsonObject) -> Totals:
    rounding = values.number("RndOffAmt")
    total = values.amount("TotInvVal")
    prepaid = payment.number("PaidAmt")
    taxable = values.amount("AssVal")
    with_tax = total - (rounding or _ZERO)
    return Totals(
        lines=sum((line.net for line in lines), _ZERO),
        without_vat=taxable,
        with_vat=with_tax,
        payable=total - (prepaid or _ZERO),
        vat=sum(
            (values.amount(n) for n in ("CgstVal", "SgstVal", "IgstVal", "CesVal", "StCesVal")),
            _ZERO,
        ),
        prepaid=prepaid,
        rounding=rounding,
    )


def _payment(source: JsonObject) -> PaymentInstructions | None:
    account = source.text("AccDet")
    if not account and not source.text("PayInstr"):
        return None
    transfer = CreditTransfer(
        account=account, name=source.text("Nm"), service_provider=source.text("FinInsBr")
    )
    return PaymentInstructions(
        code="30", remittance=source.text("PayInstr"), transfers=(transfer,) if account else ()
    )


def _details(source: JsonObject, lines: list[GstLine]) -> GstDetails:
    transaction, values = source.inner("TranDtls"), source.inner("ValDtls")
    seller, buyer = source.inner("SellerDtls"), source.inner("BuyerDtls")
    dispatch, ship, export = (source.inner(n) for n in ("DispDtls", "ShipDtls", "ExpDtls"))
    return GstDetails(
        supply_type=transaction.text("SupTyp"),
        reverse_charge=transaction.flag("RegRev"),
        igst_on_intra=transaction.flag("IgstOnIntra"),
        ecommerce_gstin=transaction.text("EcmGstin"),
        seller_state=seller.text("Stcd"),
        buyer_state=buyer.text("Stcd"),
        place_of_supply=buyer.text("Pos").zfill(2) if buyer.text("Pos") else "",
        total_in_currency=values.number("TotInvValFc"),
        dispatched_from=_place(dispatch, "Nm") if dispatch else None,
        shipped_to=_place(ship, "LglNm") if ship else None,
        export=Export(
            shipping_bill=export.text("ShipBNo"),
            shipped_on=export.day("ShipBDt"),
            port=export.text("Port"),
            refund_claimed=export.flag("RefClm") if export.text("RefClm") else None,
            currency=export.text("ForCur"),
            country=export.text("CntCode"),
            duty=export.number("ExpDuty"),
        )
        if export
        else None,
        lines=tuple(lines),
        other_charges=values.number("OthChrg"),
        discount=values.number("Discount"),
    )


def _place(source: JsonObject, name: str) -> Place:
    return Place(
        name=source.text(name),
        address=_address(source),
        state=source.text("Stcd").zfill(2),
        gstin=source.text("Gstin"),
        trade_name=source.text("TrdNm"),
    )
