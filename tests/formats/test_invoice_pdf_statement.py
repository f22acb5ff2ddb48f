"""The statement of account: its arithmetic and its pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.formats import printed_invoices as invoices
from tests.formats.printed_pages import metadata, page_texts, text_of
from usance.formats.invoice_pdf import LANGUAGES, Language, OpenItem, render_statement


def test_the_balance_is_what_is_open() -> None:
    statement = invoices.statement()
    assert statement.closing == statement.total_open == Decimal("7849.80")
    assert sum(statement.aging()) == statement.total_open


@pytest.mark.parametrize(
    ("due_on", "place"),
    [
        (date(2026, 4, 8), 0),
        (date(2026, 3, 31), 0),  # due today is not overdue
        (date(2026, 3, 30), 1),
        (date(2026, 3, 1), 1),  # 30 days
        (date(2026, 2, 28), 2),  # 31 days
        (date(2026, 1, 30), 2),  # 60
        (date(2026, 1, 29), 3),
        (date(2025, 12, 31), 3),  # 90
        (date(2025, 12, 30), 4),
        (date(2020, 1, 1), 4),
    ],
)
def test_an_item_stands_in_one_age(due_on: date, place: int) -> None:
    item = OpenItem(
        kind="invoice",
        number="1",
        issued_on=date(2020, 1, 1),
        due_on=due_on,
        amount=Decimal(10),
        open=Decimal(7),
    )
    wanted = [Decimal(0)] * 5
    wanted[place] = Decimal(7)
    assert replace(invoices.statement(), open_items=(item,)).aging() == wanted


def test_what_the_pages_say() -> None:
    text = text_of(render_statement(invoices.statement(), language="en"))
    for phrase in (
        "Statement of account", "As of 31 Mar 2026", "Of which overdue EUR 2,338.65",
        "Closing balance EUR 7,849.80", "Opening balance 1,840.00",
        "2 Feb 2026 Payment R-0004 3,087.05 2,427.05", "12 Nov 2025 Invoice 2025-0991 12 Dec 2025 109",
        "23 Feb 2026 Credit note CN-2026-0007 88.40 9,074.50", "Total open 7,849.80",
        "31–60 days 1,748.65", "Over 90 days 590.00", "IBAN DE89 3704 0044 0532 0130 00",
        "Pay online https://pay.nordwind.example/s/7Kq2",
    ):  # fmt: skip
        assert phrase in text, phrase


@pytest.mark.parametrize(
    ("language", "title"),
    list(
        zip(
            LANGUAGES,
            ("Statement of account", "Estratto conto", "Extras de cont", "खाता विवरण"),
            strict=True,
        )
    ),
)
def test_in_each_language_and_as_pdf_a(language: Language, title: str) -> None:
    pdf = render_statement(invoices.statement(), language=language)
    assert title in text_of(pdf)
    assert "<pdfaid:part>3</pdfaid:part>" in metadata(pdf)


def test_a_long_statement_carries_its_balance() -> None:
    pages = page_texts(render_statement(invoices.statement(120), language="it"))
    assert len(pages) >= 4
    for before, after in pairwise(pages):
        carried = before.split("A riportare ")[1].split()[0]
        assert f"Riporto {carried}" in after
    assert "Riporto" not in pages[0]
    assert "A riportare" not in pages[-1]


def test_an_account_without_movements_and_without_debts() -> None:
    quiet = replace(invoices.statement(), opening=Decimal(0), movements=(), open_items=())
    text = text_of(render_statement(quiet, language="en"))
    assert "No movements in this period." in text
    assert "Nothing is open. Thank you." in text
    assert "IBAN" not in text
    assert "Pay online" not in text
