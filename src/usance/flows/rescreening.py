"""A seller's own sanctions list: loaded, and searched for every buyer again.

Each search is kept by itself and says which list it was, so that whoever is interrupted goes on where
it stopped, and how far it has come can be read at any time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from usance.flows import connections
from usance.flows.buyer_checks import check_buyer
from usance.flows.connections import InvalidConnection
from usance.flows.counterparts import source_of_list
from usance.flows.found import seller_of
from usance.records.connections import queries
from usance.records.connections.models import Connection, LoadedFile
from usance.records.credit import report_queries as reports
from usance.records.parties.models import Seller
from usance.rules.credit.checks import UNAVAILABLE

LIST: Final = "sanctions_list"
PAGE: Final = 200
_BEGINNING: Final = UUID(int=0)


@dataclass(slots=True)
class Screened:
    """How many buyers were searched for, and how many are like an entry that nobody has dismissed."""

    screened: int = 0
    hits: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How many buyers were searched for in a list since it was loaded, and of how many."""

    connection: Connection
    loaded: LoadedFile
    done: int
    total: int


def load_own_list(
    seller: Seller,
    content: bytes,
    *,
    file_name: str,
    at: datetime,
    by: str,
    connection_id: UUID | None = None,
) -> LoadedFile:
    """Load a sanctions list into the seller's connection for one, which is made if there is none.

    Raises NotFound, InvalidConnection (there are several; say which one) or FormatError.
    """
    if connection_id is None:
        there = list(queries.connections(seller_id=seller.id).filter(kind=LIST).order_by("id")[:2])
        if len(there) > 1:
            raise InvalidConnection("There are several lists; say which one is to be loaded.")
        if there:
            connection_id = there[0].id
        else:
            connection_id = connections.create_connection(seller, kind=LIST, at=at, by=by).id
    return connections.load_list(
        seller,
        connection_id=connection_id,
        file_name=file_name,
        content=content,
        at=at,
        by=by,
    )


def rescreen_all(
    seller: Seller,
    *,
    at: datetime,
    by: str,
    most: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Screened:
    """Search for buyers not searched for since a list was loaded, at most ``most`` of them.

    ``progress`` hears how many of all buyers are done; ``stopped`` is asked before each.
    """
    result = Screened()
    for connection, loaded in _lists(seller.id):
        source = source_of_list(connection)
        done, total = reports.screened(seller_id=seller.id, source=source, since=loaded.created_at)
        after = _BEGINNING
        while page := reports.unscreened(
            seller_id=seller.id, source=source, since=loaded.created_at, after=after, limit=PAGE
        ):
            for buyer_id in page:
                if stopped() or (most is not None and result.screened >= most):
                    return result
                _screen(seller, buyer_id, result, source=source, at=at, by=by)
                done += 1
                progress(done, total)
            after = page[-1]
    return result


def rescreen_seller(
    *,
    seller_id: UUID,
    at: datetime,
    by: str,
    most: int,
    stopped: Callable[[], bool],
    progress: Callable[[int, int], object],
) -> Screened:
    """Like rescreen_all, of the seller with this id. Raises NotFound."""
    seller = seller_of(seller_id)
    return rescreen_all(seller, at=at, by=by, most=most, stopped=stopped, progress=progress)


def _screen(
    seller: Seller, buyer_id: UUID, result: Screened, *, source: str, at: datetime, by: str
) -> None:
    done = check_buyer(seller, buyer_id=buyer_id, kinds=("sanctions",), at=at, by=by).done
    ours = [one.report for one in done if one.report.source == source]
    result.screened += any(one.outcome != UNAVAILABLE for one in ours)
    result.hits += any(one.outcome == "hit" for one in ours)


def progress_of(seller: Seller) -> list[Progress]:
    """How far the search for every buyer has come, list by list."""
    return [
        Progress(
            connection,
            loaded,
            *reports.screened(
                seller_id=seller.id, source=source_of_list(connection), since=loaded.created_at
            ),
        )
        for connection, loaded in _lists(seller.id)
    ]


def _lists(seller_id: UUID) -> list[tuple[Connection, LoadedFile]]:
    """The lists in use that have been loaded, with what was loaded last."""
    found = queries.connections(seller_id=seller_id, active=True).filter(kind=LIST).order_by("id")
    return [
        (connection, loaded)
        for connection in found
        if (loaded := queries.latest_file(seller_id=seller_id, connection_id=connection.id))
    ]
