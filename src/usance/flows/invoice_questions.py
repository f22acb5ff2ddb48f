"""A buyer asks about an invoice or a line of it; the seller answers; either goes on until it is clear.

A question stops nothing: the invoice stays due. What the buyer contests is a dispute.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.invoice_question_letters import write_answer
from usance.flows.journal import Journal
from usance.flows.outgoing_mails import queue_mail
from usance.flows.refusals import NotFound, Refused, WrongState, external_id_once
from usance.records.collections import actions
from usance.records.collections.models import Question
from usance.records.identity import new_id
from usance.records.invoices import queries as invoices
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Member, Seller
from usance.rules.states import QUESTION, require

LONGEST_TEXT: Final = 4000


class NothingSaid(Refused):
    """A question or answer has from 1 to 4,000 characters."""

    code = "invalid_text"


class NoSuchLine(Refused):
    """The invoice has no line of this number; take one of those it shows, or none for all of it."""

    code = "no_such_line"


@transaction.atomic
def ask(
    seller: Seller,
    *,
    invoice_id: UUID,
    text: str,
    at: datetime,
    by: str,
    line: str = "",
    member_id: UUID | None = None,
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Question:
    """Ask about an invoice, or about the ``line`` of that number in its document.

    ``member_id`` names who asks; None where a program passes it on. Raises NotFound, NoSuchLine,
    NothingSaid or Duplicate.
    """
    text = _said(text)
    invoice = invoices.invoice(seller_id=seller.id, invoice_id=invoice_id)
    if invoice is None:
        raise NotFound("There is no such invoice.")
    member = _member(seller, member_id, buyer_id=invoice.buyer_id)
    question = Question(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        changed_at=at,
        invoice_id=invoice.id,
        buyer_id=invoice.buyer_id,
        member_id=member_id,
        line=line,
        subject=lines_of(invoice).get(line, ""),
        external_id=external_id,
        metadata=metadata or {},
    )
    if line and not question.subject:
        raise NoSuchLine(" ".join((NoSuchLine.__doc__ or "").split()))
    with external_id_once("question", external_id):
        question.save(force_insert=True)
    name = (member.name or member.email) if member else ""
    actions.add_remark(question, author="buyer", name=name, text=text, at=at)
    _tell(seller, question, "question.open", at=at, by=by, name=name)
    return question


def lines_of(invoice: Invoice) -> dict[str, str]:
    """What stands on each line of the invoice's document, by the line's number."""
    document = invoice.document or {}
    found = {
        str(line["id"]): str(line["item"]["name"])
        for line in document.get("lines", [])
        if line.get("item", {}).get("name")
    }
    if found:
        return found
    return {
        str(number): str(line["description"]) for number, line in enumerate(invoice.lines, start=1)
    }


@transaction.atomic
def answer(
    seller: Seller, *, question_id: UUID, text: str, name: str, at: datetime, by: str
) -> Question:
    """The seller's ``name`` answers; whoever asked is written to. Raises NotFound, WrongState (the
    question is closed) or NothingSaid."""
    text = _said(text)
    question = _locked(seller, question_id)
    if question.state == "closed":
        raise WrongState("The question is closed; the buyer can ask again.")
    actions.add_remark(question, author="seller", name=name, text=text, at=at)
    _move(seller, question, "answered", at=at, by=by, name=name)
    _write_to_member(seller, question, text=text, name=name, at=at)
    return question


@transaction.atomic
def ask_again(
    seller: Seller, *, question_id: UUID, text: str, member_id: UUID, at: datetime, by: str
) -> Question:
    """A member of the buyer's goes on asking. Raises NotFound or NothingSaid."""
    text = _said(text)
    question = _locked(seller, question_id)
    member = _member(seller, member_id, buyer_id=question.buyer_id)
    assert member is not None
    name = member.name or member.email
    actions.add_remark(question, author="buyer", name=name, text=text, at=at)
    _move(seller, question, "open", at=at, by=by, name=name)
    return question


@transaction.atomic
def close(seller: Seller, *, question_id: UUID, name: str, at: datetime, by: str) -> Question:
    """Nothing is left to say. Raises NotFound; closing what is closed changes nothing."""
    question = _locked(seller, question_id)
    _move(seller, question, "closed", at=at, by=by, name=name)
    return question


def _move(
    seller: Seller, question: Question, state: str, *, at: datetime, by: str, name: str
) -> None:
    if question.state == state:
        return
    require(QUESTION, before=question.state, after=state)
    actions.change(question, state=state, at=at)
    _tell(seller, question, f"question.{state}", at=at, by=by, name=name)


def _tell(
    seller: Seller, question: Question, event: str, *, at: datetime, by: str, name: str
) -> None:
    invoice = invoices.invoice(seller_id=seller.id, invoice_id=question.invoice_id)
    assert invoice is not None
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        event,
        object_type="question",
        object_id=question.id,
        buyer_id=question.buyer_id,
        state=question.state,
        data={"number": invoice.number, "line": question.line, "name": name},
    )
    journal.close()


def _said(text: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise NothingSaid(" ".join((NothingSaid.__doc__ or "").split()))
    return text


def _locked(seller: Seller, question_id: UUID) -> Question:
    question = actions.lock_question(seller_id=seller.id, question_id=question_id)
    if question is None:
        raise NotFound("There is no such question.")
    return question


def _member(seller: Seller, member_id: UUID | None, *, buyer_id: UUID) -> Member | None:
    if member_id is None:
        return None
    member = Member.objects.filter(
        seller_id=seller.id, id=member_id, buyer_id=buyer_id, left_at=None
    ).first()
    if member is None:
        raise NotFound("The buyer has no such member.")
    return member


def _write_to_member(
    seller: Seller, question: Question, *, text: str, name: str, at: datetime
) -> None:
    if question.member_id is None:
        return
    member = (
        Member.objects.select_related("user", "buyer")
        .filter(seller_id=seller.id, id=question.member_id, left_at=None)
        .first()
    )
    invoice = invoices.invoice(seller_id=seller.id, invoice_id=question.invoice_id)
    if member is None or invoice is None:
        return
    language = member.user.language if member.user else member.buyer.language
    letter = write_answer(
        seller, question=question, invoice=invoice, text=text, name=name, language=language
    )
    queue_mail(
        seller,
        letter,
        kind="question_answered",
        to=member.email,
        object_type="question",
        object_id=question.id,
        at=at,
    )
