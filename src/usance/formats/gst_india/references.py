"""How a GST e-invoice is to be paid, and what it refers to [PayDtls, RefDtls, AddlDocDtls]."""

from __future__ import annotations

import re
from typing import Any, Final

from usance.formats.gst_india.schema import DOCUMENT_NUMBER
from usance.formats.gst_india.texts import plain, written_day
from usance.rules.invoicing.document import InvoiceDocument

_IFSC: Final = re.compile(r"[A-Z]{4}0[A-Z0-9]{6}")
_NUMBER: Final = re.compile(DOCUMENT_NUMBER)
_MODES: Final = {
    "10": "Cash",
    "20": "Cheque",
    "48": "Card",
    "54": "Card",
    "55": "Card",
    "49": "Direct Debit",
    "59": "Direct Debit",
}


def given(entries: dict[str, Any]) -> dict[str, Any]:
    """``entries`` without those that say nothing."""
    return {key: value for key, value in entries.items() if value not in (None, "", [], {})}


def payment_details(document: InvoiceDocument) -> dict[str, Any]:
    """PayDtls: payee, account, terms and days of credit; what was paid before and what is due."""
    how = document.payment
    transfer = how.transfers[0] if how and how.transfers else None
    bank = transfer.service_provider if transfer else ""
    days = (document.due_on - document.issued_on).days if document.due_on else None
    payee = document.payee.name if document.payee else transfer.name if transfer else ""
    details = given(
        {
            "Nm": plain(payee, limit=100),
            "AccDet": transfer.account if transfer and len(transfer.account) <= 18 else "",
            "Mode": _MODES.get(how.code, "Direct Transfer") if how else "",
            "FinInsBr": bank if _IFSC.fullmatch(bank) else "",
            "PayTerm": plain(document.payment_terms, limit=100),
            "PayInstr": plain(how.remittance, limit=100) if how else "",
            "CrDay": days if days is not None and 0 <= days <= 9999 else None,
            "PaidAmt": document.totals.prepaid or None,
        }
    )
    return details | {"PaymtDue": document.totals.payable} if details else {}


def reference_details(document: InvoiceDocument) -> dict[str, Any]:
    """RefDtls: remarks, period, the invoices a note is about, order and contract."""
    remark = plain(" ".join(note.text for note in document.notes), limit=100)
    period = document.period
    contract = given(
        {
            "RecAdvRefr": _fitting(document.receiving_advice, 20),
            "TendRefr": _fitting(document.tender, 20),
            "ContrRefr": _fitting(document.contract, 20),
            "ExtRefr": _fitting(document.buyer_reference, 20),
            "ProjRefr": _fitting(document.project, 20),
            "PORefr": _fitting(document.purchase_order, 16),
        }
    )
    return given(
        {
            "InvRm": remark if len(remark) >= 3 else "",
            "DocPerdDtls": {
                "InvStDt": written_day(period.start),
                "InvEndDt": written_day(period.end),
            }
            if period and period.start and period.end
            else {},
            "PrecDocDtls": [
                {"InvNo": each.number, "InvDt": written_day(each.issued_on)}
                for each in document.preceding
                if each.issued_on and _NUMBER.fullmatch(each.number)
            ],
            "ContrDtls": [contract] if contract else [],
        }
    )


def _fitting(text: str, limit: int) -> str:
    """A reference that fits whole; one that does not is told in AddlDocDtls."""
    written = plain(text, limit=1000)
    return written if len(written) <= limit else ""


def supporting(document: InvoiceDocument) -> list[dict[str, Any]]:
    """AddlDocDtls: addresses of supporting documents, and references too long for their fields.

    The portal's field for contents holds 1,000 characters, less than any real file: contents go to the
    buyer with the invoice, not to the portal.
    """
    long = [
        f"{name}: {plain(text, limit=900)}"
        for name, text, limit in (
            ("Purchase order", document.purchase_order, 16),
            ("Contract", document.contract, 20),
            ("Tender", document.tender, 20),
            ("Project", document.project, 20),
            ("Receipt advice", document.receiving_advice, 20),
            ("Buyer reference", document.buyer_reference, 20),
        )
        if len(plain(text, limit=1000)) > limit
    ]
    named = [
        given(
            {
                "Url": plain(each.location, limit=101) if len(each.location) <= 100 else "",
                "Info": plain(f"{each.reference} {each.description}", limit=1000),
            }
        )
        for each in document.attachments
        if len(each.location) >= 3
    ]
    return named + [{"Info": text} for text in long]
