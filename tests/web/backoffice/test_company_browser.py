"""The company, keys for terms and a buyer's billing in the real browser: by keyboard, on a phone, by axe."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.formats.test_logo import svg
from tests.web.browsing import NARROW, WIDE, Visit, look_over, violations
from tests.web.house import IBAN, TODAY, House
from usance.flows import billing_profiles, seller_details, terms_keys
from usance.records.identity import public_id
from usance.rules.invoicing.profiles import ProfileFields, SellerFields

pytestmark = pytest.mark.browser

LOGO = '<rect width="12" height="20" fill="#1d4ed8"/><circle cx="26" cy="10" r="9" fill="#f59e0b"/>'


@pytest.fixture(scope="module")
def pages(house: House) -> list[str]:
    """A page of each kind. Nothing here reads the database once a browser runs."""
    act: dict[str, Any] = {"at": TODAY, "by": "test"}
    seller_details.set_seller_details(
        house.seller,
        fields=SellerFields(city="Milano", vat_id="IT00743110157", brand_colour="#1d4ed8"),
        **act,
    )
    seller_details.set_logo(house.seller, content=svg(LOGO), **act)
    account = seller_details.add_bank_account(
        house.seller, currency="EUR", iban=IBAN, bic="BLOPIT22", bank_name="Banca Brera", **act
    )
    terms_keys.set_terms_keys(house.seller, keys={"ZB30": "2/10 net 30", "0001": "net 7"}, **act)
    profile = ProfileFields(
        schedule="monthly:25",
        group_by="cost_centre",
        email_to=("ap@nordmann.example", "cfo@nordmann.example"),
        terms_base="delivery",
        calendar="buyer",
        move="next",
    )
    billing_profiles.set_billing_profile(
        house.seller, buyer_id=house.buyers["nordmann"].id, fields=profile, **act
    )
    public = public_id("bank_account", account.id)
    return [
        "/office/settings/company",
        "/office/settings/company/accounts/add",
        f"/office/settings/company/accounts/{public}/remove",
        "/office/settings/terms",
        *(
            f"/office/buyers/{public_id('buyer', house.buyers[who].id)}/billing"
            for who in ("nordmann", "bianchi")
        ),
    ]


@pytest.fixture(scope="module")
def scene(pages: list[str]) -> list[str]:
    """All of it is there before the browser runs."""
    return pages


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(WIDE, "light", "en"), (NARROW, "dark", "it"), (NARROW, "light", "hi")],
)
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    visit: Visit, pages: list[str], width: int, scheme: str, language: str
) -> None:
    look_over(visit("/office/"), pages, looks=[(width, scheme)], language=language)


def test_a_wrong_number_is_corrected_by_keyboard(visit: Visit) -> None:
    page = visit("/office/settings/company")
    number = page.get_by_label("VAT number")
    number.press("Control+a")
    page.keyboard.type("DE136695976")
    number.press("Enter")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("begins with another country")
    assert violations(page) == []
    summary.get_by_role("link").first.press("Enter")
    expect(page.get_by_label("VAT number")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("IT00743110157")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Documents from now on say this.")).to_be_visible()


def test_an_account_is_added_in_a_dialog_by_keyboard(visit: Visit) -> None:
    page = visit("/office/settings/company", width=NARROW)
    page.get_by_role("button", name="Add an account").press("Enter")
    dialog = page.get_by_role("dialog")
    assert violations(page) == []
    dialog.get_by_label("Currency").fill("CHF")
    dialog.get_by_label("IBAN", exact=True).fill("CH93 0076 2011 6238 5295 7")
    dialog.get_by_role("button", name="Add an account").press("Enter")
    expect(page.get_by_text("Invoices in CHF can be paid to")).to_be_visible()
    expect(page.get_by_role("rowheader", name="CH93 0076 2011 6238 5295 7")).to_be_visible()


def test_a_schedule_is_chosen_and_the_sentence_follows(visit: Visit, pages: list[str]) -> None:
    page = visit(pages[-1], width=NARROW)
    expect(page.get_by_text("One invoice for each shipment. FatturaPA and PDF")).to_be_visible()
    page.locator("#id_schedule").select_option("weekly:fri")
    page.get_by_label("Recipient code").fill("ABC1234")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Every week, up to Friday: one invoice for all")).to_be_visible()
    expect(page.get_by_text("through SdI")).to_be_visible()
