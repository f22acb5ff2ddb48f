"""Where the fields of a lockbox file stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from usance.formats.errors import FormatError

Field = tuple[int, int]
"""First column, counted from 1, and width; width 0 goes to the end of the line."""

USUAL: Final[Mapping[str, Field]] = {
    "header.date": (24, 6),
    "detail.batch": (2, 3),
    "detail.item": (5, 3),
    "detail.amount": (8, 10),
    "detail.routing": (18, 9),
    "detail.account": (27, 10),
    "detail.cheque": (37, 10),
    "detail.dated": (47, 6),
    "detail.remitter": (53, 30),
    "detail.payee": (83, 0),
    "overflow.batch": (2, 3),
    "overflow.item": (5, 3),
    "overflow.document": (12, 0),
    "lockbox.number": (8, 7),
    "lockbox.date": (15, 6),
    "batch.batch": (2, 3),
    "batch.count": (21, 3),
    "batch.amount": (24, 10),
    "box.count": (21, 4),
    "box.amount": (25, 10),
    "trailer.records": (2, 6),
}
_OPTIONAL: Final = frozenset({"overflow.amount", "overflow.discount"})
FIELDS: Final = (*USUAL, *sorted(_OPTIONAL))
"""Every field, in the order of the records."""
_WIDEST: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The columns of one bank's lockbox files, the usual ones of BAI where nothing else is said.

    ``fields`` leads from a field, such as ``overflow.amount``, to its first column and its width. Raises
    FormatError ``invalid_layout``.
    """

    fields: Mapping[str, Field] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, (start, width) in self.fields.items():
            if name not in FIELDS:
                _refuse(f"{name[:40]!r} is no field; choose from {', '.join(FIELDS)}")
            if not 1 <= start <= _WIDEST or not 0 <= width <= _WIDEST:
                _refuse(f"{name}: columns count from 1, and widths from 0, to {_WIDEST}")

    def has(self, name: str) -> bool:
        """Whether the files have the field at all."""
        return name in self.fields or name in USUAL

    def as_json(self) -> dict[str, list[int]]:
        """What :meth:`from_json` reads."""
        return {name: list(place) for name, place in sorted(self.fields.items())}

    def cut(self, line: str, name: str) -> str:
        """The field of a line, without blanks around it."""
        start, width = self.fields.get(name) or USUAL[name]
        end = None if not width else start - 1 + width
        return line[start - 1 : end].strip()

    @classmethod
    def from_json(cls, document: Any) -> Layout:
        """A layout from ``{"overflow.amount": [21, 10]}``. Raises FormatError ``invalid_layout``."""
        if not isinstance(document, dict):
            _refuse('write an object such as {"overflow.amount": [21, 10]}')
        fields: dict[str, Field] = {}
        for name, value in document.items():
            if (
                not isinstance(value, list)
                or len(value) != 2
                or not all(isinstance(n, int) and not isinstance(n, bool) for n in value)
            ):
                _refuse(f"{str(name)[:40]}: give its first column and its width, such as [21, 10]")
            fields[str(name)] = (value[0], value[1])
        return cls(fields=fields)


BAI: Final = Layout()


def _refuse(reason: str) -> NoReturn:
    raise FormatError(f"The layout cannot be used: {reason}.", code="invalid_layout")
