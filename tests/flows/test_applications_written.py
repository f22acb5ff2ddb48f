"""A company writes its application: what it must prove, what is kept, and what is not taken."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.flows import applying
from tests.flows.applying import (
    PDF,
    World,
    again,
    begin,
    fill,
    mail_server,
    mails,
    open_form,
    prove_address,
)
from tests.flows.racing import at_once
from usance.flows import onboarding
from usance.flows.applications import apply, codes, correspondence, forms
from usance.flows.applications.links import digest_of, link_to, secret_of
from usance.flows.applications.refusals import (
    ApplicationsClosed,
    CountryNotServed,
    Incomplete,
    InvalidApplication,
    TooManyRequests,
)
from usance.flows.refusals import NotFound, WrongState
from usance.records.applications.models import Application, ApplicationForm
from usance.records.events.models import Event, OutgoingMail
from usance.records.parties.models import Seller


def test_a_seller_that_has_said_nothing_takes_no_applications(seller: Seller, at: datetime) -> None:
    with pytest.raises(ApplicationsClosed):
        begin(seller, at=at)
    assert not Application.objects.filter(seller_id=seller.id).exists()


def test_only_the_digest_of_the_link_is_kept_and_mails_carry_it_again(
    open_seller: Seller, at: datetime
) -> None:
    with mail_server():
        begun = begin(open_seller, at=at)
    kept = again(begun.application)
    assert bytes(kept.secret) == hashlib.sha256(begun.secret.encode()).digest()
    assert len(begun.secret) == 43
    [letter] = mails(kept, "application_begun")
    address = f"https://trade.example/apply/{open_seller.handle}/{begun.secret}"
    assert address in letter.text
    assert address in letter.html
    row = OutgoingMail.objects.get(object_id=kept.id)
    assert begun.secret not in row.content


def test_a_link_survives_a_new_key_as_long_as_the_old_one_is_kept(
    open_seller: Seller, at: datetime, settings: Any
) -> None:
    begun = begin(open_seller, at=at)
    old = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = ["new-key", *old]
    assert secret_of(begun.application) == begun.secret
    settings.ENCRYPTION_KEYS = ["new-key"]
    assert secret_of(begun.application) is None
    assert link_to(open_seller, begun.application).endswith(f"/apply/{open_seller.handle}/link")
    assert digest_of(begun.secret) == bytes(again(begun.application).secret)


def test_a_country_that_is_not_served(seller: Seller, at: datetime) -> None:
    open_form(seller, at=at, countries=["IT", "DE"], currencies=["EUR", "CHF"])
    with pytest.raises(CountryNotServed):
        begin(seller, at=at, country="FR")
    begun = begin(seller, at=at, currency="CHF")
    assert begun.application.currency == "CHF"
    with pytest.raises(InvalidApplication):
        begin(seller, at=at, currency="USD")
    with pytest.raises(CountryNotServed):
        apply.save(seller, application_id=begun.application.id, country="FR", at=at)


def test_another_country_asks_for_other_numbers(open_seller: Seller, at: datetime) -> None:
    begun = begin(open_seller, at=at)
    fill(open_seller, begun, at=at)
    changed = apply.save(open_seller, application_id=begun.application.id, country="DE", at=at)
    assert changed.company["numbers"] == {}
    assert changed.company["city"] == "Milano"


def test_what_is_missing_is_told_and_nothing_is_sent(open_seller: Seller, at: datetime) -> None:
    with mail_server():
        begun = begin(open_seller, at=at, contact_name="", company={})
        with pytest.raises(Incomplete) as refused:
            apply.submit(open_seller, application_id=begun.application.id, at=at)
    assert [(one.step, one.field, one.why) for one in refused.value.missing] == [
        ("company", "contact", "missing"),
        ("company", "street", "missing"),
        ("company", "city", "missing"),
        ("numbers", "partita_iva", "missing"),
        ("request", "requested_limit", "missing"),
        ("consents", "authority", "missing"),
        ("consents", "checks", "missing"),
        ("check", "code", "not_verified"),
    ]
    assert again(begun.application).state == "draft"
    assert not Event.objects.filter(
        object_id=begun.application.id, type="application.submitted"
    ).exists()


def test_sent_twice_it_is_sent_once(open_seller: Seller, at: datetime) -> None:
    with mail_server():
        begun = begin(open_seller, at=at)
        fill(open_seller, begun, at=at)
        prove_address(open_seller, begun, at=at)

        def submit() -> str:
            with mail_server():
                return apply.submit(open_seller, application_id=begun.application.id, at=at).state

        assert at_once([submit, submit, submit]) == ["submitted"] * 3
    assert len(mails(begun.application, "application_submitted")) == 1
    told = Event.objects.filter(object_id=begun.application.id, type="application.submitted")
    assert told.count() == 1
    sent = again(begun.application)
    assert (sent.tax_id, sent.checks_due_at) == ("IT00743110157", at)
    with pytest.raises(WrongState):
        apply.save(open_seller, application_id=sent.id, name="Other", at=at)


def test_a_consent_is_kept_in_the_words_that_were_agreed_to(seller: Seller, at: datetime) -> None:
    open_form(seller, at=at, consents={"newsletter": "I want to hear of offers."})
    begun = begin(seller, at=at)
    kept = apply.save(
        seller, application_id=begun.application.id, consents=["checks", "newsletter"], at=at
    )
    assert [(one["name"], one["language"], one["at"]) for one in kept.consents] == [
        ("checks", "en", at.isoformat()),
        ("newsletter", "en", at.isoformat()),
    ]
    assert kept.consents[1]["text"] == "I want to hear of offers."
    assert "Officine Brera" in kept.consents[0]["text"]
    with pytest.raises(Incomplete) as refused:
        apply.submit(seller, application_id=begun.application.id, at=at)
    assert [m.field for m in refused.value.missing if m.step == "consents"] == ["authority"]


def test_one_address_cannot_be_flooded_with_letters(open_seller: Seller, at: datetime) -> None:
    for _ in range(5):
        begin(open_seller, at=at, email="victim@company.example")
    with pytest.raises(TooManyRequests):
        begin(open_seller, at=at, email="VICTIM@company.example")
    begin(open_seller, at=at + timedelta(hours=25), email="victim@company.example")


def test_the_link_is_sent_again_once_in_a_while(open_seller: Seller, at: datetime) -> None:
    with mail_server():
        begun = begin(open_seller, at=at)
        email = begun.application.contact_email
        for minute in (1, 2, 12):
            correspondence.send_links_again(
                open_seller, email=email, at=at + timedelta(minutes=minute)
            )
        correspondence.send_links_again(open_seller, email="nobody@company.example", at=at)
        letters = mails(begun.application, "application_link")
    assert len(letters) == 2
    assert begun.secret in letters[0].text


# Without a mail server


def test_without_a_mail_server_the_form_works_and_says_what_was_not_sent(
    open_seller: Seller, at: datetime
) -> None:
    begun = begin(open_seller, at=at)
    fill(open_seller, begun, at=at)
    with pytest.raises(codes.MailNotConfigured):
        codes.send_code(open_seller, application_id=begun.application.id, at=at)
    sent = apply.submit(open_seller, application_id=begun.application.id, at=at)
    assert (sent.state, sent.email_verified_at) == ("submitted", None)
    rows = OutgoingMail.objects.filter(object_id=sent.id)
    assert {(row.last_error, row.content, row.due_at) for row in rows} == {
        ("mail_not_configured", "", None)
    }


# What the seller sets


def test_the_form_is_set_once_a_seller(seller: Seller, at: datetime) -> None:
    for is_open in (True, False):
        forms.set_form(
            seller,
            is_open=is_open,
            countries=["RO", "IT", "IT"],
            prepaid_allowed=True,
            at=at,
            by="t",
        )
    form = ApplicationForm.objects.get(seller_id=seller.id)
    assert (form.is_open, form.countries, form.prepaid_allowed) == (False, ["IT", "RO"], True)
    with pytest.raises(InvalidApplication):
        forms.set_form(seller, is_open=True, consents={"checks": "mine"}, at=at, by="t")


def test_until_it_is_decided_the_buyer_may_order_prepaid_if_the_seller_allows(
    seller: Seller, at: datetime
) -> None:
    open_form(seller, at=at, prepaid_allowed=True)
    application = applying.submitted(seller, at=at)
    form = ApplicationForm.objects.get(seller_id=seller.id)
    assert apply.may_order_prepaid(form, application)
    World().check(application, at=at)
    assert apply.may_order_prepaid(form, again(application))
    apply.withdraw(seller, application_id=application.id, at=at)
    assert not apply.may_order_prepaid(form, again(application))


def test_another_sellers_application_is_not_there(open_seller: Seller, at: datetime) -> None:
    begun = begin(open_seller, at=at)
    other = onboarding.create_seller(
        name="Other",
        handle=f"{open_seller.handle}-y",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    id_ = begun.application.id
    for act in (
        lambda: apply.save(other, application_id=id_, name="x", at=at),
        lambda: correspondence.add_document(
            other, application_id=id_, file_name="x", content=PDF, at=at
        ),
        lambda: codes.verify_code(other, application_id=id_, digits="000000", at=at),
        lambda: correspondence.answer(other, application_id=id_, text="x", at=at),
    ):
        with pytest.raises(NotFound):
            act()
