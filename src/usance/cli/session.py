"""What a command needs before it can work: a database, Django, a seller; and how it answers."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from usance.cli.faults import CommandRefused

if TYPE_CHECKING:
    from usance.records.parties.models import Seller

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
SellerName = Annotated[
    str | None,
    typer.Option(
        "--seller", metavar="HANDLE", help="The seller's handle or id; not needed if there is one."
    ),
]


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Django, set up on the database that is meant; the embedded server, if it is that one.

    The embedded server is started or joined, and stopped at the end if nobody else holds it.
    """
    from config import database as configured

    server = configured.ensure_address()
    try:
        set_up()
        yield
    finally:
        if server is not None:
            from django.db import connections

            connections.close_all()
            server.stop()


def set_up() -> None:
    """Set Django up; the database's address is in the environment."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def now() -> datetime:
    """The wall clock, which commands are the edge for."""
    from config.clock import CLOCK

    return CLOCK.now()


def find_seller(name: str | None) -> Seller:
    """The seller of a handle or public id, or the only one. Raises CommandRefused."""
    from usance.records.identity import NotAnId, parse_public_id
    from usance.records.parties.models import Seller

    if name is None:
        found = list(Seller.objects.order_by("handle")[:2])
        if len(found) == 1:
            return found[0]
        if not found:
            raise CommandRefused("There is no seller yet; run: usance create-seller --help")
        raise CommandRefused(f"There are several sellers; choose one with --seller: {_handles()}")
    try:
        seller = Seller.objects.filter(id=parse_public_id("seller", name)).first()
    except NotAnId:
        seller = Seller.objects.filter(handle=name).first()
    if seller is None:
        raise CommandRefused(f"There is no seller {name!r}; there are: {_handles() or 'none yet'}.")
    return seller


def _handles(most: int = 20) -> str:
    from usance.records.parties.models import Seller

    handles = list(Seller.objects.order_by("handle").values_list("handle", flat=True)[: most + 1])
    return ", ".join(handles[:most]) + (", ..." if len(handles) > most else "")


def answer(document: Any, *, as_json: bool, text: str) -> None:
    """Print ``document`` for programs or ``text`` for people, on stdout."""
    if as_json:
        sys.stdout.write(json.dumps(document, default=str, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(text.rstrip("\n") + "\n")


def day_of_trade(day: datetime | None) -> datetime | None:
    """The day of an option, if it can be asked about: periods reach back from it. Raises BadParameter."""
    if day is None:
        return None
    from usance.rules.terms.days import FIRST_DAY, LAST_DAY, is_day_of_trade

    if not is_day_of_trade(day.date()):
        raise typer.BadParameter(
            f"{day.date()} is no day that can be asked about; give one from {FIRST_DAY} to {LAST_DAY},"
            " such as 2026-03-31."
        )
    return day


def note(text: str) -> None:
    """Tell the person what is going on, on stderr, where it does not get into the answer."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
