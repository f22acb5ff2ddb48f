"""Documents that an invoice refers to, and those that come with it (BT-11 to BT-18, BG-3, BG-24)."""

from __future__ import annotations

from typing import Final

from lxml import etree

from usance.formats.cii.elements import WRITER, day, write_day
from usance.formats.cii.lines import OBJECT
from usance.formats.einvoice.parsing import attribute, binary, child, children, text
from usance.rules.invoicing.document import (
    Attachment,
    DocumentReference,
    Identifier,
    InvoiceDocument,
)

_SUPPORTING: Final = "916"
_TENDER: Final = "50"
"""Of UNTDID 1001, as is OBJECT: what AdditionalReferencedDocument refers to (CEN/TS 16931-3-3)."""

_PROJECT_NAME: Final = "Project reference"
"""The schema demands a name for a project; EN 16931 has none (CEN/TS 16931-3-3, BT-11)."""


def reference(element: etree._Element | None, name: str) -> str:
    """The number of the document that ``element`` refers to by its child ``name``."""
    return text(element, name, "IssuerAssignedID")


def read_additional(
    agreement: etree._Element,
) -> tuple[str, Identifier | None, tuple[Attachment, ...]]:
    """The tender (BT-17), the invoiced object (BT-18) and the supporting documents (BG-24).

    Anything else that a document refers to is read as a supporting document, so that it is not lost.
    """
    tender, invoiced, attachments = "", None, []
    for each in children(agreement, "AdditionalReferencedDocument"):
        number, kind = text(each, "IssuerAssignedID"), text(each, "TypeCode")
        if kind == _TENDER and not tender:
            tender = number
        elif kind == OBJECT and invoiced is None and number:
            invoiced = Identifier(number, text(each, "ReferenceTypeCode"))
        else:
            attachments.append(_read_attachment(each, number=number))
    return tender, invoiced, tuple(attachments)


def _read_attachment(element: etree._Element, *, number: str) -> Attachment:
    content = child(element, "AttachmentBinaryObject")
    if content is None or not text(content):
        content = None
    return Attachment(
        reference=number,
        description=text(element, "Name"),
        location=text(element, "URIID"),
        content=None if content is None else binary(content),
        media_type=attribute(content, "mimeCode"),
        filename=attribute(content, "filename"),
    )


def read_preceding(settlement: etree._Element) -> tuple[DocumentReference, ...]:
    """The invoices that this one is about (BG-3)."""
    return tuple(
        DocumentReference(
            number=text(each, "IssuerAssignedID"), issued_on=day(each, "FormattedIssueDateTime")
        )
        for each in children(settlement, "InvoiceReferencedDocument")
        if text(each, "IssuerAssignedID")
    )


def write_reference(parent: etree._Element, name: str, number: str) -> None:
    """An element ``name`` that refers to document ``number``; none for an empty number."""
    if number:
        WRITER.value(WRITER.group(parent, name), "ram:IssuerAssignedID", number)


def write_additional(agreement: etree._Element, document: InvoiceDocument) -> None:
    """An AdditionalReferencedDocument for each supporting document, the tender and the object."""
    for each in document.attachments:
        element = WRITER.group(agreement, "ram:AdditionalReferencedDocument")
        WRITER.value(element, "ram:IssuerAssignedID", each.reference)
        WRITER.value(element, "ram:URIID", each.location)
        WRITER.value(element, "ram:TypeCode", _SUPPORTING)
        WRITER.value(element, "ram:Name", each.description)
        if each.content:
            WRITER.value(
                element,
                "ram:AttachmentBinaryObject",
                each.content,
                mimeCode=each.media_type,
                filename=each.filename,
            )
    if document.tender:
        element = WRITER.group(agreement, "ram:AdditionalReferencedDocument")
        WRITER.value(element, "ram:IssuerAssignedID", document.tender)
        WRITER.value(element, "ram:TypeCode", _TENDER)
    if document.object is not None:
        element = WRITER.group(agreement, "ram:AdditionalReferencedDocument")
        WRITER.value(element, "ram:IssuerAssignedID", document.object.value)
        WRITER.value(element, "ram:TypeCode", OBJECT)
        WRITER.value(element, "ram:ReferenceTypeCode", document.object.scheme)


def write_project(agreement: etree._Element, project: str) -> None:
    """A SpecifiedProcuringProject; none for an empty one (BT-11)."""
    if project:
        element = WRITER.group(agreement, "ram:SpecifiedProcuringProject")
        WRITER.value(element, "ram:ID", project)
        WRITER.value(element, "ram:Name", _PROJECT_NAME)


def write_preceding(settlement: etree._Element, preceding: tuple[DocumentReference, ...]) -> None:
    """An InvoiceReferencedDocument for each."""
    for each in preceding:
        element = WRITER.group(settlement, "ram:InvoiceReferencedDocument")
        WRITER.value(element, "ram:IssuerAssignedID", each.number)
        write_day(element, "ram:FormattedIssueDateTime", each.issued_on, kind="qdt:DateTimeString")
