"""Debits and prenotes of ACH mandates as a NACHA file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from usance.formats.nacha import (
    CHECKING_DEBIT,
    SAVINGS_DEBIT,
    Batch,
    Entry,
    FileHeader,
    NachaFile,
    fitted,
    fragments,
    numbered,
    prenote,
    remittance_segment,
    render,
)
from usance.records.debits.models import CollectionRules, DebitPart, Mandate
from usance.records.events.secrets import decrypt
from usance.rules.debits.ach_days import RETRY_DESCRIPTION, effective_date, live_after_prenote
from usance.rules.debits.schemes import SCHEMES

if TYPE_CHECKING:
    from usance.flows.debits.files import Line

DESCRIPTION: Final = "PAYMENT"
PRENOTE: Final = "PRENOTE"
_MOST_TRACES: Final = 9_999_999
_MODIFIERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_ONE_ADDENDA: Final = 80


@dataclass(frozen=True, slots=True)
class Place:
    """Where a debit stands in the file."""

    group: str
    trace: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The file, its batches, where each debit stands in it, and trace and first live day of each
    account that is asked for."""

    content: bytes
    id_modifier: str
    groups: list[dict[str, Any]]
    places: dict[UUID, Place]
    prenotes: dict[UUID, tuple[str, date]]


def draw(
    lines: Sequence[Line],
    *,
    prenotes: Sequence[Mandate],
    rules: CollectionRules,
    today: date,
    at: datetime,
    first_trace: int,
    place_of_day: int,
) -> Drawn:
    """The debits as batches by class, day and whether they are sent again. Raises FormatError."""
    modifier = _MODIFIERS[place_of_day % len(_MODIFIERS)]
    settles = effective_date(today, sent_on=today)
    wanted: dict[tuple[date, str, str], list[tuple[UUID, Entry, bool]]] = defaultdict(list)
    for line in lines:
        description = RETRY_DESCRIPTION if line.debit.tries > 1 else DESCRIPTION
        entry_class = SCHEMES[line.mandate.scheme].entry_class
        wanted[line.collect_on, entry_class, description].append(
            (line.debit.id, _entry(line), False)
        )
    for mandate in prenotes:
        key = (settles, SCHEMES[mandate.scheme].entry_class, PRENOTE)
        wanted[key].append((mandate.id, prenote(_account(mandate, amount=0)), True))
    batches = []
    groups: list[dict[str, Any]] = []
    places: dict[UUID, Place] = {}
    asked: dict[UUID, tuple[str, date]] = {}
    trace = (first_trace - 1) % _MOST_TRACES + 1
    for number, key in enumerate(sorted(wanted), 1):
        found = wanted[key]
        if trace + len(found) > _MOST_TRACES:
            trace = 1
        batch = numbered(_batch(rules, key, number, found), first=trace)
        trace += len(found)
        batches.append(batch)
        group = f"{today:%Y%m%d}{modifier}-{number}"
        for (id_, _, is_prenote), entry in zip(found, batch.entries, strict=True):
            if is_prenote:
                asked[id_] = (entry.trace_number, live_after_prenote(settles))
            else:
                places[id_] = Place(group, entry.trace_number)
        groups.append(_group(group, batch, found))
    file = NachaFile(header=_header(rules, modifier, at=at), batches=tuple(batches))
    return Drawn(render(file), modifier, groups, places, asked)


def _header(rules: CollectionRules, modifier: str, *, at: datetime) -> FileHeader:
    return FileHeader(
        destination=rules.ach_destination,
        destination_name=fitted(rules.ach_destination_name, most=23),
        origin=rules.ach_origin,
        origin_name=fitted(rules.ach_company_name, most=23),
        created_on=at.date(),
        created_at=at.time().replace(second=0, microsecond=0, tzinfo=None),
        id_modifier=modifier,
    )


def _batch(
    rules: CollectionRules,
    key: tuple[date, str, str],
    number: int,
    found: Sequence[tuple[UUID, Entry, bool]],
) -> Batch:
    day, entry_class, description = key
    return Batch(
        entry_class=entry_class,
        company_name=fitted(rules.ach_company_name, most=16),
        company_id=rules.ach_company_id,
        description=description,
        odfi=rules.ach_odfi,
        number=number,
        effective_on=day,
        entries=tuple(entry for _, entry, _ in found),
    )


def _group(group: str, batch: Batch, found: Sequence[tuple[UUID, Entry, bool]]) -> dict[str, Any]:
    live = [entry for _, entry, is_prenote in found if not is_prenote]
    assert batch.effective_on is not None
    return {
        "id": group,
        "day": batch.effective_on.isoformat(),
        "class": batch.entry_class,
        "count": len(live),
        "amount": sum(entry.amount for entry in live),
        "prenotes": [
            entry.trace_number
            for (_, _, is_prenote), entry in zip(found, batch.entries, strict=True)
            if is_prenote
        ],
    }


def _account(mandate: Mandate, *, amount: int, identification: str = "") -> Entry:
    most = 16 if SCHEMES[mandate.scheme].entry_class == "CTX" else 22
    return Entry(
        transaction_code=SAVINGS_DEBIT if mandate.account_kind == "savings" else CHECKING_DEBIT,
        routing_number=mandate.bank,
        account=decrypt(mandate.account),
        amount=amount,
        name=fitted(mandate.debtor_name, most=most),
        identification=identification or mandate.reference[-15:],
    )


def _entry(line: Line) -> Entry:
    entry = _account(
        line.mandate,
        amount=line.debit.amount,
        identification=line.debit.end_to_end_id[-15:],
    )
    return replace(entry, addenda=_addenda(line.mandate, line.parts))


def _addenda(mandate: Mandate, parts: Sequence[DebitPart]) -> tuple[str, ...]:
    """What is paid: in CTX every invoice with its amount, in the others as many as one record holds."""
    segments = [
        remittance_segment(part.invoice.number, amount=part.amount, original=part.invoice.amount)
        for part in parts
    ]
    if SCHEMES[mandate.scheme].entry_class == "CTX":
        return fragments("".join(segments))
    room = ""
    for segment in segments:
        if len(room) + len(segment) > _ONE_ADDENDA:
            break
        room += segment
    return (room,) if room else ()
