"""Django's registration of the deliveries record."""

from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    """The deliveries record."""

    name = "usance.records.deliveries"
    label = "deliveries"
