"""Django's registration of the cards record."""

from django.apps import AppConfig


class CardsConfig(AppConfig):
    """Cards, authorizations, instructions to a payment provider and its notices."""

    name = "usance.records.cards"
    label = "cards"
