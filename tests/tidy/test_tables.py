"""Every table of a seller's carries its seller in its key, its references and its uniqueness."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from usance.records.seller_scope import ScopedForeignKey, registry_of_scoped_models
from usance.records.statements import execute

SHARED_BY_ALL = {"parties_seller", "parties_user"}
"""Our tables that belong to no seller: the sellers, and the people who may serve several."""
FOREIGN = (
    "django_",
    "auth_",
    "account_",
    "procrastinate_",
    "mfa_",
    "socialaccount_",
    "usersessions_",
)
KEPT_FOR_RETURN = {"payments_payeraccount"}
"""Tables of a seller's that nothing reads any more: whoever goes back to the release before does."""
UNANCHORED = {
    "events_event",
    "events_idempotencyrecord",
    "ledger_entry",
    "ledger_balance",
}
"""Tables that every checkout inserts into: no reference to the one seller row, which all would
lock (see ScopeToSeller)."""

pytestmark = pytest.mark.usefixtures("db_committed")


def scoped() -> set[str]:
    return {model._meta.db_table for model in registry_of_scoped_models(apps)}


def constraints(kind: str) -> list[tuple[str, str, list[str], str | None, list[str]]]:
    """Table, name, columns, referred table and columns of each constraint of ``kind``."""
    return execute(
        """
        SELECT c.conrelid::regclass::text, c.conname::text,
               ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k(n, o)
                       JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n
                      ORDER BY k.o),
               CASE WHEN c.confrelid > 0 THEN c.confrelid::regclass::text END,
               ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k(n, o)
                       JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n
                      ORDER BY k.o)
          FROM pg_constraint c
         WHERE c.contype = %s AND c.connamespace = 'public'::regnamespace
        """,
        [kind],
    )


def test_nothing_escapes() -> None:
    """Every table with a seller is a SellerScoped model, every other is known not to need one."""
    rows = execute(
        "SELECT c.relname::text, bool_or(a.attname = 'seller_id') FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.attnum > 0"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY 1",
        [],
    )
    with_seller = {table for table, has_seller in rows if has_seller}
    without = {table for table, has_seller in rows if not has_seller}
    assert with_seller - KEPT_FOR_RETURN == scoped()
    assert with_seller >= KEPT_FOR_RETURN
    assert len(with_seller) >= 20
    assert {t for t in without - SHARED_BY_ALL if not t.startswith(FOREIGN)} == set()


def test_every_seller_id_is_required() -> None:
    nullable = execute(
        "SELECT attrelid::regclass::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND a.attname = 'seller_id' AND NOT a.attnotnull",
        [],
    )
    assert nullable == []


def test_every_primary_key_is_id_and_seller() -> None:
    keys = {table: columns for table, _, columns, _, _ in constraints("p")}
    assert {t: keys.get(t) for t in scoped() if keys.get(t) != ["id", "seller_id"]} == {}


def test_every_reference_takes_its_seller_along() -> None:
    wrong = []
    for table, name, columns, target, target_columns in constraints("f"):
        if table not in scoped():
            continue
        if target == "parties_seller":
            good = (columns, target_columns) == (["seller_id"], ["id"])
        elif target == "parties_user":
            good = len(columns) == 1
        else:
            good = columns[1:] == ["seller_id"] and target_columns == ["id", "seller_id"]
        if not good:
            wrong.append(name)
    assert wrong == []


def test_every_scoped_reference_of_a_model_is_one_of_the_database() -> None:
    kept = {(table, columns[0], target) for table, _, columns, target, _ in constraints("f")}
    wanted = {
        (model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model in registry_of_scoped_models(apps)
        for field in model._meta.local_fields
        if isinstance(field, ScopedForeignKey)
    }
    assert len(wanted) >= 20
    assert wanted - kept == set()


def test_no_plain_foreign_key_between_tables_of_a_seller() -> None:
    wrong = [
        f"{model._meta.db_table}.{field.column}"
        for model in registry_of_scoped_models(apps)
        for field in model._meta.local_fields
        if field.is_relation
        and not isinstance(field, ScopedForeignKey)
        and field.related_model._meta.db_table not in SHARED_BY_ALL
    ]
    # The one row of a seller's policy would be locked by all its checkouts at once.
    assert wrong == ["credit_decision.policy_id"]


def test_every_row_hangs_on_a_real_seller() -> None:
    required = {
        (model._meta.db_table, field.column)
        for model in registry_of_scoped_models(apps)
        for field in model._meta.local_fields
        if isinstance(field, ScopedForeignKey) and not field.null
    }
    anchored = {
        table
        for table, _, columns, target, _ in constraints("f")
        if target == "parties_seller" or (table, columns[0]) in required
    }
    assert scoped() - anchored == UNANCHORED


def test_every_uniqueness_is_within_a_seller() -> None:
    indexes = execute(
        """
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text,
               EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid
                          AND a.attnum = ANY (i.indkey::smallint[]) AND a.attname = 'seller_id')
          FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
         WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace
        """,
        [],
    )
    checked = [(table, index, has) for table, index, has in indexes if table in scoped()]
    assert len(checked) >= len(scoped()) + 30, "a key each, and what else must be unique"
    assert [index for _, index, has_seller in checked if not has_seller] == []


def test_amounts_are_whole_minor_units() -> None:
    rows = execute(
        "SELECT table_name::text || '.' || column_name, data_type::text"
        " FROM information_schema.columns WHERE table_schema = 'public'",
        [],
    )
    kinds = {name: kind for name, kind in rows if name.split(".")[0] in scoped()}
    inexact = {
        name for name, kind in kinds.items() if kind in ("real", "double precision", "money")
    }
    assert inexact == set()
    money = (
        "amount", "tolerance", "limit", "commitments", "receivable", "external", "unapplied_cash",
        "credited", "credited_tax", "allocated", "written_off", "outstanding", "refunded",
        "owed_change", "up_to", "invoiced_tax",
    )  # fmt: skip
    named = {
        name: kind
        for name, kind in kinds.items()
        if name.split(".")[1] in money or name.endswith("_amount")
    }
    assert len(named) >= 25
    assert {name: kind for name, kind in named.items() if kind != "bigint"} == {}


def test_instants_have_a_zone() -> None:
    naive = execute(
        "SELECT table_name::text, column_name::text FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type = 'timestamp without time zone'",
        [],
    )
    assert [row for row in naive if row[0] in scoped()] == []


def test_the_migrations_are_the_models() -> None:
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_one_sellers_row_cannot_point_at_anothers(seller: Any, buyer: Any, at: Any) -> None:
    import secrets

    from django.db import IntegrityError, transaction

    from usance.flows import onboarding
    from usance.records.credit.models import CreditLine

    stranger = onboarding.create_seller(
        name="Altra",
        handle=f"altra-{secrets.token_hex(6)}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    with pytest.raises(IntegrityError, match="buyer_id_fk"), transaction.atomic():
        CreditLine.objects.create(seller=stranger, buyer=buyer, currency="EUR", created_at=at)
    assert not CreditLine.objects.filter(seller_id=stranger.id).exists()
