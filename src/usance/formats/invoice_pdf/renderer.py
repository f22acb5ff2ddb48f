"""Invoices, credit notes and statements of account to typeset PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from usance.formats.invoice_pdf.brand import PLAIN, Brand, logo_suffix
from usance.formats.invoice_pdf.compiler import as_file, compile_pages, families
from usance.formats.invoice_pdf.content import Status, invoice_content
from usance.formats.invoice_pdf.notice import Notice, notice_content
from usance.formats.invoice_pdf.payment_box import PaymentCode, chosen_code
from usance.formats.invoice_pdf.payment_part import payment_part
from usance.formats.invoice_pdf.statement import Statement, statement_content
from usance.formats.invoice_pdf.words import Language
from usance.formats.payment_codes import QUIET_ZONE, SwissBill, qr_modules, svg
from usance.rules.invoicing.document import InvoiceDocument, Party, Period

_EPC_VERSION: Final = 13
_SWISS_VERSION: Final = 25

Relationship = Literal["alternative", "data", "source", "supplement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A file inside the PDF (ISO 19005-3, clause 6.8), such as the XML of a hybrid invoice."""

    filename: str
    content: bytes = field(repr=False)
    media_type: str
    relationship: Relationship = "supplement"
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A QR code that an authority wants printed, such as the signed one of an Indian e-invoice."""

    payload: str = field(repr=False)
    caption: str
    facts: tuple[tuple[str, str], ...] = ()
    """Label and value, printed beside it: IRN, acknowledgement number and date."""


def render(
    document: InvoiceDocument,
    *,
    language: Language,
    brand: Brand = PLAIN,
    status: Status = "issued",
    code: PaymentCode = "auto",
    stamps: Sequence[Stamp] = (),
    attachments: Sequence[Embedded] = (),
) -> bytes:
    """``document`` as PDF/A-3b and PDF/UA-1, in ``language``; the same arguments give the same bytes.

    A draft bears its watermark and no payment code. ``attachments`` are embedded as they are; the
    document's own (BG-24) are only named.

    Raises FormatError: ``no_glyph`` for letters that no font has, ``invalid_picture`` for a logo that
    cannot be drawn, and, where ``code`` names one, what the payment code lacks; UnknownCurrency.
    """
    content = invoice_content(document, language=language, brand=brand, status=status)
    files: dict[str, bytes] = {}
    content |= {"code": None, "payment_part": None}
    chosen = chosen_code(document, wanted="none" if status == "draft" else code)
    if isinstance(chosen, SwissBill):
        modules = qr_modules(chosen.payload(), largest_version=_SWISS_VERSION)
        files["code.svg"] = svg(modules, swiss_cross=True).encode()
        content["payment"] |= {"accounts": [], "schedule": None}
        content["payment"]["terms"].append(content["payment"]["see_part"])
        content["payment_part"] = payment_part(chosen, language=language, code="code.svg")
    elif chosen is not None:
        modules = qr_modules(chosen.payload(), largest_version=_EPC_VERSION)
        files["code.svg"] = svg(modules, quiet_zone=QUIET_ZONE).encode()
        content["code"] = "code.svg"
    content["stamps"] = _stamps(stamps, files=files)
    content["attached"] = _attached(attachments, files=files)
    return _set_pages(
        "invoice.typ", content=content, files=files, brand=brand, on=document.issued_on
    )


def render_statement(statement: Statement, *, language: Language, brand: Brand = PLAIN) -> bytes:
    """``statement`` as PDF/A-3b and PDF/UA-1, in ``language``; the same arguments give the same bytes.

    Raises FormatError ``no_glyph`` and ``invalid_picture`` as :func:`render` does; UnknownCurrency.
    """
    content = statement_content(statement, language=language, brand=brand)
    return _set_pages(
        "statement.typ", content=content, files={}, brand=brand, on=statement.issued_on
    )


def render_notice(notice: Notice, *, language: Language, brand: Brand = PLAIN) -> bytes:
    """The letter ``notice`` as PDF/A-3b and PDF/UA-1, in ``language``.

    Raises FormatError ``no_glyph`` and ``invalid_picture`` as :func:`render` does; UnknownCurrency.
    """
    content = notice_content(notice, language=language, brand=brand)
    return _set_pages("notice.typ", content=content, files={}, brand=brand, on=notice.on)


def require_drawable(logo: bytes) -> None:
    """Raise FormatError where no document with ``logo`` at its head could be drawn."""
    nobody = Party(name="-")
    day = date(2000, 1, 1)
    render_statement(
        Statement(
            seller=nobody,
            buyer=nobody,
            currency="EUR",
            issued_on=day,
            period=Period(day, day),
            opening=Decimal(0),
        ),
        language="en",
        brand=Brand(logo=logo),
    )


def _set_pages(
    template: str,
    *,
    content: dict[str, Any],
    files: dict[str, bytes],
    brand: Brand,
    on: date,
) -> bytes:
    """Add the logo and the fonts of ``brand``, and set the pages."""
    content["logo"] = None
    if brand.logo is not None:
        content["logo"], data = as_file(f"logo.{logo_suffix(brand.logo)}", brand.logo)
        files[content["logo"]] = data
    content["fonts"] = families(brand.fonts)
    return compile_pages(template, content=content, files=files, fonts=brand.fonts, on=on)


def _stamps(stamps: Sequence[Stamp], *, files: dict[str, bytes]) -> list[dict[str, Any]]:
    found = []
    for place, stamp in enumerate(stamps, 1):
        name = f"stamp-{place}.svg"
        files[name] = svg(qr_modules(stamp.payload), quiet_zone=QUIET_ZONE).encode()
        found.append(
            {"file": name, "caption": stamp.caption, "facts": [list(f) for f in stamp.facts]}
        )
    return found


def _attached(attachments: Sequence[Embedded], *, files: dict[str, bytes]) -> list[dict[str, str]]:
    found = []
    for place, one in enumerate(attachments, 1):
        # Typst reads it under a name of ours; the reader sees its own.
        name, data = as_file(f"attached-{place}.bin", one.content)
        files[name] = data
        found.append(
            {
                "file": name,
                "name": one.filename,
                "media_type": one.media_type,
                "relationship": one.relationship,
                "description": one.description or one.filename,
            }
        )
    return found
