"""The portal as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages of the buyer's members; no tables."""

    name = "usance.web.portal"
    label = "portal"
