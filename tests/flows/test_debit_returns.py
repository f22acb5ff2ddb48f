"""Why debits come back, and what is left of them: the money on the invoice, the mandate, the next try.

Each row of the tables is a story: the code, what the bank means by it, and how everything ends.
"""

from __future__ import annotations

import contextlib
import random
from datetime import timedelta

import pytest

from tests.flows import books
from tests.flows.collecting import Desk, return_file
from tests.flows.trading import Trade
from usance.flows import billing, repayments
from usance.flows.debits import files, mandates
from usance.flows.refusals import AmountTooLarge, WrongState
from usance.formats.nacha import parse
from usance.formats.sepa import parse_direct_debits
from usance.records.debits import queries
from usance.records.debits.models import Debit, Reversal
from usance.records.events.secrets import decrypt
from usance.records.payments.models import Payment
from usance.rules.debits.ach_days import RETRY_DESCRIPTION
from usance.rules.debits.ach_reasons import ACH_REASONS
from usance.rules.debits.sepa_reasons import SEPA_REASONS


@pytest.fixture
def desk(trade: Trade) -> Desk:
    return Desk.of(trade)


#: code, the bank's meaning, mandate afterwards, next step, sent again by itself
SEPA_STORIES = [
    ("AM04", "too little money", "active", "try_again", True),
    ("MS03", "the bank gives no reason", "active", "try_again", True),
    ("AC04", "account closed", "suspended", "ask_for_account", False),
    ("AC01", "no such account", "suspended", "ask_for_account", False),
    ("AC06", "account blocked", "suspended", "ask_for_account", False),
    ("MD01", "no mandate, says the buyer", "canceled", "ask_for_mandate", False),
    ("MD06", "refunded without a reason", "active", "look_at_it", False),
    ("MS02", "refused", "active", "look_at_it", False),
    ("MD07", "the debtor has died", "suspended", "ask_for_mandate", False),
    ("AM05", "collected twice", "active", "look_at_it", False),
    ("BE05", "our identifier is wrong", "active", "correct_and_try_again", False),
    ("AM07", "blocked by a court", "suspended", "ask_for_account", False),
    ("SL01", "not on the buyer's list", "active", "look_at_it", False),
    ("ZZZZ", "a code nobody knows", "active", "look_at_it", False),
]
ACH_STORIES = [
    ("R01", "too little money", "active", "try_again", True),
    ("R09", "not cleared yet", "active", "try_again", True),
    ("R02", "account closed", "suspended", "ask_for_account", False),
    ("R03", "no such account", "suspended", "ask_for_account", False),
    ("R07", "authorization taken back", "canceled", "ask_for_mandate", False),
    ("R08", "payment stopped", "active", "look_at_it", False),
    ("R10", "not authorized", "canceled", "ask_for_mandate", False),
    ("R11", "not as authorized", "active", "correct_and_try_again", False),
    ("R15", "the owner has died", "suspended", "ask_for_mandate", False),
    ("R16", "account frozen", "suspended", "ask_for_account", False),
    ("R17", "a field is wrong", "active", "correct_and_try_again", False),
    ("R24", "sent twice", "active", "look_at_it", False),
    ("R29", "the firm did not agree", "canceled", "ask_for_mandate", False),
    ("R31", "late, with our bank's consent", "canceled", "ask_for_mandate", False),
    ("R32", "the bank could not settle", "active", "try_again", True),
]


@pytest.mark.parametrize(
    ("scheme", "stories"), [("sepa_core", SEPA_STORIES), ("ach_ppd", ACH_STORIES)]
)
def test_each_reason_ends_as_it_must(desk: Desk, scheme: str, stories: list[tuple]) -> None:
    made = {story[0]: desk.owed(scheme, 10_00) for story in stories}
    day = desk.settled(next(iter(made.values()))[1])
    day = day.on(day.today + timedelta(days=1))
    for code, meaning, mandate_state, step, again in stories:
        invoice, debit = made[code]
        assert desk.now(invoice).state == "paid", code
        day.returned(debit, code)
        kept = desk.now(debit)
        assert (kept.state, kept.reason_code, kept.next_step) == ("returned", code, step), meaning
        assert (desk.now(invoice).state, desk.now(invoice).outstanding) == ("open", 10_00), meaning
        assert desk.payment(debit).state == "returned", meaning
        assert desk.now(kept.mandate).state == mandate_state, meaning
        later = Debit.objects.filter(first_id=debit.id)
        assert [one.tries for one in later] == [2] * again, meaning


@pytest.mark.parametrize(
    ("scheme", "codes"),
    [
        ("sepa_core", sorted(SEPA_REASONS)),
        ("ach_ppd", sorted(c for c, r in ACH_REASONS.items() if r.stage == "return")),
    ],
)
def test_every_code_brings_the_money_back_however_late(
    desk: Desk, scheme: str, codes: list[str]
) -> None:
    made = [(code, *desk.owed(scheme, 2_00)) for code in codes]
    day = desk.settled(made[0][2])
    late = day.on(day.today + timedelta(days=400))
    late.tend()
    for code, invoice, debit in made:
        assert desk.now(invoice).state == "paid"
        late.returned(debit, code)
        assert desk.now(debit).state == "returned", code
        assert desk.now(invoice).outstanding == 2_00, code
        assert desk.payment(debit).returned == 2_00, code


def test_what_the_bank_did_not_take_never_was_a_payment(desk: Desk) -> None:
    taken, refused = desk.owed(amount=30_00), desk.owed(amount=40_00)
    day = desk.sent(taken[1])
    answer = day.report(refused[1], "AC01")
    assert (answer.applied, answer.repeated, answer.findings) == (1, 0, [])
    assert (desk.now(refused[1]).state, desk.now(taken[1]).state) == ("rejected", "submitted")
    [file] = queries.files(seller_id=desk.trade.seller.id)
    assert file.state == "partly"
    day.on(desk.now(taken[1]).collect_on).tend()
    assert Payment.objects.filter(seller_id=desk.trade.seller.id).count() == 1
    assert desk.now(refused[0]).outstanding == 40_00
    # The bank books what is left of the batch.
    bank = day.on(desk.now(taken[1]).collect_on)
    bank.bank(bank.line(30_00, bank_transaction_code="PMNT/IDDT/ESDD"))
    assert books.balances(desk.trade.seller, desk.trade.buyer.id).get("clearing", 0) == 0


def test_a_retry_says_so_and_is_not_sent_a_third_time_by_itself(desk: Desk) -> None:
    _, debit = desk.owed("ach_ccd", 60_00)
    day = desk.settled(debit)
    day.returned(debit, "R01")
    again = Debit.objects.get(first_id=debit.id)
    day = day.settled(again)
    written = parse(files.content_of(desk.now(again).file))
    assert written.batches[0].description == RETRY_DESCRIPTION
    day.returned(again, "R01")
    assert desk.now(again).next_step == "try_again"  # the rules allow one more; a person decides
    assert Debit.objects.filter(first_id=debit.id).count() == 1
    assert [r.kind for r in queries.reversals(
        seller_id=desk.trade.seller.id, debit_id=again.id
    )] == ["returned"]  # fmt: skip


def test_a_return_sent_back_by_our_bank_and_upheld_by_the_other(desk: Desk) -> None:
    invoice, debit = desk.owed("ach_ccd", 70_00)
    day = desk.settled(debit)
    day.returned(debit, "R08")
    day = day.on(day.today + timedelta(days=2))
    day.answer(return_file(desk.now(debit), "R68", on=day.today, dishonors="R08"))
    assert (desk.now(debit).state, desk.now(invoice).state) == ("settled", "paid")
    assert Payment.objects.filter(seller_id=desk.trade.seller.id).count() == 2
    # The first return told once more, in another file, is old news.
    day = day.on(day.today + timedelta(days=1))
    assert day.answer(return_file(desk.now(debit), "R08", on=day.today)).repeated == 1
    assert desk.now(debit).state == "settled"
    day = day.on(day.today + timedelta(days=1))
    day.answer(return_file(desk.now(debit), "R73", on=day.today, dishonors="R08"))
    assert (desk.now(debit).state, desk.now(invoice).outstanding) == ("returned", 70_00)


def test_a_notification_of_change_is_applied_with_the_next_entry(desk: Desk) -> None:
    mandate = desk.mandate("ach_ccd")
    first = desk.debit(mandate, desk.invoice(10_00, "USD"), wanted_on=desk.today)
    day = desk.settled(first)
    answer = day.corrected(
        first, "C07", routing_number="121042882", account="999-111", transaction_code=37
    )
    assert answer.applied == 1
    kept = desk.now(mandate)
    assert (decrypt(kept.account), kept.bank, kept.account_kind, kept.last4) == (
        "999-111", "121042882", "savings", "-111",
    )  # fmt: skip
    assert desk.now(first).state == "settled"
    second = day.debit(mandate, day.invoice(20_00, "USD"), wanted_on=day.today)
    day.sent(second)
    [batch] = parse(files.content_of(desk.now(second).file)).batches
    assert (batch.entries[0].account, batch.entries[0].transaction_code) == ("999-111", 37)
    # The same once more changes nothing, and what asks for a person is noted.
    later = day.on(day.today + timedelta(days=1))
    assert later.corrected(first, "C05", transaction_code=37).repeated == 1
    assert later.corrected(first, "C13").repeated == 1


def test_another_account_is_told_to_the_bank_and_begins_anew(desk: Desk) -> None:
    mandate = desk.mandate("sepa_core")
    first = desk.debit(mandate, desk.invoice(10_00), wanted_on=desk.today)
    day = desk.settled(first)
    day.returned(first, "AC04")
    assert desk.now(mandate).state == "suspended"
    mandates.change_account(
        desk.trade.seller, mandate_id=mandate.id, account="AT611904300234573201", **day.trade.act
    )
    assert desk.now(mandate).state == "active"
    second = day.debit(mandate, day.invoice(20_00), wanted_on=day.today)
    day.sent(second)
    [group] = parse_direct_debits(files.content_of(desk.now(second).file)).groups
    [collection] = group.collections
    assert (group.sequence, collection.debtor_iban) == ("FRST", "AT611904300234573201")
    assert collection.amendment is not None and collection.amendment.new_debtor_account
    assert desk.now(mandate).amendment == {}


def test_an_answer_about_strangers_is_a_finding_and_taken_once(desk: Desk) -> None:
    _, debit = desk.owed("ach_ccd")
    day = desk.sent(debit)
    stranger = desk.now(debit)
    stranger.trace_number = "231380109999999"
    data = return_file(stranger, "R01", on=day.today)
    answer = day.answer(data)
    assert answer.findings == [
        {"code": "unknown_debit", "trace": "231380109999999", "reason": "R01"}
    ]
    assert day.answer(data).id == answer.id
    assert Reversal.objects.filter(seller_id=desk.trade.seller.id).count() == 0


def test_a_return_before_our_calendar_settled_it(desk: Desk) -> None:
    invoice, debit = desk.owed("ach_ccd", 15_00)
    day = desk.sent(debit)
    day.on(desk.now(debit).collect_on).returned(debit, "R03")
    assert (desk.now(debit).state, desk.now(invoice).outstanding) == ("returned", 15_00)
    assert desk.payment(debit).state == "returned"


@pytest.mark.parametrize("seed", range(6))
def test_the_books_hold_however_things_follow_each_other(desk: Desk, seed: int) -> None:
    """Settlement, returns early, late and twice, rejections, corrections, refunds, bookings and other
    money in any order: the seven invariants hold, and no invoice is paid by money that is gone."""
    chance = random.Random(seed)
    schemes = ("sepa_core", "sepa_b2b", "ach_ccd", "ach_ppd")
    items = [desk.owed(chance.choice(schemes), chance.randint(1, 90_00)) for _ in range(6)]
    day = desk
    reached = {"settled": 0, "returned": 0}
    for _ in range(45):
        invoice, debit = chance.choice(items)
        kept = desk.now(debit)
        is_ach = debit.currency == "USD"
        act = chance.choice(
            ("day", "day", "day", "files", "return", "return", "report", "batch", "noc", "refund",
             "credit", "transfer", "dishonor", "line", "cancel_mandate")
        )  # fmt: skip
        day = day.on(day.today + timedelta(days=chance.choice((1, 2, 5))))
        if act == "day":
            day.tend()
        elif act == "files":
            for file in day.write():
                with allowed_to_refuse():
                    day.send(file)
        elif act == "return" and kept.state in ("submitted", "settled", "returned"):
            codes = ("R01", "R02", "R10", "R08") if is_ach else ("AM04", "AC04", "MD01", "MD06")
            day.returned(debit, chance.choice(codes))
        elif act == "report" and kept.file_id and not is_ach:
            day.report(
                debit, chance.choice(("AC01", "MS03")), status=chance.choice(("RJCT", "ACCP"))
            )
        elif act == "dishonor" and kept.trace_number:
            code = chance.choice(("R68", "R73"))
            day.answer(return_file(kept, code, on=day.today, dishonors="R01"))
        elif act == "noc" and kept.trace_number:
            day.corrected(debit, "C01", account=str(chance.randint(1000, 99999)))
        elif act == "batch" and kept.file_id:
            group = Debit.objects.filter(file_id=kept.file_id, group=kept.group).exclude(
                state="rejected"
            )
            if total := sum(one.amount for one in group):
                day.bank(day.line(total, currency=debit.currency, end_to_end_id=kept.group))
        elif act == "line" and kept.state in ("submitted", "settled", "returned"):
            day.bank(day.line(-debit.amount - chance.choice((0, 3_00)), debit=kept, reason="MS02"))
        elif act == "refund" and kept.payment_id:
            with allowed_to_refuse():
                repayments.refund_payment(
                    desk.trade.seller, payment_id=kept.payment_id, **day.trade.act
                )
        elif act == "credit":
            with allowed_to_refuse():
                billing.credit_invoice(
                    desk.trade.seller, invoice_id=invoice.id, reason="x", **day.trade.act
                )
        elif act == "transfer" and desk.now(invoice).state == "open":
            payment = day.trade.payment(desk.now(invoice).outstanding, currency=invoice.currency)
            day.trade.allocate(payment, invoice)
        elif act == "cancel_mandate" and chance.random() < 0.2:
            with allowed_to_refuse():
                mandates.cancel_mandate(
                    desk.trade.seller, mandate_id=debit.mandate_id, **day.trade.act
                )
        state = desk.now(debit).state
        reached[state] = reached.get(state, 0) + 1
    assert books.broken(desk.trade.seller) == []
    for one in Debit.objects.filter(seller_id=desk.trade.seller.id):
        if one.state in ("returned", "rejected", "canceled") and one.payment_id:
            payment = Payment.objects.get(id=one.payment_id)
            assert payment.allocated == 0 and payment.refunded + payment.returned == payment.amount
    assert reached["settled"] + reached["returned"] > 0


def allowed_to_refuse() -> contextlib.AbstractContextManager[None]:
    """What a flow refuses for its state is refused, and nothing else goes wrong."""
    return contextlib.suppress(WrongState, AmountTooLarge)
