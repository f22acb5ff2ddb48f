"""Scores that a bureau delivers as a file: each row becomes a report on the buyer it is about.

A file is taken whole or not at all. A row that says what is known already adds nothing, so the same
file taken again changes nothing, unless a buyer has got the number by which a row finds it meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction

from usance.flows.buyer_checks import tell_report
from usance.flows.journal import Journal
from usance.flows.refusals import Refused
from usance.formats import score_file
from usance.formats.score_file import Score
from usance.records.credit import report_queries as reports
from usance.records.credit.models import Report
from usance.records.events import queries as events
from usance.records.events.models import Event
from usance.records.identity import new_id
from usance.records.parties.models import Buyer, Seller
from usance.records.statements import execute
from usance.rules.applications.numbers import number_keys
from usance.rules.credit.checks import untold

BATCH: Final = 500
LARGEST_FILE: Final = 50 * 1024 * 1024
"""Bytes of a file of scores."""
MOST_UNMATCHED_KEPT: Final = 100
_SHORTEST: Final = 4
"""Signs of a number that tells companies apart."""


class ScaleMissing(Refused):
    """The file has scores, but not between which ends. Say the worst and the best score there can be."""

    code = "scale_missing"


class OffTheScale(Refused):
    """A score lies outside the scale. Correct the ends of the scale or the file."""

    code = "off_the_scale"


class InvalidScoreFile(Refused):
    """The name of the bureau is missing or too long, or the file is too large."""

    code = "invalid_score_file"


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A row about nobody, or about several: ``reason`` is ``no_buyer``, ``several_buyers`` or
    ``another_row`` (a later one of the file is about the same buyer)."""

    line: int
    name: str
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file: rows read, reports that are new, rows that were known, and the others."""

    rows: int
    new: int
    known: int
    unmatched: tuple[Unmatched, ...]


@transaction.atomic
def take_score_file(
    seller: Seller,
    data: bytes,
    *,
    bureau: str,
    at: datetime,
    by: str,
    scale: tuple[Decimal, Decimal] | None = None,
    currency: str | None = None,
    file_name: str = "",
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Taken:
    """Keep what ``bureau`` says in a file, as reports on the seller's buyers.

    A row finds its buyer by D-U-N-S (``duns`` in the buyer's metadata), registration number, tax
    number or the seller's own number. ``scale`` are the worst and the best score that there can be;
    ``currency`` is that of limits where the file states none (None: the seller's). A report is
    of the day that its row gives. Raises FormatError, with line and column, ScaleMissing, OffTheScale
    or InvalidScoreFile; nothing is kept then.
    """
    source = f"file:{bureau.strip()}"
    if not bureau.strip() or len(source) > 40 or len(data) > LARGEST_FILE:
        raise InvalidScoreFile(" ".join((InvalidScoreFile.__doc__ or "").split()))
    scores = score_file.parse(data, currency=currency or seller.currency)
    _require_scale(scores, scale)
    # One file at a time for a seller: each looks at what is known already.
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))", [str(seller.id)])
    matched, unmatched = _match(seller, scores)
    journal = Journal(seller, at=at, by=by)
    new = 0
    for start in range(0, len(matched), BATCH):
        batch = matched[start : start + BATCH]
        fresh = _unknown_yet(seller, source, batch, scale=scale, at=at)
        Report.objects.bulk_create(fresh)
        for report in fresh:
            tell_report(journal, report)
        new += len(fresh)
        progress(start + len(batch), len(matched))
    taken = Taken(len(scores), new, len(matched) - new, tuple(unmatched))
    _tell_file(journal, data, taken, bureau=bureau.strip(), file_name=file_name)
    journal.close()
    return taken


def _require_scale(scores: Sequence[Score], scale: tuple[Decimal, Decimal] | None) -> None:
    given = [(score, value) for score in scores if (value := _value(score)) is not None]
    if not given:
        return
    if scale is None or scale[0] == scale[1]:
        raise ScaleMissing(" ".join((ScaleMissing.__doc__ or "").split()))
    low, high = sorted(scale)
    for score, value in given:
        if not low <= value <= high:
            raise OffTheScale(
                f"Line {score.line}: the score {value} does not lie between {low} and {high};"
                " correct the ends of the scale, or the file."
            )


def _value(score: Score) -> Decimal | None:
    return score.failure_score if score.score is None else score.score


def _match(
    seller: Seller, scores: Sequence[Score]
) -> tuple[list[tuple[Buyer, Score]], list[Unmatched]]:
    """The buyer of each row. Where two rows are about one, the one of the later day counts."""
    index = _Buyers(Buyer.objects.filter(seller_id=seller.id).order_by("id").iterator(2000))
    found: dict[UUID, tuple[Buyer, Score]] = {}
    unmatched: list[Unmatched] = []
    for score in sorted(scores, key=lambda one: (one.as_of, one.line)):
        buyers = index.of(score)
        if len(buyers) != 1:
            unmatched.append(_named(score, "several_buyers" if buyers else "no_buyer"))
            continue
        (buyer,) = buyers
        if buyer.id in found:
            unmatched.append(_named(found[buyer.id][1], "another_row"))
        found[buyer.id] = buyer, score
    return (
        sorted(found.values(), key=lambda pair: pair[1].line),
        sorted(unmatched, key=lambda one: one.line),
    )


def _named(score: Score, reason: str) -> Unmatched:
    return Unmatched(score.line, score.name, score.duns or score.number or "", reason)


class _Buyers:
    """The seller's buyers by each number that a bureau may know them by, the surest first."""

    def __init__(self, buyers: Iterable[Buyer]) -> None:
        self._by: tuple[dict[str, dict[UUID, Buyer]], ...] = ({}, {}, {}, {})
        for buyer in buyers:
            duns = _digits(str(buyer.metadata.get("duns") or ""))
            for place, text in enumerate(
                (duns, buyer.registration_number, buyer.tax_id, buyer.external_id or "")
            ):
                for key in number_keys(text, country=buyer.country, shortest=_SHORTEST):
                    self._by[place].setdefault(key, {})[buyer.id] = buyer

    def of(self, score: Score) -> list[Buyer]:
        """Whom ``score`` is about: those of the surest number under which there is anybody."""
        for place, text in enumerate((score.duns, score.number, score.number, score.number)):
            found: dict[UUID, Buyer] = {}
            for key in number_keys(text or "", country=score.country or "", shortest=_SHORTEST):
                found |= self._by[place].get(key, {})
            fitting = [
                buyer
                for buyer in found.values()
                if score.country is None or buyer.country == score.country
            ]
            if fitting:
                return fitting
        return []


def _digits(duns: str) -> str:
    digits = "".join(sign for sign in duns if sign.isdigit())
    return digits.zfill(9) if digits else ""


def _unknown_yet(
    seller: Seller,
    source: str,
    batch: Sequence[tuple[Buyer, Score]],
    *,
    scale: tuple[Decimal, Decimal] | None,
    at: datetime,
) -> list[Report]:
    """A report for each row that says something else than is known of its buyer for its day."""
    made = [
        _report(seller, buyer, score, source=source, scale=scale, at=at) for buyer, score in batch
    ]
    known = reports.said_by(
        seller_id=seller.id,
        source=source,
        buyer_ids=[buyer.id for buyer, _ in batch],
        moments=[report.asked_at for report in made],
    )
    fresh = []
    for (buyer, _), report in zip(batch, made, strict=True):
        said = known.get((buyer.id, report.asked_at))
        if said is None or said.facts != report.facts:
            fresh.append(report)
    return fresh


def _report(
    seller: Seller,
    buyer: Buyer,
    score: Score,
    *,
    source: str,
    scale: tuple[Decimal, Decimal] | None,
    at: datetime,
) -> Report:
    value = _value(score)
    said: dict[str, Any] = {
        "name": score.name,
        "score": None if value is None else str(value),
        "scale": None if value is None or scale is None else [str(end) for end in scale],
        "delinquency_score": None
        if score.delinquency_score is None
        else str(score.delinquency_score),
        "rating": score.rating,
        "limit": score.limit,
        "currency": score.currency,
        "as_of": score.as_of.isoformat(),
        "insolvent": score.insolvent,
    }
    facts = {name: told for name, told in said.items() if told is not None}
    unknown = untold("credit", outcome="found", facts=facts)
    noon = datetime.combine(score.as_of, time(12), ZoneInfo(seller.time_zone)).astimezone(UTC)
    return Report(
        id=new_id(),
        seller=seller,
        created_at=at,
        buyer=buyer,
        kind="credit",
        source=source,
        outcome="found",
        asked_about=score.id[:255],
        facts=facts | ({"unknown": list(unknown)} if unknown else {}),
        # What a bureau answered later about another day is newer, whenever the file is taken.
        asked_at=min(noon, at),
    )


def _tell_file(journal: Journal, data: bytes, taken: Taken, *, bureau: str, file_name: str) -> None:
    """Tell of a file once, and again only where it brought something more."""
    digest = hashlib.sha256(data).hexdigest()
    if not taken.new and any(
        event.data.get("digest") == digest for event in files_taken(journal.seller, limit=1000)
    ):
        return
    journal.tell(
        "score_file.taken",
        object_type="score_file",
        object_id=_files_id(journal.seller),
        data={
            "digest": digest,
            "bureau": bureau,
            "file_name": file_name[:200],
            "rows": taken.rows,
            "new": taken.new,
            "known": taken.known,
            "unmatched": len(taken.unmatched),
            "unmatched_rows": [
                {
                    "line": one.line,
                    "name": one.name[:100],
                    "number": one.number,
                    "reason": one.reason,
                }
                for one in taken.unmatched[:MOST_UNMATCHED_KEPT]
            ],
        },
    )


def files_taken(seller: Seller, *, limit: int) -> Sequence[Event]:
    """What was told of the files taken, the newest first."""
    return events.history(seller_id=seller.id, object_ids=[_files_id(seller)], limit=limit)


def _files_id(seller: Seller) -> UUID:
    """All files of a seller are told of as one object, by which they are found again."""
    return uuid5(seller.id, "score files")
