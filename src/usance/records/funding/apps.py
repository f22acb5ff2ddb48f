"""Django's registration of the funding record."""

from django.apps import AppConfig


class FundingConfig(AppConfig):
    """Programmes, advances, instructions to funding partners and their notices."""

    name = "usance.records.funding"
    label = "funding"
