"""The namespaces of UBL 2.1 and the two documents of it that are invoices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_XSD: Final = "urn:oasis:names:specification:ubl:schema:xsd:"

CAC: Final = f"{_XSD}CommonAggregateComponents-2"
CBC: Final = f"{_XSD}CommonBasicComponents-2"


@dataclass(frozen=True, slots=True)
class Kind:
    """How an Invoice and a CreditNote name what they do not name alike."""

    root: str
    namespace: str
    type_code: str
    line: str
    quantity: str


INVOICE: Final = Kind(
    root="Invoice",
    namespace=f"{_XSD}Invoice-2",
    type_code="InvoiceTypeCode",
    line="InvoiceLine",
    quantity="InvoicedQuantity",
)
CREDIT_NOTE: Final = Kind(
    root="CreditNote",
    namespace=f"{_XSD}CreditNote-2",
    type_code="CreditNoteTypeCode",
    line="CreditNoteLine",
    quantity="CreditedQuantity",
)

OBJECT_CODE: Final = "130"
"""Document type (UNTDID 1001) of a reference that is the invoiced object (BT-18, BT-128)."""

PROJECT_CODE: Final = "50"
"""Document type of a reference that is the project (BT-11), which a CreditNote has no element for."""

SEPA: Final = "SEPA"
"""Scheme of the party identifier that is the bank assigned creditor identifier (BT-90)."""

NO_ORDER: Final = "NA"
"""Stands for the purchase order (BT-13) where only a sales order (BT-14) is given (Peppol BIS Billing 3)."""
