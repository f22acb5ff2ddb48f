"""The letters about a dispute: to whoever answers for the seller, and to the buyer's person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_currency
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from usance.flows.outgoing_mails import queue_mail
from usance.gateways.mail import Action, Letter
from usance.records.collections import dispute_queries
from usance.records.collections.models import Dispute
from usance.records.identity import NotAnId, parse_public_id, public_id
from usance.records.invoices.models import Invoice
from usance.records.parties import queries as parties
from usance.records.parties.invoicing_queries import billing_profile, seller_details
from usance.records.parties.models import Seller, Staff, User
from usance.rules.money import exponent

_ANSWERING: Final = "admin"
"""The role that is written to where nobody is named."""


def tell_of_opening(
    seller: Seller,
    dispute: Dispute,
    *,
    invoice: Invoice,
    at: datetime,
    by: str,
    files: Sequence[str] = (),
) -> None:
    """Whoever answers for the seller learns of ``dispute`` and of the ``files`` handed in with it, unless
    one of its own people opened it."""
    if _id_in(by, kind="staff") is None:
        _to_seller(
            seller,
            dispute,
            invoice=invoice,
            about="opened",
            text=dispute.words,
            files=files,
            at=at,
        )


def tell_of_remark(
    seller: Seller,
    dispute: Dispute,
    *,
    invoice: Invoice,
    author: str,
    text: str,
    at: datetime,
    files: Sequence[str] = (),
) -> None:
    """The other side learns what the ``author`` ("buyer" or "seller") has said, and the names of the
    ``files`` handed in with it, or alone (no ``text``)."""
    tell = _to_seller if author == "buyer" else _to_buyer
    about = "said" if text else "handed_in"
    tell(seller, dispute, invoice=invoice, about=about, text=text, files=files, at=at)


def tell_of_end(
    seller: Seller, dispute: Dispute, *, invoice: Invoice, credited: int, at: datetime
) -> None:
    """The buyer learns that ``credited`` minor units are credited, or that all is owed."""
    _to_buyer(
        seller,
        dispute,
        invoice=invoice,
        about="credited" if credited else "rejected",
        text=dispute.resolution,
        at=at,
        credited=credited,
    )


def tell_of_deadline(seller: Seller, dispute: Dispute, *, invoice: Invoice, at: datetime) -> None:
    """Whoever answers for the seller is reminded that the day to decide is near."""
    _to_seller(seller, dispute, invoice=invoice, about="near", text=dispute.words, at=at)


def _to_seller(
    seller: Seller,
    dispute: Dispute,
    *,
    invoice: Invoice,
    about: str,
    text: str,
    at: datetime,
    files: Sequence[str] = (),
) -> None:
    place = f"/office/disputes/{public_id('dispute', dispute.id)}"
    for to, language in _answering(seller).items():
        with translation.override(language):
            number = {"number": invoice.number}
            subject = {
                "opened": _("Invoice %(number)s is disputed") % number,
                "said": _("The buyer wrote about the dispute of invoice %(number)s") % number,
                "handed_in": _("The buyer handed in files about the dispute of invoice %(number)s")
                % number,
                "near": _("The dispute of invoice %(number)s waits for your answer") % number,
            }[about]
            paragraph = _("Please credit or reject what is disputed by the day below.")
            _send(
                seller,
                dispute,
                to=to,
                at=at,
                letter=Letter(
                    language=language,
                    sender=seller.name,
                    subject=subject,
                    greeting=_("Hello,"),
                    paragraphs=(paragraph,),
                    quoted=text,
                    facts=_facts(
                        dispute, invoice, language=language, with_deadline=True, files=files
                    ),
                    action=_action(_("See the dispute"), place),
                ),
            )


def _to_buyer(
    seller: Seller,
    dispute: Dispute,
    *,
    invoice: Invoice,
    about: str,
    text: str,
    at: datetime,
    credited: int = 0,
    files: Sequence[str] = (),
) -> None:
    found = _at_buyer(seller, dispute)
    if found is None:
        return
    to, language = found
    place = f"/account/invoices/{public_id('invoice', invoice.id)}"
    with translation.override(language):
        number = {"number": invoice.number}
        credit = {"amount": _money(credited, dispute.currency, language)}
        paragraph = {
            "said": _("We have written to you about what you dispute:"),
            "handed_in": _("We have handed in files about what you dispute. They are beside it."),
            "credited": _("We credit %(amount)s. What is left of the invoice is due.") % credit,
            "rejected": _("We cannot agree to your dispute. The invoice is due as before."),
        }[about]
        if invoice.state != "open":  # paid or credited in full meanwhile: nothing is due of it
            ended = {
                "credited": _("We credit %(amount)s.") % credit,
                "rejected": _("We cannot agree to your dispute."),
            }
            paragraph = ended.get(about, paragraph)
        _send(
            seller,
            dispute,
            to=to,
            at=at,
            reply_to=_contact(seller),
            letter=Letter(
                language=language,
                sender=seller.name,
                subject=_("Your dispute of invoice %(number)s") % number,
                greeting=_("Hello,"),
                paragraphs=(paragraph,),
                quoted=text,
                facts=_facts(dispute, invoice, language=language, with_deadline=False, files=files),
                action=_action(_("See the invoice"), place),
            ),
        )


def _facts(
    dispute: Dispute,
    invoice: Invoice,
    *,
    language: str,
    with_deadline: bool,
    files: Sequence[str],
) -> tuple[tuple[str, str], ...]:
    money = _money(dispute.amount, dispute.currency, language)
    facts = [(_("Invoice"), invoice.number), (_("Disputed"), money)]
    facts += [(_("Line"), f"{one['line']}  {one['subject']}".strip()) for one in dispute.lines]
    facts += [(_("File"), name) for name in files]
    if with_deadline:
        facts.append((_("Answer by"), format_date(dispute.answer_by, locale=language)))
    return tuple(facts)


def _money(amount: int, currency: str, language: str) -> str:
    major = Decimal(amount).scaleb(-exponent(currency))
    return str(format_currency(major, currency, locale=language))


def _send(
    seller: Seller, dispute: Dispute, *, letter: Letter, to: str, at: datetime, reply_to: str = ""
) -> None:
    queue_mail(
        seller,
        letter,
        kind="dispute",
        to=to,
        object_type="dispute",
        object_id=dispute.id,
        at=at,
        reply_to=reply_to,
    )


def _contact(seller: Seller) -> str:
    """Where a buyer's answer by e-mail goes: the contact in the company's details."""
    contact = seller_details(seller_id=seller.id).contact
    return contact.email if contact else ""


def _action(text: str, place: str) -> Action | None:
    return Action(text, settings.PUBLIC_URL + place) if settings.PUBLIC_URL else None


def _answering(seller: Seller) -> dict[str, str]:
    """Who is written to for the seller, and in which language: the address in its rules, the contact in
    its details, or else its administrators."""
    contact = seller_details(seller_id=seller.id).contact
    named = dispute_queries.rules(seller_id=seller.id).email or (contact.email if contact else "")
    if named:
        user = User.objects.filter(email=named.lower()).first()
        return {named: user.language if user else seller.language}
    staff = Staff.objects.filter(seller_id=seller.id, role=_ANSWERING).order_by("user__email")
    return dict(staff.values_list("user__email", "user__language"))


def _at_buyer(seller: Seller, dispute: Dispute) -> tuple[str, str] | None:
    """The member who opened the dispute, or else the address of the buyer's invoices."""
    profile = billing_profile(seller_id=seller.id, buyer_id=dispute.buyer_id)
    member_id = _id_in(dispute.opened_by, kind="member")
    if member_id is not None:
        member = parties.member(seller_id=seller.id, member_id=member_id)
        if member is not None and member.left_at is None:
            return member.email, member.user.language if member.user else profile.language
    addresses = profile.email_to
    return (addresses[0], profile.language) if addresses else None


def _id_in(by: str, *, kind: str) -> UUID | None:
    try:
        return parse_public_id(kind, by)
    except NotAnId:
        return None
