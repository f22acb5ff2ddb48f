"""The demo: two sellers, sixty buyers and a quarter of trading that ends now.

Everything happens through the real flows, day by day on a simulated clock. The demo is made once:
run again it tells that it exists, and one that was interrupted is finished.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from usance.flows import credit_lines, onboarding
from usance.flows.deliveries.queueing import begin_now
from usance.flows.refusals import Duplicate
from usance.records.invoices import queries as invoices
from usance.records.invoices.queries import Aging, DaysSalesOutstanding, ExposureTotal
from usance.records.invoices.trading import Trading, trading
from usance.records.parties.models import ApiKey, Seller
from usance.rules.credit.policy import Policy
from usance.rules.terms import Terms, parse_terms
from usance.worlds import demo_credit, demo_invoicing
from usance.worlds.demo_cast import PASSWORD, SCALES, SELLERS, BuyerRole, Person, SellerRole
from usance.worlds.demo_trading import Season, Shop, external_id

SEED: Final = 26
QUARTER: Final = timedelta(weeks=14)
"""A quarter, and the week in which its first invoices fell due."""

OPENING: Final = time(6)
SHOP_KEY: Final = "Demo shop"
PORTAL_USERS: Final = 2
"""So many buyers of each seller have somebody with a password."""


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who can sign in: ``works_for`` a seller, or a buyer in the portal."""

    name: str
    email: str
    password: str
    role: str
    works_for: str


@dataclass(frozen=True, slots=True)
class SellerSummary:
    """One seller's books at the end. ``api_key`` is shown this once: None for a demo that existed."""

    seller: Seller
    currency: str
    on: date
    trading: Trading
    exposure: tuple[ExposureTotal, ...]
    aging: tuple[Aging, ...]
    dso: tuple[DaysSalesOutstanding, ...]
    logins: tuple[Login, ...]
    api_key: str | None


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """The demo. ``created`` is False where it existed already and nothing was done."""

    created: bool
    sellers: tuple[SellerSummary, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` days are traded; ``text`` says where the clock stands."""

    done: int
    total: int
    text: str


def no_progress(_: Progress) -> None:
    """For callers who do not watch."""


def run(
    *,
    now: datetime,
    seed: int = SEED,
    quarter: timedelta = QUARTER,
    cast: Sequence[SellerRole] = SELLERS,
    progress: Callable[[Progress], None] = no_progress,
) -> DemoSummary:
    """Make the demo with a season of trading that ends at the instant ``now``, or finish it.

    ``now`` is aware; ``cast`` are the sellers, with handles of their own. Raises Duplicate, and
    writes nothing, where another company has one of the demo's handles.
    """
    _refuse_other_companies(cast)
    unfinished = [role for role in cast if not _is_finished(role)]
    if not unfinished:
        return DemoSummary(False, tuple(_summary(role, now, None) for role in cast))
    shops = [_shop(role, now=now, seed=seed, quarter=quarter) for role in unfinished]
    days = sorted(
        (day, n)
        for n, shop in enumerate(shops)
        for day in shop.season.days()
        if shop.last_day is None or day > shop.last_day
    )
    keys: dict[str, str] = {}
    for done, (day, n) in enumerate(days):
        shop = shops[n]
        progress(Progress(done, len(days), f"{shop.role.name}, {day:%d %B %Y}"))
        if day < shop.season.last:
            shop.collect(day)
            shop.play(day)
            shop.deliver(day)
    for shop in shops:
        shop.correspond()
        begin_now(shop.seller, at=shop.season.until)
        keys[shop.role.handle] = _finish(shop)
    progress(Progress(len(days), len(days), "done"))
    return DemoSummary(True, tuple(_summary(role, now, keys.get(role.handle)) for role in cast))


def _refuse_other_companies(cast: Sequence[SellerRole]) -> None:
    for role in cast:
        known = Seller.objects.filter(handle=role.handle).first()
        if known is not None and known.name != role.name:
            raise Duplicate(f"There is a seller {known.name!r} with the handle {role.handle!r}.")


def _is_finished(role: SellerRole) -> bool:
    """The key is made last, with the last day."""
    return ApiKey.objects.filter(seller__handle=role.handle, name=SHOP_KEY).exists()


def _shop(role: SellerRole, *, now: datetime, seed: int, quarter: timedelta) -> Shop:
    """The seller with its buyers; those of an interrupted demo keep their season."""
    zone = ZoneInfo(role.time_zone)
    seller = Seller.objects.filter(handle=role.handle).first()
    if seller is None:
        first = (now - quarter).astimezone(zone).date()
        seller = _open(role, at=datetime.combine(first, OPENING, tzinfo=zone))
    first = seller.created_at.astimezone(zone).date()
    last = min(first + quarter, now.astimezone(zone).date())
    until = min(now, datetime.combine(last, time(20), tzinfo=zone))
    return Shop(seller, role, season=Season(first, last, until), seed=seed)


@transaction.atomic
def _open(role: SellerRole, *, at: datetime) -> Seller:
    """The seller, its people, its buyers and their credit."""
    seller = onboarding.create_seller(
        name=role.name,
        handle=role.handle,
        country=role.country,
        currency=role.currency,
        time_zone=role.time_zone,
        language=role.language,
        at=at,
        policy=Policy(
            overdue_days=30,
            order_ceiling={role.currency: 4_000_000},
            review_above={role.currency: 1_200_000},
            terms=(Terms(30),),
        ),
    )
    for person in role.staff:
        onboarding.add_staff(
            seller,
            email=person.email,
            name=person.name,
            role=person.role,
            password=PASSWORD,
            at=at,
        )
    demo_invoicing.introduce(seller, role, at=at)
    for n in range(len(role.buyers)):
        _open_account(seller, role, n, at=at)
    return seller


def _open_account(seller: Seller, role: SellerRole, n: int, *, at: datetime) -> None:
    """The seller's ``n``-th buyer, how it wants its invoices, its contact and its credit."""
    manager, buyer_role = role.staff[1].email, role.buyers[n]
    buyer = onboarding.create_buyer(
        seller,
        name=buyer_role.name,
        country=buyer_role.country,
        email=f"accounts@{buyer_role.domain}",
        external_id=external_id(role, n),
        at=at,
        by=manager,
    )
    demo_invoicing.want(seller, role, buyer, buyer_role, at=at)
    contact = _contact(buyer_role)
    onboarding.add_member(
        seller,
        buyer_id=buyer.id,
        name=contact.name,
        email=contact.email,
        role=contact.role,
        password=PASSWORD if n < PORTAL_USERS else None,
        at=at,
        by=manager,
    )
    scale = SCALES[buyer_role.size]
    credit_lines.set_credit_line(
        seller,
        buyer_id=buyer.id,
        currency=role.currency,
        limit=scale.limit,
        tolerance=scale.limit // 20 if buyer_role.size == "large" else 0,
        terms=[parse_terms(code) for code in buyer_role.terms],
        at=at,
        by=manager,
    )


def _contact(buyer: BuyerRole) -> Person:
    first = buyer.contact.split()[0].lower()
    plain = "".join(c for c in first if c.isascii())
    return Person(buyer.contact, f"{plain}@{buyer.domain}", "admin")


@transaction.atomic
def _finish(shop: Shop) -> str:
    """The last day, what the season ends with, and the key, which is returned this once."""
    if shop.season.last.weekday() < 5:
        shop.play(shop.season.last)
    shop.wind_up()
    demo_credit.set_up(shop.seller, shop.role, at=shop.season.until)
    onboarding.create_api_key(
        shop.seller,
        name="Reporting",
        scopes=[scope for scope in onboarding.SCOPES if scope.endswith(":read")],
        at=shop.season.until,
    )
    _, text = onboarding.create_api_key(
        shop.seller, name=SHOP_KEY, scopes=onboarding.SCOPES, at=shop.season.until
    )
    return text


def _summary(role: SellerRole, now: datetime, api_key: str | None) -> SellerSummary:
    seller = Seller.objects.get(handle=role.handle)
    on = now.astimezone(ZoneInfo(role.time_zone)).date()
    people = [
        Login(person.name, person.email, PASSWORD, person.role, role.name) for person in role.staff
    ]
    for buyer in role.buyers[:PORTAL_USERS]:
        contact = _contact(buyer)
        people.append(Login(contact.name, contact.email, PASSWORD, contact.role, buyer.name))
    people += [
        Login(person.name, person.email, PASSWORD, person.role, role.buyers[0].name)
        for person in demo_credit.colleagues(role)
    ]
    return SellerSummary(
        seller=seller,
        currency=role.currency,
        on=on,
        trading=trading(seller_id=seller.id, currency=role.currency, on=on),
        exposure=tuple(invoices.exposure(seller_id=seller.id)),
        aging=tuple(invoices.aging(seller_id=seller.id, on=on)),
        dso=tuple(invoices.dso(seller_id=seller.id, on=on)),
        logins=tuple(people),
        api_key=api_key,
    )
