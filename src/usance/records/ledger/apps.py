"""Django's registration of the ledger record."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The ledger record."""

    name = "usance.records.ledger"
    label = "ledger"
