"""What the API counts for Prometheus."""

from __future__ import annotations

import os
from typing import Final

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_registry: Final = CollectorRegistry()
_requests: Final = Histogram(
    "usance_http_request_seconds",
    "Time to answer a request of the API.",
    ("route", "method", "status"),
    registry=_registry,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def count_request(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request. ``route`` is the pattern, not the path, so that the number of
    series stays bounded; so does an invented method."""
    name = method if method in _METHODS else "other"
    _requests.labels(route, name, str(status)).observe(seconds)


def exposition() -> bytes:
    """Everything counted, in Prometheus's text format.

    With several processes, PROMETHEUS_MULTIPROC_DIR names the folder in which they meet.
    """
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
    return generate_latest(_registry)
