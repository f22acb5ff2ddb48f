"""Django's registration of the dunning record."""

from django.apps import AppConfig


class DunningConfig(AppConfig):
    """The dunning record."""

    name = "usance.records.dunning"
    label = "dunning"
