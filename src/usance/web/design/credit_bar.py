"""The drawing of a credit line: where each bucket begins on the bar, and how wide it is.

The bar runs from nothing to limit + tolerance, or further where more than that is used. Receivable,
external items and commitments stand one after the other; unapplied cash covers the last of them,
since that much is not owed any more. What is left up to limit + tolerance is available:

    exposure  = commitments + receivable + external - unapplied cash
    available = limit + tolerance - exposure
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from usance.rules.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditBuckets:
    """The parts of a credit line's exposure, each zero or more, all in one currency."""

    limit: Money
    tolerance: Money
    commitments: Money
    receivable: Money
    external: Money
    unapplied_cash: Money

    @property
    def used(self) -> Money:
        """What the buyer has drawn, before cash that waits to be applied."""
        return self.receivable + self.external + self.commitments

    @property
    def exposure(self) -> Money:
        """What the seller stands to lose."""
        return self.used - self.unapplied_cash

    @property
    def ceiling(self) -> Money:
        """Limit and tolerance together."""
        return self.limit + self.tolerance

    @property
    def available(self) -> Money:
        """What can still be authorized; negative where the ceiling is passed."""
        return self.ceiling - self.exposure

    @property
    def over(self) -> Money:
        """How far exposure is past the ceiling; nothing while it is not."""
        return -self.available if self.available.amount < 0 else Money.zero(self.limit.currency)

    @property
    def utilization(self) -> Decimal:
        """Exposure as a share of the limit; nothing of nothing is nothing."""
        if not self.limit.amount:
            return Decimal(0)
        return Decimal(self.exposure.amount) / Decimal(self.limit.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A stretch of the bar, in percent of its width, ready to be an attribute."""

    bucket: str
    x: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendLine:
    """A bucket in words and figures."""

    bucket: str
    label: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditDrawing:
    """Everything the template of the bar needs; it computes nothing."""

    buckets: CreditBuckets
    areas: tuple[Area, ...]
    limit_at: str
    legend: tuple[LegendLine, ...]


def draw(buckets: CreditBuckets) -> CreditDrawing:
    """Lay the buckets out on the bar."""
    return CreditDrawing(
        buckets=buckets,
        areas=tuple(_areas(buckets)),
        limit_at=_share(buckets.limit.amount, _scale(buckets)),
        legend=tuple(_legend(buckets)),
    )


def _scale(buckets: CreditBuckets) -> int:
    return max(buckets.ceiling.amount, buckets.used.amount, buckets.exposure.amount, 1)


def _share(part: int, whole: int) -> str:
    # A string, so that no locale turns the point of the attribute into a comma.
    return f"{Decimal(part) * 100 / Decimal(whole):.2f}%"


def _areas(buckets: CreditBuckets) -> Iterator[Area]:
    whole = _scale(buckets)
    start = 0
    for bucket in ("receivable", "external", "commitments"):
        amount = getattr(buckets, bucket).amount
        if amount:
            yield Area(bucket=bucket, x=_share(start, whole), width=_share(amount, whole))
        start += amount
    covered = min(buckets.unapplied_cash.amount, start)
    if covered:
        yield Area(bucket="cash", x=_share(start - covered, whole), width=_share(covered, whole))
    over = buckets.over.amount
    if over:
        begins = start - covered - over
        yield Area(bucket="over", x=_share(begins, whole), width=_share(over, whole))


def _legend(buckets: CreditBuckets) -> Iterator[LegendLine]:
    yield LegendLine(bucket="receivable", label=gettext("Open invoices"), amount=buckets.receivable)
    yield LegendLine(
        bucket="external", label=gettext("Open items outside Usance"), amount=buckets.external
    )
    yield LegendLine(
        bucket="commitments",
        label=gettext("Authorized, not yet invoiced"),
        amount=buckets.commitments,
    )
    yield LegendLine(
        bucket="cash",
        label=gettext("Unapplied cash, deducted"),
        amount=-buckets.unapplied_cash,
    )
    if buckets.over:
        yield LegendLine(bucket="over", label=gettext("Over the limit"), amount=buckets.over)
    else:
        yield LegendLine(bucket="free", label=gettext("Available"), amount=buckets.available)
