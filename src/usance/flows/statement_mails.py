"""Statements of account by mail: on schedule to who owes something, and whenever a person asks.

A statement is drawn up, kept and queued in one transaction that has the buyer's credit lines locked: it
says what is owed at that moment, and there is one of a period however often the job runs. Who has paid
all that is open, by money that is not put to its invoices yet, owes nothing, and nobody is asked to pay
online while money of its is looked into.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from usance.flows import pay_links, statements
from usance.flows.cards.providers import takes_cards
from usance.flows.document_writers import About, language_of
from usance.flows.journal import Journal, business_day
from usance.flows.outgoing_mails import queue_mail
from usance.flows.refusals import Conflict, NotFound, Refused, first_words
from usance.flows.statement_letters import Standing, letter_with
from usance.formats.statement_csv import render as render_table
from usance.gateways.mail import Enclosure
from usance.gateways.mail.smtp import is_configured
from usance.records.collections import statement_queries as queries
from usance.records.collections.models import PayLink, SentStatement
from usance.records.credit import actions as credit
from usance.records.credit import queries as credit_queries
from usance.records.identity import new_id, public_id
from usance.records.invoices import receivables, statement_queries
from usance.records.parties import queries as parties
from usance.records.parties.models import Seller
from usance.records.payments.models import Proposal
from usance.rules.statement_schedule import StatementSchedule

KIND: Final = "statement"
FROM_HOUR: Final = 6
"""The hour of the seller's day from which statements go out; what the night brought is booked by then."""
MAIL_LIVES: Final = timedelta(days=3)
"""After so long a mail that no server took is not sent any more: what it says is stale."""
_log: Final = logging.getLogger(__name__)


class NoAddress(Refused):
    """The buyer has no e-mail address for invoices; set email_to in its billing profile."""

    code = "no_statement_address"


class NoAccount(Conflict):
    """The buyer has no account yet: nothing was ever sold to it on credit."""

    code = "no_account"


class NoMailServer(Refused):
    """This installation has no mail server, so nothing can be sent. Whoever runs it sets one up."""

    code = "mail_not_configured"


def send_statement(seller: Seller, *, buyer_id: UUID, at: datetime, by: str) -> SentStatement:
    """Send the buyer its statement of today, of each currency in which something is open; where nothing
    is, of every account that it has. Raises NotFound, NoMailServer, NoAddress, NoAccount or
    CannotWriteStatement."""
    if parties.buyer(seller_id=seller.id, buyer_id=buyer_id) is None:
        raise NotFound("There is no such buyer.")
    if not is_configured():
        raise NoMailServer(first_words(NoMailServer))
    since = statements.usual_beginning(business_day(seller, at=at))
    with transaction.atomic():
        found = _send(seller, buyer_id=buyer_id, since=since, period=None, at=at, by=by)
        if found is None:
            raise NoAccount(first_words(NoAccount))
        if not found.recipients:
            raise NoAddress(first_words(NoAddress))
    return found


def send_due(
    *,
    seller_id: UUID,
    clock: Callable[[], datetime],
    by: str,
    stopping: Callable[[], bool] = lambda: False,
) -> bool:
    """Send what a seller's schedules ask for, once a period; whether all had their turn. One that breaks
    down is said in the log and tried again at the next call; it keeps none of the others back. Without a
    mail server none is called sent: they wait until there is one, as long as one is made up for."""
    if not is_configured():
        return True
    seller = Seller.objects.get(id=seller_id)
    for buyer_id, schedule, due_on in _due(seller, at=clock()):
        if stopping():
            return False
        try:
            with transaction.atomic():
                _send(
                    seller,
                    buyer_id=buyer_id,
                    since=schedule.begins(due_on),
                    period=schedule.period(due_on),
                    at=clock(),
                    by=by,
                )
        except Exception:  # noqa: BLE001 - it is said, and tried again; others wait behind it
            _log.exception("statement of account for buyer %s", buyer_id)
    return True


def _due(seller: Seller, *, at: datetime) -> list[tuple[UUID, StatementSchedule, date]]:
    """Whose statement is due and not sent, by which schedule, and the day for which it is."""
    local = at.astimezone(ZoneInfo(seller.time_zone))
    if local.hour < FROM_HOUR:
        return []
    waiting = {}
    for owner, row in queries.rules(seller_id=seller.id).items():
        schedule = StatementSchedule(row.every, row.day)
        due_on = schedule.due(local.date(), since=business_day(seller, at=row.changed_at))
        waiting[owner] = (schedule, due_on)
    if all(due_on is None for _, due_on in waiting.values()):
        return []
    only = None
    if waiting.get(None, (None, None))[1] is None:
        only = [owner for owner, (_, due_on) in waiting.items() if owner is not None and due_on]
    periods = {schedule.period(due_on) for schedule, due_on in waiting.values() if due_on}
    sent = queries.sent_of(seller_id=seller.id, periods=periods)
    found = []
    for buyer_id in statement_queries.buyers_who_owe(seller_id=seller.id, buyer_ids=only):
        schedule, due_on = waiting.get(buyer_id) or waiting[None]
        if due_on is not None and (buyer_id, schedule.period(due_on)) not in sent:
            found.append((buyer_id, schedule, due_on))
    return found


def _send(
    seller: Seller, *, buyer_id: UUID, since: date, period: str | None, at: datetime, by: str
) -> SentStatement | None:
    """Draw up, keep and queue one statement. None where the period has its own, or there is nothing to
    state. Without an address nothing is queued, and the row says so."""
    known = statements.currencies_of(seller, buyer_id=buyer_id)
    credit.lock_lines(seller_id=seller.id, accounts=[(buyer_id, one) for one in known])
    kept = queries.sent_statements(seller_id=seller.id, buyer_id=buyer_id)
    if period is not None and kept.filter(period=period).exists():
        return None
    on = business_day(seller, at=at)
    lines = credit_queries.lines(seller_id=seller.id, buyer_id=buyer_id)
    unassigned = {line.currency: line.unapplied_cash for line in lines if line.unapplied_cash > 0}
    standings = _standings(seller, buyer_id=buyer_id, on=on, unassigned=unassigned)
    if period is not None:
        standings = [one for one in standings if one.open > one.unassigned]
    elif not standings:
        standings = [Standing(one, 0, 0, unassigned.get(one, 0)) for one in known]
    if not standings:
        return None
    about = About(seller, buyer_id, at=at)
    profile = about.profile
    row = SentStatement(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        buyer_id=buyer_id,
        period=period,
        since_on=since,
        on=on,
        accounts=[
            {"currency": one.currency, "open": one.open, "overdue": one.overdue}
            for one in standings
        ],
        recipients=list(dict.fromkeys((*profile.email_to, *profile.email_cc))),
        language=language_of(profile.language),
        author=by,
    )
    if row.recipients and not (unassigned or _looked_into(row)):
        row.pay_link = _pay_link(row, standings, seller=seller, at=at)
    row.save(force_insert=True)
    if row.recipients:
        _queue(row, standings, about=about, at=at)
    _tell(seller, row, at=at, by=by)
    return row


def _standings(
    seller: Seller, *, buyer_id: UUID, on: date, unassigned: Mapping[str, int]
) -> list[Standing]:
    """What is open and what of it is overdue, in each currency in which something is."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for item in receivables.open_items(seller_id=seller.id, on=on, buyer_id=buyer_id):
        sums[item.currency][0] += item.outstanding
        sums[item.currency][1] += item.outstanding if item.days_overdue else 0
    return [
        Standing(currency, both[0], both[1], unassigned.get(currency, 0))
        for currency, both in sorted(sums.items())
    ]


def _looked_into(row: SentStatement) -> bool:
    """Whether a payment that may be the buyer's waits for a person."""
    found = Proposal.objects.filter(seller_id=row.seller_id, buyer_id=row.buyer_id, state="open")
    return found.exists()


def _pay_link(
    row: SentStatement, standings: Sequence[Standing], *, seller: Seller, at: datetime
) -> PayLink | None:
    """A link to all that the buyer owes, where it can be paid online."""
    owes = any(one.open for one in standings)
    if not owes or not settings.PUBLIC_URL or not takes_cards(seller):
        return None
    return pay_links.create_link(
        seller,
        buyer_id=row.buyer_id,
        at=at,
        by="statements",
        metadata={"statement": public_id("sent_statement", row.id)},
    )


def _queue(
    row: SentStatement, standings: Sequence[Standing], *, about: About, at: datetime
) -> None:
    """One mail to each address, each with a PDF and a table of every currency."""
    pay_at = pay_links.address_of(row.pay_link) if row.pay_link is not None else ""
    enclosures: list[Enclosure] = []
    for one in standings:
        statement = statements.statement_of(
            about,
            currency=one.currency,
            on=row.on,
            since=row.since_on,
            pay_link=pay_at if pay_at.startswith("https://") else "",
        )
        stem = f"statement-{one.currency}-{row.on.isoformat()}"
        pdf = statements.typeset(statement, about=about)
        enclosures += [
            Enclosure(file_name=f"{stem}.pdf", media_type="application/pdf", content=pdf),
            Enclosure(
                file_name=f"{stem}.csv", media_type="text/csv", content=render_table(statement)
            ),
        ]
    letter = letter_with(row, standings, about=about, pay_at=pay_at)
    contact = about.details.contact
    for to in row.recipients:
        queue_mail(
            about.seller,
            letter,
            kind=KIND,
            to=to,
            object_type="sent_statement",
            object_id=row.id,
            at=at,
            expires_at=at + MAIL_LIVES,
            reply_to=contact.email if contact is not None else "",
            enclosures=enclosures,
        )


def _tell(seller: Seller, row: SentStatement, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "statement.sent" if row.recipients else "statement.not_sent",
        object_type="buyer",
        object_id=row.buyer_id,
        buyer_id=row.buyer_id,
        data={
            "statement": public_id("sent_statement", row.id),
            "period": row.period,
            "on": row.on.isoformat(),
            "accounts": row.accounts,
            "recipients": row.recipients,
        },
    )
    journal.close()
