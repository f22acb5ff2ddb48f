"""Messages go out, some in a transaction that decides once more about each.

The accounts' credit lines are locked first, as every payment, credit note and dispute that moves money
does: what came in before is seen, what comes in after is too late for these messages only. The mails are
written in the same transaction, from the figures of that moment, and asked about again when they leave.
What is read and written is read and written of all of them at once; one that breaks down is tried by
itself, and so is each that was with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from usance.flows import pay_links
from usance.flows.dunning import choosing, escalating
from usance.flows.dunning.composing import Composed, compose, letter_of
from usance.flows.dunning.escalating import Reached
from usance.flows.dunning.rechecks import BY, KIND, stop
from usance.flows.journal import Journal, business_day
from usance.flows.late_charge_claims import claim_at_notice
from usance.flows.late_charges import late_charges_of_invoices
from usance.flows.outgoing_mails import queue_written, written_mail
from usance.records.collections import late_charge_queries as late_charges
from usance.records.collections.models import PayLink
from usance.records.credit import actions as credit
from usance.records.dunning import account_queries, actions, queries
from usance.records.dunning.account_queries import KnownAccount
from usance.records.dunning.handover_queries import with_an_agency
from usance.records.dunning.models import DunningMessage
from usance.records.dunning.models import DunningPolicy as Kept
from usance.records.events.models import OutgoingMail
from usance.records.identity import parse_public_id
from usance.records.invoices.models import Invoice
from usance.records.parties import invoicing_queries as parties
from usance.records.parties.models import Seller
from usance.rules.dunning import timing
from usance.rules.dunning.decide import Decision, decide
from usance.rules.dunning.policy import DunningPolicy, Step, rank
from usance.rules.invoicing.profiles import SellerDetailsView

AT_A_TIME: Final = 200
"""Messages of one seller that go out before another's turn."""
TOGETHER: Final = 25
"""Messages that go out in one transaction. So many accounts take no order and no payment meanwhile."""
PUT_OFF: Final = timedelta(minutes=10)
"""For so long a message that breaks down steps aside, so that those behind it go out."""
MAIL_LIVES: Final = timedelta(days=3)
"""After so long a mail that no server took is not sent any more: what it says is stale."""
_log: Final = logging.getLogger(__name__)
_REASONS: Final[Mapping[str, str]] = {"nothing_due": "paid"}


def send_due(
    *,
    seller_id: UUID,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
    limit: int = AT_A_TIME,
) -> int:
    """Send the messages of a seller that are due, at most ``limit``; how many were looked at. One that
    breaks down is put off and keeps none of the others back."""
    outbox = Outbox(Seller.objects.get(id=seller_id))
    due = queries.messages_due(seller_id=seller_id, at=clock(), limit=limit)
    looked = 0
    while looked < len(due) and not stopping():
        together = due[looked : looked + TOGETHER]
        _send(outbox, together, at=clock())
        looked += len(together)
    return looked


def _send(outbox: Outbox, message_ids: Sequence[UUID], *, at: datetime) -> None:
    """Send messages together, each by itself where that breaks down, and claim what goes with them."""
    seller_id = outbox.seller.id
    try:
        rows = send_messages(outbox, message_ids, at=at)
    except Exception:  # noqa: BLE001 - it is said, and tried again; others wait behind it
        if len(message_ids) > 1:
            _log.warning("dunning messages of %s go out one by one", seller_id, exc_info=True)
            for message_id in message_ids:
                _send(outbox, [message_id], at=at)
            return
        _log.exception("dunning message %s", message_ids[0])
        actions.put_off(seller_id=seller_id, message_id=message_ids[0], until=at + PUT_OFF)
        return
    for row in rows:
        if row.state != "sent":
            continue
        try:
            _claim_late_charges(outbox, row, at=at)
        except Exception:  # noqa: BLE001 - the message is sent; the others' claims are made
            _log.exception("late charges with dunning message %s", row.id)


class Outbox:
    """What many messages of one seller share, read once: who the seller is, and its policies."""

    def __init__(self, seller: Seller) -> None:
        self.seller = seller
        self._rules: dict[UUID, DunningPolicy] = {}

    @cached_property
    def details(self) -> SellerDetailsView:
        """The seller as its documents show it."""
        return parties.seller_details(seller_id=self.seller.id)

    @cached_property
    def claims(self) -> bool:
        """Whether with anybody's notices late charges are claimed."""
        return late_charges.any_charged_at_notice(seller_id=self.seller.id)

    def rule(self, kept: Kept) -> DunningPolicy:
        """The policy that a stored version is; a version never changes."""
        if kept.id not in self._rules:
            self._rules[kept.id] = choosing.rule_of(kept, currency=self.seller.currency)
        return self._rules[kept.id]


def _claim_late_charges(outbox: Outbox, row: DunningMessage, *, at: datetime) -> None:
    """With a notice, what has accrued by paying late is claimed where the terms say so."""
    if not outbox.claims or rank(row.level) < rank("notice_1"):
        return
    demanded = [parse_public_id("invoice", one["invoice"]) for one in row.items if one["level"]]
    claim_at_notice(outbox.seller, invoice_ids=dict.fromkeys(demanded), at=at, by=BY)


@dataclass(frozen=True, slots=True)
class _Leaving:
    """A message that goes out, and what it is about at that moment."""

    row: DunningMessage
    known: KnownAccount
    decision: Decision
    policy: DunningPolicy
    step: Step


@transaction.atomic
def send_messages(
    outbox: Outbox, message_ids: Sequence[UUID], *, at: datetime
) -> list[DunningMessage]:
    """Decide once more about each of these messages that is queued, and send it as things are now, put it
    off to the next hour at which it may go, or stop it. The messages as they are then."""
    seller = outbox.seller
    found = queries.accounts_written_to(message_ids, seller_id=seller.id)
    credit.lock_lines(seller_id=seller.id, accounts={(buyer, money) for buyer, money, _ in found})
    rows = actions.lock_messages(
        message_ids, case_ids=[case_id for _, _, case_id in found], seller_id=seller.id
    )
    queued = [row for row in rows if row.state == "queued"]
    # The accounts as if none of the messages were there: each has one that waits at the most.
    accounts = {
        (one.account.buyer_id, one.account.currency): one
        for one in account_queries.accounts(
            {row.buyer_id for row in queued},
            seller_id=seller.id,
            at=at,
            without=[row.id for row in queued],
        )
    }
    decided = (
        _decided(outbox, row, accounts.get((row.buyer_id, row.currency)), at=at) for row in queued
    )
    leaving = [one for one in decided if one is not None]
    if leaving:
        _go_out(outbox, leaving, at=at)
    return rows


def _decided(
    outbox: Outbox, row: DunningMessage, known: KnownAccount | None, *, at: datetime
) -> _Leaving | None:
    """What goes out of a message that waits; None where it was stopped or put off."""
    seller, policy = outbox.seller, outbox.rule(row.policy)
    if row.policy.state != "active" or known is None:
        stop(seller, row, reason="paid" if known is None else "policy_off", at=at)
        return None
    zone = choosing.zone_of(seller, known)
    if not timing.may_go_out(at, policy=policy, country=known.country, zone=zone):
        actions.set_fields(row, send_at=choosing.sending_at(seller, known, policy=policy, at=at))
        return None
    decision = decide(known.account, policy=policy, on=business_day(seller, at=at))
    if decision.step is None:
        waits = str(decision.waits)
        stop(seller, row, reason=_REASONS.get(waits, waits), at=at)
        return None
    return _Leaving(row, known, decision, policy, decision.step)


def _go_out(outbox: Outbox, leaving: Sequence[_Leaving], *, at: datetime) -> None:
    """Send the messages that are called for now, each over all of its channels."""
    seller = outbox.seller
    on = business_day(seller, at=at)
    interest = _interest(outbox, leaving, on=on)
    written = [
        compose(
            one.known,
            one.decision,
            policy=one.policy,
            details=outbox.details,
            on=on,
            interest=interest,
        )
        for one in leaving
    ]
    levels = {one.row.id: one.decision.levels for one in leaving}
    actions.retake_steps(levels, seller_id=seller.id, at=at)
    links = _pay_links(seller, [one.row.buyer_id for one in leaving], at=at)
    mails = []
    for one, composed, link in zip(leaving, written, links, strict=True):
        mail = None
        if "email" in one.step.channels and one.known.email:
            mail = _mail(outbox, one.row, composed, to=one.known.email, link=link, at=at)
            mails.append(mail)
        _fill(one, composed, link=link, mail=mail, on=on, at=at)
    queue_written(mails)
    actions.write_sent([one.row for one in leaving], seller_id=seller.id)
    reached = [Reached(one.row, one.known, one.step) for one in leaving]
    done = escalating.escalate(seller, reached, at=at)
    _tell(seller, [one.row for one in leaving], done=done, at=at)


def _fill(
    one: _Leaving,
    composed: Composed,
    *,
    link: PayLink | None,
    mail: OutgoingMail | None,
    on: date,
    at: datetime,
) -> None:
    """Have the message say what it says and where it goes, here; it is written down with the others."""
    row = one.row
    row.state, row.sent_at, row.on = "sent", at, on
    row.level, row.channels = one.step.level, list(one.step.channels)
    row.amount, row.items = one.decision.amount, list(composed.items)
    row.language = composed.language
    row.subject, row.body = composed.text.subject, composed.text.body
    row.pay_link_id = link.id if link else None
    row.sent_to = mail.recipient if mail else ""
    row.mail_id = mail.id if mail else None


def _interest(outbox: Outbox, leaving: Sequence[_Leaving], *, on: date) -> dict[UUID, int]:
    """What has accrued on each invoice that is demanded and is not claimed, where interest is claimed from
    its buyer; nothing of an invoice for a day of which the rate is not known, nor where a tax is due on
    it, nor where a collection agency has a part of it, and the interest with it."""
    if not outbox.claims:
        return {}
    seller = outbox.seller
    buyers = {one.row.buyer_id for one in leaving}
    terms = late_charges.terms_for_buyers(seller_id=seller.id, buyer_ids=buyers)
    late: set[UUID] = set()
    for one in leaving:
        own = terms.get(one.row.buyer_id, terms.get(None))
        if own is not None and own.charging == "at_notice":
            late |= {item.invoice_id for item in one.decision.items if item.days_late(on) > 0}
    late -= with_an_agency(late, seller_id=seller.id)
    if not late:
        return {}
    invoices = Invoice.objects.select_related("buyer").filter(seller_id=seller.id, id__in=late)
    found = late_charges_of_invoices(seller, list(invoices), on=on)
    return {
        id_: min(one.accrual.interest, one.open_amount)
        for id_, one in found.items()
        if one.unknown is None and not one.agreement.in_force.taxed
    }


def _mail(
    outbox: Outbox,
    row: DunningMessage,
    composed: Composed,
    *,
    to: str,
    link: PayLink | None,
    at: datetime,
) -> OutgoingMail:
    details = outbox.details
    letter = letter_of(
        composed,
        currency=row.currency,
        details=details,
        pay_address=pay_links.address_of(link) if link else "",
    )
    return written_mail(
        outbox.seller,
        letter,
        kind=KIND,
        to=to,
        object_type="dunning_message",
        object_id=row.id,
        at=at,
        expires_at=at + MAIL_LIVES,
        reply_to=details.contact.email if details.contact else "",
    )


def _pay_links(
    seller: Seller, buyer_ids: Sequence[UUID], *, at: datetime
) -> Sequence[PayLink | None]:
    """For each buyer a link to all that it owes; none where this installation has no public address."""
    if not settings.PUBLIC_URL:
        return [None] * len(buyer_ids)
    return pay_links.create_account_links(seller, buyer_ids=buyer_ids, at=at, by=BY)


def _tell(
    seller: Seller, rows: Sequence[DunningMessage], *, done: Sequence[list[str]], at: datetime
) -> None:
    """The events; where the step names the webhook one carries the whole message, for who sends it."""
    journal = Journal(seller, at=at, by=BY)
    for row, deeds in zip(rows, done, strict=True):
        data = {
            "level": row.level,
            "channels": row.channels,
            "amount": row.amount,
            "items": row.items,
            "done": deeds,
        }
        if "webhook" in row.channels:
            data |= {"subject": row.subject, "body": row.body, "language": row.language}
        journal.tell(
            "dunning.sent",
            object_type="dunning_message",
            object_id=row.id,
            buyer_id=row.buyer_id,
            state="sent",
            currency=row.currency,
            data=data,
        )
    journal.close()
