"""Django's registration of the connections record."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    """The connections record."""

    name = "usance.records.connections"
    label = "connections"
