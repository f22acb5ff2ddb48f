"""An application is decided: at once where it is clear, by people where it is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.flows import applying
from tests.flows.applying import (
    CLEAR,
    FOUR_EYES,
    World,
    again,
    decide_by,
    mails,
    open_form,
    submitted,
)
from tests.flows.racing import at_once, unless
from usance.flows import onboarding
from usance.flows.applications import apply, correspondence, decide
from usance.flows.applications.refusals import InvalidApplication, TermsDiffer
from usance.flows.refusals import NotFound, WrongState
from usance.flows.reviews import AlreadyAnswered, NotYours, Person
from usance.gateways.errors import Unavailable
from usance.records.credit.models import CreditLine, Report, Review
from usance.records.events.models import Event
from usance.records.parties.models import Buyer, Member, Seller
from usance.rules.screening import ListedParty
from usance.rules.terms import parse_terms

CHIARA = Person("chiara@brera.example", "credit_manager")
MARCO = Person("marco@brera.example", "credit_manager")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def open_seller(seller: Seller, at: datetime) -> Seller:
    """A seller that takes applications and lets in the clear ones."""
    open_form(seller, at=at)
    decide_by(seller, *CLEAR, at=at)
    return seller


def buyers(seller: Seller) -> int:
    return Buyer.objects.filter(seller_id=seller.id).count()


def events(seller: Seller, application: Any) -> list[str]:
    found = Event.objects.filter(seller_id=seller.id, object_id=application.id)
    return list(found.order_by("transaction", "sequence").values_list("type", flat=True))


def test_a_clear_case_is_decided_by_itself(open_seller: Seller, world: World, at: datetime) -> None:
    application = submitted(open_seller, at=at)
    assert world.check(application, at=at) is None
    decided = again(application)
    assert (decided.state, decided.decided_by) == ("approved", "policy")
    assert decided.limit == 500_000  # suggested 8,000, but never more than was asked for
    buyer = Buyer.objects.get(seller_id=open_seller.id, id=decided.buyer_id)
    assert (buyer.name, buyer.tax_id, buyer.domain) == (
        "Ferramenta Lodi S.r.l.",
        "IT00743110157",
        "ferramentalodi.example",
    )
    line = CreditLine.objects.get(seller_id=open_seller.id, buyer=buyer)
    assert (line.currency, line.limit, line.terms, line.state) == ("EUR", 500_000, [], "active")
    member = Member.objects.get(seller_id=open_seller.id, buyer=buyer)
    assert (member.role, member.email) == ("admin", application.contact_email)
    report = Report.objects.get(seller_id=open_seller.id, buyer=buyer, kind="tax_number")
    assert (report.outcome, report.reference) == ("valid", "MEMORY0000000001")
    assert events(open_seller, application) == [
        "application.begun",
        "application.email_verified",
        "application.submitted",
        "application.checked",
        "application.approved",
    ]
    assert [m.subject for m in mails(decided, "application_approved")] == [
        "Your trade account with Officine Brera S.r.l. is open"
    ]


def test_what_was_known_when_it_was_decided_is_kept(
    open_seller: Seller, world: World, at: datetime
) -> None:
    application = submitted(open_seller, at=at)
    world.check(application, at=at)
    decision = again(application).decision
    assert decision["rule"] == "clear"
    assert decision["facts"]["application.requested"] == 500_000
    assert [step["result"] for step in decision["trace"]] == [False, False, True]


def test_by_the_usual_policy_a_person_decides(seller: Seller, world: World, at: datetime) -> None:
    open_form(seller, at=at)
    application = submitted(seller, at=at)
    world.check(application, at=at)
    assert again(application).state == "in_review"
    review = Review.objects.get(seller_id=seller.id, subject_id=application.id)
    assert (review.kind, review.state, review.reasons) == ("application", "open", ["no_rule"])
    assert buyers(seller) == 0


def test_a_register_that_is_down_is_no_refusal(
    open_seller: Seller, world: World, at: datetime
) -> None:
    world.vies.failing = Unavailable("down", counterpart="VIES", detail="MS_UNAVAILABLE")
    application = submitted(open_seller, at=at)
    due = world.check(application, at=at)
    assert due == at + timedelta(minutes=2)
    waiting = again(application)
    assert (waiting.state, waiting.checks_due_at) == ("in_review", due)
    assert waiting.decision["reasons"] == ["unknown_facts"]
    assert waiting.decision["trace"][-1]["missing"] == [
        "application.name_confirmed",
        "application.registry_confirmed",
    ]
    # It answers again, and the case is clear after all.
    world.vies.failing = None
    assert world.check(application, at=due) is None
    decided = again(application)
    assert decided.state == "approved"
    assert Review.objects.get(seller_id=open_seller.id, subject_id=application.id).state == (
        "withdrawn"
    )


def test_a_register_that_stays_down_is_given_up_and_a_person_decides(
    open_seller: Seller, world: World, at: datetime
) -> None:
    world.vies.failing = Unavailable("down", counterpart="VIES")
    application = submitted(open_seller, at=at)
    due: datetime | None = at
    tries = 0
    while due is not None:
        due = world.check(application, at=due)
        tries += 1
        assert tries < 20
    assert tries == 8
    assert again(application).state == "in_review"
    assert again(application).checks_due_at is None


def test_once_a_person_has_asked_something_the_policy_only_advises(
    open_seller: Seller, world: World, at: datetime
) -> None:
    world.vies.failing = Unavailable("down", counterpart="VIES")
    application = submitted(open_seller, at=at)
    due = world.check(application, at=at)
    assert due is not None
    decide.request_information(
        open_seller,
        application_id=application.id,
        text="Your balance sheet, please.",
        author="Chiara",
        at=at,
        by="chiara",
    )
    world.vies.failing = None
    world.check(application, at=due)
    assert again(application).state == "information_requested"
    assert again(application).decision["outcome"] == "approved"
    assert buyers(open_seller) == 0


def test_a_name_on_a_list_is_declined_without_saying_why(
    open_seller: Seller, world: World, at: datetime
) -> None:
    world.screen.parties.append(
        ListedParty(id="NK-1", kind="person", name="Paola Conti", list="test", reason="x")
    )
    application = submitted(open_seller, at=at)
    world.check(application, at=at)
    decided = again(application)
    assert (decided.state, decided.decline_reasons) == ("declined", ["listed"])
    [letter] = mails(decided, "application_declined")
    assert "sanction" not in letter.text.lower()
    assert "listed" not in letter.text
    assert "assessment" in letter.text
    assert buyers(open_seller) == 0


def test_a_company_that_is_a_buyer_already_goes_to_a_person(
    open_seller: Seller, world: World, at: datetime
) -> None:
    onboarding.create_buyer(
        open_seller, name="Lodi Ferramenta", country="IT", tax_id="00743110157", at=at, by="test"
    )
    application = submitted(open_seller, at=at)
    world.check(application, at=at)
    waiting = again(application)
    assert waiting.state == "in_review"
    [duplicate] = waiting.findings["duplicates"]
    assert (duplicate["kind"], duplicate["likeness"]) == ("buyer", 100)
    assert "same_tax_id" in duplicate["grounds"]


def test_an_approval_can_go_to_the_buyer_there_is(
    open_seller: Seller, world: World, at: datetime
) -> None:
    buyer = onboarding.create_buyer(
        open_seller, name="Lodi Ferramenta", country="IT", tax_id="00743110157", at=at, by="test"
    )
    application = submitted(open_seller, at=at)
    world.check(application, at=at)
    decide.approve(
        open_seller,
        application_id=application.id,
        limit=300_000,
        terms=[parse_terms("net_30")],
        tier="silver",
        buyer_id=buyer.id,
        person=CHIARA,
        at=at,
        by="chiara",
    )
    assert buyers(open_seller) == 1
    line = CreditLine.objects.get(seller_id=open_seller.id, buyer=buyer)
    assert (line.limit, line.terms, line.tier) == (300_000, ["net_30"], "silver")
    assert Review.objects.get(subject_id=application.id).state == "approved"


def in_review(seller: Seller, world: World, at: datetime) -> Any:
    application = submitted(seller, at=at)
    with applying.mail_server():
        world.vies.failing = Unavailable("down", counterpart="VIES")
        world.check(application, at=at)
    return again(application)


def test_approved_twice_is_approved_once(open_seller: Seller, world: World, at: datetime) -> None:
    application = in_review(open_seller, world, at)
    decide.approve(
        open_seller, application_id=application.id, limit=1000, person=CHIARA, at=at, by="chiara"
    )
    with pytest.raises(WrongState, match="approved"):
        decide.approve(
            open_seller, application_id=application.id, limit=1000, person=MARCO, at=at, by="m"
        )
    assert buyers(open_seller) == 1


def test_two_managers_at_once_make_one_account(
    open_seller: Seller, world: World, at: datetime
) -> None:
    application = in_review(open_seller, world, at)

    def approve(person: Person, limit: int) -> Any:
        return unless(
            WrongState,
            lambda: decide.approve(
                open_seller,
                application_id=application.id,
                limit=limit,
                person=person,
                at=at,
                by=person.email,
            ),
        )

    results = at_once([approve(CHIARA, 1000), approve(MARCO, 2000)])
    assert sum(isinstance(result, WrongState) for result in results) == 1
    assert buyers(open_seller) == 1
    line = CreditLine.objects.get(seller_id=open_seller.id)
    assert line.limit == again(application).limit


def test_one_approves_while_another_declines(
    open_seller: Seller, world: World, at: datetime
) -> None:
    application = in_review(open_seller, world, at)
    results = at_once(
        [
            unless(
                WrongState,
                lambda: decide.approve(
                    open_seller,
                    application_id=application.id,
                    limit=1,
                    person=CHIARA,
                    at=at,
                    by="c",
                ),
            ),
            unless(
                WrongState,
                lambda: decide.decline(
                    open_seller,
                    application_id=application.id,
                    reasons=["other"],
                    person=MARCO,
                    at=at,
                    by="m",
                ),
            ),
        ]
    )
    assert sum(isinstance(result, WrongState) for result in results) == 1
    assert buyers(open_seller) == (1 if again(application).state == "approved" else 0)


def test_where_two_must_approve_both_must_approve_the_same(
    seller: Seller, world: World, at: datetime
) -> None:
    open_form(seller, at=at)
    decide_by(seller, FOUR_EYES, at=at)
    application = submitted(seller, at=at)
    world.check(application, at=at)

    def approve(person: Person | None, limit: int) -> Any:
        return decide.approve(
            seller, application_id=application.id, limit=limit, person=person, at=at, by="x"
        )

    with pytest.raises(NotYours):
        approve(None, 1000)  # a program may not decide what the policy gives to two persons
    with pytest.raises(NotYours):
        approve(Person("vera@brera.example", "viewer"), 1000)
    assert approve(CHIARA, 100_000).state == "in_review"
    assert buyers(seller) == 0
    with pytest.raises(AlreadyAnswered):
        approve(CHIARA, 100_000)
    with pytest.raises(TermsDiffer):
        approve(MARCO, 200_000)
    assert approve(MARCO, 100_000).state == "approved"
    assert buyers(seller) == 1


def test_declined_with_reasons_the_applicant_hears_the_safe_ones(
    open_seller: Seller, world: World, at: datetime
) -> None:
    application = in_review(open_seller, world, at)
    with pytest.raises(InvalidApplication):
        decide.decline(
            open_seller,
            application_id=application.id,
            reasons=["hair"],
            person=CHIARA,
            at=at,
            by="c",
        )
    with pytest.raises(InvalidApplication):
        decide.decline(
            open_seller, application_id=application.id, reasons=[], person=CHIARA, at=at, by="c"
        )
    with applying.mail_server():
        decide.decline(
            open_seller,
            application_id=application.id,
            reasons=["new_business", "credit_information"],
            person=CHIARA,
            at=at,
            by="c",
        )
    [letter] = mails(application, "application_declined")
    assert "not traded for long enough" in letter.text
    assert "credit" not in letter.text.lower()
    assert again(application).decline_reasons == ["new_business", "credit_information"]


def test_a_question_and_its_answer(open_seller: Seller, world: World, at: datetime) -> None:
    application = in_review(open_seller, world, at)
    with applying.mail_server():
        decide.request_information(
            open_seller,
            application_id=application.id,
            text="Who signs for you?",
            author="Chiara",
            at=at,
            by="c",
        )
    assert again(application).state == "information_requested"
    [letter] = mails(application, "application_question")
    assert "> Who signs for you?" in letter.text
    correspondence.answer(open_seller, application_id=application.id, text="Our director.", at=at)
    assert again(application).state == "in_review"
    with pytest.raises(InvalidApplication):
        correspondence.answer(open_seller, application_id=application.id, text="  ", at=at)


def test_withdrawn_it_is_before_nobody_any_more(
    open_seller: Seller, world: World, at: datetime
) -> None:
    application = in_review(open_seller, world, at)
    apply.withdraw(open_seller, application_id=application.id, at=at)
    assert again(application).state == "withdrawn"
    assert Review.objects.get(subject_id=application.id).state == "withdrawn"
    with pytest.raises(WrongState):
        decide.approve(
            open_seller, application_id=application.id, limit=1, person=CHIARA, at=at, by="c"
        )
    assert world.check(application, at=at) is None
    assert buyers(open_seller) == 0


def test_another_seller_has_no_such_application(
    open_seller: Seller, world: World, at: datetime
) -> None:
    application = in_review(open_seller, world, at)
    stranger = onboarding.create_seller(
        name="Other",
        handle=f"{open_seller.handle}-x",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    for act in (
        lambda: decide.approve(
            stranger, application_id=application.id, limit=1, person=CHIARA, at=at, by="c"
        ),
        lambda: decide.decline(
            stranger, application_id=application.id, reasons=["other"], person=CHIARA, at=at, by="c"
        ),
        lambda: apply.submit(stranger, application_id=application.id, at=at),
        lambda: apply.withdraw(stranger, application_id=application.id, at=at),
    ):
        with pytest.raises(NotFound):
            act()
    assert again(application).state == "in_review"


def test_an_answer_of_the_last_day_is_used_again_with_its_consultation_number(
    open_seller: Seller, world: World, at: datetime
) -> None:
    first = submitted(open_seller, at=at)
    world.check(first, at=at)
    second = submitted(open_seller, at=at + timedelta(hours=20))
    world.check(second, at=at + timedelta(hours=20))
    third = submitted(open_seller, at=at + timedelta(hours=25))
    world.check(third, at=at + timedelta(hours=25))
    references = []
    for application in (first, second, third):
        [report] = [
            one for one in again(application).findings["reports"] if one["kind"] == "tax_number"
        ]
        references.append((report["reference"], report["reused"]))
    assert references == [
        ("MEMORY0000000001", False),
        ("MEMORY0000000001", True),
        ("MEMORY0000000002", False),
    ]
