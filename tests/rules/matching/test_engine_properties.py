"""What holds for every line and every book, whatever was typed."""

from __future__ import annotations

import random
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from usance.rules.matching.engine import match
from usance.rules.matching.model import (
    HELD_BACK,
    REASON_CODES,
    RULES,
    BankLine,
    Buyer,
    EarlyPayment,
    Key,
    Knowledge,
    MatchingSettings,
    OpenItem,
)
from usance.rules.matching.open_items import OpenItems
from usance.rules.matching.payers import Buyers

BUYERS = tuple(UUID(int=n) for n in range(1, 5))
NAMES = ("Nordwind Handel GmbH", "Nordwind Handels AG", "Südwind KG", "Sudwind Maschinen")
DAY = date(2026, 3, 1)


@st.composite
def open_items(draw: st.DrawFn) -> list[OpenItem]:
    """Few buyers, few amounts, numbers near each other: everything can be mistaken for another."""
    numbers = draw(
        st.lists(st.integers(1_000_000, 1_000_120), min_size=1, max_size=25, unique=True)
    )
    made = []
    for number in numbers:
        amount = draw(st.sampled_from((100_00, 150_00, 250_00, 250_01, 900_00, 12_000_00)))
        due = DAY + timedelta(days=draw(st.integers(-20, 40)))
        discount = draw(st.sampled_from((0, amount // 50)))
        made.append(
            OpenItem(
                id=UUID(int=number),
                buyer_id=draw(st.sampled_from(BUYERS)),
                kind=draw(st.sampled_from(("invoice", "invoice", "invoice", "credit_note"))),
                keys=(Key("number", f"{number}"), Key("purchase_order", f"PO{number % 7}00")),
                currency=draw(st.sampled_from(("EUR", "EUR", "USD"))),
                amount=amount,
                outstanding=draw(st.sampled_from((amount, amount, amount // 2, 0))),
                issued_on=due - timedelta(days=30),
                due_on=due,
                discounts=(EarlyPayment(DAY, discount),) if discount else (),
            )
        )
    return made


@st.composite
def lines(draw: st.DrawFn, items: list[OpenItem]) -> BankLine:
    named = draw(st.lists(st.sampled_from(items), max_size=5))
    glue = draw(st.sampled_from((" ", "/", ", ", "")))
    text = glue.join(each.number for each in named)
    cut = draw(st.integers(0, 8))
    total = sum(each.outstanding for each in named) + draw(st.sampled_from((0, 0, 0, -5, 7, -1500)))
    amount = total if total > 0 and draw(st.booleans()) else draw(st.integers(1, 20_000_00))
    return BankLine(
        amount=amount,
        currency="EUR",
        booked_on=DAY + timedelta(days=draw(st.integers(-3, 6))),
        texts=(text[cut:], draw(st.text(max_size=40))),
        payer_name=draw(st.sampled_from((*NAMES, "", "Somebody Else"))),
        payer_account=draw(st.sampled_from(("DE1", "DE2", "DE3", ""))),
        instructed_amount=draw(st.sampled_from((None, amount + 20_00))),
        charges=draw(st.sampled_from((None, 15_00))),
    )


def known() -> Buyers:
    made = Buyers()
    for number, (buyer_id, name) in enumerate(zip(BUYERS, NAMES, strict=True), 1):
        made.add(Buyer(id=buyer_id, names=(name,), accounts=(f"DE{number}",)))
    return made


def index(items: list[OpenItem]) -> OpenItems:
    made = OpenItems()
    for each in items:
        made.add(each)
    return made


def asked(line: BankLine, items: OpenItems):  # type: ignore[no-untyped-def]
    return match(
        line, items=items, buyers=known(), knowledge=Knowledge(), settings=MatchingSettings()
    )


@given(st.data())
def test_never_more_than_the_money_nor_than_what_is_open(data: st.DataObject) -> None:
    items = data.draw(open_items())
    line = data.draw(lines(items))
    held = index(items)
    matched = asked(line, held)
    for proposal in filter(None, (matched.best, *matched.alternatives)):
        assert 0 <= proposal.confidence < 10_000
        assert proposal.rule in RULES
        assert {reason.code for reason in proposal.reasons} <= set(REASON_CODES)
        assert len({share.item_id for share in proposal.shares}) == len(proposal.shares)
        spent = 0
        for share in proposal.shares:
            item = held.get(share.item_id)
            assert item.buyer_id == proposal.buyer_id
            assert (item.kind, item.currency) == (share.kind, proposal.currency)
            assert share.amount > 0
            assert min(share.discount, share.charges, share.tolerance, share.short) >= 0
            assert share.settles + share.short <= item.outstanding
            spent += share.amount if share.kind == "invoice" else -share.amount
        if proposal.currency == line.currency:
            assert proposal.unapplied >= 0
            assert spent + proposal.unapplied == line.amount
    assert matched.self_book == (matched.best is not None and not matched.held_back)
    assert set(matched.held_back) <= set(HELD_BACK)
    if matched.self_book:
        assert matched.best is not None
        assert matched.best.shares
        assert matched.best.currency == line.currency
        assert matched.best.confidence >= 9_900


@given(st.data())
def test_the_answer_does_not_depend_on_how_the_index_came_about(data: st.DataObject) -> None:
    """The same whether items came in another order, came and went, or changed on the way."""
    items = data.draw(open_items())
    line = data.draw(lines(items))
    expected = asked(line, index(items))
    assert asked(line, index(items)) == expected
    shuffled = list(items)
    random.Random(data.draw(st.integers(0, 99))).shuffle(shuffled)
    other = OpenItems()
    for each in shuffled:
        other.add(each)
        if each.id.int % 3 == 0:
            other.remove(each.id)
            other.add(each)
    for each in shuffled:
        if each.id.int % 2 and not each.discounts:
            other.change(each.id, outstanding=each.outstanding + 1)
            other.change(each.id, outstanding=each.outstanding)
    assert asked(line, other) == expected
    assert other.open_count == sum(each.outstanding > 0 for each in items)


@given(st.data())
def test_what_a_line_paid_it_does_not_find_again(data: st.DataObject) -> None:
    items = data.draw(open_items())
    line = data.draw(lines(items))
    held = index(items)
    matched = asked(line, held)
    if not matched.self_book:
        return
    assert matched.best is not None
    settled = set()
    for share in matched.best.shares:
        left = held.get(share.item_id).outstanding - share.settles
        held.change(share.item_id, outstanding=left)
        settled |= {share.item_id} if not left else set()
    again = asked(line, held)
    if again.best is not None:
        assert not settled & {share.item_id for share in again.best.shares}
