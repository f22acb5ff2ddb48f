"""Messages go out, each in a transaction of its own that decides once more.

The account's credit line is locked first, as every payment, credit note and dispute that moves money
does: what came in before is seen, what comes in after is too late for this message only. The mail is
written in the same transaction, from the figures of that moment, and asked about again when it leaves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
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
from usance.flows.late_charges import late_charges_of_invoices
from usance.flows.outgoing_mails import queue_mail
from usance.records.collections import late_charge_queries as late_charges
from usance.records.collections.models import PayLink
from usance.records.credit import actions as credit
from usance.records.dunning import account_queries, actions, queries
from usance.records.dunning.account_queries import KnownAccount
from usance.records.dunning.models import DunningMessage
from usance.records.dunning.models import DunningPolicy as Kept
from usance.records.events.models import OutgoingMail
from usance.records.identity import parse_public_id
from usance.records.invoices.models import Invoice
from usance.records.parties import invoicing_queries as parties
from usance.records.parties.models import Seller
from usance.rules.dunning import timing
from usance.rules.dunning.decide import Decision, decide
from usance.rules.dunning.policy import DunningPolicy, rank
from usance.rules.invoicing.profiles import SellerDetailsView

AT_A_TIME: Final = 200
"""Messages of one seller that go out before another's turn."""
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
    looked = 0
    for message_id in queries.messages_due(seller_id=seller_id, at=clock(), limit=limit):
        if stopping():
            break
        at = clock()
        try:
            row = send_message(outbox, message_id=message_id, at=at)
            if row is not None and row.state == "sent":
                _claim_late_charges(outbox, row, at=at)
        except Exception:  # noqa: BLE001 - it is said, and tried again; others wait behind it
            _log.exception("dunning message %s", message_id)
            actions.put_off(seller_id=seller_id, message_id=message_id, until=at + PUT_OFF)
        looked += 1
    return looked


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


@transaction.atomic
def send_message(outbox: Outbox, *, message_id: UUID, at: datetime) -> DunningMessage | None:
    """Decide once more about a queued message, and send it as things are now, put it off to the next
    hour at which it may go, or stop it. The message as it is then; None if there is none."""
    seller = outbox.seller
    found = queries.account_written_to(seller_id=seller.id, message_id=message_id)
    if found is None:
        return None
    credit.lock_line(seller_id=seller.id, buyer_id=found[0], currency=found[1])
    row = actions.lock_message(seller_id=seller.id, message_id=message_id)
    if row is None or row.state != "queued":
        return row
    policy = outbox.rule(row.policy)
    known = _account(seller, row, at=at)
    if row.policy.state != "active" or known is None:
        stop(seller, row, reason="paid" if known is None else "policy_off", at=at)
        return row
    zone = choosing.zone_of(seller, known)
    if not timing.may_go_out(at, policy=policy, country=known.country, zone=zone):
        actions.set_fields(row, send_at=choosing.sending_at(seller, known, policy=policy, at=at))
        return row
    decision = decide(known.account, policy=policy, on=business_day(seller, at=at))
    if decision.step is None:
        waits = str(decision.waits)
        stop(seller, row, reason=_REASONS.get(waits, waits), at=at)
    else:
        _go_out(outbox, row, known, decision, policy=policy, at=at)
    return row


def _account(seller: Seller, row: DunningMessage, *, at: datetime) -> KnownAccount | None:
    """The account as if the message were not there."""
    found = account_queries.accounts(
        [row.buyer_id], seller_id=seller.id, at=at, currency=row.currency, without=row.id
    )
    return found[0] if found else None


def _go_out(
    outbox: Outbox,
    row: DunningMessage,
    known: KnownAccount,
    decision: Decision,
    *,
    policy: DunningPolicy,
    at: datetime,
) -> None:
    """Send the message that is called for now, over each of its channels."""
    assert decision.step is not None
    seller, step = outbox.seller, decision.step
    on = business_day(seller, at=at)
    composed = compose(
        known,
        decision,
        policy=policy,
        details=outbox.details,
        on=on,
        interest=_interest(outbox, row.buyer_id, decision, on=on),
    )
    actions.retake_steps(decision.levels, seller_id=seller.id, message_id=row.id, at=at)
    link = _pay_link(seller, row, at=at)
    mail = None
    if "email" in step.channels and known.email:
        mail = _mail(outbox, row, composed, to=known.email, link=link, at=at)
    actions.set_fields(
        row,
        state="sent",
        sent_at=at,
        level=step.level,
        channels=list(step.channels),
        on=on,
        amount=decision.amount,
        items=list(composed.items),
        language=composed.language,
        subject=composed.text.subject,
        body=composed.text.body,
        pay_link_id=link.id if link else None,
        sent_to=mail.recipient if mail else "",
        mail_id=mail.id if mail else None,
    )
    actions.mark_case(seller_id=seller.id, case_id=row.case_id, level=step.level, on=on)
    done = escalating.escalate(seller, row, known=known, step=step, at=at)
    _tell(seller, row, done=done, at=at)


def _interest(outbox: Outbox, buyer_id: UUID, decision: Decision, *, on: date) -> dict[UUID, int]:
    """What has accrued on each invoice that is demanded and is not claimed, where interest is claimed from
    the buyer; nothing of an invoice for a day of which the rate is not known, nor where a tax is due on
    it."""
    late = {item.invoice_id for item in decision.items if item.days_late(on) > 0}
    if not late or not outbox.claims:
        return {}
    seller = outbox.seller
    terms = late_charges.terms_for_buyers(seller_id=seller.id, buyer_ids={buyer_id})
    own = terms.get(buyer_id, terms.get(None))
    if own is None or own.charging != "at_notice":
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
    return queue_mail(
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
