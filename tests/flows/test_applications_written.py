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
    code_in,
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
    UnsuitableDocument,
    WrongCode,
)
from usance.flows.refusals import NotFound, WrongState
from usance.records.applications.models import Application, ApplicationForm, Code, Document
from usance.records.events.models import Event, OutgoingMail
from usance.records.parties.models import Seller


@pytest.fixture
def open_seller(seller: Seller, at: datetime) -> Seller:
    """A seller that takes applications."""
    open_form(seller, at=at)
    return seller


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


# The code


def test_a_code_proves_the_address(open_seller: Seller, at: datetime) -> None:
    with mail_server():
        begun = begin(open_seller, at=at)
        codes.send_code(open_seller, application_id=begun.application.id, at=at)
        [letter] = mails(begun.application, "application_code")
        digits = code_in(letter)
        assert digits not in letter.subject
        later = at + timedelta(minutes=9)
        codes.verify_code(
            open_seller,
            application_id=begun.application.id,
            digits=f"{digits[:3]} {digits[3:]}",
            at=later,
        )
    assert again(begun.application).email_verified_at == later
    code = Code.objects.get(application_id=begun.application.id)
    assert code.used_at == later
    assert digits.encode() not in bytes(code.digest)


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06}"


def test_a_wrong_code_is_counted_and_the_sixth_try_is_of_no_use(
    open_seller: Seller, at: datetime
) -> None:
    with mail_server():
        begun = begin(open_seller, at=at)
        id_ = begun.application.id
        codes.send_code(open_seller, application_id=id_, at=at)
        digits = code_in(mails(begun.application, "application_code")[0])
        left = []
        for _ in range(5):
            with pytest.raises(WrongCode) as refused:
                codes.verify_code(open_seller, application_id=id_, digits=wrong(digits), at=at)
            left.append(refused.value.tries_left)
        assert left == [4, 3, 2, 1, 0]
        with pytest.raises(WrongCode):
            codes.verify_code(open_seller, application_id=id_, digits=digits, at=at)
    assert again(begun.application).email_verified_at is None


def test_guesses_at_the_same_moment_are_all_counted(open_seller: Seller, at: datetime) -> None:
    with mail_server():
        begun = begin(open_seller, at=at)
        id_ = begun.application.id
        codes.send_code(open_seller, application_id=id_, at=at)
        digits = code_in(mails(begun.application, "application_code")[0])

        def guess() -> int:
            try:
                codes.verify_code(open_seller, application_id=id_, digits=wrong(digits), at=at)
            except WrongCode as error:
                return error.tries_left
            raise AssertionError

        at_once([guess] * 4)
    assert Code.objects.get(application_id=id_).attempts == 4


def test_a_code_runs_out_and_a_new_one_ends_the_one_before(
    open_seller: Seller, at: datetime
) -> None:
    with mail_server():
        begun = begin(open_seller, at=at)
        id_ = begun.application.id
        codes.send_code(open_seller, application_id=id_, at=at)
        first = code_in(mails(begun.application, "application_code")[0])
        with pytest.raises(WrongCode):
            codes.verify_code(
                open_seller, application_id=id_, digits=first, at=at + timedelta(minutes=10)
            )
        later = at + timedelta(minutes=11)
        codes.send_code(open_seller, application_id=id_, at=later)
        second = code_in(mails(begun.application, "application_code")[1])
        if first != second:
            with pytest.raises(WrongCode):
                codes.verify_code(open_seller, application_id=id_, digits=first, at=later)
        codes.verify_code(open_seller, application_id=id_, digits=second, at=later)
    assert again(begun.application).email_verified_at == later


def test_codes_are_not_sent_as_often_as_anybody_likes(open_seller: Seller, at: datetime) -> None:
    with mail_server():
        begun = begin(open_seller, at=at)
        id_ = begun.application.id
        codes.send_code(open_seller, application_id=id_, at=at)
        with pytest.raises(TooManyRequests) as refused:
            codes.send_code(open_seller, application_id=id_, at=at + timedelta(seconds=59))
        assert refused.value.until == at + timedelta(seconds=60)
        for minute in range(1, 5):
            codes.send_code(open_seller, application_id=id_, at=at + timedelta(minutes=minute))
        with pytest.raises(TooManyRequests):
            codes.send_code(open_seller, application_id=id_, at=at + timedelta(minutes=30))
        codes.send_code(open_seller, application_id=id_, at=at + timedelta(minutes=61))
    assert Code.objects.filter(application_id=id_).count() == 6


def test_another_address_must_be_proved_anew(open_seller: Seller, at: datetime) -> None:
    with mail_server():
        begun = begin(open_seller, at=at)
        codes.send_code(open_seller, application_id=begun.application.id, at=at)
        digits = code_in(mails(begun.application, "application_code")[0])
        apply.save(
            open_seller,
            application_id=begun.application.id,
            contact_email="Somebody@Else.example",
            at=at,
        )
        with pytest.raises(WrongCode):  # the code went to the address before
            codes.verify_code(
                open_seller, application_id=begun.application.id, digits=digits, at=at
            )
    assert again(begun.application).contact_email == "somebody@else.example"


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


# Documents


@pytest.mark.parametrize(
    ("content", "name", "kept", "media_type"),
    [
        (PDF, "Bilancio 2025.pdf", "Bilancio 2025.pdf", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "../../etc/passwd", "passwd.png", "image/png"),
        (b"\xff\xd8\xff\xe0....", "C:\\scan.exe", "scan.jpg", "image/jpeg"),
        (PDF, "a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf", "application/pdf"),
        (PDF, "", "document.pdf", "application/pdf"),
    ],
)
def test_a_document_is_what_its_bytes_say(
    open_seller: Seller, at: datetime, content: bytes, name: str, kept: str, media_type: str
) -> None:
    begun = begin(open_seller, at=at)
    document = correspondence.add_document(
        open_seller, application_id=begun.application.id, file_name=name, content=content, at=at
    )
    assert (document.file_name, document.media_type) == (kept, media_type)


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00", b"<html>%PDF-</html>", b"GIF89a", PDF + b"x" * (10 * 1024 * 1024)],
)
def test_what_is_no_document_is_not_taken(
    open_seller: Seller, at: datetime, content: bytes
) -> None:
    begun = begin(open_seller, at=at)
    with pytest.raises(UnsuitableDocument):
        correspondence.add_document(
            open_seller,
            application_id=begun.application.id,
            file_name="x.pdf",
            content=content,
            at=at,
        )
    assert not Document.objects.filter(application_id=begun.application.id).exists()


def test_ten_documents_each_once(open_seller: Seller, at: datetime) -> None:
    begun = begin(open_seller, at=at)

    def add(n: int) -> Any:
        return correspondence.add_document(
            open_seller,
            application_id=begun.application.id,
            file_name=f"{n}.pdf",
            content=PDF + str(n).encode(),
            at=at,
        )

    first = [add(n) for n in range(10)]
    assert add(3).id == first[3].id
    with pytest.raises(UnsuitableDocument):
        add(10)


def test_all_documents_together_are_bounded(open_seller: Seller, at: datetime) -> None:
    begun = begin(open_seller, at=at)

    def add(n: int, size: int) -> Any:
        return correspondence.add_document(
            open_seller,
            application_id=begun.application.id,
            file_name=f"{n}.pdf",
            content=PDF + str(n).encode() * (size // len(str(n))),
            at=at,
        )

    for n in range(4):
        add(n, 10 * 2**20 - 100)
    with pytest.raises(UnsuitableDocument, match="40 MB"):
        add(5, 2**20)
    add(6, 50)


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
