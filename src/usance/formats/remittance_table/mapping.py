"""What a person knows about a payer's table of paid documents and the table does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from usance.formats.bank_csv.mapping import DateOrder, DecimalMark
from usance.formats.errors import FormatError
from usance.formats.remittance_table.columns import FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceMapping:
    """The lay-out of one payer's table; what is not given is found out from the file.

    ``columns`` leads from a field (see ``columns.Field``) to the heading of its column, or to None for a
    field that no column of this table means. Raises FormatError ``invalid_mapping``.
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    date_order: DateOrder | None = None
    decimal_mark: DecimalMark | None = None

    def __post_init__(self) -> None:
        for name, heading in self.columns.items():
            if name not in FIELDS:
                _refuse(f"{name[:40]!r} is no field; choose from {', '.join(FIELDS)}")
            if not isinstance(heading, str | None):
                _refuse(f"{name}: give the heading of its column")
        if self.date_order not in (None, "ymd", "dmy", "mdy"):
            _refuse(f"date_order {self.date_order!r} is none of ymd, dmy, mdy")
        if self.decimal_mark not in (None, ".", ","):
            _refuse(f"decimal_mark {self.decimal_mark!r} is neither a point nor a comma")

    def as_json(self) -> dict[str, Any]:
        """The mapping as JSON has it; what is not given is left out."""
        given = {
            "columns": dict(self.columns),
            "date_order": self.date_order,
            "decimal_mark": self.decimal_mark,
        }
        return {name: value for name, value in given.items() if value}

    @classmethod
    def from_json(cls, document: object) -> AdviceMapping:
        """What :meth:`as_json` wrote. Raises FormatError ``invalid_mapping``."""
        if not isinstance(document, dict) or not isinstance(document.get("columns", {}), dict):
            _refuse('write an object such as {"columns": {"document": "Beleg", "paid": "Betrag"}}')
        if unknown := set(document) - {"columns", "date_order", "decimal_mark"}:
            _refuse(f"{sorted(map(str, unknown))[0][:40]!r} is not known")
        return cls(**document)


def _refuse(reason: str) -> NoReturn:
    raise FormatError(f"Correct the column mapping: {reason}.", code="invalid_mapping")
