"""A NACHA file to its batches, leniently, with everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from usance.formats.errors import refuse_too_large
from usance.formats.nacha.controls import check_batch, check_file, check_header
from usance.formats.nacha.entries import OpenEntry, advice_of, entry_of, open_entry
from usance.formats.nacha.layout import BATCH_HEADER, FILE_HEADER, IAT_HEADER
from usance.formats.nacha.model import (
    MOST_ADDENDA,
    Advice,
    Batch,
    Entry,
    Exchange,
    FileHeader,
    NachaFile,
    Totals,
)
from usance.formats.nacha.record import Faults, Line, Record, lines_of
from usance.formats.nacha.totals import summed, totals_of

_MOST_OF_ONE_ENTRY: Final = MOST_ADDENDA + 20
"""Addenda of payment information, and those that say what became of the entry."""


def parse(data: bytes) -> NachaFile:
    """Read a NACHA file of any entry class, with what is wrong in ``NachaFile.faults``.

    Line ends may be of any kind or missing, lines short, header and controls absent. Raises
    FormatError ``too_large``, ``not_nacha`` or ``empty_file``: only where there is nothing to read.
    Whether a file with serious faults may be used is the caller's to say.
    """
    refuse_too_large(data)
    reading = _Reading()
    for line in lines_of(data, reading.faults):
        reading.take(line)
    return reading.finished()


@dataclass(slots=True)
class _OpenBatch:
    header: Record
    entry_class: str
    odfi: str
    entries: list[Entry] = field(default_factory=list)
    advices: list[Advice] = field(default_factory=list)
    last: OpenEntry | None = None
    records: int = 0
    """Entries and addenda so far."""


class _Reading:
    """What has been read so far."""

    def __init__(self) -> None:
        self.faults = Faults()
        self._header: FileHeader | None = None
        self._batches: list[Batch] = []
        self._totals: list[Totals] = []
        self._open: _OpenBatch | None = None
        self._control: Line | None = None
        self._records = 0
        self._last_line = 0
        self._advices = False

    def take(self, line: Line) -> None:
        """One more record."""
        self._records += 1
        self._last_line = line.number
        kind = line.text[0]
        if kind == "9":
            self._file_control(line)
            return
        if self._control is not None:
            self._out_of_order(line, "It comes after the file control.")
        match kind:
            case "1":
                self._file_header(line)
            case "5":
                self._batch_header(line)
            case "6":
                self._entry(line)
            case "7":
                self._addenda(line)
            case "8":
                self._batch_control(line)
            case _:
                self.faults.add(
                    "unknown_record",
                    line=line.number,
                    message=f"A record begins with 1, 5, 6, 7, 8 or 9, and this one with {kind!r}.",
                )

    def finished(self) -> NachaFile:
        """The file, once all records are taken."""
        if self._open is not None:
            self._close(None)
        if self._header is None:
            self.faults.add(
                "missing_file_header", line=1, message="There is no file header.", serious=False
            )
        check_file(
            self._control,
            whole=self._header is not None,
            totals=summed(self._totals),
            batches=len(self._batches),
            records=self._records,
            advices=self._advices,
            last_line=self._last_line,
            faults=self.faults,
        )
        return NachaFile(
            header=self._header, batches=tuple(self._batches), faults=self.faults.all()
        )

    def _out_of_order(self, line: Line, message: str) -> None:
        self.faults.add("record_out_of_order", line=line.number, message=message)

    def _file_header(self, line: Line) -> None:
        if self._header is not None:
            self._out_of_order(line, "A second file header; files are to be sent one by one.")
            return
        if self._open is not None or self._batches:
            self._out_of_order(line, "The file header comes after a batch.")
        record = Record(line, FILE_HEADER, self.faults)
        self._header = FileHeader(
            destination=record.value("destination"),
            origin=record.value("origin"),
            created_on=record.day("created_on"),
            created_at=record.hour("created_at"),
            destination_name=record.value("destination_name"),
            origin_name=record.value("origin_name"),
            id_modifier=record.value("id_modifier"),
            reference=record.value("reference"),
        )
        check_header(record)

    def _batch_header(self, line: Line) -> None:
        if self._open is not None:
            self._close(None)
        entry_class = BATCH_HEADER.raw(line.text, "entry_class").strip()
        abroad = entry_class == "IAT" or IAT_HEADER.raw(
            line.text, "company_name"
        ) == "IATCOR".ljust(16)
        record = Record(line, IAT_HEADER if abroad else BATCH_HEADER, self.faults)
        self._open = _OpenBatch(
            header=record,
            # The batch of a correction to an international entry says COR and is laid out as IAT.
            entry_class="IAT" if abroad else entry_class,
            odfi=record.value("odfi"),
        )
        self._advices = self._advices or entry_class == "ADV"

    def _entry(self, line: Line) -> None:
        if self._open is None:
            self._out_of_order(line, "An entry outside of a batch; it was passed over.")
            return
        self._complete(self._open)
        self._open.records += 1
        self._open.last = open_entry(
            line,
            entry_class=self._open.entry_class,
            odfi=self._open.odfi,
            faults=self.faults,
        )

    def _addenda(self, line: Line) -> None:
        if self._open is None or self._open.last is None:
            self._out_of_order(line, "Addenda without an entry; they were passed over.")
            return
        self._open.records += 1
        if len(self._open.last.addenda) >= _MOST_OF_ONE_ENTRY:
            self._out_of_order(line, "More addenda than an entry may have; they were passed over.")
            return
        self._open.last.addenda.append(line)

    def _batch_control(self, line: Line) -> None:
        if self._open is None:
            self._out_of_order(line, "A batch control without a batch.")
            return
        self._close(line)

    def _file_control(self, line: Line) -> None:
        # A filler has nines only; a file control has as many as blocks, entries and money make.
        if not line.text.strip().strip("9"):
            return
        if self._control is not None:
            self._out_of_order(line, "A second file control.")
            return
        self._control = line

    def _complete(self, batch: _OpenBatch) -> None:
        """The last entry of ``batch`` has all its addenda."""
        if batch.last is None:
            return
        if batch.entry_class == "ADV":
            batch.advices.append(advice_of(batch.last, faults=self.faults))
        else:
            batch.entries.append(entry_of(batch.last, faults=self.faults))
        batch.last = None

    def _close(self, control: Line | None) -> None:
        opened = self._open
        assert opened is not None
        self._complete(opened)
        batch = _batch_of(opened)
        totals = totals_of(batch, records=opened.records)
        check_batch(opened.header, batch, control, totals=totals, faults=self.faults)
        self._batches.append(batch)
        self._totals.append(totals)
        self._open = None


def _batch_of(opened: _OpenBatch) -> Batch:
    record = opened.header
    abroad = record.layout is IAT_HEADER
    return Batch(
        entry_class=record.value("entry_class"),
        company_name=record.value("company_name"),
        company_id=record.value("company_id"),
        description=record.value("description"),
        odfi=opened.odfi,
        number=record.number("number", serious=False),
        service_class=record.number("service_class"),
        discretionary_data="" if abroad else record.value("discretionary_data"),
        descriptive_date="" if abroad else record.value("descriptive_date"),
        effective_on=record.day("effective_on"),
        settlement_day=record.day_of_year("settlement_day"),
        originator_status=record.value("originator_status"),
        exchange=Exchange(
            indicator=record.value("indicator"),
            reference_indicator=record.value("reference_indicator"),
            reference=record.value("reference"),
            country=record.value("country"),
            originating_currency=record.value("originating_currency"),
            destination_currency=record.value("destination_currency"),
        )
        if abroad
        else None,
        entries=tuple(opened.entries),
        advices=tuple(opened.advices),
        line=record.line,
    )
