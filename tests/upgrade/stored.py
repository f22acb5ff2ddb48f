"""What a database holds, seen from outside the product: its rows and its shape."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from pathlib import Path

import psycopg
from psycopg import sql

Columns = dict[str, list[str]]
Rows = dict[str, Counter[str]]


def load(connection: psycopg.Connection, dump: Path) -> None:
    """Run a dump, then let transaction numbers pass those it brings.

    Events are read up to the oldest running transaction, and a cluster that is younger than the one
    they come from would hide them (docs/adr/0006).
    """
    connection.execute(gzip.decompress(dump.read_bytes()))
    connection.execute("RESET ALL")
    connection.execute(
        """
        DO $$
        DECLARE latest bigint := (SELECT coalesce(max(transaction), 0) FROM public.events_event);
        BEGIN
            WHILE pg_current_xact_id()::text::bigint <= latest LOOP COMMIT; END LOOP;
        END $$
        """
    )


def columns(connection: psycopg.Connection) -> Columns:
    """The columns of every table."""
    found: Columns = {}
    for table, column in connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns JOIN"
        " information_schema.tables USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1, ordinal_position"
    ):
        found.setdefault(table, []).append(column)
    return found


def rows(connection: psycopg.Connection, wanted: Columns) -> Rows:
    """Every row of the ``wanted`` columns, written out, with how often it is there."""
    found: Rows = {}
    for table, names in wanted.items():
        query = sql.SQL("SELECT ROW({})::text FROM {}").format(
            sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(table)
        )
        found[table] = Counter(row for (row,) in connection.execute(query))
    return found


# What a migration makes, in PostgreSQL's own words. NOT NULL stands with the columns: as constraints
# they carry names that no migration chooses.
_SHAPES = (
    "SELECT 'column ' || a.attrelid::regclass || '.' || a.attname || ' '"
    " || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END"
    " || a.attidentity::text || a.attgenerated::text || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '')"
    " FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')"
    " LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
    " WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped",
    "SELECT 'constraint ' || conrelid::regclass || '.' || conname || ' ' || pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0"
    " AND contype <> 'n'",
    "SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM pg_trigger AS t JOIN pg_class AS c"
    " ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace",
    "SELECT 'function ' || pg_get_functiondef(p.oid) FROM pg_proc AS p"
    " WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')"
    " AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = p.oid AND deptype = 'e')",
    "SELECT 'sequence ' || sequencename || ' ' || data_type || ' ' || increment_by || ' ' || cycle"
    " FROM pg_sequences WHERE schemaname = 'public'",
    "SELECT 'type ' || t.typname || ' ' || string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)"
    " FROM pg_type AS t JOIN pg_enum AS e ON e.enumtypid = t.oid GROUP BY t.typname",
)


def shape(connection: psycopg.Connection) -> set[str]:
    """Every column, constraint, index, trigger, function, sequence and type, a line each."""
    return {
        line if line.startswith("function") else _without_casts(line)
        for query in _SHAPES
        for (line,) in connection.execute(query)
    }


def _without_casts(line: str) -> str:
    """A list of strings is cast as a whole where it was typed, each by itself after a restore."""
    return re.sub(r"::(?:character varying|text)(?:\[\])?|[()]", "", line)
