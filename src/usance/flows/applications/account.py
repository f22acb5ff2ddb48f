"""The account that an approved application becomes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from usance.flows import credit_lines, onboarding
from usance.flows.refusals import Duplicate, NotFound
from usance.records.applications.models import Application
from usance.records.credit.models import CreditLine, Report
from usance.records.parties.models import Buyer, Seller
from usance.rules.applications.addresses import FREE_MAIL, domain_of
from usance.rules.terms import parse_terms


def open_account(
    seller: Seller, application: Application, *, buyer_id: UUID | None, at: datetime, by: str
) -> Buyer:
    """The buyer, its credit line and the applicant as its administrator, in the caller's transaction.

    With ``buyer_id`` the line is given to a buyer there is. Raises NotFound.
    """
    buyer = (
        _known_buyer(seller, buyer_id)
        if buyer_id is not None
        else _new_buyer(seller, application, at=at, by=by)
    )
    line = credit_lines.set_credit_line(
        seller,
        buyer_id=buyer.id,
        currency=application.currency,
        limit=application.limit or 0,
        terms=[parse_terms(code) for code in application.terms],
        at=at,
        by=by,
    )
    if application.tier:
        CreditLine.objects.filter(seller_id=seller.id, id=line.id).update(tier=application.tier)
    _add_applicant(seller, buyer, application, at=at, by=by)
    _keep_reports(seller, buyer, application, at=at)
    return buyer


def _known_buyer(seller: Seller, buyer_id: UUID) -> Buyer:
    buyer = Buyer.objects.filter(seller_id=seller.id, id=buyer_id).first()
    if buyer is None:
        raise NotFound("There is no such buyer.")
    return buyer


def _new_buyer(seller: Seller, application: Application, *, at: datetime, by: str) -> Buyer:
    buyer = onboarding.create_buyer(
        seller,
        name=application.name,
        country=application.country,
        email=application.contact_email,
        tax_id=application.tax_id,
        registration_number=application.registration_number,
        language=application.language,
        external_id=_free_external_id(seller, application),
        metadata=application.metadata,
        at=at,
        by=by,
    )
    domain = domain_of(str(application.company.get("website", ""))) or domain_of(
        application.contact_email
    )
    if domain and domain not in FREE_MAIL:
        buyer.domain = domain
        Buyer.objects.filter(seller_id=seller.id, id=buyer.id).update(domain=domain)
    return buyer


def _free_external_id(seller: Seller, application: Application) -> str | None:
    """The application's own number, unless another buyer has it."""
    wanted = application.external_id
    taken = Buyer.objects.filter(seller_id=seller.id, external_id=wanted).exists()
    return None if wanted is None or taken else wanted


def _add_applicant(
    seller: Seller, buyer: Buyer, application: Application, *, at: datetime, by: str
) -> None:
    try:
        onboarding.add_member(
            seller,
            buyer_id=buyer.id,
            name=application.contact_name,
            email=application.contact_email,
            role="admin",
            at=at,
            by=by,
        )
    except Duplicate:
        return  # a member of the buyer there is; its role stays


def _keep_reports(seller: Seller, buyer: Buyer, application: Application, *, at: datetime) -> None:
    """What was found about the applicant is known of the buyer from now on."""
    found = Report.objects.filter(seller_id=seller.id, application_id=application.id)
    Report.objects.bulk_create(
        Report(
            seller=seller,
            buyer=buyer,
            application_id=application.id,
            created_at=at,
            kind=report.kind,
            source=report.source,
            outcome=report.outcome,
            asked_about=report.asked_about,
            reference=report.reference,
            facts=report.facts,
            asked_at=report.asked_at,
        )
        for report in found.filter(buyer__isnull=True).order_by("id")
    )
