"""Which characters of a record are which field, for reading and for writing.

Every record has 94 characters; a field is named by its first and last, from 1. Kinds: ``a`` text from
the left, blanks behind; ``n`` digits, noughts before; ``r`` text from the right, blanks before; ``p``
a part of a text, whose first blanks count.

Source: Nacha Operating Rules, Appendix Three (records in sequence), Four (returns), Five (changes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from usance.formats.errors import FormatError

RECORD_LENGTH: Final = 94
BLOCKING: Final = 10
"""Records in a block; the last block is filled with records of nines."""
FILLER: Final = "9" * RECORD_LENGTH


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field is, and how it is filled."""

    first: int
    last: int
    kind: str

    @property
    def length(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of record."""

    name: str
    begins: str
    """Its first characters: the record type code, and of addenda the type code too."""
    places: Mapping[str, Place]

    def raw(self, record: str, field: str) -> str:
        """The characters of ``field`` as they stand."""
        place = self.places[field]
        return record[place.first - 1 : place.last]

    def compose(self, values: Mapping[str, str | int]) -> str:
        """A record with these fields; those not named are blank or nought.

        Raises FormatError ``value_too_long``, ``invalid_character``, ``invalid_number``.
        """
        record = list(self.begins.ljust(RECORD_LENGTH))
        for name, place in self.places.items():
            default: str | int = 0 if place.kind == "n" else ""
            filled = self._filled(name, place, values.get(name, default))
            record[place.first - 1 : place.last] = filled
        return "".join(record)

    def _filled(self, name: str, place: Place, value: str | int) -> str:
        text = str(value)
        path = f"{self.name}.{name}"
        if len(text) > place.length:
            raise FormatError(
                f"{name.replace('_', ' ')} takes at most {place.length} characters and {text[:40]!r}"
                f" has {len(text)}; shorten it.",
                code="value_too_long",
                path=path,
            )
        if place.kind == "n":
            if not (text.isascii() and text.isdigit()):
                raise FormatError(
                    f"{name.replace('_', ' ')} is digits only, and {text!r} is not.",
                    code="invalid_number",
                    path=path,
                )
            return text.rjust(place.length, "0")
        if not text.isascii() or not text.isprintable():
            raise FormatError(
                f"{name.replace('_', ' ')} {text[:40]!r} has characters that ACH does not carry;"
                " write letters without accents, digits and common signs.",
                code="invalid_character",
                path=path,
            )
        return text.rjust(place.length) if place.kind == "r" else text.ljust(place.length)


def _layout(name: str, begins: str, text: str) -> Layout:
    places = {}
    for line in text.strip().splitlines():
        field, first, last, kind = line.split()
        places[field] = Place(int(first), int(last), kind)
    return Layout(name, begins, places)


FILE_HEADER: Final = _layout(
    "file_header",
    "1",
    """
    priority_code 2 3 n
    destination 4 13 r
    origin 14 23 r
    created_on 24 29 n
    created_at 30 33 a
    id_modifier 34 34 a
    record_size 35 37 n
    blocking_factor 38 39 n
    format_code 40 40 n
    destination_name 41 63 a
    origin_name 64 86 a
    reference 87 94 a
    """,
)
BATCH_HEADER: Final = _layout(
    "batch_header",
    "5",
    """
    service_class 2 4 n
    company_name 5 20 a
    discretionary_data 21 40 a
    company_id 41 50 a
    entry_class 51 53 a
    description 54 63 a
    descriptive_date 64 69 a
    effective_on 70 75 a
    settlement_day 76 78 a
    originator_status 79 79 a
    odfi 80 87 n
    number 88 94 n
    """,
)
IAT_HEADER: Final = _layout(
    "batch_header",
    "5",
    """
    service_class 2 4 n
    company_name 5 20 a
    indicator 21 22 a
    reference_indicator 23 23 a
    reference 24 38 a
    country 39 40 a
    company_id 41 50 a
    entry_class 51 53 a
    description 54 63 a
    originating_currency 64 66 a
    destination_currency 67 69 a
    effective_on 70 75 a
    settlement_day 76 78 a
    originator_status 79 79 a
    odfi 80 87 n
    number 88 94 n
    """,
)
_ENTRY: Final = """
    transaction_code 2 3 n
    routing_number 4 12 n
    account 13 29 a
    amount 30 39 n
    discretionary_data 77 78 a
    addenda_indicator 79 79 n
    trace_number 80 94 n
    """
ENTRY: Final = _layout("entry", "6", _ENTRY + "identification 40 54 a\nname 55 76 a")
COUNTED_ENTRY: Final = _layout(
    "entry", "6", _ENTRY + "identification 40 54 a\naddenda_count 55 58 n\nname 59 74 a"
)
"""CTX, and the like of it that are only read: ATX, ENR, TRX."""
NAME_FIRST_ENTRY: Final = _layout("entry", "6", _ENTRY + "name 40 61 a\nidentification 62 76 a")
"""CIE."""
IAT_ENTRY: Final = _layout(
    "entry",
    "6",
    """
    transaction_code 2 3 n
    routing_number 4 12 n
    addenda_count 13 16 n
    amount 30 39 n
    account 40 74 a
    discretionary_data 77 78 a
    addenda_indicator 79 79 n
    trace_number 80 94 n
    """,
)
ADVICE: Final = _layout(
    "entry",
    "6",
    """
    transaction_code 2 3 n
    routing_number 4 12 n
    account 13 27 a
    amount 28 39 n
    advice_routing_number 40 48 n
    file_identification 49 53 a
    operator_data 54 54 a
    name 55 76 a
    discretionary_data 77 78 a
    addenda_indicator 79 79 n
    operator_routing_number 80 87 n
    day_of_year 88 90 n
    sequence 91 94 n
    """,
)
PAYMENT_ADDENDA: Final = _layout(
    "addenda", "705", "text 4 83 p\nsequence 84 87 n\nentry_sequence 88 94 n"
)
_BACK: Final = (
    "code 4 6 a\noriginal_trace 7 21 n\noriginal_receiver 28 35 n\ntrace_number 80 94 n\n"
)
RETURN_ADDENDA: Final = _layout(
    "return_addenda", "799", _BACK + "died_on 22 27 a\ninformation 36 79 a"
)
DISHONORED_ADDENDA: Final = _layout(
    "dishonored_addenda",
    "799",
    _BACK
    + """return_trace 39 53 n
    return_settlement_day 54 56 a
    return_code 57 58 a
    information 59 79 a""",
)
CONTESTED_ADDENDA: Final = _layout(
    "contested_addenda",
    "799",
    _BACK
    + """returned_on 22 27 a
    original_settlement_day 36 38 a
    return_trace 39 53 n
    return_settlement_day 54 56 a
    return_code 57 58 a
    dishonored_trace 59 73 n
    dishonored_settlement_day 74 76 a
    dishonored_code 77 78 a""",
)
CORRECTION_ADDENDA: Final = _layout("correction_addenda", "798", _BACK + "corrected 36 64 p")
REFUSAL_ADDENDA: Final = _layout(
    "refusal_addenda",
    "798",
    _BACK + "corrected 36 64 p\nrefused_code 65 67 a\nrefused_sequence 68 74 a",
)
_CONTROL: Final = "service_class 2 4 n\nentries 5 10 n\nentry_hash 11 20 n\n"
BATCH_CONTROL: Final = _layout(
    "batch_control",
    "8",
    _CONTROL + "debits 21 32 n\ncredits 33 44 n\ncompany_id 45 54 a\nodfi 80 87 n\nnumber 88 94 n",
)
ADVICE_CONTROL: Final = _layout(
    "batch_control",
    "8",
    _CONTROL + "debits 21 40 n\ncredits 41 60 n\nodfi 80 87 n\nnumber 88 94 n",
)
_FILE_CONTROL: Final = "batches 2 7 n\nblocks 8 13 n\nentries 14 21 n\nentry_hash 22 31 n\n"
FILE_CONTROL: Final = _layout(
    "file_control", "9", _FILE_CONTROL + "debits 32 43 n\ncredits 44 55 n"
)
ADVICE_FILE_CONTROL: Final = _layout(
    "file_control", "9", _FILE_CONTROL + "debits 32 51 n\ncredits 52 71 n"
)
IAT_ADDENDA: Final = {
    "10": _layout(
        "addenda_10",
        "710",
        "type 4 6 a\namount 7 24 n\ntrace 25 46 a\nname 47 81 a",
    ),
    "11": _layout("addenda_11", "711", "name 4 38 a\nstreet 39 73 a"),
    "12": _layout("addenda_12", "712", "city 4 38 a\ncountry 39 73 a"),
    "13": _layout("addenda_13", "713", "name 4 38 a\nid 41 74 a\ncountry 75 77 a"),
    "14": _layout("addenda_14", "714", "name 4 38 a\nid 41 74 a\ncountry 75 77 a"),
    "15": _layout("addenda_15", "715", "id 4 18 a\nstreet 19 53 a"),
    "16": _layout("addenda_16", "716", "city 4 38 a\ncountry 39 73 a"),
    "17": _layout("addenda_17", "717", "text 4 83 p\nsequence 84 87 n"),
    "18": _layout("addenda_18", "718", "name 4 38 a\nid 41 74 a\ncountry 75 77 a"),
}


def entry_layout(entry_class: str) -> Layout:
    """How an entry of this class is laid out."""
    return {
        "CTX": COUNTED_ENTRY,
        "ATX": COUNTED_ENTRY,
        "ENR": COUNTED_ENTRY,
        "TRX": COUNTED_ENTRY,
        "CIE": NAME_FIRST_ENTRY,
        "IAT": IAT_ENTRY,
        "ADV": ADVICE,
    }.get(entry_class, ENTRY)
