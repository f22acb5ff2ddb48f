"""A buyer asks about a line of an invoice, and is answered."""

from __future__ import annotations

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import invoice_questions as questions
from usance.flows import onboarding
from usance.flows.refusals import Duplicate, NotFound, WrongState
from usance.records.collections import queries
from usance.records.events.models import Event, OutgoingMail
from usance.records.identity import new_id
from usance.records.parties.models import Member


def member_of(trade: Trade) -> Member:
    return onboarding.add_member(
        trade.seller,
        buyer_id=trade.buyer.id,
        name="Eva Lind",
        email=f"eva-{trade.buyer.id.hex[:8]}@nordwind.example",
        role="payer",
        **trade.act,
    )


def told(trade: Trade, question_id: object) -> list[tuple[str, str | None]]:
    rows = Event.objects.filter(seller_id=trade.seller.id, object_id=question_id)
    return list(rows.order_by("sequence").values_list("type", "state"))


def test_a_question_goes_to_and_fro_until_it_is_clear(trade: Trade) -> None:
    invoice = trade.invoice(122_000, 22_000)
    eva = member_of(trade)
    line, said = next(iter(questions.lines_of(invoice).items()))
    asked = questions.ask(
        trade.seller,
        invoice_id=invoice.id,
        line=line,
        text="  Which delivery is this?  ",
        member_id=eva.id,
        **trade.act,
    )
    assert (asked.state, asked.line, asked.subject) == ("open", line, said)
    assert queries.count_open(seller_id=trade.seller.id) == 1
    one = {"question_id": asked.id, **trade.act}
    questions.answer(trade.seller, text="The one of 3 March.", name="Carla", **one)
    assert queries.count_open(seller_id=trade.seller.id) == 0
    questions.ask_again(trade.seller, text="We got two.", member_id=eva.id, **one)
    questions.answer(trade.seller, text="Then both.", name="Carla", **one)
    questions.close(trade.seller, name="Carla", **one)
    questions.close(trade.seller, name="Carla", **one)  # nothing more happens
    said_by = [(r.author, r.name, r.text) for r in queries.remarks_of([asked])[asked.id]]
    assert said_by == [
        ("buyer", "Eva Lind", "Which delivery is this?"),
        ("seller", "Carla", "The one of 3 March."),
        ("buyer", "Eva Lind", "We got two."),
        ("seller", "Carla", "Then both."),
    ]
    assert told(trade, asked.id) == [
        (f"question.{state}", state) for state in ("open", "answered", "open", "answered", "closed")
    ]
    letters = OutgoingMail.objects.filter(seller_id=trade.seller.id, object_id=asked.id)
    assert [letter.recipient for letter in letters] == [eva.email, eva.email]
    with books.refused(trade.seller, WrongState):
        questions.answer(trade.seller, text="One more thing", name="Carla", **one)
    questions.ask_again(trade.seller, text="Still there", member_id=eva.id, **one)
    assert queries.count_open(seller_id=trade.seller.id) == 1


def test_what_cannot_be_asked_leaves_nothing_behind(trade: Trade) -> None:
    invoice = trade.invoice(1_000)
    of_invoice = {"invoice_id": invoice.id, **trade.act}
    stranger = member_of(trade.other_buyer())
    questions.ask(trade.seller, text="Why?", external_id="q-1", **of_invoice)
    for fields, refusal in (
        ({"text": "   "}, questions.NothingSaid),
        ({"text": "x" * 4001}, questions.NothingSaid),
        ({"text": "Why?", "line": "99"}, questions.NoSuchLine),
        ({"text": "Why?", "member_id": stranger.id}, NotFound),
        ({"text": "Why?", "invoice_id": new_id()}, NotFound),
        ({"text": "Why?", "external_id": "q-1"}, Duplicate),
    ):
        with books.refused(trade.seller, refusal):
            questions.ask(trade.seller, **of_invoice | fields)  # type: ignore[arg-type]


def test_another_seller_sees_nothing_of_it(trade: Trade) -> None:
    asked = questions.ask(
        trade.seller, invoice_id=trade.invoice(1_000).id, text="Why?", **trade.act
    )
    stranger = onboarding.create_seller(
        name="Altra",
        handle=f"altra-{asked.id.hex}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=trade.at,
    )
    with books.refused(trade.seller, NotFound):
        questions.answer(stranger, question_id=asked.id, text="No", name="X", **trade.act)
    assert queries.question(seller_id=stranger.id, question_id=asked.id) is None
