"""Whether headers and controls say what is in the file."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from usance.formats.nacha.layout import (
    ADVICE_CONTROL,
    ADVICE_FILE_CONTROL,
    BATCH_CONTROL,
    BLOCKING,
    FILE_CONTROL,
)
from usance.formats.nacha.model import (
    ADVICES,
    CREDITS_ONLY,
    DEBITS_ONLY,
    MIXED,
    Batch,
    Totals,
)
from usance.formats.nacha.record import Faults, Line, Record, blocks_of
from usance.formats.nacha.totals import is_number

ENTRY_CLASSES: Final = frozenset(
    {
        "ACK", "ADV", "ARC", "ATX", "BOC", "CCD", "CIE", "COR", "CTX", "DNE", "ENR", "IAT", "MTE",
        "POP", "POS", "PPD", "RCK", "SHR", "TEL", "TRC", "TRX", "WEB", "XCK",
    }
)  # fmt: skip
_FIGURES: Final = ("entries", "entry_hash", "debits", "credits")


def check_header(record: Record) -> None:
    """Note what the file header should say otherwise."""
    for field in ("destination", "origin"):
        if not record.value(field):
            record.wrong(field, "It is blank.", code="missing_value")
    destination = record.value("destination")
    if destination and not is_number(destination):
        record.wrong("destination", f"{destination!r} is no routing number.")
    if record.value("created_on") == "":
        record.wrong("created_on", "It is blank.", code="missing_value", serious=False)
    modifier = record.value("id_modifier")
    if not (modifier.isascii() and modifier.isalnum() and modifier == modifier.upper()):
        record.wrong("id_modifier", f"{modifier!r} is not A to Z or 0 to 9.", serious=False)
    for field, expected in (
        ("record_size", "094"),
        ("blocking_factor", "10"),
        ("format_code", "1"),
    ):
        if record.value(field) != expected:
            record.wrong(field, f"{record.value(field)!r} should be {expected}.", serious=False)


def check_batch(
    header: Record, batch: Batch, control: Line | None, *, totals: Totals, faults: Faults
) -> None:
    """Note what is wrong with a batch as a whole, and where its control differs."""
    _check_class(header, batch, totals)
    _check_order(batch, faults)
    if control is None:
        faults.add(
            "missing_batch_control",
            line=header.line,
            message=f"The batch {batch.number} has no control; records of it may be missing.",
        )
        return
    advice = batch.entry_class == "ADV"
    record = Record(control, ADVICE_CONTROL if advice else BATCH_CONTROL, faults)
    _compare(record, totals)
    for field, value in (("service_class", batch.service_class), ("number", batch.number)):
        if record.number(field, serious=False) != value:
            record.wrong(
                field,
                f"The header says {value}, the control {record.value(field)}.",
                code="control_differs",
            )
    texts = {"odfi": batch.odfi}
    if not advice and batch.exchange is None:  # which leave it blank more often than not
        texts["company_id"] = batch.company_id
    for field, text in texts.items():
        if record.value(field) != text:
            record.wrong(
                field,
                f"The header says {text!r}, the control {record.value(field)!r}.",
                code="control_differs",
                serious=False,
            )


def _check_class(header: Record, batch: Batch, totals: Totals) -> None:
    if batch.service_class not in (MIXED, CREDITS_ONLY, DEBITS_ONLY, ADVICES):
        header.wrong("service_class", f"{batch.service_class} is none.", code="unknown_class")
    if batch.entry_class not in ENTRY_CLASSES:
        header.wrong("entry_class", f"{batch.entry_class!r} is none.", code="unknown_class")
    if (batch.service_class == ADVICES) != (batch.entry_class == "ADV"):
        header.wrong("service_class", "280 and ADV belong together.", code="wrong_service_class")
    elif (batch.service_class == CREDITS_ONLY and totals.debits) or (
        batch.service_class == DEBITS_ONLY and totals.credits
    ):
        header.wrong(
            "service_class",
            f"{batch.service_class} does not allow debits of {totals.debits} and credits of"
            f" {totals.credits} cents.",
            code="wrong_service_class",
        )
    if not batch.company_id:
        header.wrong("company_id", "It is blank.", code="missing_value", serious=False)
    if len(batch.odfi) != 8 or not is_number(batch.odfi):
        header.wrong("odfi", f"{batch.odfi!r} is not the first 8 digits of a routing number.")


def _check_order(batch: Batch, faults: Faults) -> None:
    for before, after in pairwise(batch.entries):
        if before.trace_number >= after.trace_number:
            faults.add(
                "trace_not_ascending",
                line=after.line,
                field="entry.trace_number",
                message=f"{after.trace_number} comes after {before.trace_number}.",
                serious=False,
            )


def _compare(record: Record, totals: Totals) -> None:
    for field in _FIGURES:
        counted = getattr(totals, field)
        if not is_number(record.value(field)):
            record.number(field)
        elif record.number(field) != counted:
            record.wrong(
                field,
                f"It states {record.number(field)}; what is there makes {counted}.",
                code="wrong_total",
            )


def check_file(
    control: Line | None,
    *,
    whole: bool,
    totals: Totals,
    batches: int,
    records: int,
    advices: bool,
    last_line: int,
    faults: Faults,
) -> None:
    """Note where the file control differs from what is there. ``whole``: there is a file header."""
    if control is None:
        faults.add(
            "missing_file_control",
            line=last_line,
            message="There is no file control; the file may have been cut off.",
            serious=whole,
        )
        return
    record = Record(control, ADVICE_FILE_CONTROL if advices else FILE_CONTROL, faults)
    _compare(record, totals)
    for field, counted in (("batches", batches), ("blocks", blocks_of(records))):
        stated = record.number(field, serious=field == "batches")
        if stated != counted:
            record.wrong(
                field,
                f"It states {stated}; what is there makes {counted}.",
                code="wrong_total",
                serious=field == "batches",
            )
    if records % BLOCKING:
        faults.add(
            "not_blocked",
            line=last_line,
            message=f"The file has {records} records, which do not fill blocks of {BLOCKING}.",
            serious=False,
        )
