"""What makes a table a seller's: ``seller_id`` in its key, its references and its uniqueness.

Models keep Django's plain ``id``. In the database the operation :class:`ScopeToSeller` turns each
primary key into ``(id, seller_id)`` and each reference into ``(x_id, seller_id)``, so that a row of
one seller can never point at another's and the tables can be spread over a cluster by seller.
"""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from usance.records.identity import new_id


class SellerScoped(models.Model):
    """A row that belongs to one seller."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.ForeignKey(
        "parties.Seller",
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class ScopedForeignKey(models.ForeignKey[Any, Any]):
    """A reference to a row of the same seller; the constraint is made by ScopeToSeller.

    No index is made by itself: an index that a query needs is declared on the model, led by
    ``seller``.
    """

    def __init__(self, to: Any, **options: Any) -> None:
        options.setdefault("on_delete", models.DO_NOTHING)
        options.setdefault("related_name", "+")
        options["db_constraint"] = False
        options["db_index"] = False
        super().__init__(to, **options)

    def deconstruct(self) -> Any:
        name, _, args, options = super().deconstruct()
        return name, "usance.records.seller_scope.ScopedForeignKey", args, options


class ScopeToSeller(Operation):
    """Give the named models composite keys and references. Safe to run twice.

    ``unreferenced`` names the models whose seller is not checked by a reference of its own: tables
    that every checkout of a seller inserts into, where a shared lock on the one seller row would
    make all checkouts meet.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, *model_names: str, unreferenced: tuple[str, ...] = ()) -> None:
        self.model_names = model_names
        self.unreferenced = unreferenced

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, list(self.model_names), {"unreferenced": self.unreferenced}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Django's own picture of the models does not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        del from_state
        models_ = [to_state.apps.get_model(app_label, name) for name in self.model_names]
        for model in models_:
            _compose_primary_key(schema_editor, model)
        for model in models_:
            required = _compose_references(schema_editor, model)
            if not required and model.__name__ not in self.unreferenced:
                _add_constraint(
                    schema_editor,
                    model._meta.db_table,
                    f"{model._meta.db_table}_seller_fk",
                    "FOREIGN KEY (seller_id) REFERENCES parties_seller (id)",
                )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Dropping the tables drops their keys."""

    def describe(self) -> str:
        return f"Scope {', '.join(self.model_names)} to their seller"


def _compose_primary_key(editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> None:
    table = model._meta.db_table
    columns = _constraint_columns(editor, table, f"{table}_pkey")
    if columns == ["id", "seller_id"]:
        return
    editor.execute(
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey, ADD PRIMARY KEY (id, seller_id)"
    )


def _compose_references(editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> bool:
    """Add the composite references; return whether one of them is never null."""
    required = False
    for field in model._meta.local_fields:
        if isinstance(field, ScopedForeignKey):
            target = field.related_model._meta.db_table
            _add_constraint(
                editor,
                model._meta.db_table,
                f"{model._meta.db_table}_{field.column}_fk",
                f"FOREIGN KEY ({field.column}, seller_id) REFERENCES {target} (id, seller_id)",
            )
            required = required or not field.null
    return required


def _add_constraint(editor: BaseDatabaseSchemaEditor, table: str, name: str, body: str) -> None:
    if not _constraint_columns(editor, table, name):
        editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {body}")


def _constraint_columns(editor: BaseDatabaseSchemaEditor, table: str, name: str) -> list[str]:
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.attname FROM pg_constraint c"
            " CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k(attnum, n)"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum"
            " WHERE c.conrelid = to_regclass(%s) AND c.conname = %s ORDER BY k.n",
            [table, name],
        )
        return [row[0] for row in cursor.fetchall()]


def registry_of_scoped_models(apps: Apps) -> list[type[SellerScoped]]:
    """Every concrete model that belongs to a seller."""
    return [model for model in apps.get_models() if issubclass(model, SellerScoped)]
