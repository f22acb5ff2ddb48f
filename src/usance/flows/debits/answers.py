"""What the bank answers to files of debits: status reports in SEPA, returns and corrections in ACH."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.debits.corrections import take_correction
from usance.flows.debits.prenotes import refuse_prenote
from usance.flows.debits.returns import Told, take_return
from usance.flows.journal import Journal, business_day
from usance.formats import nacha, sepa
from usance.formats.errors import FormatError
from usance.records.debits import actions, queries
from usance.records.debits.models import Answer, Debit, DebitFile
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.rules.debits.ach_days import settlement_from_day_of_year

MOST_FINDINGS = 200


@dataclass(slots=True)
class _Taken:
    """What was made of one answer so far."""

    seller: Seller
    answer: Answer
    at: datetime
    by: str
    findings: list[dict[str, Any]] = field(default_factory=list)

    def count(self, kind: str) -> None:
        if kind == "noted":
            self.answer.repeated += 1
        else:
            self.answer.applied += 1

    def note(self, code: str, **data: Any) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append({"code": code, **data})


@transaction.atomic
def take_answer(
    seller: Seller, data: bytes, *, at: datetime, by: str, file_name: str = ""
) -> tuple[Answer, bool]:
    """Take a pain.002, or a NACHA file of returns and corrections, whole or not at all.

    Returns what was made of it, and whether it is new: the same bytes are taken once. What belongs to
    no debit of the seller's is a finding. Raises FormatError if it cannot be read.
    """
    digest = hashlib.sha256(data).hexdigest()
    actions.lock_collecting(seller_id=seller.id)
    known = queries.answer_with_digest(seller_id=seller.id, digest=digest)
    if known is not None:
        return known, False
    is_xml = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
    report = sepa.parse_status_report(data) if is_xml else None
    file = None if is_xml else _parsed(data)
    answer = Answer(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        digest=digest,
        format=report.version[:16] if report else "nacha",
        file_name=file_name,
        by=by,
    )
    answer.save(force_insert=True)
    taken = _Taken(seller, answer, at, by)
    if report is not None:
        _take_report(taken, report)
    if file is not None:
        _take_entries(taken, file)
    answer.findings = taken.findings
    answer.save(update_fields=["applied", "repeated", "findings"])
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "debit_answer.received",
        object_type="debit_answer",
        object_id=answer.id,
        data={
            "format": answer.format,
            "applied": answer.applied,
            "repeated": answer.repeated,
            "findings": len(answer.findings),
        },
    )
    journal.close()
    return answer, True


def _parsed(data: bytes) -> nacha.NachaFile:
    """The file, if nothing serious is wrong with it. Raises FormatError."""
    file = nacha.parse(data)
    serious = next((fault for fault in file.faults if fault.serious), None)
    if serious is not None:
        raise FormatError(
            f"{serious} Ask the bank for the file again.", code=serious.code, line=serious.line
        )
    if not any(e.returned or e.correction for batch in file.batches for e in batch.entries):
        raise FormatError(
            "The file holds neither returns nor corrections; it is no answer to debits.",
            code="nothing_returned",
        )
    return file


def _take_report(taken: _Taken, report: sepa.StatusReport) -> None:
    seller = taken.seller
    file = queries.file_by_message(seller_id=seller.id, message_id=report.original_message_id or "")
    day = report.created_at.date() if report.created_at else business_day(seller, at=taken.at)
    if file is None:
        _take_strays(taken, report, on=day)
        return
    found = queries.debits(seller_id=seller.id, file_id=file.id)
    # The lines of all buyers first, in the order of all flows.
    debits = actions.lock_debits(
        seller_id=seller.id, debit_ids=list(found.values_list("id", flat=True))
    )
    verdicts = []
    for debit in debits:
        try:
            outcome = sepa.outcome_of(
                report, group_id=debit.group, end_to_end_id=debit.end_to_end_id
            )
        except FormatError as error:
            taken.note("unknown_status", end_to_end_id=debit.end_to_end_id, message=str(error))
            continue
        verdicts.append(outcome.verdict)
        if outcome.verdict == "rejected":
            _reject(taken, debit, outcome.reasons, on=day)
    named = {debit.end_to_end_id for debit in debits}
    for each in _transactions(report):
        if each.end_to_end_id and each.end_to_end_id not in named:
            taken.note("unknown_debit", end_to_end_id=each.end_to_end_id)
    _move_file(taken, file, verdicts)


def _take_strays(taken: _Taken, report: sepa.StatusReport, *, on: date) -> None:
    """A report on a message that is not ours, or named otherwise: debits are found one by one."""
    before = taken.answer.applied + taken.answer.repeated
    for each in _transactions(report):
        debit = queries.debit_by_end_to_end_id(
            seller_id=taken.seller.id, end_to_end_id=each.end_to_end_id or ""
        )
        if debit is None:
            taken.note("unknown_debit", end_to_end_id=each.end_to_end_id or "")
        elif sepa.model.VERDICTS.get(each.status or "") == "rejected":
            _reject(taken, debit, each.reasons, on=on)
    if before == taken.answer.applied + taken.answer.repeated:
        taken.note("unknown_message", message_id=report.original_message_id or "")


def _transactions(report: sepa.StatusReport) -> Iterator[sepa.TransactionStatus]:
    for group in report.groups:
        yield from group.transactions


def _reject(taken: _Taken, debit: Debit, reasons: tuple[sepa.Reason, ...], *, on: date) -> None:
    first = reasons[0] if reasons else None
    told = Told(
        code=first.code if first and first.code else "MS03",
        text=first.text if first else "",
        on=on,
        before_settlement=True,
        answer_id=taken.answer.id,
    )
    kept = take_return(taken.seller, debit_id=debit.id, told=told, at=taken.at, by=taken.by)
    taken.count(kept.kind)


def _move_file(taken: _Taken, file: DebitFile, verdicts: Sequence[str]) -> None:
    """The file is as its debits are."""
    locked = actions.lock_file(seller_id=taken.seller.id, file_id=file.id)
    assert locked is not None
    rejected = verdicts.count("rejected")
    if rejected and rejected == len(verdicts):
        after = "rejected"
    elif rejected:
        after = "partly"
    else:
        after = "accepted" if verdicts and set(verdicts) == {"accepted"} else ""
    allowed = {
        "sent": ("accepted", "partly", "rejected"),
        "accepted": ("partly", "rejected"),
        "partly": ("rejected",),
    }
    if after in allowed.get(locked.state, ()):
        actions.change(locked, state=after, answered_at=taken.at)
    elif locked.state == "written":
        taken.note("file_not_marked_sent", number=locked.number)


def _take_entries(taken: _Taken, file: nacha.NachaFile) -> None:
    today = business_day(taken.seller, at=taken.at)
    entries = [
        (batch, entry)
        for batch in file.batches
        for entry in batch.entries
        if entry.returned is not None or entry.correction is not None
    ]
    found = [_debit_of(taken.seller, entry) for _, entry in entries]
    actions.lock_debits(
        seller_id=taken.seller.id, debit_ids=[debit.id for debit in found if debit is not None]
    )
    for (batch, entry), debit in zip(entries, found, strict=True):
        day = (
            settlement_from_day_of_year(batch.settlement_day or 0, near=today)
            or batch.effective_on
            or today
        )
        if entry.correction is not None:
            _correct(taken, entry.correction, debit, on=day)
        elif entry.returned is not None:
            _return(taken, entry.returned, debit, on=day)


def _debit_of(seller: Seller, entry: nacha.Entry) -> Debit | None:
    said = entry.returned or entry.correction
    assert said is not None
    return queries.debit_by_trace(seller_id=seller.id, trace=said.original_trace)


def _return(taken: _Taken, returned: nacha.Return, debit: Debit | None, *, on: date) -> None:
    if debit is None:
        mandate = queries.mandate_of_prenote(
            seller_id=taken.seller.id, trace=returned.original_trace
        )
        if mandate is None:
            taken.note("unknown_debit", trace=returned.original_trace, reason=returned.code)
            return
        kind = refuse_prenote(
            taken.seller, mandate_id=mandate.id, code=returned.code, on=on,
            answer_id=taken.answer.id, at=taken.at, by=taken.by,
        )  # fmt: skip
        taken.count(kind)
        return
    told = Told(
        code=returned.code, text=returned.information.strip(), on=on, answer_id=taken.answer.id
    )
    kept = take_return(taken.seller, debit_id=debit.id, told=told, at=taken.at, by=taken.by)
    taken.count(kept.kind)


def _correct(taken: _Taken, correction: nacha.Correction, debit: Debit | None, *, on: date) -> None:
    mandate_id: UUID | None = debit.mandate_id if debit else None
    if debit is None:
        mandate = queries.mandate_of_prenote(
            seller_id=taken.seller.id, trace=correction.original_trace
        )
        mandate_id = mandate.id if mandate else None
    if mandate_id is None:
        taken.note("unknown_debit", trace=correction.original_trace, reason=correction.code)
        return
    kept = take_correction(
        taken.seller,
        mandate_id=mandate_id,
        code=correction.code,
        corrected=correction.corrected,
        on=on,
        debit_id=debit.id if debit else None,
        answer_id=taken.answer.id,
        at=taken.at,
        by=taken.by,
    )
    taken.count(kept.kind)
