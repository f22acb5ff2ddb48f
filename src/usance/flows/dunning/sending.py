"""Messages go out, each in a transaction of its own that decides once more.

The account's credit line is locked first, as every payment, credit note and dispute that moves money
does: what came in before is seen, what comes in after is too late for this message only. The mail is
written in the same transaction, from the figures of that moment, and asked about again when it leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from usance.flows import pay_links
from usance.flows.dunning import choosing, escalating
from usance.flows.dunning.composing import Composed, compose, letter_of
from usance.flows.dunning.rechecks import BY, KIND, stop
from usance.flows.journal import Journal, business_day
from usance.flows.late_charge_claims import claim_at_notice
from usance.flows.outgoing_mails import queue_mail
from usance.records.collections.models import PayLink
from usance.records.credit import actions as credit
from usance.records.dunning import account_queries, actions, queries
from usance.records.dunning.account_queries import KnownAccount
from usance.records.dunning.models import DunningMessage
from usance.records.identity import parse_public_id
from usance.records.parties import invoicing_queries as parties
from usance.records.parties.models import Seller
from usance.rules.dunning import timing
from usance.rules.dunning.decide import Decision, decide
from usance.rules.dunning.policy import DunningPolicy, rank
from usance.rules.invoicing.profiles import SellerDetailsView

AT_A_TIME: Final = 200
"""Messages of one seller that go out before another's turn."""
MAIL_LIVES: Final = timedelta(days=3)
"""After so long a mail that no server took is not sent any more: what it says is stale."""
_REASONS: Final[Mapping[str, str]] = {"nothing_due": "paid"}


def send_due(
    *,
    seller_id: UUID,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
    limit: int = AT_A_TIME,
) -> int:
    """Send the messages of a seller that are due, at most ``limit``; how many were looked at."""
    seller = Seller.objects.get(id=seller_id)
    looked = 0
    for message_id in queries.messages_due(seller_id=seller_id, at=clock(), limit=limit):
        if stopping():
            break
        at = clock()
        if send_message(seller, message_id=message_id, at=at) == "sent":
            _claim_late_charges(seller, message_id, at=at)
        looked += 1
    return looked


def _claim_late_charges(seller: Seller, message_id: UUID, *, at: datetime) -> None:
    """With a notice, what has accrued by paying late is claimed where the terms say so."""
    row = queries.message(seller_id=seller.id, message_id=message_id)
    if row is None or rank(row.level) < rank("notice_1"):
        return
    demanded = [parse_public_id("invoice", one["invoice"]) for one in row.items if one["level"]]
    claim_at_notice(seller, invoice_ids=dict.fromkeys(demanded), at=at, by=BY)


@transaction.atomic
def send_message(seller: Seller, *, message_id: UUID, at: datetime) -> str:
    """Decide once more about a queued message, and send it as things are now, put it off to the next
    hour at which it may go, or stop it. Its state afterwards; empty if there is no such message."""
    found = queries.message(seller_id=seller.id, message_id=message_id)
    if found is None:
        return ""
    credit.lock_line(seller_id=seller.id, buyer_id=found.buyer_id, currency=found.currency)
    row = actions.lock_message(seller_id=seller.id, message_id=message_id)
    if row is None or row.state != "queued":
        return row.state if row else ""
    policy = choosing.rule_of(found.policy, currency=seller.currency)
    known = _account(seller, row, at=at)
    if found.policy.state != "active" or known is None:
        stop(seller, row, reason="paid" if known is None else "policy_off", at=at)
        return row.state
    zone = choosing.zone_of(seller, known)
    if not timing.may_go_out(at, policy=policy, country=known.country, zone=zone):
        later = choosing.sending_at(seller, known, policy, at=at)
        actions.set_fields(row, send_at=later)
        return row.state
    decision = decide(known.account, policy=policy, on=business_day(seller, at=at))
    if decision.step is None:
        waits = str(decision.waits)
        stop(seller, row, reason=_REASONS.get(waits, waits), at=at)
    else:
        _go_out(seller, row, known, decision, policy=policy, at=at)
    return row.state


def _account(seller: Seller, row: DunningMessage, *, at: datetime) -> KnownAccount | None:
    """The account as if the message were not there."""
    found = account_queries.accounts(
        [row.buyer_id], seller_id=seller.id, at=at, currency=row.currency, without=row.id
    )
    return found[0] if found else None


def _go_out(
    seller: Seller,
    row: DunningMessage,
    known: KnownAccount,
    decision: Decision,
    *,
    policy: DunningPolicy,
    at: datetime,
) -> None:
    """Send the message that is called for now, over each of its channels."""
    assert decision.step is not None
    step, on = decision.step, business_day(seller, at=at)
    details = parties.seller_details(seller_id=seller.id)
    composed = compose(known, decision, policy=policy, details=details, on=on)
    actions.free_steps(seller_id=seller.id, message_id=row.id)
    actions.take_steps({row.id: decision.levels}, seller_id=seller.id, at=at)
    link = _pay_link(seller, row, at=at)
    actions.set_fields(
        row,
        level=step.level,
        channels=list(step.channels),
        on=on,
        amount=decision.amount,
        items=list(composed.items),
        language=composed.language,
        subject=composed.text.subject,
        body=composed.text.body,
        pay_link_id=link.id if link else None,
    )
    if "email" in step.channels and known.email:
        _mail(seller, row, composed, details=details, to=known.email, link=link, at=at)
    actions.set_fields(row, state="sent", sent_at=at)
    case = actions.lock_case(seller_id=seller.id, case_id=row.case_id)
    assert case is not None
    actions.set_fields(case, level=step.level, last_on=on)
    done = escalating.escalate(seller, row, known, step, at=at)
    _tell(seller, row, done=done, at=at)


def _mail(
    seller: Seller,
    row: DunningMessage,
    composed: Composed,
    *,
    details: SellerDetailsView,
    to: str,
    link: PayLink | None,
    at: datetime,
) -> None:
    letter = letter_of(
        composed,
        currency=row.currency,
        details=details,
        pay_address=pay_links.address_of(link) if link else "",
    )
    mail = queue_mail(
        seller,
        letter,
        kind=KIND,
        to=to,
        object_type="dunning_message",
        object_id=row.id,
        at=at,
        expires_at=at + MAIL_LIVES,
        reply_to=details.contact.email if details.contact else "",
    )
    actions.set_fields(row, sent_to=to, mail_id=mail.id)


def _pay_link(seller: Seller, row: DunningMessage, *, at: datetime) -> PayLink | None:
    """A link to all that the buyer owes; none where this installation has no public address."""
    if not settings.PUBLIC_URL:
        return None
    return pay_links.create_link(seller, buyer_id=row.buyer_id, at=at, by=BY)


def _tell(seller: Seller, row: DunningMessage, *, done: Sequence[str], at: datetime) -> None:
    """The event; where the step names the webhook it carries the whole message, for who sends it."""
    data = {
        "level": row.level,
        "channels": row.channels,
        "amount": row.amount,
        "items": row.items,
        "done": list(done),
    }
    if "webhook" in row.channels:
        data |= {"subject": row.subject, "body": row.body, "language": row.language}
    journal = Journal(seller, at=at, by=BY)
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
