"""The hosted pages as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class HostedConfig(AppConfig):
    """Pages for people without an account; no tables."""

    name = "usance.web.hosted"
    label = "hosted"
