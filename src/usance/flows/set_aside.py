"""Bank lines whose booking failed: kept with the reason, tried again later, so that others go on."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from usance.flows.refusals import NotFound
from usance.records.parties.models import Seller
from usance.records.payments.models import BankTransaction, SetAsideLine

LOG: Final = logging.getLogger(__name__)
OF_THE_DATABASE: Final = (OperationalError, InterfaceError)
_LIMIT_EXCEEDED: Final = "54"
"""The class of errors (PostgreSQL, appendix A) by which a line itself is too much: a key that is too long
for an index, a statement that is too complex. They come again however often one tries."""

FIRST_WAIT: Final = timedelta(hours=1)
LONGEST_WAIT: Final = timedelta(days=1)


def is_passing(error: Exception) -> bool:
    """Whether the database failed, and not the line: a lock that was not given, a connection that was
    lost. What is tried again then may well succeed."""
    if not isinstance(error, OF_THE_DATABASE):
        return False
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return not state.startswith(_LIMIT_EXCEEDED)


@transaction.atomic
def set_aside(
    seller: Seller, line: BankTransaction, *, error: Exception, at: datetime
) -> SetAsideLine:
    """Keep that booking ``line`` ended in ``error``; it is tried again after an hour, then after twice
    as long each time, at most a day."""
    LOG.error("Bank line %s of seller %s is set aside.", line.id, seller.id, exc_info=error)
    known = SetAsideLine.objects.filter(seller_id=seller.id, bank_transaction_id=line.id).first()
    kept = known or SetAsideLine(
        seller_id=seller.id, created_at=at, bank_transaction_id=line.id, attempts=0
    )
    kept.attempts += 1
    kept.code = str(getattr(error, "code", "") or type(error).__name__)
    kept.reason = (str(error) or type(error).__name__)[:2000]
    kept.tried_at = at
    kept.again_at = at + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(kept.attempts - 1, 8))
    kept.save(force_insert=known is None)
    return kept


@transaction.atomic
def try_again(seller: Seller, *, line_id: UUID, at: datetime) -> None:
    """Let the next settling take the line again. Raises NotFound if it is not set aside."""
    found = SetAsideLine.objects.filter(seller_id=seller.id, bank_transaction_id=line_id)
    if not found.update(again_at=at):
        raise NotFound("There is no such line set aside.")


def forget(seller_id: UUID, lines: Iterable[BankTransaction]) -> None:
    """These lines are payments now, or claimed."""
    ids = [line.id for line in lines]
    SetAsideLine.objects.filter(seller_id=seller_id, bank_transaction_id__in=ids).delete()
