"""A new database is migrated without rendering every model at each step."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = pytest.mark.usefixtures("db_committed")


@pytest.mark.parametrize(
    ("app_label", "model_name", "alone"),
    [("orders", "order", True), ("parties", "seller", True), ("auth", "group", False)],
)
def test_only_what_changes_is_rendered_anew(app_label: str, model_name: str, alone: bool) -> None:
    state = MigrationExecutor(connection).loader.project_state()
    assert state.apps.get_model(app_label, model_name)
    found = state._find_reload_model(app_label, model_name)
    assert (found == {(app_label, model_name)}) is alone
