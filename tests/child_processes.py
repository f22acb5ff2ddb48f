"""Starting the program's own processes on the database of the tests."""

from __future__ import annotations

import os
import subprocess
import sys

from django.db import connection
from psycopg import conninfo


def environment(**more: str) -> dict[str, str]:
    """This run's database, by address, as a process on another machine would have it."""
    settings = connection.settings_dict
    address = conninfo.make_conninfo(
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        dbname=settings["NAME"],
    )
    return {**os.environ, "USANCE_DATABASE_URL": address, **more}


def usance(
    *arguments: str, env: dict[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-c", "from usance.cli import main; main()", *arguments],
        env={**(env if env is not None else environment()), "COLUMNS": "100", "NO_COLOR": "1"},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
