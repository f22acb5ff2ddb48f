"""Late interest: worked examples that can be checked by hand, each law by its clause, and properties."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.interest import (
    LAWS,
    SHIPPED,
    Accrual,
    Agreement,
    Debt,
    Due,
    InvalidAgreement,
    Movement,
    RateTable,
    RateUnknown,
    Suspension,
    accrued,
    law_of_country,
)
from usance.rules.interest.accrual import COSTS_LEFT_OUT, EXCHANGE_RATE_MISSING
from usance.rules.interest.agreements import (
    BELOW_LAW,
    CAP_BELOW_LAW,
    LAW_INSTEAD,
    NOT_A_SMALL_SUPPLIER,
    OLDER_THAN_LAW,
)
from usance.rules.interest.day_counts import DAY_COUNTS, DayCount, days_of, share_of_year
from usance.rules.interest.rate_tables import InvalidRate, check_rate


def day(text: str) -> date:
    return date.fromisoformat(text)


def debt(amount: int = 1_000_000, *, due: str = "2024-05-15", currency: str = "EUR") -> Debt:
    return Debt(currency=currency, dues=(Due(day(due), amount),))


def owed(
    of: Debt,
    law: str,
    on: str,
    *,
    since: str | None = None,
    costs: int = 0,
    rates: dict[str, Decimal] | None = None,
    rate: str | None = None,
    cap: str | None = None,
    day_count: DayCount = "act/365",
    small: bool = False,
) -> Accrual:
    told = rates or {}
    return accrued(
        of,
        agreement=Agreement(
            law=LAWS[law],
            rate=Decimal(rate) if rate else None,
            cap=Decimal(cap) if cap else None,
            day_count=day_count,
            is_small_supplier=small,
        ),
        tables=SHIPPED,
        on=day(on),
        since=day(since) if since else None,
        costs=costs,
        rates=lambda code, _day: told.get(code),
    )


def extended(table: str, *rates: str) -> RateTable:
    """The table that comes with the program and ``rates``: from, rate, and until where that is said."""
    told = []
    for rate in rates:
        first, value, *until = rate.split()
        told.append((day(first), Decimal(value), day(until[0] if until else first)))
    return SHIPPED[table].extended(told)


def rows(found: Accrual) -> list[str]:
    """from..to days base rate amount"""
    return [
        f"{s.first}..{s.last} {s.days} {s.base} {s.rate.normalize():f} {s.amount}"
        for s in found.steps
    ]


def test_the_directive_takes_the_rate_of_the_first_day_of_each_half_year() -> None:
    # 4.50 + 8 and 4.25 + 8: 10,000.00 x 12.5 % x 46 / 365 = 157.53; x 12.25 % x 31 / 365 = 104.04.
    # The rate of 12 June 2024 (4.25) counts only from 1 July on (Directive 2011/7/EU, art. 2(7)).
    found = owed(debt(), "EU", "2024-07-31")
    assert rows(found) == [
        "2024-05-16..2024-06-30 46 1000000 12.5 15753",
        "2024-07-01..2024-07-31 31 1000000 12.25 10404",
    ]
    assert (found.interest, found.compensation.fixed, found.total) == (26157, 4000, 30157)
    assert found.compensation.clause == "Directive 2011/7/EU, art. 6(1)"
    assert [step.reference for step in found.steps] == [Decimal("4.50"), Decimal("4.25")]


def test_germany_adds_nine_points_to_its_own_base_rate() -> None:
    # BGB § 247, § 288(2): 3.62 + 9, 3.37 + 9, then 2.27 + 9. A payment of 4,000.00 splits the half year:
    # 6,000.00 x 12.37 % x 152 / 365 = 309.08.
    paid = Movement(day("2024-08-01"), 400_000)
    of = Debt(currency="EUR", dues=(Due(day("2024-05-15"), 1_000_000),), movements=(paid,))
    assert rows(owed(of, "DE", "2025-02-10")) == [
        "2024-05-16..2024-06-30 46 1000000 12.62 15905",
        "2024-07-01..2024-08-01 32 1000000 12.37 10845",
        "2024-08-02..2024-12-31 152 600000 12.37 30908",
        "2025-01-01..2025-02-10 41 600000 11.27 7596",
    ]
    # BGB § 288(5): costs of recovery count beyond the 40 euro only.
    with_costs = owed(of, "DE", "2025-02-10", costs=12_500).compensation
    assert (with_costs.fixed, with_costs.costs, with_costs.amount) == (4000, 8500, 12_500)
    assert "BGB § 288(5)" in with_costs.clause


@pytest.mark.parametrize(
    ("law", "half_year", "rate"),
    [
        # The rates that the states have published for their half years.
        ("IT", "2024-07-01", "12.25"),  # MEF, saggio di interesse: 4.25 + 8
        ("IT", "2025-01-01", "11.15"),
        ("IT", "2025-07-01", "10.15"),
        ("FR", "2025-01-01", "13.15"),  # L441-10: 3.15 + 10
        ("BE", "2025-01-01", "11.5"),  # 11.15 rounded up to half a point
        ("FI", "2025-07-01", "10.5"),  # reference 2.15 rounded up to 2.5, + 8
        ("RO", "2023-01-01", "14.75"),  # BNR 6.75 + 8; the 7.00 of 11 January waits until July
        ("RO", "2023-07-01", "15"),
        ("PL", "2025-07-01", "15.25"),  # NBP 5.25 + 10; the 5.00 of 3 July waits
        ("PL", "2026-01-01", "14"),
        ("DE", "2022-07-01", "8.12"),  # -0.88 + 9
        ("ES", "2023-07-01", "12"),
        ("NL", "2024-01-01", "12.5"),
    ],
)
def test_national_rates_are_those_that_were_published(law: str, half_year: str, rate: str) -> None:
    first = day(half_year)
    one = Debt(currency="EUR", dues=(Due(first + timedelta(days=9), 100_000),))
    [step] = owed(one, law, str(first + timedelta(days=20))).steps
    assert step.rate == Decimal(rate)
    assert step.clause == LAWS[law].clause != ""


def test_the_united_kingdom_keeps_the_rate_of_the_eve_of_the_half_year_it_began_in() -> None:
    # S.I. 2002/1675: late since 2 March 2024, so the 5.25 of 31 December 2023 + 8 holds for good.
    # 1,500.00 x 13.25 % x 366 / 365 = 199.29; s. 5A: 70 pounds for a debt from 1,000 to 10,000.
    found = owed(debt(150_000, due="2024-03-01", currency="GBP"), "GB", "2025-03-02")
    assert rows(found) == ["2024-03-02..2025-03-02 366 150000 13.25 19929"]
    assert found.compensation.fixed == 7000
    sums = {
        amount: owed(debt(amount, due="2024-03-01", currency="GBP"), "GB", "2024-03-02")
        for amount in (99_999, 100_000, 999_999, 1_000_000)
    }
    assert [one.compensation.fixed for one in sums.values()] == [4000, 7000, 7000, 10_000]
    # s. 8(2): what carries an agreed rate carries no statutory interest, and s. 5A(1) no fixed sum beside it.
    agreed = owed(debt(150_000, due="2024-03-01", currency="GBP"), "GB", "2024-03-31", rate="9")
    assert (agreed.interest, agreed.compensation.amount) == (1110, 0)  # 1,500.00 x 9 % x 30 / 365


def test_india_compounds_three_times_the_bank_rate_each_month_from_day_45_on() -> None:
    # MSMED Act 2006, s. 15: accepted on 10 January, so due on 24 February whatever was agreed. s. 16:
    # 3 x 6.50 %: 100,000.00 x 19.5 % x 28 / 365 = 1,495.89, which bears interest from 25 March on.
    of = Debt(
        currency="INR",
        dues=(Due(day("2025-03-31"), 10_000_000),),
        accepted_on=day("2025-01-10"),
    )
    found = owed(of, "IN", "2025-04-24", small=True)
    assert rows(found) == [
        "2025-02-25..2025-03-24 28 10000000 19.5 149589",
        "2025-03-25..2025-04-08 15 10149589 19.5 81336",
        "2025-04-09..2025-04-24 16 10149589 18.75 83421",  # the RBI lowered it to 6.25
    ]
    assert found.compensation.amount == 0
    # The law's rate cannot be contracted away, and protects micro and small suppliers only.
    less = owed(of, "IN", "2025-04-24", small=True, rate="12")
    assert (less.interest, less.warnings) == (found.interest, (LAW_INSTEAD,))
    # Nor capped, "notwithstanding anything contained in any agreement"; a cap beyond the law's binds.
    for rate in (None, "24"):
        capped = owed(of, "IN", "2025-04-24", small=True, rate=rate, cap="12")
        assert (rows(capped), capped.warnings) == (rows(found), (LAW_INSTEAD,))
    beyond = owed(of, "IN", "2025-03-24", small=True, rate="30", cap="24")
    assert rows(beyond) == ["2025-02-25..2025-03-24 28 10000000 24 184110"]
    large = owed(of, "IN", "2025-04-24", rate="12")
    assert (large.law, large.warnings) == ("contract", (NOT_A_SMALL_SUPPLIER,))
    assert rows(large) == ["2025-04-01..2025-04-24 24 10000000 12 78904"]


def test_the_netherlands_add_each_years_interest_to_what_bears_it() -> None:
    """BW, art. 6:119a(3). EUR 10,000.00 due on 31 December 2022: after a year 520.68 + 604.93 join it."""
    found = owed(debt(due="2022-12-31"), "NL", "2024-01-31")
    assert [(step.days, step.base, step.compounded, step.amount) for step in found.steps] == [
        (181, 1_000_000, 0, 52_068),  # 10.5 %
        (184, 1_000_000, 0, 60_493),  # 12 %
        (31, 1_112_561, 112_561, 11_811),  # 12.5 %
    ]
    # An agreed rate bears no interest on interest by that.
    agreed = owed(debt(due="2022-12-31"), "NL", "2024-01-31", rate="10")
    assert {step.base for step in agreed.steps} == {1_000_000}


def test_a_contract_says_its_rate_where_it_may_and_a_cap_binds() -> None:
    # 1.5 % a month is 18 % a year; a state's usury limit of 16 % binds: 1,000.00 x 16 % x 73 / 365.
    usd = debt(100_000, due="2024-05-15", currency="USD")
    found = owed(usd, "contract", "2024-07-27", rate="18", cap="16")
    assert rows(found) == ["2024-05-16..2024-07-27 73 100000 16 3200"]
    assert found.steps[0].clause == "contract; cap"
    assert found.compensation.amount == 0
    # Nothing agreed, nothing owed.
    assert owed(usd, "contract", "2024-07-27").total == 0
    # Below the law: computed as agreed, with a warning (Directive 2011/7/EU, art. 7(1)).
    low = owed(debt(), "DE", "2024-06-30", rate="5")
    assert (low.steps[0].rate, low.warnings) == (Decimal(5), (BELOW_LAW,))
    assert (low.steps[0].reference, len(low.steps)) == (None, 1)
    # Where the law's is not known it cannot be said; what was agreed counts all the same.
    ahead = owed(debt(due="2030-05-15"), "DE", "2030-06-30", rate="5")
    assert (ahead.steps[0].rate, ahead.warnings) == (Decimal(5), ())
    for rate, cap, warning in (("5", None, BELOW_LAW), (None, "6", CAP_BELOW_LAW)):
        agreed = Agreement(
            law=LAWS["DE"],
            rate=Decimal(rate) if rate else None,
            cap=Decimal(cap) if cap else None,
        )
        assert warning in agreed.rate_at(Decimal("3.62"))[2]
    with pytest.raises(InvalidAgreement):
        Agreement(law=LAWS["DE"], rate=Decimal("-1"))


def test_disputes_credit_notes_and_instalments_split_what_bears_interest() -> None:
    dues = (Due(day("2024-01-31"), 50_000), Due(day("2024-02-29"), 50_000))
    note = Movement(day("2024-03-10"), 30_000, "credit_note")
    asked = Suspension.of_dispute(
        30_000, state="resolved_credit", opened_on=day("2024-02-20"), settled_on=day("2024-03-10")
    )
    assert asked is not None
    of = Debt(currency="EUR", dues=dues, movements=(note,), suspensions=(asked,))
    # The buyer was right: the 300.00 never bore interest, though the note came only in March.
    assert rows(owed(of, "EU", "2024-03-31")) == [
        "2024-02-01..2024-03-31 60 20000 12.5 411",
        "2024-03-01..2024-03-31 31 50000 12.5 531",
    ]
    open_ = Suspension.of_dispute(
        30_000, state="open", opened_on=day("2024-02-20"), settled_on=None
    )
    assert open_ is not None
    of = Debt(currency="EUR", dues=dues[:1], suspensions=(open_,))
    assert rows(owed(of, "EU", "2024-03-31")) == [
        "2024-02-01..2024-02-19 19 50000 12.5 325",
        "2024-02-20..2024-03-31 41 20000 12.5 281",
    ]
    rejected = Suspension.of_dispute(
        30_000, state="resolved_rejected", opened_on=day("2024-02-20"), settled_on=None
    )
    assert rejected is None


def test_fixed_sums_are_said_in_the_currency_of_the_invoice() -> None:
    # Legea 72/2013, art. 10: 40 euro in lei.
    of = debt(500_000, due="2024-05-15", currency="RON")
    assert (
        owed(of, "RO", "2024-06-30", rates={"EUR": Decimal("4.9771")}).compensation.fixed == 19_908
    )
    unknown = owed(of, "RO", "2024-06-30")
    assert unknown.compensation.missing == ("EUR",)
    assert "exchange_rate_missing" in unknown.warnings
    # Poland: 40, 70 or 100 euro by the size of the debt in zloty.
    rates = {"EUR": Decimal("4.25")}
    sums = [
        owed(debt(zloty * 100, due="2024-05-15", currency="PLN"), "PL", "2024-06-30", rates=rates)
        for zloty in (5_000, 5_001, 49_999, 50_000)
    ]
    assert [one.compensation.fixed for one in sums] == [17_000, 29_750, 29_750, 42_500]
    # It has no agreement say less than the law (art. 7(1)): 5.75 + 10.
    low = owed(debt(due="2024-05-15", currency="PLN"), "PL", "2024-06-30", rate="8", rates=rates)
    assert (low.steps[0].rate, low.warnings) == (Decimal("15.75"), (LAW_INSTEAD,))
    # Ireland: above 1,000 and above 10,000.
    irish = [owed(debt(cents), "IE", "2024-06-30") for cents in (100_000, 100_001, 1_000_001)]
    assert [one.compensation.fixed for one in irish] == [4000, 7000, 10_000]


@pytest.mark.parametrize(
    ("due", "of"),
    [
        ("2024-05-15", "2024-04-30"),
        ("2024-05-31", "2024-05-31"),  # late from 1 June on, so the month before is May
        ("2024-04-10", "2024-03-29"),  # Easter was on 31 March; Good Friday is a working day
        ("2025-01-15", "2024-12-31"),
    ],
)
def test_poland_converts_at_the_rate_of_the_last_working_day_of_the_month_before(
    due: str, of: str
) -> None:
    """Act of 8 March 2013, art. 10(1a). 4.2678 is that of the day asked for, 9 that of any other."""
    found = accrued(
        debt(400_000, due=due, currency="PLN"),
        agreement=Agreement(law=LAWS["PL"]),
        tables=SHIPPED,
        on=day(due) + timedelta(days=90),
        rates=lambda code, asked: (
            Decimal("4.2678") if (code, asked) == ("EUR", day(of)) else Decimal(9)
        ),
    ).compensation
    assert (found.fixed, found.rate_on) == (17_071, day(of))  # 40 x 4.2678 = 170.71
    assert found.clause.endswith(f"; 40 EUR x 4.2678 PLN ({of})")


def test_hungary_converts_at_the_rate_of_the_day_on_which_it_is_late_first() -> None:
    law = LAWS["HU"].compensation
    assert law is not None
    days = ["2024-05-16", "2024-05-18", "2024-05-20"]  # Thursday, Saturday, Whit Monday
    assert [str(law.exchange_day(day(one))) for one in days] == [
        "2024-05-16",
        "2024-05-17",
        "2024-05-17",
    ]


def test_germany_gives_older_debts_eight_points_and_no_fixed_sum() -> None:
    """EGBGB, art. 229 § 34: what had arisen before 29 July 2014. Base rate -0.73."""
    old = owed(debt(due="2014-07-28"), "DE", "2014-12-31", costs=12_500)
    # 10,000.00 x 7.27 % x 156 / 365
    assert rows(old) == ["2014-07-29..2014-12-31 156 1000000 7.27 31072"]
    assert "art. 229 § 34" in old.steps[0].clause
    assert (old.compensation.amount, old.compensation.left_out) == (0, 12_500)
    new = owed(debt(due="2014-07-29"), "DE", "2014-12-31")
    # 10,000.00 x 8.27 % x 155 / 365
    assert rows(new) == ["2014-07-30..2014-12-31 155 1000000 8.27 35119"]
    assert new.compensation.fixed == 4000
    # Invoiced before that day, due after it: it had arisen by then.
    invoiced = Debt(currency="EUR", dues=debt(due="2014-08-15").dues, issued_on=day("2014-07-16"))
    assert owed(invoiced, "DE", "2014-12-31").steps[0].rate == Decimal("7.27")
    # Where what held before is not known here, it is said to be another.
    assert owed(debt(due="2013-03-15"), "IT", "2013-06-30").warnings == (OLDER_THAN_LAW,)
    assert owed(debt(due="2013-03-16"), "IT", "2013-06-30").warnings == ()


def test_costs_that_are_not_owed_are_said_to_be_left_out() -> None:
    usd = debt(100_000, currency="USD")
    found = owed(usd, "contract", "2024-07-27", rate="18", costs=12_500)
    assert (found.compensation.costs, found.compensation.left_out) == (0, 12_500)
    assert (found.warnings, found.owes_costs) == ((COSTS_LEFT_OUT,), False)
    assert found.compensation.grounds == "costs of 125.00 USD left out"
    # The fixed sum cannot be said without a rate of exchange, nor what exceeds it.
    unsaid = owed(debt(currency="RON"), "RO", "2024-06-30", costs=12_500)
    assert unsaid.compensation.left_out == 12_500
    assert unsaid.warnings == (EXCHANGE_RATE_MISSING, COSTS_LEFT_OUT)
    # What the fixed sum covers is not left out, and what exceeds it is claimed.
    covered = owed(debt(), "EU", "2024-07-31", costs=3_000)
    assert (covered.total - covered.interest, covered.warnings) == (4000, ())
    assert owed(debt(), "EU", "2024-07-31", costs=9_000).compensation.costs == 5_000


def test_a_rate_that_is_not_known_is_refused_and_not_guessed() -> None:
    with pytest.raises(RateUnknown) as refused:
        owed(debt(due="2026-05-15"), "EU", "2026-07-01")
    assert refused.value.table == "ecb"
    assert refused.value.on == refused.value.first_day == day("2026-07-01")
    assert owed(debt(due="2026-05-15"), "EU", "2026-06-30").steps[0].rate == Decimal("10.15")
    longer = extended("ecb", "2026-07-01 2.00")
    found = accrued(
        debt(due="2026-05-15"),
        agreement=Agreement(law=LAWS["EU"]),
        tables=SHIPPED | {"ecb": longer},
        on=day("2026-07-02"),
    )
    assert found.steps[-1].rate == Decimal("10.00")
    with pytest.raises(RateUnknown, match="nothing of it is loaded"):
        owed(debt(), "AT", "2024-06-30")
    assert check_rate(Decimal("-0.88")) == Decimal("-0.88")
    for wrong in ("NaN", "101", "1.00001"):
        with pytest.raises(InvalidRate):
            check_rate(Decimal(wrong))


def test_a_gap_between_two_known_rates_is_not_bridged() -> None:
    """Known until 1 January 2026, and then nothing until 1 July 2027."""
    it = debt(due="2026-05-15")

    def computed(*rates: str, on: str = "2027-07-31") -> Accrual:
        tables = SHIPPED | {"ecb": extended("ecb", *rates)}
        return accrued(it, agreement=Agreement(law=LAWS["EU"]), tables=tables, on=day(on))

    with pytest.raises(RateUnknown, match="known until 2026-01-01 and again from 2027-07-01") as no:
        computed("2027-07-01 2.00")
    assert (no.value.on, no.value.first_day) == (day("2026-07-01"), day("2026-07-01"))
    with pytest.raises(RateUnknown, match="of 2027-01-01"):
        computed("2027-07-01 2.00", "2026-07-01 1.90")
    # With each half year's rate: 2.15 + 8, 1.90 + 8, 1.75 + 8, 2.00 + 8. An "until" tells two at once.
    whole = computed("2027-07-01 2.00", "2026-07-01 1.90", "2027-01-01 1.75")
    assert rows(whole) == [
        "2026-05-16..2026-06-30 46 1000000 10.15 12792",
        "2026-07-01..2026-12-31 184 1000000 9.9 49907",
        "2027-01-01..2027-06-30 181 1000000 9.75 48349",
        "2027-07-01..2027-07-31 31 1000000 10 8493",
    ]
    long = computed("2026-07-01 1.90 2027-01-01", on="2027-06-30")
    assert [step.rate for step in long.steps] == [Decimal("10.15"), Decimal("9.9"), Decimal("9.9")]
    # What is older than the first rate known is not what was in force before a gap, either.
    early = extended("nbp", "2020-05-29 0.10")
    assert early.gaps == ((day("2020-05-30"), day("2022-09-07")),)
    assert (early.on(day("2020-05-29")), early.known_until) == (Decimal("0.10"), day("2026-01-01"))


def test_a_rate_read_day_by_day_is_known_only_as_long_as_it_is_said_to_be() -> None:
    late = debt(10_000_000, due="2025-12-20", currency="INR")

    def computed(*rates: str) -> Accrual:
        tables = SHIPPED | {"rbi": extended("rbi", *rates)}
        agreed = Agreement(law=LAWS["IN"], is_small_supplier=True)
        return accrued(late, agreement=agreed, tables=tables, on=day("2026-02-20"))

    for told, first in (
        (("2026-02-06 5.25 2026-04-08",), "2026-01-01"),
        (("2026-01-01 5.50 2026-02-05", "2026-02-06 5.25"), "2026-02-07"),
    ):
        with pytest.raises(RateUnknown) as no:
            computed(*told)
        assert no.value.first_day == no.value.on == day(first)
    found = computed("2026-01-01 5.50 2026-02-05", "2026-02-06 5.25 2026-04-08")
    assert [(str(step.first), step.days, step.rate) for step in found.steps] == [
        (
            "2025-12-21",
            31,
            Decimal("16.5"),
        ),  # the same rate on both sides of the new year: one step
        ("2026-01-21", 16, Decimal("16.5")),
        ("2026-02-06", 15, Decimal("15.75")),
    ]
    assert found.steps[0].amount == 140_137  # 100,000.00 x 16.5 % x 31 / 365


def test_laws_by_country() -> None:
    assert [law_of_country(code).code for code in ("DE", "PT", "GB", "US", "IN")] == [
        "DE",
        "EU",
        "GB",
        "contract",
        "IN",
    ]
    assert {law.table for law in LAWS.values()} - {""} == set(SHIPPED)


def test_days_are_counted_as_the_conventions_say() -> None:
    first, last = day("2024-01-31"), day("2024-03-31")  # the days after 30 January
    assert [days_of(one, first=first, last=last) for one in DAY_COUNTS] == [61, 61, 60, 61]
    assert share_of_year("30e/360", first=first, last=last) == (60, 360)
    part, whole = share_of_year("act/act", first=day("2023-12-31"), last=day("2024-01-02"))
    assert Decimal(part) / whole == pytest.approx(Decimal(1) / 365 + Decimal(2) / 366)


DAYS = st.dates(date(2023, 1, 1), date(2025, 12, 31))
AMOUNTS = st.integers(1, 10**11)


@st.composite
def debts(draw: st.DrawFn) -> Debt:
    dues = tuple(Due(draw(DAYS), draw(AMOUNTS)) for _ in range(draw(st.integers(1, 3))))
    moves = tuple(
        Movement(draw(DAYS), draw(AMOUNTS), "payment") for _ in range(draw(st.integers(0, 3)))
    )
    held = tuple(
        Suspension(draw(AMOUNTS), draw(DAYS), draw(st.none() | DAYS))
        for _ in range(draw(st.integers(0, 1)))
    )
    return Debt(currency="EUR", dues=dues, movements=moves, suspensions=held)


AGREEMENTS = st.builds(
    Agreement,
    law=st.sampled_from([LAWS[code] for code in ("EU", "DE", "IT", "FR", "GB", "contract")]),
    rate=st.none() | st.decimals(0, 30, places=2),
    cap=st.none() | st.decimals(0, 30, places=2),
    day_count=st.sampled_from(DAY_COUNTS),
)


@given(debts(), AGREEMENTS, DAYS, DAYS)
def test_a_period_split_in_two_costs_the_same_but_for_the_rounding(
    of: Debt, agreement: Agreement, on: date, since: date
) -> None:
    whole = accrued(of, agreement=agreement, tables=SHIPPED, on=on)
    assert whole.total == sum(step.amount for step in whole.steps) + whole.compensation.amount
    for step in whole.steps:
        assert step.due_on < step.first <= step.last <= on
        assert step.base > 0 and step.amount >= 0
    before = accrued(of, agreement=agreement, tables=SHIPPED, on=since - timedelta(days=1))
    after = accrued(of, agreement=agreement, tables=SHIPPED, on=on, since=since)
    if since <= on:
        split = before.interest + after.interest
        assert abs(split - whole.interest) <= len(of.dues)  # one step of each due is cut
    else:
        assert after.interest == 0


@given(debts(), AGREEMENTS)
def test_nothing_before_due_and_nothing_of_what_is_paid_in_time(
    of: Debt, agreement: Agreement
) -> None:
    due = min(one.on for one in of.dues)
    assert accrued(of, agreement=agreement, tables=SHIPPED, on=due).total == 0
    paid = Movement(due, sum(one.amount for one in of.dues) + 10**12)
    in_time = Debt(currency="EUR", dues=of.dues, movements=(paid,))
    assert accrued(in_time, agreement=agreement, tables=SHIPPED, on=date(2025, 12, 31)).total == 0


def test_what_was_paid_of_interest_compounds_no_more() -> None:
    of = Debt(currency="INR", dues=(Due(day("2025-02-24"), 10_000_000),))
    paid = Debt(
        currency="INR",
        dues=of.dues,
        interest_paid=(Movement(day("2025-03-24"), 149_589, "interest"),),
    )
    assert [step.compounded for step in owed(of, "IN", "2025-04-30", small=True).steps][
        1
    ] == 149_589
    second = owed(paid, "IN", "2025-04-08", small=True).steps[1]
    assert (second.compounded, second.base) == (0, 10_000_000)
