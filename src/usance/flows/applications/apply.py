"""A company applies: it begins, writes step by step, proves its address, sends documents, and sends it.

Everything an applicant does goes through its secret link; nothing here needs an account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.applications import letters
from usance.flows.applications.consents import consents_of
from usance.flows.applications.handling import (
    APPLICANT,
    UNDECIDED,
    locked,
    tell,
    written_of,
)
from usance.flows.applications.links import digest_of, new_secret
from usance.flows.applications.refusals import (
    ApplicationsClosed,
    CountryNotServed,
    Incomplete,
    InvalidApplication,
    TooManyRequests,
)
from usance.flows.refusals import WrongState, external_id_once
from usance.flows.reviews import withdraw_reviews
from usance.gateways.mail.smtp import is_configured
from usance.records.applications import actions, queries
from usance.records.applications.models import Application, ApplicationForm
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.rules.applications.completeness import (
    MOST_PERSONS,
    MOST_REFERENCES,
    Missing,
    checked,
    what_is_missing,
)
from usance.rules.applications.numbers import known_by
from usance.rules.money import LARGEST_AMOUNT, exponent

MOST_OF_AN_ADDRESS: Final = 5
"""Applications that one e-mail address may begin with a seller within a day."""
MOST_OF_A_SELLER: Final = 500
"""Applications that may be begun with one seller within an hour."""
_PLAIN: Final = frozenset(
    {"name", "country", "currency", "contact_name", "contact_email", "contact_role"}
    | {"requested_limit", "requested_terms", "references", "persons"}
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A new application, and the secret of its link, which only its applicant is told."""

    application: Application
    secret: str


@transaction.atomic
def begin(
    seller: Seller,
    *,
    name: str,
    country: str,
    email: str,
    at: datetime,
    site: str,
    language: str = "en",
    currency: str = "",
    contact_name: str = "",
    contact_role: str = "",
    company: Mapping[str, Any] | None = None,
    external_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    by: str = APPLICANT,
) -> Begun:
    """Begin an application; its link goes to ``email``. Only a program may leave its address to others.

    Raises ApplicationsClosed, CountryNotServed, InvalidApplication, TooManyRequests or
    ExternalIdTaken.
    """
    form = queries.form_of(seller_id=seller.id)
    if by == APPLICANT:
        _require_calm(seller, email=email.lower(), at=at)
        if not form.is_open:
            raise ApplicationsClosed("The seller takes no applications now.")
    _require_country(form, country)
    currency = _currency(form, seller, currency)
    id_ = new_id()
    secret = new_secret(id_)
    application = Application(
        id=id_,
        seller=seller,
        created_at=at,
        secret=digest_of(secret),
        language=language,
        site=site,
        name=name,
        country=country,
        company=dict(company or {}),
        contact_name=contact_name,
        contact_email=email.lower(),
        contact_role=contact_role,
        currency=currency,
        external_id=external_id,
        metadata=dict(metadata or {}),
    )
    with external_id_once("application", external_id):
        application.save(force_insert=True)
    tell(seller, "application.begun", application=application, at=at, by=by)
    if by == APPLICANT:
        letters.send_begun(seller, application, at=at)
    return Begun(application, secret)


@transaction.atomic
def save(
    seller: Seller,
    *,
    application_id: UUID,
    at: datetime,
    language: str = "",
    company: Mapping[str, Any] | None = None,
    numbers: Mapping[str, str] | None = None,
    consents: Sequence[str] | None = None,
    **fields: Any,
) -> Application:
    """Keep a part of a draft. ``company`` and ``numbers`` are merged into what is there.

    Another e-mail address must be proved anew; another country asks for other numbers. Raises
    NotFound, WrongState (it was sent), CountryNotServed or InvalidApplication.
    """
    application = locked(seller, application_id, states=("draft",))
    form = queries.form_of(seller_id=seller.id)
    changed = _checked_fields(seller, form, application, fields)
    kept = application.company | dict(company or {})
    if changed.get("country", application.country) != application.country:
        kept["numbers"] = {}
    if numbers is not None:
        kept["numbers"] = {name: text.strip() for name, text in numbers.items() if text.strip()}
    changed["company"] = kept
    if consents is not None:
        offered = consents_of(seller, form, language=language or application.language)
        changed["consents"] = [
            {
                "name": consent.name,
                "text": consent.text,
                "language": language or application.language,
                "at": at.isoformat(),
            }
            for consent in offered
            if consent.name in consents
        ]
    if language:
        changed["language"] = language
    actions.change(application, **changed)
    return application


def missing_of(
    seller: Seller, application: Application, *, by: str = APPLICANT
) -> tuple[Missing, ...]:
    """What keeps the application from being sent. Only an applicant must prove its address here."""
    form = queries.form_of(seller_id=seller.id)
    names = [c.name for c in consents_of(seller, form, language=application.language)]
    prove = by == APPLICANT and is_configured()
    return what_is_missing(written_of(application), consents=names, verify_email=prove)


@transaction.atomic
def submit(
    seller: Seller, *, application_id: UUID, at: datetime, by: str = APPLICANT
) -> Application:
    """Send the application; its checks begin at once. Sent twice, it is sent once.

    Raises NotFound, WrongState (withdrawn) or Incomplete.
    """
    application = locked(seller, application_id)
    if application.state in (*UNDECIDED, "approved", "declined"):
        return application
    if application.state != "draft":
        raise WrongState(f"The application is {application.state}.")
    missing = missing_of(seller, application, by=by)
    if missing:
        raise Incomplete(missing)
    tax_id, registration = known_by(application.country, checked(written_of(application)))
    actions.change(
        application,
        state="submitted",
        tax_id=tax_id,
        registration_number=registration,
        submitted_at=at,
        checks_due_at=at,
    )
    tell(
        seller,
        "application.submitted",
        application=application,
        at=at,
        by=by,
        amount=application.requested_limit,
    )
    letters.send_submitted(seller, application, at=at)
    return application


@transaction.atomic
def withdraw(
    seller: Seller, *, application_id: UUID, at: datetime, by: str = APPLICANT
) -> Application:
    """Take the application back. Raises NotFound or WrongState (it is decided)."""
    application = locked(seller, application_id)
    if application.state == "withdrawn":
        return application
    if application.state not in ("draft", *UNDECIDED):
        raise WrongState(f"The application is {application.state} already.")
    actions.change(application, state="withdrawn", checks_due_at=None, decided_at=at)
    withdraw_reviews(seller_id=seller.id, subject_id=application.id, at=at)
    tell(seller, "application.withdrawn", application=application, at=at, by=by)
    return application


def may_order_prepaid(form: ApplicationForm, application: Application) -> bool:
    """Whether the applicant may order against payment in advance until it is decided."""
    return form.prepaid_allowed and application.state in UNDECIDED


def _require_calm(seller: Seller, *, email: str, at: datetime) -> None:
    day, hour = at - timedelta(days=1), at - timedelta(hours=1)
    of_address = queries.begun_since(seller_id=seller.id, since=day, email=email)
    if (
        of_address >= MOST_OF_AN_ADDRESS
        or queries.begun_since(seller_id=seller.id, since=hour) >= MOST_OF_A_SELLER
    ):
        raise TooManyRequests(
            "Too many applications were begun. Go on with one of them, or try again tomorrow."
        )


def _require_country(form: ApplicationForm, country: str) -> None:
    if form.countries and country not in form.countries:
        raise CountryNotServed(f"The seller takes no applications from {country}.")


def _currency(form: ApplicationForm, seller: Seller, currency: str) -> str:
    offered = form.currencies or [seller.currency]
    chosen = currency or offered[0]
    if chosen not in offered:
        raise InvalidApplication(f"Ask for a limit in {', '.join(offered)}, not in {chosen}.")
    exponent(chosen)
    return chosen


def _checked_fields(
    seller: Seller, form: ApplicationForm, application: Application, fields: Mapping[str, Any]
) -> dict[str, Any]:
    changed = dict(fields)
    unknown = sorted(set(changed) - _PLAIN)
    if unknown:
        raise InvalidApplication(f"An application has no {unknown[0]!r}.")
    if "country" in changed:
        _require_country(form, changed["country"])
    if "currency" in changed:
        changed["currency"] = _currency(form, seller, changed["currency"])
    if not 0 <= changed.get("requested_limit", 0) <= LARGEST_AMOUNT:
        raise InvalidApplication(f"A limit is from 0 to {LARGEST_AMOUNT} minor units.")
    if len(changed.get("references", ())) > MOST_REFERENCES:
        raise InvalidApplication(f"At most {MOST_REFERENCES} references are taken.")
    if len(changed.get("persons", ())) > MOST_PERSONS:
        raise InvalidApplication(f"At most {MOST_PERSONS} persons are taken.")
    if "contact_email" in changed:
        changed["contact_email"] = changed["contact_email"].lower()
        if changed["contact_email"] != application.contact_email:
            changed["email_verified_at"] = None
    return changed
