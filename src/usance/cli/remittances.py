"""``usance import remittance``: what payers say their payments are for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from usance.cli import session
from usance.cli.session import AsJson, SellerName
from usance.cli.watching import bar

BY = "command line"


def remittance(
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, readable=True, metavar="FILE...", help="The payers' files."
        ),
    ],
    *,
    seller: SellerName = None,
    currency: Annotated[
        str | None, typer.Option(metavar="EUR", help="That of a table or text that tells none.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take remittance advices and let each find its payment: X12 820, EDIFACT REMADV, cXML, NACHA with
    addenda, lockbox files, tables as CSV, PDF, mails (.eml) and text.

    Each file is taken whole or not at all; one that cannot be read keeps the others from nothing. The
    same file again changes nothing.

    Example: [bold]usance import remittance advice.eml 820.edi --seller acme[/bold]
    """
    with session.database():
        from usance.flows import remittances
        from usance.formats.errors import FormatError

        chosen = session.find_seller(seller)
        taken: list[dict[str, Any]] = []
        refused: list[FormatError] = []
        with bar("Files") as advance:
            for number, file in enumerate(files, 1):
                try:
                    one = remittances.take_advice(
                        chosen,
                        file.read_bytes(),
                        at=session.now(),
                        by=BY,
                        file_name=file.name,
                        source="command",
                        currency=currency.upper() if currency else None,
                    )
                except FormatError as error:
                    refused.append(error)
                    taken.append({"file": file.name, "code": error.code, "error": str(error)})
                else:
                    taken.append({"file": file.name, **_taken(one)})
                advance(number, len(files), file.name)
        if refused and len(files) == 1:
            raise refused[0]
        text = "\n".join(_told(one) for one in taken)
        session.answer({"files": taken}, as_json=as_json, text=text)
        if refused:
            raise typer.Exit(1)


def _taken(one: Any) -> dict[str, Any]:
    from usance.records.identity import public_id

    return {
        "new": one.new,
        "format": one.file.format,
        "advices": one.file.advices,
        "joined": sum(1 for each in one.remittances if each.state == "joined"),
        "remittances": [
            {
                "id": public_id("remittance", each.id),
                "state": each.state,
                "findings": [finding["code"] for finding in each.findings],
            }
            for each in one.remittances
        ],
    }


def _told(one: dict[str, Any]) -> str:
    if "error" in one:
        return f"{one['file']}: not taken: {one['error']}"
    if not one["new"]:
        return f"{one['file']}: taken before; nothing was added."
    found = sum(1 for each in one["remittances"] if each["findings"])
    looked = f"; {found} with findings" if found else ""
    return (
        f"{one['file']} ({one['format']}): {one['advices']} advices, {one['joined']} of them found"
        f" their payment{looked}."
    )
