"""A message as a letter to be posted: set from what was sent, and only while all of it is still owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from usance.flows import pay_links
from usance.flows.document_writers import About, language_of
from usance.flows.dunning.composing import stages_of
from usance.flows.dunning.rechecks import is_overtaken
from usance.flows.refusals import Conflict, NotFound, Refused
from usance.formats.errors import FormatError
from usance.formats.invoice_pdf import (
    Language,
    Notice,
    NoticeItem,
    NoticeLabels,
    render_notice,
)
from usance.records.collections import queries as collections
from usance.records.dunning import queries
from usance.records.dunning.models import DunningMessage
from usance.records.parties.models import Seller
from usance.rules.dunning.texts import Text, words_in
from usance.rules.dunning.words import Words
from usance.rules.money import Money


class LetterOvertaken(Conflict):
    """What the letter demands is paid, in dispute or promised since; do not post it."""

    code = "letter_overtaken"


class CannotWriteLetter(Refused):
    """The letter cannot be typeset; the text says why."""

    code = "letter_unavailable"


def letter_pdf(seller: Seller, *, message_id: UUID, at: datetime) -> bytes:
    """The letter of a message that was sent, as PDF.

    Raises NotFound, LetterOvertaken, or CannotWriteLetter.
    """
    row = queries.message(seller_id=seller.id, message_id=message_id)
    if row is None or row.state == "queued":
        raise NotFound("There is no such letter.")
    if row.state != "sent" or is_overtaken(seller, row, at=at):
        raise LetterOvertaken(" ".join((LetterOvertaken.__doc__ or "").split()))
    about = About(seller, row.buyer_id, at=at)
    notice = _notice(row, about, words=words_in(row.language))
    try:
        return render_notice(
            notice, language=cast("Language", language_of(row.language)), brand=about.brand
        )
    except FormatError as error:
        raise CannotWriteLetter(str(error)) from error


def _notice(row: DunningMessage, about: About, *, words: Words) -> Notice:
    link = None
    if row.pay_link_id is not None:
        link = collections.pay_link(seller_id=row.seller_id, link_id=row.pay_link_id)
    address = pay_links.address_of(link) if link else ""
    return Notice(
        seller=about.details.party(),
        buyer=about.profile.party(),
        currency=row.currency,
        on=row.on,
        title=row.subject,
        greeting=words.greeting,
        paragraphs=Text(row.subject, row.body).paragraphs,
        demanded=_items((one for one in row.items if one["level"]), row.currency, words=words),
        also=_items((one for one in row.items if not one["level"]), row.currency, words=words),
        after=(words.ignore,),
        transfers=tuple(one.transfer for one in about.details.accounts_in(row.currency)),
        pay_link=address if address.startswith("https://") else "",
        labels=NoticeLabels(
            invoice=words.invoice,
            issued_on=words.issued_on,
            due_on=words.due_on,
            days_late=words.days_late,
            open=words.open,
            interest=words.interest,
            total=words.total,
            also_open=words.also_open,
            pay=words.pay,
        ),
    )


def _items(
    rows: Iterable[Mapping[str, Any]], currency: str, *, words: Words
) -> tuple[NoticeItem, ...]:
    rows = list(rows)
    stages = stages_of(rows, words=words)

    def major(amount: int) -> Decimal:
        return Money(amount, currency).decimal()

    return tuple(
        NoticeItem(
            number=row["number"],
            issued_on=date.fromisoformat(row["issued_on"]),
            due_on=date.fromisoformat(row["due_on"]),
            days_late=row["days_late"],
            open=major(row["open"]),
            interest=major(row["interest"]) if row.get("interest") else None,
            stage=stages.get(row["level"], ""),
        )
        for row in rows
    )
