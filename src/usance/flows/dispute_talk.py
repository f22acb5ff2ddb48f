"""What both sides say about a dispute until it ends, and the day until which the seller decides."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.dispute_evidence import Handed, keep_files
from usance.flows.dispute_letters import tell_of_deadline, tell_of_remark
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import NotFound, Refused, WrongState
from usance.records.collections import dispute_queries
from usance.records.collections.models import Dispute, DisputeRemark, DisputeRules
from usance.records.identity import new_id
from usance.records.invoices import actions as invoices
from usance.records.parties.models import Seller

LONGEST_TEXT: Final = 4000
BY: Final = "calendar"
_log: Final = logging.getLogger(__name__)


class InvalidRemark(Refused):
    """What is said about a dispute has from 1 to 4,000 characters, or is a file."""

    code = "invalid_text"


class InvalidDisputeRules(Refused):
    """From 1 to 365 days to answer in, reminded of at most as many days before."""

    code = "invalid_dispute_rules"


@transaction.atomic
def set_rules(
    seller: Seller, *, answer_days: int, warn_days: int, email: str, at: datetime, by: str
) -> DisputeRules:
    """Disputes from now on are to be answered within ``answer_days``; ``email`` (empty: the contact in
    the company's details) is reminded ``warn_days`` before. Raises InvalidDisputeRules."""
    if not (1 <= answer_days <= 365 and 0 <= warn_days <= answer_days):
        raise InvalidDisputeRules(" ".join((InvalidDisputeRules.__doc__ or "").split()))
    fields = {"answer_days": answer_days, "warn_days": warn_days, "email": email.strip()}
    DisputeRules.objects.update_or_create(
        seller_id=seller.id, defaults=fields, create_defaults={**fields, "created_at": at}
    )
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "dispute_rules.changed", object_type="seller", object_id=seller.id, data=dict(fields)
    )
    journal.close()
    return dispute_queries.rules(seller_id=seller.id)


@transaction.atomic
def say(
    seller: Seller,
    *,
    dispute_id: UUID,
    author: str,
    name: str,
    text: str,
    at: datetime,
    by: str,
    files: Sequence[Handed] = (),
) -> DisputeRemark | None:
    """The ``author`` ("buyer" or "seller"), a person of this ``name``, says something about an open
    dispute, or hands in ``files`` with or without a word (None). The other side gets one letter of it
    all; a file that the dispute has already is no news.

    Raises NotFound, WrongState, InvalidRemark, UnsuitableFile or TooManyFiles.
    """
    text = text.strip()
    if len(text) > LONGEST_TEXT or not (text or files):
        raise InvalidRemark(" ".join((InvalidRemark.__doc__ or "").split()))
    dispute = _locked(seller, dispute_id)
    if dispute.state != "open":
        raise WrongState(f"The dispute is {dispute.state}; it has ended.")
    journal = Journal(seller, at=at, by=by)
    said = {"author": author, "name": name}
    remark = _remark(journal, dispute, text=text, **said) if text else None
    kept = keep_files(journal, dispute, files=files, remark=remark, **said)
    journal.close()
    if remark is not None or kept:
        tell_of_remark(
            seller,
            dispute,
            invoice=dispute.invoice,
            author=author,
            text=text,
            files=[one.file_name for one in kept],
            at=at,
        )
    return remark


def _remark(journal: Journal, dispute: Dispute, **said: str) -> DisputeRemark:
    remark = DisputeRemark(
        id=new_id(),
        seller_id=dispute.seller_id,
        created_at=journal.at,
        dispute_id=dispute.id,
        **said,
    )
    remark.save(force_insert=True)
    _tell(journal, dispute, "invoice.dispute_said", name=remark.name)
    return remark


def warn_of_deadlines(*, seller_id: UUID, at: datetime) -> int:
    """Remind of each open dispute whose day to decide is near or past, once; how many there were. One that
    breaks down is said in the log and tried again at the next call; it keeps none of the others back."""
    seller = Seller.objects.get(id=seller_id)
    days = dispute_queries.rules(seller_id=seller.id).warn_days
    until = business_day(seller, at=at) + timedelta(days=days)
    found = dispute_queries.to_warn_of(seller_id=seller.id, until=until)
    warned = 0
    for dispute_id in found:
        try:
            warned += _warn(seller, dispute_id, at=at)
        except Exception:  # noqa: BLE001 - it is said, and tried again; others wait behind it
            _log.exception("reminder of dispute %s", dispute_id)
    return warned


@transaction.atomic
def _warn(seller: Seller, dispute_id: UUID, *, at: datetime) -> bool:
    dispute = _locked(seller, dispute_id)
    if dispute.state != "open" or dispute.warned_at is not None:
        return False
    dispute.warned_at = at
    dispute.save(update_fields=["warned_at"])
    journal = Journal(seller, at=at, by=BY)
    _tell(journal, dispute, "invoice.dispute_near")
    journal.close()
    tell_of_deadline(seller, dispute, invoice=dispute.invoice, at=at)
    return True


def _locked(seller: Seller, dispute_id: UUID) -> Dispute:
    """The dispute with its invoice, whose lock is the disputes' too."""
    found = dispute_queries.dispute(seller_id=seller.id, dispute_id=dispute_id)
    if found is None:
        raise NotFound("There is no such dispute.")
    invoices.lock_invoice(seller_id=seller.id, invoice_id=found.invoice_id)
    again = dispute_queries.dispute(seller_id=seller.id, dispute_id=dispute_id)
    assert again is not None
    return again


def _tell(journal: Journal, dispute: Dispute, event: str, *, name: str = "") -> None:
    journal.tell(
        event,
        object_type="invoice",
        object_id=dispute.invoice_id,
        buyer_id=dispute.buyer_id,
        state=None,
        currency=dispute.currency,
        data={
            "dispute": str(dispute.id),
            "amount": dispute.amount,
            "answer_on": dispute.answer_by.isoformat(),
            "name": name,
        },
    )
