"""Django's registration of the parties record."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The parties record, and what holds for the migrations of all records."""

    name = "usance.records.parties"
    label = "parties"

    def ready(self) -> None:
        """Called once, when all models are known."""
        from usance.records.migration_states import render_only_what_changes

        render_only_what_changes()
