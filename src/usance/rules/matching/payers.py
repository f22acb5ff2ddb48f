"""Who paid: the buyer behind an account or a name, from master data and from what was learnt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from rapidfuzz import fuzz

from usance.rules.matching import evidence
from usance.rules.matching.keys import comparable
from usance.rules.matching.model import BankLine, Buyer, Kind, Knowledge, Lesson, Reason
from usance.rules.matching.texts import Texts, pattern
from usance.rules.screening import normalised

ACCOUNT_OF_ANOTHER: Final = -17
_NAME_OF_ANOTHER: Final = -12
_BY_ACCOUNT: Final = 13
"""On top of picking one buyer out of all."""
_BY_NUMBER: Final = 36
_BY_TEXT: Final = 15
_AGENT: Final = 3
"""From so many buyers on, whoever pays for them pays for others too."""
_MOST_BY_NAME: Final = 38
_LEAST_BY_NAME: Final = 6
_OF_AN_AGENT: Final = 12
_ALIKE: Final = 86
_ON_FILE: Final = 3
"""What an account in the master data weighs beside one that a match has taught."""
_FIRST_LETTERS: Final = 4
_MOST_ALIKE: Final = 40


@dataclass(frozen=True, slots=True)
class Payer:
    """What speaks for one buyer as the payer of a line: ``weight`` in decibans, and why.

    ``sure`` is an account or a name that is hardly another's; ``contradicted`` an account of another.
    """

    weight: int
    reasons: tuple[Reason, ...]
    sure: bool = False
    contradicted: bool = False


_FORMS: Final = frozenset(
    [
        "corp",
        "corporation",
        "co",
        "company",
        "llc",
        "inc",
        "incorporated",
        "ltd",
        "limited",
        "plc",
        "lp",
        "llp",
        "gmbh",
        "mbh",
        "ag",
        "kg",
        "ohg",
        "sarl",
        "sas",
        "srl",
        "spa",
        "sl",
        "bv",
        "nv",
        "ab",
        "oy",
        "aps",
        "as",
        "accounts",
        "payable",
        "ap",
        "dept",
        "the",
    ]
)
"""Words that say nothing of who it is, wherever they stand: a town or a department may follow."""


@lru_cache(maxsize=65_536)
def name_key(name: str) -> str:
    """A company's name as it is compared: folded, without legal form."""
    whole = normalised(name)
    words = [word for word in whole.split() if word not in _FORMS]
    return " ".join(words) or whole


def account_key(account: str) -> str:
    """An account as it is compared: capitals and digits."""
    return "".join(character for character in account.upper() if character.isalnum())


class Buyers:
    """The seller's buyers, found by account, customer number and name."""

    def __init__(self) -> None:
        self._buyers: dict[UUID, Buyer] = {}
        self._names: dict[UUID, tuple[str, ...]] = {}
        self._by_name: dict[str, set[UUID]] = {}
        self._by_start: dict[str, dict[str, int]] = {}
        self._by_number: dict[str, set[UUID]] = {}
        self._by_account: dict[str, set[UUID]] = {}

    def __len__(self) -> int:
        return len(self._buyers)

    def add(self, buyer: Buyer) -> None:
        """Take in ``buyer``, in place of an earlier state of it."""
        if buyer.id in self._buyers:
            self.remove(buyer.id)
        self._buyers[buyer.id] = buyer
        names = tuple(dict.fromkeys(filter(None, map(name_key, buyer.names))))
        self._names[buyer.id] = names
        for name in names:
            self._by_name.setdefault(name, set()).add(buyer.id)
            starts = self._by_start.setdefault(name[:_FIRST_LETTERS], {})
            starts[name] = starts.get(name, 0) + 1
        for number in map(comparable, buyer.customer_numbers):
            self._by_number.setdefault(number, set()).add(buyer.id)
        for account in map(account_key, buyer.accounts):
            self._by_account.setdefault(account, set()).add(buyer.id)

    def remove(self, buyer_id: UUID) -> None:
        """Forget a buyer. Raises KeyError if unknown."""
        buyer = self._buyers.pop(buyer_id)
        for name in self._names.pop(buyer_id):
            self._by_name[name].discard(buyer_id)
            starts = self._by_start[name[:_FIRST_LETTERS]]
            starts[name] -= 1
            if not starts[name]:
                del starts[name], self._by_name[name]
        for number in map(comparable, buyer.customer_numbers):
            self._by_number[number].discard(buyer_id)
        for account in map(account_key, buyer.accounts):
            self._by_account[account].discard(buyer_id)

    def name(self, buyer_id: UUID) -> str:
        """The first name of a buyer; empty if unknown."""
        buyer = self._buyers.get(buyer_id)
        return buyer.names[0] if buyer and buyer.names else ""

    def names_of(self, buyer_id: UUID) -> tuple[str, ...]:
        """A buyer's names as they are compared."""
        return self._names.get(buyer_id, ())

    def with_account(self, account: str) -> Iterable[UUID]:
        """Whose account it is, by the master data."""
        return self._by_account.get(account, ())

    def with_name(self, name: str) -> Iterable[UUID]:
        """Whose name it is, in comparable form."""
        return self._by_name.get(name, ())

    def with_number(self, number: str) -> Iterable[UUID]:
        """Whose customer number it is, in comparable form."""
        return self._by_number.get(number, ())

    def alike(self, name: str) -> list[UUID]:
        """Buyers with a name that begins as ``name`` does and is much like it, the likest first."""
        found = [
            (-score, other)
            for other in self._by_start.get(name[:_FIRST_LETTERS], ())
            if (score := name_likeness(name, other)) >= _ALIKE
        ]
        chosen: dict[UUID, None] = {}
        for _, other in sorted(found)[:_MOST_ALIKE]:
            chosen.update(dict.fromkeys(sorted(self._by_name[other])))
        return list(chosen)[:_MOST_ALIKE]


@lru_cache(maxsize=262_144)
def name_likeness(one: str, other: str) -> int:
    """0 to 100, of ``one`` on a statement and ``other`` on file. Banks cut names off, so what is the
    beginning of a name is much like it; a longer one may be a branch, or somebody else."""
    if one == other:
        return 100
    alike = int(fuzz.ratio(one, other))
    if len(one) >= 8 and other.startswith(one):
        return max(alike, 92)
    if one.startswith(other + " ") and len(other) >= 6:
        alike = max(alike, _ALIKE)
    shorter, longer = sorted((one, other), key=len)
    words, others = shorter.split(), longer.split()
    if len(words) > 1 and words[0] == others[0] and len(shorter) >= 6:
        common = len(set(words) & set(others))
        if common == len(words) or common * 3 >= max(len(words), len(others)) * 2:
            alike = max(alike, 88)
    return alike


class Paying:
    """The payer of one line, asked of one buyer after another."""

    def __init__(self, line: BankLine, texts: Texts, buyers: Buyers, knowledge: Knowledge) -> None:
        self._buyers, self._knowledge = buyers, knowledge
        self._account = account_key(line.payer_account)
        self._names = [
            key
            for name in (line.ultimate_payer, line.payer_name)
            if name and (key := name_key(name))
        ]
        self._acts_for = bool(line.ultimate_payer)
        self._pattern = pattern(line)
        self._plain = texts.plain
        self._accounts = dict(knowledge.buyers("account", self._account)) if self._account else {}
        for buyer_id in buyers.with_account(self._account) if self._account else ():
            self._accounts[buyer_id] = self._accounts.get(buyer_id, 0) + _ON_FILE
        self._accounts = {k: v for k, v in self._accounts.items() if v > 0}
        self._numbers = {
            buyer_id: token.text
            for token in texts.tokens
            if len(token.text) >= 5
            for buyer_id in buyers.with_number(token.text)
        }
        self._agent = not self._acts_for and self._pays_for_several()
        self._known: dict[UUID, Payer] = {}

    def candidates(self) -> list[UUID]:
        """Buyers for whom something speaks, by themselves."""
        found = dict.fromkeys(sorted(self._accounts, key=lambda b: (-self._accounts[b], b)))
        found.update(dict.fromkeys(sorted(self._numbers)))
        for name in self._names:
            learnt = self._knowledge.buyers("name", name)
            found.update(dict.fromkeys(sorted(b for b, weight in learnt.items() if weight > 0)))
            exact = sorted(self._buyers.with_name(name))
            found.update(dict.fromkeys(exact))
            if not self._accounts:
                found.update(dict.fromkeys(self._buyers.alike(name)))
        if not found:
            learnt = self._knowledge.buyers("text", self._pattern) if self._pattern else {}
            found.update(dict.fromkeys(sorted(b for b, weight in learnt.items() if weight > 0)))
        return list(found)[:_MOST_ALIKE]

    def _pays_for_several(self) -> bool:
        """A factor, a group's treasury: whose money it is does not say whose invoice."""
        if self._accounts:
            return len(self._accounts) >= _AGENT
        return any(
            sum(w > 0 for w in self._knowledge.buyers("name", name).values()) >= _AGENT
            for name in self._names
        )

    def of(self, buyer_id: UUID) -> Payer:
        """What speaks for ``buyer_id``."""
        known = self._known.get(buyer_id)
        if known is None:
            known = self._known[buyer_id] = self._weigh(buyer_id)
        return known

    def _weigh(self, buyer_id: UUID) -> Payer:
        account, account_reasons = self._by_account(buyer_id)
        name, name_reasons = self._by_name(buyer_id)
        number = _BY_NUMBER if buyer_id in self._numbers else 0
        text = self._by_text(buyer_id)
        contradicted = account == ACCOUNT_OF_ANOTHER
        # An account and a name come from one order: the stronger counts, the other shades it.
        if self._acts_for and name > 0:
            weight, contradicted = name, False
        elif contradicted:
            weight = account + max(0, name) // 2
        elif account:
            weight = account + (3 if name > 0 else -3 if name < 0 else 0)
        elif self._agent:
            weight = min(name, _OF_AN_AGENT)
        else:
            weight = name
        reasons = account_reasons + name_reasons
        if number:
            weight = max(weight, 0) + number if weight < 20 else weight + 8
            written = self._numbers[buyer_id]
            reasons += (Reason("customer_number", (("written", written),)),)
        if text:
            weight = max(weight, weight + 2, text)
            reasons += (Reason("text_known"),)
        if not reasons:
            reasons = (Reason("payer_unknown"),)
        one_of_all = evidence.weight_of(len(self._buyers))
        least = max(_LEAST_BY_NAME, min(one_of_all, _MOST_BY_NAME) - 11)
        sure = weight >= least and not contradicted and not self._agent
        return Payer(min(weight, 58), reasons, sure, contradicted)

    def _by_account(self, buyer_id: UUID) -> tuple[int, tuple[Reason, ...]]:
        if not self._accounts:
            return 0, ()
        own = self._accounts.get(buyer_id, 0)
        if not own and len(self._accounts) > 1:
            return 0, ()  # whoever has paid for several may well pay for one more
        if not own:
            other = self._buyers.name(min(self._accounts, key=lambda b: (-self._accounts[b], b)))
            return ACCOUNT_OF_ANOTHER, (Reason("payer_is_another", (("name", other),)),)
        total = sum(self._accounts.values())
        weight = (
            _BY_ACCOUNT
            + evidence.weight_of(len(self._buyers))
            - (evidence.weight_of(total) - evidence.weight_of(own))
        )
        if len(self._accounts) == 1:
            return weight, (Reason("account_known"),)
        return weight, (Reason("account_of_several", (("buyers", len(self._accounts)),)),)

    def _by_name(self, buyer_id: UUID) -> tuple[int, tuple[Reason, ...]]:
        own = self._buyers.names_of(buyer_id)
        best = _NAME_OF_ANOTHER if self._names else 0
        reasons: tuple[Reason, ...] = ()
        for name in self._names:
            weight, found = self._of_name(buyer_id, own, name)
            if weight > best:
                best, reasons = weight, found
            if self._acts_for and weight > 0:
                break
        if best < 10 and own and self._mentioned(own):
            return 24, (Reason("name_alike", (("name", self._buyers.name(buyer_id)),)),)
        return best, reasons

    def _mentioned(self, own: tuple[str, ...]) -> bool:
        """Whether a payer says in the text for whom it pays."""
        return any(len(name) >= 10 and name.upper() in self._plain for name in own)

    def _of_name(
        self, buyer_id: UUID, own: tuple[str, ...], name: str
    ) -> tuple[int, tuple[Reason, ...]]:
        learnt = self._knowledge.buyers("name", name)
        one_of_all = evidence.weight_of(len(self._buyers))
        if name in own or learnt.get(buyer_id, 0) > 0:
            same = set(self._buyers.with_name(name))
            same.update(other for other, weight in learnt.items() if weight > 0)
            found = one_of_all - evidence.weight_of(max(1, len(same)))
            reason = Reason("name_known", (("name", self._buyers.name(buyer_id)),))
            return max(_LEAST_BY_NAME, min(_MOST_BY_NAME, found)), (reason,)
        alike = max((name_likeness(name, each) for each in own), default=0)
        if alike < _ALIKE:
            return (-4 if alike >= 70 else _NAME_OF_ANOTHER), ()
        # Never far behind a name that is the same: names that are much alike are mixed up.
        found = min(_MOST_BY_NAME, one_of_all) - (10 if alike >= 92 else 15)
        reason = Reason("name_alike", (("name", self._buyers.name(buyer_id)),))
        return max(_LEAST_BY_NAME, found), (reason,)

    def _by_text(self, buyer_id: UUID) -> int:
        learnt = self._knowledge.buyers("text", self._pattern) if self._pattern else {}
        own, total = learnt.get(buyer_id, 0), sum(w for w in learnt.values() if w > 0)
        return _BY_TEXT if own >= 2 and own * 10 >= total * 9 else 0


LONGEST_LESSON: Final = 140
"""Characters of a name, an account or words that are learnt: no bank lets a payer write more."""


def only_payer(line: BankLine, *, buyers: Buyers, knowledge: Knowledge) -> UUID | None:
    """The one buyer that the account, or without a known account the name, has stood for; None if
    there is none, or several."""
    account, name = (
        account_key(line.payer_account),
        name_key(line.ultimate_payer or line.payer_name),
    )
    found: set[UUID] = set()
    if account and not line.ultimate_payer:
        learnt = knowledge.buyers("account", account)
        found = {buyer_id for buyer_id, weight in learnt.items() if weight > 0}
        found.update(buyers.with_account(account))
    if not found and name:
        learnt = knowledge.buyers("name", name)
        found = {buyer_id for buyer_id, weight in learnt.items() if weight > 0}
        found.update(buyers.with_name(name))
    return found.pop() if len(found) == 1 else None


def lessons(line: BankLine, *, buyer_id: UUID, undone: bool = False) -> tuple[Lesson, ...]:
    """What a confirmed match of ``line`` to ``buyer_id`` teaches, or an undone one.

    Where somebody acts for another, the account and the name are the agent's and teach nothing.
    """
    weight = -2 if undone else 1
    learnt: dict[Kind, str] = {
        "account": "" if line.ultimate_payer else account_key(line.payer_account),
        "name": name_key(line.ultimate_payer or line.payer_name),
        "text": pattern(line),
    }
    return tuple(
        Lesson(kind, value, buyer_id, weight)
        for kind, value in learnt.items()
        # What is longer is no name: a table whose columns were mistaken for others.
        if 0 < len(value) <= LONGEST_LESSON
    )
