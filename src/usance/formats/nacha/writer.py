"""Batches to the bytes of a NACHA file, strictly."""

from __future__ import annotations

from typing import Final

from usance.formats.errors import FormatError
from usance.formats.nacha.layout import (
    BATCH_CONTROL,
    BATCH_HEADER,
    BLOCKING,
    FILE_CONTROL,
    FILE_HEADER,
    FILLER,
)
from usance.formats.nacha.model import Batch, FileHeader, NachaFile, Totals
from usance.formats.nacha.record import blocks_of
from usance.formats.nacha.totals import batch_totals, is_number, summed
from usance.formats.nacha.writing_checks import check_batch, refuse
from usance.formats.nacha.writing_entries import entry_records

_LARGEST_TOTAL: Final = 10**12 - 1
_LARGEST_COUNT: Final = 10**6 - 1


def render(file: NachaFile) -> bytes:
    """Write ``file``: CCD, PPD, CTX, WEB, TEL and COR, live entries, prenotes, returns, corrections.

    Totals, counts and blocking are computed; entries need trace numbers that ascend (see
    :func:`numbered`), batches numbers that do. Lines end with a line feed.

    Raises FormatError with ``path`` naming record and field: ``missing_value``, ``value_too_long``,
    ``invalid_character``, ``invalid_number``, ``invalid_routing_number``, ``invalid_trace_number``,
    ``invalid_transaction_code``, ``invalid_amount``, ``invalid_date``, ``wrong_service_class``,
    ``unsupported_entry_class``, ``too_many_addenda``, ``unknown_code``, ``total_too_large``. Nothing is
    ever cut or left out.
    """
    if file.header is None or not file.batches:
        raise refuse("missing_value", "file", "A file has a header and at least one batch.")
    records = [_file_header(file.header)]
    totals = []
    before = 0
    for batch in file.batches:
        if batch.number <= before:
            raise refuse("invalid_number", "batch_header.number", "Numbers of batches ascend.")
        before = batch.number
        total = batch_totals(batch)
        records.extend(_batch_records(batch, total))
        totals.append(total)
    records.append(_file_control(summed(totals), batches=len(totals), records=len(records) + 1))
    records.extend([FILLER] * (-len(records) % BLOCKING))
    return ("\n".join(records) + "\n").encode("ascii")


def _file_header(header: FileHeader) -> str:
    if header.created_on is None:
        raise refuse("missing_value", "file_header.created_on", "Give the day on which it is made.")
    if len(header.destination) != 9 or not is_number(header.destination):
        raise refuse(
            "invalid_routing_number",
            "file_header.destination",
            f"{header.destination!r} is not the 9 digits of the bank's routing number.",
        )
    for field, value in (("origin", header.origin), ("id_modifier", header.id_modifier)):
        if not value.strip():
            raise refuse("missing_value", f"file_header.{field}", "It may not be blank.")
    if not (header.id_modifier.isascii() and header.id_modifier.isalnum()):
        raise refuse("invalid_character", "file_header.id_modifier", "It is A to Z or 0 to 9.")
    return FILE_HEADER.compose(
        {
            "priority_code": 1,
            "destination": header.destination,
            "origin": header.origin,
            "created_on": f"{header.created_on:%y%m%d}",
            "created_at": f"{header.created_at:%H%M}" if header.created_at else "",
            "id_modifier": header.id_modifier.upper(),
            "record_size": 94,
            "blocking_factor": BLOCKING,
            "format_code": 1,
            "destination_name": header.destination_name,
            "origin_name": header.origin_name,
            "reference": header.reference,
        }
    )


def _batch_records(batch: Batch, totals: Totals) -> list[str]:
    check_batch(batch, totals)
    if max(totals.debits, totals.credits) > _LARGEST_TOTAL or totals.entries > _LARGEST_COUNT:
        raise refuse(
            "total_too_large",
            "batch_control.entries",
            f"A batch holds {_LARGEST_COUNT} entries and addenda and 9,999,999,999.99 dollars; make"
            " two of it.",
        )
    records = [
        BATCH_HEADER.compose(
            {
                "service_class": batch.service_class,
                "company_name": batch.company_name,
                "discretionary_data": batch.discretionary_data,
                "company_id": batch.company_id,
                "entry_class": batch.entry_class,
                "description": batch.description,
                "descriptive_date": batch.descriptive_date,
                "effective_on": f"{batch.effective_on:%y%m%d}" if batch.effective_on else "",
                "settlement_day": ""
                if batch.settlement_day is None
                else f"{batch.settlement_day:03}",
                "originator_status": batch.originator_status,
                "odfi": batch.odfi,
                "number": batch.number,
            }
        )
    ]
    for entry in batch.entries:
        records.extend(entry_records(entry, batch=batch))
    records.append(
        BATCH_CONTROL.compose(
            {
                "service_class": batch.service_class,
                "entries": totals.entries,
                "entry_hash": totals.entry_hash,
                "debits": totals.debits,
                "credits": totals.credits,
                "company_id": batch.company_id,
                "odfi": batch.odfi,
                "number": batch.number,
            }
        )
    )
    return records


def _file_control(totals: Totals, *, batches: int, records: int) -> str:
    try:
        return FILE_CONTROL.compose(
            {
                "batches": batches,
                "blocks": blocks_of(records),
                "entries": totals.entries,
                "entry_hash": totals.entry_hash,
                "debits": totals.debits,
                "credits": totals.credits,
            }
        )
    except FormatError as error:
        raise refuse(
            "total_too_large", error.path or "file_control", "Make two files of it."
        ) from None
