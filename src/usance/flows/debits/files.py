"""Files of debits for the bank: written, sent or withdrawn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.debits import ach_files, sepa_files
from usance.flows.debits.mandates import drop
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import NotFound, Refused, WrongState
from usance.records.collections import dispute_queries
from usance.records.debits import actions, queries
from usance.records.debits.models import CollectionRules, Debit, DebitFile, DebitPart, Mandate
from usance.records.events.secrets import decrypt, encrypt
from usance.records.identity import new_id
from usance.records.parties import invoicing_queries as parties
from usance.records.parties.models import Seller
from usance.rules.debits.ach_days import earliest_submission
from usance.rules.debits.schemes import SCHEMES, earliest_day
from usance.rules.debits.sepa_days import latest_submission

AHEAD_DAYS: Final = 20
"""How far ahead it is looked for debits whose file is due; no file is due sooner before its day."""


class CannotCollect(Refused):
    """The seller's own details for collecting are missing; the text says which."""

    code = "cannot_collect"


@dataclass(frozen=True, slots=True)
class Line:
    """A debit as it goes into a file: with its mandate, and what it is for."""

    debit: Debit
    mandate: Mandate
    parts: tuple[DebitPart, ...]
    collect_on: date


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the debits that were due: files, and why others wait."""

    files: list[DebitFile] = field(default_factory=list)
    dropped: int = 0
    held: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def build_files(seller: Seller, *, at: datetime, by: str) -> Written:
    """Write a file for each family of schemes with all whose file is due today.

    What has been paid since is left out, what was paid in part is collected for the rest. Debits under
    a mandate that is suspended, or whose account is not confirmed yet, wait. Raises CannotCollect, or
    FormatError where the seller's own details cannot be written.
    """
    actions.lock_collecting(seller_id=seller.id)
    rules = queries.collection_rules(seller_id=seller.id, at=at)
    today = business_day(seller, at=at)
    result = Written()
    lines, dropped = _due(seller, rules, result.held, today=today, at=at, by=by)
    prenotes = list(
        queries.mandates(seller_id=seller.id, state="active").filter(verification="wanted")
    )
    made = []
    if sepa := [line for line in lines if SCHEMES[line.mandate.scheme].family == "sepa"]:
        made.append(_write_sepa(seller, rules, sepa, at=at))
    ach = [line for line in lines if SCHEMES[line.mandate.scheme].family == "ach"]
    if ach or prenotes:
        made.append(_write_ach(seller, rules, ach, prenotes, today=today, at=at))
    journal = Journal(seller, at=at, by=by)
    for file in made:
        _tell(journal, file, "written")
    journal.close()
    return replace(result, files=made, dropped=dropped)


def _due(
    seller: Seller,
    rules: CollectionRules,
    held: dict[str, int],
    *,
    today: date,
    at: datetime,
    by: str,
) -> tuple[list[Line], int]:
    """The debits that go into today's files, locked, with the amounts that are open still."""
    found = queries.to_write(seller_id=seller.id, until=today + timedelta(days=AHEAD_DAYS))
    locked = actions.lock_debits(
        seller_id=seller.id, debit_ids=list(found.values_list("id", flat=True))
    )
    locked = [debit for debit in locked if debit.state == "scheduled" and debit.file_id is None]
    parts = queries.parts_of(seller_id=seller.id, debit_ids=[debit.id for debit in locked])
    disputed = dispute_queries.disputed(
        seller_id=seller.id,
        invoice_ids={part.invoice_id for of_one in parts.values() for part in of_one},
    )
    journal = Journal(seller, at=at, by=by)
    lines = []
    dropped = 0
    for debit in locked:
        mandate = actions.lock_mandate(seller_id=seller.id, mandate_id=debit.mandate_id)
        assert mandate is not None
        day = _day(debit, mandate, rules, today=today)
        if day is None:
            continue
        if reason := _waits(mandate, day):
            held[reason] = held.get(reason, 0) + 1
            continue
        open_parts = _still_open(debit, parts[debit.id], disputed=disputed)
        if debit.order_id is None and not open_parts:
            contested = any(part.invoice_id in disputed for part in parts[debit.id])
            drop(journal, debit, reason="disputed" if contested else "paid")
            dropped += 1
            continue
        lines.append(Line(debit, mandate, open_parts, day))
    journal.close()
    return lines, dropped


def _day(debit: Debit, mandate: Mandate, rules: CollectionRules, *, today: date) -> date | None:
    """The day for the file if it is due today; None if a later file is soon enough."""
    way = SCHEMES[mandate.scheme]
    if way.family == "sepa":
        due = latest_submission(debit.collect_on, lead_days=rules.lead_days) <= today
    else:
        due = earliest_submission(debit.collect_on) <= today
    if not due:
        return None
    return max(debit.collect_on, earliest_day(way, sent_on=today, lead_days=rules.lead_days))


def _waits(mandate: Mandate, day: date) -> str:
    if mandate.state != "active":
        return f"mandate_{mandate.state}"
    if mandate.verification == "failed":
        return "account_refused"
    if mandate.verification in ("wanted", "sent") and (
        mandate.live_from is None or day < mandate.live_from
    ):
        return "account_not_confirmed"
    return ""


def _still_open(
    debit: Debit, parts: Sequence[DebitPart], *, disputed: Mapping[UUID, int]
) -> tuple[DebitPart, ...]:
    """The parts with what is open of their invoices and not ``disputed``, kept so; the debit's amount
    follows."""
    kept = []
    for part in parts:
        invoice = part.invoice
        owed = max(invoice.outstanding - disputed.get(invoice.id, 0), 0)
        left = min(part.amount, owed) if invoice.state == "open" else 0
        if left and left != part.amount:
            part.amount = left
            part.save(update_fields=["amount"])
        if left:
            kept.append(part)
    if kept and (total := sum(part.amount for part in kept)) != debit.amount:
        actions.change(debit, amount=total)
    if kept and len(kept) < len(parts):
        gone = {part.id for part in parts} - {part.id for part in kept}
        DebitPart.objects.filter(seller_id=debit.seller_id, id__in=gone).delete()
    return tuple(kept)


def _write_sepa(
    seller: Seller, rules: CollectionRules, lines: Sequence[Line], *, at: datetime
) -> DebitFile:
    details = parties.details_row(seller_id=seller.id)
    accounts = parties.bank_accounts(seller_id=seller.id).filter(currency="EUR").exclude(iban="")
    account = accounts.order_by("created_at", "id").first()
    if details is None or not details.creditor_id or account is None:
        raise CannotCollect(
            "To collect in euro, set your creditor identifier in the company's details and a bank"
            " account in EUR with an IBAN."
        )
    number, message_id = _numbered(seller, at=at)
    drawn = sepa_files.draw(
        lines,
        seller_name=details.legal_name or seller.name,
        creditor_id=details.creditor_id,
        account=account,
        message_id=message_id,
        version=rules.sepa_format,
        with_first=rules.with_first,
        at=at,
    )
    file = _file(
        seller, drawn.content, number=number, message_id=message_id, at=at,
        format=rules.sepa_format, currency="EUR", groups=drawn.groups, lines=lines,
        file_name=f"{message_id}.xml",
    )  # fmt: skip
    for line in lines:
        placed = drawn.places[line.debit.id]
        actions.change(
            line.debit,
            file_id=file.id,
            group=placed.group,
            sequence=placed.sequence,
            collect_on=line.collect_on,
        )
    return file


def _write_ach(
    seller: Seller,
    rules: CollectionRules,
    lines: Sequence[Line],
    prenotes: Sequence[Mandate],
    *,
    today: date,
    at: datetime,
) -> DebitFile:
    needed = ("ach_destination", "ach_origin", "ach_odfi", "ach_company_id", "ach_company_name")
    missing = [name for name in needed if not getattr(rules, name)]
    if missing:
        raise CannotCollect(
            f"To collect by ACH, set what your bank has given you: {', '.join(missing)}."
        )
    number, message_id = _numbered(seller, at=at)
    before = DebitFile.objects.filter(seller_id=seller.id, format="nacha")
    drawn = ach_files.draw(
        lines,
        prenotes=prenotes,
        rules=rules,
        today=today,
        at=at,
        first_trace=sum(a + b for a, b in before.values_list("count", "prenotes")) + 1,
        place_of_day=before.filter(created_at__date=at.date()).count(),
    )
    file = _file(
        seller, drawn.content, number=number, message_id=message_id, at=at, format="nacha",
        currency="USD", groups=drawn.groups, lines=lines, prenotes=len(prenotes),
        id_modifier=drawn.id_modifier, file_name=f"{message_id}.ach",
    )  # fmt: skip
    for line in lines:
        placed = drawn.places[line.debit.id]
        actions.change(
            line.debit,
            file_id=file.id,
            group=placed.group,
            trace_number=placed.trace,
            collect_on=line.collect_on,
        )
    for mandate in prenotes:
        trace, live_from = drawn.prenotes[mandate.id]
        actions.change(mandate, verification="sent", prenote_trace=trace, live_from=live_from)
    return file


def _numbered(seller: Seller, *, at: datetime) -> tuple[int, str]:
    """The next number of a file, and the identification by which the bank knows it."""
    last = queries.files(seller_id=seller.id).order_by("-number").first()
    number = last.number + 1 if last else 1
    return number, f"U{seller.id.hex[-8:]}-{at:%Y%m%d}-{number}".upper()


def _file(
    seller: Seller,
    content: bytes,
    *,
    at: datetime,
    lines: Sequence[Line],
    **fields: Any,
) -> DebitFile:
    return DebitFile.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        amount=sum(line.debit.amount for line in lines),
        count=len(lines),
        content=encrypt(content.decode()),
        digest=hashlib.sha256(content).hexdigest(),
        **fields,
    )


def content_of(file: DebitFile) -> bytes:
    """The bytes of the file. Raises SecretUnreadable."""
    return decrypt(file.content).encode()


@transaction.atomic
def mark_sent(seller: Seller, *, file_id: UUID, at: datetime, by: str) -> DebitFile:
    """The bank has been given the file: its debits are on their way.

    Raises NotFound, or WrongState where the file was withdrawn or a mandate in it has ended since it
    was written. Asked twice it changes nothing.
    """
    found = queries.debits(seller_id=seller.id, file_id=file_id)
    debits = actions.lock_debits(
        seller_id=seller.id, debit_ids=list(found.values_list("id", flat=True))
    )
    file = _locked(seller, file_id)
    if file.state not in ("written", "withdrawn"):
        return file
    if file.state == "withdrawn":
        raise WrongState("The file was withdrawn; its debits stand in no file, or in another.")
    today = business_day(seller, at=at)
    journal = Journal(seller, at=at, by=by)
    for debit in debits:
        mandate = actions.lock_mandate(seller_id=seller.id, mandate_id=debit.mandate_id)
        assert mandate is not None
        if mandate.state != "active":
            raise WrongState(
                f"The mandate {mandate.reference} is {mandate.state} since the file was written;"
                " withdraw the file, and write it anew."
            )
        # Banks move what comes too late to the first day on which they can.
        first = earliest_day(SCHEMES[mandate.scheme], sent_on=today, lead_days=1)
        _submit(journal, debit, collect_on=max(debit.collect_on, first))
        actions.change(mandate, last_collected_on=debit.collect_on, amendment={})
    actions.change(file, state="sent", sent_at=at, sent_by=by)
    _tell(journal, file, "sent")
    journal.close()
    return file


def _submit(journal: Journal, debit: Debit, *, collect_on: date) -> None:
    actions.change(debit, state="submitted", collect_on=collect_on)
    journal.tell(
        "debit.submitted",
        object_type="debit",
        object_id=debit.id,
        buyer_id=debit.buyer_id,
        state="submitted",
        currency=debit.currency,
        data={"amount": debit.amount, "collect_on": debit.collect_on.isoformat()},
    )


@transaction.atomic
def withdraw_file(seller: Seller, *, file_id: UUID, at: datetime, by: str) -> DebitFile:
    """The file will not be sent: its debits go into the next one. Raises NotFound or WrongState."""
    found = queries.debits(seller_id=seller.id, file_id=file_id)
    debits = actions.lock_debits(
        seller_id=seller.id, debit_ids=list(found.values_list("id", flat=True))
    )
    file = _locked(seller, file_id)
    if file.state != "written":
        raise WrongState(f"The file is {file.state}; only one that was not sent is withdrawn.")
    journal = Journal(seller, at=at, by=by)
    for debit in debits:
        mandate = actions.lock_mandate(seller_id=seller.id, mandate_id=debit.mandate_id)
        actions.change(debit, file_id=None, group="", sequence="", trace_number="")
        if mandate is not None and mandate.state in ("canceled", "expired", "completed"):
            drop(journal, debit, reason="mandate_ended")
    for mandate in queries.mandates(seller_id=seller.id).filter(
        verification="sent", prenote_trace__in=file_prenotes(file)
    ):
        actions.change(mandate, verification="wanted", prenote_trace="", live_from=None)
    actions.change(file, state="withdrawn")
    _tell(journal, file, "withdrawn")
    journal.close()
    return file


def file_prenotes(file: DebitFile) -> list[str]:
    """The trace numbers of the accounts that the file asks for."""
    return [trace for group in file.groups for trace in group.get("prenotes", ())]


def _locked(seller: Seller, file_id: UUID) -> DebitFile:
    file = actions.lock_file(seller_id=seller.id, file_id=file_id)
    if file is None:
        raise NotFound("There is no such file of debits.")
    return file


def _tell(journal: Journal, file: DebitFile, what: str) -> None:
    journal.tell(
        f"debit_file.{what}",
        object_type="debit_file",
        object_id=file.id,
        state=file.state,
        currency=file.currency,
        data={"number": file.number, "count": file.count, "amount": file.amount},
    )
