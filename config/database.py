"""Which PostgreSQL this process talks to.

``USANCE_DATABASE_URL`` names it. Without one, the command line starts the embedded server under
``USANCE_HOME`` and sets the variable before Django is set up, so there is one code path below.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from psycopg import conninfo

from config import embedded_postgres

DATABASE_URL = "USANCE_DATABASE_URL"
HOME = "USANCE_HOME"


def home() -> Path:
    """Directory of the embedded database and of keys made here; ``.usance`` where one stands."""
    return Path(os.environ.get(HOME, ".usance")).resolve()


def ensure_address() -> embedded_postgres.EmbeddedServer | None:
    """Set ``USANCE_DATABASE_URL``, starting the embedded server if the variable is not set.

    Returns the embedded server if this process now holds it.
    """
    if os.environ.get(DATABASE_URL):
        return None
    server = embedded_postgres.start(home() / "postgres")
    os.environ[DATABASE_URL] = server.ensure_database("usance")
    return server


def settings() -> dict[str, Any]:
    """Django's entry for the default database, read from ``USANCE_DATABASE_URL``."""
    address = os.environ.get(DATABASE_URL, "dbname=usance")
    parts = conninfo.conninfo_to_dict(address)
    known = {"host", "port", "user", "password", "dbname"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname") or "usance",
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host") or "",
        "PORT": str(parts.get("port") or ""),
        "OPTIONS": {key: value for key, value in parts.items() if key not in known}
        # Only what asks for it is prepared on the server: see usance.records.statements.
        | {"application_name": "usance", "prepare_threshold": 2**31}
        | _pool(),
        "CONN_MAX_AGE": 0 if _pool() else None,
        "CONN_HEALTH_CHECKS": bool(_pool()),
    }


def _pool() -> dict[str, Any]:
    """Requests under ASGI run in short-lived threads, so the web process shares its connections
    through one pool; every other process keeps a connection a thread."""
    size = int(os.environ.get("USANCE_WEB_POOL", "0"))
    return {"pool": {"min_size": 1, "max_size": size, "timeout": 10}} if size else {}
