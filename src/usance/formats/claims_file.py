"""Claims for a collection agency as one file: a table, the same as JSON, and the invoices as documents.

A ZIP with ``claims.csv`` (one row an invoice), ``claims.json`` and a folder ``documents``. Written anew from
the same claims it has the same bytes. The formats are ours: agencies read tables, and agree on none.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from usance.formats.statement_csv import plain_text

COLUMNS: Final = (
    "creditor", "creditor_vat_id", "handover", "handed_over_on",
    "debtor", "debtor_number", "line_1", "line_2", "line_3", "post_code", "city", "subdivision",
    "country", "vat_id", "registration_number", "email",
    "invoice", "issued_on", "due_on", "days_overdue", "currency", "amount", "outstanding", "overdue",
    "interest", "compensation", "interest_until", "reminders", "last_reminder_on", "document",
)  # fmt: skip
_MADE: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A message that demanded the invoice: which, on what day, over which channels, to what address."""

    level: str
    on: date
    channels: tuple[str, ...]
    sent_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One invoice that is handed over; major units. ``overdue`` is what of ``outstanding`` is past its
    day and claimed, ``due_on`` the day on which the first of it fell due. ``interest`` and
    ``compensation`` are what had accrued by law or contract until the day of the hand-over and is not
    claimed by an invoice of its own; None where a reference rate is not known, or where an agency has
    another part of the invoice already, and the interest with it."""

    number: str
    issued_on: date
    due_on: date
    days_overdue: int
    amount: Decimal
    outstanding: Decimal
    overdue: Decimal
    interest: Decimal | None
    compensation: Decimal | None
    reminders: tuple[Reminder, ...] = ()
    document: str = ""
    """The file of the invoice in the archive; empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """All claims against one debtor in one currency. ``debtor`` and ``creditor`` are by the names of
    :data:`COLUMNS`."""

    reference: str
    on: date
    agency: str
    currency: str
    creditor: Mapping[str, str]
    debtor: Mapping[str, str]
    claims: Sequence[Claim]


def render(handover: Handover, *, documents: Mapping[str, bytes]) -> bytes:
    """Write the archive; ``documents`` are the invoices by the names that the claims give them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "claims.csv", _table(handover))
        _add(archive, "claims.json", _json(handover))
        for name in sorted(documents):
            _add(archive, name, documents[name])
    return packed.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_MADE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _table(it: Handover) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for claim in it.claims:
        row: dict[str, Any] = dict(it.creditor) | dict(it.debtor)
        row |= {
            "handover": it.reference,
            "handed_over_on": it.on.isoformat(),
            "invoice": claim.number,
            "issued_on": claim.issued_on.isoformat(),
            "due_on": claim.due_on.isoformat(),
            "days_overdue": str(claim.days_overdue),
            "currency": it.currency,
            "amount": f"{claim.amount:f}",
            "outstanding": f"{claim.outstanding:f}",
            "overdue": f"{claim.overdue:f}",
            "interest": "" if claim.interest is None else f"{claim.interest:f}",
            "compensation": "" if claim.compensation is None else f"{claim.compensation:f}",
            "interest_until": it.on.isoformat() if claim.interest is not None else "",
            "reminders": "; ".join(f"{one.level} {one.on}" for one in claim.reminders),
            "last_reminder_on": max((f"{one.on}" for one in claim.reminders), default=""),
            "document": claim.document,
        }
        writer.writerow({name: plain_text(value) for name, value in row.items()})
    return text.getvalue().encode()


def _json(it: Handover) -> bytes:
    whole = {
        "handover": it.reference,
        "handed_over_on": it.on,
        "agency": it.agency,
        "currency": it.currency,
        "creditor": dict(it.creditor),
        "debtor": dict(it.debtor),
        "claims": [asdict(claim) for claim in it.claims],
    }
    return json.dumps(whole, default=_said, ensure_ascii=False, indent=2).encode() + b"\n"


def _said(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
