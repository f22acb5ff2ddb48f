"""Which documents must be registered with India's portal before they are invoices.

CGST Rules 2017, rule 48(4) and (5): a supplier above the turnover that is notified prepares invoices and
credit notes to registered persons, and for exports, through the portal; any other document "shall not be
treated as an invoice". Invoices to consumers are none of these (notification 13/2020, Central Tax).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from usance.rules.invoicing.national import IndianBuyer, IndianSeller
from usance.rules.invoicing.profiles import BillingProfileView, SellerDetailsView

CANCELLED_WITHIN: Final = timedelta(hours=24)
"""How long after its acknowledgement the portal cancels a number."""
FIRST: Final = 1
"""The revision of a document that people read, as it was issued."""
REGISTERED: Final = 2
"""The revision that bears what the portal signed."""


def must_register(*, seller: SellerDetailsView, profile: BillingProfileView) -> bool:
    """Whether what ``seller`` issues to the buyer of ``profile`` is an invoice only once it is
    registered."""
    if not (isinstance(seller.national, IndianSeller) and seller.national.e_invoicing):
        return False
    buyer = profile.national
    registered = isinstance(buyer, IndianBuyer) and bool(buyer.gstin)
    return registered or profile.address.country != "IN"


def cancelled_too_late(*, acknowledged_at: datetime, cancelled_at: datetime) -> bool:
    """Whether the portal would not have cancelled then what it acknowledged."""
    return not acknowledged_at <= cancelled_at <= acknowledged_at + CANCELLED_WITHIN
