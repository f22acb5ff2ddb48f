"""Notices in the buyer's own account: the last message about each account, while it is still true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from usance.flows.dunning.rechecks import is_overtaken
from usance.records.dunning import queries
from usance.records.dunning.models import DunningMessage
from usance.records.parties.models import Seller
from usance.rules.dunning.texts import Text

_SHOWN_FOR = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class AccountNotice:
    """What the account's page says, in the language of the message."""

    on: date
    level: str
    subject: str
    paragraphs: tuple[str, ...]
    language: str


def notices_for(seller: Seller, *, buyer_id: UUID, at: datetime) -> list[AccountNotice]:
    """The last message to the buyer by each currency that was to stand in its account, unless something
    in it is paid, in dispute or promised since: then there is none."""
    sent = (
        queries.messages(seller_id=seller.id, buyer_id=buyer_id, state="sent")
        .filter(sent_at__gt=at - _SHOWN_FOR)
        .order_by("-id")
    )
    latest: dict[str, DunningMessage] = {}
    for row in sent[:20]:
        latest.setdefault(row.currency, row)
    return [
        AccountNotice(
            row.on, row.level, row.subject, Text(row.subject, row.body).paragraphs, row.language
        )
        for row in latest.values()
        if "portal" in row.channels and not is_overtaken(seller, row, at=at)
    ]
