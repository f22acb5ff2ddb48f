"""What either side hands in about a dispute: a photo of damaged goods, a delivery note, a table.

It stands in the conversation beside what is said, and nobody changes or removes it. What a file is, its
first bytes say, as of files that go with an invoice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from usance.flows.journal import Journal
from usance.flows.refusals import Refused
from usance.records.collections import dispute_queries
from usance.records.collections.models import Dispute, DisputeFile, DisputeRemark
from usance.records.identity import new_id
from usance.rules import attachments as rules

MOST_FILES: Final = 20
"""Of each side in one dispute: neither can leave the other without room."""
MOST_BYTES: Final = 40 * 1024 * 1024
"""Of each side in one dispute."""
MOST_AT_ONCE: Final = 5
"""Files in one form or request, which are held in memory together."""


class UnsuitableFile(Refused):
    """A file is empty, too large, or of a kind that nobody should have to open."""

    code = "unsuitable_file"


class TooManyFiles(Refused):
    """The side has handed in as much as a dispute takes of it."""

    code = "too_many_files"


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it is handed in, under its owner's name for it."""

    content: bytes = field(repr=False)
    file_name: str = ""


def keep_files(
    journal: Journal,
    dispute: Dispute,
    *,
    files: Sequence[Handed],
    author: str,
    name: str,
    remark: DisputeRemark | None = None,
) -> list[DisputeFile]:
    """Keep what the ``author`` ("buyer" or "seller"), a person of this ``name``, hands in with the
    ``remark`` or alone about the locked, open ``dispute``: those that are new to it, of either side.

    Raises UnsuitableFile or TooManyFiles.
    """
    if not files:
        return []
    there = dispute_queries.files_of([dispute])[dispute.id]
    known = {bytes(one.digest) for one in there}
    new: list[dict[str, Any]] = []
    for made in map(_suitable, files):
        if made["digest"] not in known:
            known.add(made["digest"])
            new.append(made)
    _require_room([one.size for one in there if one.author == author], new)
    return [
        _keep(journal, dispute, remark=remark, author=author, name=name, **made) for made in new
    ]


def _suitable(handed: Handed) -> dict[str, Any]:
    """What is kept of a file. Raises UnsuitableFile."""
    try:
        media_type = rules.media_type_of(handed.content, file_name=handed.file_name)
    except rules.UnsuitableAttachment:
        # The rule speaks of invoices, and of links, which a dispute does not take.
        raise UnsuitableFile(
            f"{handed.file_name or 'The file'} cannot be handed in. Send PDF, PNG, JPEG, CSV (in UTF-8),"
            f" XLSX or ODS files, not empty and of at most {rules.LARGEST_ATTACHMENT} bytes each."
        ) from None
    return {
        "file_name": rules.safe_name(handed.file_name, media_type=media_type),
        "media_type": media_type,
        "size": len(handed.content),
        "digest": hashlib.sha256(handed.content).digest(),
        "content": handed.content,
    }


def _require_room(own: Sequence[int], new: Sequence[dict[str, Any]]) -> None:
    """``own`` are the sizes of what the side has handed in. Raises TooManyFiles."""
    total = sum(own) + sum(one["size"] for one in new)
    if new and (len(own) + len(new) > MOST_FILES or total > MOST_BYTES):
        raise TooManyFiles(
            f"A dispute takes {MOST_FILES} files and {MOST_BYTES} bytes of each side. Join pages into one"
            " file, or say the rest in words."
        )


def _keep(journal: Journal, dispute: Dispute, **fields: Any) -> DisputeFile:
    made = DisputeFile(
        id=new_id(),
        seller_id=dispute.seller_id,
        created_at=journal.at,
        dispute_id=dispute.id,
        **fields,
    )
    made.save(force_insert=True)
    journal.tell(
        "invoice.dispute_file_added",
        object_type="invoice",
        object_id=dispute.invoice_id,
        buyer_id=dispute.buyer_id,
        currency=dispute.currency,
        data={
            "dispute": str(dispute.id),
            "amount": dispute.amount,
            "name": made.name,
            "file": str(made.id),
            "file_name": made.file_name,
        },
    )
    return made
