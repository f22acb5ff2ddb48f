"""The drawing of a credit line adds up to the same figures as the ledger's formula."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from usance.rules.money import Money
from usance.web.design.credit_bar import CreditBuckets, draw

amounts = st.integers(min_value=0, max_value=10**12)


def buckets(**minor: int) -> CreditBuckets:
    names = ("limit", "tolerance", "commitments", "receivable", "external", "unapplied_cash")
    return CreditBuckets(**{name: Money(minor.get(name, 0), "EUR") for name in names})


def spans(credit: CreditBuckets) -> dict[str, tuple[Decimal, Decimal]]:
    return {
        area.bucket: (Decimal(area.x.rstrip("%")), Decimal(area.width.rstrip("%")))
        for area in draw(credit).areas
    }


def test_the_buckets_stand_one_after_the_other() -> None:
    credit = buckets(
        limit=1000_00, receivable=500_00, external=100_00, commitments=200_00, unapplied_cash=50_00
    )
    assert spans(credit) == {
        "receivable": (0, 50),
        "external": (50, 10),
        "commitments": (60, 20),
        "cash": (75, 5),
    }
    assert draw(credit).limit_at == "100.00%"
    assert credit.available == Money(250_00, "EUR")
    assert credit.utilization == Decimal("0.75")


def test_tolerance_stretches_the_bar_past_the_limit() -> None:
    assert draw(buckets(limit=800_00, tolerance=200_00)).limit_at == "80.00%"


def test_what_is_over_the_ceiling_is_marked() -> None:
    credit = buckets(limit=800_00, receivable=1000_00)
    assert spans(credit)["over"] == (80, 20)
    assert credit.over == Money(200_00, "EUR")
    assert [line.bucket for line in draw(credit).legend][-1] == "over"


def test_an_empty_line_has_nothing_to_draw() -> None:
    assert draw(buckets()).areas == ()
    assert buckets().utilization == 0


@given(st.builds(lambda *parts: parts, *[amounts] * 6))
def test_every_area_lies_on_the_bar(parts: tuple[int, ...]) -> None:
    names = ("limit", "tolerance", "commitments", "receivable", "external", "unapplied_cash")
    credit = buckets(**dict(zip(names, parts, strict=True)))
    assert credit.available + credit.exposure == credit.limit + credit.tolerance
    for start, width in spans(credit).values():
        assert start >= 0
        assert start + width <= Decimal("100.01")
    legend = {line.bucket: line.amount for line in draw(credit).legend}
    assert legend.get("free", -credit.over) == credit.available
