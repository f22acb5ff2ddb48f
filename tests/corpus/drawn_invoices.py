"""Invoices as hypothesis draws them: every VAT category, currency and kind of amount that EN 16931 knows.

What a person decides is drawn; what follows from it is computed by ``usance.rules.invoicing.totals``, as it
is when Usance issues an invoice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from hypothesis import strategies as st

from usance.rules.invoicing.document import (
    Address,
    AllowanceCharge,
    Attachment,
    Attribute,
    Classification,
    Contact,
    CreditTransfer,
    Delivery,
    DirectDebit,
    DocumentReference,
    Identifier,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Note,
    Party,
    PaymentCard,
    PaymentInstructions,
    Period,
    Price,
)
from usance.rules.invoicing.totals import Exemption, Sums, line_net, places, rounded, total

CURRENCIES: Final = ("EUR", "EUR", "EUR", "USD", "SEK", "CHF", "HUF", "JPY", "ISK", "KWD", "BHD")
"""Those of 0 and of 3 decimals among them; an invoice has at most two (BR-DEC-*)."""

Kind = tuple[str, Decimal | None]
"""A VAT category and its rate."""

_STANDARD: Final = tuple(
    ("S", Decimal(rate)) for rate in ("5.5", "7", "19", "20", "21", "25", "2.1")
)
MIXED: Final[tuple[Kind, ...]] = (
    *_STANDARD,
    ("Z", Decimal(0)),
    ("E", Decimal(0)),
    ("AE", Decimal(0)),
    ("K", Decimal(0)),
    ("G", Decimal(0)),
    # EN 16931 allows the rate 0 here too; CEN's rules for CII ask for more (BR-AF-05, BR-AG-05).
    ("L", Decimal("7")),
    ("M", Decimal("4")),
)
"""What may stand together on one invoice."""
OUTSIDE: Final[Kind] = ("O", None)
SPLIT: Final[Kind] = ("B", Decimal(22))

EXEMPTIONS: Final = {
    "E": Exemption(code="VATEX-EU-132"),
    "AE": Exemption(reason="Reverse charge", code="VATEX-EU-AE"),
    "K": Exemption(code="VATEX-EU-IC"),
    "G": Exemption(reason="Export outside the EU"),
    "O": Exemption(reason="Not subject to VAT", code="VATEX-EU-O"),
}

TEXTS: Final = (
    "Schrauben M6",
    "A & B <Test> \"quoted\" 'too'",
    "Ünïcödé – été, naïve façade",
    "इस्पात की छड़",
    "钢筋",
    "חלק",
    "x",
    "100 % — ½ m² €",
    "]]> &amp; {curly} ${dollar}",
    "a" * 120,
    "tab\tand  spaces",
    "#SKONTO#TAGE=14#PROZENT=2.00#",
)
numbers: Final = st.text(
    st.characters(codec="utf-8", categories=("Lu", "Nd", "Pd", "Po")), min_size=1, max_size=12
)
days: Final = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def decimals(low: str, high: str, figures: int) -> st.SearchStrategy[Decimal]:
    """Numbers of up to ``figures`` decimals, written out as a person would."""
    unit = Decimal(1).scaleb(-figures)
    least, most = int(Decimal(low) / unit), int(Decimal(high) / unit)
    return st.integers(least, most).map(lambda count: count * unit)


quantities: Final = st.one_of(
    st.integers(1, 1000).map(Decimal), decimals("-50", "500", 3), decimals("0.0001", "5", 4)
)
prices: Final = st.one_of(decimals("0", "2000", 2), decimals("0", "9", 6), st.just(Decimal(0)))


@dataclass(frozen=True, slots=True)
class Setting:
    """What the parts of an invoice have to agree on."""

    currency: str
    kinds: tuple[Kind, ...]
    issued_on: date

    @property
    def countries(self) -> tuple[str, ...]:
        """Where anybody or anything may be: split payment stays in Italy altogether (BR-B-01)."""
        if SPLIT in self.kinds:
            return ("IT",)
        return ("DE", "FR", "GR", "RO", "US", "CH", "IN", "GB", "ES")

    def amounts(self, high: str = "500") -> st.SearchStrategy[Decimal]:
        """Amounts that an invoice in this currency can carry."""
        return _amounts(places(self.currency), high)

    def period(self, length: int | None) -> Period | None:
        """``length`` days up to the day of issue."""
        if length is None:
            return None
        return Period(self.issued_on - timedelta(length), self.issued_on)


CATEGORIES: Final = st.one_of(
    st.lists(st.sampled_from(MIXED), min_size=1, max_size=4, unique=True).map(tuple),
    st.sampled_from(((OUTSIDE,), (SPLIT,), (("K", Decimal(0)),), (("AE", Decimal(0)),))),
)
"""Mixed ones, or one alone."""


def settings_of() -> st.SearchStrategy[Setting]:
    """Currency, categories and day."""
    return st.builds(Setting, st.sampled_from(CURRENCIES), CATEGORIES, days)


def _vat_id(country: str) -> str:
    return {"GR": "EL", "GB": "XI"}.get(country, country) + "123456789"


def _people() -> list[Party]:
    """Parties of every completeness, without the country and the numbers that go with it."""
    registrations = (Identifier("HRB 1"), Identifier("55", "0192"))
    endpoints = (None, Identifier("a@b.example", "EM"), Identifier("1", "0192"))
    contacts = (None, Contact("Zoë", "+1 555", "z@b.example"), Contact(name="Zoë"))
    return [
        Party(
            name=name,
            trading_name=TEXTS[number - 1] if number % 2 else "",
            address=Address(
                line_1=TEXTS[number - 2] if number % 3 else "",
                city="Lodi" if number % 4 else "",
                post_code="26900" if number % 2 else "",
                subdivision="LO" if number % 5 == 0 else "",
            ),
            registration=registrations[number % 2],
            endpoint=endpoints[number % 3],
            contact=contacts[number // 2 % 3],
        )
        for number, name in enumerate(TEXTS)
    ]


PEOPLE: Final = st.sampled_from(_people())


@st.composite
def parties(draw: st.DrawFn, setting: Setting) -> tuple[Party, Party]:
    """Seller and buyer, with the numbers that the categories ask for or forbid."""
    countries = st.sampled_from(setting.countries)
    seller, buyer = (
        replace(
            party,
            address=replace(party.address or Address(), country=country),
            vat_id="" if OUTSIDE in setting.kinds else _vat_id(country),
        )
        for party, country in ((draw(PEOPLE), draw(countries)) for _ in range(2))
    )
    return replace(seller, identifiers=(Identifier("S-1"),) if seller.contact else ()), buyer


def _items(origin: str) -> list[Item]:
    """Items of every completeness."""
    return [
        Item(
            name=name,
            description=TEXTS[number - 1] if number % 2 else "",
            seller_id="A-7" if number % 3 else "",
            standard_id=Identifier("4012345001235", "0160") if number % 4 == 0 else None,
            classifications=(Classification("8471", "HS"),) if number % 5 == 0 else (),
            origin=origin if number % 2 == 0 else "",
            attributes=tuple(Attribute(text, name) for text in TEXTS[: number % 3]),
        )
        for number, name in enumerate(TEXTS)
    ]


ITEMS: Final = st.sampled_from(_items("CN"))
ITALIAN_ITEMS: Final = st.sampled_from(_items("IT"))
BASE_QUANTITIES: Final = st.sampled_from((None, None, Decimal(1), Decimal(100)))
UNITS: Final = st.sampled_from(("C62", "HUR", "KGM", "MTR", "XPP"))
DISCOUNTS: Final = st.none() | decimals("0", "50", 2)
PERCENTAGES: Final = decimals("0", "100", 2)
LENGTHS: Final = st.none() | st.integers(0, 90)
"""Days of a period, where there is one."""
MARKS: Final = st.sampled_from((("", ""), ("Pos. & 7", "10"), ("", "1")))
"""The note of a line and the order's line that it is about."""
COUNTS: Final = st.sampled_from((0, 0, 0, 1, 2))
"""How many allowances and charges a line has; a document may have one more."""
SWITCH: Final = st.booleans()


@cache
def _amounts(decimal_places: int, high: str) -> st.SearchStrategy[Decimal]:
    return decimals("0.01" if decimal_places else "1", high, decimal_places)


@cache
def _kinds(kinds: tuple[Kind, ...]) -> st.SearchStrategy[Kind]:
    return st.sampled_from(kinds)


@st.composite
def allowances(draw: st.DrawFn, setting: Setting, *, of_document: bool) -> AllowanceCharge:
    """An allowance or a charge: an amount, or a percentage of a base."""
    charge = draw(SWITCH)
    base = percent = None
    if draw(SWITCH):
        base, percent = draw(setting.amounts("5000")), draw(PERCENTAGES)
        amount = rounded(base * percent / 100, currency=setting.currency)
    else:
        amount = draw(setting.amounts())
    category, rate = draw(_kinds(setting.kinds)) if of_document else ("", None)
    coded = amount % 2 == 0
    return AllowanceCharge(
        is_charge=charge,
        amount=amount,
        base=base,
        percent=percent,
        reason="Fracht & Verpackung" if charge else "Rabatt",
        reason_code=("FC" if charge else "95") if coded else "",
        vat_category=category,
        vat_rate=rate,
    )


@st.composite
def lines(draw: st.DrawFn, setting: Setting, number: int) -> InvoiceLine:
    """A line whose net amount follows from its quantity, price, allowances and charges."""
    quantity, net_price = draw(quantities), draw(prices)
    discount, base_quantity, unit = draw(DISCOUNTS), draw(BASE_QUANTITIES), draw(UNITS)
    entry = allowances(setting, of_document=False)
    entries = tuple(draw(entry) for _ in range(draw(COUNTS)))
    category, rate = draw(_kinds(setting.kinds))
    note, order_line = draw(MARKS)
    return InvoiceLine(
        id=str(number),
        item=draw(ITALIAN_ITEMS if SPLIT in setting.kinds else ITEMS),
        quantity=quantity,
        unit=unit,
        net=line_net(
            quantity=quantity,
            price=net_price,
            currency=setting.currency,
            base_quantity=base_quantity,
            allowances_charges=entries,
        ),
        price=Price(
            net=net_price,
            discount=discount,
            gross=None if discount is None else net_price + discount,
            base_quantity=base_quantity,
            base_unit=unit if base_quantity is not None else "",
        ),
        vat_category=category,
        vat_rate=rate,
        note=note,
        order_line=order_line,
        period=setting.period(draw(LENGTHS)),
        allowances_charges=entries,
    )


ACCOUNT: Final = CreditTransfer("DE75512108001245126199", "Nordlicht", "COBADEFFXXX")
PAYMENTS: Final = st.sampled_from(
    (
        None,
        PaymentInstructions(code="30", remittance="RF18539007547034", transfers=(ACCOUNT,)),
        PaymentInstructions(code="58", text="SEPA", transfers=(ACCOUNT, ACCOUNT)),
        PaymentInstructions(code="48", card=PaymentCard("7890", holder="A. Behrens")),
        PaymentInstructions(
            code="59", direct_debit=DirectDebit("M-1", "DE98ZZZ09999999999", ACCOUNT.account)
        ),
        PaymentInstructions(code="10", text="Cash"),
    )
)
TYPES: Final = st.sampled_from(("380", "380", "381", "384", "389", "381"))
SIZES: Final = st.sampled_from((1, 1, 2, 3, 5, 9))
DUE_DAYS: Final = st.integers(0, 120)
TAX_CURRENCIES: Final = st.sampled_from(("", "", "RON", "PLN"))
EXCHANGE_RATES: Final = decimals("0.1", "400", 4)

TRIMMINGS: Final = st.sampled_from(
    [
        {
            "buyer_reference": "04011000-12345-34" if number % 2 else "",
            "project": TEXTS[number] if number % 3 == 0 else "",
            "contract": TEXTS[number] if number % 4 == 0 else "",
            "purchase_order": "PO <7>" if number % 5 == 0 else "",
            "notes": (Note(TEXTS[number]),) if number % 2 == 0 else (),
            # CII D16B has room for one only.
            "preceding": (DocumentReference("R-1", date(2023, 12, 31)),) if number % 3 == 1 else (),
            "payee": Party("Factor AG", identifiers=(Identifier("9"),))
            if number % 4 == 1
            else None,
            "attachments": (Attachment("A", "Proof", "", b"%PDF-1.7", "application/pdf", "a.pdf"),)
            if number % 6 == 0
            else (),
        }
        for number in range(len(TEXTS))
    ]
)
"""What an invoice may say beside its figures."""


@st.composite
def sums_of(
    draw: st.DrawFn,
    setting: Setting,
    body: tuple[InvoiceLine, ...],
    entries: tuple[AllowanceCharge, ...],
    tax_currency: str,
) -> Sums:
    """The totals, with what was prepaid and what the amount due was rounded to."""
    known = {
        "currency": setting.currency,
        "allowances_charges": entries,
        "exemptions": EXEMPTIONS,
        "prepaid": draw(setting.amounts("300")) if draw(SWITCH) else None,
        "tax_rate_of_exchange": draw(EXCHANGE_RATES) if tax_currency else None,
        "tax_currency": tax_currency,
    }
    exact = total(body, **known)
    if not draw(SWITCH):
        return exact
    # To the nearest five hundredths, as cash is paid in Switzerland; to five without decimals.
    step = Decimal("0.05") if places(setting.currency) else Decimal(5)
    return total(body, **known, payable=(exact.totals.payable / step).quantize(Decimal(1)) * step)


@st.composite
def invoices(draw: st.DrawFn) -> InvoiceDocument:
    """An invoice or credit note."""
    setting = draw(settings_of())
    body = tuple(draw(lines(setting, number + 1)) for number in range(draw(SIZES)))
    entry = allowances(setting, of_document=True)
    entries = tuple(draw(entry) for _ in range(draw(COUNTS) + draw(SWITCH)))
    tax_currency = draw(TAX_CURRENCIES)
    sums = draw(sums_of(setting, body, entries, tax_currency))
    seller, buyer = draw(parties(setting))
    country = setting.countries[0]
    payment, type_code = draw(PAYMENTS), draw(TYPES)
    # A credit note in UBL has its due date with how to pay, so without one it has neither.
    undated = payment is None and type_code == "381"
    delivered = any(category == "K" for category, _ in setting.kinds) or draw(SWITCH)
    represented = OUTSIDE not in setting.kinds and draw(SWITCH)
    return InvoiceDocument(
        number=draw(numbers),
        issued_on=setting.issued_on,
        type_code=type_code,
        currency=setting.currency,
        seller=seller,
        buyer=buyer,
        lines=body,
        totals=sums.totals,
        vat=sums.vat,
        tax_currency=tax_currency,
        tax_point_on=setting.issued_on if draw(SWITCH) else None,
        due_on=None if undated else setting.issued_on + timedelta(draw(DUE_DAYS)),
        payment_terms="2/10 net 30" if undated or draw(SWITCH) else "",
        tax_representative=Party("Agent", Address(country), vat_id=_vat_id(country))
        if represented
        else None,
        delivery=Delivery(
            name=buyer.trading_name, delivered_on=setting.issued_on, address=buyer.address
        )
        if delivered
        else None,
        period=setting.period(draw(LENGTHS)),
        payment=payment,
        allowances_charges=entries,
        **draw(TRIMMINGS),
    )
