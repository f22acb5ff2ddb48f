"""What is said of a bank file beside its lines: what does not add up, what is there twice, what is
missing between it and the files before.

What a file tells of itself is kept with it. What depends on other files, a gap in the bank's sequence
or a balance that does not continue, is looked at each time, since the missing file may still come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from usance.flows.bank_lines import Kept
from usance.formats.statement import (
    Statement,
    account_keys,
    check_balances,
    notices_of,
)
from usance.formats.statement_series import InSeries, breaks_before
from usance.records.payments import bank_queries
from usance.records.payments.models import AccountStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding: its stable code, the account it is about, and its figures.

    Amounts are minor units of ``currency``.
    """

    code: str
    account: str = ""
    currency: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def found_in(part: AccountStatement, read: Statement) -> list[Found]:
    """What the file tells of itself: balances that do not add up, and what its reader noticed."""
    told = [
        (one.code, {k: v for k, v in asdict(one).items() if k not in ("code", "currency")})
        for one in check_balances(read)[:20]
    ]
    told += [(notice.code, dict(notice.data)) for notice in notices_of(read)]
    return [_found(part, code, **data) for code, data in told]


def found_of(part: AccountStatement, lines: Kept) -> list[Found]:
    """What the file has in common with those before."""
    found = []
    if lines.known:
        found.append(_found(part, "lines_known", count=lines.known, of=lines.new + lines.known))
    if lines.unsplit:
        found.append(_found(part, "batch_in_use", count=lines.unsplit))
    for other in _overlapping(part):
        assert part.period_from is not None
        assert part.period_to is not None
        assert other.period_from is not None
        assert other.period_to is not None
        found.append(
            _found(
                part,
                "period_overlaps",
                first=max(part.period_from, other.period_from).isoformat(),
                last=min(part.period_to, other.period_to).isoformat(),
                statement=str(other.statement_id),
            )
        )
    return found


def as_json(findings: Iterable[Found]) -> list[dict[str, Any]]:
    """The findings as they are kept and answered, each once."""
    unique = {repr(one): one for one in findings}
    return [
        {
            "code": one.code,
            "account": one.account,
            "currency": one.currency,
            "data": one.data,
            "text": plain_text(one),
        }
        for one in unique.values()
    ]


def in_series(*, seller_id: UUID, statement_id: UUID) -> list[Found]:
    """What is missing between the file and the statements before it, as things are now: codes
    ``sequence_gap`` and ``balance_does_not_continue``."""
    found = []
    for part in bank_queries.parts_of(seller_id=seller_id, statement_id=statement_id):
        if part.kind != "statement":
            continue
        others = _of_the_account(part)
        for broken in breaks_before(_series(part), [_series(one) for one in others]):
            found.append(_found(part, broken.code, **broken.data))
    return found


def _found(part: AccountStatement, code: str, **data: Any) -> Found:
    return Found(code=code, account=part.account, currency=part.currency, data=data)


def _of_the_account(part: AccountStatement) -> Sequence[AccountStatement]:
    keys = account_keys(part.account)
    names = [
        name
        for name in bank_queries.account_names(seller_id=part.seller_id)
        if name == part.account or account_keys(name) & keys
    ]
    found = bank_queries.account_statements(
        seller_id=part.seller_id, accounts=names, currency=part.currency
    )
    return list(found.filter(kind="statement").exclude(id=part.id))


def _overlapping(part: AccountStatement) -> list[AccountStatement]:
    """Statements of the account in other files that tell of days that ``part`` tells of too.

    A statement may begin on the day on which the one before ends.
    """
    if part.kind != "statement" or part.period_from is None or part.period_to is None:
        return []
    first, last = part.period_from, part.period_to
    return [
        other
        for other in _of_the_account(part)
        if other.statement_id != part.statement_id
        and other.period_from is not None
        and other.period_to is not None
        and (
            (other.period_from < last and first < other.period_to)
            or (other.period_from, other.period_to) == (first, last)
        )
        and not (other.partial or part.partial)
    ][:5]


def _series(part: AccountStatement) -> InSeries:
    return InSeries(
        sequence=part.sequence,
        partial=part.partial,
        opening=part.opening,
        closing=part.closing,
        first=part.period_from,
        last=part.period_to,
        place=(part.created_at.isoformat(), part.ordinal),
    )


def plain_text(found: Found) -> str:
    """The finding in plain English, for programs and the command line."""
    figures = ", ".join(f"{name} {value}" for name, value in found.data.items())
    about = f" ({found.account})" if found.account else ""
    return f"{found.code.replace('_', ' ').capitalize()}{about}{': ' if figures else ''}{figures}."
