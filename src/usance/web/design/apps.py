"""The design system as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Templates, static files and template tags; no tables."""

    name = "usance.web.design"
    label = "design"
