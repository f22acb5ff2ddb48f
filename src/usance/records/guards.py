"""Migration operations that put the house's guards on tables, and load SQL kept beside a record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

RECORDS = Path(__file__).parent


def sql_file(place: str) -> migrations.RunSQL:
    """Run ``records/<place>``: a file of CREATE OR REPLACE statements, safe to run again."""
    return migrations.RunSQL((RECORDS / place).read_text(), migrations.RunSQL.noop)


class _Guard(Operation):
    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Guards are not part of Django's picture."""

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Dropping the table drops its triggers."""


class AppendOnly(_Guard):
    """No row of the named models is ever updated or deleted."""

    def __init__(self, *model_names: str) -> None:
        self.model_names = model_names

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, list(self.model_names), {}

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        del from_state
        for name in self.model_names:
            table = to_state.apps.get_model(app_label, name)._meta.db_table
            schema_editor.execute(
                f"CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
                f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION usance_append_only()"
            )

    def describe(self) -> str:
        return f"Make {', '.join(self.model_names)} append-only"


class GuardState(_Guard):
    """The model's ``state`` changes only along ``pairs`` (a frozen copy of ``rules.states``)."""

    def __init__(self, model_name: str, *, pairs: list[tuple[str, str]]) -> None:
        self.model_name = model_name
        self.pairs = pairs

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.model_name], {"pairs": self.pairs}

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        del from_state
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        arguments = ", ".join(f"'{before}>{after}'" for before, after in self.pairs)
        schema_editor.execute(
            f"CREATE OR REPLACE TRIGGER state_machine BEFORE UPDATE OF state ON {table}"
            f" FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)"
            f" EXECUTE FUNCTION usance_state_machine({arguments})"
        )

    def describe(self) -> str:
        return f"Guard the states of {self.model_name}"
