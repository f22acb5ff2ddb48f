"""Django's registration of the API, for the page that shows it."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The HTTP API."""

    name = "usance.web.api"
    label = "api"
