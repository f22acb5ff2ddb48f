"""Django's registration of the events record."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The events record."""

    name = "usance.records.events"
    label = "events"
