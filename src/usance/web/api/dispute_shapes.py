"""What disputes look like in requests and answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from usance.records.collections.models import Dispute, DisputeFile, DisputeRemark
from usance.records.identity import public_id
from usance.web.api import answers, objects
from usance.web.api.billing_schemas import LineToCredit
from usance.web.api.line_schemas import MOST_LINES
from usance.web.api.match_schemas import DisputeReason
from usance.web.api.values import (
    NO_NUL,
    BuyerId,
    CreditNoteId,
    ExternalId,
    InvoiceId,
    LongText,
    Metadata,
    Money,
    PaymentId,
    PositiveMoney,
    PublicId,
    ShortText,
    Value,
)

DisputeId = Annotated[UUID, PublicId("dispute")]
DisputeFileId = Annotated[UUID, PublicId("dispute_file")]
DisputeState = Literal["open", "resolved_credit", "resolved_rejected", "withdrawn"]
Words = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)]


class NewDispute(Value):
    """What a buyer does not agree to owe: lines of the invoice, or an amount (null: all of the lines, or
    all that is open and not disputed). An amount for bare lines is spread over them."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {"reason_code": "damaged"},
                {"reason_code": "quantity", "lines": [{"line": "2", "quantity": "3"}]},
            ]
        }
    }
    reason_code: DisputeReason
    amount: PositiveMoney | None = None
    line: ShortText = Field(
        default="", description="The only line it is about; ``lines`` says more."
    )
    lines: list[LineToCredit] = Field(default=[], max_length=MOST_LINES)
    words: LongText = ""
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class Resolution(Value):
    """How a dispute ends. ``amount`` or ``lines`` are for a credit (neither: all that is disputed). The
    buyer is sent the ``words``, which stand on the credit note too."""

    outcome: Literal["credit", "rejected", "withdrawn"]
    amount: PositiveMoney | None = None
    lines: list[LineToCredit] = Field(
        default=[], max_length=MOST_LINES, description="Of those in dispute; bare: all disputed."
    )
    words: Words = ""


class DisputedLine(answers.Shown):
    """What of a line is disputed."""

    line: str
    subject: str = Field(description="What stands on the line.")
    quantity: Decimal
    amount: Money


class DisputeMessage(answers.Shown):
    """What one side said."""

    author: Literal["buyer", "seller"]
    name: str
    text: str
    at: datetime
    files: list[DisputeFileId] = Field(description="What came with it.")


class DisputeFileShown(answers.Shown):
    """A file that one side handed in. It is never changed, and fetched by itself."""

    id: DisputeFileId
    object: Literal["dispute_file"]
    created_at: datetime
    dispute: DisputeId
    author: Literal["buyer", "seller"]
    name: str = Field(description="Who handed it in.")
    file_name: str
    media_type: str
    size: int = Field(description="Bytes.")
    sha256: str


class DisputeShown(answers.Described):
    """A dispute. What is disputed stays outstanding until it is credited."""

    id: DisputeId
    object: Literal["dispute"]
    invoice: InvoiceId
    buyer: BuyerId
    payment: PaymentId | None = Field(description="The payment that was short by it.")
    state: DisputeState
    amount: Money
    reason_code: DisputeReason
    their_reason: str = Field(description="What the payer gave as its reason.")
    line: str
    lines: list[DisputedLine] = Field(description="None where the whole invoice is disputed.")
    words: str
    answer_by: date = Field(description="The day until which you mean to decide.")
    messages: list[DisputeMessage]
    files: list[DisputeFileShown] = Field(description="All that either side handed in.")
    resolution: str
    resolved_at: datetime | None
    credit_note: CreditNoteId | None


def file_shown(it: DisputeFile) -> dict[str, Any]:
    """A file as it is answered."""
    return {
        "id": public_id("dispute_file", it.id),
        "object": "dispute_file",
        "created_at": it.created_at,
        "dispute": public_id("dispute", it.dispute_id),
        "author": it.author,
        "name": it.name,
        "file_name": it.file_name,
        "media_type": it.media_type,
        "size": it.size,
        "sha256": bytes(it.digest).hex(),
    }


def shown(
    it: Dispute, said: Sequence[DisputeRemark] = (), files: Sequence[DisputeFile] = ()
) -> dict[str, Any]:
    """A dispute as it is answered, with what was said and handed in about it."""
    return objects.described("dispute", it) | {
        "invoice": public_id("invoice", it.invoice_id),
        "buyer": public_id("buyer", it.buyer_id),
        "payment": objects.optional_id("payment", it.payment_id),
        "state": it.state,
        "amount": objects.money(it.amount, it.currency),
        "reason_code": it.reason_code,
        "their_reason": it.their_reason,
        "line": it.line,
        "lines": [
            {
                "line": one["line"],
                "subject": one["subject"],
                "quantity": Decimal(one["quantity"]),
                "amount": objects.money(one["amount"], it.currency),
            }
            for one in it.lines
        ],
        "words": it.words,
        "answer_by": it.answer_by,
        "messages": [
            {
                "author": one.author,
                "name": one.name,
                "text": one.text,
                "at": one.created_at,
                "files": [
                    public_id("dispute_file", file.id) for file in files if file.remark_id == one.id
                ],
            }
            for one in said
        ],
        "files": [file_shown(one) for one in files],
        "resolution": it.resolution,
        "resolved_at": it.resolved_at,
        "credit_note": objects.optional_id("credit_note", it.credit_note_id),
    }
