"""A seller's ledger drawn from real open items, for the bank lines of the matching benchmark.

The file is SAP's open items of a food producer, from a public data set; it is not part of the
project. ``USANCE_SHARED`` names the folder that has it, ``../shared`` by default. Names, amounts,
currencies and days are the file's; so are the numbers of its first copy. A ledger larger than the
file has the file several times over: each copy is of other buyers, with the same names and a town,
and its numbers stand in the same series, so that two in five numbers of it are taken.
"""

from __future__ import annotations

import csv
import os
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from usance.rules.matching.model import Buyer, EarlyPayment, Key, OpenItem

FILE = "data/sap_open_items.csv"
STEP = 9_001
"""How far apart the copies' numbers are."""
_TOWNS = (
    "Akron Albany Amarillo Boise Boston Buffalo Camden Canton Chicago Dallas Dayton Denver Detroit "
    "Durham Elgin Erie Eugene Fargo Flint Fresno Gary Green_Bay Houston Irving Joliet Kansas_City "
    "Laredo Lincoln Macon Memphis Mobile Nashua Newark Norfolk Oakland Omaha Peoria Portland Provo "
    "Racine Reno Salem San_Diego Tacoma Tampa Toledo Topeka Tucson Tulsa Utica Waco Yonkers"
)


def folder() -> Path:
    """The folder with the data of others."""
    return Path(os.environ.get("USANCE_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@dataclass(frozen=True)
class Row:
    """A line of the file."""

    customer: str
    name: str
    number: int
    currency: str
    amount: int
    terms: str
    issued_on: date
    due_on: date


def read(path: Path) -> list[Row]:
    """The file's rows, in its order."""
    with path.open(newline="") as file:
        return [
            Row(
                customer=row["cust_number"],
                name=row["name_customer"],
                number=int(row["doc_id"].partition(".")[0]),
                currency=row["invoice_currency"],
                amount=int(Decimal(row["total_open_amount"]) * 100),
                terms=row["cust_payment_terms"],
                issued_on=date.fromisoformat(row["posting_date"]),
                due_on=date.fromisoformat(row["due_in_date"]),
            )
            for row in csv.DictReader(file)
        ]


@dataclass
class Customer:
    """A buyer with what only the generator knows: how it appears on bank statements."""

    buyer: Buyer
    written: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    known: bool = True
    """Whether it has paid before."""
    items: list[OpenItem] = field(default_factory=list)
    credits: list[OpenItem] = field(default_factory=list)
    settled: list[OpenItem] = field(default_factory=list)


@dataclass
class Ledger:
    """Buyers and what they owe, owe no longer, and are owed."""

    customers: list[Customer]
    open_count: int
    items: list[OpenItem]
    """Everything an index is built from, as it stood before any line came in."""


def creditor_reference(number: str) -> str:
    """ISO 11649: RF, two check digits, the number without punctuation."""
    bare = "".join(character for character in number if character.isalnum())
    figures = "".join(str(int(character, 36)) for character in f"{bare}RF00")
    return f"RF{98 - int(figures) % 97:02d}{bare}"


def draw_ledger(rows: list[Row], *, size: int, draw: random.Random) -> Ledger:
    """``size`` open invoices, a third as many settled ones, and some credit notes."""
    made = _Drawing(draw)
    copy = 0
    while made.count < size:
        made.copy(rows[: size - made.count], copy)
        copy += 1
    for customer in made.customers.values():
        made.finish(customer)
    customers = [customer for customer in made.customers.values() if customer.items]
    items = [i for c in customers for i in (*c.items, *c.credits, *c.settled)]
    return Ledger(customers, made.count, items)


class _Drawing:
    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.count = 0
        self.customers: dict[tuple[int, str], Customer] = {}
        self.taken: set[int] = set()
        self.sequence = 0
        self.towns = [town.replace("_", " ") for town in _TOWNS.split()]
        self.of_customer: dict[str, list[str]] = {}
        self.discount: dict[UUID, tuple[int, int] | None] = {}
        self.order_style: dict[UUID, int] = {}
        self.last_order: dict[UUID, str] = {}

    def id(self) -> UUID:
        return UUID(int=self.draw.getrandbits(128), version=4)

    def copy(self, rows: list[Row], copy: int) -> None:
        for row in rows:
            place = self._town(row.customer, copy) if copy else ""
            customer = self._customer(row, copy, place)
            written = " ".join(f"{row.name} {place}".split())
            if written not in customer.written:
                customer.written.append(written)
            self.count += 1
            customer.items.append(self._item(row, copy, customer))

    def _town(self, customer: str, copy: int) -> str:
        """Another in each copy: no two companies of one name in one town."""
        towns = self.of_customer.setdefault(customer, self.draw.sample(self.towns, len(self.towns)))
        return f"{towns[copy % len(towns)]} {copy // len(towns) or ''}".strip()

    def _customer(self, row: Row, copy: int, place: str) -> Customer:
        key = (copy, row.customer)
        if key not in self.customers:
            buyer = Buyer(
                id=self.id(),
                names=(" ".join(f"{row.name} {place}".split()),),
                customer_numbers=(f"{int(row.customer, 36) % 10**7 + copy * 11:08d}",),
            )
            accounts = [
                f"{self.draw.randrange(10**9):09d}{self.draw.randrange(10**10):010d}"
                for _ in range(self.draw.choice((1, 1, 1, 2)))
            ]
            self.customers[key] = Customer(
                buyer=buyer, accounts=accounts, known=self.draw.random() < 0.85
            )
            terms = self.draw.random()
            self.discount[buyer.id] = (2, 10) if terms < 0.2 else (1, 14) if terms < 0.35 else None
            self.order_style[buyer.id] = self.draw.randrange(5)
        return self.customers[key]

    def _number(self, row: Row, copy: int) -> str:
        if row.currency == "CAD":
            self.sequence += self.draw.choice((1, 1, 2, 3, 4))
            return f"INV-{row.issued_on.year}-{self.sequence:06d}"
        number = row.number + copy * STEP
        while number in self.taken:
            number += 1
        self.taken.add(number)
        return str(number)

    def _order(self, buyer: UUID) -> str:
        before = self.last_order.get(buyer)
        if before and self.draw.random() < 0.2:
            return before  # one order, several deliveries
        style, draw = self.order_style[buyer], self.draw
        order = (
            f"45{draw.randrange(10**8):08d}"
            if style == 0
            else f"PO-{draw.randrange(10**5):05d}"
            if style == 1
            else f"{draw.randrange(10**6):06d}"
            if style == 2
            else f"B{draw.randrange(10**3):03d}/{draw.randrange(10**4):04d}"
            if style == 3
            else f"P{draw.randrange(10**7):07d}"
        )
        self.last_order[buyer] = order
        return order

    def _item(self, row: Row, copy: int, customer: Customer) -> OpenItem:
        buyer, number = customer.buyer.id, self._number(row, copy)
        rate = self.discount[buyer]
        tiers = (
            (EarlyPayment(row.issued_on + timedelta(days=rate[1]), row.amount * rate[0] // 100),)
            if rate
            else ()
        )
        return OpenItem(
            id=self.id(),
            buyer_id=buyer,
            keys=(
                Key("number", number),
                Key("creditor_reference", creditor_reference(number)),
                Key("purchase_order", self._order(buyer)),
                Key("order", f"S{self.draw.randrange(10**8):08d}"),
            ),
            currency=row.currency,
            amount=row.amount,
            outstanding=row.amount,
            issued_on=row.issued_on,
            due_on=row.due_on,
            discounts=tuple(tier for tier in tiers if tier.amount),
        )

    def finish(self, customer: Customer) -> None:
        """Its past, and its credit notes."""
        for item in list(customer.items):
            chance = self.draw.random()
            if chance < 0.33:
                customer.settled.append(self._like(item, days=35, settled=True))
            elif chance < 0.36 and item.outstanding > 50_00:
                note = self._like(item, days=-5, settled=False)
                customer.credits.append(note)

    def _like(self, item: OpenItem, *, days: int, settled: bool) -> OpenItem:
        """An item of the same buyer: an older one, half of them made out for the same amount; or
        a credit note for part of this."""
        if item.currency == "CAD":
            self.sequence += 1
            number = f"INV-{item.issued_on.year}-{self.sequence:06d}"
        else:
            base = int(item.keys[0].text) + (-40_000 if settled else 500)
            while base in self.taken:
                base += 1
            self.taken.add(base)
            number = str(base)
        if settled:
            amount = item.amount if self.draw.random() < 0.5 else item.amount * 97 // 100 + 11
        else:
            amount = max(100, item.amount * self.draw.randint(3, 30) // 100)
            if item.currency == "CAD":
                number = number.replace("INV", "CRN")
        return OpenItem(
            id=self.id(),
            buyer_id=item.buyer_id,
            kind="invoice" if settled else "credit_note",
            keys=(Key("number", number), Key("creditor_reference", creditor_reference(number))),
            currency=item.currency,
            amount=amount,
            outstanding=0 if settled else amount,
            issued_on=item.issued_on - timedelta(days=days),
            due_on=item.due_on - timedelta(days=days),
        )
