"""What a seller of the demo has set up around credit: written policies, groups, buyers' own rules.

It comes after the trading, since the rules read the trading's history.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from usance.flows import (
    credit_lines,
    exchange_rates,
    group_limits,
    organisation,
    policies,
    standing,
    watches,
)
from usance.flows.applications import forms, intake
from usance.flows.checkout import OrderRequest, authorize_orders
from usance.flows.group_limits import MemberLine
from usance.flows.limit_reviews import set_cycle
from usance.flows.monitoring import watch_overnight
from usance.records.parties.models import Buyer, Seller
from usance.rules.monitoring import watch_from_document
from usance.rules.ordering import ChainStep
from usance.worlds.demo_cast import PASSWORD, SCALES, BuyerRole, Person, SellerRole

SITE: Final = "http://localhost:8000"
TIERS: Final = {"large": "gold", "middle": "silver", "small": ""}


def settings(role: SellerRole) -> dict[str, Any]:
    """The amounts of the demo's policies; the rules come besides."""
    return {
        "overdue_days": 30,
        "order_ceiling": {role.currency: 4_000_000},
        "review_above": {role.currency: 1_200_000},
        "terms": ["net_30"],
        "over_limit": "review",
        "offer_prepayment": True,
    }


RULES: Final[tuple[dict[str, Any], ...]] = (
    {
        "kind": "hold",
        "name": "sanctioned",
        "when": "has(buyer.sanctioned) && buyer.sanctioned",
        "note": "Nobody on a sanctions list is sold anything on account.",
    },
    {
        "kind": "hold",
        "name": "insolvent",
        "when": "has(buyer.insolvent) && buyer.insolvent",
        "note": "An insolvency notice names the buyer.",
    },
    {
        "kind": "hold",
        "name": "owes_too_much",
        "when": "history.overdue > line.limit / 4 && buyer.days_overdue > 14",
        "tell_buyer": True,
        "note": "More than a quarter of the limit is past due.",
    },
    {
        "kind": "hold",
        "name": "unusually_large",
        "when": "history.orders >= 3 && order.amount > history.largest_order * 3"
        " && order.amount > 5000",
        "then": "review",
        "note": "Three times the largest order so far.",
    },
    {
        "kind": "hold",
        "name": "likely_late",
        "when": "score.band in ['D', 'E'] && order.amount > 2000",
        "then": "review",
    },
    {
        "kind": "limit",
        "name": "three_months",
        "when": "history.paid_invoices >= 3",
        "amount": "max(usual_month * 3, 1000)",
        "use": "suggest",
        "note": "What a buyer buys in three months.",
    },
    {
        "kind": "limit",
        "name": "first_limit",
        "amount": "2500",
        "use": "suggest",
    },
    {
        "kind": "terms",
        "name": "gold_terms",
        "when": "line.tier == 'gold'",
        "offer": ["net_30", "net_60"],
    },
    {"kind": "price", "name": "sixty_days", "terms": "net_60", "percent": "1.5"},
    {
        "kind": "application",
        "name": "clear_and_small",
        "when": "application.number_valid && application.registry_confirmed"
        " && !application.sanctions_hit && !application.duplicate"
        " && application.email_at_domain && application.requested <= 2500",
        "then": "approve",
    },
    {
        "kind": "route",
        "name": "large_sums",
        "when": "review.amount > 25000 || review.over_limit > 5000",
        "roles": ["credit_manager", "admin"],
        "people": 2,
        "hours": 24,
        "escalate_to": "admin",
    },
    {"kind": "route", "name": "usual", "roles": ["credit_manager", "admin"], "hours": 48},
)
VALUES: Final = {"usual_month": "history.monthly_turnover"}
TRIAL: Final[dict[str, Any]] = {
    "kind": "hold",
    "name": "paid_late_lately",
    "when": "history.worst_days_late_12m > 25",
    "then": "review",
    "note": "On trial: would a stricter eye on late payers have cost sales?",
}
WATCHES: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "overdue",
        "triggers": ["nightly"],
        "when": "history.overdue > 1000 && history.worst_days_late_12m > 20",
        "severity": "warning",
        "actions": [{"do": "notify", "people": ["credit_manager"]}],
        "quiet_days": 7,
    },
    {
        "name": "written_off",
        "triggers": ["invoice.written_off"],
        "severity": "critical",
        "actions": [
            {"do": "notify", "people": ["credit_manager", "admin"]},
            {"do": "hold"},
        ],
    },
)
PURCHASER: Final = Person("Alex Bauer", "alex", "purchaser")
APPROVER: Final = Person("Robin Sala", "robin", "approver")


def colleagues(role: SellerRole) -> list[Person]:
    """Two more people of the seller's first buyer: one orders, the other approves."""
    domain = role.buyers[0].domain
    return [
        Person(person.name, f"{person.email}@{domain}", person.role)
        for person in (PURCHASER, APPROVER)
    ]


def set_up(seller: Seller, role: SellerRole, *, at: datetime) -> None:
    """Everything of this module for one seller, in the caller's transaction."""
    manager = role.staff[1].email
    buyers = list(Buyer.objects.filter(seller_id=seller.id).order_by("created_at", "id"))
    buyers = [one for _, one in sorted(zip(_names(role, buyers), buyers, strict=True))]
    _segments(seller, role, buyers, at=at, by=manager)
    _shared_limit(seller, role, buyers, at=at, by=manager)
    standing.renew_standings(seller, at=at)
    written = {**settings(role), "values": VALUES, "rules": [*RULES]}
    policies.set_policy(seller, policies.read_policy(seller, written), at=at, by=manager)
    trial = {**written, "rules": [TRIAL, *RULES]}
    draft = policies.draft_policy(
        seller, policies.read_policy(seller, trial), at=at, by=manager, note="Late payers"
    )
    policies.try_policy(seller, policy_id=draft.id, at=at, by=manager)
    _own_rules(seller, role, buyers[0], at=at, by=manager)
    _applications(seller, role, at=at)
    _watch(seller, at=at, by=manager)


def _names(role: SellerRole, buyers: list[Buyer]) -> list[int]:
    """The place of each buyer in the cast."""
    places = {one.name: n for n, one in enumerate(role.buyers)}
    return [places[buyer.name] for buyer in buyers]


def _segments(
    seller: Seller, role: SellerRole, buyers: list[Buyer], *, at: datetime, by: str
) -> None:
    """Tiers by size, a group of customers each, and an insurer's cover for the largest."""
    for buyer, cast in zip(buyers, role.buyers, strict=True):
        organisation.update_buyer(
            seller, buyer_id=buyer.id, group=cast.size, domain=cast.domain, at=at, by=by
        )
        credit_lines.set_line_details(
            seller,
            buyer_id=buyer.id,
            currency=role.currency,
            tier=TIERS[cast.size],
            insured_limit=SCALES[cast.size].limit // 2 if cast.size == "large" else None,
            insured_until=(at + timedelta(days=200)).date() if cast.size == "large" else None,
            at=at,
            by=by,
        )
    set_cycle(seller, tier="gold", days=90, at=at, by=by)
    set_cycle(seller, tier="silver", days=180, at=at, by=by)


def _shared_limit(
    seller: Seller, role: SellerRole, buyers: list[Buyer], *, at: datetime, by: str
) -> None:
    """Two companies of one house: each has its limit, and both together another."""
    parent, child = _companies_of_one_house(role)
    organisation.update_buyer(
        seller, buyer_id=buyers[child].id, parent_id=buyers[parent].id, at=at, by=by
    )
    other = "USD" if role.currency != "USD" else "EUR"
    exchange_rates.set_rate(
        seller,
        source=other,
        target=role.currency,
        rate=Decimal("0.92") if role.currency == "EUR" else Decimal("0.79"),
        on=(at - timedelta(days=30)).date(),
        origin="demo",
        at=at,
        by=by,
    )
    limits = [SCALES[role.buyers[n].size].limit for n in (parent, child)]
    group_limits.create_group(
        seller,
        name=f"{role.buyers[parent].name} + {role.buyers[child].name}",
        currency=role.currency,
        limit=limits[0],
        lines=[
            MemberLine(buyers[parent].id, role.currency, limits[0]),
            MemberLine(buyers[child].id, role.currency, limits[1]),
        ],
        at=at,
        by=by,
    )


def _companies_of_one_house(role: SellerRole) -> tuple[int, int]:
    """A large buyer and a small one of the same country, other than the seller's first."""
    large = next(n for n, one in enumerate(role.buyers) if n > 1 and one.size == "large")
    country = role.buyers[large].country
    small = next(
        (n for n, one in enumerate(role.buyers) if one.size == "small" and one.country == country),
        len(role.buyers) - 1,
    )
    return large, small


def _own_rules(seller: Seller, role: SellerRole, buyer: Buyer, *, at: datetime, by: str) -> None:
    """The first buyer has a purchaser with a limit, an approver, cost centres, and an order that
    waits for the approver."""
    purchaser, approver = colleagues(role)
    limits = organisation.Limits(
        order_limit=500_000, period_limit=2_000_000, limit_currency=role.currency
    )
    for person in (purchaser, approver):
        organisation.add_member(
            seller,
            buyer_id=buyer.id,
            name=person.name,
            email=person.email,
            role=person.role,
            limits=limits if person is purchaser else organisation.NO_LIMITS,
            password=PASSWORD,
            at=at,
            by=by,
        )
    for code, name in (("SHOP", "Showrooms"), ("PROJ", "Projects")):
        organisation.add_cost_centre(seller, buyer_id=buyer.id, code=code, name=name, at=at, by=by)
    organisation.set_chain(
        seller,
        buyer_id=buyer.id,
        steps=[ChainStep(1, 100_000, role.currency, "approver", None, "")],
        at=at,
        by=by,
    )
    authorize_orders(
        [
            OrderRequest(
                seller=seller,
                buyer_id=buyer.id,
                amount=amount,
                currency=role.currency,
                member=purchaser.email,
                cost_centre=centre,
                po_number=number,
                by=SITE,
            )
            for amount, centre, number in (
                (48_000, "SHOP", "PO-2201"),
                (268_400, "PROJ", "PO-2202"),
            )
        ],
        at=at,
    )


def _applications(seller: Seller, role: SellerRole, *, at: datetime) -> None:
    """Two companies ask for a trade account."""
    forms.set_form(
        seller,
        is_open=True,
        introduction="",
        consents={},
        prepaid_allowed=True,
        at=at,
        by=role.staff[1].email,
    )
    for name, country, address, numbers, limit in _APPLICANTS:
        domain = BuyerRole(name, country, "small", "").domain
        intake.receive(
            seller,
            name=name,
            country=country,
            email=f"office@{domain}",
            contact_name="Maria Keller",
            contact_role="Head of purchasing",
            email_verified=True,
            company=address,
            consents=("authority", "checks"),
            numbers=numbers,
            requested_limit=limit,
            currency=role.currency,
            language=role.language,
            at=at,
            by="demo",
            site=SITE,
        )


_APPLICANTS: Final[tuple[tuple[str, str, dict[str, str], dict[str, str], int], ...]] = (
    (
        "Tavernier Concept Stores SAS",
        "FR",
        {"street": "18 rue des Tanneurs", "postal_code": "69001", "city": "Lyon"},
        {"tva": "FR40303265045", "siren": "303265045"},
        800_000,
    ),
    (
        "Birkenhof Hotels GmbH",
        "DE",
        {"street": "Am Birkenhof 4", "postal_code": "83471", "city": "Berchtesgaden"},
        {"ust_idnr": "DE136695976"},
        240_000,
    ),
)


def _watch(seller: Seller, *, at: datetime, by: str) -> None:
    """The watch over the portfolio, and what it finds tonight."""
    for document in WATCHES:
        rule = watch_from_document(document, currency=seller.currency)
        watches.set_watch(seller, rule, at=at, by=by)
    watch_overnight(seller_id=seller.id, at=at)
