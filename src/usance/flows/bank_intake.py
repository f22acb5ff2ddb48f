"""Whatever a bank or a payer sends is taken for what it is: bookings, advices, answers to debits, or an
archive of the first two.

Only bookings bring money. An advice says what money is for that the account's statement brings, so that
nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from usance.flows import advice_tables, remittances, table_mappings
from usance.flows.bank_statements import take_statement
from usance.flows.debits import answers
from usance.flows.table_mappings import storable_name
from usance.formats import bank_csv, remittance_files, zip_files
from usance.formats.bank_csv import ColumnMapping
from usance.formats.errors import FormatError
from usance.formats.zip_files import Member
from usance.records.debits.models import Answer
from usance.records.parties.models import Seller
from usance.records.payments.models import BankStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One file as it was taken: the bookings of a bank, advices, or an answer to debits. ``new`` is False
    for bytes that were taken before; ``name`` is that of a member within its archive."""

    name: str
    new: bool
    statement: BankStatement | None = None
    advice: remittances.Taken | None = None
    answer: Answer | None = None


class MemberRefused(FormatError):
    """A member of an archive cannot be taken, and so nothing of the archive was; ``member`` is which."""

    def __init__(self, member: Member, error: FormatError) -> None:
        super().__init__(
            f"{member.path}: {error.message} Nothing of the archive was taken.",
            code=error.code,
            line=error.line,
            column=error.column,
            path=error.path,
        )
        self.member = member
        self._refused = error

    def __str__(self) -> str:
        # The place is one within the member.
        return f"{self.member.path}: {self._refused} Nothing of the archive was taken."

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.member, self._refused)


def take_file(
    seller: Seller,
    data: bytes,
    *,
    at: datetime,
    by: str,
    file_name: str = "",
    account: str | None = None,
    currency: str | None = None,
    mapping: ColumnMapping | None = None,
    source: str = "upload",
) -> tuple[Incoming, ...]:
    """Take a file of a bank's or of a payer's, or every file in a ZIP archive of them.

    An archive is taken whole or not at all, each member as a file of its own. ``account``, ``currency``
    and ``mapping`` are as in :func:`take_statement`, ``source`` as in :func:`remittances.take_advice`.
    Raises FormatError, and MemberRefused for one member of an archive.
    """
    options = _Options(at, by, account, currency, mapping, source)
    if not zip_files.looks_like(data):
        try:
            return (_take(seller, data, options, name=file_name),)
        except FormatError as error:
            # Not within archives: debits are locked before everything that is locked for bookings.
            if error.code != "debit_answer":
                raise
        answer, new = answers.take_answer(seller, data, at=at, by=by, file_name=file_name)
        return (Incoming(name=file_name, answer=answer, new=new),)
    found = zip_files.members(data)
    return _take_members(seller, found, options, archive=file_name)


@dataclass(frozen=True, slots=True)
class _Options:
    at: datetime
    by: str
    account: str | None
    currency: str | None
    mapping: ColumnMapping | None
    source: str


@transaction.atomic
def _take_members(
    seller: Seller, found: Sequence[Member], options: _Options, *, archive: str
) -> tuple[Incoming, ...]:
    # Bookings before advices: the order in which their locks are taken everywhere else.
    advices = {n for n, one in enumerate(found) if remittance_files.looks_like_advice(one.data)}
    taken: dict[int, Incoming] = {}
    for is_advice in (False, True):
        for place, member in enumerate(found):
            if (place in advices) is not is_advice:
                continue
            name = f"{archive}/{member.path}" if archive else member.path
            try:
                taken[place] = _take(seller, member.data, options, name=name)
            except FormatError as error:
                raise MemberRefused(member, error) from None
    return tuple(taken[place] for place in sorted(taken))


def _take(seller: Seller, data: bytes, options: _Options, *, name: str) -> Incoming:
    # What a person has said to be an advice is none of bookings, even if it could be read so.
    if options.mapping is None and advice_tables.is_known(seller, data):
        return _take_advice(seller, data, options, name=name)
    try:
        kept, new = take_statement(
            seller,
            data,
            at=options.at,
            by=options.by,
            file_name=name,
            account=options.account,
            currency=options.currency,
            mapping=options.mapping,
        )
    except FormatError as error:
        if options.mapping is not None or error.code == "debit_answer":
            raise
        if not remittance_files.looks_like_advice(data):
            raise
        return _take_advice(seller, data, options, name=name)
    return Incoming(name=name, statement=kept, new=new)


def _take_advice(seller: Seller, data: bytes, options: _Options, *, name: str) -> Incoming:
    advice = remittances.take_advice(
        seller,
        data,
        at=options.at,
        by=options.by,
        file_name=storable_name(name),
        source=options.source,
        currency=options.currency,
    )
    return Incoming(name=name, advice=advice, new=advice.new)


def may_be_explained(error: FormatError, data: bytes) -> bool:
    """Whether a person can say how the refused ``data`` is to be read: a table of bookings that says too
    little of itself."""
    return error.code in table_mappings.ASKABLE and bank_csv.outline_of(data) is not None
