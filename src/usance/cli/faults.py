"""Errors as a person needs them: what is wrong and what to do, on stderr, without a traceback."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import NoReturn


class CommandRefused(Exception):
    """The command cannot do what it was asked; the text says what to do."""

    code = "command_refused"


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn the errors that the house foresees into a sentence and exit code 1.

    What nobody foresaw keeps its traceback: it is a fault of ours, and the report needs it.
    """
    try:
        yield
    except BrokenPipeError:
        # The reader of our output has gone, as with ``| head``; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        text = _sentence(error)
        if text is None or os.environ.get("USANCE_DEBUG") == "1":
            raise
        fail(text)


def fail(text: str) -> NoReturn:
    """Print ``text`` on stderr and exit with 1."""
    sys.stderr.write(f"usance: {text}\n")
    sys.exit(1)


def _sentence(error: Exception) -> str | None:
    """What to tell of ``error``; None if it was not foreseen."""
    if isinstance(getattr(error, "code", None), str):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    return _of_the_database(error)


def _of_the_database(error: Exception) -> str | None:
    from django.db import OperationalError, ProgrammingError
    from psycopg import errors

    if isinstance(error, ProgrammingError) and isinstance(error.__cause__, errors.UndefinedTable):
        return "The database has no tables yet; run: usance migrate"
    if isinstance(error, ProgrammingError) and isinstance(error.__cause__, errors.UndefinedColumn):
        return "The database is older than this program; run: usance migrate"
    if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn):
        return "The database is older than this program; run: usance migrate"
    if isinstance(error, OperationalError):
        reason = " ".join(str(error).split())
        return f"The database does not answer ({reason}); check USANCE_DATABASE_URL."
    return None
