"""Addresses of the design system: the reader's preferences and the style guide."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.views.i18n import set_language

from usance.web.design import views

urlpatterns: list[URLPattern] = [
    path("preferences/language", set_language, name="set_language"),
    path("preferences/theme", views.set_theme, name="set_theme"),
    path("styleguide", views.styleguide, name="styleguide"),
    path("styleguide/<slug:pattern>", views.styleguide_pattern, name="styleguide_pattern"),
]
