"""A seller that may invoice in law, a buyer that wants its documents somewhere, and their deliveries."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.flows.trading import Trade
from tests.horizon import wait_for_events
from usance.flows import billing_profiles, fulfilment, seller_details
from usance.flows.deliveries import queueing, sending
from usance.flows.deliveries.carriers import Carriers
from usance.gateways.peppol import Participant
from usance.records.deliveries.models import Delivery
from usance.records.events.models import Event
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules.invoicing.profiles import ProfileFields, SellerFields

SELLER = SellerFields(
    legal_name="Officine Brera S.r.l.",
    line_1="Via Brera 12",
    city="Milano",
    post_code="20121",
    subdivision="MI",
    vat_id="IT00743110157",
    contact_name="Giulia Rossi",
    contact_phone="+39 02 1234567",
    contact_email="invoices@brera.example",
    endpoint="IT00743110157",
    endpoint_scheme="0211",
    national={"tax_regime": "RF01"},
)
GERMAN = ProfileFields(
    language="en",
    line_1="Hafenstraße 1",
    city="Hamburg",
    post_code="20457",
    vat_id="DE136695976",
    buyer_reference="04011000-1234512345-06",
    endpoint="DE136695976",
    endpoint_scheme="9930",
    email_to=("accounts@nordwind.example",),
    channels=("email", "portal"),
    formats=("xrechnung", "pdf"),
)
ITALIAN = ProfileFields(
    country="IT",
    line_1="Corso Como 1",
    city="Milano",
    post_code="20154",
    subdivision="MI",
    vat_id="IT00488410010",
    email_to=("ufficio@lodi.example",),
    channels=("sdi", "email"),
    formats=("fatturapa", "pdf"),
    national={"codice_destinatario": "ABC1234"},
)
BUYER = Participant("9930", "DE136695976")
"""The German buyer in Peppol."""
ROMANIAN = ProfileFields(
    country="RO",
    line_1="Strada Memorandumului 1",
    city="Cluj-Napoca",
    post_code="400114",
    subdivision="RO-CJ",
    vat_id="RO18547290",
    channels=("anaf",),
    formats=("cius-ro", "pdf"),
)


def set_up(seller: Seller, *, at: datetime, **changed: Any) -> None:
    """The seller says who it is, and where it is paid."""
    fields = replace(SELLER, **changed)
    seller_details.set_seller_details(seller, fields=fields, at=at, by="test")
    seller_details.add_bank_account(
        seller,
        currency="EUR",
        iban="IT60X0542811101000000123456",
        bic="BPMOIT22XXX",
        holder="Officine Brera S.r.l.",
        at=at,
        by="test",
    )


def invoiced(
    trade: Trade, fields: ProfileFields = GERMAN, *, tax: int = 0, **changed: Any
) -> Invoice:
    """An invoice of EUR 1,000.00 to a buyer with a profile, whose deliveries are queued."""
    set_up(trade.seller, at=trade.at)
    billing_profiles.set_billing_profile(
        trade.seller,
        buyer_id=trade.buyer.id,
        fields=replace(fields, **changed),
        at=trade.at,
        by="test",
    )
    order = trade.order(100_000 + tax, tax, ship_to=ship_to(fields))
    invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    queueing.queue_issued(trade.seller, kind="invoice", subject_id=invoice.id, at=trade.at)
    return invoice


def ship_to(fields: ProfileFields) -> dict[str, str]:
    """The goods go where the invoice goes."""
    place = {
        "street": fields.line_1,
        "city": fields.city,
        "postal_code": fields.post_code,
        "state": fields.subdivision,
        "country": fields.country or "DE",
    }
    return {name: value for name, value in place.items() if value}


def deliveries(seller: Seller, **narrowed: Any) -> list[Delivery]:
    return list(Delivery.objects.filter(seller_id=seller.id, **narrowed).order_by("id"))


def only(seller: Seller, **narrowed: Any) -> Delivery:
    [found] = deliveries(seller, **narrowed)
    return found


def attend(row: Delivery, carriers: Carriers, *, at: datetime) -> Delivery:
    """What is due about ``row`` is done; the delivery as it is then."""
    sending.attend(seller_id=row.seller_id, delivery_id=row.id, at=at, chance=0, carriers=carriers)
    return Delivery.objects.get(id=row.id)


def until_nothing_is_due(
    row: Delivery, carriers: Carriers, *, at: datetime
) -> tuple[Delivery, int]:
    """The delivery after everything that was ever due, and how often something was."""
    times = 0
    while row.due_at is not None and times < 500:
        row = attend(row, carriers, at=max(at, row.due_at))
        times += 1
    return row, times


def told(seller: Seller, row: Delivery) -> list[str]:
    """What was told of a delivery, in order."""
    found = Event.objects.filter(seller_id=seller.id, object_id=row.id)
    return list(found.order_by("transaction", "sequence").values_list("type", flat=True))


def set_profile(trade: Trade, fields: ProfileFields) -> None:
    """Say anew how the buyer wants its documents."""
    billing_profiles.set_billing_profile(
        trade.seller, buyer_id=trade.buyer.id, fields=fields, at=trade.at, by="test"
    )


def send(trade: Trade, subject_id: UUID, **more: Any) -> list[Delivery]:
    """A person sends an invoice."""
    return queueing.send(
        trade.seller, kind="invoice", subject_id=subject_id, at=trade.at, by="Anna", **more
    )


def follow(trade: Trade) -> None:
    """Queue for what has happened to the seller."""
    wait_for_events(trade.seller.id)
    while queueing.follow_events(seller_id=trade.seller.id, at=trade.at):
        pass


A_DAY = timedelta(days=1)
