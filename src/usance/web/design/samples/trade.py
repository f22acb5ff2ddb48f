"""The trade of the samples: names, amounts, days. Names of companies are not translated."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usance.rules.money import Money
from usance.web.design.credit_bar import CreditBuckets
from usance.web.design.parts import (
    Badge,
    Choice,
    Column,
    Entry,
    Fact,
    Figure,
    Identifier,
    Link,
    Noted,
    Percent,
    Row,
    State,
    Table,
)

SELLER: Final = "Officine Valtrompia S.p.A."
BUYER: Final = "Ferramenta Bianchi S.r.l."
HERE: Final = "#main"

_AGROMEC: Final = "Agromec Dobrogea S.R.L."
_NORDMANN: Final = "Stahlhandel Nordmann GmbH"
_KUIJPERS: Final = "Kuijpers Installatietechniek B.V."
_MAHAVIR: Final = "महावीर वस्त्र उद्योग प्रा. लि."
_GIRARD: Final = "Atelier Girard & Fils SARL"
_SHREE: Final = "Shree Mahavir Textiles Pvt Ltd"
_IBANEZ: Final = "Comercial Ibáñez Hermanos S.L."


def euro(minor: int) -> Money:
    """``minor`` cents."""
    return Money(minor, "EUR")


CREDIT: Final = CreditBuckets(
    limit=euro(50_000_000),
    tolerance=euro(2_500_000),
    commitments=euro(9_480_000),
    receivable=euro(24_815_040),
    external=euro(5_200_000),
    unapplied_cash=euro(1_236_000),
)
CREDIT_OVER: Final = CreditBuckets(
    limit=Money(250_000_000, "INR"),
    tolerance=Money(0, "INR"),
    commitments=Money(61_500_000, "INR"),
    receivable=Money(214_230_050, "INR"),
    external=Money(0, "INR"),
    unapplied_cash=Money(0, "INR"),
)


class _Invoice(NamedTuple):
    buyer: str
    number: str
    state: str
    issued: tuple[int, int]
    due: tuple[int, int]
    total: int
    outstanding: int
    days_late: int = 0


_INVOICES: Final = (
    _Invoice(BUYER, "2026/0418", "overdue", (9, 11), (11, 10), 1_845_220, 1_845_220, 12),
    _Invoice(_AGROMEC, "2026/0421", "partially_paid", (9, 24), (11, 23), 962_000, 412_000),
    _Invoice(_NORDMANN, "2026/0433", "disputed", (10, 2), (11, 17), 3_310_415, 3_310_415, 5),
    _Invoice(_KUIJPERS, "2026/0440", "due_soon", (10, 26), (11, 25), 784_390, 784_390),
    _Invoice(_MAHAVIR, "2026/0447", "open", (11, 3), (1, 2), 12_345_600, 12_345_600),
    _Invoice(_GIRARD, "2026/0449", "paid", (11, 5), (12, 5), 219_900, 0),
    _Invoice(_SHREE, "2026/0452", "open", (11, 12), (1, 11), 5_670_050, 5_670_050),
    _Invoice(_IBANEZ, "2026/0398", "written_off", (6, 2), (8, 1), 48_110, 0),
)


def late(days: int) -> str:
    """How late, in words."""
    return ngettext("%(count)s day late", "%(count)s days late", days) % {"count": days}


def invoice_table(*, selectable: bool = False, buyer: str = "") -> Table:
    """Invoices, of everybody or of one buyer; ``selectable`` puts a box before what is owed."""
    chosen = [row for row in _INVOICES if not buyer or buyer in row.buyer]
    columns = [
        Column(label=_("Invoice"), sort=HERE),
        *([] if buyer else [Column(label=_("Buyer"))]),
        Column(label=_("State")),
        Column(label=_("Issued")),
        Column(label=_("Due"), sort=HERE, sorted_as="ascending"),
        Column(label=_("Total"), numeric=True),
        Column(label=_("Outstanding"), numeric=True),
    ]
    rows = [_invoice_row(row, selectable=selectable, buyer=buyer) for row in chosen]
    owed = sum((row.outstanding for row in chosen), 0)
    total = sum((row.total for row in chosen), 0)
    blank = [""] * (len(columns) - 3)
    return Table(
        caption=_("Invoices"),
        columns=columns,
        rows=rows,
        footer=[_("Together"), *blank, euro(total), euro(owed)],
    )


def _invoice_row(it: _Invoice, *, selectable: bool, buyer: str) -> Row:
    due_on = date(2026 if it.due[0] > it.issued[0] else 2027, *it.due)
    return Row(
        cells=[
            Link(it.number, HERE),
            *([] if buyer else [it.buyer]),
            State("invoice", it.state),
            date(2026, *it.issued),
            Noted(due_on, late(it.days_late)) if it.days_late else due_on,
            euro(it.total),
            euro(it.outstanding) if it.outstanding else None,
        ],
        choice=Choice(
            name="invoice",
            value=it.number,
            label=_("Select invoice %(number)s") % {"number": it.number},
            checked=it.number == "2026/0418",
        )
        if selectable and it.outstanding
        else None,
    )


def order_table() -> Table:
    """What was authorized and not yet shipped."""
    rows = (
        ("ORD-88213", "authorized", (11, 20), 4_860_000),
        ("ORD-88197", "partially_invoiced", (11, 14), 3_120_000),
        ("ORD-88164", "pending_approval", (11, 12), 1_500_000),
    )
    return Table(
        caption=_("Open orders"),
        columns=[
            Column(label=_("Order")),
            Column(label=_("State")),
            Column(label=_("Authorized until")),
            Column(label=_("Not yet invoiced"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(number, HERE),
                    State("order", state),
                    date(2026, month, day),
                    euro(amount),
                ]
            )
            for number, state, (month, day), amount in rows
        ],
    )


def key_figures() -> list[Figure]:
    """What a credit manager looks at first."""
    return [
        Figure(label=_("Receivable"), value=euro(184_290_710), note=_("1,204 open invoices")),
        Figure(
            label=_("Overdue"),
            value=euro(21_774_300),
            note=_("11.8% of receivable, 2.1 points more than last month"),
            tone="negative",
            icon="arrow-up",
            href=HERE,
        ),
        Figure(
            label=_("Days sales outstanding"),
            value=38,
            note=_("3 days less than last month"),
            tone="positive",
            icon="arrow-down",
        ),
        Figure(
            label=_("Unapplied cash"),
            value=euro(1_236_000),
            note=_("4 payments to match"),
            tone="caution",
            icon="question",
            href=HERE,
        ),
        Figure(
            label=_("Approved at checkout"), value=Percent("0.941"), note=_("in the last 30 days")
        ),
    ]


def buyer_facts() -> list[Fact]:
    """Who the buyer is and on what terms it buys."""
    return [
        Fact(_("Buyer"), Link(BUYER, HERE)),
        Fact(_("Identifier"), Identifier("buy_01kaj3v8t5f0ye7m2c6q")),
        Fact(_("VAT number"), "IT01234567890"),
        Fact(_("Payment terms"), _("60 days end of month")),
        Fact(_("Credit line"), State("line", "active")),
        Fact(_("Limit reviewed"), date(2026, 10, 1)),
        Fact(_("Dunning"), Badge(label=_("Paused until the dispute is settled"), icon="pause")),
        Fact(_("Credit insurance"), None),
    ]


def history() -> list[Entry]:
    """The events of an invoice."""
    return [
        Entry(
            at=datetime(2026, 11, 22, 8, 14, tzinfo=UTC),
            title=_("Second reminder sent"),
            actor=_("Dunning"),
            detail="amministrazione@bianchi-ferramenta.example",
            icon="mail",
            tone="caution",
        ),
        Entry(
            at=datetime(2026, 11, 18, 15, 2, tzinfo=UTC),
            title=_("Promise to pay recorded"),
            actor="Chiara Fontana",
            detail=_("The whole amount by the end of the month."),
            icon="calendar",
            tone="info",
        ),
        Entry(
            at=datetime(2026, 11, 11, 0, 5, tzinfo=UTC),
            title=_("The invoice fell overdue"),
            actor=_("Calendar"),
            icon="alert",
            tone="negative",
        ),
        Entry(
            at=datetime(2026, 9, 11, 9, 40, tzinfo=UTC),
            title=_("Invoice delivered over Peppol"),
            actor=_("Delivery"),
            icon="send",
            tone="positive",
        ),
        Entry(
            at=datetime(2026, 9, 11, 9, 38, tzinfo=UTC),
            title=_("Invoice opened"),
            actor="Chiara Fontana",
            detail=_("From order ORD-88120, all lines."),
            icon="invoice",
        ),
    ]
