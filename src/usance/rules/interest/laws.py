"""The laws on late payment between businesses: which rate, from when it is read, which fixed sum.

Member states whose law is not named here follow what Directive 2011/7/EU asks of all of them at least.
Sources are named with each law. The countries' own rules on public buyers, on consumers and on how a
payment is set against costs, interest and principal are not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Final, Literal

from usance.rules.interest.compensation import CompensationLaw, FixedSum
from usance.rules.invoicing.tax_rates import EU_COUNTRIES

Fixing = Literal["half_year", "half_year_of_start", "eve_of_start", "daily"]
"""On which day the reference rate is read: the first of the half year that each day of interest is in;
the first of the half year in which the debt became overdue, for good; the eve of that half year, for
good; or each day itself."""
Contracts = Literal["free", "warned", "not_less"]
"""What a contract may say of the rate: anything; less than the law only at the risk that it is grossly
unfair and so unenforceable; or never less than the law."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """How one law computes what paying late costs.

    The rate is ``multiple`` times the reference rate of ``table`` plus ``margin`` points, rounded up to a
    multiple of ``rounded_up_to`` where that is set. ``table`` is empty where the law has no rate of its
    own. ``compounds`` is after how many months interest joins what bears it (0: never). ``most_days`` is
    how long after acceptance a debt can fall due at most. ``small_suppliers`` restricts it to micro and small
    enterprises. ``taxed`` says that what is charged is part of a taxable supply. ``sum_beside_own_rate``
    gives the fixed sum beside the law's own interest only, not beside an agreed rate.

    ``since`` is the day from which debts have arisen that go by it as it stands here; those before go by
    ``earlier``, or where that is not known here, by the same, with a warning.
    """

    code: str
    name: str
    clause: str
    table: str = ""
    margin: Decimal = Decimal(0)
    multiple: int = 1
    rounded_up_to: Decimal | None = None
    fixing: Fixing = "half_year"
    compounds: int = 0
    most_days: int | None = None
    small_suppliers: bool = False
    contracts: Contracts = "free"
    contract_clause: str = ""
    compensation: CompensationLaw | None = None
    taxed: bool = False
    sum_beside_own_rate: bool = False
    since: date | None = None
    earlier: Law | None = None

    def of_debt(self, arisen_by: date) -> Law:
        """The law as it holds for a debt that had arisen by the day ``arisen_by`` at the latest."""
        return self.earlier if self.earlier is not None and self.is_newer_than(arisen_by) else self

    def is_newer_than(self, arisen_by: date) -> bool:
        """Whether a debt that had arisen by that day is older than the law as it stands here."""
        return self.since is not None and arisen_by < self.since

    def rate(self, reference: Decimal) -> Decimal:
        """The statutory rate, per cent a year, where the reference rate is ``reference``."""
        found = max(self.multiple * reference + self.margin, Decimal(0))
        if self.rounded_up_to is None:
            return found
        steps = (found / Decimal(self.rounded_up_to)).to_integral_value(ROUND_CEILING)
        return steps * self.rounded_up_to


def _eur(amount: int) -> tuple[FixedSum, ...]:
    return (FixedSum(Decimal(amount)),)


_EIGHT: Final = Decimal(8)
_UNFAIR: Final = "Directive 2011/7/EU, art. 7(1)"
_HALF: Final = Decimal("0.5")
_DIRECTIVE_SINCE: Final = date(2013, 3, 16)
"""Member states may leave out contracts concluded before (Directive 2011/7/EU, art. 12(1) and (4))."""

CONTRACT: Final = Law(
    code="contract",
    name="What the parties agreed",
    clause="contract",
)
"""Where no law says a rate: what was agreed, and nothing where nothing was."""

_DIRECTIVE: Final = Law(
    code="EU",
    name="Directive 2011/7/EU",
    since=_DIRECTIVE_SINCE,
    table="ecb",
    margin=_EIGHT,
    clause="Directive 2011/7/EU, art. 2(6), 2(7) and 3",
    contracts="warned",
    contract_clause=_UNFAIR,
    compensation=CompensationLaw(
        "EUR", _eur(40), "Directive 2011/7/EU, art. 6(1)", "Directive 2011/7/EU, art. 6(3)"
    ),
)


def _euro_state(
    code: str,
    name: str,
    clause: str,
    fixed: str,
    costs: str,
    *,
    margin: Decimal = _EIGHT,
    rounded_up_to: Decimal | None = None,
    sums: tuple[FixedSum, ...] | None = None,
    compounds: int = 0,
) -> Law:
    """A law that builds on the rate of the ECB and gives a fixed sum in euro."""
    return Law(
        code=code,
        name=name,
        since=_DIRECTIVE_SINCE,
        table="ecb",
        margin=margin,
        rounded_up_to=rounded_up_to,
        compounds=compounds,
        clause=clause,
        contracts="warned",
        contract_clause=_UNFAIR,
        compensation=CompensationLaw("EUR", sums or _eur(40), fixed, costs),
    )


_EURO_STATES: Final = (
    _euro_state(
        "IT",
        "Italy: D.Lgs. 231/2002",
        "D.Lgs. 231/2002, art. 2(1)(e)-(f) and 5",
        "D.Lgs. 231/2002, art. 6(2)",
        "D.Lgs. 231/2002, art. 6(2)",
    ),
    _euro_state(
        "FR",
        "France: Code de commerce",
        "Code de commerce, art. L441-10, II",
        "Code de commerce, art. L441-10, II and D441-5",
        "Code de commerce, art. L441-10, II",
        margin=Decimal(10),
    ),
    _euro_state(
        "NL",
        "Netherlands: Burgerlijk Wetboek",
        "BW, art. 6:119a and 6:120(2)",
        "BW, art. 6:96(4)",
        "BW, art. 6:96(2)(c)",
        compounds=12,  # art. 6:119a(3): each year's interest joins the sum that bears it
    ),
    _euro_state(
        "ES",
        "Spain: Ley 3/2004",
        "Ley 3/2004, art. 5 and 7(2)",
        "Ley 3/2004, art. 8(1)",
        "Ley 3/2004, art. 8(1)",
    ),
    _euro_state(
        "BE",
        "Belgium: Law of 2 August 2002",
        "Law of 2 August 2002 on late payment, art. 5",
        "Law of 2 August 2002 on late payment, art. 6",
        "Law of 2 August 2002 on late payment, art. 6",
        rounded_up_to=_HALF,
    ),
    _euro_state(
        "FI",
        "Finland: Korkolaki 633/1982",
        "Korkolaki 633/1982, 4 a § and 12 §",
        "Laki 30/2013, 10 §",
        "Laki 30/2013, 10 §",
        rounded_up_to=_HALF,
    ),
    _euro_state(
        "IE",
        "Ireland: S.I. No. 580 of 2012",
        "S.I. No. 580 of 2012, reg. 2 and 5",
        "S.I. No. 580 of 2012, reg. 9",
        "S.I. No. 580 of 2012, reg. 9",
        sums=(
            FixedSum(Decimal(40)),
            FixedSum(Decimal(70), Decimal(1000), beyond=True),
            FixedSum(Decimal(100), Decimal(10000), beyond=True),
        ),
    ),
)

_GERMANY_BEFORE: Final = Law(
    code="DE",
    name="Germany: BGB",
    table="de_base",
    margin=_EIGHT,
    clause="BGB § 247 and § 288(2) as before 29 July 2014, EGBGB art. 229 § 34",
    contracts="free",
)
"""Debts that had arisen before 29 July 2014: eight points, and no fixed sum."""

_OTHERS: Final = (
    Law(
        code="DE",
        name="Germany: BGB",
        since=date(2014, 7, 29),
        earlier=_GERMANY_BEFORE,
        table="de_base",
        margin=Decimal(9),
        clause="BGB § 247 and § 288(2)",
        contracts="warned",
        contract_clause="BGB § 288(6) and § 271a",
        compensation=CompensationLaw("EUR", _eur(40), "BGB § 288(5)", "BGB § 288(4) and (5)"),
    ),
    Law(
        code="AT",
        name="Austria: UGB",
        since=_DIRECTIVE_SINCE,
        table="at_base",
        margin=Decimal("9.2"),
        clause="UGB § 456",
        contracts="warned",
        contract_clause="UGB § 459",
        compensation=CompensationLaw("EUR", _eur(40), "UGB § 458", "UGB § 458, ABGB § 1333(2)"),
    ),
    Law(
        code="RO",
        name="Romania: OG 13/2011 and Legea 72/2013",
        since=date(2013, 4, 5),
        table="bnr",
        margin=_EIGHT,
        clause="OG 13/2011, art. 3(2^1), Legea 72/2013, art. 4",
        contracts="warned",
        contract_clause="Legea 72/2013, art. 12-14",
        compensation=CompensationLaw(
            "EUR", _eur(40), "Legea 72/2013, art. 10", "Legea 72/2013, art. 9-10"
        ),
    ),
    Law(
        code="PL",
        name="Poland: Act of 8 March 2013",
        since=date(2020, 1, 1),  # until then 8 points and EUR 40 for every debt
        table="nbp",
        margin=Decimal(10),
        clause="Act of 8 March 2013 on excessive delays, art. 4(3)(b), 7 and 11b",
        contracts="not_less",  # art. 7(1): unless the parties agreed on higher interest
        contract_clause="Act of 8 March 2013 on excessive delays, art. 7(1) and 13",
        compensation=CompensationLaw(
            "EUR",
            (
                FixedSum(Decimal(40)),
                FixedSum(Decimal(70), Decimal(5000), beyond=True),
                FixedSum(Decimal(100), Decimal(50000)),
            ),
            "Act of 8 March 2013 on excessive delays, art. 10(1) and (1a)",
            "Act of 8 March 2013 on excessive delays, art. 10(2)",
            bounds_in="PLN",
            converted_on="month_before",
            calendar="PL",
        ),
    ),
    Law(
        code="CZ",
        name="Czechia: Government Regulation 351/2013",
        since=date(2014, 1, 1),
        table="cnb",
        margin=_EIGHT,
        fixing="half_year_of_start",
        clause="Government Regulation 351/2013 Sb., § 2",
        contracts="warned",
        contract_clause=_UNFAIR,
        compensation=CompensationLaw(
            "CZK",
            _eur(1200),
            "Government Regulation 351/2013 Sb., § 3",
            "Directive 2011/7/EU, art. 6(3)",
        ),
    ),
    Law(
        code="HU",
        name="Hungary: Civil Code",
        since=date(2014, 3, 15),
        table="mnb",
        margin=_EIGHT,
        clause="Ptk. (Act V of 2013), 6:155 §",
        contracts="warned",
        contract_clause="Ptk. (Act V of 2013), 6:155 §",
        compensation=CompensationLaw(
            "EUR",
            _eur(40),
            "Act IX of 2016",
            "Directive 2011/7/EU, art. 6(3)",
            converted_on="start",
            calendar="HU",
        ),
    ),
    Law(
        code="SE",
        name="Sweden: Räntelagen",
        since=_DIRECTIVE_SINCE,
        table="riksbank",
        margin=_EIGHT,
        clause="Räntelagen (1975:635), 6 § and 9 §",
        contracts="warned",
        contract_clause=_UNFAIR,
        compensation=CompensationLaw(
            "SEK", _eur(450), "Lag (1981:739), 4 a §", "Directive 2011/7/EU, art. 6(3)"
        ),
    ),
    Law(
        code="DK",
        name="Denmark: Renteloven",
        since=_DIRECTIVE_SINCE,
        table="dn",
        margin=_EIGHT,
        clause="Renteloven, § 5",
        contracts="warned",
        contract_clause=_UNFAIR,
        compensation=CompensationLaw(
            "DKK", _eur(310), "Renteloven, § 9 a", "Directive 2011/7/EU, art. 6(3)"
        ),
    ),
    Law(
        code="GB",
        name="United Kingdom: Late Payment of Commercial Debts (Interest) Act 1998",
        table="boe",
        margin=_EIGHT,
        fixing="eve_of_start",
        clause="Late Payment Act 1998, s. 1, 4 and 6; S.I. 2002/1675, art. 4",
        contracts="warned",
        contract_clause="Late Payment Act 1998, s. 8 and 9",
        compensation=CompensationLaw(
            "GBP",
            (
                FixedSum(Decimal(40)),
                FixedSum(Decimal(70), Decimal(1000)),
                FixedSum(Decimal(100), Decimal(10000)),
            ),
            "Late Payment Act 1998, s. 5A(2)",
            "Late Payment Act 1998, s. 5A(2A)",
        ),
        sum_beside_own_rate=True,  # s. 5A(1): once statutory interest begins to run; s. 8(2)
    ),
    Law(
        code="IN",
        name="India: MSMED Act 2006",
        table="rbi",
        multiple=3,
        fixing="daily",
        compounds=1,
        most_days=45,
        small_suppliers=True,
        clause="MSMED Act 2006, s. 15 and 16",
        contracts="not_less",
        contract_clause="MSMED Act 2006, s. 16",
        taxed=True,  # CGST Act 2017, s. 15(2)(d)
    ),
)

LAWS: Final[dict[str, Law]] = {
    law.code: law for law in (CONTRACT, _DIRECTIVE, *_EURO_STATES, *_OTHERS)
}
"""Every law by its code: the ISO country's, ``EU`` for the Directive, ``contract`` for none."""


def law_of_country(country: str) -> Law:
    """The law of an ISO country: its own, the Directive's default in the Union, else the contract's."""
    if country in LAWS:
        return LAWS[country]
    return _DIRECTIVE if country in EU_COUNTRIES else CONTRACT


def tables_of(laws: Iterable[Law]) -> list[str]:
    """The reference rates that ``laws`` need, each once, in their order."""
    return list(dict.fromkeys(law.table for law in laws if law.table))
