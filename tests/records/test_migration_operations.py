"""The house's migration operations can be run twice and say what they do."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from usance.records.guards import AppendOnly, GuardState
from usance.records.seller_scope import ScopeToSeller
from usance.records.statements import execute

pytestmark = pytest.mark.usefixtures("db_committed")


def structure() -> list[tuple[Any, ...]]:
    """Every constraint and trigger of the database, as the database writes them."""
    return execute(
        "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " UNION ALL SELECT tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid)"
        " FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2, 3",
        [],
    )


def operations() -> list[tuple[tuple[str, str], Any]]:
    """Each of our operations in each migration of ours, with app and name of the migration."""
    migrations = MigrationExecutor(connection).loader.disk_migrations
    return [
        ((migration.app_label, migration.name), operation)
        for _, migration in sorted(migrations.items())
        for operation in migration.operations
        if isinstance(operation, ScopeToSeller | AppendOnly | GuardState)
    ]


def test_running_them_again_changes_nothing() -> None:
    before = structure()
    found = operations()
    assert len(found) >= 15
    loader = MigrationExecutor(connection).loader
    for migration, operation in found:
        state = loader.project_state(migration)  # a model may have gone since
        with connection.schema_editor() as editor:
            operation.database_forwards(migration[0], editor, state, state)
    assert structure() == before


def test_each_says_what_it_does() -> None:
    for _, operation in operations():
        assert operation.describe().split()[0] in {"Scope", "Make", "Guard"}


def test_every_migration_is_applied() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert apps.is_installed("usance.records.ledger")
