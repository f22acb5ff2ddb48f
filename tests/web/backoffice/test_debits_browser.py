"""Mandates and debits in the real browser: on a desk and on a phone, by axe, and by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.flows.collecting import CREDITOR, DEBTOR_IBAN, SIGNATURE
from tests.web.browsing import NARROW, Visit, look_over, press_until, violations
from tests.web.house import IBAN, TODAY, House
from usance.flows import seller_details
from usance.flows.debits import collection_rules, files, mandates, scheduling
from usance.records.debits.models import Debit
from usance.records.identity import public_id
from usance.rules.invoicing.profiles import SellerFields

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(house: House) -> list[str]:
    """A page of each kind. Nothing here reads the database once a browser runs."""
    act: dict[str, Any] = {"at": TODAY, "by": "test"}
    fields = SellerFields(legal_name="Officine Brera S.r.l.", creditor_id=CREDITOR)
    seller_details.set_seller_details(house.seller, fields=fields, **act)
    seller_details.add_bank_account(house.seller, currency="EUR", iban=IBAN, **act)
    collection_rules.set_rules(house.seller, notice_days=0, lead_days=1, **act)
    buyer = house.buyers["nordmann"]
    mandate = mandates.create_mandate(
        house.seller, buyer_id=buyer.id, scheme="sepa_core", debtor_name=buyer.name,
        account=DEBTOR_IBAN, signature=SIGNATURE, **act,
    )  # fmt: skip
    invoice = next(
        one for one in house.invoices.values()
        if one.buyer_id == buyer.id and type(one).objects.get(id=one.id).state == "open"
    )  # fmt: skip
    debit = scheduling.schedule_debit(
        house.seller, mandate_id=mandate.id, invoice_ids=[invoice.id], **act
    )
    Debit.objects.filter(id=debit.id).update(collect_on=TODAY.date())
    [file] = files.build_files(house.seller, **act).files
    return [
        "/office/debits",
        f"/office/debits/{public_id('debit', debit.id)}",
        "/office/debits/files",
        f"/office/debits/files/{public_id('debit_file', file.id)}",
        "/office/debits/answers",
        "/office/mandates",
        "/office/mandates/new",
        f"/office/mandates/{public_id('mandate', mandate.id)}",
    ]


@pytest.fixture(scope="module")
def scene(pages: list[str]) -> list[str]:
    """All of it is there before the browser runs."""
    return pages


@pytest.mark.slow
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(visit: Visit, pages: list[str]) -> None:
    look_over(visit("/office/"), pages, language="en")


def test_the_bank_has_the_file_by_keyboard(visit: Visit, pages: list[str]) -> None:
    page = visit(pages[3], width=NARROW)
    press_until(page, "The bank has it")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    assert violations(page) == []
    dialog.get_by_role("button", name="The bank has it").press("Enter")
    expect(page.get_by_text("The debits of the file are on their way.")).to_be_visible()
