"""Rates of value-added tax that are usual in each country, how exact a tax has to be, and which
countries are the Union.

They only help to name the rate of an amount of tax that a shop sent without one; nothing is charged by
them. Percent, the standard rate first; as in force in November 2026, with Romania's rates of before
August 2025 and Estonia's of before July 2025 for what was sold then.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from usance.rules.invoicing.totals import TOLERANCE

_USUAL: Final = {
    "AT": "20 13 10",
    "BE": "21 12 6",
    "BG": "20 9",
    "CH": "8.1 2.6 3.8",
    "CY": "19 9 5 3",
    "CZ": "21 12",
    "DE": "19 7",
    "DK": "25",
    "EE": "24 22 13 9",
    "ES": "21 10 4",
    "FI": "25.5 13.5 14 10",
    "FR": "20 10 5.5 2.1",
    "GB": "20 5",
    "GR": "24 13 6",
    "HR": "25 13 5",
    "HU": "27 18 5",
    "IE": "23 13.5 9 4.8",
    "IN": "18 5 40 12 28 3",
    "IT": "22 10 5 4",
    "LT": "21 12 9 5",
    "LU": "17 14 8 3",
    "LV": "21 12 5",
    "MT": "18 12 7 5",
    "NL": "21 9",
    "NO": "25 15 12",
    "PL": "23 8 5",
    "PT": "23 13 6",
    "RO": "21 11 19 9 5",
    "SE": "25 12 6",
    "SI": "22 9.5 5",
    "SK": "23 19 5",
}

_UNION: Final = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_COUNTRIES: Final = frozenset(_UNION.split())
"""The member states of the Union, by ISO 3166-1."""

USUAL_RATES: Final[dict[str, tuple[Decimal, ...]]] = {
    country: tuple(Decimal(rate) for rate in rates.split()) for country, rates in _USUAL.items()
}


@dataclass(frozen=True, slots=True)
class Exactness:
    """What a country asks of the tax on its sellers' documents: how far, in major units, it may be from
    taxable amount x rate, how many decimals a rate may have, and between what a rate may be."""

    tolerance: Decimal = TOLERANCE
    rate_decimals: int = 4
    rates: tuple[Decimal, Decimal] | None = None

    def rate(self, exact: Decimal) -> Decimal:
        """The rate nearest to ``exact``, not zero, that a document may name."""
        found = exact.quantize(Decimal(1).scaleb(-self.rate_decimals))
        if self.rates is not None:
            least, most = self.rates
            found = min(max(found, least), most)
        return found

    def can_name(self, rate: Decimal) -> bool:
        """Whether a document may name ``rate`` as it is; none at all is fine."""
        return not rate or self.rate(rate) == rate


_EXACTNESS: Final = {
    "IT": Exactness(
        tolerance=Decimal("0.01"), rate_decimals=2, rates=(Decimal("1.00"), Decimal("100.00"))
    ),
}
"""SdI refuses a tax more than a cent off (control 00421), a rate below one percent (00424), and the schema
of FatturaPA 1.2.3 one with more than two decimals or above a hundred (RateType)."""


def exactness_of(country: str) -> Exactness:
    """What ``country`` asks of its sellers' documents; elsewhere what EN 16931 does."""
    return _EXACTNESS.get(country, Exactness())
