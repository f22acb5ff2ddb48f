"""When pulled money may be asked for, until when it may come back, and when it is good."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.banking_days import FEDERAL_RESERVE, TARGET
from usance.rules.debits import ach_days, sepa_days
from usance.rules.debits.ach_reasons import ACH_REASONS

DAYS = st.dates(date(2017, 1, 1), date(2090, 1, 1))


def on(text: str) -> date:
    return date.fromisoformat(text)


EARLIEST = [
    # sent, told, days of notice, days before -> the first day on which money may be collected
    ("2026-12-01", None, 14, 1, "2026-12-02"),
    ("2026-12-04", None, 14, 1, "2026-12-07"),  # Friday
    ("2026-12-05", None, 14, 1, "2026-12-08"),  # Saturday: with the bank on Monday
    ("2026-12-23", None, 14, 1, "2026-12-24"),
    ("2026-12-24", None, 14, 1, "2026-12-28"),
    ("2026-04-02", None, 14, 1, "2026-04-07"),  # over Easter
    ("2026-12-01", "2026-12-01", 14, 1, "2026-12-15"),
    ("2026-12-01", "2026-12-01", 1, 1, "2026-12-02"),  # agreed on one day
    ("2026-12-01", "2026-11-01", 14, 1, "2026-12-02"),  # told long ago
    ("2026-12-01", "2026-12-11", 14, 1, "2026-12-28"),  # the 25th is closed
    ("2026-12-01", None, 14, 3, "2026-12-04"),  # a bank that wants it three days before
]


@pytest.mark.parametrize(("sent", "told", "notice", "lead", "first"), EARLIEST)
def test_the_first_day_of_a_collection(
    sent: str, told: str | None, notice: int, lead: int, first: str
) -> None:
    found = sepa_days.earliest_collection(
        on(sent), notified_on=on(told) if told else None, notice_days=notice, lead_days=lead
    )
    assert found.isoformat() == first


def test_a_core_debit_day_by_day() -> None:
    """Collected on Monday, 7 December 2026."""
    day = on("2026-12-07")
    assert sepa_days.notify_by(day) == on("2026-11-23")
    assert sepa_days.latest_submission(day) == on("2026-12-04")
    assert sepa_days.farthest_collection(on("2026-11-23")) == day
    assert sepa_days.return_until(day, scheme="CORE") == on("2026-12-14")
    assert sepa_days.refund_until(day, scheme="CORE") == on("2027-02-01")
    assert sepa_days.good_after(day, scheme="CORE") == on("2027-02-03")
    assert sepa_days.unauthorised_until(day, scheme="CORE") == on("2028-01-07")
    assert sepa_days.good_after(day, scheme="CORE", without_mandate=True) == on("2028-02-10")


def test_a_b2b_debit_day_by_day() -> None:
    day = on("2026-12-07")
    assert sepa_days.latest_submission(day) == on("2026-12-04")
    assert sepa_days.return_until(day, scheme="B2B") == on("2026-12-10")
    assert sepa_days.refund_until(day, scheme="B2B") is None
    assert sepa_days.unauthorised_until(day, scheme="B2B") is None
    assert sepa_days.good_after(day, scheme="B2B") == on("2026-12-10")
    # Over Christmas three days take a week.
    assert sepa_days.good_after(on("2026-12-23"), scheme="B2B") == on("2026-12-29")


def test_thirteen_months_end_with_a_short_month() -> None:
    assert sepa_days.unauthorised_until(on("2027-01-31"), scheme="CORE") == on("2028-02-29")


@given(sent=DAYS, told=DAYS | st.none(), lead=st.integers(1, 5))
def test_a_collection_is_never_too_early(sent: date, told: date | None, lead: int) -> None:
    first = sepa_days.earliest_collection(sent, notified_on=told, lead_days=lead)
    assert TARGET.is_working_day(first)
    assert sepa_days.latest_submission(first, lead_days=lead) >= sent
    if told is not None:
        assert sepa_days.notify_by(first) >= told


@given(settled=DAYS)
def test_money_is_good_last_where_it_may_come_back_longest(settled: date) -> None:
    b2b = sepa_days.good_after(settled, scheme="B2B")
    core = sepa_days.good_after(settled, scheme="CORE")
    without = sepa_days.good_after(settled, scheme="CORE", without_mandate=True)
    assert settled < b2b < core < without
    refund = sepa_days.refund_until(settled, scheme="CORE")
    assert refund is not None
    assert refund < core


WINDOWS = [
    # sent (New York), how much earlier the bank closes -> window, settles, what to write
    ("2026-12-01", "09:00", 0, (1, "13:00", "SD1300")),
    ("2026-12-01", "10:30", 0, (1, "13:00", "SD1300")),
    ("2026-12-01", "10:31", 0, (2, "17:00", "SD1700")),
    ("2026-12-01", "10:00", 60, (2, "17:00", "SD1700")),
    ("2026-12-01", "14:45", 0, (2, "17:00", "SD1700")),
    ("2026-12-01", "16:45", 0, (3, "18:00", "SD1800")),
    ("2026-12-01", "16:46", 0, None),
    ("2026-12-01", "16:00", 60, None),
    ("2026-11-26", "09:00", 0, None),  # Thanksgiving
    ("2026-12-05", "09:00", 0, None),
]


@pytest.mark.parametrize(("day", "hour", "minutes", "expected"), WINDOWS)
def test_three_windows_a_day(
    day: str, hour: str, minutes: int, expected: tuple[int, str, str] | None
) -> None:
    window = ach_days.same_day_window(
        time.fromisoformat(hour), on=on(day), earlier=timedelta(minutes=minutes)
    )
    found = window and (window.number, window.settles.isoformat("minutes"), window.wish)
    assert found == expected


@pytest.mark.parametrize(
    ("amounts", "day", "entry_class", "codes"),
    [
        ([1_000_000_00], "2026-12-01", "CCD", ()),
        ([1_000_000_01], "2026-12-01", "CCD", ("over_limit",)),
        ([100_000_01], "2022-03-17", "CCD", ("over_limit",)),
        ([25_000_01], "2020-03-19", "PPD", ("over_limit",)),
        ([1], "2016-09-22", "PPD", ("over_limit",)),
        ([1], "2026-12-01", "IAT", ("class_excluded",)),
        (
            [5, 1_000_000_01],
            "2026-12-25",
            "IAT",
            ("class_excluded", "no_banking_day", "over_limit"),
        ),
        ([], "2026-12-01", "CTX", ()),
    ],
)
def test_what_may_settle_on_the_same_day(
    amounts: list[int], day: str, entry_class: str, codes: tuple[str, ...]
) -> None:
    assert ach_days.same_day_faults(amounts, on=on(day), entry_class=entry_class) == codes


@pytest.mark.parametrize(
    ("wanted", "sent", "same_day", "effective"),
    [
        ("2026-12-01", "2026-12-01", False, "2026-12-02"),
        ("2026-12-01", "2026-12-01", True, "2026-12-01"),
        ("2026-12-10", "2026-12-01", False, "2026-12-10"),
        ("2026-12-12", "2026-12-01", False, "2026-12-14"),  # a Saturday
        ("2026-12-24", "2026-12-24", False, "2026-12-28"),
        ("2026-12-05", "2026-12-05", True, "2026-12-07"),  # sent on a Saturday
        ("2026-12-05", "2026-12-05", False, "2026-12-08"),
        ("2026-01-01", "2026-12-01", False, "2026-12-02"),  # overdue
    ],
)
def test_effective_dates(wanted: str, sent: str, same_day: bool, effective: str) -> None:
    found = ach_days.effective_date(on(wanted), sent_on=on(sent), same_day=same_day)
    assert found.isoformat() == effective


def test_from_when_on_the_operator_takes_entries() -> None:
    assert ach_days.earliest_submission(on("2026-12-07")) == on("2026-12-04")
    assert ach_days.earliest_submission(on("2026-12-07"), credit=True) == on("2026-12-03")
    assert ach_days.earliest_submission(on("2026-11-27")) == on("2026-11-25")  # Thanksgiving


@pytest.mark.parametrize(
    ("code", "last"),
    [
        (None, "2026-12-03"),
        ("R01", "2026-12-03"),
        ("R29", "2026-12-03"),  # a firm has no longer
        ("R05", "2027-02-01"),  # the sixtieth day is Saturday, 30 January
        ("R07", "2027-02-01"),
        ("R10", "2027-02-01"),
        ("R11", "2027-02-01"),
        ("R51", "2027-02-01"),
    ],
)
def test_until_when_an_entry_may_come_back(code: str | None, last: str) -> None:
    assert ach_days.return_until(on("2026-12-01"), code=code).isoformat() == last


def test_an_ach_debit_day_by_day() -> None:
    """Settled on Tuesday, 24 November 2026; Thursday is Thanksgiving."""
    settled = on("2026-11-24")
    assert ach_days.good_after(settled) == on("2026-11-27")
    assert ach_days.good_after(settled, consumer=True) == on("2027-01-25")
    assert ach_days.live_after_prenote(settled) == on("2026-11-30")
    assert ach_days.correct_by(settled) == on("2026-12-03")
    assert ach_days.dishonor_until(on("2026-11-27")) == on("2026-12-04")


@given(settled=DAYS)
def test_no_return_is_due_after_the_money_is_good(settled: date) -> None:
    firm = ach_days.good_after(settled)
    consumer = ach_days.good_after(settled, consumer=True)
    assert FEDERAL_RESERVE.is_working_day(firm)
    assert settled < firm < consumer
    for code in ACH_REASONS:
        assert ach_days.return_until(settled, code=code) <= consumer


@pytest.mark.parametrize(
    ("number", "near", "day"),
    [
        (1, "2026-12-31", "2027-01-01"),
        (365, "2027-01-02", "2026-12-31"),
        (335, "2026-12-01", "2026-12-01"),
        (366, "2025-01-02", "2024-12-31"),
        (366, "2026-06-01", None),
        (0, "2026-06-01", None),
    ],
)
def test_the_day_of_a_year_near_another_day(number: int, near: str, day: str | None) -> None:
    found = ach_days.settlement_from_day_of_year(number, near=on(near))
    assert (found and found.isoformat()) == day
