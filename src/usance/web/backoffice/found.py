"""The row at an address of the back office, or no page."""

from __future__ import annotations

from django.http import Http404

from usance.records.parties import queries as parties
from usance.records.parties.models import Buyer
from usance.web.backoffice.desk import Desk, id_in


def buyer_at(desk: Desk, public: str) -> Buyer:
    """The seller's buyer of that id. Raises Http404."""
    buyer = parties.buyer(seller_id=desk.seller.id, buyer_id=id_in(public, kind="buyer"))
    if buyer is None:
        raise Http404("There is no such buyer.")
    return buyer
