"""What programs send and get about mandates, debits, files of debits and answers to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from usance.records.debits.models import (
    Answer,
    CollectionRules,
    Debit,
    DebitFile,
    DebitPart,
    Mandate,
)
from usance.records.identity import public_id
from usance.web.api import answers, objects
from usance.web.api.values import (
    NO_NUL,
    BuyerId,
    Day,
    ExternalId,
    InvoiceId,
    Metadata,
    Money,
    Name,
    OrderId,
    PositiveMoney,
    PublicId,
    Value,
)

MandateId = Annotated[UUID, PublicId("mandate")]
DebitId = Annotated[UUID, PublicId("debit")]
DebitFileId = Annotated[UUID, PublicId("debit_file")]
DebitAnswerId = Annotated[UUID, PublicId("debit_answer")]
Scheme = Literal["sepa_core", "sepa_b2b", "ach_ccd", "ach_ppd", "ach_ctx"]
MandateState = Literal["pending", "active", "suspended", "canceled", "expired", "completed"]
DebitState = Literal["scheduled", "submitted", "settled", "returned", "rejected", "canceled"]
FileState = Literal["written", "sent", "accepted", "partly", "rejected", "withdrawn"]
ShipAfter = Literal["at_once", "submitted", "settled", "funds_good"]
NoticeDays = Annotated[int, Field(strict=True, ge=0, le=60)]
_Short = Annotated[str, StringConstraints(max_length=35, pattern=NO_NUL)]
_Number = Annotated[str, StringConstraints(min_length=1, max_length=42, pattern=NO_NUL)]
Words = Annotated[str, StringConstraints(max_length=2000, pattern=NO_NUL)]


class SignatureSent(Value):
    """Who agreed, how, and to which words. Keep it as you would show it to a bank."""

    name: Name
    method: Literal["paper", "api"] = "api"
    words: Words = ""
    email: Annotated[str, StringConstraints(max_length=254, pattern=NO_NUL)] = ""
    ip: Annotated[str, StringConstraints(max_length=45, pattern=NO_NUL)] = ""
    user_agent: Annotated[str, StringConstraints(max_length=400, pattern=NO_NUL)] = ""


class NewMandate(Value):
    """A buyer's word that its account may be debited. Without a signature it is pending.

    ``account`` is an IBAN in SEPA; in ACH the number at the ``bank`` of that routing number.
    """

    buyer: BuyerId
    scheme: Scheme
    debtor_name: Name
    account: _Number
    bank: Annotated[str, StringConstraints(max_length=11, pattern=NO_NUL)] = ""
    account_kind: Literal["", "checking", "savings"] = ""
    reference: (
        Annotated[str, StringConstraints(min_length=1, max_length=35, pattern=NO_NUL)] | None
    ) = None
    one_off: bool = False
    signed_on: Day | None = None
    signature: SignatureSent | None = None
    notice_days: NoticeDays | None = Field(
        default=None, description="Calendar days of notice that the buyer agreed on."
    )
    debtor_town: _Short = ""
    debtor_country: Annotated[str, StringConstraints(pattern="^([A-Z]{2})?$")] = ""
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class SignMandate(Value):
    """The signature of a mandate that waits for it."""

    signature: SignatureSent
    signed_on: Day | None = None


class NewAccount(Value):
    """Another account of the same debtor, under the same mandate."""

    account: _Number
    bank: Annotated[str, StringConstraints(max_length=11, pattern=NO_NUL)] = ""
    account_kind: Literal["", "checking", "savings"] = ""
    debtor_name: Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)] = ""


class MandateReason(Value):
    """Why, for those who look later."""

    reason: Annotated[str, StringConstraints(max_length=400, pattern=NO_NUL)] = ""


class MandateShown(answers.Described):
    """A mandate. Of the account, its last four characters; ``live_from`` in ACH is the first day of a
    debit after the account was asked for."""

    id: MandateId
    object: Literal["mandate"]
    buyer: BuyerId
    scheme: Scheme
    state: MandateState
    reference: str
    one_off: bool
    debtor_name: str
    account_last4: str
    account_kind: str
    bank: str
    signed_on: date | None
    signature: dict[str, str]
    notice_days: int | None
    verification: Literal["none", "wanted", "sent", "verified", "failed"]
    live_from: date | None
    last_collected_on: date | None
    reason_code: str
    reason: str
    ended_at: datetime | None


class NewDebit(Value):
    """What to collect under a mandate: invoices of its buyer, or an order before it ships.

    ``amount`` is for one invoice or an order; without it, all that is open and not being collected.
    """

    mandate: MandateId
    invoices: Annotated[list[InvoiceId], Field(max_length=500)] = []
    order: OrderId | None = None
    amount: PositiveMoney | None = None
    wanted_on: Day | None = Field(
        default=None,
        description="It becomes a banking day that leaves buyer and bank their time; left out: the"
        " last due day, or for an order as soon as may be.",
    )
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class DebitPartShown(answers.Shown):
    """What of a debit is for one invoice."""

    invoice: InvoiceId
    amount: Money


class DebitShown(answers.Described):
    """A debit. It pays provisionally once it is ``settled``; from ``funds_good_on`` on its money can come
    back by right no more, and ``good_at`` says that this was told.

    ``next_step`` of one that came back: try_again, correct_and_try_again, ask_for_mandate,
    ask_for_account, look_at_it or nothing. ``first`` is the debit that it repeats.
    """

    id: DebitId
    object: Literal["debit"]
    buyer: BuyerId
    mandate: MandateId
    order: OrderId | None
    file: DebitFileId | None
    first: DebitId | None
    payment: Annotated[UUID, PublicId("payment")] | None
    state: DebitState
    amount: Money
    parts: list[DebitPartShown]
    collect_on: date
    tries: int
    end_to_end_id: str
    trace_number: str
    sequence: str
    settled_on: date | None
    funds_good_on: date | None
    good_at: datetime | None
    reason_code: str
    reason: str
    next_step: str
    ended_on: date | None


class GroupShown(answers.Shown):
    """A part of a file that the bank books as one."""

    id: str
    day: date
    entry_class: str
    count: int
    amount: Money


class DebitFileShown(answers.Shown):
    """A file of debits for the bank. Fetch it with ``download``, and say ``sent`` once the bank has it."""

    id: DebitFileId
    object: Literal["debit_file"]
    created_at: datetime
    number: int
    state: FileState
    format: Literal["pain.008.001.08", "pain.008.001.02", "nacha"]
    message_id: str
    file_name: str
    digest: str
    count: int
    prenotes: int
    amount: Money
    groups: list[GroupShown]
    sent_at: datetime | None
    answered_at: datetime | None


class FilesWritten(answers.Shown):
    """The files that were due, and how many debits wait for what."""

    object: Literal["debit_files_written"]
    files: list[DebitFileShown]
    dropped: int
    held: dict[str, int]


class DebitAnswerShown(answers.Shown):
    """What was made of a status report or a file of returns. ``findings`` belong to no debit, or are for
    a person to know."""

    id: DebitAnswerId
    object: Literal["debit_answer"]
    created_at: datetime
    format: str
    file_name: str
    applied: int
    repeated: int
    findings: list[dict[str, Any]]


class CollectionRulesSent(Value):
    """How you collect; what you leave out stays as it is."""

    notice_days: NoticeDays | None = None
    lead_days: Annotated[int, Field(strict=True, ge=1, le=10)] | None = None
    one_per: Literal["invoice", "day"] | None = None
    automatic: bool | None = None
    retry: bool | None = None
    prenote: bool | None = None
    with_first: bool | None = None
    sepa_format: Literal["pain.008.001.08", "pain.008.001.02"] | None = None
    ship_after: ShipAfter | None = None
    ach_destination: Annotated[str, StringConstraints(pattern="^([0-9]{9})?$")] | None = None
    ach_destination_name: (
        Annotated[str, StringConstraints(max_length=23, pattern=NO_NUL)] | None
    ) = None
    ach_origin: Annotated[str, StringConstraints(max_length=10, pattern=NO_NUL)] | None = None
    ach_odfi: Annotated[str, StringConstraints(pattern="^([0-9]{8})?$")] | None = None
    ach_company_id: Annotated[str, StringConstraints(max_length=10, pattern=NO_NUL)] | None = None
    ach_company_name: Annotated[str, StringConstraints(max_length=16, pattern=NO_NUL)] | None = None
    outbox: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{0,40}$")] | None = None


class CollectionRulesShown(answers.Shown):
    """How you collect."""

    object: Literal["collection_rules"]
    notice_days: int
    lead_days: int
    one_per: Literal["invoice", "day"]
    automatic: bool
    retry: bool
    prenote: bool
    with_first: bool
    sepa_format: str
    ship_after: ShipAfter
    ach_destination: str
    ach_destination_name: str
    ach_origin: str
    ach_odfi: str
    ach_company_id: str
    ach_company_name: str
    outbox: str


class ShipAfterSent(Value):
    """When goods may leave for this buyer; null makes it as for the others."""

    ship_after: ShipAfter | None


class ShipAfterShown(answers.Shown):
    """When goods may leave for a buyer."""

    object: Literal["ship_after"]
    buyer: BuyerId
    ship_after: ShipAfter


class ReleaseShown(answers.Shown):
    """Whether goods of an order may leave; if not, what they wait for, and until when they are expected
    to. ``waits_for`` is debit where none was scheduled for the whole order, card where its cards hold too
    little, and order where it is not, or no more, one to ship."""

    object: Literal["release"]
    order: OrderId
    ship_after: ShipAfter
    may_ship: bool
    release_on: date | None
    waits_for: Literal["", "debit", "submitted", "settled", "funds_good", "card", "order"]


def mandate_shown(it: Mandate) -> dict[str, Any]:
    """A mandate as the world sees it: no number of an account is in it."""
    names = (
        "scheme", "state", "reference", "one_off", "debtor_name", "account_kind", "bank",
        "signed_on", "signature", "notice_days", "verification", "live_from",
        "last_collected_on", "reason_code", "reason", "ended_at",
    )  # fmt: skip
    return (
        objects.described("mandate", it)
        | {name: getattr(it, name) for name in names}
        | {"buyer": public_id("buyer", it.buyer_id), "account_last4": it.last4}
    )


def debit_shown(it: Debit, parts: list[DebitPart]) -> dict[str, Any]:
    """A debit as the world sees it."""
    names = (
        "state", "collect_on", "tries", "end_to_end_id", "trace_number", "sequence", "settled_on",
        "funds_good_on", "good_at", "reason_code", "reason", "next_step", "ended_on",
    )  # fmt: skip
    refers = {
        "buyer": ("buyer", it.buyer_id),
        "mandate": ("mandate", it.mandate_id),
        "order": ("order", it.order_id),
        "file": ("debit_file", it.file_id),
        "first": ("debit", it.first_id),
        "payment": ("payment", it.payment_id),
    }
    return (
        objects.described("debit", it)
        | {name: getattr(it, name) for name in names}
        | {name: public_id(kind, id_) if id_ else None for name, (kind, id_) in refers.items()}
        | {
            "amount": objects.money(it.amount, it.currency),
            "parts": [
                {
                    "invoice": public_id("invoice", part.invoice_id),
                    "amount": objects.money(part.amount, it.currency),
                }
                for part in parts
            ],
        }
    )


def file_shown(it: DebitFile) -> dict[str, Any]:
    """A file as the world sees it, without its content."""
    names = (
        "created_at", "number", "state", "format", "message_id", "file_name", "digest", "count",
        "prenotes", "sent_at", "answered_at",
    )  # fmt: skip
    return {name: getattr(it, name) for name in names} | {
        "id": public_id("debit_file", it.id),
        "object": "debit_file",
        "amount": objects.money(it.amount, it.currency),
        "groups": [
            {
                "id": group["id"],
                "day": group["day"],
                "entry_class": group["class"],
                "count": group["count"],
                "amount": objects.money(group["amount"], it.currency),
            }
            for group in it.groups
        ],
    }


def answer_shown(it: Answer) -> dict[str, Any]:
    """What was made of an answer of the bank."""
    names = ("created_at", "format", "file_name", "applied", "repeated", "findings")
    own = {"id": public_id("debit_answer", it.id), "object": "debit_answer"}
    return {name: getattr(it, name) for name in names} | own


def rules_shown(it: CollectionRules) -> dict[str, Any]:
    """How a seller collects."""
    names = set(CollectionRulesShown.model_fields) - {"object"}
    return {"object": "collection_rules"} | {name: getattr(it, name) for name in names}
