"""What machines ask about this process: is it alive, is it ready, what has it counted."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from usance.web.api import measures


@require_safe
def healthz(_: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_: HttpRequest) -> HttpResponse:
    """200 once the database answers and every migration is applied; 503 before."""
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        connection.close()
        return JsonResponse({"status": "no database"}, status=503)
    if waiting:
        return JsonResponse({"status": "migrations are waiting"}, status=503)
    return JsonResponse({"status": "ready"})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The counters, for whoever has USANCE_METRICS_TOKEN, or without one for this machine only."""
    if not _may_read(request):
        return JsonResponse({"status": "set USANCE_METRICS_TOKEN and send it"}, status=403)
    return HttpResponse(measures.exposition(), content_type=CONTENT_TYPE_LATEST)


_LOCAL_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "[::1]", ""})


def _may_read(request: HttpRequest) -> bool:
    expected = settings.METRICS_TOKEN
    if expected:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {expected}".encode())
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False  # a proxy on this machine speaks for somebody elsewhere
    if request.get_host().rpartition(":")[0] not in _LOCAL_HOSTS:
        return False  # came through a proxy that adds no header
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "").is_loopback
    except ValueError:
        return False
