"""Django's registration of the parties record."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The parties record."""

    name = "usance.records.parties"
    label = "parties"
