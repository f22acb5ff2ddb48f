"""What an operator does: bring the tables up to date, let people and programs in, check the books."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from usance.cli import session
from usance.cli.session import AsJson, SellerName

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


def migrate(as_json: AsJson = False) -> None:
    """Bring the database's tables up to date. Safe to run again.

    Example: [bold]usance migrate[/bold]
    """
    with session.database():
        applied = run_migrations()
        session.answer(
            {"applied": applied},
            as_json=as_json,
            text=f"{applied} migrations applied." if applied else "Everything is up to date.",
        )


def run_migrations() -> int:
    """Apply what is missing; how many migrations that were."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from usance.flows.credit_notes import keep_missing_parts

    with connection.cursor() as cursor:
        # Several machines may start at once; one of them does it, the others find it done. They ask
        # again and again: a statement that waits would keep an index from being built concurrently.
        while not _locked(cursor):
            time.sleep(0.2)
        try:
            executor = MigrationExecutor(connection)
            missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
            if missing:
                call_command("migrate", verbosity=0, interactive=False)
            # A process of the release before may have invoiced since its tables were migrated.
            keep_missing_parts()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended('usance migrate', 0))")
    return missing


def _locked(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('usance migrate', 0))")
    return bool(cursor.fetchone()[0])


def verify(seller: SellerName = None, as_json: AsJson = False) -> None:
    """Check every invariant of the ledger, of one seller or of all; exit code 1 if one is broken.

    Example: [bold]usance verify --seller acme[/bold]
    """
    from usance.cli.watching import pulse

    with session.database():
        from usance.records.identity import public_id
        from usance.records.ledger import invariants

        chosen = session.find_seller(seller) if seller else None
        with pulse("Checking the books"):
            found = invariants.verify(seller_id=chosen.id if chosen else None)
        session.answer(
            {
                "ok": not found,
                "violations": [
                    {
                        "invariant": one.invariant,
                        "code": one.code,
                        "seller": public_id("seller", one.seller_id),
                        "object": one.object_id,
                        "text": one.sentence,
                    }
                    for one in found
                ],
            },
            as_json=as_json,
            text="\n".join(str(one) for one in found) or "Every invariant holds.",
        )
    if found:
        raise typer.Exit(1)


def create_seller(
    name: Annotated[str, typer.Argument(help="The company's name.")],
    *,
    handle: Annotated[str, typer.Option(help="A short name for commands and addresses.")],
    country: Annotated[str, typer.Option(help="ISO 3166 code, such as IT.")],
    currency: Annotated[str, typer.Option(help="ISO 4217 code, such as EUR.")],
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Rome.")],
    language: Annotated[str, typer.Option(help="en, it, ro or hi.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Create a seller with the standard credit policy.

    Example: [bold]usance create-seller "Acme S.r.l." --handle acme --country IT --currency EUR
    --time-zone Europe/Rome[/bold]
    """
    with session.database():
        from usance.flows import onboarding
        from usance.records.identity import public_id

        seller = onboarding.create_seller(
            name=name,
            handle=handle,
            country=country.upper(),
            currency=currency.upper(),
            time_zone=time_zone,
            language=language,
            at=session.now(),
        )
        shown = public_id("seller", seller.id)
        session.answer(
            {"id": shown, "handle": seller.handle},
            as_json=as_json,
            text=f"{shown}\nNext: usance create-key --seller {seller.handle}",
        )


def create_key(
    seller: SellerName = None,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    scope: Annotated[
        list[str] | None, typer.Option(help="What it allows; may be repeated. Default: everything.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create an API key. It is shown this once; only its hash is kept.

    Example: [bold]usance create-key --seller acme --scope orders:write --scope orders:read[/bold]
    """
    with session.database():
        from usance.flows import onboarding
        from usance.records.identity import public_id

        key, text = onboarding.create_api_key(
            session.find_seller(seller),
            name=name,
            scopes=scope or onboarding.SCOPES,
            at=session.now(),
        )
        session.answer(
            {"id": public_id("api_key", key.id), "key": text, "scopes": key.scopes},
            as_json=as_json,
            text=text,
        )


def revoke_key(
    key: Annotated[str, typer.Argument(help="The key, or its first ten characters.")],
    seller: SellerName = None,
    as_json: AsJson = False,
) -> None:
    """Revoke an API key. Running processes notice within a second.

    Example: [bold]usance revoke-key usk_Ab3dEf --seller acme[/bold]
    """
    with session.database():
        from usance.flows import onboarding

        ended = onboarding.revoke_api_key(session.find_seller(seller), shown=key, at=session.now())
        session.answer({"revoked": ended}, as_json=as_json, text=f"{ended} key revoked.")


def remove_user(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    seller: SellerName = None,
    as_json: AsJson = False,
) -> None:
    """Close the back office to a person, at once.

    Example: [bold]usance remove-user anna@acme.example --seller acme[/bold]
    """
    with session.database():
        from usance.flows import onboarding

        onboarding.remove_staff(session.find_seller(seller), email=email)
        session.answer({"removed": email}, as_json=as_json, text=f"{email} can no longer sign in.")


def create_user(
    email: Annotated[str, typer.Argument(help="The address the person signs in with.")],
    *,
    seller: SellerName = None,
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    role: Annotated[
        str, typer.Option(help="admin, credit_manager, accountant or viewer.")
    ] = "credit_manager",
    as_json: AsJson = False,
) -> None:
    """Let a person into the back office. The password is asked for, or read from USANCE_PASSWORD.

    Example: [bold]usance create-user eva@acme.example --seller acme --role admin[/bold]
    """
    with session.database():
        from usance.flows import onboarding
        from usance.records.identity import public_id

        chosen = session.find_seller(seller)
        staff = onboarding.add_staff(
            chosen,
            email=email,
            name=name,
            role=role,
            password=_password(),
            at=session.now(),
        )
        shown = public_id("staff", staff.id)
        session.answer(
            {"id": shown, "email": email.lower(), "role": role},
            as_json=as_json,
            text=f"{email.lower()} may sign in to {chosen.name}.",
        )


def _password() -> str:
    """A password that keeps the rules. Raises CommandRefused."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from usance.cli.faults import CommandRefused

    given = os.environ.get("USANCE_PASSWORD")
    if given is None:
        if not sys.stdin.isatty():
            raise CommandRefused("Set USANCE_PASSWORD; there is nobody here to ask.")
        given = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    try:
        validate_password(given)
    except ValidationError as error:
        raise CommandRefused(" ".join(error.messages)) from None
    return given


def openapi() -> None:
    """Print the OpenAPI document of the HTTP interface.

    Example: [bold]usance openapi > openapi.json[/bold]
    """
    import json

    os.environ.setdefault("USANCE_DATABASE_URL", "dbname=usance")  # it is not asked anything
    session.set_up()
    from usance.web.api.openapi import document

    sys.stdout.write(json.dumps(document(), indent=1) + "\n")
