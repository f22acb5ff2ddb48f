"""What an application says, told back to the person who wrote it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from usance.records.applications import queries
from usance.rules.applications.numbers import fields_of
from usance.rules.money import Money
from usance.web.design.parts import Fact
from usance.web.hosted.page import Visit
from usance.web.words.amounts import country_text
from usance.web.words.applications import STEPS, number_label
from usance.web.words.terms import terms_text


@dataclass(frozen=True, slots=True)
class Part:
    """What was written at one step; ``href`` leads back to it."""

    title: str
    facts: list[Fact]
    href: str


def summary_of(visit: Visit) -> list[Part]:
    """The parts of the application, in the order of the steps."""
    it = visit.mine
    company, numbers = it.company, it.company.get("numbers", {})
    limit = Money(it.requested_limit, it.currency) if it.requested_limit else None
    documents = queries.documents(seller_id=visit.seller.id, application_id=it.id)
    town = " ".join(str(company.get(part, "")) for part in ("postal_code", "city")).strip()
    facts = {
        "company": [
            Fact(_("Company"), it.name),
            Fact(_("Address"), ", ".join(filter(None, [company.get("street"), town])) or None),
            Fact(_("Country"), country_text(it.country)),
            Fact(_("Website"), company.get("website") or None),
            Fact(_("Person"), " · ".join(filter(None, [it.contact_name, it.contact_role])) or None),
            Fact(_("E-mail address"), it.contact_email),
        ],
        "numbers": [
            Fact(number_label(field.name), numbers.get(field.name) or None)
            for field in fields_of(it.country)
        ],
        "request": [
            Fact(_("Credit limit"), limit),
            Fact(
                _("Payment terms"),
                terms_text(it.requested_terms) if it.requested_terms else _("No preference"),
            ),
        ],
        "people": [
            Fact(
                _("References"), ", ".join(str(r.get("company", "")) for r in it.references) or None
            ),
            Fact(
                _("Authorized persons"),
                ", ".join(str(p.get("name", "")) for p in it.persons) or None,
            ),
        ],
        "documents": [Fact(_("Documents"), ", ".join(d.file_name for d in documents) or None)],
    }
    return [Part(str(STEPS[step]), rows, visit.href("step", step)) for step, rows in facts.items()]
