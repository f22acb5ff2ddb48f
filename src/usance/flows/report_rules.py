"""What a seller says of its reports: the cost of its money, and where buyers' segments are kept."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from usance.flows.refusals import Refused
from usance.records.identity import new_id
from usance.records.invoices.models import ReportRules
from usance.records.parties.models import Seller

LONGEST_KEY = 40


class InvalidReportRules(Refused):
    """A figure or a key that cannot be; the message names it."""

    code = "invalid_report_rules"


@transaction.atomic
def set_rules(
    seller: Seller,
    *,
    capital_rate: Decimal | None,
    segment_key: str,
    person_key: str,
    at: datetime,
) -> ReportRules:
    """Keep what the seller says; ``capital_rate`` in per cent a year, None where it says none.

    Raises InvalidReportRules.
    """
    if capital_rate is not None and not (capital_rate.is_finite() and 0 <= capital_rate <= 100):
        raise InvalidReportRules("capital_rate: give per cent a year from 0 to 100.")
    for name, key in (("segment_key", segment_key), ("person_key", person_key)):
        if not key.strip() or len(key) > LONGEST_KEY or "\x00" in key:
            raise InvalidReportRules(f"{name}: give a key of 1 to {LONGEST_KEY} characters.")
    kept, _ = ReportRules.objects.update_or_create(
        seller_id=seller.id,
        defaults={
            "capital_rate": capital_rate,
            "segment_key": segment_key.strip(),
            "person_key": person_key.strip(),
            "updated_at": at,
        },
        create_defaults={
            "id": new_id(),
            "created_at": at,
            "updated_at": at,
            "capital_rate": capital_rate,
            "segment_key": segment_key.strip(),
            "person_key": person_key.strip(),
        },
    )
    return kept
