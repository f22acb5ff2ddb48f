"""Late interest and compensation are computed, claimed and waived. Amounts are cents.

The seller is in Milan, so D.Lgs. 231/2002 applies: 8 points over the ECB's rate, 40 euro an invoice. The
trade's day is in 2026; what the program does not know of the second half of 2026 is loaded where needed.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from tests.flows import books, countries
from tests.flows.trading import Trade
from usance.flows import (
    billing,
    corrections,
    disputes,
    exchange_rates,
    late_charge_claims,
    late_charge_waivers,
    late_charges,
    onboarding,
    settlement,
)
from usance.flows import late_interest_terms as terms
from usance.flows.late_charge_claims import (
    HeldByDispute,
    NothingToClaim,
    ReferenceRateMissing,
    TaxableCharge,
)
from usance.flows.late_charge_notes import PrefixTaken
from usance.flows.late_charge_waivers import ReasonMissing
from usance.flows.late_interest_terms import InvalidTerms, NewRate, TermsFields
from usance.flows.refusals import AmountTooLarge, ExternalIdTaken, NotFound, WrongState
from usance.formats.errors import FormatError
from usance.records.collections import late_charge_queries as queries
from usance.records.identity import new_id
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.ledger.invariants import verify
from usance.records.parties.models import Seller
from usance.records.payments import queries as payments
from usance.rules.invoicing.serial import from_json
from usance.rules.ledger import INTEREST


@pytest.fixture
def late(trade: Trade) -> Invoice:
    """EUR 1,000.00 that fell due long before the day of ``later``."""
    return trade.invoice(100_000, 10_000)


def later(trade: Trade, invoice: Invoice, days: int) -> Trade:
    """The trade ``days`` after the invoice fell due."""
    on = trade.at.date()
    return trade.days_later((invoice.due_on - on).days + days)


def load(trade: Trade, *rates: tuple[str, str]) -> terms.Loaded:
    return terms.set_reference_rates(
        trade.seller,
        [
            NewRate(table="ecb", valid_from=date.fromisoformat(day), rate=Decimal(rate))
            for day, rate in rates
        ],
        **trade.act,
    )


def claim(trade: Trade, invoice: Invoice, **fields: Any) -> Any:
    return late_charge_claims.claim(trade.seller, invoice_id=invoice.id, **trade.act, **fields)


def shown(trade: Trade, invoice: Invoice) -> late_charges.LateCharges:
    stored = trade.stored(Invoice, invoice.id)
    return late_charges.late_charges_of(trade.seller, stored, on=trade.at.date())


def known_rates(trade: Trade, invoice: Invoice, *, half_years: int = 4) -> None:
    """Load the rates of the half years after the due day: 2.00 per cent each."""
    year = invoice.due_on.year
    days = [f"{year + n // 2}-{'01' if n % 2 == 0 else '07'}-01" for n in range(half_years)]
    load(trade, *((day, "2.00") for day in days))


def test_it_is_claimed_by_a_debit_note_and_paid_like_an_invoice(
    trade: Trade, late: Invoice
) -> None:
    known_rates(trade, late)
    day = later(trade, late, 10)
    before = shown(day, late)
    assert before.accrual.law == "IT"
    # 1,000.00 x 10 % x 10 / 365 = 2.74, and 40.00 for the invoice.
    assert (before.accrual.interest, before.compensation.fixed, before.open_amount) == (
        274,
        4000,
        4274,
    )
    made = claim(day, late, reason="As told on the phone", external_id="C-1")
    assert (made.interest, made.compensation, made.amount) == (274, 4000, 4274)
    assert (made.since_on, made.until_on) == (late.due_on + timedelta(days=1), day.at.date())
    note = trade.stored(Invoice, made.claim_id)
    assert (note.kind, note.number, note.amount, note.tax_amount, note.state) == (
        "late_charge",
        f"INT-{day.at.year}-000001",
        4274,
        0,
        "open",
    )
    document = from_json(note.document)
    assert document.type_code == "383"
    assert {line.vat_category for line in document.lines} == {"O"}
    assert [str(line.net) for line in document.lines] == ["2.74", "40.00"]
    assert "10 %" in document.lines[0].item.description
    assert document.seller.vat_id == document.buyer.vat_id == ""
    assert document.preceding[0].number == late.number
    assert trade.balances()[INTEREST] == -4274
    assert trade.events(note) == [("late_charge.opened", "open", 4274)]
    assert ("invoice.late_charged", None, 0) in trade.events(late)
    # Once, ever: neither again the same day, nor with the same external_id.
    with books.refused(trade.seller, NothingToClaim):
        claim(day, late)
    with books.refused(trade.seller, ExternalIdTaken):
        claim(later(trade, late, 11), late, external_id="C-1")
    next_day = later(trade, late, 20)
    second = claim(next_day, late)
    assert (second.since_on, second.interest, second.compensation) == (
        made.until_on + timedelta(days=1),
        274,
        0,
    )
    day.pay(note)
    assert trade.stored(Invoice, note.id).state == "paid"
    # What claims interest bears none, and is corrected by a waiver only.
    assert shown(later(trade, note, 400), note).has_any is False
    with books.refused(trade.seller, WrongState):
        corrections.correct_invoice(
            trade.seller, invoice_id=trade.stored(Invoice, second.claim_id).id, **trade.act
        )


def test_a_payment_splits_the_days_and_ends_them(trade: Trade, late: Invoice) -> None:
    known_rates(trade, late)
    fourth = later(trade, late, 4)
    fourth.pay(late, 40_000)
    tenth = later(trade, late, 10)
    tenth.pay(late)
    found = shown(later(trade, late, 30), late)
    assert [(step.days, step.base, step.amount) for step in found.accrual.steps] == [
        (4, 100_000, 110),
        (6, 60_000, 99),
    ]
    [of_buyer] = late_charges.late_charges_of_buyer(
        trade.seller, buyer_id=trade.buyer.id, on=later(trade, late, 30).at.date()
    )
    assert of_buyer.open_amount == found.open_amount == 4209
    assert claim(later(trade, late, 30), late).amount == 4209
    # Paid in time: nothing.
    punctual = trade.invoice(50_000)
    later(trade, punctual, 0).pay(punctual)
    assert not shown(later(trade, punctual, 30), punctual).has_any


def test_a_returned_payment_paid_nothing_and_a_write_off_ends_interest(
    trade: Trade, late: Invoice
) -> None:
    known_rates(trade, late)
    later(trade, late, 2).pay(late)
    day = later(trade, late, 20)
    assert shown(day, late).accrual.interest == 55
    [paid] = payments.allocations_of_invoice(seller_id=trade.seller.id, invoice_id=late.id)
    settlement.release_allocation(trade.seller, allocation_id=paid.id, **day.act)
    assert shown(day, late).accrual.interest == 548
    billing.write_off_invoice(trade.seller, invoice_id=late.id, **day.act)
    assert shown(later(trade, late, 90), late).accrual.interest == 548
    billing.recover_write_off(trade.seller, invoice_id=late.id, **later(trade, late, 30).act)
    assert shown(later(trade, late, 40), late).accrual.interest == 548 + 274


def test_what_was_paid_bore_nothing_though_a_credit_note_freed_it_later(
    trade: Trade, late: Invoice
) -> None:
    known_rates(trade, late)
    later(trade, late, 10).pay(late)
    day = later(trade, late, 40)
    billing.credit_invoice(trade.seller, invoice_id=late.id, amount=20_000, **day.act)
    # All of the 1,000.00 had come on day 10: 10 days of it, and none of the 200.00 until day 40.
    assert shown(day, late).accrual.interest == 274
    assert [step.days for step in shown(day, late).accrual.steps] == [10]
    # Credited in full it was never owed.
    billing.credit_invoice(trade.seller, invoice_id=late.id, **day.act)
    assert not shown(day, late).has_any
    with books.refused(trade.seller, NothingToClaim):
        claim(day, late)


def test_claimed_interest_that_was_paid_or_waived_compounds_no_more(
    trade: Trade, late: Invoice
) -> None:
    known_rates(trade, late, half_years=6)
    set_terms(trade, law="NL", claims_compensation=False)
    tenth = later(trade, late, 10)
    late_charge_waivers.waive(
        trade.seller, invoice_id=late.id, amount=74, reason="Rounded", **tenth.act
    )
    made = claim(tenth, late)
    assert (made.interest, made.amount) == (274, 200)
    year = later(trade, late, 400)
    whole = [step for step in shown(year, late).accrual.steps if step.compounded]
    tenth.pay(trade.stored(Invoice, made.claim_id))
    rest = [step for step in shown(year, late).accrual.steps if step.compounded]
    assert whole[0].compounded - rest[0].compounded == 200
    assert rest[0].compounded == sum(
        step.amount for step in shown(year, late).accrual.steps if not step.compounded
    )


def test_waived_before_and_after_it_was_claimed(trade: Trade, late: Invoice) -> None:
    known_rates(trade, late)
    day = later(trade, late, 10)
    waive = late_charge_waivers.waive
    with books.refused(trade.seller, ReasonMissing):
        waive(trade.seller, invoice_id=late.id, reason=" ", **day.act)
    with books.refused(trade.seller, AmountTooLarge):
        waive(trade.seller, invoice_id=late.id, reason="Good customer", amount=4275, **day.act)
    given = waive(trade.seller, invoice_id=late.id, reason="Good customer", amount=4000, **day.act)
    assert (given.author, given.reason, given.waived_on) == ("test", "Good customer", day.at.date())
    assert shown(day, late).open_amount == 274
    made = claim(day, late)
    assert (made.waived, made.amount) == (4000, 274)
    note = trade.stored(Invoice, made.claim_id)
    day.pay(note)
    taken = late_charge_waivers.waive_claim(
        trade.seller, charge_id=made.id, reason="Our mistake", **day.act
    )
    assert taken.amount == 274
    assert trade.stored(CreditNote, taken.credit_note_id).amount == 274
    assert trade.stored(Invoice, note.id).state == "void"
    assert trade.balances().get(INTEREST, 0) == 0
    assert trade.counters()["unapplied_cash"] == 274
    # All of the next is waived: the days are done, and nothing is owed.
    second = later(trade, late, 20)
    waive(trade.seller, invoice_id=late.id, reason="Again", **second.act)
    nothing = claim(second, late)
    assert (nothing.claim_id, nothing.amount, nothing.waived) == (None, 0, 274)
    with books.refused(trade.seller, WrongState):
        late_charge_waivers.waive_claim(
            trade.seller, charge_id=nothing.id, reason="Again", **second.act
        )
    with books.refused(trade.seller, NotFound):
        late_charge_waivers.waive_claim(trade.seller, charge_id=new_id(), reason="?", **second.act)


def test_nothing_is_claimed_of_days_on_which_part_is_disputed(trade: Trade, late: Invoice) -> None:
    known_rates(trade, late)
    fifth = later(trade, late, 5)
    dispute = disputes.open_dispute(
        trade.seller, invoice_id=late.id, reason_code="price", amount=30_000, **fifth.act
    )
    tenth = later(trade, late, 10)
    found = shown(tenth, late)
    assert found.held_from == fifth.at.date()
    assert [step.base for step in found.accrual.steps] == [100_000, 70_000]
    with books.refused(trade.seller, HeldByDispute):
        claim(tenth, late)
    until = claim(tenth, late, until=fifth.at.date() - timedelta(days=1))
    assert until.interest == 110
    disputes.reject(trade.seller, dispute_id=dispute.id, words="No", **tenth.act)
    # It was owed all along.
    rest = claim(tenth, late)
    assert [step["base"] for step in rest.steps] == [100_000]
    assert rest.interest == 164


def test_what_a_credit_note_settles_never_bore_interest(trade: Trade, late: Invoice) -> None:
    known_rates(trade, late)
    dispute = disputes.open_dispute(
        trade.seller,
        invoice_id=late.id,
        reason_code="price",
        amount=30_000,
        **later(trade, late, 5).act,
    )
    disputes.resolve_by_credit(trade.seller, dispute_id=dispute.id, **later(trade, late, 8).act)
    found = shown(later(trade, late, 10), late)
    assert [(step.days, step.base) for step in found.accrual.steps] == [(10, 70_000)]


def test_a_rate_that_is_not_known_is_said_and_refused(trade: Trade, late: Invoice) -> None:
    day = trade.days_later(400)
    found = shown(day, late)
    assert found.unknown is not None
    assert found.unknown.table == "ecb"
    with books.refused(trade.seller, ReferenceRateMissing, match="Load it"):
        claim(day, late)
    # A later rate does not bridge what is not known before it.
    assert load(trade, ("2028-01-01", "1.00")).created == 1
    with books.refused(trade.seller, ReferenceRateMissing, match="again from 2028-01-01"):
        claim(day, late)
    done = load(trade, ("2026-01-01", "2.15"), ("2026-07-01", "2.00"), ("2027-01-01", "1.75"))
    assert (done.created, done.changed, done.known) == (3, 0, 0)
    with books.nothing_written(trade.seller):
        load(trade, ("2026-07-01", "2.00"))
    csv = b"table,from,rate,until,source\necb,2027-07-01,1.50,2027-12-31,ECB\n"
    first = terms.import_reference_rates(trade.seller, csv, **trade.act)
    again = terms.import_reference_rates(trade.seller, csv, **trade.act)
    assert ((first.created, again.known), again.created) == ((1, 1), 0)
    assert load(trade, ("2027-07-01", "1.25")).changed == 1
    told = books.events(
        trade.seller,
        queries.reference_rates(seller_id=trade.seller.id).get(valid_from="2027-07-01").id,
    )
    assert [name for name, *_ in told] == ["reference_rate.set"] * 2
    with books.refused(trade.seller, FormatError):
        terms.import_reference_rates(
            trade.seller, b"table,from,rate\nxyz,2027-07-01,1\n", **trade.act
        )
    assert shown(day, late).unknown is None
    assert claim(day, late).interest > 0


def set_terms(trade: Trade, *, buyer: bool = False, **fields: Any) -> Any:
    return terms.set_terms(
        trade.seller,
        fields=TermsFields(**fields),
        buyer_id=trade.buyer.id if buyer else None,
        **trade.act,
    )


def test_the_terms_of_a_buyer_go_before_the_sellers(trade: Trade, late: Invoice) -> None:
    day = later(trade, late, 10)
    known_rates(trade, late)
    set_terms(trade, rate=Decimal(12), prefix="ZIN")
    assert shown(day, late).accrual.steps[0].rate == Decimal(12)
    with books.nothing_written(trade.seller):
        set_terms(trade, rate=Decimal("12.00"), prefix="ZIN")
    set_terms(trade, buyer=True, law="contract", rate=Decimal(6), claims_compensation=False)
    found = shown(day, late)
    assert (found.accrual.law, found.open_amount) == ("contract", 164)
    terms.drop_terms(trade.seller, buyer_id=trade.buyer.id, **trade.act)
    assert shown(day, late).accrual.steps[0].rate == Decimal(12)
    set_terms(trade, country_of="buyer", prefix="INV")
    with pytest.raises(
        ReferenceRateMissing
    ):  # the buyer is in Germany, whose base rate is not loaded
        claim(trade.days_later(400), late)
    with books.refused(trade.seller, InvalidTerms):
        set_terms(trade, law="XX")
    with books.refused(trade.seller, InvalidTerms):
        set_terms(trade, rate=Decimal(101))
    set_terms(trade, prefix="INV")
    with books.refused(trade.seller, PrefixTaken):
        claim(day, late)
    set_terms(trade, law="IN", is_small_supplier=True)
    terms.set_reference_rates(
        trade.seller,
        [
            NewRate(
                table="rbi",
                valid_from=trade.at.date(),
                known_until=day.at.date(),
                rate=Decimal("5.25"),
            )
        ],
        **trade.act,
    )
    with books.refused(trade.seller, TaxableCharge):
        claim(day, late)


def test_a_notice_claims_where_the_terms_say_so(trade: Trade, late: Invoice) -> None:
    known_rates(trade, late)
    day = later(trade, late, 10)
    at_notice = late_charge_claims.claim_at_notice
    assert at_notice(trade.seller, invoice_ids=[late.id], **day.act) == []
    set_terms(trade, buyer=True, charging="at_notice")
    [made] = at_notice(trade.seller, invoice_ids=[late.id, new_id()], **day.act)
    assert made.amount == 4274
    assert at_notice(trade.seller, invoice_ids=[late.id], **day.act) == []


def test_costs_of_recovery_are_owed_beyond_the_fixed_sum(trade: Trade, late: Invoice) -> None:
    known_rates(trade, late)
    first = claim(later(trade, late, 10), late, costs=10_000)
    assert (first.compensation, first.costs, first.amount) == (4000, 6000, 10_274)
    # A day is claimed once: costs of the same day wait for the next.
    with books.refused(trade.seller, NothingToClaim, match="are claimed"):
        claim(later(trade, late, 10), late, costs=15_000)
    second = claim(later(trade, late, 20), late, costs=15_000)
    assert (second.compensation, second.costs) == (0, 5000)
    assert books.broken(trade.seller) == []


def test_costs_that_are_not_owed_are_left_out_and_the_claim_says_so(
    trade: Trade, late: Invoice
) -> None:
    set_terms(trade, law="contract", rate=Decimal(12))
    made = claim(later(trade, late, 10), late, costs=12_500)
    # 1,000.00 x 12 % x 10 / 365; a contract alone gives no costs.
    assert (made.amount, made.compensation, made.costs) == (329, 0, 0)
    assert made.clause == "costs of 125.00 EUR left out"


def test_the_polish_sum_takes_the_rate_of_exchange_of_its_own_day_only(
    trade: Trade, late: Invoice
) -> None:
    set_terms(trade, law="PL")
    half_years = [date(late.due_on.year, month, 1) for month in (1, 7)]
    told = [NewRate(table="nbp", valid_from=day, rate=Decimal(4)) for day in half_years]
    terms.set_reference_rates(trade.seller, told, **trade.act)
    day = later(trade, late, 10)
    asked = shown(day, late).compensation.rate_on
    assert asked is not None and asked < late.due_on and asked.month != late.due_on.month
    for on, fixed, missing in (
        (asked - timedelta(days=1), 0, ("PLN",)),
        (asked, 4000, ()),
    ):
        exchange_rates.set_rate(
            trade.seller, source="EUR", target="PLN", rate=Decimal("4.25"), on=on, **trade.act
        )
        owed = shown(day, late).compensation
        assert (owed.fixed, owed.missing) == (fixed, missing)


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        (
            "late_charge_differs",
            "UPDATE invoices_invoice SET amount = amount + 1 WHERE id = %(claim)s",
        ),
        (
            "late_steps_differ",
            "UPDATE collections_latecharge SET steps = '[]' WHERE claim_id = %(claim)s",
        ),
        (
            "interest_ledger_differs",
            "UPDATE ledger_balance SET amount = amount - 1"
            " WHERE seller_id = %(seller)s AND account = 'interest'",
        ),
        (
            "late_days_twice",
            "UPDATE collections_latecharge SET until_on = until_on + 10 WHERE claim_id = %(claim)s",
        ),
    ],
)
def test_verify_finds_claims_that_are_not_what_is_owed(
    trade: Trade, late: Invoice, code: str, statement: str
) -> None:
    known_rates(trade, late)
    made = claim(later(trade, late, 10), late)
    claim(later(trade, late, 20), late)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement, {"claim": made.claim_id, "seller": trade.seller.id})
            assert cursor.rowcount == 1
            cursor.execute("SET LOCAL session_replication_role = origin")
        assert code in {one.code for one in verify(seller_id=trade.seller.id)}
        transaction.set_rollback(True)


def test_the_debit_note_keeps_to_the_official_rules(trade: Trade) -> None:
    case = countries.CASES["RO in RON"]
    home = countries.placed(trade.seller, trade.at, case)
    invoice = countries.sold(home, case, countries.goods(case.rate, net=100_000))
    day = later(home, invoice, 10)
    assert late_charges.late_charges_of(
        home.seller, invoice, on=day.at.date()
    ).accrual.warnings == ("exchange_rate_missing",)
    exchange_rates.set_rate(
        home.seller,
        source="EUR",
        target="RON",
        rate=Decimal("5.0912"),
        on=trade.at.date(),
        **home.act,
    )
    late_charge_waivers.waive(
        home.seller, invoice_id=invoice.id, amount=100, reason="Rounded", **day.act
    )
    made = claim(day, invoice)
    # 1,210.00 x (6.50 + 8) % x 10 / 365 = 4.81; 40 euro are 203.65 lei; 1.00 was waived.
    assert (made.interest, made.compensation, made.amount) == (481, 20_365, 20_746)
    for format_ in ("pdf", "ubl", "cii", "facturx"):
        data = countries.content(home, "invoice", made.claim_id, format_)
        if format_ == "pdf":
            continue
        found = countries.read(data, format_)
        assert (found.type_code, found.totals.payable) == ("383", Decimal("207.46"))
        assert countries.findings(data) == []
    assert books.broken(home.seller) == []


def test_another_seller_sees_nothing(trade: Trade, late: Invoice) -> None:
    other_seller: Seller = onboarding.create_seller(
        name="Altra S.r.l.",
        handle=f"altra-{secrets.token_hex(6)}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=trade.at,
    )
    with pytest.raises(NotFound):
        late_charge_claims.claim(other_seller, invoice_id=late.id, **trade.act)
    assert not late_charges.late_charges_of_buyer(
        other_seller, buyer_id=trade.buyer.id, on=later(trade, late, 10).at.date()
    )
