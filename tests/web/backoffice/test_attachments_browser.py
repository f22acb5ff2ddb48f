"""A file is attached, fetched and removed, and freight put on an order: by keyboard, in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, FileChooser, Page, expect

from tests.web import house as houses
from tests.web.browsing import NARROW, WIDE, Visit, look_over, press_until
from tests.web.house import House
from usance.flows import attachments, fulfilment
from usance.flows.attachments import Offered
from usance.records.identity import public_id

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture(scope="module")
def pages(house: House) -> dict[str, str]:
    """An order with nothing attached, and an invoice that carries a file."""
    act: dict[str, Any] = {"at": houses.TODAY, "by": "test"}
    fresh = houses.order(house, "girard", 12_200, ago=2, name="at-1")
    made = houses.order(house, "girard", 24_400, ago=2, name="at-2")
    attachments.attach_to_order(
        house.seller,
        order_id=made.order_id,
        offered=Offered(content=PDF, file_name="proof.pdf", description="Proof of delivery"),
        **act,
    )
    invoice = fulfilment.invoice_order(house.seller, order_id=made.order_id, **act)
    order = f"/office/orders/{public_id('order', fresh.order_id)}"
    return {
        "order": order,
        "attach": f"{order}/attach",
        "charge": f"{order}/charge",
        "invoice": f"/office/invoices/{public_id('invoice', invoice.id)}",
        "billed": f"/office/orders/{public_id('order', made.order_id)}",
    }


@pytest.fixture(scope="module")
def scene(pages: dict[str, str]) -> dict[str, str]:
    """All of it is there before the browser runs."""
    return pages


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(WIDE, "light", "en"), (NARROW, "dark", "hi")]
)
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    visit: Visit, pages: dict[str, str], width: int, scheme: str, language: str
) -> None:
    look_over(visit("/office/"), pages.values(), looks=[(width, scheme)], language=language)


def chosen_by_keyboard(page: Page) -> FileChooser:
    """What opens from the field that has the focus. A busy browser now and then loses the first press."""
    for _ in range(2):
        try:
            with page.expect_file_chooser(timeout=5_000) as chooser:
                page.keyboard.press("Space")
        except Error:  # nothing opened in time
            continue
        return chooser.value
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    return chooser.value


def test_a_file_is_attached_and_removed_by_keyboard(
    visit: Visit, pages: dict[str, str], tmp_path: Path
) -> None:
    page = visit(pages["order"])
    press_until(page, "Attach a file")
    page.keyboard.press("Enter")
    note = tmp_path / "delivery note 87.pdf"
    note.write_bytes(PDF)
    expect(page.get_by_label("File", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    press_until(page, "File")
    chosen_by_keyboard(page).set_files(note)
    press_until(page, "Description")
    page.keyboard.type("Signed by the driver")
    press_until(page, "Attach")
    page.keyboard.press("Enter")
    row = page.get_by_role("row", name="delivery note 87.pdf")
    expect(row).to_contain_text("Signed by the driver")
    with page.expect_download() as download:
        press_until(page, "delivery note 87.pdf")
        page.keyboard.press("Enter")
    assert Path(download.value.path()).read_bytes() == PDF
    press_until(page, "Remove delivery note 87.pdf")
    page.keyboard.press("Enter")
    press_until(page, "Remove")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The attachment is removed.")).to_be_visible()
    expect(page.get_by_text("Nothing is attached.")).to_be_visible()


def test_what_no_invoice_may_carry_is_refused_where_it_was_chosen(
    visit: Visit, pages: dict[str, str], tmp_path: Path
) -> None:
    page = visit(pages["attach"])
    bad = tmp_path / "page.html"
    bad.write_bytes(b"<html>")
    page.get_by_label("File", exact=True).set_input_files(bad)
    page.get_by_role("button", name="Attach").click()
    expect(page.get_by_role("alert")).to_contain_text("An invoice carries PDF")


def test_freight_is_put_on_an_order_by_keyboard(visit: Visit, pages: dict[str, str]) -> None:
    page = visit(pages["charge"])
    press_until(page, "Reason")
    page.keyboard.type("Freight")
    press_until(page, "Amount without tax")
    page.keyboard.type("10.00")
    press_until(page, "Tax rate in percent")
    page.keyboard.type("22")
    press_until(page, "Add freight or a rebate")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The order comes to")).to_contain_text("134.20")
    expect(page.get_by_role("row", name="Freight")).to_contain_text("12.20")


def test_an_invoice_gives_its_files(visit: Visit, pages: dict[str, str]) -> None:
    page = visit(pages["invoice"])
    with page.expect_download() as download:
        page.get_by_role("link", name="proof.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF
