"""An issued invoice or credit note in any of its formats, written once and kept as it was sent.

What is written comes from the document that was frozen when it was issued, so that it is the same
whenever it is asked for; what was asked for once is kept and never written again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from usance.flows.attachments import with_files
from usance.flows.document_checks import require_valid
from usance.flows.document_writers import UBL_PROFILES, About, Written, language_of, write
from usance.flows.refusals import Conflict, NotFound, Refused
from usance.formats.einvoice.missing_term import MissingTerm
from usance.formats.einvoice.requirements import missing_terms
from usance.formats.errors import FormatError
from usance.records.deliveries import actions, queries
from usance.records.deliveries.models import KeptDocument, Registration
from usance.records.invoices import queries as invoices
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.parties.models import Seller
from usance.rules.delivery import WITH_WORDS
from usance.rules.delivery_routes import PROFILE, SELLER, Missing, kept_at, national_terms
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.national import IndianSeller
from usance.rules.invoicing.profiles import FORMATS
from usance.rules.invoicing.registration import FIRST, REGISTERED
from usance.rules.invoicing.serial import UnreadableDocument, from_json

Kind = Literal["invoice", "credit_note"]
PAGE: Final = 50
"""Documents of one statement where many are kept."""


class NotIssued(Conflict):
    """It is a draft, or was issued before documents were kept: there is nothing to write."""

    code = "document_not_issued"


class Unreadable(Conflict):
    """What is kept of it is no document that this version can read. ``kind``, ``id`` and the rest
    say which it is."""

    code = "document_unreadable"

    def __init__(self, kind: Kind, row: Invoice | CreditNote, buyer_id: UUID, why: str) -> None:
        super().__init__(
            f"The document of {row.number} cannot be read ({why[:200]}). Look whether a newer version"
            " of the program has written it, and send it once that runs again."
        )
        self.kind = kind
        self.id = row.id
        self.seller_id = row.seller_id
        self.buyer_id = buyer_id
        self.number = row.number


class FormatUnavailable(Refused):
    """The document cannot be written in the format. ``missing`` says what it lacks; where that is
    empty, the text says why."""

    code = "format_unavailable"

    def __init__(self, message: str, *, missing: Sequence[Missing] = ()) -> None:
        super().__init__(message)
        self.missing = tuple(missing)


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued invoice or credit note with the document it is."""

    kind: Kind
    id: UUID
    seller_id: UUID
    buyer_id: UUID
    number: str
    document: InvoiceDocument


def require_subject(seller: Seller, *, kind: Kind, subject_id: UUID) -> None:
    """Raise NotFound unless the seller has the invoice or credit note."""
    if kind == "invoice":
        there = invoices.invoice(seller_id=seller.id, invoice_id=subject_id) is not None
    else:
        there = CreditNote.objects.filter(seller_id=seller.id, id=subject_id).exists()
    if not there:
        raise NotFound(f"There is no such {kind.replace('_', ' ')}.")


def issued(seller: Seller, *, kind: Kind, subject_id: UUID) -> Issued:
    """The invoice or credit note as it was issued. Raises NotFound, NotIssued or Unreadable."""
    return _issued_ones(seller, [(kind, subject_id)])[0]


def _issued_ones(seller: Seller, subjects: Sequence[tuple[Kind, UUID]]) -> list[Issued]:
    """``subjects`` in their order, read in two statements. Raises NotFound or NotIssued."""
    noted = [subject_id for kind, subject_id in subjects if kind == "credit_note"]
    found = CreditNote.objects.filter(seller_id=seller.id, id__in=noted) if noted else ()
    notes = {note.id: note for note in found}
    wanted = {subject_id for kind, subject_id in subjects if kind == "invoice"}
    wanted |= {note.invoice_id for note in notes.values()}
    rows = Invoice.objects.filter(seller_id=seller.id, id__in=list(wanted))
    there = {row.id: row for row in rows}
    return [
        _issued(kind, there.get(subject_id), None)
        if kind == "invoice"
        else _credited(notes.get(subject_id), there)
        for kind, subject_id in subjects
    ]


def _credited(note: CreditNote | None, there: Mapping[UUID, Invoice]) -> Issued:
    return _issued("credit_note", there.get(note.invoice_id) if note else None, note)


def _issued(kind: Kind, invoice: Invoice | None, note: CreditNote | None) -> Issued:
    row = invoice if kind == "invoice" else note
    if row is None or invoice is None:
        raise NotFound(f"There is no such {kind.replace('_', ' ')}.")
    if row.document is None or invoice.state == "draft":
        raise NotIssued(
            "It has no document: it is a draft, or was issued before documents were kept. Issue it"
            " first, or credit it and issue a new one."
        )
    try:
        document = from_json(row.document)
    except UnreadableDocument as error:
        raise Unreadable(kind, row, invoice.buyer_id, str(error)) from error
    return Issued(kind, row.id, row.seller_id, invoice.buyer_id, row.number, document)


def document_of(
    seller: Seller,
    *,
    kind: Kind,
    subject_id: UUID,
    format_: str,
    at: datetime,
    language: str = "",
    revision: int | None = None,
) -> KeptDocument:
    """The kept document in a format; written and kept first where it has not been yet.

    ``language`` is of what people read, the buyer's by default. ``revision`` asks for a file of that
    number (networks that want a new name each time). Raises NotFound, NotIssued, FormatUnavailable.
    """
    if format_ not in FORMATS:
        raise FormatUnavailable(f"{format_!r} is no format; choose {', '.join(FORMATS)}.")
    it = issued(seller, kind=kind, subject_id=subject_id)
    return kept(it, about=About(seller, it.buyer_id, at=at), format_=format_, at=at,
                language=language, revision=revision)  # fmt: skip


def kept(
    it: Issued,
    *,
    about: About,
    format_: str,
    at: datetime,
    language: str = "",
    revision: int | None = None,
) -> KeptDocument:
    """Like ``document_of``, of what was read already."""
    words = _words(format_, about=about, language=language)
    registration = _registration(it, about=about, format_=format_)
    if revision is None and format_ in WITH_WORDS:
        revision = REGISTERED if registration else FIRST
    there = queries.kept_document(
        seller_id=it.seller_id,
        subject_id=it.id,
        format_=format_,
        language=words,
        revision=revision,
    )
    if there is not None:
        return there
    made = _made(
        it,
        about=about,
        format_=format_,
        language=words,
        revision=revision or FIRST,
        at=at,
        registration=registration,
    )
    actions.keep([made])
    # Whoever races wrote the same: what is kept first is what there is.
    stored = queries.kept_document(
        seller_id=it.seller_id,
        subject_id=it.id,
        format_=format_,
        language=words,
        revision=made.revision,
    )
    assert stored is not None
    return stored


def keep_many(
    seller: Seller,
    subjects: Sequence[tuple[Kind, UUID]],
    *,
    formats: Sequence[str],
    at: datetime,
    checked: bool = True,
) -> int:
    """Write and keep many documents in each of ``formats`` (and the buyers' languages); how many
    were written. What is kept already is passed over.

    ``checked=False`` leaves the official rules to a later delivery or to the reader. Raises
    FormatUnavailable at the first that cannot be written; those before it are kept.
    """
    written = 0
    abouts: dict[UUID, About] = {}
    for start in range(0, len(subjects), PAGE):
        chunk = subjects[start : start + PAGE]
        there = queries.kept_formats(
            seller_id=seller.id, subject_ids=[subject_id for _, subject_id in chunk]
        )
        page: list[KeptDocument] = []
        try:
            for it in _issued_ones(seller, chunk):
                about = abouts.setdefault(it.buyer_id, About(seller, it.buyer_id, at=at))
                for format_ in formats:
                    words = _words(format_, about=about)
                    if (it.id, format_, words) not in there:
                        page.append(
                            _made(
                                it,
                                about=about,
                                format_=format_,
                                language=words,
                                at=at,
                                checked=checked,
                            )
                        )
        finally:
            actions.keep(page)
        written += len(page)
    return written


def _words(format_: str, *, about: About, language: str = "") -> str:
    """The language of a document in a format; none where it has no words."""
    return language_of(language or about.profile.language) if format_ in WITH_WORDS else ""


def _registration(it: Issued, *, about: About, format_: str) -> Registration | None:
    """The registration that people's copies bear; only documents of Indian sellers have one. Those
    that were kept before it stay as they were, as the first revision."""
    if format_ not in WITH_WORDS or not isinstance(about.details.national, IndianSeller):
        return None
    return queries.registration_of(seller_id=it.seller_id, subject_id=it.id)


def lacking(it: Issued, *, about: About, format_: str) -> tuple[Missing, ...]:
    """What the document, the seller or the profile should say for ``format_`` and does not."""
    profile = UBL_PROFILES.get(format_)
    if profile is None:
        return national_terms(format_, it.document, profile=about.profile, seller=about.details)
    return tuple(
        _missing(*kept_at(one.path), one) for one in missing_terms(it.document, profile=profile)
    )


def _missing(field: str, where: str, term: MissingTerm) -> Missing:
    said = f"{term.remedy} ({term.term}, {term.rule})"
    if where in (SELLER, PROFILE):
        said = f"{said} Set {field} in the {where}."
    values = {"path": term.path, "term": term.term, "rule": term.rule}
    return Missing(field, where, said, values=values)


def _made(
    it: Issued,
    *,
    about: About,
    format_: str,
    language: str,
    at: datetime,
    revision: int = FIRST,
    checked: bool = True,
    registration: Registration | None = None,
) -> KeptDocument:
    missing = lacking(it, about=about, format_=format_)
    if missing:
        raise FormatUnavailable(" ".join(one.detail for one in missing), missing=missing)
    try:
        written: Written = write(
            with_files(it.document, seller_id=it.seller_id, format_=format_),
            format_=format_,
            language=language,
            about=about,
            number=it.number,
            registration=registration,
        )
        if checked:
            require_valid(written.content, format_=format_)
    except FormatError as error:
        raise FormatUnavailable(str(error)) from error
    return actions.kept(
        seller_id=it.seller_id,
        buyer_id=it.buyer_id,
        kind=it.kind,
        subject_id=it.id,
        format_=format_,
        language=language,
        revision=revision,
        media_type=written.media_type,
        file_name=written.file_name,
        content=written.content,
        at=at,
    )
