"""Bank lines that take back several debits as one sum: of a day, of a file of returns, of a batch.

The returns were told by a file before, or the line names the debits it takes back.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from usance.records.debits.booking_queries import CameBack, possible_sums, told_returns
from usance.records.debits.models import Debit
from usance.records.parties.models import Seller
from usance.records.payments.models import BankTransaction
from usance.rules.debits.batch_lines import AFTER, BEFORE, is_return_line, names_one

_MOST_WORDS: Final = 5_000
_WORD: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+:?/'()-]{4,34}")


@dataclass(frozen=True, slots=True)
class ReturnSum:
    """Debits that the bank may take back as one: ``subject_id`` is the file of returns that told of
    them, or else the file in which they were sent. Minor units."""

    subject_id: UUID
    name: str
    currency: str
    day: date
    amount: int
    debit_ids: frozenset[UUID]
    group: str = ""


def found_sums(
    seller: Seller,
    *,
    since: date,
    coming: Collection[UUID],
    taken: Collection[UUID],
    settled: Collection[UUID],
) -> list[tuple[BankTransaction, ReturnSum]]:
    """Each line, not among ``taken``, that takes back exactly one sum of debits.

    ``coming`` are debits whose money the bank books just now: what is not there cannot be taken back.
    ``settled`` are those that come back by lines of their own.
    """
    back = [
        each
        for each in told_returns(seller_id=seller.id, since=since)
        if each.booked >= each.amount or each.debit_id in coming
    ]
    sums = _sums(back)
    first = min((each.day for each in sums), default=since) - BEFORE
    possible = possible_sums(
        seller_id=seller.id, amounts={each.amount for each in sums}, since=min(first, since)
    )
    rows = BankTransaction.objects.filter(seller_id=seller.id).in_bulk(possible)
    found: list[tuple[BankTransaction, ReturnSum]] = []
    used = set(settled)
    for line in (rows[id_] for id_ in possible if id_ not in taken):
        free = [each for each in sums if used.isdisjoint(each.debit_ids)]
        one = _one_of(line, free) or _named_by(seller, line)
        if one is not None and used.isdisjoint(one.debit_ids):
            found.append((line, one))
            used |= one.debit_ids
    return found


def _sums(back: Sequence[CameBack]) -> list[ReturnSum]:
    """The ways in which a bank adds up returns: by file, by day, by the batch they were sent in."""
    parts: defaultdict[tuple[Hashable, ...], list[CameBack]] = defaultdict(list)
    for each in back:
        ways: tuple[tuple[Hashable, ...], ...] = (
            ("file", each.answer_id),
            ("day", each.on),
            ("file and day", each.answer_id, each.on),
            ("batch", each.file_id, each.group),
            ("batch and day", each.file_id, each.group, each.on),
            ("one", each.debit_id),
        )
        for way in ways:
            parts[each.currency, *way].append(each)
    sums: dict[frozenset[UUID], ReturnSum] = {}
    for key, ones in parts.items():
        together = ReturnSum(
            subject_id=ones[0].answer_id or ones[0].file_id,
            name=f"{ones[-1].on.isoformat()}: {len(ones)}",
            currency=ones[0].currency,
            day=max(each.on for each in ones),
            amount=sum(each.amount for each in ones),
            debit_ids=frozenset(each.debit_id for each in ones),
            group=ones[0].group if len({each.group for each in ones}) == 1 else "",
        )
        known = sums.setdefault(together.debit_ids, together)
        if key[1] == "batch" and not known.group:
            sums[together.debit_ids] = replace(known, group=together.group)
    return list(sums.values())


def _one_of(line: BankTransaction, sums: Sequence[ReturnSum]) -> ReturnSum | None:
    text = searched_text(line)
    fitting = [
        each
        for each in sums
        if each.currency == line.currency
        and is_return_line(
            amount=line.amount,
            booked_on=line.booked_on,
            text=text,
            bank_code=line.bank_code,
            counterparty=line.counterparty,
            returned=line.returned,
            sum_amount=each.amount,
            sum_day=each.day,
            names=(each.group,) if each.group else (),
        )
    ]
    named = [each for each in fitting if each.group and names_one(text, names=(each.group,))]
    of_day = [each for each in named or fitting if each.day == line.booked_on]
    for choice in (named, of_day, fitting):
        if len(choice) == 1:
            return choice[0]
    return None


def _named_by(seller: Seller, line: BankTransaction) -> ReturnSum | None:
    """The debits that a line names by what they were called, if it takes back all of them; what it
    takes beyond is the charges of the banks."""
    if not line.returned:
        return None
    words = list(dict.fromkeys(_WORD.findall(searched_text(line))))[:_MOST_WORDS]
    debits = list(
        Debit.objects.filter(
            seller_id=seller.id,
            end_to_end_id__in=words,
            currency=line.currency,
            file__isnull=False,
            state__in=("submitted", "settled", "returned"),
            booked__gte=0,
            collect_on__lte=line.booked_on + AFTER,
        ).order_by("id")
    )
    amount = sum(debit.amount for debit in debits)
    # More charges than money came back is no list of returns but something else that names them.
    if not debits or not amount <= -line.amount < 2 * amount or len(debits) != line.payments:
        return None
    return ReturnSum(
        subject_id=debits[0].file_id or debits[0].id,
        name=f"{line.booked_on.isoformat()}: {len(debits)}",
        currency=line.currency,
        day=line.booked_on,
        amount=amount,
        debit_ids=frozenset(debit.id for debit in debits),
    )


def searched_text(line: BankTransaction) -> str:
    """All that a bank line says in which a batch or a debit may be named."""
    return " ".join(
        (line.text, line.info, line.bank_reference, line.end_to_end_id, line.entry_reference,
         line.structured_reference, line.batch_ids)
    )  # fmt: skip


LOOK_BACK: Final = timedelta(days=30)
"""Sums of returns that the bank has not booked for so long are looked for no more."""
