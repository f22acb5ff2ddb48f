"""Applications: the queue, and one application with everything that is known of it."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.gateways.mail.smtp import is_configured
from usance.records.applications import queries
from usance.records.applications.models import Application
from usance.records.credit import review_queries
from usance.records.events.mails import mails_about
from usance.rules.money import Money
from usance.web.backoffice import application_tables as tables
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.application_acts import APPLICATION_ACTS
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.people import People
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Badge, Fact, Identifier, Link, Noted, State
from usance.web.design.states import look
from usance.web.listing import cut
from usance.web.words.amounts import country_text, language_text
from usance.web.words.applications import reason_text
from usance.web.words.terms import terms_text

STANDINGS: Final = (
    "in_review",
    "information_requested",
    "submitted",
    "approved",
    "declined",
    "withdrawn",
)


@require_safe
@office
def applications_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The applications, the newest first."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = queries.applications(
        seller_id=desk.seller.id, state=query.standing, text=query.text
    ).defer("findings")
    part = cut(found, request=request, order=("-id",))
    form = queries.form_of(seller_id=desk.seller.id)
    return page(
        request,
        desk,
        "applications",
        current="applications",
        heading=_("Applications"),
        query=query,
        tabs=query.tabs(
            STANDINGS,
            lambda it: str(look(it, kind="application").label),
            pgettext("applications", "All"),
        ),
        search_label=_("Search applications"),
        search_hint=_("Company, number or e-mail address"),
        table=tables.application_table(part.rows) if part.rows else None,
        pagination=part.page,
        form_is_open=form.is_open,
        form_address=request.build_absolute_uri(reverse("apply", args=[desk.seller.handle])),
        mail_works=is_configured(),
        new=Link(_("Form settings"), reverse("office_application_settings"))
        if desk.may("credit")
        else None,
        empty_icon="application",
        empty_title=_("No applications"),
        empty_text=_("Companies apply on a page of yours; give them its address."),
    )


@require_safe
@office
def application_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One application."""
    it = _application(desk, public)
    seller_id = desk.seller.id
    review = review_queries.open_review_of(seller_id=seller_id, subject_id=it.id)
    documents = queries.documents(seller_id=seller_id, application_id=it.id)
    told = [it.id, *([review.id] if review else []), *([it.buyer_id] if it.buyer_id else [])]
    return page(
        request,
        desk,
        "application",
        current="applications",
        heading=it.name,
        crumbs=[Link(_("Applications"), reverse("office_applications"))],
        page_state=State("application", it.state),
        page_facts=[
            Identifier(public),
            country_text(it.country),
            *([it.tax_id] if it.tax_id else []),
        ],
        application=it,
        offers=offers(desk, it, APPLICATION_ACTS, base=links.address("application", it.id)),
        assessment=_assessment(it),
        reasons=[reason_text(code) for code in it.decision.get("reasons", [])],
        trace=tables.trace_table(it),
        known=tables.known_facts(it),
        unknown=tables.unknown_facts(it) if it.decision else [],
        reports=tables.report_table(it.findings.get("reports", [])),
        numbers=tables.number_table(it),
        duplicates=tables.duplicate_table(it),
        references=tables.people_table(
            it.references,
            caption=_("References"),
            labels={"company": _("Supplier"), "contact": _("Contact person"), "reach": _("Reach")},
        ),
        persons=tables.people_table(
            it.persons,
            caption=_("Authorized persons"),
            labels={"name": _("Name"), "role": _("Position"), "email": _("E-mail address")},
        ),
        documents=tables.document_table(it, documents),
        thread=queries.messages(seller_id=seller_id, application_id=it.id),
        company=_company(it),
        contact=_contact(it),
        outcome_facts=_outcome(desk, it),
        consents=it.consents,
        checks_again=it.checks_due_at,
        mails=tables.mail_table(mails_about(seller_id=seller_id, object_id=it.id)),
        history=history_of(desk, told),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def application_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something to an application."""
    it = _application(desk, public)
    crumbs = [Link(_("Applications"), reverse("office_applications")), links.application_link(it)]
    return perform(
        request, desk, it, APPLICATION_ACTS, name=name, current="applications", crumbs=crumbs
    )


@require_safe
@office
def application_document(
    request: HttpRequest, desk: Desk, public: str, document: str
) -> HttpResponse:
    """A document as a file to keep. It comes from a stranger: no browser opens it here."""
    del request
    it = _application(desk, public)
    found = queries.document(
        seller_id=desk.seller.id,
        application_id=it.id,
        document_id=id_in(document, kind="document"),
    )
    if found is None:
        raise Http404("There is no such document.")
    response = HttpResponse(bytes(found.content), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = _attachment(found.file_name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def _attachment(name: str) -> str:
    """RFC 6266: the name in ASCII for old browsers, and as it is for the others."""
    from urllib.parse import quote

    plain = name.encode("ascii", "ignore").decode().replace('"', "").replace("\\", "") or "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


def _application(desk: Desk, public: str) -> Application:
    it = queries.application(
        seller_id=desk.seller.id, application_id=id_in(public, kind="application")
    )
    if it is None or it.state == "draft":
        raise Http404("There is no such application.")
    return it


def _assessment(it: Application) -> list[Fact]:
    suggested, outcome = it.decision.get("suggested_limit"), it.decision.get("outcome")
    return [
        Fact(_("Asked for"), Money(it.requested_limit, it.currency)),
        Fact(
            _("Limit the policy suggests"),
            None if suggested is None else Money(suggested, it.currency),
        ),
        Fact(_("The policy says"), State("decision", outcome) if outcome else None),
        Fact(_("By the rule"), it.decision.get("rule") or None),
    ]


def _company(it: Application) -> list[Fact]:
    company = it.company
    town = " ".join(str(company.get(part, "")) for part in ("postal_code", "city")).strip()
    return [
        Fact(_("Street and number"), company.get("street") or None),
        Fact(_("City"), town or None),
        Fact(_("Country"), country_text(it.country)),
        Fact(_("Website"), company.get("website") or None),
        Fact(_("Tax number"), it.tax_id or None),
        Fact(_("Registration number"), it.registration_number or None),
        Fact(_("Customer number"), it.external_id),
    ]


def _contact(it: Application) -> list[Fact]:
    email = it.findings.get("email", {})
    if it.email_verified_at:
        proved = Badge(label=_("Proved with a code"), tone="positive", icon="check")
    else:
        proved = Badge(label=_("Not proved"), tone="caution", icon="alert")
    domain: object = None
    if email.get("free"):
        domain = Badge(label=_("With a free provider"), tone="caution", icon="alert")
    elif email.get("at_domain"):
        domain = Badge(label=_("At the company's domain"), tone="positive", icon="check")
    elif email.get("at_domain") is False:
        domain = Badge(label=_("At another domain than the website"), tone="caution", icon="alert")
    return [
        Fact(_("Name"), it.contact_name or None),
        Fact(_("Position"), it.contact_role or None),
        Fact(_("E-mail address"), it.contact_email),
        Fact(_("Address"), proved),
        Fact(_("Domain"), domain),
        Fact(_("Language"), language_text(it.language)),
        Fact(
            _("Payment terms asked for"),
            terms_text(it.requested_terms) if it.requested_terms else None,
        ),
    ]


def _outcome(desk: Desk, it: Application) -> list[Fact]:
    """How it ended, once it has."""
    if it.decided_at is None:
        return []
    who = People(desk, [it.decided_by]).name(it.decided_by)
    facts = [Fact(_("Decided"), Noted(it.decided_at, who))]
    if it.state == "approved":
        facts.append(Fact(_("Limit"), Money(it.limit or 0, it.currency)))
        facts.append(
            Fact(
                _("Payment terms"), ", ".join(terms_text(c) for c in it.terms) or _("The policy's")
            )
        )
        if it.buyer is not None:
            facts.append(Fact(_("Account"), links.buyer_link(it.buyer)))
    if it.decline_reasons:
        facts.append(Fact(_("Reasons"), ", ".join(reason_text(c) for c in it.decline_reasons)))
    return facts
