"""By which law and contract a seller's late interest is computed, and the reference rates behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, Refused
from usance.formats import reference_rates
from usance.records.collections import late_charge_queries as queries
from usance.records.collections.late_charge_models import CHARGING, COUNTRY_OF
from usance.records.collections.models import LateInterestTerms, ReferenceRate
from usance.records.identity import new_id
from usance.records.parties.models import Buyer, Seller
from usance.rules.interest import LAWS, SHIPPED, Agreement, InvalidAgreement
from usance.rules.interest.day_counts import DayCount
from usance.rules.interest.rate_tables import InvalidRate, check_rate

_PREFIX: Final = re.compile(r"[A-Z0-9][A-Z0-9/-]{0,11}", re.ASCII)


class InvalidTerms(Refused):
    """Terms of late interest that cannot be; the text says which and what to do."""

    code = "invalid_late_interest_terms"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsFields:
    """What can be said of late interest; see ``LateInterestTerms``."""

    law: str = ""
    country_of: str = "seller"
    rate: Decimal | None = None
    cap: Decimal | None = None
    day_count: str = "act/365"
    claims_compensation: bool = True
    is_small_supplier: bool = False
    charging: str = "never"
    prefix: str = "INT"

    @classmethod
    def of(cls, row: LateInterestTerms | None) -> TermsFields:
        """As the row has them; as they are usual where there is none."""
        if row is None:
            return cls()
        return cls(**{name: getattr(row, name) for name in cls.__dataclass_fields__})


@transaction.atomic
def set_terms(
    seller: Seller, *, fields: TermsFields, at: datetime, by: str, buyer_id: UUID | None = None
) -> LateInterestTerms:
    """Say by which law and contract late interest is computed: of all buyers, or of one in its place.

    Saying the same again changes nothing. What was claimed stays as it was claimed. Raises NotFound or
    InvalidTerms.
    """
    if buyer_id is not None and not Buyer.objects.filter(seller_id=seller.id, id=buyer_id).exists():
        raise NotFound("There is no such buyer.")
    _check(fields)
    before = _locked(seller, buyer_id)
    if before is not None and TermsFields.of(before) == fields:
        return before
    row = before or LateInterestTerms(
        id=new_id(), seller_id=seller.id, created_at=at, buyer_id=buyer_id
    )
    for name, value in asdict(fields).items():
        setattr(row, name, value)
    row.changed_at, row.author = at, by
    row.save(force_insert=before is None)
    _tell(seller, row, "late_interest_terms.set", fields, at=at, by=by)
    return row


@transaction.atomic
def drop_terms(seller: Seller, *, buyer_id: UUID, at: datetime, by: str) -> None:
    """Let the seller's own terms count for the buyer again. Raises NotFound."""
    row = _locked(seller, buyer_id)
    if row is None:
        raise NotFound("The buyer has no terms of its own.")
    LateInterestTerms.objects.filter(seller_id=seller.id, id=row.id).delete()
    _tell(seller, row, "late_interest_terms.dropped", TermsFields.of(row), at=at, by=by)


def _locked(seller: Seller, buyer_id: UUID | None) -> LateInterestTerms | None:
    found = LateInterestTerms.objects.select_for_update(no_key=True).filter(seller_id=seller.id)
    if buyer_id is None:
        return found.filter(buyer_id__isnull=True).first()
    return found.filter(buyer_id=buyer_id).first()


def _check(fields: TermsFields) -> None:
    """Raise InvalidTerms for what cannot be."""
    if fields.law and fields.law not in LAWS:
        raise InvalidTerms(f"{fields.law!r} is no law known here; choose {', '.join(LAWS)}.")
    if fields.country_of not in COUNTRY_OF or fields.charging not in CHARGING:
        raise InvalidTerms(
            f"country_of is {' or '.join(COUNTRY_OF)}, charging {' or '.join(CHARGING)}."
        )
    if not _PREFIX.fullmatch(fields.prefix):
        raise InvalidTerms("The prefix is 1 to 12 capital letters and digits, such as INT.")
    try:
        Agreement(
            law=LAWS[fields.law or "contract"],
            rate=fields.rate,
            cap=fields.cap,
            day_count=cast("DayCount", fields.day_count),
        )
    except InvalidAgreement as error:
        raise InvalidTerms(str(error)) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRate:
    """From ``valid_from`` the reference rate of ``table`` is ``rate`` per cent a year; known to be so
    until ``known_until`` (None: on that day)."""

    table: str
    valid_from: date
    rate: Decimal
    known_until: date | None = None
    source: str = ""


@dataclass(slots=True)
class Loaded:
    """How many rates are new, how many took the place of another, and how many were known."""

    created: int = 0
    changed: int = 0
    known: int = 0


@transaction.atomic
def set_reference_rates(
    seller: Seller, rates: Iterable[NewRate], *, at: datetime, by: str
) -> Loaded:
    """Store reference rates, all of them or none. One that is stored already changes nothing.

    A rate of a day that is known takes its place, and is told with what it was before; what was claimed
    by the old one stays. Raises InvalidTerms or InvalidRate.
    """
    done = Loaded()
    journal = Journal(seller, at=at, by=by)
    for new in sorted(rates, key=lambda one: (one.table, one.valid_from)):
        _set_rate(journal, new, done)
    journal.close()
    return done


def import_reference_rates(seller: Seller, data: bytes, *, at: datetime, by: str) -> Loaded:
    """Store the rates of a file: table, from, rate, and optionally until and source. Loading it again
    changes nothing. Raises FormatError with line and column, as ``reference_rates.parse``."""
    rows = reference_rates.parse(data)
    return set_reference_rates(
        seller,
        [
            NewRate(
                table=row.table,
                valid_from=row.valid_from,
                rate=row.rate,
                known_until=row.known_until,
                source=row.source,
            )
            for row in rows
        ],
        at=at,
        by=by,
    )


def _set_rate(journal: Journal, new: NewRate, done: Loaded) -> None:
    if new.table not in SHIPPED:
        raise InvalidTerms(f"{new.table!r} is no reference rate; choose {', '.join(SHIPPED)}.")
    try:
        rate = check_rate(new.rate)
    except InvalidRate as error:
        raise InvalidTerms(str(error)) from None
    until = new.known_until or new.valid_from
    if until < new.valid_from:
        raise InvalidTerms("A rate is known until the day from which it is in force, or later.")
    seller_id = journal.seller.id
    row = (
        ReferenceRate.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, table=new.table, valid_from=new.valid_from)
        .first()
    )
    if row is not None and (row.rate, row.known_until) == (rate, max(until, row.known_until)):
        done.known += 1
        return
    before = None if row is None else f"{row.rate.normalize():f}"
    if row is None:
        row = ReferenceRate(
            id=new_id(),
            seller_id=seller_id,
            created_at=journal.at,
            table=new.table,
            valid_from=new.valid_from,
        )
        done.created += 1
    else:
        until = max(until, row.known_until)
        done.changed += 1
    is_new = before is None
    row.rate, row.known_until, row.source = rate, until, new.source or row.source
    row.author, row.changed_at = journal.by, journal.at
    row.save(force_insert=is_new)
    journal.tell(
        "reference_rate.set",
        object_type="reference_rate",
        object_id=row.id,
        data={
            "table": row.table,
            "valid_from": row.valid_from,
            "known_until": row.known_until,
            "rate": f"{rate.normalize():f}",
            "before": before,
            "source": row.source,
        },
    )


def _tell(
    seller: Seller,
    row: LateInterestTerms,
    name: str,
    fields: TermsFields,
    *,
    at: datetime,
    by: str,
) -> None:
    data: dict[str, Any] = asdict(fields) | {
        "rate": None if fields.rate is None else f"{fields.rate.normalize():f}",
        "cap": None if fields.cap is None else f"{fields.cap.normalize():f}",
    }
    about: dict[str, Any] = {"object_type": "seller", "object_id": seller.id}
    if row.buyer_id is not None:
        about = {"object_type": "buyer", "object_id": row.buyer_id, "buyer_id": row.buyer_id}
    journal = Journal(seller, at=at, by=by)
    journal.tell(name, data=data, **about)
    journal.close()


def terms_fields(seller: Seller, *, buyer_id: UUID | None = None) -> TermsFields:
    """The terms as they are set: the buyer's own, else the seller's, else as usual."""
    row = None
    if buyer_id is not None:
        row = queries.terms_of(seller_id=seller.id, buyer_id=buyer_id)
    return TermsFields.of(row or queries.terms_of(seller_id=seller.id))
