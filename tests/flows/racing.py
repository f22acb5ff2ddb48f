"""Doing things at the same moment: each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection

Result = TypeVar("Result")


def at_once(acts: Sequence[Callable[[], Result]]) -> list[Result]:
    """Begin all ``acts`` together; their results in order. Raises what any of them raises."""
    barrier = threading.Barrier(len(acts), timeout=60)

    def run(act: Callable[[], Result]) -> Result:
        try:
            connection.ensure_connection()
            barrier.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(run, act) for act in acts]
    return [future.result() for future in futures]


def unless(error: type[Exception], act: Callable[[], Any]) -> Callable[[], Any]:
    """``act``, with ``error`` as its result where it raises it."""

    def run() -> Any:
        try:
            return act()
        except error as refused:
            return refused

    return run
