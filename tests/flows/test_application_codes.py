"""The code that proves an address: guessed, run out, asked for too often."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.flows.applying import again, begin, code_in, mail_server, mails
from tests.flows.racing import at_once
from usance.flows.applications import apply, codes
from usance.flows.applications.refusals import TooManyRequests, WrongCode
from usance.records.applications.models import Code
from usance.records.parties.models import Seller


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
