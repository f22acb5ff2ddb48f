"""Django's registration of the applications record."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """The applications record."""

    name = "usance.records.applications"
    label = "applications"
