"""Invoices, credit notes and statements of account as typeset PDF: four languages, the seller's brand.

:func:`render` sets an invoice, :func:`render_statement` a statement of account,
:func:`render_notice` a letter about what is not paid. Each is PDF/A-3b and
PDF/UA-1; why Typst sets them is in ADR 15.
"""

from usance.formats.invoice_pdf.brand import PLAIN, Brand
from usance.formats.invoice_pdf.content import Status
from usance.formats.invoice_pdf.notice import Notice, NoticeItem, NoticeLabels
from usance.formats.invoice_pdf.payment_box import PaymentCode
from usance.formats.invoice_pdf.registration_stamp import registration_stamp
from usance.formats.invoice_pdf.renderer import (
    Embedded,
    Stamp,
    render,
    render_notice,
    render_statement,
    require_drawable,
)
from usance.formats.invoice_pdf.statement import Movement, MovementKind, OpenItem, Statement
from usance.formats.invoice_pdf.words import LANGUAGES, Language

__all__ = [
    "LANGUAGES",
    "PLAIN",
    "Brand",
    "Embedded",
    "Language",
    "Movement",
    "MovementKind",
    "Notice",
    "NoticeItem",
    "NoticeLabels",
    "OpenItem",
    "PaymentCode",
    "Stamp",
    "Statement",
    "Status",
    "registration_stamp",
    "render",
    "render_notice",
    "render_statement",
    "require_drawable",
]
