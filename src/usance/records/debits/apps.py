"""Django's registration of the debits record."""

from django.apps import AppConfig


class DebitsConfig(AppConfig):
    """Mandates, debits under them, the files that carry these to a bank, and its answers."""

    name = "usance.records.debits"
    label = "debits"
