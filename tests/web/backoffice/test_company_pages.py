"""The company's page, keys for payment terms, and how a buyer is invoiced, as a person uses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from tests.flows import books
from tests.formats.test_logo import png, svg
from tests.web.house import IBAN, House
from usance.records.identity import public_id
from usance.records.parties import invoicing_queries as queries
from usance.records.parties.models import SellerBankAccount

SignIn = Callable[[str], Client]
COMPANY, TERMS = "/office/settings/company", "/office/settings/terms"


def drawn(response: Any) -> Any:
    """The page of a response, for questions in XPath."""
    return html.document_fromstring(response.content.decode())


def told(response: Any) -> str:
    page = drawn(response)
    return " ".join(" ".join(page.xpath("//main")[0].itertext()).split())


def filled(client: Client, path: str, action: str | None = None) -> dict[str, Any]:
    """What the form of a page would send if nothing were changed."""
    page = drawn(client.get(path))
    forms = page.xpath("//main//form[not(ancestor::dialog)][@method='post']")
    [form] = [one for one in forms if one.get("action") in (action, None)][:1]
    sent: dict[str, Any] = {}
    for field in form.inputs:
        if field.name == "csrfmiddlewaretoken" or not field.name:
            continue
        kind = field.get("type", "")
        if kind in ("checkbox", "radio") and field.get("checked") is None:
            continue
        value = field.get("value", "on") if kind == "checkbox" else field.value
        sent.setdefault(field.name, []).append(value or "")
    return sent


def billing(house: House, who: str) -> str:
    return f"/office/buyers/{public_id('buyer', house.buyers[who].id)}/billing"


# Company


def test_what_documents_say_is_typed_and_kept(sign_in: SignIn, house: House) -> None:
    chiara = sign_in("chiara")
    form = filled(chiara, COMPANY, COMPANY)
    form |= {"city": "Milano", "vat_id": "IT 00743110157", "invoice_prefix": "ft"}
    form |= {"national_rea_office": "mi", "national_rea_number": "1234567"}
    answer = chiara.post(COMPANY, form, follow=True)
    assert "Documents from now on say this." in told(answer)
    view = queries.seller_details(seller_id=house.seller.id)
    assert (view.address.city, view.vat_id, view.invoice_prefix) == (
        "Milano",
        "IT00743110157",
        "FT",
    )
    with books.nothing_written(house.seller):
        chiara.post(COMPANY, filled(chiara, COMPANY, COMPANY))
    wrong = filled(chiara, COMPANY, COMPANY) | {"vat_id": "DE136695976", "brand_colour": "blue"}
    with books.nothing_written(house.seller):
        answer = chiara.post(COMPANY, wrong)
    assert answer.status_code == 422
    page = drawn(answer)
    errors = {one.get("id"): one.text_content() for one in page.xpath("//*[@class='field-error']")}
    assert "another country" in errors["id_vat_id_error"]
    assert "six hexadecimal digits" in errors["id_brand_colour_error"]


def test_a_line_that_the_page_does_not_show_stays(sign_in: SignIn, house: House) -> None:
    from dataclasses import replace

    from usance.flows import seller_details

    row = queries.details_row(seller_id=house.seller.id)
    fields = replace(queries.seller_fields(row), line_3="Interno 4")
    act: dict[str, Any] = {"at": house.seller.created_at, "by": "test"}
    seller_details.set_seller_details(house.seller, fields=fields, **act)
    chiara = sign_in("chiara")
    chiara.post(COMPANY, filled(chiara, COMPANY, COMPANY) | {"city": "Monza"})
    assert queries.seller_details(seller_id=house.seller.id).address.line_3 == "Interno 4"


def test_a_logo_is_sent_shown_and_removed(sign_in: SignIn, house: House) -> None:
    chiara = sign_in("chiara")
    assert chiara.get(f"{COMPANY}/logo").status_code == 404
    sent = {"logo": SimpleUploadedFile("logo.png", png(), "image/png")}
    answer = chiara.post(f"{COMPANY}/logo", sent, follow=True)
    assert "begin with this logo" in told(answer)
    shown = chiara.get(f"{COMPANY}/logo")
    assert (shown.content, shown["Content-Type"]) == (png(), "image/png")
    assert shown["X-Content-Type-Options"] == "nosniff"
    drawn = svg("<script>alert(1)</script><path d='M0 0h4v4z'/>")
    chiara.post(f"{COMPANY}/logo", {"logo": SimpleUploadedFile("a.svg", drawn)})
    shown = chiara.get(f"{COMPANY}/logo")
    assert shown["Content-Type"] == "image/svg+xml"
    assert b"script" not in shown.content
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    with books.nothing_written(house.seller):
        answer = chiara.post(f"{COMPANY}/logo", {"logo": SimpleUploadedFile("a.gif", b"GIF89a")})
        large = SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 300_000)
        too_large = chiara.post(f"{COMPANY}/logo", {"logo": large})
    assert answer.status_code == too_large.status_code == 422
    assert "neither a PNG nor an SVG" in told(answer)
    assert "too large" in told(too_large)
    chiara.post(f"{COMPANY}/logo/remove")
    assert chiara.get(f"{COMPANY}/logo").status_code == 404


def test_accounts_are_added_and_removed(sign_in: SignIn, house: House) -> None:
    chiara = sign_in("chiara")
    path = f"{COMPANY}/accounts/add"
    page = drawn(chiara.get(path))
    once = page.xpath("//main//input[@name='once']/@value")[0]
    form = {"once": once, "currency": "eur", "iban": IBAN[:-1] + "7"}
    with books.nothing_written(house.seller):
        wrong = chiara.post(path, form)
    assert "check digits are wrong" in told(wrong)
    answer = chiara.post(path, form | {"iban": IBAN}, follow=True)
    assert "IT60 X054 2811 1010 0000 0123 456" in told(answer)
    with books.nothing_written(house.seller):
        chiara.post(path, form | {"iban": IBAN}, follow=True)  # the button pressed twice
    [account] = SellerBankAccount.objects.filter(seller_id=house.seller.id)
    path = f"{COMPANY}/accounts/{public_id('bank_account', account.id)}/remove"
    page = drawn(chiara.get(path))
    chiara.post(path, {"once": page.xpath("//main//input[@name='once']/@value")[0]})
    assert not SellerBankAccount.objects.filter(seller_id=house.seller.id).exists()
    assert chiara.get(path).status_code == 404


@pytest.mark.parametrize("path", [COMPANY, f"{COMPANY}/logo", f"{COMPANY}/logo/remove", TERMS])
def test_a_viewer_sees_and_changes_nothing(sign_in: SignIn, house: House, path: str) -> None:
    viewer = sign_in("vera")
    with books.nothing_written(house.seller):
        assert viewer.post(path, {"keys": "A = net 7"}).status_code == 403
        assert viewer.post(billing(house, "nordmann"), {}).status_code == 403
        assert viewer.get(f"{COMPANY}/accounts/add").status_code == 403
    for shown in (COMPANY, TERMS, billing(house, "nordmann")):
        answer = viewer.get(shown)
        assert answer.status_code == 200
        assert ">Save<" not in answer.content.decode()


# Keys of payment terms


def test_keys_are_pasted_and_shown_with_what_they_mean(sign_in: SignIn, house: House) -> None:
    chiara = sign_in("chiara")
    pasted = "0001\tdue on receipt\r\nZB30 = 2/10 net 30\r\n\r\nZI60\t60 gg DFFM"
    answer = chiara.post(TERMS, {"keys": pasted}, follow=True)
    shown = told(answer)
    assert "30 days net; 2% off within 10 days" in shown
    assert "60 days, end of month" in shown
    assert queries.terms_keys(seller_id=house.seller.id)["ZI60"] == "net_60_eom"
    with books.nothing_written(house.seller):
        chiara.post(TERMS, filled(chiara, TERMS))
        wrong = chiara.post(TERMS, {"keys": "ZB30 = soon\nnet_30 = net 60"})
        broken = chiara.post(TERMS, {"keys": "ZB30"})
        twice = chiara.post(TERMS, {"keys": "A = net 7\nA = net 8"})
    assert wrong.status_code == broken.status_code == twice.status_code == 422
    assert "ZB30: These terms cannot be read" in told(wrong)
    assert "net_30: A key cannot be a terms code itself" in told(wrong)
    assert "Line 1: write a key, an equals sign" in told(broken)
    assert "Line 2: the key is there already" in told(twice)


# How a buyer is invoiced


def test_what_will_happen_is_said_in_words(sign_in: SignIn, house: House) -> None:
    chiara, path = sign_in("chiara"), billing(house, "nordmann")
    assert "this is what is usual in its country" in told(chiara.get(path))
    form = filled(chiara, path) | {
        "schedule": "monthly:25",
        "group_by": "cost_centre",
        "formats": ["facturx"],
        "channels": ["email", "portal"],
        "email_to": "ap@nordmann.example, cfo@nordmann.example",
        "terms_base": "delivery",
        "calendar": "buyer",
        "calendar_code": "DE-BY",
        "move": "modified_following",
    }
    shown = told(chiara.post(path, form, follow=True))
    assert (
        "Every month, up to day 25: one invoice for all that has shipped, grouped by cost centre."
        " Factur-X: by e-mail to ap@nordmann.example and cfo@nordmann.example and in the portal."
        " Payment terms run from the day of delivery. A due date that is no working day of Germany"
        " (BY) moves to the next one, or to the one before where the next is in another month."
    ) in shown
    assert "usual in its country" not in shown
    with books.nothing_written(house.seller):
        chiara.post(path, filled(chiara, path))
        wrong = filled(chiara, path) | {"email_to": "ap", "move": "none", "schedule": "monthly:31"}
        answer = chiara.post(path, wrong)
    assert answer.status_code == 422
    with books.nothing_written(house.seller):
        answer = chiara.post(
            path,
            filled(chiara, path) | {"move": "none", "buyer_reference": "04011000-1234512345-07"},
        )
    assert "Leitweg-ID: its form or its check digits are wrong" in told(answer)
    assert "or neither" in told(answer)


def test_another_sellers_buyer_is_not_there(sign_in: SignIn, house: House) -> None:
    from usance.records.identity import new_id

    assert (
        sign_in("chiara").get(f"/office/buyers/{public_id('buyer', new_id())}/billing").status_code
        == 404
    )
