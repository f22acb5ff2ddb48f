"""(m) Cash application over a ledger drawn from real open items: what books itself, what is wrong.

``make bench ARGS=matching``, or ``python -m benchmarks.matching_quality`` without a database. The
seeds 1 to 5, 101 and 111 to 113 were looked at while the rules were made; 121 and on were not.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from benchmarks import matching_ledger, matching_lines
from benchmarks.matching_lines import Truth, World
from usance.rules.matching.engine import match
from usance.rules.matching.model import BankLine, Knowledge, Matched, MatchingSettings
from usance.rules.matching.open_items import OpenItems
from usance.rules.matching.payers import Buyers, lessons

HELD_OUT = (121, 122, 123)
DAY = 1_000
"""Lines after which a person has seen to what did not book itself."""
NEAR = 3_000
"""A share is right if it is as near as this (minor units): charges may be put on any invoice."""
LARGE = 1_000_000


@dataclass
class Tally:
    """Lines and money (minor units) of one class."""

    lines: int = 0
    money: int = 0
    booked: int = 0
    booked_money: int = 0
    wrong: int = 0
    wrong_money: int = 0
    proposed_right: int = 0

    def add(self, other: Tally) -> None:
        """Count ``other`` too."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Outcome:
    """What came of one world."""

    classes: dict[str, Tally] = field(default_factory=dict)
    named: Tally = field(default_factory=Tally)
    ours: Tally = field(default_factory=Tally)
    everything: Tally = field(default_factory=Tally)
    wrong: list[tuple[BankLine, Truth, Matched]] = field(default_factory=list)
    held: Counter[tuple[str, str]] = field(default_factory=Counter)
    confidence: dict[int, list[int]] = field(default_factory=dict)
    """Right and all best proposals, by confidence in hundreds of basis points."""
    seconds: float = 0.0

    @property
    def wrong_large(self) -> int:
        """Wrong lines of more than 10,000."""
        return sum(line.amount > LARGE for line, _, _ in self.wrong)


def draw(seed: int, *, invoices: int, lines: int) -> World:
    """The world of ``seed``."""
    dice = random.Random(seed)
    rows = matching_ledger.read(matching_ledger.folder() / matching_ledger.FILE)
    ledger = matching_ledger.draw_ledger(rows, size=invoices, draw=dice)
    return matching_lines.draw_lines(ledger, count=lines, draw=dice)


def is_right(matched: Matched, truth: Truth) -> bool:
    """Whether the best proposal pays what the line truly pays."""
    shares = matched.best.shares if matched.best else ()
    paid = {s.item_id: s.amount if s.kind == "invoice" else -s.amount for s in shares}
    return paid.keys() == truth.paid.keys() and all(
        abs(paid[item] - amount) <= NEAR for item, amount in truth.paid.items()
    )


def prepare(world: World) -> tuple[OpenItems, Buyers, Knowledge]:
    """The index, the master data and what earlier payments taught."""
    items, buyers, knowledge = OpenItems(), Buyers(), Knowledge()
    for item in world.ledger.items:
        items.add(item)
    for customer in world.ledger.customers:
        buyers.add(customer.buyer)
    for line, buyer_id in world.history:
        for lesson in lessons(line, buyer_id=buyer_id):
            knowledge.take(lesson)
    return items, buyers, knowledge


def book(items: OpenItems, paid: dict[UUID, int]) -> None:
    """Take payments off; what is left by discount or charges is written off if it is little."""
    for item_id, amount in paid.items():
        item = items.get(item_id)
        left = max(0, item.outstanding - abs(amount))
        if left and left * 20 <= item.outstanding:
            left = 0
        items.change(item_id, outstanding=left)


def run(world: World, *, settings: MatchingSettings | None = None) -> Outcome:
    """Match all lines in order. What books itself is booked and learnt from at once; what does not,
    and what was wrong, is put right by a person at the end of the day."""
    settings = settings or MatchingSettings()
    items, buyers, knowledge = prepare(world)
    outcome = Outcome()
    waiting: list[tuple[BankLine, Truth]] = []
    for place, (line, truth) in enumerate(world.lines):
        begun = time.process_time()
        matched = match(line, items=items, buyers=buyers, knowledge=knowledge, settings=settings)
        outcome.seconds += time.process_time() - begun
        right = is_right(matched, truth)
        _count(outcome, line, truth, matched, right)
        if matched.self_book and right:
            begun = time.process_time()
            book(items, truth.paid)
            _learn(knowledge, line, truth)
            outcome.seconds += time.process_time() - begun
        else:
            waiting.append((line, truth))
        if place % DAY == DAY - 1:
            for late, true in waiting:
                book(items, true.paid)
                _learn(knowledge, late, true)
            waiting.clear()
    return outcome


def _learn(knowledge: Knowledge, line: BankLine, truth: Truth) -> None:
    if truth.buyer_id is not None and truth.paid:
        for lesson in lessons(line, buyer_id=truth.buyer_id):
            knowledge.take(lesson)


def _count(outcome: Outcome, line: BankLine, truth: Truth, matched: Matched, right: bool) -> None:
    booked, wrong = matched.self_book, matched.self_book and not right
    one = Tally(
        lines=1,
        money=line.amount,
        booked=int(booked and right),
        booked_money=line.amount if booked and right else 0,
        wrong=int(wrong),
        wrong_money=line.amount if wrong else 0,
        proposed_right=int(right and not booked),
    )
    outcome.classes.setdefault(truth.kind, Tally()).add(one)
    outcome.everything.add(one)
    if truth.paid:
        outcome.ours.add(one)
    if truth.names:
        outcome.named.add(one)
    if wrong:
        outcome.wrong.append((line, truth, matched))
    for reason in matched.held_back:
        outcome.held[truth.kind, reason] += 1
    if matched.best and matched.best.shares and matched.best.currency == line.currency:
        row = outcome.confidence.setdefault(matched.best.confidence // 100, [0, 0])
        row[0] += right
        row[1] += 1


def table(outcome: Outcome) -> list[str]:
    """A line a class."""
    head = f"  {'':26}{'lines':>8}{'booked':>9}{'money':>9}{'wrong':>7}{'proposed':>10}"
    rows = [head]
    summary = {
        "that name something": outcome.named,
        "that are ours": outcome.ours,
        "all": outcome.everything,
    }
    for name, tally in (*sorted(outcome.classes.items()), *summary.items()):
        money = tally.booked_money / tally.money if tally.money else 0
        rows.append(
            f"  {name:26}{tally.lines:8,}{tally.booked / max(1, tally.lines):9.2%}{money:9.2%}"
            f"{tally.wrong:7}{tally.proposed_right / max(1, tally.lines):10.2%}"
        )
    return rows


def reliability(outcome: Outcome) -> list[str]:
    """How often proposals of a confidence were right."""
    bands = ((0, 50), (50, 80), (80, 90), (90, 95), (95, 98), (98, 99), (99, 100))
    rows = []
    for low, high in bands:
        right = sum(r for c, (r, _) in outcome.confidence.items() if low <= c < high)
        whole = sum(n for c, (_, n) in outcome.confidence.items() if low <= c < high)
        if whole:
            rows.append(
                f"  confidence {low:3} to {high:3} %: {right / whole:7.2%} right of {whole:,}"
            )
    return rows


@dataclass(frozen=True)
class Report:
    """What the measure prints."""

    text: list[str]

    def lines(self) -> list[str]:
        """The result as text."""
        return self.text


def report(*, quick: bool) -> Report:
    """Quality over the seeds that were held out, then speed as the ledger grows."""
    from benchmarks import matching_speed

    path = matching_ledger.folder() / matching_ledger.FILE
    if not path.is_file():
        return Report([f"(m) matching: no open items at {path}; set USANCE_SHARED"])
    invoices, lines = (10_000, 2_000) if quick else (100_000, 20_000)
    text = [f"(m) {lines:,} bank lines over {invoices:,} open invoices"]
    for seed in HELD_OUT[:1] if quick else HELD_OUT:
        outcome = run(draw(seed, invoices=invoices, lines=lines))
        text += [f"  seed {seed}: {outcome.seconds:.1f} s of processor time", *table(outcome)]
        text += [f"  wrong above 10,000: {outcome.wrong_large}", *reliability(outcome)]
    for size in (10_000,) if quick else (100_000, 300_000, 1_000_000):
        text.append(matching_speed.in_process(invoices=size, lines=lines, seed=101).text())
    return Report(text)


def main() -> None:
    """Print the tables of some seeds."""
    parser = argparse.ArgumentParser(prog="benchmarks.matching_quality")
    parser.add_argument("seeds", nargs="*", type=int, default=HELD_OUT)
    parser.add_argument("--invoices", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--show", action="store_true", help="the wrong lines")
    options = parser.parse_args()
    for seed in options.seeds:
        world = draw(seed, invoices=options.invoices, lines=options.lines)
        outcome = run(world)
        print(f"seed {seed}: {outcome.seconds:.1f} s of processor time")
        print("\n".join((*table(outcome), *reliability(outcome))))
        print(f"  wrong above 10,000: {outcome.wrong_large}", flush=True)
        if options.show:
            for line, truth, matched in outcome.wrong:
                print(line, truth, matched, sep="\n    ")


if __name__ == "__main__":
    main()
