"""Money as the ledger keeps it: a whole number of minor units and an ISO 4217 currency.

Rounding happens here only: :func:`round_half_up` for decimals, :func:`proportion` for shares of an
amount. Every conversion from a decimal amount goes through the first or refuses to round at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from typing import Final

# ISO 4217, list one: codes of money in use, without funds, metals and test codes.
_TWO_DECIMALS: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD "
    "HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK "
    "PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_NO_DECIMALS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS: Final = "BHD IQD JOD KWD LYD OMR TND"

EXPONENTS: Final[dict[str, int]] = {
    **dict.fromkeys(_TWO_DECIMALS.split(), 2),
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
}
"""Decimals of each ISO 4217 currency: how many minor-unit digits follow the point."""

LARGEST_AMOUNT: Final = 10**15
"""No single amount may exceed this many minor units; sums then stay far inside a BIGINT."""


class MoneyError(ValueError):
    """An amount that is not money: unknown currency, too many decimals, or out of range."""

    code = "invalid_amount"


class UnknownCurrency(MoneyError):
    """The code is not an ISO 4217 currency in use."""

    code = "unknown_currency"


class CurrencyMismatch(MoneyError):
    """Two amounts of different currencies were added or compared."""

    code = "currency_mismatch"


def exponent(currency: str) -> int:
    """Number of decimals of ``currency`` (0, 2 or 3; source: ISO 4217).

    Raises UnknownCurrency for anything that is not a currency in use.
    """
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency(
            f"{currency!r} is not an ISO 4217 currency in use; write three capital letters, such as EUR."
        ) from None


def round_half_up(value: Decimal) -> int:
    """The whole number nearest to ``value``, halves away from zero: the one rounding of the house."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def proportion(amount: int, *, part: int, whole: int) -> int:
    """``amount`` x ``part`` / ``whole`` to the nearest minor unit, halves up; none is negative.

    In whole numbers, since the product of two large amounts is longer than a Decimal's 28 digits.
    """
    return (2 * amount * part + whole) // (2 * whole)


def convert(amount: int, *, rate: Decimal, source: str, target: str) -> int:
    """``amount`` minor units of ``source`` in minor units of ``target``, halves away from zero.

    ``rate`` is how many units of ``target`` one unit of ``source`` is worth.
    """
    shift = exponent(target) - exponent(source)
    with localcontext(prec=40):
        return round_half_up((amount * rate).scaleb(shift))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount: ``amount`` in minor units of ``currency``. May be negative."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        if abs(self.amount) > LARGEST_AMOUNT:
            raise MoneyError(
                f"{self.amount} minor units is beyond the largest amount kept ({LARGEST_AMOUNT})."
            )

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in ``currency``."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, *, currency: str) -> Money:
        """Read a plain decimal ("1234.5", "-0.05") exactly; never rounds.

        Raises MoneyError if the text is not a decimal or has more decimals than the currency.
        """
        try:
            value = Decimal(text.strip())
        except InvalidOperation:
            raise MoneyError(
                f"{text!r} is not a decimal amount; write digits and a point, such as 1234.50."
            ) from None
        if not value.is_finite():
            raise MoneyError(f"{text!r} is not a finite amount.")
        digits = exponent(currency)
        if value.adjusted() > 18:
            raise MoneyError(
                f"{text!r} is beyond the largest amount kept ({LARGEST_AMOUNT} minor units)."
            )
        # With as many digits as the text has, shifting the point cannot round.
        minor = value.scaleb(digits, Context(prec=len(value.as_tuple().digits)))
        if minor != minor.to_integral_value():
            raise MoneyError(f"{text!r} has more than the {digits} decimals of {currency}.")
        return cls(int(minor), currency)

    @classmethod
    def rounded(cls, value: Decimal, *, currency: str) -> Money:
        """``value`` in major units, rounded half up to the currency's minor unit."""
        return cls(round_half_up(value.scaleb(exponent(currency))), currency)

    def decimal(self) -> Decimal:
        """The amount in major units, with the currency's number of decimals."""
        return Decimal(self.amount).scaleb(-exponent(self.currency))

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.currency} {self.decimal()}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(
                f"Cannot combine {self.currency} with {other.currency}; convert first."
            )
        return other.amount
