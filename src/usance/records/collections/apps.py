"""Django's registration of the collections record."""

from django.apps import AppConfig


class CollectionsConfig(AppConfig):
    """The collections record."""

    name = "usance.records.collections"
    label = "collections"
