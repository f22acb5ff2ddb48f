"""What law and contract together say of one buyer's late payments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from usance.rules.interest.day_counts import DAY_COUNTS, DayCount
from usance.rules.interest.laws import CONTRACT, Law

USUAL_DAY_COUNT: Final[DayCount] = "act/365"
"""None of the laws here says how days are counted; courts and banks of most count so."""

BELOW_LAW: Final = "contract_below_law"
"""Warning: a rate below the statutory one may be grossly unfair, and is then not enforceable."""
CAP_BELOW_LAW: Final = "cap_below_law"
"""Warning: the cap keeps the rate below what the law gives."""
LAW_INSTEAD: Final = "law_instead_of_contract"
"""Warning: the contract says less than the law allows it to; the law's rate is used."""
OLDER_THAN_LAW: Final = "older_than_law"
"""Warning: the debt had arisen before the law was as it is computed; what held then may give less."""
NOT_A_SMALL_SUPPLIER: Final = "not_a_small_supplier"
"""Warning: the law protects micro and small suppliers only; the contract's rate is used."""


class InvalidAgreement(ValueError):
    """A rate, a cap or a day count that cannot be agreed."""

    code = "invalid_agreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The law, and what the parties agreed beside it.

    ``rate`` and ``cap`` are per cent a year: a rate takes the place of the law's where the law allows
    it, nothing is computed beyond the cap (a usury limit, where a state has one), unless the law lets no
    agreement say less than itself. ``claims_compensation``
    is whether the seller asks for the fixed sum. ``is_small_supplier`` is whether the seller is a micro
    or small enterprise registered as such (India).
    """

    law: Law
    rate: Decimal | None = None
    cap: Decimal | None = None
    day_count: DayCount = USUAL_DAY_COUNT
    claims_compensation: bool = True
    is_small_supplier: bool = False

    def __post_init__(self) -> None:
        for name in ("rate", "cap"):
            found = getattr(self, name)
            if found is not None and (not 0 <= found <= 100 or found != round(found, 4)):
                raise InvalidAgreement(
                    f"The {name} is from 0 to 100 per cent a year, with four decimals at most."
                )
        if self.day_count not in DAY_COUNTS:
            raise InvalidAgreement(f"{self.day_count!r} is none of {', '.join(DAY_COUNTS)}.")

    @property
    def in_force(self) -> Law:
        """The law that applies: the contract alone where the law does not protect this seller."""
        if self.law.small_suppliers and not self.is_small_supplier:
            return CONTRACT
        return self.law

    @property
    def owes_compensation(self) -> bool:
        """Whether the fixed sum and costs beyond it are asked for, and owed beside this rate."""
        law = self.in_force
        return (
            self.claims_compensation
            and law.compensation is not None
            and not (law.sum_beside_own_rate and self.rate is not None)
        )

    def of_debt(self, arisen_by: date) -> Agreement:
        """The agreement under the law as it holds for a debt that had arisen by that day at the latest."""
        return replace(self, law=self.law.of_debt(arisen_by))

    @property
    def needs_reference(self) -> bool:
        """Whether a reference rate is needed to know the rate."""
        law = self.in_force
        return bool(law.table) and (self.rate is None or law.contracts == "not_less")

    @property
    def compounds(self) -> int:
        """After how many months interest joins what bears it; 0: never. What the law adds to its own rate
        it does not add to an agreed one, unless that may only be higher than the law's."""
        law = self.in_force
        return law.compounds if self.rate is None or law.contracts == "not_less" else 0

    def rate_at(self, reference: Decimal | None) -> tuple[Decimal, str, tuple[str, ...]]:
        """The rate in per cent a year where the reference rate is ``reference`` (None: not needed), the
        clause that it rests on, and warnings."""
        law, warnings = self.in_force, list[str]()
        if law is not self.law:
            warnings.append(NOT_A_SMALL_SUPPLIER)
        statutory = law.rate(reference) if reference is not None and law.table else None
        rate, clause = statutory or Decimal(0), law.clause
        if self.rate is not None:
            rate, clause = self.rate, CONTRACT.clause
            if statutory is not None and rate < statutory and law.contracts == "not_less":
                rate, clause = statutory, law.clause
                warnings.append(LAW_INSTEAD)
            elif statutory is not None and rate < statutory and law.contracts == "warned":
                warnings.append(BELOW_LAW)
        if self.cap is not None and self.cap < rate:
            if statutory is not None and self.cap < statutory and law.contracts == "not_less":
                rate, clause = statutory, law.clause
                warnings.append(LAW_INSTEAD)
            else:
                rate, clause = self.cap, f"{clause}; cap"
                if statutory is not None and rate < statutory:
                    warnings.append(CAP_BELOW_LAW)
        return rate, clause, tuple(dict.fromkeys(warnings))
