"""How a seller collects, and when its goods may leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, Refused
from usance.formats.nacha import is_routing_number
from usance.records.debits import queries
from usance.records.debits.models import FORMATS, BuyerRules, CollectionRules
from usance.records.identity import new_id
from usance.records.parties.models import Buyer, Seller
from usance.rules.debits.schemes import SHIP_AFTER

FIELDS: Final = (
    "notice_days", "lead_days", "one_per", "automatic", "retry", "prenote", "with_first",
    "sepa_format", "ship_after", "ach_destination", "ach_destination_name", "ach_origin",
    "ach_odfi", "ach_company_id", "ach_company_name", "outbox",
)  # fmt: skip


class InvalidCollectionRules(Refused):
    """The rules of collecting make no sense; the text names the field."""

    code = "invalid_collection_rules"


@transaction.atomic
def set_rules(seller: Seller, *, at: datetime, by: str, **fields: Any) -> CollectionRules:
    """Say how the seller collects; what is not named stays. Raises InvalidCollectionRules."""
    rules = queries.collection_rules(seller_id=seller.id, at=at)
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise InvalidCollectionRules(f"There is no such rule: {', '.join(sorted(unknown))}.")
    for name, value in fields.items():
        setattr(rules, name, value)
    _check(rules)
    rules.updated_at = at
    rules.save()
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "collection_rules.changed",
        object_type="seller",
        object_id=seller.id,
        data={"changed": sorted(fields)},
    )
    journal.close()
    return rules


def _check(rules: CollectionRules) -> None:
    wrong = [
        (not 0 <= rules.notice_days <= 60, "notice_days is from 0 to 60."),
        (not 1 <= rules.lead_days <= 10, "lead_days is from 1 to 10."),
        (rules.one_per not in ("invoice", "day"), "one_per is invoice or day."),
        (rules.sepa_format not in FORMATS[:2], f"sepa_format is one of {', '.join(FORMATS[:2])}."),
        (rules.ship_after not in SHIP_AFTER, f"ship_after is one of {', '.join(SHIP_AFTER)}."),
        (
            bool(rules.ach_destination) and not is_routing_number(rules.ach_destination),
            "ach_destination is a routing number: 9 digits, of which the last checks the others.",
        ),
        (
            bool(rules.ach_odfi) and not (len(rules.ach_odfi) == 8 and rules.ach_odfi.isdigit()),
            "ach_odfi is the first 8 digits of your bank's routing number.",
        ),
        (
            bool(rules.outbox) and not rules.outbox.replace("-", "").replace("_", "").isalnum(),
            "outbox is a name of letters, digits, hyphens and underscores.",
        ),
    ]
    for is_wrong, text in wrong:
        if is_wrong:
            raise InvalidCollectionRules(text)


@transaction.atomic
def set_ship_after(
    seller: Seller, *, buyer_id: UUID, ship_after: str | None, at: datetime, by: str
) -> str:
    """Say when goods may leave for one buyer; None makes it as for the others. Returns what holds.

    Raises NotFound or InvalidCollectionRules.
    """
    if not Buyer.objects.filter(seller_id=seller.id, id=buyer_id).exists():
        raise NotFound("There is no such buyer.")
    if ship_after is not None and ship_after not in SHIP_AFTER:
        raise InvalidCollectionRules(f"ship_after is one of {', '.join(SHIP_AFTER)}.")
    if ship_after is None:
        BuyerRules.objects.filter(seller_id=seller.id, buyer_id=buyer_id).delete()
    else:
        fields = {"ship_after": ship_after, "updated_at": at}
        BuyerRules.objects.update_or_create(
            seller_id=seller.id,
            buyer_id=buyer_id,
            defaults=fields,
            create_defaults={**fields, "id": new_id(), "created_at": at},
        )
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "buyer.ship_after_changed",
        object_type="buyer",
        object_id=buyer_id,
        buyer_id=buyer_id,
        data={"ship_after": ship_after},
    )
    journal.close()
    return ship_after_of(seller, buyer_id=buyer_id, at=at)


def ship_after_of(seller: Seller, *, buyer_id: UUID, at: datetime) -> str:
    """When goods may leave for a buyer: what was said of it, else what holds for all."""
    own = queries.ship_after(seller_id=seller.id, buyer_id=buyer_id)
    return own or queries.collection_rules(seller_id=seller.id, at=at).ship_after
