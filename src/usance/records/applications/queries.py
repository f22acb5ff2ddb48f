"""Reading applications, and the buyers that one of them may be already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from usance.records.applications.models import (
    Application,
    ApplicationForm,
    Code,
    Document,
    Message,
)
from usance.records.parties.models import Seller
from usance.records.statements import execute
from usance.rules.applications.duplicates import Company

WAITING: Final = ("submitted", "in_review", "information_requested")
"""States in which an application is sent and not decided."""

Key = tuple[str, UUID]
"""A company there is already: ``("buyer", id)`` or ``("application", id)``."""


def seller_of(handle: str) -> Seller | None:
    """The seller whose form stands under ``handle``."""
    return Seller.objects.filter(handle=handle).first()


def form_of(*, seller_id: UUID) -> ApplicationForm:
    """How the seller takes applications; closed, and not stored, until it has said so."""
    found = ApplicationForm.objects.filter(seller_id=seller_id).first()
    return found or ApplicationForm(seller_id=seller_id, is_open=False)


def application(*, seller_id: UUID, application_id: UUID) -> Application | None:
    """One application of the seller's."""
    return (
        Application.objects.filter(seller_id=seller_id, id=application_id)
        .select_related("buyer")
        .first()
    )


def application_by_secret(*, seller_id: UUID, digest: bytes) -> Application | None:
    """The application whose link has this SHA-256."""
    return Application.objects.filter(seller_id=seller_id, secret=digest).first()


def applications(
    *, seller_id: UUID, state: str = "", text: str = "", external_id: str | None = None
) -> QuerySet[Application]:
    """The seller's applications that were sent, by state and by words in name, number or address."""
    found = Application.objects.filter(seller_id=seller_id).exclude(state="draft")
    if state:
        found = found.filter(state=state)
    if external_id is not None:
        found = found.filter(external_id=external_id)
    if text:
        found = found.filter(
            Q(name__icontains=text)
            | Q(tax_id__istartswith=text)
            | Q(registration_number__istartswith=text)
            | Q(contact_email__icontains=text)
        )
    return found


def count_waiting(*, seller_id: UUID) -> int:
    """Applications that wait for a person of the seller's."""
    return Application.objects.filter(
        seller_id=seller_id, state__in=("submitted", "in_review")
    ).count()


def counts(*, seller_id: UUID) -> dict[str, int]:
    """How many applications stand in each state."""
    rows = (
        Application.objects.filter(seller_id=seller_id)
        .values_list("state")
        .annotate(count=Count("id"))
        .order_by()
    )
    return dict(rows)


def documents(*, seller_id: UUID, application_id: UUID) -> Sequence[Document]:
    """What an applicant sent, without the contents, in order."""
    return list(
        Document.objects.filter(seller_id=seller_id, application_id=application_id)
        .defer("content")
        .order_by("created_at", "id")
    )


def document(*, seller_id: UUID, application_id: UUID, document_id: UUID) -> Document | None:
    """One document with its content."""
    return Document.objects.filter(
        seller_id=seller_id, application_id=application_id, id=document_id
    ).first()


def messages(*, seller_id: UUID, application_id: UUID) -> Sequence[Message]:
    """What was asked and answered, in order."""
    return list(
        Message.objects.filter(seller_id=seller_id, application_id=application_id).order_by(
            "created_at", "id"
        )
    )


def latest_code(*, seller_id: UUID, application_id: UUID) -> Code | None:
    """The code that was sent last."""
    return (
        Code.objects.filter(seller_id=seller_id, application_id=application_id)
        .order_by("-created_at", "-id")
        .first()
    )


def codes_sent(*, seller_id: UUID, email: str, since: datetime) -> list[datetime]:
    """When codes were sent to an address, whichever application it was for."""
    return list(
        Code.objects.filter(seller_id=seller_id, email=email, created_at__gte=since).values_list(
            "created_at", flat=True
        )
    )


def begun_since(*, seller_id: UUID, since: datetime, email: str | None = None) -> int:
    """How many applications were begun, all or those of an address."""
    found = Application.objects.filter(seller_id=seller_id, created_at__gte=since)
    return (found.filter(contact_email=email) if email else found).count()


def open_of_address(*, seller_id: UUID, email: str) -> Sequence[Application]:
    """Applications of an address that are not closed, the newest first; at most five."""
    return list(
        Application.objects.filter(
            seller_id=seller_id, contact_email=email, state__in=("draft", *WAITING)
        ).order_by("-id")[:5]
    )


def checks_due(*, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, application) of those whose checks are due, of every seller, the longest due first."""
    rows = (
        Application.objects.filter(checks_due_at__lte=at)
        .order_by("checks_due_at")
        .values_list("seller_id", "id")
    )
    return list(rows[:limit])


_KNOWN_COMPANIES: Final = """
SELECT 'buyer', b.id, b.name, b.country, b.tax_id, b.registration_number,
       coalesce(a.company ->> 'postal_code', ''), b.domain, b.email
  FROM parties_buyer AS b
  LEFT JOIN LATERAL (
       SELECT company FROM applications_application
        WHERE seller_id = b.seller_id AND buyer_id = b.id LIMIT 1) AS a ON true
 WHERE b.seller_id = %(seller_id)s AND (b.country = %(country)s OR b.domain = %(domain)s)
UNION ALL
SELECT 'application', a.id, a.name, a.country, a.tax_id, a.registration_number,
       coalesce(a.company ->> 'postal_code', ''), '', a.contact_email
  FROM applications_application AS a
 WHERE a.seller_id = %(seller_id)s AND a.id <> %(application_id)s AND a.buyer_id IS NULL
   AND a.country = %(country)s AND a.state = ANY (%(waiting)s)
"""


def known_companies(
    *, seller_id: UUID, application_id: UUID, country: str, domain: str
) -> list[Company[Key]]:
    """Buyers, and other applications that wait, of the applicant's country or domain."""
    rows = execute(
        _KNOWN_COMPANIES,
        {
            "seller_id": seller_id,
            "application_id": application_id,
            "country": country,
            "domain": domain or "-",
            "waiting": list(WAITING),
        },
    )
    return [
        Company(
            key=(kind, id_),
            name=name,
            country=its_country,
            tax_id=tax_id,
            registration_number=registration_number,
            postal_code=postal_code,
            domain=its_domain or email.rpartition("@")[2].lower(),
        )
        for kind, id_, name, its_country, tax_id, registration_number, postal_code, its_domain, email in rows
    ]


def converted(amount: int, *, seller_id: UUID, source: str, target: str, on: date) -> int | None:
    """``amount`` minor units of ``source`` in ``target`` at the stored rate of the day; None without
    one."""
    if source == target:
        return amount
    rows = execute(
        "SELECT round(credit_converted(%s, %s, %s, %s, %s))::bigint",
        [seller_id, amount, source, target, on],
    )
    value: int | None = rows[0][0] if rows else None
    return value
