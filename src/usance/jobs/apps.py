"""Django's registration of the jobs room."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Background jobs and the calendar."""

    name = "usance.jobs"
    label = "jobs"
