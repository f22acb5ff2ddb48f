"""A table of listed parties to one record each."""

from __future__ import annotations

import csv
import re
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.rows import Row, bad_rows, read_table, whole
from usance.rules.screening import Kind, ListedParty

_NAMES: Final = {
    "id": ("id", "entity id", "reference", "uid"),
    "schema": ("schema", "type", "entity type", "kind"),
    "name": ("name", "primary name", "caption"),
    "aliases": ("aliases", "alias", "alias names", "aka"),
    "birth_date": ("birth date", "date of birth", "dob"),
    "countries": ("countries", "country", "nationality", "jurisdiction"),
    "identifiers": ("identifiers", "identifier", "numbers", "registration number"),
    "sanctions": ("sanctions", "reason", "programme", "program"),
    "program_ids": ("program ids", "program id"),
    "dataset": ("dataset", "datasets", "list", "source list"),
}
_REQUIRED: Final = frozenset({"id", "name"})

_KINDS: Final[dict[str, Kind | None]] = {
    "person": "person",
    "individual": "person",
    "company": "company",
    "organization": "company",
    "organisation": "company",
    "publicbody": "company",
    "entity": None,
    "legalentity": None,
    "": None,
}
_LONGEST: Final = 20_000
_BIRTH: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?", re.ASCII)


def parse(data: bytes) -> tuple[ListedParty, ...]:
    """Read a list. Things that are neither persons nor companies, such as vessels, are left out.

    Raises FormatError ``too_large``, ``wrong_encoding``, ``not_text``, ``unknown_table``,
    ``malformed_csv``, ``too_few_columns``, ``too_many_columns``, ``too_long``, or BadRows with
    ``missing_value``, ``invalid_value``, ``formula`` or ``duplicate``.
    """
    rows = read_table(data, names=_NAMES, required=_REQUIRED)
    if not rows:
        # An empty list would let everybody through.
        raise FormatError("The list has no entries; fetch it again.", code="empty_list")
    parties = whole(rows, make=_party)
    _refuse_duplicates(rows, parties)
    return tuple(party for party in parties if party is not None)


def _party(row: Row) -> ListedParty | None:
    schema = (row.text("schema", longest=60) or "").lower()
    key = row.required("id")
    if schema not in _KINDS:
        return None
    numbers = frozenset(
        # Some lists write the kind of number before it, such as inn:7706107510.
        number.rpartition(":")[2]
        for number in _values(row, "identifiers")
    )
    return ListedParty(
        id=key,
        kind=_KINDS[schema],
        name=row.required("name"),
        aliases=_values(row, "aliases"),
        countries=frozenset(code.upper() for code in _values(row, "countries") if len(code) == 2),
        births=tuple(date for date in _values(row, "birth_date") if _BIRTH.fullmatch(date)),
        numbers=numbers - {""},
        list=row.text("dataset", longest=_LONGEST) or "",
        reason=row.text("sanctions", longest=_LONGEST)
        or row.text("program_ids", longest=_LONGEST)
        or "",
    )


def _values(row: Row, name: str) -> tuple[str, ...]:
    """The values of a cell. One with a semicolon of its own stands in quotation marks."""
    text = row.text(name, longest=_LONGEST)
    if text is None:
        return ()
    try:
        cells = next(csv.reader([text], delimiter=";", skipinitialspace=True), [])
    except csv.Error:
        raise row.place(name).error(
            "the values cannot be told apart.", code="invalid_value"
        ) from None
    return tuple(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))


def _refuse_duplicates(rows: list[Row], parties: tuple[ListedParty | None, ...]) -> None:
    first: dict[str, int] = {}
    faults = []
    for row, party in zip(rows, parties, strict=True):
        if party is not None and (line := first.setdefault(party.id, row.line)) != row.line:
            faults.append(
                row.place("id").error(
                    f"{party.id[:40]!r} was already on line {line}; keep one of them.",
                    code="duplicate",
                )
            )
    if faults:
        raise bad_rows(faults)
