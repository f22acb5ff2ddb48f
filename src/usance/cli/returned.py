"""``usance import bounces``, ``sdi-notifications`` and ``gst-registrations``: files that came back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from usance.cli import session
from usance.cli.session import AsJson, SellerName
from usance.cli.watching import bar

Files = Annotated[
    list[Path],
    typer.Argument(exists=True, dir_okay=False, readable=True, help="The files to take in."),
]


def bounces(files: Files, *, seller: SellerName = None, as_json: AsJson = False) -> None:
    """Take in e-mails that mail servers returned, each a whole message (.eml).

    Each is kept, and the delivery it is about is marked as bounced with the server's words. The same
    again changes nothing.

    Example: [bold]usance import bounces returned/*.eml --seller acme[/bold]
    """
    _take(files, source="email", seller=seller, as_json=as_json)


def sdi_notifications(files: Files, *, seller: SellerName = None, as_json: AsJson = False) -> None:
    """Take in notifications of SdI (RC, NS, MC, NE, DT, AT) that came by another way than a folder.

    Example: [bold]usance import sdi-notifications IT*_NS_001.xml --seller acme[/bold]
    """
    _take(files, source="sdi", seller=seller, as_json=as_json)


def gst_registrations(files: Files, *, seller: SellerName = None, as_json: AsJson = False) -> None:
    """Take in answers of India's portal (IRP), each the JSON as it came.

    Each is put to the invoice or credit note that its signed code names, and checked against it. PDFs
    bear its code from then on. The same again changes nothing.

    Example: [bold]usance import gst-registrations answers/*.json --seller acme[/bold]
    """
    with session.database():
        from usance.flows.deliveries.registrations import register_by_number
        from usance.flows.refusals import Refused
        from usance.records.identity import public_id

        chosen = session.find_seller(seller)
        found: list[dict[str, str | None]] = []
        with bar("Files") as advance:
            for count, file in enumerate(files, 1):
                told: dict[str, str | None] = {"file": file.name, "document": None, "irn": None}
                try:
                    kept = register_by_number(
                        chosen, content=file.read_bytes(), at=session.now(), by="usance import"
                    )
                except Refused as error:
                    told["problem"] = f"{error.code}: {error}"
                else:
                    told |= {"document": public_id(kept.kind, kept.subject_id), "irn": kept.irn}
                found.append(told)
                advance(count, len(files), "")
        done = sum(1 for one in found if one["document"])
        lines = [f"{len(found)} files: {done} registered."]
        lines += [f"  {one['file']}: {one['problem']}" for one in found if "problem" in one]
        session.answer({"registrations": found}, as_json=as_json, text="\n".join(lines))
        if done < len(found):
            raise typer.Exit(1)


def _take(files: list[Path], *, source: str, seller: str | None, as_json: bool) -> None:
    with session.database():
        from usance.flows.deliveries.receipts import take_receipt
        from usance.records.identity import public_id

        chosen = session.find_seller(seller)
        found = []
        with bar("Files") as advance:
            for count, file in enumerate(files, 1):
                receipt = take_receipt(
                    chosen,
                    source=source,
                    content=file.read_bytes(),
                    file_name=file.name,
                    at=session.now(),
                )
                found.append(
                    {
                        "file": file.name,
                        "delivery": public_id("delivery", receipt.delivery_id)
                        if receipt.delivery_id
                        else None,
                        "code": receipt.code,
                        "problem": receipt.problem,
                    }
                )
                advance(count, len(files), "")
        matched = sum(1 for one in found if one["delivery"])
        lines = [f"{len(found)} files: {matched} about deliveries of yours."]
        lines += [f"  {one['file']}: {one['problem']}" for one in found if one["problem"]]
        session.answer({"receipts": found}, as_json=as_json, text="\n".join(lines))
