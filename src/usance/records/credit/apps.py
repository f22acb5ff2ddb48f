"""Django's registration of the credit record."""

from django.apps import AppConfig


class CreditConfig(AppConfig):
    """The credit record."""

    name = "usance.records.credit"
    label = "credit"
