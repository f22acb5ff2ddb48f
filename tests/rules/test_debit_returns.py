"""What is made of money that came back, by the reason that the bank gives."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from usance.rules.debits.ach_reasons import ACH_REASONS, SIXTY_DAYS
from usance.rules.debits.corrections import CHANGES, change, is_refusal
from usance.rules.debits.reasons import Cause, Retry, table
from usance.rules.debits.returns import may_try_again, next_step, return_reason
from usance.rules.debits.sepa_reasons import SEPA_REASONS

SETTLED = date(2026, 12, 1)


def test_every_code_in_use_is_known() -> None:
    numbers = {*range(1, 48), *range(50, 54), *range(61, 78), *range(80, 86)}
    assert set(ACH_REASONS) == {f"R{number:02}" for number in numbers}
    # EPC173-14, the reasons that the two schemes provide for.
    named = (
        "AC01 AC04 AC06 AC13 AG01 AG02 AM04 AM05 BE05 CNOR DNOR FF01 FF05 FOCR MD01 MD02 MD06 MD07"
        " MS02 MS03 RC01 RR01 RR02 RR03 RR04 SL01 ED05 TM01"
    )
    assert set(SEPA_REASONS) >= set(named.split())
    assert len(SEPA_REASONS) == 88


@pytest.mark.parametrize("scheme", ["sepa", "ach"])
def test_every_reason_is_whole(scheme: str) -> None:
    for code, reason in (SEPA_REASONS if scheme == "sepa" else ACH_REASONS).items():
        assert reason.code == code
        assert reason.cause in get_args(Cause), code
        assert reason.retry in get_args(Retry), code
        assert (reason.retry == "again") == (reason.most_retries > 0), code
        assert reason.meaning[0].isupper(), code
        assert reason.meaning.endswith("."), code
        # What is unauthorised or has no mandate is not simply sent again.
        if reason.unauthorised or reason.ends_mandate or reason.ends_account:
            assert reason.retry != "again", code
        if reason.unauthorised and reason.retry != "corrected":
            assert reason.ends_mandate or reason.cause in ("unauthorised", "law"), code


EXPECTED = [
    # scheme, code -> cause, retry, retries, ends mandate, ends account, buyer's fault, unauthorised
    ("ach", "R01", ("funds", "again", 2, False, False, True, False)),
    ("ach", "R02", ("account", "agreed", 0, False, True, True, False)),
    ("ach", "R03", ("account", "corrected", 0, False, True, False, False)),
    ("ach", "R07", ("unauthorised", "agreed", 0, True, False, False, True)),
    ("ach", "R08", ("refused", "agreed", 0, False, False, True, False)),
    ("ach", "R09", ("funds", "again", 2, False, False, True, False)),
    ("ach", "R10", ("unauthorised", "agreed", 0, True, False, False, True)),
    ("ach", "R11", ("unauthorised", "corrected", 0, False, False, False, True)),
    ("ach", "R16", ("law", "never", 0, False, True, False, False)),
    ("ach", "R24", ("duplicate", "never", 0, False, False, False, False)),
    ("ach", "R29", ("unauthorised", "agreed", 0, True, False, False, True)),
    ("sepa", "AM04", ("funds", "again", 2, False, False, True, False)),
    ("sepa", "AC04", ("account", "agreed", 0, False, True, True, False)),
    ("sepa", "AC13", ("account", "agreed", 0, True, True, False, False)),
    ("sepa", "MD01", ("unauthorised", "agreed", 0, True, False, False, True)),
    ("sepa", "MD06", ("refused", "agreed", 0, False, False, True, False)),
    ("sepa", "MD07", ("person", "never", 0, True, True, False, False)),
    ("sepa", "MS02", ("refused", "agreed", 0, False, False, True, False)),
    ("sepa", "MS03", ("bank", "again", 1, False, False, False, False)),
    ("sepa", "TM01", ("data", "again", 2, False, False, False, False)),
]


@pytest.mark.parametrize(("scheme", "code", "expected"), EXPECTED)
def test_what_the_common_reasons_mean(
    scheme: str, code: str, expected: tuple[str, str, int, bool, bool, bool, bool]
) -> None:
    reason = return_reason(code, scheme="sepa" if scheme == "sepa" else "ach")
    assert (
        reason.cause,
        reason.retry,
        reason.most_retries,
        reason.ends_mandate,
        reason.ends_account,
        reason.buyer_fault,
        reason.unauthorised,
    ) == expected


def test_returns_that_a_consumer_may_bring_about_late() -> None:
    assert set(ACH_REASONS) > SIXTY_DAYS
    assert {"R05", "R07", "R10", "R11"} <= SIXTY_DAYS
    assert not {"R01", "R29", "R02"} & SIXTY_DAYS


def test_a_code_that_nobody_knows_ends_nothing() -> None:
    reason = return_reason(" xx99 ", scheme="sepa")
    assert (reason.code, reason.known, reason.retry) == ("XX99", False, "never")
    assert "XX99" in reason.meaning
    assert not (reason.ends_mandate or reason.ends_account or reason.unauthorised)
    assert next_step(reason, tries=1, first_settled_on=SETTLED, on=SETTLED) == "look_at_it"


@pytest.mark.parametrize(
    ("tries", "day", "may"),
    [
        (1, "2026-12-03", True),
        (2, "2026-12-20", True),
        (3, "2026-12-20", False),  # sent three times in all
        (1, "2027-05-30", True),  # the 180th day
        (1, "2027-05-31", False),
    ],
)
def test_an_unpaid_debit_is_sent_at_most_three_times(tries: int, day: str, may: bool) -> None:
    reason = return_reason("R01", scheme="ach")
    found = may_try_again(reason, tries=tries, first_settled_on=SETTLED, on=date.fromisoformat(day))
    assert found is may


@pytest.mark.parametrize(
    ("scheme", "code", "tries", "step"),
    [
        ("ach", "R01", 1, "try_again"),
        ("ach", "R01", 3, "look_at_it"),
        ("ach", "R02", 1, "ask_for_account"),
        ("ach", "R10", 1, "ask_for_mandate"),
        ("ach", "R11", 1, "correct_and_try_again"),
        ("ach", "R18", 1, "correct_and_try_again"),
        ("ach", "R08", 1, "look_at_it"),
        ("ach", "R68", 1, "nothing"),
        ("ach", "R73", 1, "look_at_it"),
        ("sepa", "AM04", 2, "try_again"),
        ("sepa", "AC04", 1, "ask_for_account"),
        ("sepa", "MD01", 1, "ask_for_mandate"),
        ("sepa", "MD06", 1, "look_at_it"),
        ("sepa", "BE05", 1, "correct_and_try_again"),
    ],
)
def test_what_follows(scheme: str, code: str, tries: int, step: str) -> None:
    reason = return_reason(code, scheme="sepa" if scheme == "sepa" else "ach")
    assert next_step(reason, tries=tries, first_settled_on=SETTLED, on=SETTLED) == step


@pytest.mark.parametrize(
    ("code", "stage"),
    [
        ("R01", "return"),
        ("R61", "dishonored"),
        ("R70", "dishonored"),
        ("R71", "contested"),
        ("R80", "return"),
    ],
)
def test_whose_turn_it_is(code: str, stage: str) -> None:
    assert ACH_REASONS[code].stage == stage


def test_a_code_stands_once_in_a_table() -> None:
    row = "R01 funds again:2 B Too little money.\n"
    with pytest.raises(ValueError, match="twice"):
        table(row + row, scheme="ach")


def test_what_notifications_correct() -> None:
    assert {code: each.fields for code, each in CHANGES.items() if each.fields} == {
        "C01": ("account",),
        "C02": ("routing_number",),
        "C03": ("routing_number", "account"),
        "C04": ("name",),
        "C05": ("transaction_code",),
        "C06": ("account", "transaction_code"),
        "C07": ("routing_number", "account", "transaction_code"),
        "C09": ("identification",),
    }
    assert set(CHANGES) == {f"C{n:02}" for n in (*range(1, 15), *range(61, 70))}
    assert [code for code in CHANGES if is_refusal(code)] == [f"C{n}" for n in range(61, 70)]
    assert change("C99").fields == ()
    assert "C99" in change("C99").meaning
