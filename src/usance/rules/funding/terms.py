"""What a funding partner asks for an advance, and what the seller truly pays for it.

The fee is kept back when the advance is paid out, so the seller receives the advance less the fee;
interest, where a programme has any, runs on what is still advanced and is paid with it. Days are
counted as the money market counts them: the days that passed over a year of 360 (act/360; the day
count of Euribor, and of the ICC's and FCI's usual factoring contracts).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Final

from usance.rules.money import proportion, round_half_up

BASIS: Final = 10_000
"""Rates are whole basis points: 10,000 are the whole."""
YEAR_OF_MONEY_MARKET: Final = 360
YEAR_OF_COMPARISON: Final = 365
LARGEST_RATE: Final = Decimal(100_000_000)
"""Per cent a year; whatever costs more than this is not told apart any more."""


class InvalidTerms(ValueError):
    """Terms that no advance can have."""

    code = "invalid_funding_terms"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTerms:
    """What an advance costs, rates in basis points of what is advanced.

    ``flat`` once; ``per_30_days`` for each 30 days begun until the expected day of payment; not less
    than ``minimum`` minor units together. ``interest`` is a yearly rate on top, act/360, for the days
    that the money is out.
    """

    flat: int = 0
    per_30_days: int = 0
    interest: int = 0
    minimum: int = 0

    def __post_init__(self) -> None:
        for name in ("flat", "per_30_days", "interest"):
            if not 0 <= getattr(self, name) <= BASIS:
                raise InvalidTerms(f"{name} is from 0 to {BASIS} basis points.")
        if self.minimum < 0:
            raise InvalidTerms("The minimum of the fee cannot be negative.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is offered for one invoice, minor units: ``advanced`` less ``fee`` is paid out at once,
    ``reserve`` stays back until the buyer pays. ``interest`` is the expected interest."""

    advanced: int
    reserve: int
    fee: int
    interest: int
    paid_out_on: date
    expected_on: date

    @property
    def payout(self) -> int:
        """What reaches the seller's bank."""
        return self.advanced - self.fee

    @property
    def cost(self) -> int:
        """Fee and interest together."""
        return self.fee + self.interest

    @property
    def days(self) -> int:
        """From the payout to the day on which the buyer is expected to pay; at least one."""
        return max((self.expected_on - self.paid_out_on).days, 1)

    @property
    def annual_rate(self) -> Decimal | None:
        """The effective annual rate in per cent; see ``effective_annual_rate``."""
        return effective_annual_rate(
            received=self.payout, repaid=self.advanced + self.interest, days=self.days
        )


def terms_for(
    amount: int,
    *,
    rate: int,
    fees: FeeTerms,
    paid_out_on: date,
    expected_on: date,
) -> Terms:
    """The terms for ``amount`` minor units outstanding, of which ``rate`` basis points are advanced.

    Raises InvalidTerms where nothing would be left to pay out.
    """
    advanced = amount * rate // BASIS
    days = max((expected_on - paid_out_on).days, 1)
    fee = fee_of(advanced, fees=fees, days=days)
    if advanced <= fee:
        raise InvalidTerms("The fee would take all of the advance.")
    return Terms(
        advanced=advanced,
        reserve=amount - advanced,
        fee=fee,
        interest=interest_of(advanced, rate=fees.interest, days=days),
        paid_out_on=paid_out_on,
        expected_on=expected_on,
    )


def fee_of(advanced: int, *, fees: FeeTerms, days: int) -> int:
    """The fee of an advance that is expected to be out for ``days``: each 30 days begun counts whole."""
    periods = -(-days // 30)
    of_rates = proportion(advanced, part=fees.flat + fees.per_30_days * periods, whole=BASIS)
    return max(of_rates, fees.minimum)


def interest_of(advanced: int, *, rate: int, days: int) -> int:
    """Interest at ``rate`` basis points a year for ``days``, act/360, halves up."""
    return proportion(advanced, part=rate * max(days, 0), whole=BASIS * YEAR_OF_MONEY_MARKET)


def effective_annual_rate(*, received: int, repaid: int, days: int) -> Decimal | None:
    """What the money costs in a year, in per cent with two decimals.

    One sum is received and one is repaid ``days`` later, so the equation of Directive 2008/48/EC,
    annex I (part I), which sets the present value of what is received equal to that of what is repaid
    with years of 365 days, has the solution ``(repaid / received) ^ (365 / days) - 1``. The directive
    is for consumers; its measure serves to compare what businesses are offered. None where nothing was
    received, or where the rate is beyond telling.
    """
    if received <= 0 or days <= 0 or repaid <= 0:
        return None
    with localcontext(prec=40):
        years = Decimal(days) / YEAR_OF_COMPARISON
        exponent = (Decimal(repaid) / received).ln() / years
        if exponent > LARGEST_RATE.ln():
            return None
        rate = (exponent.exp() - 1) * 100
        return Decimal(round_half_up(rate * 100)).scaleb(-2)


def recourse_on(due_on: date, *, days: int) -> date:
    """The day from which the partner may ask for its money back: ``days`` after the due date."""
    return due_on + timedelta(days=days)
