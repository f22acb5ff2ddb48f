"""Django's registration of the monitoring record."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """The monitoring record."""

    name = "usance.records.monitoring"
    label = "monitoring"
