"""One entry to its records."""

from __future__ import annotations

from collections.abc import Iterator

from usance.formats.nacha.addenda import corrected_data, corrected_text
from usance.formats.nacha.layout import (
    CONTESTED_ADDENDA,
    CORRECTION_ADDENDA,
    COUNTED_ENTRY,
    DISHONORED_ADDENDA,
    PAYMENT_ADDENDA,
    REFUSAL_ADDENDA,
    RETURN_ADDENDA,
    entry_layout,
)
from usance.formats.nacha.model import Batch, Correction, Entry, Return
from usance.formats.nacha.totals import addenda_count, is_number
from usance.formats.nacha.writing_checks import refuse
from usance.rules.debits.ach_reasons import ACH_REASONS
from usance.rules.debits.corrections import CHANGES, is_refusal


def entry_records(entry: Entry, *, batch: Batch) -> Iterator[str]:
    """The entry record and its addenda. Raises FormatError."""
    layout = entry_layout(batch.entry_class)
    count = addenda_count(entry)
    values: dict[str, str | int] = {
        "transaction_code": entry.transaction_code,
        "routing_number": entry.routing_number,
        "account": entry.account,
        "amount": entry.amount,
        "identification": entry.identification,
        "name": entry.name,
        "discretionary_data": entry.discretionary_data,
        "addenda_indicator": 1 if count else 0,
        "trace_number": entry.trace_number,
    }
    if layout is COUNTED_ENTRY:
        values["addenda_count"] = count
    yield layout.compose(values)
    for number, text in enumerate(entry.addenda, 1):
        yield PAYMENT_ADDENDA.compose(
            {"text": text, "sequence": number, "entry_sequence": entry.trace_number[-7:]}
        )
    if entry.returned is not None:
        yield _return_record(entry.returned, entry)
    if entry.correction is not None:
        yield _correction_record(entry.correction, entry)


def _return_record(returned: Return, entry: Entry) -> str:
    if returned.code not in ACH_REASONS:
        raise refuse(
            "unknown_code", "return_addenda.code", f"{returned.code!r} is none, R01 to R85."
        )
    values: dict[str, str | int] = {
        "code": returned.code,
        "original_trace": _original(returned.original_trace, "return_addenda.original_trace"),
        "original_receiver": returned.original_receiver or 0,
        "trace_number": returned.trace_number or entry.trace_number,
        "information": returned.information,
    }
    stage = ACH_REASONS[returned.code].stage
    if stage == "dishonored" and returned.dishonored is not None:
        answered = returned.dishonored
        return DISHONORED_ADDENDA.compose(
            values
            | {
                "return_trace": answered.return_trace,
                "return_settlement_day": _day(answered.return_settlement_day),
                "return_code": answered.return_code.removeprefix("R"),
            }
        )
    if stage == "contested" and returned.contested is not None:
        upheld = returned.contested
        return CONTESTED_ADDENDA.compose(
            values
            | {
                "returned_on": f"{upheld.returned_on:%y%m%d}" if upheld.returned_on else "",
                "original_settlement_day": _day(upheld.original_settlement_day),
                "return_trace": upheld.return_trace,
                "return_settlement_day": _day(upheld.return_settlement_day),
                "return_code": upheld.return_code.removeprefix("R"),
                "dishonored_trace": upheld.dishonored_trace,
                "dishonored_settlement_day": _day(upheld.dishonored_settlement_day),
                "dishonored_code": upheld.dishonored_code.removeprefix("R"),
            }
        )
    if stage != "return":
        raise refuse(
            "missing_value",
            "return_addenda.code",
            f"{returned.code} answers an earlier return; say which.",
        )
    died = f"{returned.died_on:%y%m%d}" if returned.died_on else ""
    return RETURN_ADDENDA.compose(values | {"died_on": died})


def _correction_record(correction: Correction, entry: Entry) -> str:
    code = correction.code
    if code not in CHANGES:
        raise refuse("unknown_code", "correction_addenda.code", f"{code!r} is none, C01 to C69.")
    text = correction.raw or corrected_text(code, correction.corrected)
    values: dict[str, str | int] = {
        "code": code,
        "original_trace": _original(correction.original_trace, "correction_addenda.original_trace"),
        "original_receiver": correction.original_receiver or 0,
        "corrected": text,
        "trace_number": correction.trace_number or entry.trace_number,
    }
    if is_refusal(code):
        return REFUSAL_ADDENDA.compose(
            values
            | {
                "refused_code": correction.refused_code or "",
                "refused_sequence": correction.refused_sequence or "",
            }
        )
    if CHANGES[code].fields and corrected_data(code, text).empty:
        raise refuse(
            "missing_value",
            "correction_addenda.corrected",
            f"{code} gives {', '.join(CHANGES[code].fields)}; {text!r} does not.",
        )
    return CORRECTION_ADDENDA.compose(values)


def _original(trace: str, path: str) -> str:
    if len(trace) != 15 or not is_number(trace):
        raise refuse("invalid_trace_number", path, f"{trace!r} is not the 15 digits of an entry.")
    return trace


def _day(day_of_year: int | None) -> str:
    return "" if day_of_year is None else f"{day_of_year:03}"
