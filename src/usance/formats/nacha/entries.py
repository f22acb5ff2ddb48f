"""An entry record and the addenda that follow it, to what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from usance.formats.nacha.addenda import correction_of, international_of, return_of
from usance.formats.nacha.layout import (
    COUNTED_ENTRY,
    ENTRY,
    IAT_ADDENDA,
    IAT_ENTRY,
    PAYMENT_ADDENDA,
    entry_layout,
)
from usance.formats.nacha.model import Advice, Correction, Entry, Return
from usance.formats.nacha.record import Faults, Line, Record
from usance.formats.nacha.routing import check_digit
from usance.formats.nacha.totals import is_number

TRANSACTION_CODES: Final = frozenset(
    {*range(21, 30), *range(31, 40), *range(41, 50), *range(51, 58)} - {25, 30, 35, 40, 45, 50}
)
"""Checking 2x, savings 3x, general ledger 4x, loan 5x."""
ADVICE_CODES: Final = frozenset(range(81, 89))
_INTERNATIONAL_NEEDS: Final = ("10", "11", "12", "13", "14", "15", "16")


@dataclass(slots=True)
class OpenEntry:
    """An entry whose addenda may not all have come yet."""

    record: Record
    entry_class: str
    odfi: str
    addenda: list[Line] = field(default_factory=list)


def open_entry(line: Line, *, entry_class: str, odfi: str, faults: Faults) -> OpenEntry:
    """The entry that begins with ``line``."""
    layout = entry_layout(entry_class)
    if layout is COUNTED_ENTRY and entry_class != "CTX":
        # Some write a name of 22 characters in these, without a count before it.
        layout = layout if is_number(layout.raw(line.text, "addenda_count")) else ENTRY
    record = Record(line, layout, faults)
    return OpenEntry(record=record, entry_class=entry_class, odfi=odfi)


@dataclass(slots=True)
class _Read:
    """What the addenda of an entry came to."""

    payment: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    international: list[Line] = field(default_factory=list)
    returned: Return | None = None
    correction: Correction | None = None


def entry_of(opened: OpenEntry, *, faults: Faults) -> Entry:
    """The entry, once all its addenda are there."""
    record = opened.record
    read = _addenda(opened, faults=faults)
    _check_addenda(opened, read)
    code = _transaction_code(record, known=TRANSACTION_CODES)
    entry = Entry(
        transaction_code=code,
        routing_number=_routing_number(record),
        account=record.value("account"),
        amount=record.number("amount"),
        name="" if record.layout is IAT_ENTRY else record.value("name"),
        identification="" if record.layout is IAT_ENTRY else record.value("identification"),
        discretionary_data=record.value("discretionary_data"),
        trace_number=record.digits("trace_number"),
        addenda=tuple(read.payment),
        other_addenda=tuple(read.other),
        returned=read.returned,
        correction=read.correction,
        international=(
            international_of(read.international, faults=faults) if read.international else None
        ),
        line=record.line,
    )
    _check_entry(entry, opened)
    return entry


def advice_of(opened: OpenEntry, *, faults: Faults) -> Advice:
    """The line of an ADV batch, with the return of it if there is one."""
    record = opened.record
    read = _addenda(opened, faults=faults)
    return Advice(
        transaction_code=_transaction_code(record, known=ADVICE_CODES),
        routing_number=_routing_number(record),
        account=record.value("account"),
        amount=record.number("amount"),
        advice_routing_number=record.digits("advice_routing_number", serious=False),
        file_identification=record.value("file_identification"),
        operator_data=record.value("operator_data"),
        name=record.value("name"),
        discretionary_data=record.value("discretionary_data"),
        operator_routing_number=record.digits("operator_routing_number", serious=False),
        day_of_year=record.day_of_year("day_of_year"),
        sequence=record.value("sequence"),
        returned=read.returned,
        line=record.line,
    )


def _transaction_code(record: Record, *, known: frozenset[int]) -> int:
    code = record.number("transaction_code")
    if code not in known:
        record.wrong(
            "transaction_code",
            f"{code:02} is no transaction code.",
            code="unknown_transaction_code",
        )
    return code


def _routing_number(record: Record) -> str:
    number = record.digits("routing_number")
    if len(number) == 9 and is_number(number) and check_digit(number[:8]) != number[8]:
        record.wrong(
            "routing_number",
            f"The check digit of {number} should be {check_digit(number[:8])}.",
            code="wrong_check_digit",
        )
    return number


def _check_entry(entry: Entry, opened: OpenEntry) -> None:
    record = opened.record
    if not entry.account:
        record.wrong("account", "There is no account number.", code="missing_value")
    if record.layout is not IAT_ENTRY and not entry.name.strip("0"):
        record.wrong("name", "There is no name.", code="missing_value", serious=False)
    if entry.is_prenote and entry.amount:
        record.wrong("amount", "A prenote has an amount.", code="prenote_with_amount")
    back = entry.returned or entry.correction
    if back is None and not entry.trace_number.startswith(opened.odfi):
        record.wrong(
            "trace_number",
            f"{entry.trace_number} does not begin like the batch's bank, {opened.odfi}.",
            code="foreign_trace_number",
            serious=False,
        )


def _addenda(opened: OpenEntry, *, faults: Faults) -> _Read:
    read = _Read()
    for line in opened.addenda:
        kind = line.text[1:3]
        if kind == "99":
            found = return_of(line, entry_class=opened.entry_class, faults=faults)
            # A dishonored or contested return may stand beside those it answers: the last counts.
            read.returned = found
        elif kind == "98":
            read.correction = correction_of(line, faults=faults)
        elif kind in IAT_ADDENDA and opened.entry_class == "IAT":
            read.international.append(line)
        elif kind == "05" and opened.entry_class != "ADV":
            _payment_addenda(line, opened, read, faults)
        else:
            read.other.append(line.text.rstrip())
            if kind != "02":
                faults.add(
                    "unknown_addenda",
                    line=line.number,
                    field="addenda.type",
                    message=f"Addenda of type {kind!r} do not belong to {opened.entry_class} entries.",
                )
    return read


def _payment_addenda(line: Line, opened: OpenEntry, read: _Read, faults: Faults) -> None:
    record = Record(line, PAYMENT_ADDENDA, faults)
    read.payment.append(record.value("text"))
    if record.number("sequence") != len(read.payment):
        record.wrong(
            "sequence",
            f"This is addenda {len(read.payment)} of its entry and says another number; one may be"
            " missing.",
            code="addenda_out_of_order",
        )
    of_entry = opened.record.layout.raw(opened.record.text, "trace_number")[-7:]
    if record.digits("entry_sequence", serious=False) != of_entry:
        record.wrong(
            "entry_sequence",
            f"The entry above is {of_entry}.",
            code="addenda_of_another_entry",
        )


def _check_addenda(opened: OpenEntry, read: _Read) -> None:
    record = opened.record
    stated = record.number("addenda_indicator", serious=False)
    if stated > 1:
        record.wrong("addenda_indicator", f"{stated} is neither 0 nor 1.", serious=False)
    if stated and not opened.addenda:
        record.wrong(
            "addenda_indicator", "Addenda are announced and missing.", code="missing_addenda"
        )
    elif not stated and opened.addenda:
        record.wrong(
            "addenda_indicator",
            "Addenda follow that are not announced.",
            code="unannounced_addenda",
            serious=False,
        )
    if record.layout is COUNTED_ENTRY or record.layout is IAT_ENTRY:
        _check_count(opened, read)
    if record.layout is IAT_ENTRY:
        kinds = {line.text[1:3] for line in read.international}
        lacking = [kind for kind in _INTERNATIONAL_NEEDS if kind not in kinds]
        if lacking:
            record.wrong(
                "addenda_count",
                f"Addenda of types {', '.join(lacking)} are missing.",
                code="missing_addenda",
            )


def _check_count(opened: OpenEntry, read: _Read) -> None:
    """The count is of addenda with payment information; of all of them in IAT, where banks that
    return an entry leave the last one out or not."""
    record = opened.record
    back = int(read.returned is not None) + int(read.correction is not None)
    every = len(opened.addenda)
    if record.number("addenda_count", serious=False) not in {every, every - back}:
        record.wrong(
            "addenda_count",
            f"{every} addenda follow, and another number is stated.",
            code="wrong_addenda_count",
            # In international entries many count the seven addenda only that all have.
            serious=record.layout is COUNTED_ENTRY,
        )
