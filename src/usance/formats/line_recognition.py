"""Which lines of a bank file tell of bookings that another file has told already.

A bank tells the same booking up to three times: in the report of the day (camt.052, MT942), in a
notification that names the payments of a batch (camt.054), and in the statement (camt.053, MT940). A
person may send the same days as another format besides. Nothing may be booked twice, and nothing
may be lost because it only looks like something else:

- a fingerprint that is the same is the same booking;
- the bank's own reference, the same with the same amount, is the same booking, a few days apart at
  most;
- without references, day and amount must be the same, nothing that both name may differ, and the two
  must come from files of different kinds: within one kind, two lines that are alike are two bookings;
- payments of one entry are the same booking as one line of their sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Generic, TypeVar

DAYS_APART: Final = 5
"""Between the days on which a report and a statement book the same."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Generic[Key]):
    """A line as it is compared. ``key`` is the caller's name for it."""

    key: Key
    source: str
    """Kind and format of the file it is from: lines of one source are never the same by likeness."""
    group: Hashable
    """The entry it is part of; lines of one group add up to what was booked."""
    fingerprint: str
    amount: int
    currency: str
    booked_on: date
    reference: str = ""
    """The bank's reference of the line itself."""
    entry_reference: str = ""
    """The bank's reference of the entry, where it is a batch."""
    end_to_end_id: str = ""
    structured_reference: str = ""
    account: str = ""
    """The other side's account."""
    name: str = ""
    text: str = ""


@dataclass(slots=True)
class Recognized(Generic[Key]):
    """What became of the incoming lines, each by its key in exactly one of the three."""

    known: dict[Key, Key] = field(default_factory=dict)
    """The same booking as a line that is there."""
    splits: dict[Key, Key] = field(default_factory=dict)
    """A payment of a batch that is there as one line, by which it stands."""
    new: list[Key] = field(default_factory=list)


def recognize(
    incoming: Sequence[Line[Key]], known: Sequence[Line[Key]], *, split: Iterable[Key] = ()
) -> Recognized[Key]:
    """Tell which of ``incoming`` (one file, one account) is among the ``known`` lines of the account.

    ``split`` are the known lines that have been split already: the lines of their group, which carry
    their money, stand beside them. Each known line is the same as one incoming line at most.
    """
    found: Recognized[Key] = Recognized()
    pool = _Pool(known, split=frozenset(split))
    left: dict[Hashable, list[Line[Key]]] = defaultdict(list)
    for line in incoming:
        same = pool.by_fingerprint(line)
        if same is not None:
            found.known[line.key] = same
        else:
            left[line.group].append(line)
    for lines in left.values():
        if len(lines) > 1:
            _recognize_batch(lines, pool, found)
        else:
            _recognize_one(lines[0], pool, found)
    return found


def _recognize_one(line: Line[Key], pool: _Pool[Key], found: Recognized[Key]) -> None:
    same = pool.like(line)
    if same is None:
        batch = pool.batch_of_sum(line)
        same = batch[0].key if batch else None
    if same is None:
        found.new.append(line.key)
    else:
        found.known[line.key] = same


def _recognize_batch(lines: list[Line[Key]], pool: _Pool[Key], found: Recognized[Key]) -> None:
    whole = _as_one(lines)
    batch = pool.batch_of_sum(whole)
    if batch is not None:
        for line in lines:
            found.known[line.key] = batch[0].key
        return
    one = pool.like(whole)
    for line in lines:
        if one is not None:
            found.splits[line.key] = one
        elif (same := pool.like(line)) is not None:
            found.known[line.key] = same
        else:
            found.new.append(line.key)


def _as_one(lines: list[Line[Key]]) -> Line[Key]:
    """The booking that the payments ``lines`` are of, as a bank would tell it in one line."""
    first = lines[0]
    return Line(
        key=first.key,
        source=first.source,
        group=first.group,
        fingerprint="",
        amount=sum(line.amount for line in lines),
        currency=first.currency,
        booked_on=first.booked_on,
        reference=first.entry_reference,
        entry_reference=first.entry_reference,
    )


class _Pool(Generic[Key]):
    """The known lines that have not been found again yet."""

    def __init__(self, lines: Sequence[Line[Key]], *, split: frozenset[Key]) -> None:
        self._by_fingerprint = {line.fingerprint: line for line in lines}
        self._by_amount: defaultdict[tuple[int, str], list[Line[Key]]] = defaultdict(list)
        self._batches: defaultdict[tuple[int, str], list[list[Line[Key]]]] = defaultdict(list)
        self._taken: set[Key] = set()
        groups: defaultdict[Hashable, list[Line[Key]]] = defaultdict(list)
        for line in lines:
            if line.key not in split:
                groups[line.group].append(line)
                self._by_amount[line.amount, line.currency].append(line)
        for group in groups.values():
            if len(group) > 1:
                total = sum(line.amount for line in group)
                self._batches[total, group[0].currency].append(group)

    def by_fingerprint(self, line: Line[Key]) -> Key | None:
        """The known line with the same fingerprint."""
        same = self._by_fingerprint.get(line.fingerprint)
        if same is None or same.key in self._taken:
            return None
        self._taken.add(same.key)
        return same.key

    def like(self, line: Line[Key]) -> Key | None:
        """The known line that is the same booking, the one that shares most first."""
        best: tuple[int, Line[Key]] | None = None
        for other in self._by_amount[line.amount, line.currency]:
            if other.key in self._taken:
                continue
            likeness = _likeness(line, other)
            if likeness is not None and (best is None or likeness > best[0]):
                best = likeness, other
        if best is None:
            return None
        self._taken.add(best[1].key)
        return best[1].key

    def batch_of_sum(self, line: Line[Key]) -> list[Line[Key]] | None:
        """The payments that are known one by one and add up to ``line``."""
        for group in self._batches[line.amount, line.currency]:
            if any(one.key in self._taken for one in group):
                continue
            if _likeness(line, _as_one(group)) is not None:
                self._taken.update(one.key for one in group)
                return group
        return None


def _likeness(line: Line[Key], other: Line[Key]) -> int | None:
    """How much two lines of equal amount share; None if they are not the same booking."""
    references = {_plain(line.reference), _plain(line.entry_reference)} - {""}
    others = {_plain(other.reference), _plain(other.entry_reference)} - {""}
    apart = abs((line.booked_on - other.booked_on).days)
    if line.source == other.source:
        return None
    if references & others:
        return 100 - apart if apart <= DAYS_APART else None
    same_format = line.source.rpartition(" ")[2] == other.source.rpartition(" ")[2]
    if (references and others and same_format) or apart:
        return None
    shared = 0
    for mine, theirs in (
        (line.end_to_end_id, other.end_to_end_id),
        (line.structured_reference, other.structured_reference),
        (line.account, other.account),
    ):
        if mine and theirs:
            if _plain(mine) != _plain(theirs):
                return None
            shared += 10
    if line.name and other.name:
        if not _one_in_the_other(line.name, other.name):
            return None
        shared += 5
    if line.text and other.text and _one_in_the_other(line.text, other.text):
        shared += 5
    return shared


def _one_in_the_other(one: str, other: str) -> bool:
    """Whether one text is in the other; banks cut names and texts at different lengths."""
    a, b = _plain(one), _plain(other)
    short = min(len(a), len(b), 18)
    return bool(a) and bool(b) and (a in b or b in a or a[:short] == b[:short])


def _plain(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())
