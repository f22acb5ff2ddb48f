"""Django's registration of the invoices record."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    """The invoices record."""

    name = "usance.records.invoices"
    label = "invoices"
