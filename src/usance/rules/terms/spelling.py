"""The code of payment terms: short, stable, the same for the same terms. Its grammar:

    code       = { discount } ( [ deposit ] single | instalments )
    discount   = "d" percent "_" days "_"            d2_10_net_30       2 % off within 10 days
    deposit    = "dep" percent "_"                   dep30_net_60       30 % with the invoice
    single     = "due_on_receipt"                    net_0 is written so
               | "net_" days                         net_30
               | "net_" days "_eom"                  net_30_eom         then to the end of that month
               | "net_" days "_eom_" days            net_30_eom_10      and 10 days more
               | "eom_" days                         eom_10             10 days after the month's end
               | "net_" days "_eow"                  net_7_eow          then to the end of that week
               | "day_" day "_" months               day_15_1           the 15th of next month
               | "on_" yyyymmdd                      on_20261231
               | "cash_in_advance" | "cash_on_delivery"
    instalments= parts [ "_eom" ]
    parts      = count "x" days                      3x30               thirds after 30, 60, 90 days
               | "at" days { "_" days }              at0_30             halves at once and after 30
               | share "at" days { "_" share "at" days }   30at0_70at60
               | { amount "cat" days "_" } "at" days       50000cat0_at30     500.00 at once, the rest
    percent, share = digits, with at most two decimals and no zeros at the end
    amount     = minor units of the invoice's currency (c for cents)

A code has at most 24 characters, which is what the columns hold: room for two discounts before net
terms, or for three instalments with shares of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usance.rules.terms.marks import Cash, DayOfMonth, EndOfWeek, FixedDate, Part

if TYPE_CHECKING:
    from usance.rules.terms.model import Terms

LONGEST_CODE: Final = 24

_PERCENT = r"[0-9]{1,2}(\.[0-9]{1,2})?"
PATTERN: Final = (
    rf"^(d{_PERCENT}_[0-9]{{1,3}}_)*"
    rf"((dep{_PERCENT}_)?(due_on_receipt|net_[0-9]{{1,3}}(_eow|_eom(_[0-9]{{1,3}})?)?|eom_[0-9]{{1,3}}"
    r"|day_[0-9]{1,2}_[0-9]{1,2}|on_[0-9]{8})"
    r"|cash_in_advance|cash_on_delivery"
    r"|([0-9]{1,2}x[0-9]{1,3}|at[0-9]{1,3}(_[0-9]{1,3})+"
    rf"|{_PERCENT}at[0-9]{{1,3}}(_{_PERCENT}at[0-9]{{1,3}})+"
    r"|([1-9][0-9]{0,15}cat[0-9]{1,3}_)+at[0-9]{1,3})(_eom)?)$"
)
"""What every code looks like, for documents that describe the interface; not all that look so are
codes."""


def spell(terms: Terms) -> str:
    """The code of ``terms``."""
    if not (terms.tiers or terms.deposit or terms.parts):
        return _single(terms)
    discounts = "".join(f"d{percent(tier.rate)}_{tier.days}_" for tier in terms.tiers)
    deposit = f"dep{percent(terms.deposit)}_" if terms.deposit else ""
    return discounts + deposit + (_parts(terms) if terms.parts else _single(terms))


def percent(hundredths: int) -> str:
    """Hundredths of a percent as a code has them: 1250 is "12.5"."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


def _single(terms: Terms) -> str:
    match terms.mark:
        case Cash(when):
            return f"cash_{when}"
        case FixedDate(on):
            return f"on_{on:%Y%m%d}"
        case DayOfMonth(day, months):
            return f"day_{day}_{months}"
    return _counted(terms)


def _counted(terms: Terms) -> str:
    net = f"net_{terms.days}"
    if terms.mark == EndOfWeek():
        return f"{net}_eow"
    if terms.extra_days:
        return f"{net}_eom_{terms.extra_days}" if terms.days else f"eom_{terms.extra_days}"
    if terms.end_of_month:
        return f"{net}_eom"
    return net if terms.days else "due_on_receipt"


def _parts(terms: Terms) -> str:
    parts, moved = terms.parts, "_eom" if terms.end_of_month else ""
    if parts[0].amount is not None:
        fixed = "".join(f"{part.amount}cat{part.days}_" for part in parts[:-1])
        return f"{fixed}at{parts[-1].days}{moved}"
    if parts[0].share is not None:
        shares = (f"{percent(part.share or 0)}at{part.days}" for part in parts)
        return "_".join(shares) + moved
    every = parts[0].days
    if every and all(part.days == every * n for n, part in enumerate(parts, 1)):
        return f"{len(parts)}x{every}{moved}"
    return "at" + "_".join(str(part.days) for part in parts) + moved


def equal_parts(days: list[int]) -> tuple[Part, ...]:
    """Equal instalments after so many days each."""
    return tuple(Part(after) for after in days)
