"""Prepared statements: for the few queries whose planning would cost more than their running.

Django's cursor composes SQL on the client, which a server cannot prepare. These run on the same
connection, hence in the same transaction, through a server-side cursor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from django.db import connection
from psycopg.types.json import Jsonb
from pydantic_core import to_json

# psycopg types the encoder as returning str; it takes bytes as well.
_encode = cast(Any, to_json)


def jsonb(value: Any) -> Jsonb:
    """``value`` as a jsonb parameter; UUIDs, dates and instants are written as ISO text."""
    return Jsonb(value, dumps=_encode)


def execute(
    query: str, parameters: Sequence[Any] | Mapping[str, Any], *, keeps_plan: bool = True
) -> list[tuple[Any, ...]]:
    """Run ``query`` prepared and return its rows (none for a statement without a result).

    Without ``keeps_plan`` the server plans it for these very parameters. After a few runs it would settle
    on one plan for all, which is the wrong one where a report of today and one of last year, or one buyer
    and five hundred, are read in different ways.
    """
    connection.ensure_connection()
    # Errors come as Django's own, as they would from its cursor.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, parameters, prepare=keeps_plan)
        # Asking for the description would build one for every column.
        return cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []
