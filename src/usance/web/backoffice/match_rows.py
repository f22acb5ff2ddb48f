"""What the matching proposes, as pages show it: each reading with its shares and its grounds in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usance.records.identity import public_id
from usance.records.parties import queries as parties
from usance.records.payments import matching_queries
from usance.records.payments.models import Payment, Proposal
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.design.parts import Column, Link, Row, Table
from usance.web.words.amounts import money_text
from usance.web.words.matching import (
    confidence_text,
    held_back_text,
    reason_texts,
    rule_text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRow:
    """One reading. ``number`` is how the proposal counts it, the best 0; ``short`` says what stays open
    and why somebody may dispute it, empty if nothing does."""

    number: int
    label: str
    buyer: Link
    confidence: str
    rule: str
    reasons: list[str]
    shares: Table
    short: str
    foreign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRow:
    """One proposal of the queue."""

    public: str
    payment: Payment
    href: str
    amount: Money
    payer: str
    text: str
    account: str
    readings: list[ReadingRow]
    held_back: list[str]

    @property
    def best(self) -> ReadingRow:
        """The likeliest reading."""
        return self.readings[0]

    @property
    def title(self) -> str:
        """The proposal by its money and payer."""
        return _("%(amount)s from %(payer)s") % {
            "amount": money_text(self.payment.amount, self.payment.currency),
            "payer": self.payer or _("an unknown payer"),
        }


def proposal_rows(proposals: Sequence[Proposal], *, seller_id: UUID) -> list[ProposalRow]:
    """The proposals with the names of all that their readings speak of."""
    readings = [reading for one in proposals for reading in (one.best, *one.alternatives)]
    names = _Names(readings, seller_id=seller_id)
    return [_row(one, names) for one in proposals]


class _Names:
    """What the buyers and the documents of readings are called."""

    def __init__(self, readings: Collection[Mapping[str, Any]], *, seller_id: UUID) -> None:
        buyer_ids = {UUID(reading["buyer"]) for reading in readings}
        ids = {UUID(share["item_id"]) for reading in readings for share in reading["shares"]}
        self.buyers = parties.buyers_by_id(seller_id=seller_id, buyer_ids=buyer_ids)
        self.numbers = matching_queries.numbers_of(seller_id=seller_id, ids=ids)

    def number(self, share: Mapping[str, Any]) -> str:
        return self.numbers.get(UUID(share["item_id"]), _("no longer there"))


def _row(proposal: Proposal, names: _Names) -> ProposalRow:
    payment = proposal.payment
    line = payment.bank_transaction
    return ProposalRow(
        public=public_id("match_proposal", proposal.id),
        payment=payment,
        href=links.address("payment", payment.id),
        amount=Money(payment.amount, payment.currency),
        payer=payment.payer,
        text=line.text if line else payment.reference,
        account=line.counterparty_account if line else "",
        readings=[
            _reading(reading, number, payment, names)
            for number, reading in enumerate((proposal.best, *proposal.alternatives))
        ],
        held_back=[held_back_text(code) for code in proposal.held_back],
    )


def _reading(
    reading: Mapping[str, Any], number: int, payment: Payment, names: _Names
) -> ReadingRow:
    buyer = names.buyers[UUID(reading["buyer"])]
    currency, shares = reading["currency"], reading["shares"]
    numbers = ", ".join(names.number(share) for share in shares[:4])
    rest = len(shares) - 4
    if rest > 0:
        numbers = _("%(numbers)s and %(count)s more") % {"numbers": numbers, "count": rest}
    short = sum(share["short"] for share in shares if share["kind"] == "invoice")
    return ReadingRow(
        number=number,
        label=_("%(numbers)s of %(buyer)s") % {"numbers": numbers, "buyer": buyer.name},
        buyer=links.buyer_link(buyer),
        confidence=confidence_text(reading["confidence"]),
        rule=rule_text(reading["rule"]),
        reasons=reason_texts(reading["reasons"], currency=currency),
        shares=_shares(reading, names),
        short=money_text(short, currency) if short else "",
        foreign=currency != payment.currency,
    )


def _shares(reading: Mapping[str, Any], names: _Names) -> Table:
    """What each document gets, with columns only for what occurs."""
    currency, shares = reading["currency"], reading["shares"]
    given_up = [
        (name, label)
        for name, label in (
            ("discount", _("Discount")),
            ("charges", _("Bank charges")),
            ("tolerance", _("Small difference")),
            ("short", _("Stays open")),
        )
        if any(share[name] for share in shares)
    ]

    def cells(share: Mapping[str, Any]) -> list[object]:
        sign = 1 if share["kind"] == "invoice" else -1
        name: object = names.number(share)
        if share["kind"] == "invoice":
            name = Link(name, links.address("invoice", UUID(share["item_id"])))
        else:
            name = Link(name, links.address("payment", UUID(share["item_id"])))
        return [
            name,
            Money(sign * share["amount"], currency),
            *(Money(share[column], currency) for column, _label in given_up),
        ]

    rows = [Row(cells=cells(share)) for share in shares]
    if reading["unapplied"]:
        blank: list[object] = [""] * len(given_up)
        rows.append(
            Row(cells=[_("Stays unapplied"), Money(reading["unapplied"], currency), *blank])
        )
    return Table(
        caption=_("What it would pay"),
        columns=[
            Column(label=_("Document")),
            Column(label=_("Paid"), numeric=True),
            *(Column(label=label, numeric=True) for _name, label in given_up),
        ],
        rows=rows,
    )
