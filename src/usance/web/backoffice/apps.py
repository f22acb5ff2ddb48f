"""The back office as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """Pages of the seller's staff; no tables."""

    name = "usance.web.backoffice"
    label = "backoffice"
