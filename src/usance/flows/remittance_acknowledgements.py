"""The X12 997 that the sender of an 820 may expect: written anew each time, always the same bytes."""

from __future__ import annotations

from typing import Final

from usance.flows.refusals import NotFound
from usance.formats import x12
from usance.records.parties.models import Seller
from usance.records.payments.models import Remittance, RemittanceFile

FORMAT: Final = "x12.820"


def has_acknowledgement(remittance: Remittance) -> bool:
    """Whether the advice came in a format whose sender may expect an acknowledgement."""
    return bool(remittance.file.format == FORMAT)


def acknowledgement_of(seller: Seller, remittance: Remittance) -> tuple[str, bytes]:
    """Name and content of the 997 that answers the interchange in which ``remittance`` came.

    Its control number counts the seller's interchanges, and it is dated when the file was taken. Raises
    NotFound for an advice of another format.
    """
    files = RemittanceFile.objects.filter(seller_id=seller.id, format=FORMAT)
    file = files.filter(id=remittance.file_id).first()
    content = bytes(file.content) if file is not None else b""
    if file is None or not x12.looks_like(content):
        raise NotFound(
            "Only an interchange of X12 is acknowledged; the advice came in another format."
        )
    number = files.filter(id__lte=file.id).count()
    written = x12.acknowledge(x12.read(content), number=number, at=file.created_at)
    return f"997-{number:09d}.edi", written
