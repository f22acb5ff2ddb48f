"""Bank lines as they come in, in the proportions of a real ledger, each with what it truly pays.

Written from what payers, clerks and banks do. Nothing here asks what the matching can find.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Final
from uuid import UUID

from benchmarks import matching_mess as mess
from benchmarks.matching_ledger import Customer, Ledger
from usance.rules.matching.model import AdviceLine, BankLine, OpenItem

SHARES: Final = {
    "structured reference": 130,
    "number as printed": 220,
    "number with errors": 140,
    "order number instead": 35,
    "amount only": 50,
    "several in one": 150,
    "part payment": 50,
    "discount taken": 75,
    "charges deducted": 40,
    "other payer": 40,
    "overpaid": 8,
    "paid twice": 5,
    "other currency": 2,
    "wrong reference": 15,
    "not ours": 40,
}
"""Of a thousand lines."""


@dataclass(frozen=True)
class Truth:
    """What a line truly is. ``paid`` are the amounts by item (negative: a credit note used up); it
    is empty for a line that pays nothing open."""

    kind: str
    buyer_id: UUID | None
    paid: dict[UUID, int]
    names: bool
    """Whether the line says in any form what it pays."""
    twins: bool = False
    """Whether the same buyer owes the same amount twice, so that the amount alone cannot say."""


@dataclass
class World:
    """A ledger, the lines that come in, and some that came before."""

    ledger: Ledger
    lines: list[tuple[BankLine, Truth]] = field(default_factory=list)
    history: list[tuple[BankLine, UUID]] = field(default_factory=list)


def draw_lines(ledger: Ledger, *, count: int, draw: random.Random) -> World:
    """``count`` lines on ``ledger``; each open item is paid by one line, or by several on purpose."""
    world = World(ledger)
    drawing = Lines(ledger, draw)
    kinds = list(SHARES)
    for _ in range(count):
        if len(drawing.later) > 100 and draw.random() < 0.04:
            world.lines.append(drawing.later.pop(0))  # the rest of a part payment, weeks after it
            continue
        kind = draw.choices(kinds, weights=list(SHARES.values()))[0]
        world.lines.append(drawing.line(kind))
    for customer in ledger.customers:
        if customer.known:
            for account in customer.accounts:
                world.history.append((drawing.past(customer, account), customer.buyer.id))
    return world


_LEAD_INS: Final = (
    "", "", "INVOICE ", "INV ", "Invoice no. ", "RE ", "RG-NR ", "RE.NR.", "FACT ", "PAYMENT INV ",
    "PAYT OF ", "YOUR INVOICE ", "Rechnung ", "Ref ", "BILL ", "inv#", "OUR REF 4471 INV ",
)  # fmt: skip
_TRAILERS: Final = (
    "", "", "", " THANK YOU", " DATED {day}", " v. {day}", " AMT {amount}", " CUST {customer}",
    " KD-NR {customer}", " less returns", " VENDOR 0000{vendor}", " {amount} USD",
)  # fmt: skip
_BANKS: Final = (
    "{text}",
    "{text}",
    "{text}",
    "SEPA-UEBERWEISUNG EREF+NOTPROVIDED SVWZ+{text}",
    "ORIG CO NAME:{name} CO ENTRY DESCR:VENDOR PAY SEC:CTX TRACE#:{trace} IND NAME:SELLER {text}",
    "WIRE TYPE:BOOK IN DATE:{ymd} TIME:1142 ET TRN:{trace} ORIG:{name} OBI:{text}",
    "VIR SEPA RECU /DE {name} /MOTIF {text} /REF {trace}",
    "BGC {name} {text}",
    "/ROC/{trace}//URI/{text}",
    "{text} DATE {day} REF {trace}",
)
_NOTHING_SAID: Final = (
    "", "PAYMENT", "VENDOR PAYMENT", "ACCOUNTS PAYABLE", "Zahlung", "TRADE PAYMENT", "EFT", "invoices",
    "PMT {day}", "AP RUN {run}", "settlement of account", "{trace}", "as agreed w/ Mr. Miller",
)  # fmt: skip
_STRANGERS: Final = (
    "INTERNAL REVENUE SERVICE", "CITY OF OMAHA UTILITIES", "ACME INSURANCE CO", "FEDEX FREIGHT",
    "PAYROLL SERVICES INC", "GLOBAL LEASING LLC", "J. SMITH", "METRO REALTY TRUST", "STATE TREASURER",
    "NORTHERN ENERGY", "BLUE RIVER CAPITAL", "WESTERN PALLET CO", "HARBOR LOGISTICS", "UNITED RECYCLING",
)  # fmt: skip
_PAYING_AGENTS: Final = (
    "MERIDIAN FACTORS INC", "CASS INFORMATION SYSTEMS", "COUPA PAY", "BILL.COM", "PAYMENT FACTORY BV",
    "ATLAS TREASURY CENTER", "HOLDCO SHARED SERVICES", "TRADESHIFT CASH", "FIRST COMMERCE FACTORING",
    "AVIDXCHANGE INC", "OMNI PROCUREMENT LLC", "GROUP FINANCE SA",
)  # fmt: skip


class Lines:
    """Draws one line after another and remembers what is paid."""

    def __init__(self, ledger: Ledger, draw: random.Random) -> None:
        self.ledger, self.draw = ledger, draw
        self.left: dict[UUID, list[OpenItem]] = {
            customer.buyer.id: list(customer.items) for customer in ledger.customers
        }
        for items in self.left.values():
            draw.shuffle(items)
        self.customers = ledger.customers
        self.weights = list(accumulate(len(customer.items) for customer in ledger.customers))
        self.later: list[tuple[BankLine, Truth]] = []
        self.everything = [item for customer in ledger.customers for item in customer.items]
        self.agents = {
            name: f"{draw.randrange(10**9):09d}{draw.randrange(10**10):010d}"
            for name in _PAYING_AGENTS
        }

    # who and what

    def customer(self, least: int = 1) -> Customer:
        """One that still owes ``least`` items, the more likely the more it owes."""
        while True:
            chosen = self.draw.choices(self.customers, cum_weights=self.weights)[0]
            if len(self.left[chosen.buyer.id]) >= least:
                return chosen

    def take(self, customer: Customer) -> OpenItem:
        """An item nobody pays yet."""
        return self.left[customer.buyer.id].pop()

    def take_all(self, customer: Customer, items: list[OpenItem]) -> None:
        """These are paid now."""
        ids = {item.id for item in items}
        left = self.left[customer.buyer.id]
        left[:] = [item for item in left if item.id not in ids]

    # what is written

    def number(self, item: OpenItem) -> str:
        """As printed."""
        return item.keys[0].text

    def spoilt(self, item: OpenItem) -> str:
        """With one or two slips, broken, or cut to its end."""
        number = self.number(item)
        chance = self.draw.random()
        if chance < 0.42:
            number = mess.typed(number, self.draw)
        elif chance < 0.47:
            number = mess.typed(mess.typed(number, self.draw), self.draw)
        elif chance < 0.80:
            number = mess.broken(number, self.draw)
        elif chance < 0.94:
            number = mess.tail(number, self.draw)
        else:
            number = mess.typed(mess.broken(number, self.draw), self.draw)
        return number

    def text(
        self, core: str, customer: Customer, amount: int, on: date, name: str
    ) -> tuple[str, ...]:
        """``core`` with what people write around it, as a bank passes it on."""
        draw = self.draw
        number = customer.buyer.customer_numbers[0]
        filled = (draw.choice(_LEAD_INS) + core + draw.choice(_TRAILERS)).format(
            day=on.strftime(draw.choice(("%d.%m.%Y", "%m/%d/%y", "%Y%m%d"))),
            amount=draw.choice((f"{amount / 100:,.2f}", f"{amount / 100:.2f}")),
            customer=number,
            vendor=draw.randrange(10**6),
        )
        return self.by_bank(filled, on, name)

    def by_bank(self, filled: str, on: date, name: str) -> tuple[str, ...]:
        """Cut off and broken as banks do."""
        draw = self.draw
        whole = draw.choice(_BANKS).format(
            text=filled,
            name=name,
            trace=f"{draw.randrange(10**11):011d}",
            day=on.strftime("%d.%m.%y"),
            ymd=on.strftime("%y%m%d"),
        )
        chance = draw.random()
        if chance < 0.06 and len(whole) <= 60:
            whole = whole[:35] if len(filled) < 30 and whole == filled else whole
        elif chance < 0.14:
            whole = mess.wrapped(
                whole, width=draw.choice((27, 35, 65)), glue=draw.choice((" ", "", ""))
            )
        # Addenda of a corporate trade exchange come record by record, and whole.
        if len(whole) > 140 and "RMR*IV*" not in whole and draw.random() < 0.8:
            whole = whole[-140:] if "OBI:" in whole or "IND NAME" in whole else whole[:140]
        return (whole,) if whole else ()

    def said_nothing(self, on: date, name: str) -> tuple[str, ...]:
        """Words without any number that counts."""
        draw = self.draw
        text = draw.choice(_NOTHING_SAID).format(
            day=on.strftime("%m/%d/%y"),
            run=draw.randrange(10**4),
            trace=f"{draw.randrange(10**10):010d}",
        )
        return self.by_bank(text, on, name)

    def payer(self, customer: Customer) -> dict[str, str]:
        """Name and account as the bank has them."""
        draw = self.draw
        name = mess.name_on_statement(draw.choice(customer.written), draw)
        account = draw.choice(customer.accounts)
        chance = draw.random()
        if chance < 0.12:
            account = ""
        elif chance < 0.16:
            name = ""
        elif chance < 0.18:
            account = f"{draw.randrange(10**9):09d}{draw.randrange(10**10):010d}"  # a new one
        return {"payer_name": name, "payer_account": account}

    def day(self, item: OpenItem) -> date:
        """A day on which it is paid, mostly about when it is due."""
        return item.due_on + timedelta(
            days=self.draw.choice((-6, -3, -1, 0, 0, 1, 2, 4, 8, 15, 30))
        )

    def past(self, customer: Customer, account: str) -> BankLine:
        """A line from before, that was matched rightly."""
        return BankLine(
            amount=1_000_00,
            currency=customer.items[0].currency,
            booked_on=date(2020, 1, 31),
            texts=("PAYMENT",),
            payer_name=mess.name_on_statement(self.draw.choice(customer.written), self.draw),
            payer_account=account,
        )

    def line(self, kind: str) -> tuple[BankLine, Truth]:
        """One of ``kind``."""
        method = getattr(self, "_" + kind.replace(" ", "_"))
        line, truth = method()
        assert isinstance(line, BankLine)
        assert isinstance(truth, Truth)
        return line, truth

    def one(
        self,
        kind: str,
        customer: Customer,
        item: OpenItem,
        *,
        amount: int,
        written: str | None,
        on: date,
        structured: str = "",
        payer: dict[str, str] | None = None,
        pays: int | None = None,
        **further: object,
    ) -> tuple[BankLine, Truth]:
        """A line that pays one item; ``written`` is None where it says nothing."""
        payer = payer or self.payer(customer)
        name = payer["payer_name"] or "UNKNOWN"
        texts = (
            self.said_nothing(on, name)
            if written is None
            else self.text(written, customer, amount, on, name)
        )
        line = BankLine(
            amount=amount,
            currency=item.currency,
            booked_on=on,
            structured_references=(structured,) if structured else (),
            texts=texts,
            end_to_end_id=self.draw.choice(("", "NOTPROVIDED", f"{self.draw.randrange(10**9)}")),
            **payer,
            **further,  # type: ignore[arg-type]
        )
        twins = sum(other.outstanding == item.outstanding for other in self.left[customer.buyer.id])
        return line, Truth(
            kind,
            customer.buyer.id,
            {item.id: amount if pays is None else pays},
            names=written is not None or bool(structured),
            twins=twins > 0,
        )

    def reference(self, item: OpenItem) -> tuple[str | None, str]:
        """What is written, and what stands in the field for references, in the usual mixture."""
        chance = self.draw.random()
        if chance < 0.2:
            return None, item.keys[1].text
        if chance < 0.85:
            return self.number(item), ""
        return self.spoilt(item), ""

    # the kinds

    def _structured_reference(self) -> tuple[BankLine, Truth]:
        customer = self.customer()
        item = self.take(customer)
        structured = self.draw.choice((item.keys[1].text, item.keys[1].text, self.number(item)))
        if self.draw.random() < 0.2:
            structured = mess.wrapped(structured, width=4)
        return self.one(
            "structured reference",
            customer,
            item,
            amount=item.outstanding,
            written=None,
            structured=structured,
            on=self.day(item),
        )

    def _number_as_printed(self) -> tuple[BankLine, Truth]:
        customer = self.customer()
        item = self.take(customer)
        written = self.number(item)
        if customer.settled and self.draw.random() < 0.05:
            written = f"{self.number(self.draw.choice(customer.settled))} {written}"
        return self.one(
            "number as printed",
            customer,
            item,
            amount=item.outstanding,
            written=written,
            on=self.day(item),
        )

    def _number_with_errors(self) -> tuple[BankLine, Truth]:
        customer = self.customer()
        item = self.take(customer)
        return self.one(
            "number with errors",
            customer,
            item,
            amount=item.outstanding,
            written=self.spoilt(item),
            on=self.day(item),
        )

    def _order_number_instead(self) -> tuple[BankLine, Truth]:
        customer = self.customer()
        item = self.take(customer)
        key = self.draw.choice((item.keys[2], item.keys[2], item.keys[2], item.keys[3])).text
        if self.draw.random() < 0.1:
            key = mess.typed(key, self.draw)
        written = self.draw.choice(("PO ", "P.O. ", "order ", "Best.-Nr. ", "")) + key
        return self.one(
            "order number instead",
            customer,
            item,
            amount=item.outstanding,
            written=written,
            on=self.day(item),
        )

    def _amount_only(self) -> tuple[BankLine, Truth]:
        customer = self.customer()
        item = self.take(customer)
        return self.one(
            "amount only",
            customer,
            item,
            amount=item.outstanding,
            written=None,
            on=self.day(item),
        )

    def _part_payment(self) -> tuple[BankLine, Truth]:
        customer = self.customer()
        item = self.take(customer)
        first = (
            item.outstanding * self.draw.choice((25, 30, 33, 40, 50, 50, 50, 60, 75, 80)) // 100
            if self.draw.random() < 0.7
            else max(1, item.outstanding - self.draw.randint(1, max(1, item.outstanding // 5)))
        )
        first = max(1, first)
        written, structured = self.reference(item)
        on = self.day(item)
        line = self.one(
            "part payment",
            customer,
            item,
            amount=first,
            written=written
            if written is None
            else self.draw.choice(("", "PART ", "a/c ")) + written,
            structured=structured,
            on=on,
        )
        if first < item.outstanding:
            written, structured = self.reference(item)
            self.later.append(
                self.one(
                    "part payment",
                    customer,
                    item,
                    amount=item.outstanding - first,
                    written=written,
                    structured=structured,
                    on=on + timedelta(days=20),
                )
            )
        return line

    def _discount_taken(self) -> tuple[BankLine, Truth]:
        while True:
            customer = self.customer()
            offered = [i for i in self.left[customer.buyer.id] if i.discounts]
            if offered:
                break
        item = self.draw.choice(offered)
        self.take_all(customer, [item])
        tier = item.discounts[0]
        late = self.draw.choices((-4, -1, 0, 1, 2, 3, 9), weights=(30, 25, 20, 9, 6, 5, 5))[0]
        written, structured = self.reference(item)
        return self.one(
            "discount taken",
            customer,
            item,
            amount=item.outstanding - tier.amount,
            written=written,
            structured=structured,
            on=tier.until + timedelta(days=late),
        )

    def _charges_deducted(self) -> tuple[BankLine, Truth]:
        customer = self.customer()
        item = self.take(customer)
        charges = self.draw.choice((300, 500, 750, 1000, 1250, 1500, 1500, 2000, 2500, 3000))
        if item.outstanding <= 2 * charges:
            charges = max(1, item.outstanding // 50)
        written, structured = self.reference(item)
        stated = self.draw.random() < 0.4
        further: dict[str, object] = (
            {"instructed_amount": item.outstanding, "instructed_currency": item.currency}
            if stated
            else {}
        )
        if stated and self.draw.random() < 0.5:
            further["charges"] = charges
        return self.one(
            "charges deducted",
            customer,
            item,
            amount=max(1, item.outstanding - charges),
            written=written,
            structured=structured,
            on=self.day(item),
            **further,
        )

    def _other_payer(self) -> tuple[BankLine, Truth]:
        customer = self.customer()
        item = self.take(customer)
        further: dict[str, object] = {}
        core, structured = self.reference(item)
        if self.draw.random() < 0.2:
            other = self.customer()
            payer = self.payer(other)
        else:
            name = self.draw.choice(_PAYING_AGENTS)
            payer = {"payer_name": name, "payer_account": self.agents[name]}
            if self.draw.random() < 0.4:
                further["ultimate_payer"] = self.draw.choice(customer.written)[:35]
            elif core and self.draw.random() < 0.4:
                core = f"{core} ON BEHALF OF {self.draw.choice(customer.written)[:30]}"
        return self.one(
            "other payer",
            customer,
            item,
            amount=item.outstanding,
            written=core,
            structured=structured,
            on=self.day(item),
            payer=payer,
            **further,
        )

    def _overpaid(self) -> tuple[BankLine, Truth]:
        customer = self.customer()
        item = self.take(customer)
        over = self.draw.choice((1, 5, 100, 1000, 5000, item.outstanding // 10 + 1))
        return self.one(
            "overpaid",
            customer,
            item,
            amount=item.outstanding + over,
            pays=item.outstanding,
            written=self.number(item),
            on=self.day(item),
        )

    def _paid_twice(self) -> tuple[BankLine, Truth]:
        while True:
            customer = self.customer()
            if customer.settled:
                break
        item = self.draw.choice(customer.settled)
        line, _ = self.one(
            "paid twice",
            customer,
            item,
            amount=item.amount,
            written=self.number(item),
            on=self.day(item),
        )
        return line, Truth("paid twice", customer.buyer.id, {}, names=False)

    def _other_currency(self) -> tuple[BankLine, Truth]:
        customer = self.customer()
        item = self.take(customer)
        line, truth = self.one(
            "other currency",
            customer,
            item,
            amount=max(1, item.outstanding * 92 // 100),
            written=self.number(item),
            on=self.day(item),
            instructed_amount=item.outstanding,
            instructed_currency=item.currency,
        )
        values = {name: getattr(line, name) for name in BankLine.__dataclass_fields__}
        return BankLine(**{**values, "currency": "EUR"}), truth

    def _wrong_reference(self) -> tuple[BankLine, Truth]:
        """The number of something else: of last month's invoice from a copied order, of another buyer's
        invoice, or of another own one; the amount is the invoice's that is meant."""
        customer = self.customer(least=2)
        item = self.take(customer)
        chance = self.draw.random()
        if chance < 0.45 and customer.settled:
            other = self.draw.choice(customer.settled)
        elif chance < 0.75:
            other = self.draw.choice(self.everything)
        else:
            other = self.draw.choice(self.left[customer.buyer.id])
        if other.amount == item.amount:
            return self._wrong_reference()  # then it would not be wrong
        structured = other.keys[1].text if self.draw.random() < 0.2 else ""
        line, truth = self.one(
            "wrong reference",
            customer,
            item,
            amount=item.outstanding,
            written=None if structured else self.number(other),
            structured=structured,
            on=self.day(item),
        )
        return line, Truth("wrong reference", truth.buyer_id, truth.paid, names=False)

    def _not_ours(self) -> tuple[BankLine, Truth]:
        draw = self.draw
        like = draw.choice(self.everything)
        amount = (
            like.outstanding
            if draw.random() < 0.08
            else draw.choice((draw.randint(1, 5000) * 100, draw.randint(100, 9_000_000)))
        )
        on = self.day(like)
        chance = draw.random()
        if chance < 0.75:
            payer = {
                "payer_name": draw.choice(_STRANGERS),
                "payer_account": f"{draw.randrange(10**19):019d}",
            }
        elif chance < 0.9:
            payer = self.payer(self.customer())  # a buyer, but for something else
        else:
            payer = {
                "payer_name": mess.typed_name(draw.choice(self.customers).written[0].upper(), draw),
                "payer_account": f"{draw.randrange(10**19):019d}",
            }
        base = int(like.keys[0].text) if like.keys[0].text.isdigit() else 1930600000
        words = draw.choice(
            (
                f"REFUND {draw.randrange(10**6)}",
                "INTEREST Q1",
                f"CLAIM {draw.randrange(10**8)}",
                f"INVOICE {base + draw.randint(-9_000, 9_000)}",
                f"RENT {on:%m/%Y}",
                f"REF {draw.randrange(10**10):010d}",
                f"DEPOSIT {draw.randrange(10**4)}",
                f"TAX {on:%Y} {draw.randrange(10**9)}",
            )
        )
        line = BankLine(
            amount=amount,
            currency=like.currency,
            booked_on=on,
            texts=self.by_bank(words, on, payer["payer_name"] or "UNKNOWN"),
            **payer,
        )
        return line, Truth("not ours", None, {}, names=False)

    def _several_in_one(self) -> tuple[BankLine, Truth]:
        from benchmarks.matching_several import several

        return several(self)

    def advice(self, items: list[OpenItem], paid: dict[UUID, int]) -> tuple[AdviceLine, ...]:
        """A remittance advice that came with the money."""
        return tuple(
            AdviceLine(
                document=self.number(item),
                paid=paid[item.id],
                discount=item.outstanding - abs(paid[item.id]) if paid[item.id] > 0 else 0,
            )
            for item in items
        )
