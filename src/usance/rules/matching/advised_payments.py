"""Which payment a remittance advice is of, and what may not book itself on the strength of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

from usance.rules.matching.keys import comparable
from usance.rules.matching.model import AdviceLine, BankLine, HeldBack, Matched
from usance.rules.matching.payers import account_key, name_key

FoundBy = Literal["name", "amount"]
"""``name``: the bank calls the payment as the advice does. ``amount``: only amount and day agree."""

SHORTEST_NAME: Final = 5
"""Characters of a reference that tells a payment by itself; shorter ones, as cheque numbers are, need the
amount beside them."""
_SHORTEST_CHEQUE: Final = 3
DAYS_BEFORE: Final = 5
DAYS_AFTER: Final = 10
"""Money comes so many days before or after the day that its advice states."""
DAYS_UNDATED: Final = 30
"""How far money and an advice without a day may be apart, by when the advice came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisedPayment:
    """An advice as it is looked for: minor units, ``names`` comparable."""

    id: UUID
    currency: str
    amount: int | None
    names: frozenset[str]
    payer_name: str = ""
    payer_account: str = ""
    paid_on: date | None = None
    came_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMoney:
    """Money as an advice may be of it: minor units, ``names`` comparable."""

    id: UUID
    currency: str
    amount: int
    names: frozenset[str]
    payer_name: str = ""
    payer_account: str = ""
    received_on: date


def whole_names(texts: Iterable[str]) -> frozenset[str]:
    """What a payment is called, each of ``texts`` as one name; names without a digit tell nothing."""
    keys = (comparable(text) for text in texts)
    return frozenset(
        key for key in keys if len(key) >= _SHORTEST_CHEQUE and any(c.isdigit() for c in key)
    )


def names_in(text: str) -> frozenset[str]:
    """The names that a payment may have in what the payer or the bank wrote: each word with a digit."""
    return whole_names(text.replace("/", " ").replace(",", " ").replace(":", " ").split())


def how_found(advice: AdvisedPayment, money: ReceivedMoney) -> FoundBy | None:
    """What speaks for ``advice`` being of ``money``; None if nothing does.

    A name that the bank line has is enough even where the amounts differ: then somebody has to look.
    """
    if advice.currency and advice.currency != money.currency:
        return None
    shared = advice.names & money.names
    same = advice.amount == money.amount
    if any(len(name) >= (_SHORTEST_CHEQUE if same else SHORTEST_NAME) for name in shared):
        return "name"
    if not same or not _in_time(advice, money):
        return None
    return None if _other_payer(advice, money) else "amount"


def joined(
    advices: Sequence[AdvisedPayment], moneys: Sequence[ReceivedMoney]
) -> dict[UUID, tuple[UUID, FoundBy]]:
    """The advice of each money that has one, and how it was found, by the money's id.

    Names go before amounts. By amount alone an advice is taken only where one advice and one money fit
    each other and no other: equal amounts on the same days tell nothing.
    """
    found: dict[UUID, tuple[UUID, FoundBy]] = {}
    taken: set[UUID] = set()
    for wanted in ("name", "amount"):
        fits: dict[UUID, list[AdvisedPayment]] = {}
        of_advice: dict[UUID, list[UUID]] = {}
        for money in moneys:
            if money.id in found:
                continue
            for advice in advices:
                if advice.id not in taken and how_found(advice, money) == wanted:
                    fits.setdefault(money.id, []).append(advice)
                    of_advice.setdefault(advice.id, []).append(money.id)
        for money in moneys:
            candidates = _best(fits.get(money.id, []), money)
            if len(candidates) == 1 and len(of_advice[candidates[0].id]) == 1:
                found[money.id] = candidates[0].id, "name" if wanted == "name" else "amount"
                taken.add(candidates[0].id)
    return found


def _best(advices: Sequence[AdvisedPayment], money: ReceivedMoney) -> list[AdvisedPayment]:
    """Of several advices those of the same amount, and of those the ones that name the payer."""
    same = [each for each in advices if each.amount == money.amount] or list(advices)
    return [each for each in same if _same_payer(each, money)] or same


def _in_time(advice: AdvisedPayment, money: ReceivedMoney) -> bool:
    if advice.paid_on is None:
        return abs(money.received_on - advice.came_on) <= timedelta(days=DAYS_UNDATED)
    apart = money.received_on - advice.paid_on
    return timedelta(days=-DAYS_BEFORE) <= apart <= timedelta(days=DAYS_AFTER)


def _same_payer(advice: AdvisedPayment, money: ReceivedMoney) -> bool:
    accounts = advice.payer_account, money.payer_account
    if all(accounts) and account_key(accounts[0]) == account_key(accounts[1]):
        return True
    theirs, ours = (set(name_key(n).split()) for n in (advice.payer_name, money.payer_name))
    return bool(theirs & ours)


def _other_payer(advice: AdvisedPayment, money: ReceivedMoney) -> bool:
    """Whether both name a payer and not a word of the one is in the other."""
    return bool(advice.payer_name and money.payer_name) and not _same_payer(advice, money)


def advised_total(lines: Iterable[AdviceLine]) -> int | None:
    """What the lines of an advice add up to; None if one of them has no amount."""
    total = 0
    for line in lines:
        if line.paid is None:
            return None
        total += line.paid
    return total


_OF_THE_PAYER: Final = frozenset({"account_known", "name_known", "name_alike", "customer_number"})


def held_to_advice(matched: Matched, line: BankLine, *, found_by: str) -> Matched:
    """``matched``, but never booked by itself against what the advice of ``line`` says.

    An advice that does not give the money of its line waits for a person; so does one that was found by
    its amount alone where nothing says that the buyer it names is the payer.
    """
    if not line.advice or not matched.self_book or matched.best is None:
        return matched
    held: list[HeldBack] = []
    total = advised_total(line.advice)
    if total is not None and total != line.amount:
        held.append("short_unexplained" if total > line.amount else "overpaid")
    if found_by == "amount" and not any(
        reason.code in _OF_THE_PAYER for reason in matched.best.reasons
    ):
        held.append("amount_alone")
    if not held:
        return matched
    return replace(matched, self_book=False, held_back=(*matched.held_back, *held))
