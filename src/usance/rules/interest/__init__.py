"""Late interest and compensation: what a debtor owes by law or contract for paying late.

``laws`` names each law with its clauses, ``rate_tables`` the dated reference rates they build on, and
``accrual.accrued`` adds them up in steps that the debtor can check by hand.
"""

from usance.rules.interest.accrual import Accrual, RateOf, Step, accrued
from usance.rules.interest.agreements import Agreement, InvalidAgreement
from usance.rules.interest.compensation import Compensation
from usance.rules.interest.debts import Debt, Due, Movement, Suspension
from usance.rules.interest.laws import LAWS, Law, law_of_country
from usance.rules.interest.rate_tables import RateTable, RateUnknown
from usance.rules.interest.shipped_rates import SHIPPED

__all__ = [
    "LAWS",
    "SHIPPED",
    "Accrual",
    "Agreement",
    "Compensation",
    "Debt",
    "Due",
    "InvalidAgreement",
    "Law",
    "Movement",
    "RateOf",
    "RateTable",
    "RateUnknown",
    "Step",
    "Suspension",
    "accrued",
    "law_of_country",
]
