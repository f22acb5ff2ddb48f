"""What a message says: the policy's words filled in, the items it is about, and where to pay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency
from django.conf import settings

from usance.gateways.mail import Action, Letter, Table
from usance.records.dunning.account_queries import KnownAccount
from usance.records.identity import public_id
from usance.rules.dunning.account import Item
from usance.rules.dunning.decide import Decision
from usance.rules.dunning.policy import DunningPolicy, rank
from usance.rules.dunning.texts import Text, filled, text_of, words_in
from usance.rules.dunning.words import Words
from usance.rules.invoicing.profiles import SellerDetailsView
from usance.rules.money import Money

PAY_WITHIN: Final = 7
"""Days that a message gives to pay."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A message in the buyer's language. ``items`` are its rows as they are kept and shown again."""

    text: Text
    words: Words
    language: str
    items: tuple[dict[str, Any], ...]
    unassigned: str
    contact: str


def compose(
    known: KnownAccount,
    decision: Decision,
    *,
    policy: DunningPolicy,
    details: SellerDetailsView,
    on: date,
    interest: Mapping[UUID, int] | None = None,
) -> Composed:
    """The message that ``decision`` calls for, on the day ``on``. ``interest`` is what has accrued on an
    invoice, minor units; it is shown once, beside the invoice's first item, and is in no total."""
    assert decision.step is not None
    words = words_in(known.language)
    language = spoken(known.language)
    currency = known.account.currency
    first = decision.items[0].due_on
    contact = _contact(details)
    values = {
        "seller": details.legal_name,
        "buyer": known.name,
        "total": _money(decision.amount, currency, language),
        "count": str(len(decision.items)),
        "oldest_days": str(max((on - first).days, 0)),
        "due_on": _day(first, language),
        "pay_by": _day(max(on, first) + timedelta(days=PAY_WITHIN), language),
        "contact": contact or details.legal_name,
    }
    held = known.account.unassigned
    rows = _rows(decision, on=on, interest=interest or {})
    text = filled(text_of(policy, decision.step.level, language=known.language), values)
    return Composed(
        _with_stages(text, rows, step=decision.step.level, words=words),
        words,
        language,
        items=rows,
        unassigned=(
            words.unassigned.format(amount=_money(held, currency, language)) if held > 0 else ""
        ),
        contact=contact,
    )


def stages_of(rows: Iterable[Mapping[str, Any]], *, words: Words) -> Mapping[str, str]:
    """What the levels of the demanded ``rows`` of a message are called beside each; nothing where all are
    the same, since then the message itself says it."""
    levels = {row["level"] for row in rows} - {""}
    return {level: words.stages.get(level, level) for level in levels} if len(levels) > 1 else {}


def _with_stages(text: Text, rows: Sequence[Mapping[str, Any]], *, step: str, words: Words) -> Text:
    """``text``, which speaks of items that reach the level ``step``, with a paragraph about the others."""
    stages = stages_of(rows, words=words)
    counts = Counter(row["level"] for row in rows if row["level"] and row["level"] != step)
    if not stages or not counts:
        return text
    others = ", ".join(f"{stages[level]} ({counts[level]})" for level in sorted(counts, key=rank))
    return Text(
        text.subject,
        f"{text.body}\n\n{words.mixed.format(stage=stages.get(step, step), others=others)}",
    )


def letter_of(
    composed: Composed, *, currency: str, details: SellerDetailsView, pay_address: str
) -> Letter:
    """The message as a mail: its words, a table of the items, a button to pay, a link to the statement."""
    words = composed.words
    after = [composed.unassigned] if composed.unassigned else []
    if settings.PUBLIC_URL:
        after.append(words.statement.format(address=f"{settings.PUBLIC_URL}/account/statement"))
    if composed.contact:
        after.append(words.contact.format(contact=composed.contact))
    also = [row for row in composed.items if not row["level"]]
    tables = [_table([row for row in composed.items if row["level"]], composed, currency, "")]
    if also:
        tables.append(_table(also, composed, currency, words.also_open))
    return Letter(
        language=composed.language,
        sender=details.legal_name,
        subject=composed.text.subject,
        greeting=words.greeting,
        paragraphs=composed.text.paragraphs,
        tables=tuple(tables),
        action=Action(words.pay, pay_address) if pay_address else None,
        after=tuple(after),
        closing=(words.ignore,),
    )


def spoken(language: str) -> str:
    """The language that a message to a reader of ``language`` is in."""
    words = words_in(language)
    return language[:2].lower() if words is not words_in("en") else "en"


def _table(
    rows: Sequence[dict[str, Any]], composed: Composed, currency: str, heading: str
) -> Table:
    words, language = composed.words, composed.language
    accrues = any(row["interest"] for row in rows)
    stages = stages_of(rows, words=words)

    def line(number: str, due_on: str, late: str, interest: int, open_: int) -> tuple[str, ...]:
        shown = (_money(interest, currency, language),) if accrues else ()
        return (number, due_on, late, *shown, _money(open_, currency, language))

    lines = [
        line(
            f"{row['number']} ({stages[row['level']]})" if stages else row["number"],
            _day(date.fromisoformat(row["due_on"]), language),
            str(row["days_late"]) if row["days_late"] > 0 else "",
            row["interest"],
            row["open"],
        )
        for row in rows
    ]
    if len(rows) > 1:
        sums = (sum(row[name] for row in rows) for name in ("interest", "open"))
        lines.append(line(words.total, "", "", *sums))
    interest = (words.interest,) if accrues else ()
    heads = (words.invoice, words.due_on, words.days_late, *interest, words.open)
    return Table(heads, tuple(lines), figures=2, heading=heading)


def _rows(
    decision: Decision, *, on: date, interest: Mapping[UUID, int]
) -> tuple[dict[str, Any], ...]:
    left, reached = dict(interest), decision.levels
    demanded = [
        _row(
            item,
            on=on,
            level=reached.get((item.invoice_id, item.due_on), item.level),
            interest=left.pop(item.invoice_id, 0),
        )
        for item in decision.items
    ]
    return (*demanded, *(_row(item, on=on, level="", interest=0) for item in decision.also))


def _row(item: Item, *, on: date, level: str, interest: int) -> dict[str, Any]:
    """An item as a message keeps it; amounts in minor units."""
    return {
        "invoice": public_id("invoice", item.invoice_id),
        "number": item.number,
        "issued_on": item.issued_on.isoformat(),
        "due_on": item.due_on.isoformat(),
        "days_late": item.days_late(on),
        "amount": item.amount,
        "open": item.open,
        "interest": interest,
        "level": level,
    }


def _contact(details: SellerDetailsView) -> str:
    contact = details.contact
    if contact is None:
        return ""
    return ", ".join(filter(None, (contact.name, contact.telephone, contact.email)))


def _money(amount: int, currency: str, language: str) -> str:
    major: Decimal = Money(amount, currency).decimal()
    return str(format_currency(major, currency, locale=_locale(language)))


@lru_cache(maxsize=1024)
def _day(day: date, language: str) -> str:
    """Many messages are about the same few days."""
    return str(format_date(day, format="long", locale=_locale(language)))


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    return Locale.parse(language)
