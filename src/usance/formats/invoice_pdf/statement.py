"""A statement of account: what moved in a period, what is open, and how old it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, Literal

from usance.formats.invoice_pdf.brand import Brand
from usance.formats.invoice_pdf.column_widths import widest
from usance.formats.invoice_pdf.content import frame
from usance.formats.invoice_pdf.line_table import period_text
from usance.formats.invoice_pdf.wording import Wording, country_of, wording
from usance.formats.invoice_pdf.words import Language
from usance.formats.payment_codes import grouped, is_iban
from usance.rules.invoicing.document import CreditTransfer, Party, Period

MovementKind = Literal[
    "invoice", "credit_note", "payment", "refund", "write_off", "interest", "fee", "adjustment"
]

AGES: Final = (30, 60, 90)
"""Days overdue at which one column of the aging ends and the next begins."""

_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One entry of the account. ``debit`` is owed by the buyer, ``credit`` to it; major units."""

    on: date
    kind: MovementKind
    number: str
    due_on: date | None = None
    debit: Decimal = _ZERO
    credit: Decimal = _ZERO
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """A document that is not settled; a credit note's amounts are negative. Major units."""

    kind: MovementKind
    number: str
    issued_on: date
    due_on: date
    amount: Decimal
    open: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The account of one buyer in one currency, as it stood at the end of ``issued_on``."""

    seller: Party
    buyer: Party
    currency: str
    issued_on: date
    period: Period
    opening: Decimal
    """The balance before the first movement; positive is owed by the buyer."""
    movements: tuple[Movement, ...] = ()
    open_items: tuple[OpenItem, ...] = ()
    transfers: tuple[CreditTransfer, ...] = ()
    reference: str = ""
    """What to quote when everything is paid at once."""
    pay_link: str = ""
    """Where to pay online; printed, and a link."""
    note: str = ""

    @property
    def closing(self) -> Decimal:
        """The balance after the last movement."""
        return self.opening + sum((one.debit - one.credit for one in self.movements), _ZERO)

    @property
    def total_open(self) -> Decimal:
        """The sum of the open items."""
        return sum((item.open for item in self.open_items), _ZERO)

    def aging(self) -> list[Decimal]:
        """Open amounts by age: not yet due, then 1 to 30 days overdue and so on (:data:`AGES`)."""
        sums = [_ZERO] * (len(AGES) + 2)
        for item in self.open_items:
            days = (self.issued_on - item.due_on).days
            place = 0 if days <= 0 else 1 + sum(days > age for age in AGES)
            sums[place] += item.open
        return sums


def statement_content(statement: Statement, *, language: Language, brand: Brand) -> dict[str, Any]:
    """Every text of the statement's pages. Raises UnknownCurrency."""
    country = country_of(statement.seller)
    words = wording(language, currency=statement.currency, country=country)
    title = words.say("title_statement")
    customer = statement.buyer.identifiers[0].value if statement.buyer.identifiers else ""
    facts = [
        [words.say("customer_number"), customer],
        [words.say("your_tax_id"), statement.buyer.vat_id],
        [words.say("period"), period_text(statement.period, wording=words)],
        *(_payment(statement, wording=words) if statement.total_open > 0 else []),
    ]
    return {
        **frame(statement.seller, buyer=statement.buyer, wording=words, brand=brand),
        "title": title,
        "number": "",
        "subject": title,
        "issued_on": statement.issued_on.isoformat(),
        "mark": "",
        "facts": [fact for fact in facts if fact[1]],
        "highlights": _highlights(statement, wording=words),
        "table": {
            "brought": words.say("brought_forward"),
            "carried": words.say("carried_forward"),
        },
        "movements": _movements(statement, wording=words),
        "open_items": _open_items(statement, wording=words),
        "aging": _aging(statement, wording=words),
        "link": statement.pay_link if statement.total_open > 0 else "",
        "link_label": words.say("pay_online"),
        "note": statement.note.strip(),
    }


def _highlights(statement: Statement, *, wording: Wording) -> list[list[str]]:
    say, figures = wording.say, wording.figures
    overdue = sum(statement.aging()[1:], _ZERO)
    return [
        [say("as_of"), figures.day(statement.issued_on)],
        *([[say("overdue_total"), figures.money(overdue)]] if overdue > 0 else []),
        [say("closing_balance"), figures.money(statement.closing)],
    ]


def table_of(heads: list[str], rows: list[list[str]], *, starts: int) -> dict[str, Any]:
    """A table whose first ``starts`` columns begin at the left; the second takes the room left."""
    columns = [
        {
            "key": "description" if at == 1 else "figure",
            "label": head,
            "align": "start" if at < starts else "end",
            "widest": widest([row[at] for row in rows]),
        }
        for at, head in enumerate(heads)
    ]
    return {"columns": columns, "rows": rows}


def _movements(statement: Statement, *, wording: Wording) -> dict[str, Any]:
    say, figures = wording.say, wording.figures
    heads = [say(key) for key in ("issued_on", "document", "due_on", "debit", "credit", "balance")]
    heads[-1] += f" {statement.currency}"
    balance, rows = statement.opening, []
    for one in statement.movements:
        balance += one.debit - one.credit
        document = " ".join(part for part in (say(f"kind_{one.kind}"), one.number) if part)
        rows.append(
            [
                figures.day(one.on),
                f"{document}\n{one.text}" if one.text else document,
                figures.day(one.due_on) if one.due_on else "",
                figures.amount(one.debit) if one.debit else "",
                figures.amount(one.credit) if one.credit else "",
                figures.amount(balance),
            ]
        )
    return {
        "heading": say("movements"),
        "opening": [say("opening_balance"), figures.amount(statement.opening)],
        "closing": [say("closing_balance"), figures.amount(statement.closing)],
        "none": "" if rows else say("no_movements"),
        **table_of(heads, rows, starts=2),
    }


def _open_items(statement: Statement, *, wording: Wording) -> dict[str, Any]:
    say, figures = wording.say, wording.figures
    keys = ("issued_on", "document", "due_on", "days_overdue", "original_amount", "open_amount")
    heads = [say(key) for key in keys]
    heads[-1] += f" {statement.currency}"
    rows = []
    for item in sorted(statement.open_items, key=lambda one: (one.due_on, one.number)):
        late = (statement.issued_on - item.due_on).days
        rows.append(
            [
                figures.day(item.issued_on),
                f"{say(f'kind_{item.kind}')} {item.number}",
                figures.day(item.due_on),
                figures.number(Decimal(late)) if late > 0 else "",
                figures.amount(item.amount),
                figures.amount(item.open),
            ]
        )
    return {
        "heading": say("open_items"),
        "total": [say("total_open"), figures.amount(statement.total_open)],
        "none": "" if rows else say("nothing_open"),
        **table_of(heads, rows, starts=2),
    }


def _aging(statement: Statement, *, wording: Wording) -> list[list[str]]:
    """Label and amount of each age; nothing if nothing is open."""
    if not statement.open_items:
        return []
    say = wording.say
    labels = [
        say("not_due"),
        *(
            say("overdue_between", first=str(last + 1), last=str(end))
            for last, end in pairwise((0, *AGES))
        ),
        say("overdue_from", days=str(AGES[-1])),
    ]
    amounts = [wording.figures.amount(amount) for amount in statement.aging()]
    return [list(pair) for pair in zip(labels, amounts, strict=True)]


def _payment(statement: Statement, *, wording: Wording) -> list[list[str]]:
    """Label and value of where and how to pay."""
    rows = payment_facts(statement.transfers, wording=wording)
    return [*rows, [wording.say("reference"), statement.reference]] if rows else []


def payment_facts(transfers: Sequence[CreditTransfer], *, wording: Wording) -> list[list[str]]:
    """Label and value of each account that can be paid to."""
    say = wording.say
    rows = []
    for transfer in transfers:
        iban = is_iban(transfer.account)
        account = grouped(transfer.account) if iban else transfer.account
        rows.append([say("iban" if iban else "account"), account])
        if transfer.service_provider:
            rows.append([say("bic" if iban else "bank_code"), transfer.service_provider])
    return rows
