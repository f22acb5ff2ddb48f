"""The letters an applicant gets, in its own language. Each goes through the outbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from babel.numbers import format_currency
from django.utils import translation
from django.utils.translation import gettext as _

from usance.flows.applications.declining import decline_texts
from usance.flows.applications.links import link_to
from usance.flows.outgoing_mails import queue_mail
from usance.gateways.mail import Action, Letter
from usance.records.applications.models import Application
from usance.records.events.mails import mails_about
from usance.records.parties.models import Seller
from usance.rules.applications.codes import LASTS
from usance.rules.money import Money

LINK_PAUSE: Final = timedelta(minutes=10)
"""Between two letters with links to the same applicant."""


def send_begun(seller: Seller, application: Application, *, at: datetime) -> None:
    """The link with which to go on."""

    def write() -> Letter:
        return _letter(
            seller,
            application,
            subject=_("Your application for a trade account with %(seller)s"),
            paragraphs=[
                _("You have begun to apply for a trade account. What you write is kept as you go."),
                _("With this link you can go on at any time, on any device. Keep it to yourself."),
            ],
            action=_("Go on with the application"),
        )

    _send(seller, application, "application_begun", write, at=at)


def send_code(
    seller: Seller, application: Application, *, digits: str, at: datetime, expires_at: datetime
) -> None:
    """The one-time code; of no use once it has run out, so it is not sent later."""

    def write() -> Letter:
        return _letter(
            seller,
            application,
            # The code in the subject would stand on a locked screen.
            subject=_("Your code for %(seller)s"),
            paragraphs=[_("Type this code into the application to prove your address:")],
            code=digits,
            after=[
                _("It is good for %(minutes)s minutes.") % {"minutes": LASTS.seconds // 60},
                _("If you have not asked for it, you need not do anything."),
            ],
        )

    _send(seller, application, "application_code", write, at=at, expires_at=expires_at)


def send_submitted(seller: Seller, application: Application, *, at: datetime) -> None:
    """That it has arrived, and where it can be followed."""

    def write() -> Letter:
        return _letter(
            seller,
            application,
            subject=_("%(seller)s has received your application"),
            paragraphs=[
                _("Thank you. Your application has arrived and is being checked."),
                _("You get a letter as soon as it is decided, or if we have a question."),
            ],
            facts=[
                (_("Company"), application.name),
                (_("Limit asked for"), _money(application.requested_limit, application)),
            ],
            action=_("See where it stands"),
        )

    _send(seller, application, "application_submitted", write, at=at)


def send_question(seller: Seller, application: Application, *, text: str, at: datetime) -> None:
    """A question of the seller's."""

    def write() -> Letter:
        return _letter(
            seller,
            application,
            subject=_("%(seller)s has a question about your application"),
            paragraphs=[_("To decide about your application we need to know more:")],
            quoted=text,
            action=_("Answer, or send documents"),
        )

    _send(seller, application, "application_question", write, at=at)


def send_approved(
    seller: Seller, application: Application, *, terms: Sequence[str], at: datetime
) -> None:
    """That the account is open: how much, on which terms, and how to sign in."""

    def write() -> Letter:
        facts = [(_("Credit limit"), _money(application.limit or 0, application))]
        if terms:
            facts.append((_("Payment terms"), ", ".join(terms)))
        return _letter(
            seller,
            application,
            subject=_("Your trade account with %(seller)s is open"),
            paragraphs=[_("Your application is approved. You can order on account from now on.")],
            facts=facts,
            action=_("See your account"),
            after=[
                _(
                    "To sign in to your account, choose a password first: open the sign-in page"
                    " and follow “Forgot your password?” with this e-mail address."
                )
            ],
        )

    _send(seller, application, "application_approved", write, at=at)


def send_declined(
    seller: Seller, application: Application, *, notes: Sequence[str] = (), at: datetime
) -> None:
    """That it is declined, with those reasons that may be told, and what can be done."""

    def write() -> Letter:
        reasons = [*decline_texts(application.decline_reasons), *notes]
        return _letter(
            seller,
            application,
            subject=_("%(seller)s has decided about your application"),
            paragraphs=[
                _("We cannot open a trade account for %(company)s now.")
                % {"company": application.name},
                *reasons,
            ],
            after=[
                _(
                    "If something has changed, or you think that this rests on a mistake, please get in"
                    " touch with us: a person will look at it."
                )
            ],
        )

    _send(seller, application, "application_declined", write, at=at)


def send_links(seller: Seller, applications: Sequence[Application], *, at: datetime) -> None:
    """The link to the latest application of an address, once in a while."""
    application = applications[0]
    recent = [
        mail
        for mail in mails_about(seller_id=seller.id, object_id=application.id)
        if mail.kind == "application_link" and mail.created_at > at - LINK_PAUSE
    ]
    if recent:
        return

    def write() -> Letter:
        return _letter(
            seller,
            application,
            subject=_("The link to your application with %(seller)s"),
            paragraphs=[
                _(
                    "Somebody, you we hope, has asked for the link to the application of %(company)s."
                )
                % {"company": application.name}
            ],
            action=_("Go to the application"),
            after=[_("If you have not asked for it, you need not do anything.")],
        )

    _send(seller, application, "application_link", write, at=at)


def _send(
    seller: Seller,
    application: Application,
    kind: str,
    write: Callable[[], Letter],
    *,
    at: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Queue what ``write`` says in the applicant's language."""
    with translation.override(application.language):
        letter = write()
    queue_mail(
        seller,
        letter,
        kind=kind,
        to=application.contact_email,
        object_type="application",
        object_id=application.id,
        at=at,
        expires_at=expires_at,
    )


def _letter(
    seller: Seller,
    application: Application,
    *,
    subject: str,
    paragraphs: Sequence[str],
    action: str = "",
    code: str = "",
    quoted: str = "",
    facts: Sequence[tuple[str, str]] = (),
    after: Sequence[str] = (),
) -> Letter:
    name = application.contact_name
    return Letter(
        language=application.language,
        sender=seller.name,
        subject=subject % {"seller": seller.name},
        greeting=_("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
        paragraphs=tuple(paragraphs),
        code=code,
        quoted=quoted,
        facts=tuple(facts),
        action=Action(action, link_to(seller, application)) if action else None,
        after=tuple(after),
        closing=(
            _("%(seller)s sends you this because your address was given in an application.")
            % {"seller": seller.name},
        ),
    )


def _money(amount: int, application: Application) -> str:
    value = Money(amount, application.currency)
    locale = application.language.replace("-", "_")
    return str(format_currency(value.decimal(), application.currency, locale=locale))
