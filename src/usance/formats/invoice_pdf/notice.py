"""A letter about what is not paid: the seller's words, the items it is about, how to pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from usance.formats.invoice_pdf.brand import Brand
from usance.formats.invoice_pdf.content import frame
from usance.formats.invoice_pdf.statement import payment_facts, table_of
from usance.formats.invoice_pdf.wording import Wording, country_of, wording
from usance.formats.invoice_pdf.words import Language
from usance.rules.invoicing.document import CreditTransfer, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    """An item that is open. ``days_late`` is 0 or less before it is due; amounts in major units. ``stage``
    stands under its number, where items of several stages are in one letter."""

    number: str
    issued_on: date
    due_on: date
    days_late: int
    open: Decimal
    interest: Decimal | None = None
    stage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLabels:
    """The words around the items, in the letter's language."""

    invoice: str
    issued_on: str
    due_on: str
    days_late: str
    open: str
    interest: str
    total: str
    also_open: str
    pay: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A letter of the day ``on``: ``demanded`` are the items that it is about, ``also`` others that are
    open. ``transfers`` are accounts to pay to, ``pay_link`` where to pay online."""

    seller: Party
    buyer: Party
    currency: str
    on: date
    title: str
    greeting: str
    paragraphs: tuple[str, ...]
    demanded: tuple[NoticeItem, ...]
    also: tuple[NoticeItem, ...] = ()
    after: tuple[str, ...] = ()
    transfers: tuple[CreditTransfer, ...] = ()
    pay_link: str = ""
    labels: NoticeLabels


def notice_content(notice: Notice, *, language: Language, brand: Brand) -> dict[str, Any]:
    """Every text of the letter's pages. Raises UnknownCurrency."""
    words = wording(language, currency=notice.currency, country=country_of(notice.seller))
    customer = notice.buyer.identifiers[0].value if notice.buyer.identifiers else ""
    facts = [
        [words.say("issued_on"), words.figures.day(notice.on)],
        [words.say("customer_number"), customer],
        [words.say("your_tax_id"), notice.buyer.vat_id],
        *payment_facts(notice.transfers, wording=words),
    ]
    return {
        **frame(notice.seller, buyer=notice.buyer, wording=words, brand=brand),
        "title": notice.title,
        "number": "",
        "subject": notice.title,
        "issued_on": notice.on.isoformat(),
        "mark": "",
        "facts": [fact for fact in facts if fact[1]],
        "table": {
            "brought": words.say("brought_forward"),
            "carried": words.say("carried_forward"),
        },
        "greeting": notice.greeting,
        "paragraphs": list(notice.paragraphs),
        "demanded": _items(notice.demanded, notice=notice, wording=words),
        "also": {
            "heading": notice.labels.also_open,
            **_items(notice.also, notice=notice, wording=words),
        },
        "highlights": [],
        "link": notice.pay_link,
        "link_label": notice.labels.pay,
        "after": list(notice.after),
    }


def _items(items: Sequence[NoticeItem], *, notice: Notice, wording: Wording) -> dict[str, Any]:
    labels, figures = notice.labels, wording.figures
    with_interest = any(item.interest for item in items)
    heads = [labels.issued_on, labels.invoice, labels.due_on, labels.days_late]
    heads += [labels.interest] if with_interest else []
    heads.append(f"{labels.open} {notice.currency}")
    rows = [
        [
            figures.day(item.issued_on),
            f"{item.number}\n{item.stage}" if item.stage else item.number,
            figures.day(item.due_on),
            figures.number(Decimal(item.days_late)) if item.days_late > 0 else "",
            *([figures.amount(item.interest or Decimal(0))] if with_interest else []),
            figures.amount(item.open),
        ]
        for item in items
    ]
    total = sum((item.open for item in items), Decimal(0))
    return {
        "total": [labels.total, figures.amount(total)],
        **table_of(heads, rows, starts=2),
    }
