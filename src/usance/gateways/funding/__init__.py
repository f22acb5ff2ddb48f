"""Funding partners: who advances money on invoices, and the one protocol that they are spoken to by."""

from usance.gateways.funding.partner import (
    Forged,
    Funded,
    FundingPartner,
    InvoiceFacts,
    Notice,
    Offer,
    Remittance,
)

__all__ = [
    "Forged",
    "Funded",
    "FundingPartner",
    "InvoiceFacts",
    "Notice",
    "Offer",
    "Remittance",
]
