"""``usance import``: tables of buyers, open items, rates, scores, notices, and sanctions lists."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from usance.cli import session
from usance.cli.faults import CommandRefused
from usance.cli.session import AsJson, SellerName
from usance.cli.watching import bar

BY = "command line"

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file to take in.")
]


def buyers(file: File, *, seller: SellerName = None, as_json: AsJson = False) -> None:
    """Add or change trade accounts by a table. Run again, it changes nothing.

    Columns: external_id; name and country for new buyers; email, tax_id, registration_number,
    language, group; credit_limit with currency, tolerance and terms. An empty cell changes nothing.
    The whole table is checked before anything is written.

    Example: [bold]usance import buyers customers.csv --seller acme[/bold]
    """
    with session.database():
        from usance.flows import buyer_imports

        chosen = session.find_seller(seller)
        with bar("Buyers") as advance:
            done = buyer_imports.import_buyers(
                chosen,
                file.read_bytes(),
                at=session.now(),
                by=BY,
                progress=lambda count, total: advance(count, total, ""),
            )
        document = {
            "created": done.created,
            "changed": done.changed,
            "unchanged": done.unchanged,
            "limits_set": done.limits,
        }
        text = (
            f"{done.created} buyers added, {done.changed} changed, {done.unchanged} as they were;"
            f" {done.limits} limits set."
        )
        session.answer(document, as_json=as_json, text=text)


def open_items(
    file: File,
    *,
    seller: SellerName = None,
    create_buyers: Annotated[
        bool, typer.Option("--create-buyers", help="Add the buyers that are not known yet.")
    ] = False,
    country: Annotated[
        str | None,
        typer.Option(
            metavar="XX", help="Country of added buyers where the table has none; the seller's."
        ),
    ] = None,
    origin: Annotated[
        str, typer.Option(help="The name of the system that the items are of.")
    ] = "erp",
    complete: Annotated[
        bool,
        typer.Option(
            "--complete", help="The table names everybody: others have nothing open there."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take in what the ERP has open: it uses the limits of its buyers. Run again, it changes nothing.

    Columns: the customer's number, the item's number, amount, currency and due date; or SAP's
    customer items (cust_number, doc_id, total_open_amount, invoice_currency, due_in_date). Of each
    buyer it names, the table has all items.

    Example: [bold]usance import open-items items.csv --create-buyers --seller acme[/bold]
    """
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise typer.BadParameter("write two letters, such as IT", param_hint="--country")
    if not 0 < len(origin) <= 40:
        raise typer.BadParameter("write a name of up to 40 letters", param_hint="--origin")
    with session.database():
        from usance.flows import open_item_imports

        chosen = session.find_seller(seller)
        with bar("Accounts") as advance:
            done = open_item_imports.import_open_items(
                chosen,
                file.read_bytes(),
                at=session.now(),
                by=BY,
                origin=origin,
                create_buyers=create_buyers,
                country=country.upper() if country else None,
                complete=complete,
                progress=lambda count, total: advance(count, total, ""),
            )
        document = {
            "items": done.items,
            "accounts": done.accounts,
            "buyers_created": done.created,
            "unknown_buyers": [
                {"external_id": number, "line": line} for number, line in done.unknown.items()
            ],
            "accounts_left": done.left,
            "accounts_cleared": done.cleared,
        }
        lines = [
            f"{done.items} open items of {done.accounts} accounts; {done.created} buyers added.",
            *(
                [f"{done.cleared} accounts are not in the table and have nothing open there now."]
                if done.cleared
                else []
            ),
            *(
                [
                    f"{done.left} accounts with items of {origin} are not in the table and were left"
                    " as they are; --complete takes their items out."
                ]
                if done.left
                else []
            ),
            *(
                [
                    f"{len(done.unknown)} buyers are not known; add them, or run with --create-buyers:"
                ]
                if done.unknown
                else []
            ),
            *(f"  {number} (line {line})" for number, line in list(done.unknown.items())[:50]),
            *(["  ..."] if len(done.unknown) > 50 else []),
        ]
        session.answer(document, as_json=as_json, text="\n".join(lines))


def exchange_rates(
    file: File,
    *,
    seller: SellerName = None,
    origin: Annotated[str, typer.Option(help="Where the rates are from, such as ECB.")] = "",
    as_json: AsJson = False,
) -> None:
    """Store exchange rates by a table of date, source, target and rate. Run again, it changes nothing.

    Example: [bold]usance import exchange-rates rates.csv --origin ECB --seller acme[/bold]
    """
    with session.database():
        from usance.flows import rate_imports

        chosen = session.find_seller(seller)
        with bar("Rates") as advance:
            done = rate_imports.import_rates(
                chosen,
                file.read_bytes(),
                at=session.now(),
                by=BY,
                origin=origin,
                progress=lambda count, total: advance(count, total, ""),
            )
        document = {"created": done.created, "known": done.known}
        text = f"{done.created} rates stored, {done.known} known before."
        session.answer(document, as_json=as_json, text=text)


def reference_rates(file: File, *, seller: SellerName = None, as_json: AsJson = False) -> None:
    """Store reference rates of late interest by a table of table, from, rate and until. Run again, it
    changes nothing.

    Example: [bold]usance import reference-rates ecb.csv --seller acme[/bold]
    """
    with session.database():
        from usance.flows import late_interest_terms

        done = late_interest_terms.import_reference_rates(
            session.find_seller(seller), file.read_bytes(), at=session.now(), by=BY
        )
        document = {"created": done.created, "changed": done.changed, "known": done.known}
        text = f"{done.created} rates stored, {done.changed} changed, {done.known} known before."
        session.answer(document, as_json=as_json, text=text)


def bureau_scores(
    file: File,
    *,
    bureau: Annotated[str, typer.Option(help="Who made the scores, such as crif.")],
    seller: SellerName = None,
    scale: Annotated[
        str | None,
        typer.Option(metavar="WORST:BEST", help="The ends of the score, such as 0:100 or 600:100."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="EUR", help="That of limits, where the file has none.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take in a bureau's file of scores, whole or not at all. Run again, it changes nothing.

    A row finds its buyer by D-U-N-S (duns in the buyer's metadata), registration number, tax number
    or your own number; rows that find nobody are named.

    Example: [bold]usance import bureau-scores scores.csv --bureau crif --scale 0:100[/bold]
    """
    ends = _scale(scale)
    with session.database():
        from usance.flows import score_files

        chosen = session.find_seller(seller)
        with bar("Scores") as advance:
            taken = score_files.take_score_file(
                chosen,
                file.read_bytes(),
                bureau=bureau,
                scale=ends,
                currency=currency.upper() if currency else None,
                file_name=file.name,
                at=session.now(),
                by=BY,
                progress=lambda count, total: advance(count, total, ""),
            )
        document = {
            "rows": taken.rows,
            "new": taken.new,
            "known": taken.known,
            "unmatched": [
                {"line": one.line, "name": one.name, "number": one.number, "reason": one.reason}
                for one in taken.unmatched
            ],
        }
        lines = [
            f"{taken.rows} rows: {taken.new} new reports, {taken.known} known before,"
            f" {len(taken.unmatched)} about no buyer.",
            *(
                f"  line {one.line}: {one.name} {one.number} ({one.reason.replace('_', ' ')})"
                for one in taken.unmatched[:50]
            ),
            *(["  ..."] if len(taken.unmatched) > 50 else []),
        ]
        session.answer(document, as_json=as_json, text="\n".join(lines))


def _scale(text: str | None) -> tuple[Decimal, Decimal] | None:
    if text is None:
        return None
    worst, _, best = text.partition(":")
    try:
        ends = Decimal(worst), Decimal(best)
    except InvalidOperation:
        ends = Decimal("NaN"), Decimal("NaN")
    if not all(end.is_finite() for end in ends) or ends[0] == ends[1]:
        raise typer.BadParameter(
            "write the worst and the best score, such as 0:100", param_hint="--scale"
        )
    return ends


def sanctions_list(
    file: File,
    *,
    seller: SellerName = None,
    connection: Annotated[
        str | None,
        typer.Option(help="Id of the list's connection; not needed if there is one, or none yet."),
    ] = None,
    rescreen: Annotated[
        bool,
        typer.Option("--rescreen", help="Search for every buyer now, not by the calendar's job."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Load a sanctions list of your own, in the columns of OpenSanctions' targets.simple.csv.

    The calendar's job then searches it for every buyer; --rescreen does so at once, with a bar.
    Interrupted, either goes on where it stopped. The same file again changes nothing.

    Example: [bold]usance import sanctions-list targets.simple.csv --rescreen --seller acme[/bold]
    """
    with session.database():
        from usance.flows import rescreening
        from usance.records.identity import NotAnId, parse_public_id, public_id

        chosen = session.find_seller(seller)
        try:
            wanted = None if connection is None else parse_public_id("connection", connection)
        except NotAnId as error:
            raise CommandRefused(str(error)) from None
        loaded = rescreening.load_own_list(
            chosen,
            file.read_bytes(),
            file_name=file.name,
            connection_id=wanted,
            at=session.now(),
            by=BY,
        )
        screened = hits = None
        if rescreen:
            with bar("Screening") as advance:
                done = rescreening.rescreen_all(
                    chosen,
                    at=session.now(),
                    by=BY,
                    progress=lambda count, total: advance(count, total, ""),
                )
            screened, hits = done.screened, done.hits
        document = {
            "connection": public_id("connection", loaded.connection_id)
            if loaded.connection_id
            else None,
            "entries": loaded.entries,
            "screened": screened,
            "hits": hits,
        }
        lines = [f"{loaded.entries} entries are loaded."]
        if rescreen:
            lines.append(f"{screened} buyers screened, {hits} of them like an entry.")
        else:
            lines.append("Every buyer is searched for in the background.")
        session.answer(document, as_json=as_json, text="\n".join(lines))


def insolvency_notices(
    file: File,
    *,
    seller: SellerName = None,
    source: Annotated[
        str, typer.Option(help="Who publishes the notices, such as a gazette's name.")
    ] = "insolvency notices",
    as_json: AsJson = False,
) -> None:
    """Compare notices of insolvency with the buyers. Run again, it changes nothing.

    Columns (or members of JSON lines): notice id, name, kind and date; number, country and court if
    they are known. A number that is the same says for certain whom a notice is about, and the watches
    act on it; a name that is alike only raises an alarm.

    Example: [bold]usance import insolvency-notices notices.csv --seller acme[/bold]
    """
    if not 0 < len(source) <= 40:
        raise typer.BadParameter("write a name of up to 40 letters", param_hint="--source")
    with session.database():
        from usance.flows import insolvency
        from usance.records.identity import public_id

        chosen = session.find_seller(seller)
        with bar("Notices") as advance:
            taken = insolvency.take_notices(
                chosen,
                file.read_bytes(),
                source=source,
                at=session.now(),
                by=BY,
                tell=lambda done, total: advance(done, total, ""),
            )
        found = [
            {
                "report": public_id("report", report.id),
                "buyer": public_id("buyer", report.buyer_id),
                "notice": report.facts["notice"],
                "name": report.facts["name"],
                "certain": report.outcome == "hit",
            }
            for report in (*taken.reported, *taken.suspected)
            if report.buyer_id is not None
        ]
        document = {
            "notices": taken.notices,
            "reported": len(taken.reported),
            "suspected": len(taken.suspected),
            "known_before": taken.known_before,
            "reports": found,
        }
        lines = [
            f"{taken.notices} notices: {len(taken.reported)} about buyers,"
            f" {len(taken.suspected)} about somebody like a buyer,"
            f" {taken.known_before} known before.",
            *(
                f"  {one['buyer']} {'is' if one['certain'] else 'may be'} named in {one['notice']}:"
                f" {one['name']}"
                for one in found[:50]
            ),
            *(["  ..."] if len(found) > 50 else []),
        ]
        session.answer(document, as_json=as_json, text="\n".join(lines))
