"""What a bank line pays: each becomes a payment and finds its invoices, or is proposed to a person.

Lines are settled in batches, each batch in a transaction, so that whoever is interrupted goes on where
it stopped and nothing is done twice. What the rules are sure of books itself; for the rest a person
is shown what they make of it. A line whose booking fails is set aside, and the others go on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows import bank_claims, disputes, match_proposals, remittance_joining, set_aside
from usance.flows.allocating import Applications
from usance.flows.journal import Journal
from usance.flows.match_booking import Booking
from usance.flows.settlement import enter_receipt
from usance.records.credit import actions as credit
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.records.payments import matching_queries, queries
from usance.records.payments.models import BankTransaction, Payment, Proposal
from usance.records.statements import execute
from usance.rules.matching import model as matching
from usance.rules.matching.advised_payments import held_to_advice
from usance.rules.matching.engine import match
from usance.rules.matching.model import BankLine, Knowledge, Matched, MatchingSettings, Share
from usance.rules.matching.open_items import OpenItems
from usance.rules.matching.payers import Buyers, only_payer
from usance.rules.matching.quoted import references

BATCH: Final = 500
"""Bank lines settled in one transaction."""

Account = tuple[UUID, str]


@dataclass(slots=True)
class Settled:
    """What became of bank lines: counts, those matched by the rule that carried them."""

    lines: int = 0
    matched: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    proposed: int = 0
    unapplied: int = 0
    unidentified: int = 0
    set_aside: int = 0

    def add(self, other: Settled) -> None:
        """Count ``other`` too."""
        self.lines += other.lines
        self.proposed += other.proposed
        self.unapplied += other.unapplied
        self.unidentified += other.unidentified
        self.set_aside += other.set_aside
        for rule, count in other.matched.items():
            self.matched[rule] += count


class Ledger:
    """What the matching weighs of one seller, read once and kept up with what is booked."""

    def __init__(self, seller: Seller) -> None:
        self.seller = seller
        self.unwritten: set[UUID] = set()
        """Items that follow what the transaction under way books."""
        seller_id = seller.id
        self.items = OpenItems()
        self.buyers = Buyers()
        for item in matching_queries.open_items(seller_id=seller_id):
            self.items.add(item)
        for buyer in matching_queries.buyers(seller_id=seller_id):
            self.buyers.add(buyer)
        self.knowledge: Knowledge = matching_queries.knowledge(seller_id=seller_id)
        self.settings: MatchingSettings = matching_queries.settings(seller_id=seller_id)

    def forget_unwritten(self) -> None:
        """Read again what followed a transaction that was not committed: its items and its lessons."""
        gone = self.unwritten
        for item in matching_queries.items(seller_id=self.seller.id, ids=gone):
            self.items.add(item)
            gone.discard(item.id)
        for id_ in gone:
            self.items.change(id_, outstanding=0)
        gone.clear()
        self.knowledge = matching_queries.knowledge(seller_id=self.seller.id)

    def name(self, lines: Iterable[BankLine]) -> None:
        """Read what the lines name and is settled already: it is no open invoice, and says that the
        payer has the wrong number."""
        wanted = references(
            text for line in lines for text in (*line.structured_references, *line.texts)
        )
        for item in matching_queries.items_named(seller_id=self.seller.id, references=wanted):
            self.items.add(item)

    def refresh(self, ids: Iterable[UUID]) -> set[UUID]:
        """Read the items again, under lock; which have changed since they were read."""
        wanted = set(ids)
        now = {i.id: i for i in matching_queries.items(seller_id=self.seller.id, ids=wanted)}
        changed = set()
        for id_ in wanted:
            item, known = now.get(id_), self.items.get(id_)
            outstanding = item.outstanding if item else 0
            if known.outstanding != outstanding:
                changed.add(id_)
                self.items.change(id_, outstanding=outstanding)
        return changed

    def match(self, line: BankLine) -> Matched:
        """What ``line`` pays."""
        matched = match(
            line,
            items=self.items,
            buyers=self.buyers,
            knowledge=self.knowledge,
            settings=self.settings,
        )
        return held_to_advice(matched, line, found_by=line.advice_found_by)


def settle_all(
    seller: Seller,
    *,
    at: datetime,
    by: str,
    progress: Callable[[int], None] | None = None,
    most: int | None = None,
) -> Settled:
    """Settle every line that is not settled yet, or about ``most`` of them; ``progress`` hears how many
    are done.

    Lines that book debits are claimed before: they are no payments of their own. What the matching
    weighs is read once, and not at all where no line waits.
    """
    bank_claims.claim_lines(seller, at=at, by=by)
    total = Settled()
    ledger: Ledger | None = None
    while (most is None or total.lines < most) and queries.has_unsettled(
        seller_id=seller.id, at=at
    ):
        ledger = ledger or Ledger(seller)
        batch = settle_batch(seller, at=at, by=by, ledger=ledger)
        if not batch.lines:
            break
        total.add(batch)
        if progress:
            progress(total.lines)
    return total


def settle_batch(
    seller: Seller, *, at: datetime, by: str, limit: int = BATCH, ledger: Ledger | None = None
) -> Settled:
    """Turn up to ``limit`` unsettled lines into payments and let them pay what they are for.

    ``ledger`` is what a batch before has read; it is kept up with what this one books. Where booking
    fails, the lines are booked one by one, and the bad ones are set aside with their reason.
    """
    if ledger is None:
        bank_claims.claim_lines(seller, at=at, by=by)
    if not queries.has_unsettled(seller_id=seller.id, at=at):
        return Settled()
    ledger = ledger or Ledger(seller)
    try:
        return _settle_together(ledger, at=at, by=by, limit=limit)
    except Exception as error:
        if set_aside.is_passing(error):
            raise
        # Whatever it was, the others' money must not wait for it: what is wrong shows line by line.
        return _settle_singly(ledger, at=at, by=by, limit=limit)


def _settle_singly(ledger: Ledger, *, at: datetime, by: str, limit: int) -> Settled:
    """Each line in a transaction of its own; what cannot be booked is set aside."""
    total = Settled()
    ledger.forget_unwritten()
    for row in queries.unsettled(seller_id=ledger.seller.id, at=at, limit=limit):
        try:
            total.add(_settle_together(ledger, at=at, by=by, only=row))
        except Exception as error:
            if set_aside.is_passing(error):
                raise
            set_aside.set_aside(ledger.seller, row, error=error, at=at)
            total.lines += 1
            total.set_aside += 1
            ledger.forget_unwritten()
    return total


def _settle_together(
    ledger: Ledger, *, at: datetime, by: str, limit: int = 1, only: BankTransaction | None = None
) -> Settled:
    """Settle lines in one transaction: up to ``limit``, or ``only`` one if it is still unsettled."""
    with transaction.atomic():
        done = _settle_locked(ledger, at=at, by=by, limit=limit, only=only)
    ledger.unwritten.clear()
    return done


def _settle_locked(
    ledger: Ledger, *, at: datetime, by: str, limit: int, only: BankTransaction | None
) -> Settled:
    seller = ledger.seller
    # One at a time for a seller: two would pick the same lines.
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(seller.id)])
    if only is None:
        rows = queries.unsettled(seller_id=seller.id, at=at, limit=limit)
    else:
        rows = queries.unsettled(seller_id=seller.id, at=at, limit=1, line_id=only.id)
    if not rows:
        return Settled()
    advised = remittance_joining.advised_lines(seller, rows)
    lines = advised.lines
    ledger.name(lines)
    first = [ledger.match(line) for line in lines]
    locked = _lock(ledger, lines, first, at=at)
    changed = ledger.refresh(share.item_id for matched in first for share in _shares(matched))
    done = _Batch(ledger, locked=locked, changed=changed, at=at, by=by).book(rows, lines, first)
    remittance_joining.join(seller, advised, at=at, by=by)
    set_aside.forget(seller.id, rows)
    return done


def _shares(matched: Matched) -> Sequence[Share]:
    return matched.best.shares if matched.best else ()


def _owner(ledger: Ledger, line: BankLine, matched: Matched) -> UUID | None:
    """Whose money it is, if that is as good as certain.

    Money that may be for open items stays nobody's until a person has said for which: a buyer that it
    is taken for too early would have more credit by it.
    """
    best = matched.best
    if matched.self_book and best is not None:
        return best.buyer_id
    if best is not None and best.shares:
        return None
    return only_payer(line, buyers=ledger.buyers, knowledge=ledger.knowledge)


def _lock(
    ledger: Ledger, lines: Sequence[BankLine], first: Sequence[Matched], *, at: datetime
) -> set[Account]:
    """Lock the credit lines of all whose money these lines are, in the order of all flows."""
    owners = {
        (owner, line.currency)
        for line, matched in zip(lines, first, strict=True)
        if (owner := _owner(ledger, line, matched))
    }
    seller = ledger.seller
    for buyer_id, currency in sorted(owners):
        # Who pays in a currency it was never given credit in gets a line without limit.
        if not credit.line_exists(seller_id=seller.id, buyer_id=buyer_id, currency=currency):
            credit.ensure_line(seller_id=seller.id, buyer_id=buyer_id, currency=currency, at=at)
    credit.lock_lines(seller_id=seller.id, accounts=owners)
    return owners


class _Batch:
    """The lines of one transaction, booked one after the other."""

    def __init__(
        self, ledger: Ledger, *, locked: set[Account], changed: set[UUID], at: datetime, by: str
    ) -> None:
        self.ledger, self.locked, self.at, self.by = ledger, locked, at, by
        self.changed = changed
        """Items that are no longer as the lines were first matched against."""
        self.journal = Journal(ledger.seller, at=at, by=by)
        self.applied = Applications(self.journal)
        self.booking = Booking(ledger.seller.id)
        self.settled = Settled()
        self.proposals: list[Proposal] = []
        self.short: list[tuple[Payment, Sequence[Share]]] = []
        self.taught: list[tuple[BankLine, UUID, bool]] = []

    def book(
        self,
        rows: Sequence[BankTransaction],
        lines: Sequence[BankLine],
        first: Sequence[Matched],
    ) -> Settled:
        """Make a payment of each line and let it pay what it is sure to be for."""
        self.booking.read({share.item_id for matched in first for share in _shares(matched)})
        made = [
            self._settle(row, line, matched)
            for row, line, matched in zip(rows, lines, first, strict=True)
        ]
        self.applied.write(new=made)
        for payment, shares in self.short:
            disputes.open_for_deductions(self.journal, payment=payment, shares=shares)
        Proposal.objects.bulk_create(self.proposals)
        for lesson in match_proposals.teach(self.ledger.seller, self.taught, at=self.at):
            self.ledger.knowledge.take(lesson)
        self.journal.close()
        self.settled.lines = len(rows)
        return self.settled

    def _settle(self, row: BankTransaction, line: BankLine, matched: Matched) -> Payment:
        if self.changed.intersection(share.item_id for share in _shares(matched)):
            matched = self.ledger.match(line)
        sure = self._is_sure(matched)
        best = matched.best
        owner = best.buyer_id if best and sure else None
        if best is None or not best.shares:
            owner = _owner(self.ledger, line, matched)
            owner = owner if (owner, line.currency) in self.locked else None
        payment = _payment(row, buyer_id=owner, at=self.at)
        enter_receipt(self.journal, payment)
        if best is not None and sure:
            self.booking.book(self.applied, payment, best, rule=best.rule)
            self._follow(line, best)
            if any(share.short and share.deduction_reason for share in best.shares):
                self.short.append((payment, best.shares))
            self.settled.matched[best.rule] += 1
        elif best is not None and best.shares:
            self.settled.proposed += 1
        elif owner:
            self.settled.unapplied += 1
        else:
            self.settled.unidentified += 1
        if best is not None and best.shares:
            state = "booked" if sure else "open"
            self.proposals.append(
                match_proposals.new_proposal(payment, matched, state=state, at=self.at)
            )
        return payment

    def _is_sure(self, matched: Matched) -> bool:
        """Whether the best reading books itself, and what it settles is there, read under lock."""
        best = matched.best
        return (
            best is not None
            and matched.self_book
            and (best.buyer_id, best.currency) in self.locked
            and self.booking.fits(best)
        )

    def _follow(self, line: BankLine, best: matching.Proposal) -> None:
        """Keep the index up with what was booked, and learn from what was named."""
        items = self.ledger.items
        for share in best.shares:
            left = items.get(share.item_id).outstanding - share.settles
            items.change(share.item_id, outstanding=left)
            self.changed.add(share.item_id)
            self.ledger.unwritten.add(share.item_id)
        if best.rule in matching.NAMING_RULES:
            self.taught.append((line, best.buyer_id, False))


def _payment(row: BankTransaction, *, buyer_id: UUID | None, at: datetime) -> Payment:
    return Payment(
        id=new_id(),
        seller_id=row.seller_id,
        created_at=at,
        buyer_id=buyer_id,
        bank_transaction_id=row.id,
        state="unapplied",
        currency=row.currency,
        amount=row.amount,
        received_on=row.booked_on,
        payer=row.counterparty,
        reference=row.structured_reference or row.text[:140],
    )
