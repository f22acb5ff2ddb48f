"""What a NACHA file says: batches of entries, and what came back of earlier ones.

Amounts are whole cents of the US dollar and never negative: the transaction code says which way the
money goes. Texts are without the blanks that fill a field. Totals and counts are not kept: they are
computed when a file is written, and a file that states others is told so in its faults.

Source: Nacha Operating Rules, Appendix Three (record formats), Four (returns), Five (corrections).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Final

CREDITS_ONLY: Final = 220
DEBITS_ONLY: Final = 225
MIXED: Final = 200
ADVICES: Final = 280
"""Service class codes: what a batch may hold."""

CHECKING_CREDIT: Final = 22
CHECKING_DEBIT: Final = 27
SAVINGS_CREDIT: Final = 32
SAVINGS_DEBIT: Final = 37
"""Transaction codes of live entries. One more (23, 28, 33, 38) is a prenote; one less (21, 26, 31,
36) a return or a correction of one."""

CHARACTERS_OF_ADDENDA: Final = 80
MOST_ADDENDA: Final = 9_999
"""Of one CTX entry; each carries CHARACTERS_OF_ADDENDA."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that a file does not do as the rules say."""

    code: str
    """Stable, for programs: ``wrong_total``, ``invalid_field``, ``line_too_short``, ..."""
    line: int
    """From 1, counting records where the file has no line ends."""
    message: str
    field: str | None = None
    """``entry.amount``, ``batch_control.entry_hash``; None where a whole record is meant."""
    serious: bool = True
    """False for what costs nothing but order: a short line, a missing filler."""

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", {self.field}" if self.field else "")
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHeader:
    """Who sends the file to whom, and when it was made."""

    destination: str
    """Routing number of the bank or operator that receives the file: 9 digits."""
    origin: str
    """Who sends it: a routing number, or the 10 characters that the bank gave."""
    created_on: date | None
    destination_name: str = ""
    origin_name: str = ""
    created_at: time | None = None
    """Hour and minute on the sender's clock."""
    id_modifier: str = "A"
    """A to Z, 0 to 9: tells apart the files of one day."""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Why an entry came back (addenda type 99)."""

    code: str
    """R01 to R85."""
    original_trace: str
    """The 15 digits that the entry was sent with."""
    original_receiver: str = ""
    """The first 8 digits of the routing number it was sent to."""
    died_on: date | None = None
    """In R14 and R15, when the account's owner or the payee's representative died."""
    information: str = ""
    trace_number: str = ""
    """The returning bank's number of the return."""
    dishonored: DishonoredReturn | None = None
    """In R61 to R70: the return that our bank sent back, and why it may not stand."""
    contested: ContestedReturn | None = None
    """In R71 to R77: the answer of the returning bank to that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DishonoredReturn:
    """The return that is dishonored."""

    return_trace: str
    return_settlement_day: int | None
    """Day of the year, 1 to 366."""
    return_code: str
    """``R`` and two digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestedReturn:
    """The return that was dishonored and is upheld all the same."""

    returned_on: date | None
    original_settlement_day: int | None
    return_trace: str
    return_settlement_day: int | None
    return_code: str
    dishonored_trace: str
    dishonored_settlement_day: int | None
    dishonored_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedData:
    """What a notification of change says instead; None for what it leaves as it was."""

    account: str | None = None
    routing_number: str | None = None
    transaction_code: int | None = None
    name: str | None = None
    identification: str | None = None
    """The receiver's number with the originator (C09)."""

    @property
    def empty(self) -> bool:
        """Whether it changes nothing that can be read."""
        return self == CorrectedData()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A notification of change, or the refusal of one (addenda type 98)."""

    code: str
    """C01 to C14; C61 to C69 refuse a notification."""
    original_trace: str
    original_receiver: str = ""
    corrected: CorrectedData = field(default_factory=CorrectedData)
    raw: str = field(default="", compare=False)
    """The corrected data as it stands in the file: up to 29 characters."""
    trace_number: str = ""
    refused_code: str | None = None
    """In a refusal, the code of the notification that is refused."""
    refused_sequence: str | None = None
    """In a refusal, the last 7 digits of the trace number of the notification."""


@dataclass(frozen=True, slots=True, kw_only=True)
class International:
    """What an IAT entry says beyond its amount (addenda types 10 to 18)."""

    transaction_type: str = ""
    foreign_amount: int | None = None
    """In the minor units of the currency in which the payment was ordered, as the file has it."""
    foreign_trace: str = ""
    receiver_name: str = ""
    originator_name: str = ""
    originator_address: tuple[str, ...] = ()
    originating_bank: str = ""
    originating_bank_id: str = ""
    originating_bank_country: str = ""
    receiving_bank: str = ""
    receiving_bank_id: str = ""
    receiving_bank_country: str = ""
    receiver_id: str = ""
    receiver_address: tuple[str, ...] = ()
    remittance: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()
    """Names of banks between the two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One payment, prenote, return or correction."""

    transaction_code: int
    routing_number: str
    """Of the bank that keeps ``account``: 9 digits, the last of them the check digit."""
    account: str
    """Up to 17 characters (35 in IAT), as the bank writes it."""
    amount: int
    """Cents; 0 in prenotes and corrections."""
    name: str
    """Of whom the account is: up to 22 characters, 16 in CTX."""
    identification: str = ""
    """What the originator calls the payment or the receiver: up to 15 characters."""
    discretionary_data: str = ""
    """Two characters; in WEB and TEL the payment type: R recurring, S single."""
    trace_number: str = ""
    """15 digits: the sending bank's 8, and a number that ascends within the batch."""
    addenda: tuple[str, ...] = ()
    """Payment information of addenda type 05, each up to 80 characters; see :meth:`remittance`."""
    other_addenda: tuple[str, ...] = ()
    """Addenda records of other types (02 of terminals, ...) as they stand, without trailing blanks."""
    returned: Return | None = None
    correction: Correction | None = None
    international: International | None = None
    line: int = field(default=0, compare=False)
    """Where the entry stands in the file it was read from."""

    @property
    def is_credit(self) -> bool:
        """Whether money goes to ``account`` rather than away from it (2x to 4x and 5x: last digit
        below 5)."""
        return self.transaction_code % 10 < 5

    @property
    def is_prenote(self) -> bool:
        """Whether the entry only asks whether the account is there."""
        return self.transaction_code % 10 in (3, 8)

    @property
    def remittance(self) -> str:
        """The payment information of all addenda as one text: an X12 820 cut anywhere is whole."""
        whole = "".join(each.ljust(CHARACTERS_OF_ADDENDA) for each in self.addenda)
        return whole.rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One line of an ADV batch: what the operator settled with a bank, by an ACH service."""

    transaction_code: int
    routing_number: str
    account: str
    amount: int
    advice_routing_number: str
    file_identification: str = ""
    operator_data: str = ""
    name: str = ""
    discretionary_data: str = ""
    operator_routing_number: str = ""
    day_of_year: int | None = None
    sequence: str = ""
    returned: Return | None = None
    line: int = field(default=0, compare=False)

    @property
    def is_credit(self) -> bool:
        """Whether the advice is of a credit (81, 83, 85, 87)."""
        return self.transaction_code % 2 == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The header of an IAT batch: between which countries and currencies."""

    indicator: str = ""
    """FV, VF or FF: fixed or variable to fixed or variable."""
    reference_indicator: str = ""
    reference: str = ""
    country: str = ""
    originating_currency: str = ""
    destination_currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Entries of one originator, of one class, for one day."""

    entry_class: str
    """CCD, PPD, CTX, WEB, TEL, COR, IAT, ADV, ..."""
    company_name: str
    """As the receiver's statement shows it: up to 16 characters; in IAT ``IATCOR`` or nothing."""
    company_id: str
    """What the bank knows the originator by: 10 characters, often 1 and the tax number."""
    description: str
    """What the receiver's statement says of the purpose: up to 10 characters. ``RETRY PYMT``,
    ``REVERSAL`` and ``RECLAIM`` are words of the rules."""
    odfi: str
    """The first 8 digits of the routing number of the bank that sends for the originator."""
    number: int = 1
    service_class: int = DEBITS_ONLY
    discretionary_data: str = ""
    descriptive_date: str = ""
    """Up to 6 characters for the receiver to read; ``SD1300``, ``SD1700`` and ``SD1800`` ask for
    settlement on the same day."""
    effective_on: date | None = None
    """The banking day on which the originator wants it settled."""
    settlement_day: int | None = None
    """Day of the year on which it settled; written by the operator."""
    originator_status: str = "1"
    exchange: Exchange | None = None
    entries: tuple[Entry, ...] = ()
    advices: tuple[Advice, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the control records state, of a batch or of a file."""

    entries: int
    """Entries and addenda."""
    entry_hash: int
    """Sum of the first 8 digits of every routing number; its last 10 digits."""
    debits: int
    credits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NachaFile:
    """A file of batches. ``faults`` is empty in what we make."""

    header: FileHeader | None
    """None where the file begins with a batch, as some banks' returns do."""
    batches: tuple[Batch, ...] = ()
    faults: tuple[Fault, ...] = field(default=(), compare=False)
