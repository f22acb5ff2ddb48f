"""Who was learnt to pay for a buyer, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from usance.records.identity import public_id
from usance.records.parties.models import Buyer
from usance.records.payments import matching_queries
from usance.web.backoffice.desk import Desk

_KINDS: Final[Mapping[str, Promise]] = {
    "account": _lazy("Account"),
    "name": _lazy("Name"),
    "text": _lazy("Words"),
}


@dataclass(frozen=True, slots=True)
class PayerRow:
    """One thing that was learnt; ``weight`` says from how many payments, in words."""

    id: UUID
    buyer: str
    kind: str
    value: str
    weight: str
    may_forget: bool


def payer_rows(desk: Desk, buyer: Buyer) -> list[PayerRow]:
    """What was learnt of who pays for the buyer; what spoke against it too."""
    return [
        PayerRow(
            id=one.id,
            buyer=public_id("buyer", buyer.id),
            kind=str(_KINDS[one.kind]),
            value=one.value,
            weight=_weight_text(one.weight),
            may_forget=desk.may("money"),
        )
        for one in matching_queries.learnt_of(seller_id=desk.seller.id, buyer_id=buyer.id)
    ]


def _weight_text(weight: int) -> str:
    if weight >= 0:
        return ngettext("%(count)s payment", "%(count)s payments", weight) % {"count": weight}
    return ngettext("%(count)s was undone", "%(count)s were undone", -weight) % {"count": -weight}
