"""ACH files drawn by chance, of which every one may be written, and parts to build others from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

from hypothesis import strategies as st

from usance.formats.nacha import (
    Batch,
    ContestedReturn,
    CorrectedData,
    Correction,
    DishonoredReturn,
    Entry,
    FileHeader,
    NachaFile,
    Return,
    fragments,
    numbered,
    trace_number,
)
from usance.formats.nacha.routing import check_digit
from usance.rules.debits.ach_reasons import ACH_REASONS
from usance.rules.debits.corrections import CHANGES, is_refusal

ODFI = "12104288"
ROUTING = "231380104"
HEADER = FileHeader(
    destination="121042882",
    origin="1234567890",
    created_on=date(2026, 11, 30),
    created_at=time(9, 30),
    destination_name="WELLS FARGO",
    origin_name="NORDWIND TOOLS INC",
)
TRACE = trace_number(ODFI, sequence=77)


def entry(**changes: Any) -> Entry:
    """A debit of 123.45 dollars."""
    facts: dict[str, Any] = {
        "transaction_code": 27,
        "routing_number": ROUTING,
        "account": "12345678",
        "amount": 12345,
        "name": "Acme Corp",
        "identification": "INV-42",
    }
    return Entry(**(facts | changes))


def batch(*entries: Entry, **changes: Any) -> Batch:
    """A CCD batch of debits, numbered."""
    facts: dict[str, Any] = {
        "entry_class": "CCD",
        "company_name": "NORDWIND TOOLS",
        "company_id": "1234567890",
        "description": "INVOICES",
        "odfi": ODFI,
        "effective_on": date(2026, 12, 1),
        "entries": entries or (entry(),),
    }
    return numbered(Batch(**(facts | changes)), first=1)


def file_of(*batches: Batch, header: FileHeader = HEADER) -> NachaFile:
    """A file of these batches, numbered."""
    made = [replace(each, number=number) for number, each in enumerate(batches or (batch(),), 1)]
    return NachaFile(header=header, batches=tuple(made))


def returned(code: str = "R01", **changes: Any) -> Entry:
    """The return of a debit of 123.45 dollars."""
    facts: dict[str, Any] = {
        "transaction_code": 26,
        "returned": Return(
            code=code,
            original_trace=TRACE,
            original_receiver=ROUTING[:8],
            trace_number=trace_number(ROUTING, sequence=1),
        ),
    }
    return entry(**(facts | changes))


def corrected(code: str, data: CorrectedData) -> Entry:
    """A notification of change."""
    change = Correction(
        code=code,
        original_trace=TRACE,
        original_receiver=ROUTING[:8],
        corrected=data,
        trace_number=trace_number(ROUTING, sequence=1),
    )
    return entry(transaction_code=26, amount=0, correction=change)


_WORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij0123456789 .,-&/'*\\"


def texts(most: int, least: int = 0) -> st.SearchStrategy[str]:
    """Texts of a field, without blanks at the ends."""
    return st.text(_WORD, min_size=least, max_size=most).filter(
        lambda text: text == text.strip() and len(text) >= least
    )


def routing_numbers() -> st.SearchStrategy[str]:
    """Routing numbers whose check digit is right."""
    return st.integers(1_000_000, 32_999_999).map(lambda n: f"{n:08}" + check_digit(f"{n:08}"))


def traces() -> st.SearchStrategy[str]:
    """Trace numbers of any bank."""
    return st.builds(
        lambda bank, n: trace_number(bank, sequence=n), routing_numbers(), st.integers(1, 9_999_999)
    )


DAYS_OF_YEAR = st.none() | st.integers(1, 366)
DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))


@st.composite
def _live(draw: st.DrawFn, entry_class: str) -> Entry:
    code = draw(st.sampled_from([22, 27, 32, 37, 23, 28]))
    most = {"CCD": 1, "PPD": 1, "WEB": 1, "TEL": 0, "CTX": 6}[entry_class]
    remittance = draw(st.text(_WORD + "~", max_size=80 * most))
    return Entry(
        transaction_code=code,
        routing_number=draw(routing_numbers()),
        account=draw(texts(17, 1)),
        amount=0 if code in (23, 28) else draw(st.integers(1, 9_999_999_999)),
        name=draw(texts(16 if entry_class == "CTX" else 22, 1).filter(lambda t: t.strip("0"))),
        identification=draw(texts(15)),
        discretionary_data=draw(st.sampled_from(["", "S", "R", "01"])),
        addenda=fragments(remittance),
    )


@st.composite
def _returned(draw: st.DrawFn) -> Entry:
    code = draw(st.sampled_from(sorted(ACH_REASONS)))
    stage = ACH_REASONS[code].stage
    return Entry(
        transaction_code=draw(st.sampled_from([21, 26, 31, 36])),
        routing_number=draw(routing_numbers()),
        account=draw(texts(17, 1)),
        amount=draw(st.integers(0, 9_999_999_999)),
        name=draw(texts(22, 1).filter(lambda t: t.strip("0"))),
        returned=Return(
            code=code,
            original_trace=draw(traces()),
            original_receiver=draw(st.just("") | routing_numbers().map(lambda n: n[:8])),
            died_on=draw(st.none() | DAYS) if stage == "return" else None,
            information=""
            if stage == "contested"
            else draw(texts(21 if stage == "dishonored" else 44)),
            trace_number=draw(traces()),
            dishonored=DishonoredReturn(
                return_trace=draw(traces()),
                return_settlement_day=draw(DAYS_OF_YEAR),
                return_code="R01",
            )
            if stage == "dishonored"
            else None,
            contested=ContestedReturn(
                returned_on=draw(st.none() | DAYS),
                original_settlement_day=draw(DAYS_OF_YEAR),
                return_trace=draw(traces()),
                return_settlement_day=draw(DAYS_OF_YEAR),
                return_code="R01",
                dishonored_trace=draw(traces()),
                dishonored_settlement_day=draw(DAYS_OF_YEAR),
                dishonored_code="R68",
            )
            if stage == "contested"
            else None,
        ),
    )


_ACCOUNT = st.text("0123456789-", min_size=1, max_size=17).filter(lambda text: text.strip("-"))


@st.composite
def _corrected(draw: st.DrawFn) -> Entry:
    code = draw(st.sampled_from(sorted(CHANGES)))
    fields = () if is_refusal(code) else CHANGES[code].fields
    data = CorrectedData(
        account=draw(_ACCOUNT) if "account" in fields else None,
        routing_number=draw(routing_numbers()) if "routing_number" in fields else None,
        transaction_code=draw(st.sampled_from([22, 27, 37]))
        if "transaction_code" in fields
        else None,
        name=draw(texts(22, 1)) if "name" in fields else None,
        identification=draw(texts(22, 1)) if "identification" in fields else None,
    )
    return Entry(
        transaction_code=draw(st.sampled_from([21, 26])),
        routing_number=draw(routing_numbers()),
        account=draw(texts(17, 1)),
        amount=0,
        name="Acme Corp",
        correction=Correction(
            code=code,
            original_trace=draw(traces()),
            corrected=data,
            trace_number=draw(traces()),
            refused_code="C01" if is_refusal(code) else None,
            refused_sequence="0000077" if is_refusal(code) else None,
        ),
    )


OUTGOING = ("CCD", "PPD", "CTX", "WEB", "TEL")
ANY = (*OUTGOING, "COR", "returns")


@st.composite
def _batches(draw: st.DrawFn, kinds: tuple[str, ...]) -> Batch:
    kind = draw(st.sampled_from(kinds))
    made = {"COR": _corrected(), "returns": _returned()}.get(kind)
    drawn = draw(st.lists(made if made is not None else _live(kind), min_size=1, max_size=4))
    return Batch(
        entry_class="CCD" if kind == "returns" else kind,
        company_name=draw(texts(16, 1)),
        company_id=draw(texts(10, 1)),
        description=draw(texts(10, 1)),
        discretionary_data=draw(texts(20)),
        descriptive_date=draw(st.sampled_from(["", "SD1300", "NOV 26"])),
        odfi=draw(routing_numbers())[:8],
        service_class=200,
        effective_on=draw(DAYS),
        settlement_day=draw(DAYS_OF_YEAR),
        entries=tuple(drawn),
    )


@st.composite
def nacha_files(draw: st.DrawFn, kinds: tuple[str, ...] = ANY) -> NachaFile:
    """Files of up to three batches of these kinds."""
    batches = []
    first = 1
    for number in range(1, draw(st.integers(1, 3)) + 1):
        one = numbered(replace(draw(_batches(kinds)), number=number), first=first)
        first += len(one.entries)
        batches.append(one)
    header = FileHeader(
        destination=draw(routing_numbers()),
        origin=draw(texts(10, 1)),
        created_on=draw(DAYS),
        created_at=draw(st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59))),
        destination_name=draw(texts(23)),
        origin_name=draw(texts(23)),
        id_modifier=draw(st.sampled_from("AZ09")),
        reference=draw(texts(8)),
    )
    return NachaFile(header=header, batches=tuple(batches))
