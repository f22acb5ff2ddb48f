"""A pytest plug-in: the tests run on a real PostgreSQL, started before Django reads its settings.

``USANCE_TEST_DATABASE_URL`` names a server to use; otherwise the embedded one is started in a folder
that goes with the run. Tests commit for real and never empty a table (append-only tables refuse):
each test makes a seller of its own, and sellers do not see each other.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config import database, embedded_postgres

_held: list[tuple[embedded_postgres.EmbeddedServer, tempfile.TemporaryDirectory[str]]] = []


def _start() -> None:
    given = os.environ.get("USANCE_TEST_DATABASE_URL")
    if given:
        os.environ[database.DATABASE_URL] = given
        return
    directory = tempfile.TemporaryDirectory(prefix="usance-tests-", ignore_cleanup_errors=True)
    # The server runs as a user of its own when the tests run as root; it must be able to get in.
    Path(directory.name).chmod(0o755)
    server = embedded_postgres.start(Path(directory.name) / "postgres")
    address = server.ensure_database("usance")
    with psycopg.connect(address, autocommit=True) as connection:
        # The database of a test run need not survive a power cut.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")
    os.environ[database.DATABASE_URL] = address
    os.environ["USANCE_TEST_DATABASE_URL"] = address  # workers of the same run join
    os.environ[database.HOME] = directory.name
    os.environ.setdefault("USANCE_SECRET_KEY", "only-for-tests")
    _held.append((server, directory))


os.environ.setdefault("USANCE_INSECURE_COOKIES", "1")
_start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this run started."""
    del config
    while _held:
        server, directory = _held.pop()
        server.stop()
        directory.cleanup()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of documents and data that nobody here wrote; tests that need it skip without."""
    default = Path(__file__).resolve().parents[2] / "shared"
    path = Path(os.environ.get("USANCE_SHARED", str(default)))
    if not path.is_dir():
        pytest.skip(f"the shared folder of documents is not at {path}; set USANCE_SHARED")
    return path


@pytest.fixture(scope="session")
def migrated(django_test_environment: Any, django_db_blocker: Any) -> Iterator[None]:
    """One database for the run (one a worker), brought up by the real migrations."""
    del django_test_environment
    from django.db import connection

    suffix = os.environ.get("PYTEST_XDIST_WORKER", "")
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["NAME"] = f"test_usance_{suffix or os.getpid()}"
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                # Threads that outlive their test, such as the checkout lane's, hold connections.
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s AND pid <> pg_backend_pid()",
                    [connection.settings_dict["NAME"]],
                )
            connection.close()
            connection.creation.destroy_test_db(name, verbosity=0)


@pytest.fixture
def db_committed(migrated: None, django_db_blocker: Any) -> Iterator[None]:
    """Database access in which commits are real; nothing is rolled back or emptied afterwards."""
    del migrated
    with django_db_blocker.unblock():
        yield
        from django.db import connections

        connections.close_all()
