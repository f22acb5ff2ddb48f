"""What cash application works on, and what it says: open items, bank lines, proposals.

Money is whole minor units of the currency beside it. An open item's outstanding is never negative,
for a credit note either: it is what the seller still owes out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, get_args
from uuid import UUID

ItemKind = Literal["invoice", "credit_note"]

KeyKind = Literal[
    "number",  # the document's own number
    "creditor_reference",  # ISO 11649, RF and two check digits
    "qr_reference",  # Swiss QR reference: 27 digits, the last a check digit
    "national_reference",  # KID, OGM/VCS, viitenumero, OCR, ...
    "purchase_order",  # the buyer's number of its order
    "order",  # the seller's number of the order
    "payment",  # how the seller's own direct debit or pay page called the payment
]
"""What a payer may quote. One purchase order may stand on many items; all others name one."""


@dataclass(frozen=True, slots=True)
class Key:
    """One thing by which an item can be named, as it is printed on the document."""

    kind: KeyKind
    text: str


@dataclass(frozen=True, slots=True)
class EarlyPayment:
    """``amount`` may be kept back by whoever pays on ``until`` or before."""

    until: date
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """An invoice or credit note that a payment may settle.

    One that is settled (``outstanding`` 0) is worth keeping for a year or so: whoever quotes it again
    pays twice or has the wrong number, and no other item must be taken for it.
    """

    id: UUID
    buyer_id: UUID
    kind: ItemKind = "invoice"
    keys: tuple[Key, ...]
    currency: str
    amount: int
    """What the document was made out for."""
    outstanding: int
    issued_on: date
    due_on: date
    discounts: tuple[EarlyPayment, ...] = ()
    """Early-payment discounts that still apply to ``outstanding``."""

    @property
    def number(self) -> str:
        """The document's number; its first key where it has none."""
        if self.keys[0].kind == "number":
            return self.keys[0].text
        return next((key.text for key in self.keys if key.kind == "number"), self.keys[0].text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """A buyer as a bank line may tell of it."""

    id: UUID
    names: tuple[str, ...]
    """Legal name, trading names, former names."""
    customer_numbers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    """IBANs or account numbers that the buyer itself has given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceLine:
    """One line of a remittance advice: what the payer says it pays."""

    document: str
    """The number as the payer wrote it."""
    paid: int | None = None
    """Negative for a credit note taken off; None where the advice has no amounts."""
    discount: int = 0
    deduction: int = 0
    deduction_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """Money that came in, and all that the bank and the payer said of it."""

    amount: int
    currency: str
    booked_on: date
    value_on: date | None = None
    structured_references: tuple[str, ...] = ()
    """Creditor references and document numbers in fields meant for them."""
    texts: tuple[str, ...] = ()
    """What the payer wrote, each field by itself: fields are cut off singly."""
    end_to_end_id: str = ""
    payer_name: str = ""
    payer_account: str = ""
    ultimate_payer: str = ""
    """Whom the payer acts for, as a payment factory does."""
    instructed_amount: int | None = None
    """What the payer ordered, where it differs from ``amount``."""
    instructed_currency: str = ""
    charges: int | None = None
    """What banks took on the way, where they say so."""
    advice: tuple[AdviceLine, ...] = ()
    advice_found_by: str = ""
    """What led to the advice (``rules.matching.advised_payments.FoundBy``); empty for a person."""

    @property
    def paid_on(self) -> date:
        """The day by which a discount is judged: the value date, else the booking date."""
        return self.value_on or self.booked_on


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingSettings:
    """How far the seller lets the matching go. Amounts are minor units of the line's currency."""

    self_book_from: int = 9_900
    """Lowest confidence in basis points (10,000 is certain) that books itself."""
    tolerance_amount: int = 100
    tolerance_basis_points: int = 50
    """A difference is written off if it exceeds neither, the second of what was due."""
    charges_limit: int = 3_000
    """The most by which a payment may be short for bank charges that nobody states."""
    discount_grace_days: int = 3
    """How many days after its last day a discount is still granted."""
    large_from: int = 1_000_000
    """From here on a line books itself only on two independent grounds."""
    book_part_payments: bool = True
    """Whether a payment that names its invoice and is short by more than charges books itself."""


Rule = Literal[
    "remittance_advice",
    "creditor_reference",
    "reference",
    "reference_repaired",
    "order_number",
    "amount_and_payer",
    "balance_and_payer",
    "oldest_first",
    "several_by_amount",
    "amount_alone",
    "payer_only",
]
"""What carried a proposal most, for accounts of what works; at most 24 characters each."""
RULES: Final[tuple[str, ...]] = get_args(Rule)

NAMING_RULES: Final[frozenset[Rule]] = frozenset(
    {"remittance_advice", "creditor_reference", "reference", "reference_repaired", "order_number"}
)
"""Those that rest on what the payer named, so that they teach who the payer is."""

Parameter = str | int
ReasonCode = Literal[
    # what the payer named
    "reference_exact",  # written, number
    "creditor_reference",  # written, number
    "reference_repaired",  # written, number, how: typing_error, digits_missing, cut_off
    "order_number",  # written, number
    "advice_names",  # written, number
    "already_settled",  # written, number
    "names_another_buyer",  # written, number
    # what the amount says
    "amount_exact",  # amount
    "several_add_up",  # count, amount
    "oldest_add_up",  # count, amount
    "balance_adds_up",  # count, amount
    "discount_in_time",  # number, discount, until
    "discount_late",  # number, discount, days
    "charges_stated",  # charges
    "charges_deducted",  # charges
    "within_tolerance",  # difference
    "part_payment",  # number, open
    "deduction",  # number, amount, reason
    "overpaid",  # amount
    "credit_netted",  # number, amount
    "amount_differs",  # number, open
    "other_currency",  # number, currency
    # who paid
    "account_known",
    "account_of_several",  # buyers
    "name_known",  # name
    "name_alike",  # name
    "customer_number",  # written
    "text_known",
    "payer_unknown",
    "payer_is_another",  # name
    # how it stands beside others
    "ambiguous",  # count
]
REASON_CODES: Final[tuple[str, ...]] = get_args(ReasonCode)

HeldBack = Literal[
    "below_threshold",
    "ambiguous",
    "reference_contradicts",  # it names what it cannot be paying
    "payer_contradicts",  # it comes from an account of another buyer
    "large_on_one_ground",
    "other_currency",
    "short_unexplained",
    "overpaid",
    "amount_alone",
    "names_nothing_open",
]
"""Why a proposal waits for a person although something was found."""
HELD_BACK: Final[tuple[str, ...]] = get_args(HeldBack)


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground of a proposal: a code and what to fill into its sentence, in order of the code."""

    code: ReasonCode
    parameters: tuple[tuple[str, Parameter], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one item gets of a line.

    An invoice's outstanding falls by ``amount + discount + charges + tolerance``; ``short`` stays
    open, as a dispute if it was deducted with a reason. A credit note's outstanding falls by
    ``amount`` too, and what it gives is there to pay invoices with.
    """

    item_id: UUID
    kind: ItemKind = "invoice"
    amount: int
    discount: int = 0
    charges: int = 0
    tolerance: int = 0
    short: int = 0
    deduction_reason: str = ""

    @property
    def settles(self) -> int:
        """By how much the item's outstanding falls."""
        return self.amount + self.discount + self.charges + self.tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One reading of a bank line.

    The money of a line is always spent exactly: invoices' shares, less credit notes' shares, plus
    ``unapplied`` are the line's amount, if ``currency`` is the line's. In another currency the
    shares say what was meant, and ``unapplied`` is 0.
    """

    buyer_id: UUID
    currency: str
    shares: tuple[Share, ...]
    unapplied: int
    confidence: int
    """Probability of being right, in basis points."""
    rule: Rule
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What the matching makes of a bank line.

    ``best`` may have no shares: whose money it is can be known when what it pays is not. It is None
    if nothing speaks for any buyer.
    """

    best: Proposal | None = None
    alternatives: tuple[Proposal, ...] = ()
    """The next best readings, the likeliest first; at most five."""
    self_book: bool = False
    held_back: tuple[HeldBack, ...] = ()


Kind = Literal["account", "name", "text"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """``weight`` speaks for ``buyer_id`` wherever ``value`` stands; against it, if negative."""

    kind: Kind
    value: str
    buyer_id: UUID
    weight: int


@dataclass(slots=True)
class Knowledge:
    """What confirmed and undone matches have taught: how often a value was whose.

    Weights count confirmed lines; an undone one takes its own away and one more.
    """

    accounts: dict[str, dict[UUID, int]] = field(default_factory=dict)
    names: dict[str, dict[UUID, int]] = field(default_factory=dict)
    texts: dict[str, dict[UUID, int]] = field(default_factory=dict)
    """By the text's pattern: its words without numbers."""

    def take(self, lesson: Lesson) -> None:
        """Add ``lesson``; a weight that comes to nothing is forgotten."""
        kept = self.of(lesson.kind).setdefault(lesson.value, {})
        weight = kept.get(lesson.buyer_id, 0) + lesson.weight
        if weight:
            kept[lesson.buyer_id] = weight
        else:
            kept.pop(lesson.buyer_id, None)

    def of(self, kind: Kind) -> dict[str, dict[UUID, int]]:
        """The weights of one kind of value."""
        return {"account": self.accounts, "name": self.names, "text": self.texts}[kind]

    def buyers(self, kind: Kind, value: str) -> Mapping[UUID, int]:
        """Whom ``value`` speaks for or against."""
        return self.of(kind).get(value, {})
