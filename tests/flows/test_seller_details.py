"""Who the seller is on its documents: said, said again, and what is refused."""

from __future__ import annotations

import zlib
from functools import partial
from typing import Any

import pytest

from tests.flows import books
from tests.flows.racing import at_once
from tests.flows.trading import Trade
from tests.formats.test_logo import png, svg
from usance.flows import billing, onboarding, seller_details
from usance.flows.refusals import Duplicate, ExternalIdTaken, NotFound, WrongFields
from usance.formats.errors import FormatError
from usance.records.events.models import Event
from usance.records.parties import invoicing_queries as queries
from usance.records.parties.models import Seller, SellerDetails
from usance.rules.invoicing.national import ItalianSeller
from usance.rules.invoicing.profiles import SellerDetailsView, SellerFields
from usance.rules.money import UnknownCurrency

IBAN = "IT60X0542811101000000123456"


@pytest.fixture
def act(at: Any) -> dict[str, Any]:
    return {"at": at, "by": "test"}


def say(seller: Seller, act: dict[str, Any], **fields: Any) -> SellerDetailsView:
    return seller_details.set_seller_details(seller, fields=SellerFields(**fields), **act)


def told(seller: Seller) -> list[tuple[str, dict[str, Any]]]:
    found = Event.objects.filter(seller_id=seller.id, object_type="seller")
    return [(event.type, event.data) for event in found.order_by("transaction", "sequence")]


def test_nobody_has_said_anything(seller: Seller) -> None:
    view = queries.seller_details(seller_id=seller.id)
    assert (view.legal_name, view.country) == ("Officine Brera S.r.l.", "IT")
    assert view.national == ItalianSeller(), "the ordinary regime"
    assert (view.accounts, view.logo_digest, view.logo) == ((), "", None)


def test_what_is_said_is_kept_and_told_once(seller: Seller, act: dict[str, Any]) -> None:
    view = say(seller, act, city="Milano", vat_id="IT 00743110157", invoice_prefix="ft")
    assert (view.address.city, view.vat_id) == ("Milano", "IT00743110157")
    assert view.invoice_prefix == "FT"
    assert told(seller) == [
        ("seller.updated", {"changed": ["city", "invoice_prefix", "national", "vat_id"]})
    ]
    with books.nothing_written(seller):
        say(seller, act, city="Milano", vat_id="IT00743110157", invoice_prefix="FT")
    say(seller, act, city="Monza")
    assert told(seller)[-1][1] == {"changed": ["city", "invoice_prefix", "vat_id"]}
    assert queries.seller_details(seller_id=seller.id).vat_id == "", "replaced as a whole"


def test_what_cannot_be_leaves_nothing_behind(seller: Seller, act: dict[str, Any]) -> None:
    with books.refused(seller, WrongFields, match="vat_id: must begin with IT") as raised:
        say(seller, act, vat_id="DE136695976", brand_colour="blue", city="Milano")
    assert isinstance(raised.value, WrongFields)
    assert [fault.field for fault in raised.value.faults] == ["vat_id", "brand_colour"]


def test_two_who_say_it_at_once_leave_one(seller: Seller, act: dict[str, Any]) -> None:
    at_once([partial(say, seller, act, city=city) for city in ("Milano", "Monza", "Como")])
    assert SellerDetails.objects.filter(seller_id=seller.id).count() == 1
    assert len(told(seller)) == 3


# Logo


def test_a_logo_is_read_only_where_it_is_asked_for(seller: Seller, act: dict[str, Any]) -> None:
    say(seller, act, city="Milano")
    view = seller_details.set_logo(seller, content=png(), **act)
    assert view.logo is None
    assert len(view.logo_digest) == 64
    whole = queries.seller_details(seller_id=seller.id, with_logo=True)
    assert whole.logo
    assert (whole.logo.content, whole.logo.media_type) == (png(), "image/png")
    assert whole.address.city == "Milano", "the rest stays"
    assert "content" not in repr(whole.logo)
    with books.nothing_written(seller):
        seller_details.set_logo(seller, content=png(), **act)
    assert seller_details.remove_logo(seller, **act).logo_digest == ""
    assert [data["changed"] for _, data in told(seller)][1:] == [["logo"], ["logo"]]
    with books.nothing_written(seller):
        seller_details.remove_logo(seller, **act)


def test_an_svg_is_kept_without_what_acts(seller: Seller, act: dict[str, Any]) -> None:
    seller_details.set_logo(seller, content=svg("<script>1</script><path d='M0 0'/>"), **act)
    logo = queries.seller_details(seller_id=seller.id, with_logo=True).logo
    assert logo
    assert b"script" not in logo.content
    assert b"M0 0" in logo.content
    with books.refused(seller, FormatError):
        seller_details.set_logo(seller, content=b"GIF89a", **act)


# Accounts


def test_accounts_to_pay_to(seller: Seller, act: dict[str, Any]) -> None:
    euro = seller_details.add_bank_account(seller, currency="EUR", iban=IBAN, **act)
    seller_details.add_bank_account(seller, currency="USD", account_number="12-3", **act)
    view = queries.seller_details(seller_id=seller.id)
    assert [account.iban for account in view.accounts_in("EUR")] == [IBAN]
    assert told(seller)[0] == (
        "seller.bank_account_added",
        {"account": "IT60...3456", "currency": "EUR"},
    )
    seller_details.remove_bank_account(seller, account_id=euro.id, **act)
    assert queries.seller_details(seller_id=seller.id).accounts_in("EUR") == ()
    with books.refused(seller, NotFound):
        seller_details.remove_bank_account(seller, account_id=euro.id, **act)


def test_accounts_that_are_refused(seller: Seller, act: dict[str, Any]) -> None:
    seller_details.add_bank_account(seller, currency="EUR", iban=IBAN, external_id="1", **act)
    add = partial(seller_details.add_bank_account, seller, **act)
    with books.refused(seller, WrongFields, match="iban: has a wrong length or wrong check digits"):
        add(currency="EUR", iban=IBAN[:-1] + "7")
    with books.refused(seller, Duplicate):
        add(currency="EUR", iban=f"{IBAN[:4]} {IBAN[4:]}")
    with books.refused(seller, ExternalIdTaken):
        add(currency="CHF", iban="CH9300762011623852957", external_id="1")
    with books.refused(seller, UnknownCurrency):
        add(currency="EUX", iban=IBAN)


def test_another_seller_sees_and_changes_nothing(seller: Seller, act: dict[str, Any]) -> None:
    account = seller_details.add_bank_account(seller, currency="EUR", iban=IBAN, **act)
    say(seller, act, city="Milano")
    stranger = onboarding.create_seller(
        name="Altra",
        handle=f"{seller.handle}-altra",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=act["at"],
    )
    with books.nothing_written(seller):
        with books.refused(stranger, NotFound):
            seller_details.remove_bank_account(stranger, account_id=account.id, **act)
        say(stranger, act, city="Napoli")
    assert queries.seller_details(seller_id=stranger.id).accounts == ()
    assert queries.seller_details(seller_id=seller.id).address.city == "Milano"


def test_prefixes_are_not_swapped_within_a_year(trade: Trade) -> None:
    """An invoice and a credit note would have one number."""

    def name(invoice: str, note: str) -> None:
        say(trade.seller, trade.act, invoice_prefix=invoice, credit_note_prefix=note)

    name("A", "B")
    first = trade.invoice(1_000)
    with pytest.raises(WrongFields, match="cannot be A this year"):
        name("B", "A")
    note = billing.credit_invoice(trade.seller, invoice_id=first.id, **trade.act)
    assert (first.number[:2], note.number[:2]) == ("A-", "B-")
    name("B", "A")  # both series keep theirs until the year ends
    second = trade.invoice(1_000)
    again = billing.credit_invoice(trade.seller, invoice_id=second.id, **trade.act)
    assert (second.number, again.number) == ("A-2026-000002", "B-2026-000002")


def test_a_logo_that_cannot_be_drawn_is_refused(seller: Seller, act: dict[str, Any]) -> None:
    """Every document after it would fail."""
    broken = png()[:60]
    hollow = broken[:33] + chunk(b"IDAT", b"no picture") + chunk(b"IEND", b"")
    with books.refused(seller, FormatError):
        seller_details.set_logo(seller, content=hollow, **act)


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG that is whole, whatever is in it."""
    checksum = zlib.crc32(kind + body)
    return len(body).to_bytes(4, "big") + kind + body + checksum.to_bytes(4, "big")
