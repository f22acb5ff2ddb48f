"""What is wrong with a field that somebody filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldFault:
    """``field`` names it (``address.city``), ``code`` is stable, ``detail`` says what to do."""

    field: str
    code: str
    detail: str


class InvalidFields(ValueError):
    """One field or several cannot be as they were given. ``faults`` has them all."""

    code = "invalid_fields"

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(f"{fault.field}: {fault.detail}" for fault in self.faults))
