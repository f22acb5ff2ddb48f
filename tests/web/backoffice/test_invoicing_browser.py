"""Billing, documents and questions in the real browser: by keyboard, on a phone, read by a machine."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import expect

from tests.web import house as houses
from tests.web.browsing import NARROW, WIDE, Visit, look_over, press_until, sideways, violations
from tests.web.house import House
from usance.flows import billing_profiles, billing_runs, invoice_questions, shipping
from usance.flows.deliveries import queueing
from usance.records.deliveries import actions
from usance.records.identity import public_id
from usance.records.invoices.models import BillingRun
from usance.rules.invoicing.profiles import ProfileFields

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(house: House) -> dict[str, str]:
    """A page of each kind. Nothing here reads the database once a browser runs."""
    act: dict[str, Any] = {"at": houses.TODAY, "by": "test"}
    billing_profiles.set_billing_profile(
        house.seller,
        buyer_id=house.buyers["girard"].id,
        fields=ProfileFields(
            schedule="monthly:20", group_by="purchase_order", channels=("portal",)
        ),
        **act,
    )
    for name, amount in (("br-1", 61_000), ("br-2", 24_400)):
        made = houses.order(house, "girard", amount, ago=2, name=name, po_number=f"PO-{name}")
        shipping.ship_order(house.seller, order_id=made.order_id, external_id=f"DN-{name}", **act)
    invoice = house.invoices["88110"]
    for recipient in ("purchasing-department-of-the-works@bianchi.example", "ap@bianchi.example"):
        [row] = queueing.send(
            house.seller,
            kind="invoice",
            subject_id=invoice.id,
            channel="email",
            recipient=recipient,
            **act,
        )
        actions.change(
            row,
            state="bounced",
            due_at=None,
            ended_at=houses.TODAY,
            reason_code="recipient_refused",
            reason="The mail server refuses the message (550 5.2.2 mailbox over quota)",
        )
    asked = invoice_questions.ask(
        house.seller,
        invoice_id=invoice.id,
        line="1",
        text="Where did this go?",
        member_id=house.members["lucia"].id,
        **act,
    )
    done = billing_runs.open_run(
        house.seller,
        cut_off_on=houses.TODAY.date(),
        buyer_id=house.buyers["kuijpers"].id,
        **act,
    )
    address = f"/office/invoices/{public_id('invoice', invoice.id)}"
    return {
        "billing": "/office/billing",
        "preview": "/office/billing/preview",
        "runs": "/office/billing/runs",
        "run": f"/office/billing/runs/{public_id('billing_run', done.id)}",
        "bill": "/office/billing/run",
        "deliveries": "/office/deliveries",
        "resend": f"/office/deliveries/{public_id('delivery', row.id)}/resend",
        "questions": "/office/questions",
        "question": f"/office/questions/{public_id('question', asked.id)}",
        "invoice": address,
        "credit-lines": f"{address}/credit-lines",
        "order": f"/office/orders/{public_id('order', house.orders['br-1'].order_id)}",
    }


@pytest.fixture(scope="module")
def scene(pages: dict[str, str]) -> dict[str, str]:
    """All of it is there before the browser runs."""
    return pages


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(WIDE, "light", "en"), (NARROW, "dark", "en"), (NARROW, "light", "hi")],
)
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    visit: Visit, pages: dict[str, str], width: int, scheme: str, language: str
) -> None:
    look_over(visit("/office/"), pages.values(), looks=[(width, scheme)], language=language)


def test_what_is_due_is_previewed_and_billed_by_keyboard(
    visit: Visit, pages: dict[str, str], house: House
) -> None:
    page = visit(pages["billing"])
    expect(page.get_by_role("row", name="Atelier Girard")).to_contain_text("Due now")
    press_until(page, "Preview")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="Atelier Girard")).to_contain_text("€854.00")
    press_until(page, "Bill what is due")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Bill what is due?")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    press_until(page, "Bill what is due")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Waiting for a worker")).to_be_visible()
    assert violations(page) == []

    work(house, page.url.rpartition("/")[2])
    # The page asks by itself; nobody has to reload it.
    expect(page.locator(".page-heading .badge")).to_have_text("Done")
    expect(page.get_by_role("row", name="Atelier Girard")).to_contain_text("€854.00")
    page.goto(pages["billing"])
    expect(page.get_by_role("row", name="Atelier Girard")).to_have_count(0)


def work(house: House, public: str) -> None:
    """What a worker does about a run, on a thread of its own as the browser has this one."""

    def worked() -> None:
        for run in BillingRun.objects.filter(seller_id=house.seller.id):
            if public_id("billing_run", run.id) == public:
                billing_runs.work(
                    house.seller, run_id=run.id, clock=lambda: houses.TODAY, by="test"
                )
        connections.close_all()

    thread = threading.Thread(target=worked)
    thread.start()
    thread.join()


def test_a_delivery_that_bounced_is_sent_to_another_address_by_keyboard(
    visit: Visit, pages: dict[str, str]
) -> None:
    page = visit(pages["deliveries"], width=NARROW)
    press_until(page, "Did not arrive")
    page.keyboard.press("Enter")
    expect(page.get_by_text("550 5.2.2 mailbox over quota").first).to_be_visible()
    press_until(page, "Send once more")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Send this document once more?")).to_be_visible()
    press_until(page, "E-mail address")
    page.keyboard.type("invoices@bianchi.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is sent once more.")).to_be_visible()
    page.goto(pages["deliveries"] + "?state=queued")
    expect(page.get_by_text("invoices@bianchi.example")).to_be_visible()


def test_what_is_seldom_done_is_in_a_menu_and_lines_are_credited_on_a_phone(
    visit: Visit, pages: dict[str, str]
) -> None:
    page = visit(pages["invoice"], width=NARROW)
    expect(page.get_by_role("button", name="Write off")).to_be_hidden()
    press_until(page, "More")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Write off")).to_be_visible()
    assert violations(page) == []
    assert sideways(page) <= 0
    press_until(page, "Credit lines")
    page.keyboard.press("Enter")
    page.get_by_label("Amount to credit of line 2").fill("9,999,999.00")
    page.get_by_label("Reason").fill("Came broken")
    page.get_by_role("button", name="Credit lines").press("Enter")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Amount to credit of line 2: Enter at most")
    assert violations(page) == []
    page.get_by_label("Amount to credit of line 2").fill("12.20")
    page.get_by_role("button", name="Credit lines").press("Enter")
    expect(page.get_by_text("is issued.")).to_be_visible()


def test_a_question_is_answered_by_keyboard(visit: Visit, pages: dict[str, str]) -> None:
    page = visit(pages["questions"])
    press_until(page, "Line 1: Hex bolts M12 × 60, zinc plated")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Where did this go?")).to_be_visible()
    press_until(page, "Answer")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    text = dialog.get_by_role("textbox")
    while not text.evaluate("it => it === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type("To your works in Brescia.")
    press_until(page, "Answer")
    page.keyboard.press("Enter")
    expect(page.get_by_text("To your works in Brescia.")).to_be_visible()
    expect(page.locator(".page-heading .badge")).to_have_text("Answered")
