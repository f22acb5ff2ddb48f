"""``usance import debit-returns``: what the bank answers to files of debits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from usance.cli import session
from usance.cli.faults import CommandRefused
from usance.cli.session import AsJson, SellerName

BY = "command line"


def debit_returns(
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, readable=True, metavar="FILE...", help="The bank's files."
        ),
    ],
    *,
    seller: SellerName = None,
    as_json: AsJson = False,
) -> None:
    """Take what the bank answers to debits: pain.002, or NACHA returns and notifications of change.

    What came back is open on its invoices again, however late it comes. Each file is taken whole or
    not at all; the same file again changes nothing.

    Example: [bold]usance import debit-returns answer.xml returns.ach --seller acme[/bold]
    """
    with session.database():
        from usance.flows.debits import answers
        from usance.formats.errors import FormatError
        from usance.records.identity import public_id

        chosen = session.find_seller(seller)
        taken = []
        texts = []
        for file in files:
            try:
                answer, new = answers.take_answer(
                    chosen, file.read_bytes(), at=session.now(), by=BY, file_name=file.name
                )
            except FormatError as error:
                raise CommandRefused(f"{file}: {error}") from None
            taken.append(
                {
                    "id": public_id("debit_answer", answer.id),
                    "file": str(file),
                    "new": new,
                    "applied": answer.applied,
                    "repeated": answer.repeated,
                    "findings": answer.findings,
                }
            )
            texts.append(
                f"{file.name}: {answer.applied} taken, {answer.repeated} known before,"
                f" {len(answer.findings)} to look at."
                if new
                else f"{file.name}: was taken before."
            )
        session.answer({"answers": taken}, as_json=as_json, text="\n".join(texts))
