"""A company that applies, as the tests tell it: what it writes, and the answers it gets."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.test import override_settings

from usance.flows import policies
from usance.flows.applications import apply, checks, codes, forms
from usance.flows.applications.apply import Begun
from usance.flows.counterparts import Counterparts
from usance.gateways.mail import Mail
from usance.gateways.registries.memory import MemoryCompanies, MemoryTaxNumbers
from usance.gateways.sanctions.memory import MemoryScreen
from usance.records.applications.models import Application
from usance.records.events.models import OutgoingMail
from usance.records.events.secrets import decrypt
from usance.records.parties.models import Seller
from usance.rules.credit.policy import Policy
from usance.rules.credit.policy_rules import rule_from_document

ITALIAN = "IT00743110157"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"

CLEAR = (
    {
        "kind": "application",
        "name": "listed",
        "when": "application.sanctions_hit",
        "then": "decline",
    },
    {
        "kind": "application",
        "name": "known_already",
        "when": "application.duplicate",
        "then": "review",
    },
    {
        "kind": "application",
        "name": "clear",
        "when": "application.registry_confirmed && application.name_confirmed"
        " && application.email_verified && application.email_at_domain"
        " && application.requested <= 10000",
        "then": "approve",
    },
    {"kind": "limit", "name": "start", "use": "suggest", "amount": "8000"},
)
"""A policy that lets in whom a register knows, with at most EUR 8,000."""

FOUR_EYES: dict[str, Any] = {
    "kind": "route",
    "name": "four_eyes",
    "roles": ["credit_manager"],
    "people": 2,
    "when": "review.kind == 'application'",
}
"""Two credit managers decide about applications."""


@contextmanager
def mail_server() -> Iterator[None]:
    """An installation that has a mail server."""
    with override_settings(EMAIL_HOST="mail.example"):
        yield


def decide_by(seller: Seller, *rules: dict[str, Any], at: datetime) -> None:
    """Let a policy of these rules decide."""
    read = tuple(rule_from_document(rule, at="rule") for rule in rules)
    policies.set_policy(seller, Policy(currency=seller.currency, rules=read), at=at, by="test")


def open_form(seller: Seller, *, at: datetime, **more: Any) -> None:
    """Take applications."""
    forms.set_form(seller, is_open=True, at=at, by="test", **more)


def begin(seller: Seller, *, at: datetime, **more: Any) -> Begun:
    """A company from Milan begins; the address is at its own domain."""
    given: dict[str, Any] = {
        "name": "Ferramenta Lodi S.r.l.",
        "country": "IT",
        "email": f"acquisti-{secrets.token_hex(3)}@ferramentalodi.example",
        "contact_name": "Paola Conti",
        "contact_role": "Buyer",
        "company": {
            "street": "Via Roma 1",
            "postal_code": "20121",
            "city": "Milano",
            "website": "https://www.ferramentalodi.example",
        },
        "site": "https://trade.example",
        "language": "en",
    }
    return apply.begin(seller, **(given | more), at=at)


def fill(
    seller: Seller,
    begun: Begun,
    *,
    at: datetime,
    numbers: dict[str, str] | None = None,
    **more: Any,
) -> Application:
    """Everything else that is asked."""
    given: dict[str, Any] = {"requested_limit": 500_000, "requested_terms": "net_30"}
    return apply.save(
        seller,
        application_id=begun.application.id,
        numbers=numbers or {"partita_iva": ITALIAN},
        consents=["authority", "checks"],
        at=at,
        **(given | more),
    )


def mails(application: Application, kind: str = "") -> list[Mail]:
    """The letters of an application that wait in the outbox, the oldest first."""
    rows = OutgoingMail.objects.filter(object_id=application.id).exclude(content="")
    found = rows.filter(kind=kind) if kind else rows
    return [Mail(**json.loads(decrypt(row.content))) for row in found.order_by("id")]


def code_in(mail: Mail) -> str:
    """The code that a letter carries."""
    found = re.search(r"^ {4}(\d{6})$", mail.text, re.MULTILINE)
    assert found
    return found[1]


def prove_address(seller: Seller, begun: Begun, *, at: datetime) -> None:
    """Ask for the code and type it."""
    codes.send_code(seller, application_id=begun.application.id, at=at)
    digits = code_in(mails(begun.application, "application_code")[-1])
    codes.verify_code(seller, application_id=begun.application.id, digits=digits, at=at)


def submitted(seller: Seller, *, at: datetime, **more: Any) -> Application:
    """A whole application, proved and sent."""
    with mail_server():
        begun = begin(seller, at=at, **more)
        fill(seller, begun, at=at)
        prove_address(seller, begun, at=at)
        return apply.submit(seller, application_id=begun.application.id, at=at)


class World:
    """Registers and lists in memory."""

    def __init__(self) -> None:
        self.vies = MemoryTaxNumbers(source="vies")
        self.vies.add(ITALIAN, name="FERRAMENTA LODI SRL", address="VIA ROMA 1")
        self.companies = MemoryCompanies(source="companies")
        self.screen = MemoryScreen()

    def counterparts(self, **more: Any) -> Counterparts:
        """Those that answer here."""
        given: dict[str, Any] = {
            "tax_numbers": (self.vies,),
            "screens": (self.screen,),
            "requester": "IT12345670017",
        }
        return Counterparts(**(given | more))

    def check(self, application: Application, *, at: datetime) -> datetime | None:
        """Run the checks of an application."""
        with mail_server():
            return checks.run_checks(
                seller_id=application.seller_id,
                application_id=application.id,
                at=at,
                counterparts=self.counterparts(),
            )


def again(application: Application) -> Application:
    """As it stands in the database now."""
    return Application.objects.get(seller_id=application.seller_id, id=application.id)
