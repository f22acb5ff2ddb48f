"""A company applies on the seller's page: what each step asks, keeps and refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from config.clock import Clock
from tests.conftest import AT
from tests.flows.applying import (
    ITALIAN,
    PDF,
    World,
    again,
    begin,
    code_in,
    fill,
    mail_server,
    mails,
    open_form,
)
from usance.flows.applications import apply, decide
from usance.records.applications.models import Application, Document
from usance.records.parties.models import Seller


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The site's clock stands, and nobody has asked for anything yet."""
    monkeypatch.setattr(Clock, "now", lambda _self: AT)
    cache.clear()


@pytest.fixture(autouse=True)
def _mail() -> Iterator[None]:
    with mail_server():
        yield


@pytest.fixture
def door(seller: Seller, at: datetime) -> str:
    """The address of the form of a seller that takes applications."""
    open_form(seller, at=at, prepaid_allowed=True)
    return f"/apply/{seller.handle}"


@pytest.fixture
def client() -> Client:
    return Client()


def tree(response: Any) -> html.HtmlElement:
    return html.document_fromstring(response.content.decode())


def words(response: Any) -> str:
    return " ".join(tree(response).xpath("//main")[0].text_content().split())


def begun(client: Client, door: str, **more: str) -> str:
    """The address of a new application."""
    response = client.post(
        door,
        {
            "country": "IT",
            "name": "Ferramenta Lodi S.r.l.",
            "contact_name": "Paola Conti",
            "email": "paola@ferramentalodi.example",
        }
        | more,
    )
    assert response.status_code == 302, words(response)
    return str(response["Location"]).removesuffix("/company")


STEPS: dict[str, dict[str, str]] = {
    "company": {
        "country": "IT",
        "name": "Ferramenta Lodi S.r.l.",
        "street": "Via Roma 1",
        "postal_code": "20121",
        "city": "Milano",
        "website": "www.ferramentalodi.example",
        "contact_name": "Paola Conti",
        "contact_role": "Buyer",
        "contact_email": "paola@ferramentalodi.example",
    },
    "numbers": {"partita_iva": ITALIAN},
    "request": {"currency": "EUR", "requested_limit": "5,000.00", "requested_terms": "net_30"},
    "people": {"reference_0_company": "Acciai Brescia", "person_0_name": "Luca Riva"},
    "consents": {"consent_authority": "on", "consent_checks": "on"},
}


def walk(client: Client, address: str) -> None:
    """Every step up to the last."""
    for step, data in STEPS.items():
        response = client.post(f"{address}/{step}", data)
        assert response.status_code == 302, (step, words(response))


def test_the_whole_way_without_scripts(client: Client, door: str, seller: Seller) -> None:
    address = begun(client, door)
    walk(client, address)
    files = {"documents": SimpleUploadedFile("accounts.pdf", PDF)}
    assert client.post(f"{address}/documents", files).status_code == 302
    page = client.get(f"{address}/check")
    assert "€5,000.00" in words(page)
    assert "accounts.pdf" in words(page)
    assert "Send the application" not in words(page)  # the address is not proved yet
    client.post(f"{address}/code")
    application = Application.objects.get(seller_id=seller.id)
    digits = code_in(mails(application, "application_code")[0])
    assert client.post(f"{address}/code", {"digits": digits}).status_code == 302
    assert "Send the application" in words(client.get(f"{address}/check"))
    sent = client.post(f"{address}/send", follow=True)
    assert "your application has arrived" in words(sent)
    assert "You can order already" in words(sent)
    stored = again(application)
    assert (stored.state, stored.requested_limit) == ("submitted", 500_000)
    assert stored.references == [{"company": "Acciai Brescia", "contact": "", "reach": ""}]
    assert [one["name"] for one in stored.consents] == ["authority", "checks"]
    # Sent again, and walked again, it stays as it is.
    assert client.post(f"{address}/send").status_code == 302
    assert client.post(f"{address}/company", STEPS["company"])["Location"] == address
    assert again(application).submitted_at == stored.submitted_at


def test_one_comes_back_to_where_one_was(client: Client, door: str) -> None:
    address = begun(client, door)
    assert client.get(address)["Location"] == f"{address}/company"
    client.post(f"{address}/company", STEPS["company"])
    assert client.get(address)["Location"] == f"{address}/numbers"
    kept = tree(client.get(f"{address}/company"))
    assert kept.xpath("//input[@name='city']/@value") == ["Milano"]


@pytest.mark.parametrize(
    ("country", "fields", "wrong"),
    [
        ("IT", {"partita_iva", "codice_fiscale", "rea"}, {"partita_iva": "IT00743110158"}),
        ("RO", {"cui", "onrc"}, {"cui": "RO18547291", "onrc": "J52/750/2012"}),
        ("IN", {"gstin", "pan", "cin"}, {"gstin": "27AAPFU0939F1ZV", "pan": "AAPFU0939G"}),
        ("GB", {"gb_vat", "company_number"}, {"company_number": "SHOP-12"}),
        ("US", {"ein", "state_registration"}, {"ein": "00-0000000"}),
        ("KE", {"tax_number", "registration_number"}, {"registration_number": ""}),
    ],
)
def test_each_country_asks_for_its_own_numbers(
    client: Client, door: str, country: str, fields: set[str], wrong: dict[str, str]
) -> None:
    address = begun(client, door, country=country)
    page = tree(client.get(f"{address}/numbers"))
    assert set(page.xpath("//main//input[@type='text']/@name")) == fields
    response = client.post(f"{address}/numbers", wrong)
    assert response.status_code == 422
    assert tree(response).xpath("//*[contains(@class,'error-summary')]")


def test_another_seller_does_not_know_the_link(
    client: Client, door: str, seller: Seller, at: datetime
) -> None:
    from usance.flows import onboarding

    other = onboarding.create_seller(
        name="Other",
        handle=f"{seller.handle}-z",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    open_form(other, at=at)
    address = begun(client, door)
    secret = address.rpartition("/")[2]
    assert client.get(f"/apply/{other.handle}/{secret}/company").status_code == 404
    assert client.post(f"/apply/{other.handle}/{secret}/send").status_code == 404
    assert client.get(f"{door}/{'A' * 43}").status_code == 404
    assert client.get("/apply/nobody-at-all").status_code == 404


def test_pages_are_kept_by_nobody(client: Client, door: str) -> None:
    address = begun(client, door)
    page = client.get(f"{address}/company")
    assert page["Cache-Control"] == "no-store"
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "same-origin"


def test_forms_are_refused_without_their_token(door: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(door, {"name": "x"}).status_code == 403


def test_a_closed_form_says_so(client: Client, seller: Seller, at: datetime) -> None:
    page = client.get(f"/apply/{seller.handle}")
    assert "No applications are taken" in words(page)
    response = client.post(
        f"/apply/{seller.handle}",
        {"country": "IT", "name": "x", "contact_name": "x", "email": "a@b.example"},
    )
    assert "No applications are taken" in words(response)
    assert not Application.objects.filter(seller_id=seller.id).exists()


def test_a_wrong_code_comes_back_to_the_field(client: Client, door: str, seller: Seller) -> None:
    address = begun(client, door)
    client.post(f"{address}/code")
    application = Application.objects.get(seller_id=seller.id)
    digits = code_in(mails(application, "application_code")[0])
    wrong = f"{(int(digits) + 7) % 1_000_000:06}"
    response = client.post(f"{address}/code", {"digits": wrong})
    assert response.status_code == 422
    assert "4 tries are left" in words(response)
    assert client.post(f"{address}/code", {"digits": "12"}).status_code == 422
    assert "a moment ago" in words(client.post(f"{address}/code", follow=True))


def test_what_is_no_document_is_named(client: Client, door: str) -> None:
    address = begun(client, door)
    response = client.post(
        f"{address}/documents", {"documents": SimpleUploadedFile("x.exe", b"MZ")}
    )
    assert response.status_code == 422
    assert "x.exe was not taken" in words(response)
    large = SimpleUploadedFile("big.pdf", PDF + b"x" * (10 * 1024 * 1024))
    response = client.post(f"{address}/documents", {"documents": large})
    assert "big.pdf is larger than 10 MB" in words(response)
    assert client.post(f"{address}/documents").status_code == 422
    assert (
        not Document.objects.exists() or not Document.objects.filter(application__name="x").exists()
    )


def test_a_flood_from_one_address_is_stopped(client: Client, door: str) -> None:
    answers = [client.post(f"{door}/link", {"email": "a@b.example"}).status_code for _ in range(7)]
    assert answers == [302] * 5 + [429] * 2


def test_the_answer_to_a_lost_link_tells_nobody_who_has_applied(
    client: Client, door: str, seller: Seller
) -> None:
    begun(client, door)
    application = Application.objects.get(seller_id=seller.id)
    pages = [
        words(client.post(f"{door}/link", {"email": email}, follow=True))
        for email in (application.contact_email, "nobody@company.example")
    ]
    assert pages[0] == pages[1]
    assert len(mails(application, "application_link")) == 1


def test_the_reader_chooses_the_language_and_letters_follow(
    client: Client, door: str, seller: Seller
) -> None:
    address = begun(client, door)
    first = tree(client.get(door, headers={"accept-language": "it"}))
    assert first.get("lang") == "it"
    response = client.post(
        f"{address}/company", STEPS["company"], headers={"accept-language": "ro-RO,ro;q=0.9"}
    )
    assert response.status_code == 302
    assert Application.objects.get(seller_id=seller.id).language == "ro"


def test_a_question_is_answered_and_documents_follow(
    client: Client, door: str, seller: Seller, at: datetime
) -> None:
    one = begin(seller, at=at)
    fill(seller, one, at=at)
    client.post(f"{door}/{one.secret}/code")
    digits = code_in(mails(one.application, "application_code")[0])
    client.post(f"{door}/{one.secret}/code", {"digits": digits})
    client.post(f"{door}/{one.secret}/send")
    World().check(one.application, at=at)
    decide.request_information(
        seller,
        application_id=one.application.id,
        text="Who <b>signs</b>?",
        author="Chiara",
        at=at,
        by="c",
    )
    page = client.get(f"{door}/{one.secret}")
    assert "We have a question" in words(page)
    assert "Who <b>signs</b>?" in words(page)  # shown as it was written
    assert client.post(f"{door}/{one.secret}/answer", {"text": " "}).status_code == 422
    assert client.post(f"{door}/{one.secret}/answer", {"text": "Our director"}).status_code == 302
    client.post(f"{door}/{one.secret}/upload", {"documents": SimpleUploadedFile("visura.pdf", PDF)})
    assert again(one.application).state == "in_review"
    assert "visura.pdf" in words(client.get(f"{door}/{one.secret}"))
    decide.decline(seller, application_id=one.application.id, reasons=["sanctions"], at=at, by="c")
    page = client.get(f"{door}/{one.secret}")
    assert "anction" not in words(page)
    assert "assessment" in words(page)
    assert "You can order already" not in words(page)


def test_withdrawn_by_the_applicant(
    client: Client, door: str, seller: Seller, at: datetime
) -> None:
    address = begun(client, door)
    assert "withdrawn" in words(client.post(f"{address}/withdraw", follow=True))
    assert Application.objects.get(seller_id=seller.id).state == "withdrawn"


def test_without_a_mail_server_it_can_be_sent_all_the_same(
    client: Client, door: str, seller: Seller, settings: Any
) -> None:
    settings.EMAIL_HOST = ""
    address = begun(client, door)
    walk(client, address)
    page = client.get(f"{address}/check")
    assert "No e-mail can be sent from here" in words(page)
    assert client.post(f"{address}/send", follow=True).status_code == 200
    assert Application.objects.get(seller_id=seller.id).state == "submitted"


def test_a_country_that_is_not_served_is_not_offered(
    client: Client, seller: Seller, at: datetime
) -> None:
    open_form(seller, at=at, countries=["IT", "RO"])
    page = tree(client.get(f"/apply/{seller.handle}"))
    assert page.xpath("//select[@name='country']/option/@value") == ["IT", "RO"]


def test_a_link_is_no_longer_than_it_must_be_and_never_the_same(
    seller: Seller, at: datetime
) -> None:
    open_form(seller, at=at)
    secrets = {
        apply.begin(
            seller, name="x", country="IT", email=f"{n}@b.example", site="", at=at + timedelta(n)
        ).secret
        for n in range(5)
    }
    assert len(secrets) == 5
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in secrets)
