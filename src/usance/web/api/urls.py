"""Addresses of the API and of what machines ask about this process."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from usance.web.api import api, openapi, probes, signed_events

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", probes.healthz),
    path("readyz", probes.readyz),
    path("metrics", probes.metrics),
    path("v1/openapi.json", openapi.openapi_json, name="openapi"),
    path("v1/docs", openapi.docs, name="api_docs"),
    path("v1/funding/<str:connection>/events", signed_events.funding_events, name="funding_events"),
    path("v1/psp/<str:connection>/events", signed_events.psp_events, name="psp_events"),
    path("v1/", include(api.addresses())),
]
