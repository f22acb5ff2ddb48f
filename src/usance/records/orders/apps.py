"""Django's registration of the orders record."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The orders record."""

    name = "usance.records.orders"
    label = "orders"
