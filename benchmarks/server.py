"""The server of the benchmarks: the embedded PostgreSQL, durable as in real use, and its pgbench."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config import database, embedded_postgres


@contextlib.contextmanager
def running() -> Iterator[str]:
    """A fresh server with an empty, migrated database; its connection string."""
    with tempfile.TemporaryDirectory(prefix="usance-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with embedded_postgres.running(Path(folder) / "postgres") as server:
            address = server.ensure_database("usance")
            os.environ[database.DATABASE_URL] = address
            os.environ[database.HOME] = folder
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
            os.environ["USANCE_INSECURE_COOKIES"] = "1"
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            server.ensure_database("pgbench")
            _pgbench(server.address(database="pgbench"), "-i", "-s", "10", "-q")
            os.environ["USANCE_BENCH_PGBENCH"] = server.address(database="pgbench")
            yield address


def simple_update(*, seconds: int, clients: int = 8) -> float:
    """Transactions a second of pgbench's simple-update: the machine's own limit for small writes."""
    output = _pgbench(
        os.environ["USANCE_BENCH_PGBENCH"],
        *("-N", "-n", "-c", str(clients), "-j", "2", "-T", str(seconds), "-M", "prepared"),
    )
    found = re.search(r"tps = ([0-9.]+)", output)
    assert found, output
    return float(found[1])


def _pgbench(address: str, *options: str) -> str:
    parts = dict(part.split("=", 1) for part in address.split())
    environment = os.environ | {
        "PGHOST": parts["host"],
        "PGUSER": parts["user"],
        "PGDATABASE": parts["dbname"],
    }
    done = subprocess.run(
        [str(embedded_postgres.executable("pgbench")), *options],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
