"""A pytest plug-in: the tests run on a real PostgreSQL, started before Django reads its settings.

``USANCE_TEST_DATABASE_URL`` names a server to use; otherwise the embedded one is started in a folder
that goes with the run, one for each process of tests: events are read up to the oldest transaction
that runs on a server, so tests that shared one would wait for each other. Tests commit for real and
never empty a table (append-only tables refuse): each test makes a seller of its own, and sellers do
not see each other. Where whole processes of the product run, which tend every seller there is, a file
of tests asks for a database of its own.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config import database, embedded_postgres

_held: list[tuple[embedded_postgres.EmbeddedServer, tempfile.TemporaryDirectory[str]]] = []


_OURS = "USANCE_TEST_DATABASE_OF_RUN"


def _start() -> None:
    given = os.environ.get("USANCE_TEST_DATABASE_URL")
    joins = os.environ.get("PYTEST_XDIST_WORKER") in (None, "gw0")
    if given and (joins or _OURS not in os.environ):
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
    os.environ["USANCE_TEST_DATABASE_URL"] = address  # the first process of a run joins
    os.environ[_OURS] = "1"
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


def _connected_to(name: str) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def _drop(name: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        # Threads that outlive their test, such as the checkout lane's, hold connections.
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _copy(source: str, target: str) -> None:
    """Make the database ``target`` as ``source`` is. Nobody may be connected to it meanwhile, and the
    server's own upkeep sometimes is."""
    from django.db import OperationalError, connection

    _drop(target)
    for left in reversed(range(20)):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [source],
            )
        try:
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        except OperationalError:
            if not left:
                raise
            time.sleep(1)
        else:
            return


@pytest.fixture(scope="session")
def migrated(django_test_environment: Any, django_db_blocker: Any) -> Iterator[None]:
    """One database for the run (one a worker), brought up by the real migrations."""
    del django_test_environment
    from django.db import connection

    suffix = os.environ.get("PYTEST_XDIST_WORKER", "")
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["NAME"] = f"test_usance_{suffix or os.getpid()}"
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        _connected_to("postgres")
        _copy(name, f"{name}_fresh")
        _connected_to(name)
        try:
            yield
        finally:
            _connected_to("postgres")
            _drop(f"{name}_fresh")
            _drop(name)


@pytest.fixture(scope="module")
def own_database(migrated: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that nobody has traded in yet, for the tests of one file."""
    del migrated
    from django.db import connection, connections

    name = str(connection.settings_dict["NAME"])
    with django_db_blocker.unblock():
        _connected_to("postgres")
        _copy(f"{name}_fresh", f"{name}_own")
        _connected_to(f"{name}_own")
    try:
        yield
    finally:
        with django_db_blocker.unblock():
            connections.close_all()
            _connected_to("postgres")
            _drop(f"{name}_own")
            _connected_to(name)


@pytest.fixture
def db_committed(migrated: None, django_db_blocker: Any) -> Iterator[None]:
    """Database access in which commits are real; nothing is rolled back or emptied afterwards."""
    del migrated
    with django_db_blocker.unblock():
        yield
        from django.db import connections

        connections.close_all()
