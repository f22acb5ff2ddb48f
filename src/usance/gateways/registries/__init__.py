"""Public registers: who has which VAT number, and which company stands under which number."""

from usance.gateways.registries.registry import (
    CompanyRecord,
    CompanyRegistry,
    Officer,
    TaxNumberAnswer,
    TaxNumberRegistry,
    check_number,
    look_up_company,
)

__all__ = [
    "CompanyRecord",
    "CompanyRegistry",
    "Officer",
    "TaxNumberAnswer",
    "TaxNumberRegistry",
    "check_number",
    "look_up_company",
]
