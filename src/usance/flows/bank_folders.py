"""Bank files that somebody leaves in a folder are taken, each whole or not at all."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from usance.flows import table_mappings
from usance.flows.bank_intake import MemberRefused, may_be_explained, take_file
from usance.flows.deliveries.carriers import FOLDER
from usance.flows.set_aside import is_passing
from usance.formats.errors import LARGEST_INPUT, FormatError
from usance.gateways.bank_folder import BankFolder
from usance.gateways.errors import CounterpartError, Refused
from usance.records.connections import queries
from usance.records.connections.models import Connection
from usance.records.parties.models import Seller

KIND: Final = "bank_folder"
"""The kind of connection that is a folder of bank files."""
MOST: Final = 200
"""Files taken at a time, so that one seller does not keep the others waiting."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of the files of a seller: counts."""

    taken: int = 0
    failed: int = 0


def folder_of(connection: Connection) -> BankFolder:
    """The folder of a connection: below the operator's, never of a seller's choosing but for its last
    part. Raises Refused if the operator has set none."""
    root = os.environ.get(FOLDER, "")
    if not root:
        raise Refused(
            f"There is no folder for exchange; the operator has to set {FOLDER}.",
            counterpart="bank folder",
            detail=FOLDER,
        )
    seller = Seller.objects.get(id=connection.seller_id)
    return BankFolder(Path(root, seller.handle, str(connection.settings.get("folder") or "bank")))


def sellers_with_folders() -> list[UUID]:
    """Sellers for whom a bank file may wait in a folder."""
    return queries.sellers_with(KIND)


def take_waiting(*, seller_id: UUID, at: datetime, by: str) -> Looked:
    """Take what waits in the seller's folders. A file that cannot be taken is moved to ``failed`` with
    the reason beside, and a table that nobody has explained yet waits in the back office besides.

    Broken off half-way, it takes the same file again the next time, and keeps it once.
    """
    seller = Seller.objects.get(id=seller_id)
    taken = failed = 0
    for connection in queries.connections(seller_id=seller_id, active=True).filter(kind=KIND):
        try:
            folder = folder_of(connection)
            for name in folder.waiting(at=at, limit=MOST):
                reason = _taken_or_why(seller, connection, folder, name, at=at, by=by)
                if reason is None:
                    folder.done(name)
                    taken += 1
                else:
                    folder.failed(name, reason=reason)
                    failed += 1
        except CounterpartError as error:
            _log.warning("bank folder %s of seller %s: %s", connection.id, seller_id, error)
    return Looked(taken, failed)


def _taken_or_why(
    seller: Seller, connection: Connection, folder: BankFolder, name: str, *, at: datetime, by: str
) -> str | None:
    """Take one file; why it cannot be taken, if it cannot. One that no reader foresaw may not keep
    those behind it waiting for ever."""
    try:
        return _take(seller, connection, folder, name, at=at, by=by)
    except CounterpartError:
        raise
    except Exception as error:
        if is_passing(error):
            raise
        _log.exception("bank file %r of seller %s", name, seller.id)
        return (
            f"unexpected_error: {type(error).__name__}. Nothing of the file was kept. Ask the operator"
            " to look into the log, and put the file back into the folder afterwards."
        )


def _take(
    seller: Seller,
    connection: Connection,
    folder: BankFolder,
    name: str,
    *,
    at: datetime,
    by: str,
) -> str | None:
    """Take one file; why it cannot be taken, if it cannot."""
    if folder.size(name) > LARGEST_INPUT:
        return f"The file is larger than {LARGEST_INPUT} bytes; split it by period."
    data = folder.read(name)
    account = str(connection.settings.get("account") or "")
    try:
        take_file(
            seller,
            data,
            at=at,
            by=by,
            file_name=table_mappings.storable_name(name),
            account=account or None,
            currency=connection.settings.get("currency") or None,
            source="folder",
        )
    except FormatError as error:
        if isinstance(error, MemberRefused):
            name, data = error.member.name, error.member.data
        if may_be_explained(error, data):
            waiting = table_mappings.keep_waiting(
                seller, data, at=at, file_name=name, account=account
            )
            return (
                f"{error.code}: {error} Say what its columns mean at"
                f" /office/bank/tables/{waiting.id}; the file is taken from there."
            )
        return f"{error.code}: {error}"
    return None
