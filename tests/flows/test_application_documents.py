"""Documents of an application: what is taken, how many, how large."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.flows.applying import PDF, begin
from usance.flows.applications import correspondence
from usance.flows.applications.refusals import UnsuitableDocument
from usance.records.applications.models import Document
from usance.records.parties.models import Seller


@pytest.mark.parametrize(
    ("content", "name", "kept", "media_type"),
    [
        (PDF, "Bilancio 2025.pdf", "Bilancio 2025.pdf", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "../../etc/passwd", "passwd.png", "image/png"),
        (b"\xff\xd8\xff\xe0....", "C:\\scan.exe", "scan.jpg", "image/jpeg"),
        (PDF, "a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf", "application/pdf"),
        (PDF, "", "document.pdf", "application/pdf"),
    ],
)
def test_a_document_is_what_its_bytes_say(
    open_seller: Seller, at: datetime, content: bytes, name: str, kept: str, media_type: str
) -> None:
    begun = begin(open_seller, at=at)
    document = correspondence.add_document(
        open_seller, application_id=begun.application.id, file_name=name, content=content, at=at
    )
    assert (document.file_name, document.media_type) == (kept, media_type)


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00", b"<html>%PDF-</html>", b"GIF89a", PDF + b"x" * (10 * 1024 * 1024)],
)
def test_what_is_no_document_is_not_taken(
    open_seller: Seller, at: datetime, content: bytes
) -> None:
    begun = begin(open_seller, at=at)
    with pytest.raises(UnsuitableDocument):
        correspondence.add_document(
            open_seller,
            application_id=begun.application.id,
            file_name="x.pdf",
            content=content,
            at=at,
        )
    assert not Document.objects.filter(application_id=begun.application.id).exists()


def test_ten_documents_each_once(open_seller: Seller, at: datetime) -> None:
    begun = begin(open_seller, at=at)

    def add(n: int) -> Any:
        return correspondence.add_document(
            open_seller,
            application_id=begun.application.id,
            file_name=f"{n}.pdf",
            content=PDF + str(n).encode(),
            at=at,
        )

    first = [add(n) for n in range(10)]
    assert add(3).id == first[3].id
    with pytest.raises(UnsuitableDocument):
        add(10)


def test_all_documents_together_are_bounded(open_seller: Seller, at: datetime) -> None:
    begun = begin(open_seller, at=at)

    def add(n: int, size: int) -> Any:
        return correspondence.add_document(
            open_seller,
            application_id=begun.application.id,
            file_name=f"{n}.pdf",
            content=PDF + str(n).encode() * (size // len(str(n))),
            at=at,
        )

    for n in range(4):
        add(n, 10 * 2**20 - 100)
    with pytest.raises(UnsuitableDocument, match="40 MB"):
        add(5, 2**20)
    add(6, 50)
