"""How a seller's exchange rates are stored, and what follows from a new one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from usance.flows.group_limits import follow_groups
from usance.flows.journal import Journal
from usance.flows.refusals import Refused
from usance.records.credit.models import ExchangeRate
from usance.records.parties.models import Seller
from usance.rules.money import exponent

LARGEST_RATE: Final = Decimal(10) ** 9
DECIMALS: Final = 12


class InvalidRate(Refused):
    """A rate says what one unit of a currency is worth in another: more than 0, at most 12 decimals."""

    code = "invalid_rate"


@transaction.atomic
def set_rate(
    seller: Seller,
    *,
    source: str,
    target: str,
    rate: Decimal,
    on: date,
    at: datetime,
    by: str,
    origin: str = "",
) -> ExchangeRate:
    """From the day ``on`` one unit of ``source`` is worth ``rate`` of ``target``.

    Rates are kept, never changed; of several for a day the last one written counts. Limits that
    follow a group's in another currency are converted anew. Raises UnknownCurrency or InvalidRate.
    """
    exponent(source)
    exponent(target)
    digits = rate.as_tuple().exponent
    if source == target or not rate.is_finite() or not 0 < rate <= LARGEST_RATE:
        raise InvalidRate(" ".join((InvalidRate.__doc__ or "").split()))
    if isinstance(digits, int) and -digits > DECIMALS:
        raise InvalidRate(f"{rate} has more than {DECIMALS} decimals.")
    stored = ExchangeRate.objects.create(
        seller=seller,
        created_at=at,
        source=source,
        target=target,
        rate=rate,
        on=on,
        origin=origin,
    )
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "exchange_rate.set",
        object_type="exchange_rate",
        object_id=stored.id,
        data={"source": source, "target": target, "rate": str(rate), "on": on},
    )
    follow_groups(journal)
    journal.close()
    return stored
