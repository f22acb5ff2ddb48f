"""Applications for a trade account: taken from a shop's own form, listed, and decided."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from pydantic import Field, StringConstraints

from usance.flows.applications import decide, intake
from usance.flows.applications.apply import may_order_prepaid
from usance.flows.applications.links import link_to
from usance.flows.refusals import NotFound
from usance.records.applications import queries
from usance.records.applications.models import Application, ApplicationForm
from usance.records.identity import public_id
from usance.rules.applications.declining import DECLINE_REASONS, MOST_REASONS
from usance.web.api import answers, objects
from usance.web.api.line_schemas import units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import (
    NO_NUL,
    BuyerId,
    Country,
    Email,
    ExternalId,
    Language,
    Limit,
    LongText,
    Metadata,
    Money,
    Name,
    PositiveMoney,
    PublicId,
    ShortText,
    TermsCode,
    Value,
)

section = Section("Credit applications")

ApplicationId = Annotated[UUID, PublicId("application")]
Number = Annotated[str, StringConstraints(max_length=40, pattern=NO_NUL)]
State = Literal[
    "submitted", "in_review", "information_requested", "approved", "declined", "withdrawn"
]


class Reference(Value):
    """A supplier that the company buys from on account."""

    company: ShortText
    contact: ShortText = ""
    reach: ShortText = Field(default="", description="E-mail address or phone number.")


class AuthorizedPerson(Value):
    """A person who may order for the company."""

    name: ShortText
    role: ShortText = ""
    email: ShortText = ""


class NewApplication(Value):
    """A company that asks for a trade account.

    ``numbers`` are its tax and registration numbers by the names that its country has, such as
    ``partita_iva`` in Italy, ``gstin`` and ``pan`` in India, ``company_number`` in Britain.
    """

    name: Name
    country: Country
    street: ShortText
    postal_code: ShortText = ""
    city: ShortText
    website: ShortText = ""
    numbers: Annotated[
        dict[Annotated[str, StringConstraints(max_length=40)], Number], Field(max_length=10)
    ]
    contact_name: ShortText
    contact_email: Email
    contact_role: ShortText = ""
    email_verified: bool = Field(
        default=False, description="Whether you have made sure that the address is the person's."
    )
    language: Language = "en"
    requested_limit: PositiveMoney
    requested_terms: TermsCode | None = None
    references: list[Reference] = Field(default=[], max_length=5)
    persons: list[AuthorizedPerson] = Field(default=[], max_length=5)
    consents: list[Annotated[str, StringConstraints(max_length=60)]] = Field(
        ...,
        max_length=20,
        description="Names of what the person has agreed to in your form: `authority`, `checks` and"
        " whatever you ask besides.",
    )
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class Approval(Value):
    """What the account is opened with."""

    limit: Limit
    terms: list[TermsCode] = Field(
        default=[], max_length=20, description="Terms on offer; none: those of the policy."
    )
    tier: Annotated[str, StringConstraints(max_length=40, pattern=NO_NUL)] = ""
    buyer: BuyerId | None = Field(
        default=None, description="The buyer that the company is already; null: a new one."
    )


class Decline(Value):
    """Why it is declined. The applicant is told those reasons that may be told."""

    reasons: list[Literal[tuple(DECLINE_REASONS)]] = Field(  # type: ignore[valid-type]
        ..., min_length=1, max_length=MOST_REASONS
    )


class InformationRequest(Value):
    """What is asked of the applicant."""

    text: Annotated[LongText, StringConstraints(min_length=1)]


class DeclineReason(answers.Shown):
    """A reason, and whether the applicant is told it."""

    code: str
    applicant_safe: bool


class CreditApplication(answers.Described):
    """An application. ``findings`` are what the checks found, ``decision`` what the policy said."""

    id: ApplicationId
    object: Literal["application"]
    state: State
    name: str
    country: str
    tax_id: str
    registration_number: str
    company: dict[str, Any]
    contact_name: str
    contact_email: str
    contact_role: str
    email_verified: bool
    language: str
    requested_limit: Money
    requested_terms: str
    references: list[dict[str, Any]]
    persons: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    findings: dict[str, Any]
    decision: dict[str, Any]
    submitted_at: datetime | None
    decided_at: datetime | None
    limit: Money | None
    terms: list[str]
    tier: str
    buyer: BuyerId | None
    decline_reasons: list[DeclineReason]
    may_order_prepaid: bool = Field(
        description="Whether the company may order against payment in advance until it is decided."
    )
    url: str | None = Field(
        description="The applicant's own page. Told once, where the application is made; null else."
    )


@section.write(
    "POST",
    "/credit-applications",
    scope="credit:write",
    answer=CreditApplication,
    status=201,
    summary="Apply for a trade account",
)
def create_application(request: ApiRequest, *, payload: NewApplication) -> Any:
    """Take an application that was written in your own form. Its checks begin at once; the answer is
    told by the events `application.approved`, `application.declined` or `application.in_review`."""
    data = payload.model_dump()
    company = {name: data.pop(name) for name in ("street", "postal_code", "city", "website")}
    limit, terms = payload.requested_limit, payload.requested_terms
    data |= {
        "requested_limit": limit.amount,
        "requested_terms": terms.code if terms else "",
        "email": data.pop("contact_email"),
        "currency": limit.currency,
        "company": company,
    }
    begun = intake.receive(
        request.auth.seller,
        at=request.at,
        by=request.auth.by,
        site=settings.PUBLIC_URL or request.build_absolute_uri("/"),
        **data,
    )
    form = queries.form_of(seller_id=request.auth.seller.id)
    url = link_to(request.auth.seller, begun.application)
    return _shown(begun.application, form) | {"url": url}


@section.read(
    "/credit-applications",
    scope="credit:read",
    answer=answers.Page[CreditApplication],
    summary="List applications",
)
def list_applications(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    state: State | None = None,
    external_id: ExternalId | None = None,
) -> Any:
    """The newest first. What was begun and not sent is not in it."""
    seller_id = request.auth.seller.id
    form = queries.form_of(seller_id=seller_id)
    found = queries.applications(seller_id=seller_id, state=state or "", external_id=external_id)
    return page(
        found, kind="application", limit=limit, after=after, show=lambda one: _shown(one, form)
    )


@section.read(
    "/credit-applications/{application_id}",
    scope="credit:read",
    answer=CreditApplication,
    summary="Show an application",
)
def get_application(request: ApiRequest, *, application_id: ApplicationId) -> Any:
    """What it says, what the checks found, with sources and times, and what became of it."""
    seller_id = request.auth.seller.id
    found = queries.applications(seller_id=seller_id).filter(id=application_id).first()
    if found is None:
        raise NotFound("There is no such application.")
    return _shown(found, queries.form_of(seller_id=seller_id))


@section.write(
    "POST",
    "/credit-applications/{application_id}/approve",
    scope="credit:write",
    answer=CreditApplication,
    summary="Approve an application",
)
def approve_application(
    request: ApiRequest, *, application_id: ApplicationId, payload: Approval
) -> Any:
    """Open the account: the buyer, its credit line and its first member are made at once.

    What the policy gives to named persons is decided in the back office.
    """
    seller = request.auth.seller
    found = queries.application(seller_id=seller.id, application_id=application_id)
    if found is None:
        raise NotFound("There is no such application.")
    limit = units(payload.limit, currency=found.currency, pointer="#/limit")
    application = decide.approve(
        seller,
        application_id=application_id,
        limit=limit,
        terms=payload.terms,
        tier=payload.tier,
        buyer_id=payload.buyer,
        at=request.at,
        by=request.auth.by,
    )
    return _shown(application, queries.form_of(seller_id=seller.id))


@section.write(
    "POST",
    "/credit-applications/{application_id}/decline",
    scope="credit:write",
    answer=CreditApplication,
    summary="Decline an application",
)
def decline_application(
    request: ApiRequest, *, application_id: ApplicationId, payload: Decline
) -> Any:
    """The applicant is told by e-mail, with those reasons that may be told."""
    application = decide.decline(
        request.auth.seller,
        application_id=application_id,
        reasons=payload.reasons,
        at=request.at,
        by=request.auth.by,
    )
    return _shown(application, queries.form_of(seller_id=request.auth.seller.id))


@section.write(
    "POST",
    "/credit-applications/{application_id}/request-information",
    scope="credit:write",
    answer=CreditApplication,
    summary="Ask an applicant for more",
)
def request_information(
    request: ApiRequest, *, application_id: ApplicationId, payload: InformationRequest
) -> Any:
    """The applicant gets the question by e-mail and answers on its page."""
    application = decide.request_information(
        request.auth.seller,
        application_id=application_id,
        text=payload.text,
        author=request.auth.seller.name,
        at=request.at,
        by=request.auth.by,
    )
    return _shown(application, queries.form_of(seller_id=request.auth.seller.id))


def _shown(it: Application, form: ApplicationForm) -> dict[str, Any]:
    return objects.head(
        "application", it.id, it.created_at, external_id=it.external_id, metadata=it.metadata
    ) | {
        "state": it.state,
        "name": it.name,
        "country": it.country,
        "tax_id": it.tax_id,
        "registration_number": it.registration_number,
        "company": it.company,
        "contact_name": it.contact_name,
        "contact_email": it.contact_email,
        "contact_role": it.contact_role,
        "email_verified": it.email_verified_at is not None,
        "language": it.language,
        "requested_limit": objects.money(it.requested_limit, it.currency),
        "requested_terms": it.requested_terms,
        "references": it.references,
        "persons": it.persons,
        "consents": it.consents,
        "findings": it.findings,
        "decision": it.decision,
        "submitted_at": it.submitted_at,
        "decided_at": it.decided_at,
        "limit": None if it.limit is None else objects.money(it.limit, it.currency),
        "terms": it.terms,
        "tier": it.tier,
        "buyer": None if it.buyer_id is None else public_id("buyer", it.buyer_id),
        "decline_reasons": [
            {"code": code, "applicant_safe": DECLINE_REASONS.get(code, False)}
            for code in it.decline_reasons
        ],
        "may_order_prepaid": may_order_prepaid(form, it),
        "url": None,
    }
