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
from collections.abc import Hashable, Iterable, Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class _Told(Generic[Key]):
    """A line with what is compared of it, letters and digits alone. ``place`` is its own among the
    known lines."""

    line: Line[Key]
    place: int
    references: frozenset[str]
    named: tuple[str, str, str]
    name: str
    text: str

    @property
    def most(self) -> int:
        """How much a line of the same day can share with it that has no reference in common."""
        return 10 * sum(map(bool, self.named)) + 5 * bool(self.name) + 5 * bool(self.text)


def _told(line: Line[Key], *, place: int = 0) -> _Told[Key]:
    return _Told(
        line=line,
        place=place,
        references=frozenset({_plain(line.reference), _plain(line.entry_reference)} - {""}),
        named=(
            _plain(line.end_to_end_id),
            _plain(line.structured_reference),
            _plain(line.account),
        ),
        name=_plain(line.name),
        text=_plain(line.text),
    )


class _Alike(Generic[Key]):
    """Known lines of one amount from files of one source.

    Nobody may have to compare each with each: a thousand subscribers pay the same on one day.
    """

    def __init__(self) -> None:
        self._by_reference: defaultdict[str, dict[Key, _Told[Key]]] = defaultdict(dict)
        self._by_day: defaultdict[date, dict[Key, _Told[Key]]] = defaultdict(dict)

    def add(self, told: _Told[Key]) -> None:
        key = told.line.key
        self._by_day[told.line.booked_on][key] = told
        for reference in told.references:
            self._by_reference[reference][key] = told

    def remove(self, told: _Told[Key]) -> None:
        key = told.line.key
        del self._by_day[told.line.booked_on][key]
        for reference in told.references:
            del self._by_reference[reference][key]

    def candidates(self, told: _Told[Key]) -> Iterator[_Told[Key]]:
        """Those that share a reference of the bank's, then those of the same day: no other can be
        the same booking."""
        for reference in told.references:
            yield from self._by_reference.get(reference, {}).values()
        yield from self._by_day.get(told.line.booked_on, {}).values()


class _Pool(Generic[Key]):
    """The known lines that have not been found again yet."""

    def __init__(self, lines: Sequence[Line[Key]], *, split: frozenset[Key]) -> None:
        self._by_fingerprint = {line.fingerprint: line for line in lines}
        self._alike: defaultdict[tuple[int, str], dict[str, _Alike[Key]]] = defaultdict(dict)
        self._batches: defaultdict[tuple[int, str], list[list[Line[Key]]]] = defaultdict(list)
        self._there: dict[Key, _Told[Key]] = {}
        self._taken: set[Key] = set()
        groups: defaultdict[Hashable, list[Line[Key]]] = defaultdict(list)
        for place, line in enumerate(lines):
            if line.key not in split:
                groups[line.group].append(line)
                told = self._there[line.key] = _told(line, place=place)
                by_source = self._alike[line.amount, line.currency]
                by_source.setdefault(line.source, _Alike()).add(told)
        for group in groups.values():
            if len(group) > 1:
                total = sum(line.amount for line in group)
                self._batches[total, group[0].currency].append(group)

    def by_fingerprint(self, line: Line[Key]) -> Key | None:
        """The known line with the same fingerprint."""
        same = self._by_fingerprint.get(line.fingerprint)
        if same is None or same.key in self._taken:
            return None
        self._take(same.key)
        return same.key

    def like(self, line: Line[Key]) -> Key | None:
        """The known line that is the same booking, the one that shares most first."""
        told = _told(line)
        enough = (_SAME_REFERENCE, told.most)
        best: tuple[int, int, _Told[Key]] | None = None
        for source, alike in self._alike.get((line.amount, line.currency), {}).items():
            if source == line.source:
                continue
            for other in alike.candidates(told):
                likeness = _likeness(told, other)
                if likeness is None:
                    continue
                if best is None or (likeness, -other.place) > best[:2]:
                    best = likeness, -other.place, other
                if likeness in enough:
                    break  # none shares more, and of equals the first is meant
        if best is None:
            return None
        self._take(best[2].line.key)
        return best[2].line.key

    def batch_of_sum(self, line: Line[Key]) -> list[Line[Key]] | None:
        """The payments that are known one by one and add up to ``line``."""
        groups = self._batches.get((line.amount, line.currency))
        if not groups:
            return None
        told = _told(line)
        for group in groups:
            if any(one.key in self._taken for one in group):
                continue
            if _likeness(told, _told(_as_one(group))) is not None:
                for one in group:
                    self._take(one.key)
                return group
        return None

    def _take(self, key: Key) -> None:
        self._taken.add(key)
        told = self._there.pop(key, None)
        if told is not None:
            line = told.line
            self._alike[line.amount, line.currency][line.source].remove(told)


_SAME_REFERENCE: Final = 100
"""How much lines share that have a reference of the bank's and the day in common."""


def _likeness(told: _Told[Key], known: _Told[Key]) -> int | None:
    """How much two lines of equal amount share; None if they are not the same booking."""
    line, other = told.line, known.line
    apart = abs((line.booked_on - other.booked_on).days)
    if line.source == other.source:
        return None
    if told.references & known.references:
        return _SAME_REFERENCE - apart if apart <= DAYS_APART else None
    same_format = line.source.rpartition(" ")[2] == other.source.rpartition(" ")[2]
    if (told.references and known.references and same_format) or apart:
        return None
    shared = 0
    for mine, theirs in zip(told.named, known.named, strict=True):
        if mine and theirs:
            if mine != theirs:
                return None
            shared += 10
    if line.name and other.name:
        if not _one_in_the_other(told.name, known.name):
            return None
        shared += 5
    if told.text and known.text and _one_in_the_other(told.text, known.text):
        shared += 5
    return shared


def _one_in_the_other(one: str, other: str) -> bool:
    """Whether one text is in the other; banks cut names and texts at different lengths."""
    short = min(len(one), len(other), 18)
    return (
        bool(one) and bool(other) and (one in other or other in one or one[:short] == other[:short])
    )


def _plain(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())
