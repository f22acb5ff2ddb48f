"""Applications in the office: the queue, the page with everything, the acts, and what is connected."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from config.clock import Clock
from tests.conftest import AT
from tests.flows.applying import (
    CLEAR,
    PDF,
    World,
    again,
    decide_by,
    mail_server,
    open_form,
    submitted,
)
from usance.flows import connections, onboarding
from usance.flows.applications import correspondence
from usance.flows.counterparts import counterparts_of
from usance.gateways.errors import Unavailable
from usance.records.applications.models import Application, ApplicationForm
from usance.records.connections.models import Connection, LoadedFile
from usance.records.events.secrets import decrypt
from usance.records.identity import public_id
from usance.records.parties.models import Buyer, Seller

LIST = (
    b"id,schema,name,aliases,countries\n"
    b"NK-1,Person,Viktor Example,,ru\nNK-2,Company,Acme Trading LLC,Acme,ru\n"
)


@dataclass
class Office:
    """A seller, somebody at its desk, and an application that waits."""

    seller: Seller
    client: Client
    application: Application

    @property
    def address(self) -> str:
        return f"/office/applications/{public_id('application', self.application.id)}"

    def act(self, name: str, **data: Any) -> Any:
        """Send the form of an act."""
        form = {"once": secrets.token_urlsafe(18)} | data
        return self.client.post(f"{self.address}/{name}", form, follow=True)


def somebody(seller: Seller, role: str) -> Client:
    staff = onboarding.add_staff(
        seller,
        email=f"{role}-{secrets.token_hex(4)}@brera.example",
        name=f"The {role}",
        role=role,
        password="x",
        at=AT,
    )
    client = Client()
    client.force_login(staff.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "now", lambda _self: AT)


@pytest.fixture
def office(seller: Seller, at: datetime) -> Iterator[Office]:
    """An application whose register does not answer, of a company that is known already."""
    with mail_server():
        open_form(seller, at=at)
        decide_by(seller, *CLEAR, at=at)
        onboarding.create_buyer(
            seller, name="Ferramenta Lodi", country="IT", tax_id="IT00743110157", at=at, by="test"
        )
        application = submitted(
            seller,
            at=at,
        )
        correspondence.add_document(
            seller,
            application_id=application.id,
            file_name='Bilancio "2025" è.pdf',
            content=PDF,
            at=at,
        )
        world = World()
        world.vies.failing = Unavailable("down", counterpart="VIES")
        world.check(application, at=at)
        yield Office(seller, somebody(seller, "credit_manager"), again(application))


def words(response: Any) -> str:
    tree = html.document_fromstring(response.content.decode())
    return " ".join(tree.xpath("//main")[0].text_content().split())


def test_the_queue_has_what_waits_and_can_be_filtered(office: Office) -> None:
    page = words(office.client.get("/office/applications"))
    assert "Ferramenta Lodi S.r.l." in page
    assert "known_already" in page
    waiting = office.client.get("/office/applications?state=in_review&q=lodi")
    assert "Ferramenta Lodi S.r.l." in words(waiting)
    assert "Nothing matches" in words(office.client.get("/office/applications?state=approved"))


def test_everything_is_on_one_page(office: Office) -> None:
    page = words(office.client.get(office.address))
    for text in (
        "This application waits for a person",
        "€5,000.00",
        "Limit the policy suggests",
        "No answer yet",
        "counterpart_unavailable",
        "A register confirmed the applicant",  # among what is not known
        "Same tax number",
        "100 of 100",
        "At the company's domain",
        "Proved with a code",
        "I may act for this company",
        "The checks were run",
        "Confirmation",
    ):
        assert text in page, text


def test_a_document_comes_as_a_file_and_never_as_a_page(office: Office) -> None:
    page = html.document_fromstring(office.client.get(office.address).content.decode())
    [href] = page.xpath("//a[contains(@href, '/documents/')]/@href")
    response = office.client.get(href)
    assert response.content == PDF
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == (
        "attachment; filename=\"Bilancio 2025 .pdf\"; filename*=UTF-8''Bilancio%202025%20%C3%A8.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_approved_with_limit_terms_and_tier(office: Office) -> None:
    page = office.act("approve", limit="4,000.00", terms="net_30", tier="silver", account="")
    assert "The account is open with a limit of €4,000.00." in page.content.decode()
    decided = again(office.application)
    assert (decided.state, decided.limit, decided.terms, decided.tier) == (
        "approved",
        400_000,
        ["net_30"],
        "silver",
    )
    assert decided.decided_by.startswith("stf_")
    assert "The credit_manager" in words(office.client.get(office.address))


def test_approved_for_the_account_there_is(office: Office) -> None:
    [duplicate] = office.application.findings["duplicates"]
    office.act("approve", limit="4,000.00", account=duplicate["id"])
    assert Buyer.objects.filter(seller_id=office.seller.id).count() == 1
    assert public_id("buyer", again(office.application).buyer_id) == duplicate["id"]  # type: ignore[arg-type]


def test_the_same_form_sent_twice_approves_once(office: Office) -> None:
    once = {"once": secrets.token_urlsafe(18), "limit": "4,000.00"}
    for _ in range(2):
        page = office.client.post(f"{office.address}/approve", once, follow=True)
        assert "The account is open" in page.content.decode()
    assert Buyer.objects.filter(seller_id=office.seller.id).count() == 2  # it and the one before


def test_declined_and_asked_for_more(office: Office) -> None:
    asked = office.act("ask", text="Your balance sheet, please.")
    assert "The question is on its way." in asked.content.decode()
    assert again(office.application).state == "information_requested"
    nothing = office.act("decline")
    assert nothing.status_code == 422
    declined = office.act("decline", reasons=["new_business", "credit_information"])
    assert "The application is declined" in declined.content.decode()
    assert again(office.application).decline_reasons == ["new_business", "credit_information"]
    assert office.client.get(f"{office.address}/approve").status_code == 200
    late = office.act("approve", limit="1.00")
    assert late.status_code == 422  # decided meanwhile


@pytest.mark.parametrize("role", ["viewer", "accountant"])
def test_whoever_may_not_decide_is_refused_and_nothing_is_written(
    office: Office, role: str
) -> None:
    client = somebody(office.seller, role)
    assert client.get(office.address).status_code == 200
    form = {"once": secrets.token_urlsafe(18), "limit": "1.00"}
    assert client.post(f"{office.address}/approve", form).status_code in (403, 422)
    assert client.post(f"{office.address}/ask", form).status_code == 403
    assert client.get("/office/settings/applications").status_code == 403
    assert client.get("/office/settings/connections/new/vies").status_code == 403
    assert again(office.application).state == "in_review"


def test_another_sellers_staff_sees_nothing(office: Office, at: datetime) -> None:
    other = onboarding.create_seller(
        name="Other",
        handle=f"{office.seller.handle}-o",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    stranger = somebody(other, "admin")
    assert stranger.get(office.address).status_code == 404
    assert stranger.get(f"{office.address}/approve").status_code == 404
    assert "Lodi" not in words(stranger.get("/office/applications"))


def test_the_form_is_opened_and_fitted(seller: Seller) -> None:
    client = somebody(seller, "admin")
    data = {
        "is_open": "on",
        "prepaid_allowed": "on",
        "introduction": "Welcome.",
        "countries": "it, RO",
        "currencies": "EUR",
        "consent_1": "I have read the terms of sale.",
    }
    assert client.post("/office/settings/applications", data).status_code == 302
    form = ApplicationForm.objects.get(seller_id=seller.id)
    assert (form.is_open, form.countries, form.currencies) == (True, ["IT", "RO"], ["EUR"])
    assert form.consents == {"consent_1": "I have read the terms of sale."}
    page = client.get("/office/settings/applications")
    assert "I have read the terms of sale." in page.content.decode()
    wrong = client.post("/office/settings/applications", data | {"countries": "IT, XX"})
    assert wrong.status_code == 422
    assert "XX is not a country" in words(wrong)


def test_without_a_mail_server_the_office_says_so(seller: Seller) -> None:
    page = words(somebody(seller, "admin").get("/office/applications"))
    assert "No mail server is set" in page
    assert "The form is closed" in page


# Connections


def test_credentials_are_kept_encrypted_and_never_shown(seller: Seller) -> None:
    client = somebody(seller, "admin")
    response = client.post(
        "/office/settings/connections/new/creditsafe",
        {
            "name": "Creditsafe",
            "username": "u",
            "password": "geheim-99",
            "above": "10,000.00",
            "countries": "it",
        },
    )
    assert response.status_code == 302
    made = Connection.objects.get(seller_id=seller.id)
    assert made.settings == {"countries": ["IT"], "above": 1_000_000}
    assert "geheim" not in made.secret
    assert "geheim-99" in decrypt(made.secret)
    page = client.get(response["Location"])
    assert "geheim" not in page.content.decode()
    # Settings change while the credentials stay.
    changed = client.post(
        response["Location"], {"above": "5,000.00", "countries": "", "username": "", "password": ""}
    )
    assert changed.status_code == 302, words(changed)
    assert Connection.objects.get(id=made.id).settings == {"above": 500_000}
    assert "geheim-99" in decrypt(Connection.objects.get(id=made.id).secret)
    assert (
        client.post("/office/settings/connections/new/companies_house", {"name": "x"}).status_code
        == 422
    )


def test_which_is_asked_when(seller: Seller, at: datetime) -> None:
    def connect(kind: str, **settings: Any) -> None:
        connections.create_connection(
            seller,
            kind=kind,
            settings=settings,
            secrets={"username": "u", "password": "p"} if kind == "creditsafe" else {},
            at=at,
            by="test",
        )

    connect("vies", requester="IT00743110157")
    connect("gleif", countries=["DE"])
    connect("creditsafe", above=1_000_000)
    small = counterparts_of(seller, country="IT", requested=500_000)
    assert [len(part) for part in (small.tax_numbers, small.companies, small.bureaus)] == [1, 0, 0]
    assert small.requester == "IT00743110157"
    large = counterparts_of(seller, country="DE", requested=1_000_000)
    assert [len(part) for part in (large.tax_numbers, large.companies, large.bureaus)] == [1, 1, 1]


def test_a_list_is_loaded_searched_and_replaced(seller: Seller, at: datetime) -> None:
    from usance.gateways.sanctions import ScreeningSubject

    client = somebody(seller, "admin")
    made = client.post("/office/settings/connections/new/sanctions_list", {"name": "EU list"})
    address = made["Location"]
    assert "None is loaded yet" in words(client.get(address))
    file = SimpleUploadedFile("list.csv", LIST)
    assert client.post(f"{address}/load", {"file": file}).status_code == 302
    assert "2 entries" in words(client.get(address))
    [screen] = counterparts_of(seller, country="IT", requested=None).screens
    subject = ScreeningSubject(kind="person", name="Viktor Example")
    assert screen.screen(subject, at=at).outcome == "hits"
    broken = client.post(f"{address}/load", {"file": SimpleUploadedFile("x.csv", b"nonsense")})
    assert broken.status_code == 422
    shorter = LIST.replace(b"NK-1,Person,Viktor Example,,ru\n", b"")
    client.post(f"{address}/load", {"file": SimpleUploadedFile("list2.csv", shorter)})
    [screen] = counterparts_of(seller, country="IT", requested=None).screens
    assert screen.screen(subject, at=at).outcome == "clear"
    assert LoadedFile.objects.filter(seller_id=seller.id).count() == 2
    # Switched off, it is not asked.
    client.post(f"{address}/switch", {"on": "0"})
    assert counterparts_of(seller, country="IT", requested=None).screens == ()
    tried = client.post(f"{address}/test", follow=True)
    assert "EU list answers." in tried.content.decode()
