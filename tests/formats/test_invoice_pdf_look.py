"""How the documents look: each is compared with a picture that a person has looked at and approved.

After a wanted change, ``USANCE_NEW_GOLDEN=1`` writes the pictures anew; look at them before you commit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from PIL import Image, ImageChops

from tests.formats import printed_invoices as invoices
from tests.formats.printed_pages import picture
from usance.formats.invoice_pdf import Brand, render, render_statement

GOLDEN: Final = Path(__file__).parent / "golden"
MOST_CHANGED: Final = 10
"""Points that may differ clearly: letters are drawn a shade differently by another renderer, but the
change of one digit is more than this."""

LOGO: Final = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40">
<path fill="#0b6e4f" d="M0 20 20 0l20 20-20 20z"/><path fill="#f4a259" d="M26 20 46 0l20 20-20 20z"/>
<path fill="#0b6e4f" d="M80 8h110v6H80zM80 20h80v6H80z"/></svg>"""

PAGES: Final[dict[str, tuple[Callable[[], bytes], int]]] = {
    "invoice-en": (lambda: render(invoices.english(), language="en"), 0),
    "invoice-it": (lambda: render(invoices.italian(), language="it"), 0),
    "invoice-ro": (lambda: render(invoices.romanian(), language="ro"), 0),
    "invoice-hi": (lambda: render(invoices.indian(), language="hi"), 0),
    "consolidated-second-page": (lambda: render(invoices.consolidated(), language="en"), 1),
    "qr-bill-it": (lambda: render(invoices.swiss(), language="it"), 0),
    "credit-note-brand": (
        lambda: render(
            invoices.credit_note(),
            language="en",
            brand=Brand(logo=LOGO, colour="#0b6e4f", tagline="Tools for people who build"),
        ),
        0,
    ),
    "draft-it": (lambda: render(invoices.reverse_charge(), language="it", status="draft"), 0),
    "statement-ro": (lambda: render_statement(invoices.statement(), language="ro"), 0),
}


def changed_points(one: Image.Image, other: Image.Image) -> int:
    """How many points differ by more than a quarter of the scale from black to white."""
    if one.size != other.size:
        return max(one.width * one.height, other.width * other.height)
    return sum(ImageChops.difference(one, other).histogram()[64:])


@pytest.mark.parametrize("name", PAGES)
def test_the_page_looks_as_approved(name: str) -> None:
    make, page = PAGES[name]
    drawn = picture(make(), page=page)
    path = GOLDEN / f"{name}.png"
    if os.environ.get("USANCE_NEW_GOLDEN"):
        drawn.point([level // 17 * 17 for level in range(256)]).save(path, optimize=True)
    with Image.open(path) as approved:
        assert changed_points(drawn, approved.convert("L")) <= MOST_CHANGED


def test_a_changed_digit_is_seen() -> None:
    """The comparison is fine enough: a due date a day later is another picture."""
    document = invoices.english()
    later = replace(document, due_on=date(2026, 4, 2))
    ours, other = (picture(render(one, language="en")) for one in (document, later))
    assert changed_points(ours, other) > MOST_CHANGED


def test_every_golden_picture_is_compared() -> None:
    assert {path.stem for path in GOLDEN.glob("*.png")} == set(PAGES)
