"""The provider's page: wanted in a transaction, opened outside of it, and read once it is done.

A page stores a card, holds an amount for an order, or pays invoices. Whoever comes back from it, and
every notice about it, makes us ask the provider what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.cards.instructing import tell
from usance.flows.cards.outcomes import absorb, keep_card
from usance.flows.cards.providers import connection_of, provider_at
from usance.flows.journal import Journal
from usance.flows.order_books import HELD, PENDING
from usance.flows.refusals import (
    AmountTooLarge,
    Mismatch,
    NotFound,
    Refused,
    WrongState,
    external_id_once,
)
from usance.gateways.psp import Page, PageWanted, PaymentProvider
from usance.records.cards import actions, page_queries, queries
from usance.records.cards.models import CardAuthorization, CardPage
from usance.records.identity import new_id, public_id
from usance.records.invoices.models import Invoice
from usance.records.orders import actions as orders
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer, Member, Seller

LOOK_AFTER: Final = timedelta(minutes=15)
"""A page that nobody has told us of is asked for after so long."""
SAME_PAGE: Final = timedelta(minutes=20)
PAYABLE_FOR: Final = timedelta(hours=1)
"""How long a page that pays can be paid at. Afterwards the stored card may be charged for the same."""
LONGEST_OPEN: Final = timedelta(days=2)
ASKED_LATELY: Final = timedelta(seconds=5)
"""Who comes back to us from a page again and again does not make us ask the provider as often."""


class NoConsent(Refused):
    """A card is charged at the due date only with the words that its holder agreed to; send them."""

    code = "consent_required"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a page is about, beside its buyer. ``pays`` are (invoice, minor units)."""

    pays: Sequence[tuple[UUID, int]] = ()
    order_id: UUID | None = None
    amount: int = 0
    currency: str = ""
    order_reference: str = ""


@transaction.atomic
def want_page(
    seller: Seller,
    *,
    buyer_id: UUID,
    kind: str,
    at: datetime,
    by: str,
    about: About | None = None,
    return_url: str = "",
    consent_words: str = "",
    charge_at_due: bool = False,
    language: str = "en",
    connection_id: UUID | None = None,
    external_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    is_visited: bool = False,
) -> CardPage:
    """Keep that a page is wanted: ``store`` a card, ``authorize`` an amount for an order, or ``pay``
    invoices. It has no address until it is opened.

    ``is_visited``: the buyer is there and goes to it now. It is led to the page that it was led to for
    the same a moment ago, so that going back and forth makes no second one to pay at.

    Raises NotFound, NoProvider, NoConsent, Mismatch, WrongState, AmountTooLarge or Duplicate.
    """
    if charge_at_due and not consent_words.strip():
        raise NoConsent(" ".join((NoConsent.__doc__ or "").split()))
    connection = connection_of(seller, connection_id=connection_id)
    about = about or About()
    amount, currency = _wanted(seller, buyer_id=buyer_id, kind=kind, about=about)
    page = CardPage(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        buyer_id=buyer_id,
        connection_id=connection.id,
        order_id=about.order_id,
        kind=kind,
        amount=amount,
        currency=currency,
        amounts=[{"invoice": str(one), "amount": share} for one, share in about.pays],
        order_reference=about.order_reference,
        return_url=return_url,
        consent_words=consent_words if charge_at_due else "",
        language=language,
        external_id=external_id,
        metadata=dict(metadata or {}),
    )
    if is_visited:
        standing = page_queries.standing_page(like=page, after=at - SAME_PAGE)
        if standing is not None:
            return standing
    with external_id_once("card page", external_id):
        page.save(force_insert=True)
    journal = Journal(seller, at=at, by=by)
    _tell(journal, page, "wanted")
    journal.close()
    return page


def _wanted(seller: Seller, *, buyer_id: UUID, kind: str, about: About) -> tuple[int, str]:
    """The amount of a page for a buyer that there is, and its currency."""
    if not Buyer.objects.filter(seller_id=seller.id, id=buyer_id).exists():
        raise NotFound("There is no such buyer.")
    if kind == "store":
        return 0, ""
    if about.order_id is not None:
        order = Order.objects.filter(
            seller_id=seller.id, id=about.order_id, buyer_id=buyer_id
        ).first()
        if order is None:
            raise NotFound("There is no such order of the buyer.")
        if order.state not in (*HELD, *PENDING):
            raise WrongState(f"The order is {order.state}; nothing has to be secured.")
        return about.amount or order.amount, order.currency
    if kind == "authorize":
        return about.amount, about.currency
    if page_queries.is_being_taken(seller_id=seller.id, invoice_ids=[one for one, _ in about.pays]):
        raise WrongState(
            "A card is being charged for it at the moment; look again in a few minutes."
        )
    found = {
        invoice.id: invoice
        for invoice in Invoice.objects.filter(
            seller_id=seller.id, buyer_id=buyer_id, id__in=[one for one, _ in about.pays]
        )
    }
    if not about.pays or len(found) != len(about.pays):
        raise NotFound("There is no such invoice of the buyer.")
    if len({invoice.currency for invoice in found.values()}) > 1:
        raise Mismatch("The invoices are in several currencies; pay each by itself.")
    for invoice_id, share in about.pays:
        invoice = found[invoice_id]
        if invoice.state != "open":
            raise WrongState(f"{invoice.number} is {invoice.state}; nothing is outstanding on it.")
        if not 0 < share <= invoice.outstanding:
            raise AmountTooLarge(
                f"{invoice.outstanding} minor units are outstanding on {invoice.number};"
                " pay from 1 to that."
            )
    return sum(share for _, share in about.pays), next(iter(found.values())).currency


def open_page(
    seller: Seller, *, page_id: UUID, at: datetime, provider: PaymentProvider | None = None
) -> tuple[CardPage, str]:
    """Open a wanted page at the provider, and give the client's secret where it has no address. Once
    opened it stays the same. No transaction is open meanwhile.

    An invoice is paid at one page: what else was open for it is closed, so that it is not paid twice.
    Raises NotFound, WrongState (it was paid at another page, or is open at a later one), or what the
    provider raises; then it may be opened again.
    """
    page = queries.page(seller_id=seller.id, page_id=page_id)
    if page is None:
        raise NotFound("There is no such page.")
    asked = provider or provider_at(seller.id, page.connection_id)
    if page.reference:
        if page.state != "open":
            return page, ""
        _close_others(page, asked, at=at)
        return page, "" if page.url else asked.page(page.reference).secret
    payer = page.payer or queries.payer_of(
        seller_id=seller.id, buyer_id=page.buyer_id, connection_id=page.connection_id
    )
    if not payer:
        buyer = Buyer.objects.get(seller_id=seller.id, id=page.buyer_id)
        payer = asked.register_payer(
            name=buyer.name,
            email=_email(buyer),
            own_reference=public_id("buyer", buyer.id),
            key=f"usance-payer-{page.id.hex}",
        )
        actions.change(page, payer=payer)
    opened = asked.open_page(_page_wanted(seller, page, payer=payer), key=f"usance-{page.id.hex}")
    actions.change(
        page,
        payer=payer,
        reference=opened.reference,
        url=opened.url,
        expires_at=opened.expires_at,
    )
    _close_others(page, asked, at=at)
    return page, opened.secret


def _close_others(page: CardPage, asked: PaymentProvider, *, at: datetime) -> None:
    """Of several pages for an invoice the last stays. Each looks for the others once the provider has
    opened it, so that of two that are opened at the same time one sees the other."""
    others = page_queries.beside(page) if page.kind == "pay" else []
    if not others:
        return
    later = any(other.id > page.id for other in others)
    paid = False
    for other in [page] if later else others:
        # An older page may be another provider's.
        provider = (
            asked
            if other.connection_id == page.connection_id
            else provider_at(other.seller_id, other.connection_id)
        )
        now = provider.close_page(other.reference, key=f"usance-close-{other.id.hex}")
        _take(other, now, at=at)
        paid = paid or now.state == "completed"
    if later or paid:
        if paid:
            _take(page, asked.close_page(page.reference, key=f"usance-close-{page.id.hex}"), at=at)
        raise WrongState("It is being paid at another page at the moment; look again in a minute.")


def _email(buyer: Buyer) -> str:
    """Whom the provider may write to: the first of the buyer's people."""
    people = Member.objects.filter(
        seller_id=buyer.seller_id, buyer_id=buyer.id, left_at__isnull=True
    )
    first = people.order_by("id").first()
    return first.email if first else ""


def _page_wanted(seller: Seller, page: CardPage, *, payer: str) -> PageWanted:
    kind: Any = page.kind
    words = seller.name
    if page.amounts:
        ids = [one["invoice"] for one in page.amounts]
        numbers = Invoice.objects.filter(seller_id=seller.id, id__in=ids)
        words = ", ".join(numbers.order_by("number").values_list("number", flat=True)[:10])
    elif page.order is not None:
        words = page.order.external_id or public_id("order", page.order.id)
    return PageWanted(
        kind=kind,
        payer=payer,
        own_reference=public_id("card_page", page.id),
        return_url=page.return_url,
        amount=page.amount,
        currency=page.currency,
        words=words[:250],
        # What secures an order may have to be authorized anew without its holder.
        keep_card=page.kind == "authorize" or bool(page.consent_words),
        language=page.language,
        payable_until=page.created_at + PAYABLE_FOR if page.kind == "pay" else None,
    )


def look_at_page(
    *,
    seller_id: UUID,
    page_id: UUID,
    at: datetime,
    provider: PaymentProvider | None = None,
    is_asked_by_anybody: bool = False,
) -> CardPage | None:
    """Ask the provider what became of a page, and keep the card and the money that it brought.

    Where anybody with a link makes us ask, it is not asked again within ASKED_LATELY. Raises what the
    provider raises.
    """
    page = queries.page(seller_id=seller_id, page_id=page_id)
    if page is None or page.state != "open" or not page.reference:
        return page
    lately = page.looked_at is not None and page.looked_at + ASKED_LATELY > at
    if is_asked_by_anybody and lately:
        return page
    actions.change(page, looked_at=at)
    asked = provider or provider_at(seller_id, page.connection_id)
    _take(page, asked.page(page.reference), at=at)
    return queries.page(seller_id=seller_id, page_id=page_id)


def _take(page: CardPage, now: Page, *, at: datetime) -> None:
    """Keep what became of a page."""
    if now.state == "completed":
        _complete(page.seller_id, page.id, now, at=at)
    elif now.state == "expired" or page.created_at + LONGEST_OPEN <= at:
        _close(page.seller_id, page.id, "expired", at=at)


@transaction.atomic
def _close(seller_id: UUID, page_id: UUID, state: str, *, at: datetime) -> CardPage | None:
    page = actions.lock_page(seller_id=seller_id, page_id=page_id)
    if page is None or page.state != "open":
        return None
    actions.change(page, state=state, ended_at=at, url="")
    journal = Journal(Seller.objects.get(id=seller_id), at=at, by="provider")
    _tell(journal, page, state)
    journal.close()
    return page


@transaction.atomic
def _complete(seller_id: UUID, page_id: UUID, now: Page, *, at: datetime) -> None:
    page = _close(seller_id, page_id, "completed", at=at)
    if page is None:
        return  # somebody else was told before
    seller = Seller.objects.get(id=seller_id)
    if now.card is not None:
        actions.change(page, card_id=keep_card(seller, now.card, row=page, at=at))
    if page.card_id is not None and page.consent_words:
        card = actions.lock_card(seller_id=seller_id, card_id=page.card_id)
        if card is not None and card.state == "active":
            actions.change(
                card, charge_at_due=True, consent_words=page.consent_words, consent_at=at
            )
    made = now.authorization
    if made is None:
        return
    row = CardAuthorization(
        id=new_id(),
        seller_id=seller_id,
        created_at=at,
        buyer_id=page.buyer_id,
        connection_id=page.connection_id,
        card_id=page.card_id,
        page_id=page.id,
        order_id=page.order_id,
        order_reference=page.order_reference,
        purpose="order" if page.kind == "authorize" else "page",
        currency=page.currency,
        amount=page.amount,
        payer=page.payer,
        reference=made.reference,
    )
    row.save(force_insert=True)
    journal = Journal(seller, at=at, by="buyer")
    tell(journal, row, what="requested", state="pending")
    journal.close()
    if page.order_id is not None:
        # The order with its credit line first, as whoever tends it or releases it from its card does.
        orders.lock_order(seller_id=seller_id, order_id=page.order_id)
        actions.secure(
            seller_id=seller_id,
            order_id=page.order_id,
            buyer_id=page.buyer_id,
            card_id=page.card_id,
            at=at,
        )
    absorb(seller, authorization_id=row.id, now=made, at=at, by="buyer")


def _tell(journal: Journal, page: CardPage, what: str) -> None:
    journal.tell(
        f"card_page.{what}",
        object_type="card_page",
        object_id=page.id,
        buyer_id=page.buyer_id,
        state="open" if what == "wanted" else what,
        data={"kind": page.kind, "amount": page.amount, "page_currency": page.currency},
    )
