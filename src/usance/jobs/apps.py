"""Django's registration of the jobs room."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Background jobs and the calendar."""

    name = "usance.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Bring in the jobs that do not stand in ``tasks``, the one module that is looked for."""
        from usance.jobs import (  # noqa: F401
            backtests,
            bank_folders,
            billing,
            cards,
            checks,
            debits,
            deliveries,
            dunning,
            funding,
            monitoring,
            remittances,
            reports,
            reviews,
            standing,
            statements,
        )
