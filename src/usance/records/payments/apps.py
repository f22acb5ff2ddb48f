"""Django's registration of the payments record."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The payments record."""

    name = "usance.records.payments"
    label = "payments"
