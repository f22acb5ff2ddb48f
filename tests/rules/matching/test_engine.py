"""What a credit manager expects of cash application: line by line, what it pays, and why."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from usance.rules.matching.engine import match
from usance.rules.matching.model import (
    AdviceLine,
    BankLine,
    Buyer,
    EarlyPayment,
    Key,
    Knowledge,
    Matched,
    MatchingSettings,
    OpenItem,
)
from usance.rules.matching.open_items import OpenItems
from usance.rules.matching.payers import Buyers, lessons

NORDWIND, SUDWIND, FACTOR_A, FACTOR_B = (UUID(int=n) for n in range(1, 5))
NORD_IBAN, SUD_IBAN = "DE02120300000000202051", "DE02500105170137075030"


def item(
    number: str, buyer: UUID, outstanding: int, due: str = "2026-03-31", **further: Any
) -> OpenItem:
    keys = [Key("number", number), *further.pop("keys", ())]
    return OpenItem(
        **{
            "id": UUID(bytes=number.rjust(16).encode()[-16:]),
            "buyer_id": buyer,
            "keys": tuple(keys),
            "currency": "EUR",
            "amount": outstanding,
            "outstanding": outstanding,
            "issued_on": date(2026, 3, 1),
            "due_on": date.fromisoformat(due),
            **further,
        }
    )


def book() -> list[OpenItem]:
    """Open items of two buyers, in cents; INV-2026-000090 is paid already."""
    skonto = (EarlyPayment(date(2026, 3, 15), 40_00),)
    return [
        item("INV-2026-000101", NORDWIND, 1_190_00, "2026-03-20",
             keys=[Key("creditor_reference", "RF13INV2026000101"), Key("purchase_order", "4500012345")]),
        item("INV-2026-000102", NORDWIND, 2_380_00, "2026-03-25"),
        item("INV-2026-000103", NORDWIND, 773_21, "2026-03-31"),
        item("INV-2026-000104", NORDWIND, 2_000_00, "2026-04-02", discounts=skonto),
        item("INV-2026-000105", SUDWIND, 840_50, "2026-03-20"),
        item("INV-2026-000106", SUDWIND, 15_000_00, "2026-03-20"),
        item("INV-2026-000090", NORDWIND, 0, "2026-02-20", amount=512_00),
        item("CRN-2026-000007", NORDWIND, 119_00, "2026-03-10", kind="credit_note"),
        item("INV-2026-000107", NORDWIND, 500_00, "2026-05-01", currency="USD"),
    ]  # fmt: skip


def index(items: list[OpenItem]) -> OpenItems:
    made = OpenItems()
    for each in items:
        made.add(each)
    return made


def buyers() -> Buyers:
    made = Buyers()
    made.add(Buyer(id=NORDWIND, names=("Nordwind Handels GmbH",), accounts=(NORD_IBAN,),
                   customer_numbers=("10477",)))  # fmt: skip
    made.add(Buyer(id=SUDWIND, names=("Südwind Maschinenbau AG",), accounts=(SUD_IBAN,)))
    for number in range(200):
        made.add(Buyer(id=UUID(int=1000 + number), names=(f"Kunde {number:03d} Vertrieb KG",)))
    return made


def find(
    text: str = "",
    amount: int = 0,
    *,
    items: list[OpenItem] | None = None,
    knowledge: Knowledge | None = None,
    settings: MatchingSettings | None = None,
    **line: Any,
) -> Matched:
    given = {"payer_account": NORD_IBAN, "payer_name": "NORDWIND HANDELS GMBH", **line}
    return match(
        BankLine(
            **{"amount": amount, "currency": "EUR", "booked_on": date(2026, 3, 20), **given},
            texts=(text,) if text else (),
        ),
        items=index(items or book()),
        buyers=buyers(),
        knowledge=knowledge or Knowledge(),
        settings=settings or MatchingSettings(),
    )


def shown(matched: Matched) -> tuple[str, dict[str, int]]:
    """``books``, ``waits`` or ``nothing``, and what each item gets (a credit note less than nothing)."""
    if matched.best is None or not matched.best.shares:
        return "nothing", {}
    numbers = {each.id: each.number for each in book()}
    shares = {
        numbers[s.item_id][-3:]: s.amount if s.kind == "invoice" else -s.amount
        for s in matched.best.shares
    }
    return "books" if matched.self_book else "waits", shares


def reasons(matched: Matched) -> set[str]:
    assert matched.best is not None
    return {reason.code for reason in matched.best.reasons}


@pytest.mark.parametrize(
    ("text", "amount", "expected", "why"),
    [
        # the number, as printed and as people write it
        ("INV-2026-000102", 2_380_00, {"102": 2_380_00}, "reference_exact"),
        ("Rechnung inv 2026 000102 danke", 2_380_00, {"102": 2_380_00}, "reference_exact"),
        ("RE.NR.2026/000102", 2_380_00, {"102": 2_380_00}, "reference_exact"),
        ("SVWZ+INV-2026-0 00102 EREF+NOTPROVIDED", 2_380_00, {"102": 2_380_00}, "reference_exact"),
        ("lNV-2O26-OOO1O2", 2_380_00, {"102": 2_380_00}, "reference_exact"),
        ("RF13 INV2 0260 0010 1", 1_190_00, {"101": 1_190_00}, "creditor_reference"),
        # with a slip: another digit, two swapped, one lost, only its end
        ("INV-2026-000192", 2_380_00, {"102": 2_380_00}, "reference_repaired"),
        ("INV-2026-000012", 2_380_00, {"102": 2_380_00}, "reference_repaired"),
        ("INV-2026-00102", 2_380_00, {"102": 2_380_00}, "reference_repaired"),
        ("Rechnung 00102", 2_380_00, {"102": 2_380_00}, "reference_repaired"),
        # the order's number instead
        ("PO 4500012345", 1_190_00, {"101": 1_190_00}, "order_number"),
        # no number at all: one invoice of this payer has the amount
        ("danke", 773_21, {"103": 773_21}, "amount_exact"),
        # several, in full or by their ends, and a credit note taken off
        ("INV-2026-000101, INV-2026-000103", 1_963_21, {"101": 1_190_00, "103": 773_21}, "several_add_up"),
        ("INV-2026-000101/103", 1_963_21, {"101": 1_190_00, "103": 773_21}, "several_add_up"),
        ("INV-2026-000102 - CRN-2026-000007", 2_261_00, {"102": 2_380_00, "007": -119_00}, "credit_netted"),
        ("INV-2026-000102", 2_261_00, {"102": 2_380_00, "007": -119_00}, "credit_netted"),
        # a number that is paid already beside the right one does no harm
        ("INV-2026-000090 INV-2026-000103", 773_21, {"103": 773_21}, "reference_exact"),
        # part of it
        ("INV-2026-000102 part", 1_000_00, {"102": 1_000_00}, "part_payment"),
        # a bank took 12.50 on the way; ten cents are not worth a letter
        ("INV-2026-000102", 2_367_50, {"102": 2_367_50}, "charges_deducted"),
    ],
)  # fmt: skip
def test_books_itself(text: str, amount: int, expected: dict[str, int], why: str) -> None:
    matched = find(text, amount)
    assert shown(matched) == ("books", expected)
    assert why in reasons(matched)
    assert matched.best is not None
    assert matched.best.confidence >= 9_900


@pytest.mark.parametrize(
    ("text", "amount", "held", "why"),
    [
        # it names another invoice than the one its amount fits
        ("INV-2026-000102", 773_21, "ambiguous", "reference_exact"),
        # it names what is paid already
        ("INV-2026-000090", 773_21, "reference_contradicts", "already_settled"),
        # twice the amount: more than an oversight
        ("INV-2026-000102", 4_760_00, "overpaid", "overpaid"),
        # less than several of them come to
        ("INV-2026-000101 INV-2026-000102", 3_000_00, "short_unexplained", "part_payment"),
    ],
)
def test_waits_for_a_person(text: str, amount: int, held: str, why: str) -> None:
    matched = find(text, amount)
    assert not matched.self_book
    assert held in matched.held_back
    assert why in reasons(matched)


def test_pays_twice() -> None:
    """Whoever pays a settled invoice again has paid no other one, even of the same amount."""
    twice = [*book(), item("INV-2026-000120", NORDWIND, 512_00)]
    matched = find("INV-2026-000090", 512_00, items=twice)
    assert matched.best is not None
    assert (matched.best.buyer_id, matched.best.shares, matched.best.unapplied) == (
        NORDWIND,
        (),
        512_00,
    )
    assert not matched.self_book
    assert "already_settled" in reasons(matched)


@pytest.mark.parametrize(
    ("paid_on", "outcome", "why"),
    [
        (date(2026, 3, 15), "books", "discount_in_time"),
        (date(2026, 3, 18), "books", "discount_late"),  # within three days of grace
        (date(2026, 3, 19), "books", "part_payment"),  # not given: 40.00 stay open
    ],
)
def test_discount(paid_on: date, outcome: str, why: str) -> None:
    matched = find("INV-2026-000104", 1_960_00, booked_on=paid_on)
    assert shown(matched) == (outcome, {"104": 1_960_00})
    assert why in reasons(matched)
    assert matched.best is not None
    (share,) = matched.best.shares
    assert (share.discount, share.short) == ((0, 40_00) if why == "part_payment" else (40_00, 0))


def test_no_days_of_grace_if_the_seller_gives_none() -> None:
    settings = MatchingSettings(discount_grace_days=0)
    matched = find("INV-2026-000104", 1_960_00, booked_on=date(2026, 3, 16), settings=settings)
    assert "part_payment" in reasons(matched)


def test_charges_that_the_bank_states_may_be_of_any_size() -> None:
    matched = find(
        "INV-2026-000102", 2_330_00, instructed_amount=2_380_00, instructed_currency="EUR"
    )
    assert shown(matched) == ("books", {"102": 2_330_00})
    assert matched.best is not None
    assert matched.best.shares[0].charges == 50_00
    assert shown(find("INV-2026-000102", 2_330_00))[1] == {"102": 2_330_00}
    assert "part_payment" in reasons(find("INV-2026-000102", 2_330_00))


def test_two_of_one_amount_wait_with_both_proposed() -> None:
    twins = [*book(), item("INV-2026-000113", NORDWIND, 773_21, "2026-04-30")]
    matched = find("danke", 773_21, items=twins)
    assert not matched.self_book
    assert "ambiguous" in matched.held_back
    assert matched.best is not None
    found = [p.shares[0].item_id for p in (matched.best, *matched.alternatives) if p.shares]
    assert found[:2] == [book()[2].id, twins[-1].id]  # what is due first before the other


def test_the_whole_balance_without_a_number() -> None:
    settled = [each for each in book() if each.buyer_id == NORDWIND and each.currency == "EUR"]
    total = sum(e.outstanding if e.kind == "invoice" else -e.outstanding for e in settled)
    matched = find("Kontoausgleich", total)
    assert matched.self_book
    assert matched.best is not None
    assert matched.best.rule == "balance_and_payer"
    assert len(matched.best.shares) == 5


def test_a_large_sum_needs_two_grounds() -> None:
    """15,000.00 by amount alone, from nobody we know, is only proposed; with its number it books."""
    unknown = {"payer_account": "FR7630006000011234567890189", "payer_name": "X TRADING"}
    assert shown(find("danke", 15_000_00, **unknown))[0] == "waits"
    assert shown(find("INV-2026-000106", 15_000_00, **unknown)) == ("books", {"106": 15_000_00})


def test_another_pays() -> None:
    """A sister's account does not hinder what is named and paid to the cent; less than that it does."""
    assert shown(find("INV-2026-000105", 840_50)) == ("books", {"105": 840_50})
    part = find("INV-2026-000105", 400_00)
    assert not part.self_book
    assert "payer_contradicts" in part.held_back


def test_an_agents_account_tells_nothing_of_whose_invoice_it_is() -> None:
    knowledge = Knowledge()
    factor = BankLine(
        amount=1, currency="EUR", booked_on=date(2026, 1, 5), payer_account="GB29NWBK60161331926819"
    )
    for buyer in (NORDWIND, SUDWIND, FACTOR_A, FACTOR_B):
        for lesson in lessons(factor, buyer_id=buyer):
            knowledge.take(lesson)
    factoring = {
        "payer_account": "GB29NWBK60161331926819",
        "payer_name": "",
        "knowledge": knowledge,
    }
    assert shown(find("danke", 773_21, **factoring)) == ("waits", {"103": 773_21})
    assert shown(find("INV-2026-000103", 773_21, **factoring)) == ("books", {"103": 773_21})


def test_a_correction_teaches_and_an_undone_match_unteaches() -> None:
    knowledge = Knowledge()
    stranger = {"payer_account": "NL91ABNA0417164300", "payer_name": "NW BETEILIGUNGEN"}
    assert shown(find("danke", 773_21, **stranger))[0] == "waits"
    line = BankLine(amount=1, currency="EUR", booked_on=date(2026, 1, 5), **stranger)
    for lesson in lessons(line, buyer_id=NORDWIND):
        knowledge.take(lesson)
    assert shown(find("danke", 773_21, knowledge=knowledge, **stranger)) == (
        "books",
        {"103": 773_21},
    )
    for lesson in lessons(line, buyer_id=NORDWIND, undone=True):
        knowledge.take(lesson)
    assert shown(find("danke", 773_21, knowledge=knowledge, **stranger))[0] == "waits"


def test_remittance_advice_is_followed_to_the_cent() -> None:
    matched = find(
        "see advice",
        2_900_00,
        advice=(
            AdviceLine(document="INV-2026-000102", paid=2_300_00, deduction=80_00,
                       deduction_reason="damaged"),
            AdviceLine(document="INV 2026 000103", paid=719_00),
            AdviceLine(document="CRN-2026-000007", paid=-119_00),
        ),
    )  # fmt: skip
    assert shown(matched) == ("books", {"102": 2_300_00, "103": 719_00, "007": -119_00})
    assert matched.best is not None
    shares = {s.item_id: s for s in matched.best.shares}
    assert shares[book()[1].id].short == 80_00
    assert shares[book()[1].id].deduction_reason == "damaged"
    assert matched.best.rule == "remittance_advice"


def test_other_currency_is_only_proposed() -> None:
    matched = find("INV-2026-000107", 460_00, instructed_amount=500_00, instructed_currency="USD")
    assert not matched.self_book
    assert matched.held_back == ("other_currency",)
    assert matched.best is not None
    assert (matched.best.currency, matched.best.shares[0].amount) == ("USD", 500_00)


def test_nothing_of_ours() -> None:
    stranger = {"payer_account": "FR7630006000011234567890189", "payer_name": "FINANZAMT"}
    assert find("ERSTATTUNG 2025", 333_33, **stranger) == Matched()


def test_money_out_is_not_matched() -> None:
    assert find("INV-2026-000102", -2_380_00) == Matched()
