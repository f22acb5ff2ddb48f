"""Addenda records that tell what became of an entry, or what it is of abroad."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from usance.formats.nacha.layout import (
    CONTESTED_ADDENDA,
    CORRECTION_ADDENDA,
    DISHONORED_ADDENDA,
    IAT_ADDENDA,
    REFUSAL_ADDENDA,
    RETURN_ADDENDA,
    Layout,
)
from usance.formats.nacha.model import (
    ContestedReturn,
    CorrectedData,
    Correction,
    DishonoredReturn,
    International,
    Return,
)
from usance.formats.nacha.record import Faults, Line, Record
from usance.rules.debits.ach_reasons import ACH_REASONS
from usance.rules.debits.corrections import CHANGES, change, is_refusal

TRANSACTION_TYPES: Final = frozenset(
    {
        "ANN", "ARC", "BOC", "BUS", "DEP", "IAT", "LOA", "MIS", "MOR", "MTE", "PEN", "POP", "POS",
        "RCK", "REM", "RLS", "SAL", "SHR", "TAX", "TEL", "WEB",
    }
)  # fmt: skip
"""What an international payment is for, or the class it had at home."""
_ROUTING: Final = r"(?P<routing_number>[0-9]{9})"
_ACCOUNT: Final = r"(?P<account>\S(?:.{0,15}\S)?)"
_KIND: Final = r"(?P<transaction_code>[0-9]{2})"
_CORRECTED: Final = {
    ("account",): re.compile(_ACCOUNT),
    ("routing_number",): re.compile(_ROUTING + ".*"),
    ("name",): re.compile(r"(?P<name>\S(?:.{0,20}\S)?)"),
    ("identification",): re.compile(r"(?P<identification>\S(?:.{0,20}\S)?)"),
    ("transaction_code",): re.compile(_KIND + ".*"),
    ("routing_number", "account"): re.compile(f"{_ROUTING} *{_ACCOUNT}"),
    ("account", "transaction_code"): re.compile(f"{_ACCOUNT} +{_KIND}"),
    ("routing_number", "account", "transaction_code"): re.compile(
        f"{_ROUTING} *{_ACCOUNT} *{_KIND}"
    ),
}


def return_of(line: Line, *, entry_class: str, faults: Faults) -> Return:
    """What an addenda record of type 99 says."""
    code = line.text[3:6].strip()
    record = Record(line, _layout_of(code), faults)
    if code not in ACH_REASONS:
        record.wrong("code", f"{code!r} is no reason of a return, R01 to R85.", code="unknown_code")
    contested, dishonored = None, None
    information = ""
    if record.layout is CONTESTED_ADDENDA:
        contested = ContestedReturn(
            returned_on=record.day("returned_on"),
            original_settlement_day=record.day_of_year("original_settlement_day"),
            return_trace=record.digits("return_trace", serious=False),
            return_settlement_day=record.day_of_year("return_settlement_day"),
            return_code=f"R{record.value('return_code')}",
            dishonored_trace=record.digits("dishonored_trace", serious=False),
            dishonored_settlement_day=record.day_of_year("dishonored_settlement_day"),
            dishonored_code=f"R{record.value('dishonored_code')}",
        )
    elif record.layout is DISHONORED_ADDENDA:
        dishonored = DishonoredReturn(
            return_trace=record.digits("return_trace", serious=False),
            return_settlement_day=record.day_of_year("return_settlement_day"),
            return_code=f"R{record.value('return_code')}",
        )
        information = record.value("information")
    else:
        # In an international return the first ten characters are the amount that was sent.
        information = record.value("information")[10 if entry_class == "IAT" else 0 :].strip()
    return Return(
        code=code,
        original_trace=record.digits("original_trace"),
        original_receiver=_receiver(record),
        died_on=record.day("died_on") if record.layout is RETURN_ADDENDA else None,
        information=information,
        trace_number=record.digits("trace_number", serious=False),
        dishonored=dishonored,
        contested=contested,
    )


def _receiver(record: Record) -> str:
    number = record.digits("original_receiver", serious=False)
    return number if number.strip("0") else ""


def _layout_of(code: str) -> Layout:
    if "R61" <= code <= "R70":
        return DISHONORED_ADDENDA
    return CONTESTED_ADDENDA if "R71" <= code <= "R77" else RETURN_ADDENDA


def correction_of(line: Line, *, faults: Faults) -> Correction:
    """What an addenda record of type 98 says."""
    code = line.text[3:6].strip()
    refused = is_refusal(code)
    record = Record(line, REFUSAL_ADDENDA if refused else CORRECTION_ADDENDA, faults)
    if code not in CHANGES:
        record.wrong("code", f"{code!r} is no code of a change, C01 to C69.", code="unknown_code")
    raw = record.value("corrected")
    corrected = CorrectedData() if refused else corrected_data(code, raw)
    if change(code).fields and not refused and corrected.empty:
        record.wrong(
            "corrected",
            f"{code} needs corrected data, and {raw!r} cannot be read as that.",
            code="missing_corrected_data",
        )
    return Correction(
        code=code,
        original_trace=record.digits("original_trace"),
        original_receiver=_receiver(record),
        corrected=corrected,
        raw=raw,
        trace_number=record.digits("trace_number", serious=False),
        refused_code=record.value("refused_code") if refused else None,
        refused_sequence=record.value("refused_sequence") if refused else None,
    )


def corrected_data(code: str, raw: str) -> CorrectedData:
    """What ``raw``, the corrected data of a notification, says; banks do not all keep to the columns.

    Empty where it cannot be read as the code demands.
    """
    text = raw.strip()
    fields = change(code).fields
    found = _CORRECTED[fields].fullmatch(text) if fields else None
    if found is None:
        return CorrectedData()
    values = found.groupdict()
    kind = values.get("transaction_code")
    return CorrectedData(
        account=values.get("account"),
        routing_number=values.get("routing_number"),
        transaction_code=None if kind is None else int(kind),
        name=values.get("name"),
        identification=values.get("identification"),
    )


def corrected_text(code: str, corrected: CorrectedData) -> str:
    """The corrected data as the columns of ``code`` want them; the reverse of :func:`corrected_data`."""
    account = corrected.account or ""
    routing = corrected.routing_number or ""
    kind = "" if corrected.transaction_code is None else f"{corrected.transaction_code:02}"
    match change(code).fields:
        case ("routing_number", "account"):
            return f"{routing:12}{account}"
        case ("account", "transaction_code"):
            return f"{account:20}{kind}"
        case ("routing_number", "account", "transaction_code"):
            return f"{routing}{account:17}{kind}"
    return account or routing or kind or corrected.name or corrected.identification or ""


def international_of(lines: Iterable[Line], *, faults: Faults) -> International:
    """What addenda records of types 10 to 18 say."""
    found: dict[str, Record] = {}
    remittance, correspondents = [], []
    for line in lines:
        kind = line.text[1:3]
        record = Record(line, IAT_ADDENDA[kind], faults)
        if kind == "17":
            remittance.append(record.value("text").strip())
        elif kind == "18":
            correspondents.append(record.value("name"))
        elif kind in found:
            record.wrong("name", f"A second addenda of type {kind}.", code="unexpected_record")
        else:
            found[kind] = record

    if "10" in found and found["10"].value("type") not in TRANSACTION_TYPES:
        found["10"].wrong("type", f"{found['10'].value('type')!r} is none.", code="unknown_class")

    def value(kind: str, field: str) -> str:
        return found[kind].value(field) if kind in found else ""

    def lines_of_address(street: str, city: str) -> tuple[str, ...]:
        parts = (value(street, "street"), value(city, "city"), value(city, "country"))
        return tuple(part.rstrip("\\").replace("*", ", ") for part in parts if part)

    return International(
        transaction_type=value("10", "type"),
        foreign_amount=found["10"].number("amount", serious=False) if "10" in found else None,
        foreign_trace=value("10", "trace"),
        receiver_name=value("10", "name"),
        originator_name=value("11", "name"),
        originator_address=lines_of_address("11", "12"),
        originating_bank=value("13", "name"),
        originating_bank_id=value("13", "id"),
        originating_bank_country=value("13", "country"),
        receiving_bank=value("14", "name"),
        receiving_bank_id=value("14", "id"),
        receiving_bank_country=value("14", "country"),
        receiver_id=value("15", "id"),
        receiver_address=lines_of_address("15", "16"),
        remittance=tuple(remittance),
        correspondents=tuple(correspondents),
    )
