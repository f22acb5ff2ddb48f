"""Migrating without rendering every model anew at each step.

While it migrates, Django keeps a picture of all models. Whatever changes one of them makes it render
anew all models that are related to it, to any depth. Here every model is related to the seller, so each of
hundreds of steps rendered all of them: most of a minute for a new database. Our steps ask a model for its
table and its columns only, which a related model of before tells as well, so that rendering the changed
one is enough. Models of others go Django's way.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.migrations.state import ProjectState

_ROOM = "usance.records."
_find_all = ProjectState._find_reload_model  # type: ignore[attr-defined]


def _find(
    self: ProjectState, app_label: str, model_name: str, delay: bool = False
) -> set[tuple[str, str]]:
    config: Any = apps.app_configs.get(app_label)
    if config is None or not config.name.startswith(_ROOM):
        found: set[tuple[str, str]] = _find_all(self, app_label, model_name, delay)
        return found
    if delay:
        self.is_delayed = True
    return {(app_label, model_name)}


def render_only_what_changes() -> None:
    """Let our own models be rendered by themselves from now on. Twice is as good as once."""
    ProjectState._find_reload_model = _find  # type: ignore[attr-defined]
