"""Credit bureaus: what they think a company is good for."""

from usance.gateways.bureaus.bureau import (
    BureauMonitoring,
    Changed,
    Changes,
    CompanyMatch,
    CompanyMatches,
    CompanyQuery,
    CreditBureau,
    CreditReport,
    fetch_report,
)

__all__ = [
    "BureauMonitoring",
    "Changed",
    "Changes",
    "CompanyMatch",
    "CompanyMatches",
    "CompanyQuery",
    "CreditBureau",
    "CreditReport",
    "fetch_report",
]
