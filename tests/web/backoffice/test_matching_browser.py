"""The queue of the matching in the real browser: by keyboard alone, on a phone, by axe."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.backoffice.test_matching import two_alike
from tests.web.browsing import Visit, aside, look_over, violations
from tests.web.house import House
from usance.records.identity import public_id
from usance.records.payments.models import Proposal

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(house: House) -> list[Proposal]:
    """Three payments, each of which may be for either of two invoices."""
    return [two_alike(house, f"q{n}", 51_000 + n) for n in range(3)]


def test_the_queue_is_worked_by_keyboard(visit: Visit, house: House, scene: list[Proposal]) -> None:
    page = visit("/office/payments/matching")
    assert violations(page) == []
    items = page.locator("[data-queue-item]")
    expect(items).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(items.nth(1).locator("input[type=checkbox]")).to_be_focused()
    page.keyboard.press("n")
    expect(items).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("Space")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    page.locator("#accept-ticked").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 payments are booked.")).to_be_visible()
    expect(page.get_by_text("Nothing waits to be matched")).to_be_visible()

    def states() -> list[str]:
        found = Proposal.objects.filter(seller_id=house.seller.id, id__in=[it.id for it in scene])
        return sorted(found.values_list("state", flat=True))

    assert aside(states) == ["accepted", "accepted", "dismissed"]


def test_pages_are_sound_on_a_desk_and_on_a_phone(
    visit: Visit, house: House, scene: list[Any]
) -> None:
    def more() -> str:
        two_alike(house, "q9", 59_000)
        return public_id("payment", scene[0].payment_id)

    payment = aside(more)
    page = visit("/office/payments/matching")
    look_over(
        page,
        [
            "/office/payments/matching",
            "/office/settings/matching",
            "/office/disputes",
            "/office/write-offs",
            f"/office/payments/{payment}",
        ],
    )
