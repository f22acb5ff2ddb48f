"""How an amount settles a set of items: in full, less a discount, less charges, in part, or over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from usance.rules.matching import evidence
from usance.rules.matching.model import (
    BankLine,
    EarlyPayment,
    MatchingSettings,
    OpenItem,
    Reason,
    Share,
)

How = Literal["full", "discount", "charges", "tolerance", "part", "over"]


@dataclass(frozen=True, slots=True)
class Settlement:
    """One way in which a line's amount settles items. ``weight`` is what the amount says for it."""

    how: How
    weight: int
    shares: tuple[Share, ...]
    unapplied: int
    reasons: tuple[Reason, ...]
    exact: bool
    """Whether the amount is explained to the cent."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """Discounts taken with a set of items, by item in order; ``weight`` for how usual that is."""

    amounts: tuple[int, ...]
    weight: int
    reasons: tuple[Reason, ...]


def settle(
    items: Sequence[OpenItem], *, line: BankLine, settings: MatchingSettings
) -> Settlement | None:
    """The likeliest way in which ``line`` settles all of ``items``; None if they cannot be paid so.

    ``items`` are of one buyer and of the line's currency, in the order in which they are to be paid.
    """
    invoices = [item for item in items if item.kind == "invoice"]
    notes = [item for item in items if item.kind == "credit_note"]
    credit = sum(note.outstanding for note in notes)
    due = sum(item.outstanding for item in invoices) - credit
    if not invoices or due <= 0:
        return None
    taken = _discounts(invoices, line, settings)
    for discount in taken:
        net = due - sum(discount.amounts)
        if net == line.amount:
            how: How = "discount" if any(discount.amounts) else "full"
            return _made(how, invoices, notes, discount)
    return (
        _less_charges(invoices, notes, line, settings=settings, due=due, taken=taken)
        or _within_tolerance(invoices, notes, line, settings=settings, due=due, taken=taken)
        or _part_or_over(invoices, notes, line, settings=settings, due=due)
    )


def _discounts(
    invoices: Sequence[OpenItem], line: BankLine, settings: MatchingSettings
) -> list[_Taken]:
    """None taken; all that are in time; all that are in time or a little late."""
    none = _Taken((0,) * len(invoices), evidence.IN_FULL, ())
    if not any(item.discounts for item in invoices):
        return [none]
    found = [none]
    grace = timedelta(days=settings.discount_grace_days)
    for allowed, weight in (
        (timedelta(0), evidence.DISCOUNT_IN_TIME),
        (grace, evidence.DISCOUNT_LATE),
    ):
        tiers = [_tier(item, line, allowed) for item in invoices]
        amounts = tuple(tier.amount if tier else 0 for tier in tiers)
        if any(amounts) and all(amounts != other.amounts for other in found):
            reasons = tuple(
                _discount_reason(item, tier, line)
                for item, tier in zip(invoices, tiers, strict=True)
                if tier
            )
            found.append(_Taken(amounts, weight, reasons))
    return found


def _tier(item: OpenItem, line: BankLine, grace: timedelta) -> EarlyPayment | None:
    """The largest discount that is still given on the day of the payment."""
    open_tiers = [tier for tier in item.discounts if line.paid_on <= tier.until + grace]
    return max(open_tiers, key=lambda tier: tier.amount, default=None)


def _discount_reason(item: OpenItem, tier: EarlyPayment, line: BankLine) -> Reason:
    days = (line.paid_on - tier.until).days
    what: tuple[tuple[str, str | int], ...] = (("number", item.number), ("discount", tier.amount))
    if days > 0:
        return Reason("discount_late", (*what, ("days", days)))
    return Reason("discount_in_time", (*what, ("until", tier.until.isoformat())))


def _made(
    how: How,
    invoices: Sequence[OpenItem],
    notes: Sequence[OpenItem],
    taken: _Taken,
    *,
    charges: int = 0,
    tolerance: int = 0,
    weight: int | None = None,
    reasons: tuple[Reason, ...] = (),
    exact: bool = True,
) -> Settlement:
    """Everything paid, the shortfall on the largest item."""
    largest = max(range(len(invoices)), key=lambda place: invoices[place].outstanding)
    shares = [
        Share(
            item_id=item.id,
            amount=item.outstanding - discount - (charges + tolerance if place == largest else 0),
            discount=discount,
            charges=charges if place == largest else 0,
            tolerance=tolerance if place == largest else 0,
        )
        for place, (item, discount) in enumerate(zip(invoices, taken.amounts, strict=True))
    ]
    shares += [_of_note(note) for note in notes]
    return Settlement(
        how,
        taken.weight if weight is None else weight,
        tuple(shares),
        0,
        (*taken.reasons, *reasons, *map(_netted, notes)),
        exact,
    )


def _of_note(note: OpenItem) -> Share:
    return Share(item_id=note.id, kind="credit_note", amount=note.outstanding)


def _netted(note: OpenItem) -> Reason:
    return Reason("credit_netted", (("number", note.number), ("amount", note.outstanding)))


def _less_charges(
    invoices: Sequence[OpenItem],
    notes: Sequence[OpenItem],
    line: BankLine,
    *,
    settings: MatchingSettings,
    due: int,
    taken: Sequence[_Taken],
) -> Settlement | None:
    stated = _stated_charges(line)
    largest = max(item.outstanding for item in invoices)
    for discount in taken:
        short = due - sum(discount.amounts) - line.amount
        if short <= 0 or short >= largest:
            continue
        if short == stated:
            return _made(
                "charges", invoices, notes, discount, charges=short,
                weight=evidence.CHARGES_STATED + discount.weight - evidence.IN_FULL,
                reasons=(Reason("charges_stated", (("charges", short),)),),
            )  # fmt: skip
    for discount in taken:
        short = due - sum(discount.amounts) - line.amount
        # A bank takes little of a large sum; half a small one is no charge.
        if 0 < short <= settings.charges_limit and short * 5 <= due:
            weight = evidence.ROUND_CHARGES if short % 50 == 0 else evidence.ODD_CHARGES
            return _made(
                "charges", invoices, notes, discount, charges=short,
                weight=weight + discount.weight - evidence.IN_FULL,
                reasons=(Reason("charges_deducted", (("charges", short),)),),
                exact=False,
            )  # fmt: skip
    return None


def _stated_charges(line: BankLine) -> int | None:
    if line.charges:
        return line.charges
    if line.instructed_amount is not None and line.instructed_currency in ("", line.currency):
        return line.instructed_amount - line.amount
    return None


def _within_tolerance(
    invoices: Sequence[OpenItem],
    notes: Sequence[OpenItem],
    line: BankLine,
    *,
    settings: MatchingSettings,
    due: int,
    taken: Sequence[_Taken],
) -> Settlement | None:
    largest = max(item.outstanding for item in invoices)
    for discount in taken:
        net = due - sum(discount.amounts)
        short = net - line.amount
        limit = min(settings.tolerance_amount, net * settings.tolerance_basis_points // 10_000)
        if 0 < short <= limit and short < largest:
            return _made(
                "tolerance", invoices, notes, discount, tolerance=short,
                weight=evidence.TOLERANCE + discount.weight - evidence.IN_FULL,
                reasons=(Reason("within_tolerance", (("difference", short),)),),
                exact=False,
            )  # fmt: skip
    return None


def _part_or_over(
    invoices: Sequence[OpenItem],
    notes: Sequence[OpenItem],
    line: BankLine,
    *,
    settings: MatchingSettings,
    due: int,
) -> Settlement:
    """The first in full, the next as far as the money goes; what is left over stays unapplied."""
    left = line.amount + sum(note.outstanding for note in notes)
    shares, reasons = [], list(map(_netted, notes))
    for item in invoices:
        amount = min(left, item.outstanding)
        left -= amount
        if amount:
            shares.append(Share(item_id=item.id, amount=amount, short=item.outstanding - amount))
        if amount < item.outstanding:
            what = (("number", item.number), ("open", item.outstanding - amount))
            reasons.append(Reason("part_payment", what))
    shares += [_of_note(note) for note in notes]
    if left:
        reasons.append(Reason("overpaid", (("amount", left),)))
        little = left <= settings.tolerance_amount
        weight = evidence.TOLERANCE if little else max(evidence.more(due), -90)
        return Settlement("over", weight, tuple(shares), left, tuple(reasons), False)
    if _discount_not_given(invoices, line, due):
        weight, exact = evidence.DISCOUNT_TOO_LATE, True
    else:
        exact = False
        weight = evidence.ROUND_PART if _is_fraction(line.amount, due) else evidence.part(due)
    return Settlement("part", weight, tuple(shares), 0, tuple(reasons), exact)


def _is_fraction(amount: int, due: int) -> bool:
    """A half, thirds, quarters, tenths of what was due: instalments as people agree them."""
    return any(abs(amount * parts - due * number) <= parts for parts, number in _FRACTIONS)


_FRACTIONS: Final = (
    (2, 1), (3, 1), (3, 2), (4, 1), (4, 3),
    *((10, number) for number in range(1, 10)),
)  # fmt: skip


def _discount_not_given(invoices: Sequence[OpenItem], line: BankLine, due: int) -> bool:
    largest = sum(max((t.amount for t in item.discounts), default=0) for item in invoices)
    return largest > 0 and due - largest == line.amount
