"""A seller at work, as its pages show it: three months of trade, told through the flows."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from usance.flows import (
    bank_statements,
    billing,
    cash_application,
    checkout,
    credit_lines,
    fulfilment,
    onboarding,
    settlement,
)
from usance.flows.checkout import Authorization, OrderRequest
from usance.formats import camt
from usance.formats.statement import Statement, Transaction
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Buyer, Member, Seller, Staff
from usance.rules.credit.policy import Policy
from usance.rules.orders import Line
from usance.rules.terms import parse_terms

TODAY = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
"""The moment at which the pages are looked at: a Friday morning."""
PASSWORD = "correct-horse-battery"
IBAN = "IT60X0542811101000000123456"


def days_ago(days: int, hour: int = 9) -> datetime:
    """A moment of some day before today."""
    return TODAY.replace(hour=hour) - timedelta(days=days)


@dataclass
class House:
    """The seller, its people, its buyers by a short name, and some of what it keeps."""

    seller: Seller
    staff: dict[str, Staff] = field(default_factory=dict)
    buyers: dict[str, Buyer] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    orders: dict[str, Any] = field(default_factory=dict)
    payments: dict[str, Any] = field(default_factory=dict)
    statement: Any = None

    def email(self, who: str) -> str:
        """The address with which somebody signs in."""
        row = self.staff.get(who) or self.members[who]
        return row.user.email if isinstance(row, Staff) else row.email


_BUYERS: dict[str, tuple[str, str, str, str, str, int, int]] = {
    # name, country, tax number, own number, language, limit, tolerance
    "bianchi": (
        "Ferramenta Bianchi S.r.l.",
        "IT",
        "IT01234567890",
        "C-1004",
        "it",
        5_000_000,
        250_000,
    ),
    "agromec": ("Agromec Dobrogea S.R.L.", "RO", "RO18547290", "C-1011", "ro", 3_500_000, 0),
    "nordmann": (
        "Stahlhandel Nordmann GmbH",
        "DE",
        "DE811234567",
        "C-1017",
        "en",
        8_000_000,
        400_000,
    ),
    "kuijpers": (
        "Kuijpers Installatietechniek B.V.",
        "NL",
        "NL812345678B01",
        "C-1023",
        "en",
        2_000_000,
        0,
    ),
    "mahavir": (
        "महावीर वस्त्र उद्योग प्रा. लि.",
        "IN",
        "27AAACM1234F1Z5",
        "C-1031",
        "hi",
        15_000_000,
        0,
    ),
    "girard": ("Atelier Girard & Fils SARL", "FR", "FR40303265045", "C-1038", "en", 1_200_000, 0),
    "ibanez": ("Comercial Ibáñez Hermanos S.L.", "ES", "ESB12345678", "C-1042", "en", 900_000, 0),
}

_GOODS = (
    ("Hex bolts M12 × 60, zinc plated", "BLT-1260", "1200", "0.42"),
    ("Angle grinder 125 mm", "GRD-125", "14", "118.90"),
    ("Welding wire SG2, 15 kg spool", "WLD-SG2", "40", "36.50"),
    ("Steel shelving, 2 m", "SHL-200", "22", "94.00"),
)


def lines_of(amount: int) -> list[Line]:
    """Two lines that sum to ``amount`` with 22 % of tax in it."""
    first = amount * 2 // 3
    return [
        Line(
            description=goods[0],
            sku=goods[1],
            quantity=Decimal(goods[2]),
            unit_price=Decimal(goods[3]),
            amount=part,
            tax_amount=part * 22 // 122,
        )
        for goods, part in zip(_GOODS, (first, amount - first), strict=False)
    ]


def build() -> House:
    """A new house. Everything in it is committed."""
    mark = secrets.token_hex(4)
    seller = onboarding.create_seller(
        name="Officine Valtrompia S.p.A.",
        handle=f"valtrompia-{mark}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=days_ago(200),
        policy=Policy(
            overdue_days=30,
            review_above={"EUR": 2_500_000},
            order_ceiling={"EUR": 6_000_000},
            terms=(parse_terms("net_30"), parse_terms("net_60_eom")),
        ),
    )
    house = House(seller)
    for who, name, role in (
        ("chiara", "Chiara Fontana", "credit_manager"),
        ("marco", "Marco Riva", "accountant"),
        ("vera", "Vera Conti", "viewer"),
    ):
        house.staff[who] = onboarding.add_staff(
            seller,
            email=f"{who}-{mark}@valtrompia.example",
            name=name,
            role=role,
            password=PASSWORD,
            at=days_ago(190),
        )
    by = _by(house, "chiara")
    for key, (name, country, tax_id, number, language, limit, tolerance) in _BUYERS.items():
        buyer = onboarding.create_buyer(
            seller,
            name=name,
            country=country,
            tax_id=tax_id,
            external_id=number,
            language=language,
            email=f"ap-{mark}@{key}.example",
            at=days_ago(180),
            by=by,
        )
        currency = "INR" if key == "mahavir" else "EUR"
        credit_lines.set_credit_line(
            seller,
            buyer_id=buyer.id,
            currency=currency,
            limit=limit,
            tolerance=tolerance,
            at=days_ago(179),
            by=by,
        )
        house.buyers[key] = buyer
    for who, key, name in (
        ("lucia", "bianchi", "Lucia Bianchi"),
        ("ravi", "mahavir", "Ravi Deshmukh"),
        ("elena", "agromec", "Elena Popescu"),
    ):
        house.members[who] = onboarding.add_member(
            seller,
            buyer_id=house.buyers[key].id,
            name=name,
            email=f"{who}-{mark}@{key}.example",
            role="payer",
            password=PASSWORD,
            at=days_ago(178),
            by=by,
        )
    _trade(house)
    return house


def _by(house: House, who: str) -> str:
    from usance.records.identity import public_id

    return public_id("staff", house.staff[who].id)


def order(
    house: House, key: str, amount: int, *, ago: int, name: str, currency: str = "EUR", **more: Any
) -> Authorization:
    """An order at checkout, as the shop asks for it."""
    made = checkout.authorize_orders(
        [
            OrderRequest(
                seller=house.seller,
                buyer_id=house.buyers[key].id,
                amount=amount,
                tax_amount=sum(line.tax_amount for line in lines_of(amount)),
                currency=currency,
                lines=lines_of(amount),
                external_id=f"ORD-{name}",
                by="shop",
                **more,
            )
        ],
        at=days_ago(ago),
    )[0]
    assert isinstance(made, Authorization), made
    house.orders[name] = made
    return made


def ship(house: House, name: str, *, ago: int, amount: int | None = None) -> Invoice:
    """An invoice for what has shipped of an order."""
    invoice = fulfilment.invoice_order(
        house.seller,
        order_id=house.orders[name].order_id,
        amount=amount,
        at=days_ago(ago, hour=15),
        by="shop",
    )
    house.invoices[name] = invoice
    return invoice


def pay(house: House, name: str, *, ago: int, amount: int | None = None) -> None:
    """Money that pays an invoice."""
    invoice = house.invoices[name]
    payment = settlement.record_payment(
        house.seller,
        amount=amount or invoice.amount,
        currency=invoice.currency,
        received_on=days_ago(ago).date(),
        buyer_id=invoice.buyer_id,
        payer="",
        reference=invoice.number,
        at=days_ago(ago, hour=11),
        by=_by(house, "marco"),
    )
    settlement.allocate(
        house.seller,
        payment_id=payment.id,
        invoice_id=invoice.id,
        at=days_ago(ago, hour=11),
        by=_by(house, "marco"),
    )
    house.payments[name] = payment


_HISTORY: tuple[tuple[int, str, str, str, int | None], ...] = (
    # days ago, what happened, which, whose, how much
    (124, "order", "88071", "ibanez", 248_110),
    (122, "ship", "88071", "", None),
    (82, "order", "88010", "bianchi", 1_245_220),
    (80, "ship", "88010", "", None),
    (78, "order", "88021", "nordmann", 1_655_207),
    (76, "ship", "88021", "", None),
    (70, "order", "88034", "kuijpers", 784_390),
    (66, "ship", "88034", "", None),
    (64, "order", "88047", "agromec", 962_000),
    (61, "ship", "88047", "", None),
    (52, "order", "88052", "bianchi", 612_000),
    (50, "ship", "88052", "", None),
    (49, "pay", "88010", "", None),
    (48, "order", "88066", "girard", 219_900),
    (47, "ship", "88066", "", None),
    (44, "pay", "88021", "", None),
    (40, "order", "88058", "mahavir", 12_34_567),
    (38, "ship", "88058", "", None),
    (34, "pay", "88034", "", None),
    (30, "order", "88083", "nordmann", 1_870_550),
    (27, "ship", "88083", "", None),
    (22, "order", "88095", "kuijpers", 431_280),
    (20, "ship", "88095", "", None),
    (20, "pay", "88047", "", 550_000),
    (18, "credit", "88083", "", 120_000),
    (12, "order", "88102", "agromec", 357_400),
    (10, "order", "88099", "mahavir", 45_67_890),
    (9, "order", "88110", "bianchi", 845_000),
    (9, "ship", "88102", "", None),
    (8, "hold", "", "ibanez", None),
    (6, "ship", "88110", "", None),
    (5, "ship", "88099", "", None),
    (3, "order", "88120", "nordmann", 1_486_000),
    (2, "order", "88123", "kuijpers", 990_000),
    (1, "ship", "88123", "", 400_000),
    (1, "order", "88131", "nordmann", 2_900_000),
    (1, "order", "88133", "bianchi", 5_900_000),
    (1, "bank", "", "", None),
    (0, "order", "88137", "girard", 310_000),
)


def _trade(house: House) -> None:
    for ago, what, name, key, amount in _HISTORY:
        if what == "order":
            currency = "INR" if key == "mahavir" else "EUR"
            po_number = f"4500{name}"
            assert amount is not None
            order(house, key, amount, ago=ago, name=name, currency=currency, po_number=po_number)
        elif what == "ship":
            ship(house, name, ago=ago, amount=amount)
        elif what == "pay":
            pay(house, name, ago=ago, amount=amount)
        elif what == "bank":
            _bank(house)
        elif what == "credit":
            billing.credit_invoice(
                house.seller,
                invoice_id=house.invoices[name].id,
                amount=amount,
                reason="Two spools damaged in transit",
                at=days_ago(ago),
                by=_by(house, "marco"),
            )
        else:
            credit_lines.change_line_state(
                house.seller,
                buyer_id=house.buyers[key].id,
                currency="EUR",
                state="on_hold",
                reason="Three reminders without an answer",
                at=days_ago(ago),
                by=_by(house, "chiara"),
            )


def bank_file(house: House, *, number: str = "1") -> bytes:
    """A day's account statement: one line by its invoice number, one without, one of a stranger."""
    girard = house.invoices["88066"]
    day = date(2026, 11, 18)
    entries = (
        (girard.amount, "Atelier Girard & Fils SARL", f"Facture {girard.number}"),
        (500_000, "Stahlhandel Nordmann GmbH", "Abschlag November"),
        (130_000, "Lombardi Impianti", "saldo fattura"),
        (-8_540, "Banca Popolare", "Commissioni trimestrali"),
    )
    statement = Statement(
        id=f"ST-{house.seller.handle}-{number}",
        account=IBAN,
        currency="EUR",
        opening=10_000_000,
        closing=10_000_000 + sum(entry[0] for entry in entries),
        transactions=tuple(
            Transaction(
                ordinal=n,
                amount=amount,
                currency="EUR",
                booked_on=day,
                value_on=day,
                bank_reference=f"{number}{n:05d}",
                counterparty_name=who,
                remittance_text=text,
            )
            for n, (amount, who, text) in enumerate(entries, 1)
        ),
    )
    return camt.render([statement], message_id=f"MSG{number}", created_at=TODAY)


def _bank(house: House) -> None:
    house.statement, _ = bank_statements.take_statement(
        house.seller,
        bank_file(house),
        at=days_ago(1),
        by=_by(house, "marco"),
        file_name="estratto-2026-11-18.xml",
    )
    cash_application.settle_all(house.seller, at=days_ago(1), by=_by(house, "marco"))
