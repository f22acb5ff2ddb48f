"""``usance up`` on an embedded server of its own: processes die, the installation goes on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

pytestmark = pytest.mark.slow


_USANCE = (sys.executable, "-c", "from usance.cli import main; main()")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("USANCE_")}
    return {**kept, "USANCE_HOME": str(home), "USANCE_INSECURE_COOKIES": "1"}


@contextlib.contextmanager
def _up(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*_USANCE, "up", "--port", str(port), "--json"],
        env=_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _until(held: Callable[[], bool], *, seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not held():
        assert time.monotonic() < end
        time.sleep(0.1)


def _answers(port: int) -> bool:
    """Whether the checkout lane asks for a key."""
    try:
        return httpx.post(f"http://127.0.0.1:{port}/v1/orders", json={}).status_code == 401
    except httpx.HTTPError:
        return False


def _child(supervisor: int, kind: str) -> psutil.Process | None:
    for process in psutil.Process(supervisor).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if kind in process.cmdline():
                return process
    return None


def _postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def _runs(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def test_what_is_killed_comes_back_and_a_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    port = _free_port()
    with _up(tmp_path, port) as first:
        assert first.stdout is not None
        assert json.loads(first.stdout.readline())["api"] == f"http://127.0.0.1:{port}/v1"
        _until(lambda: _answers(port))
        database = _postmaster(tmp_path)
        for kind in ("web", "worker"):
            victim = _child(first.pid, kind)
            assert victim is not None
            victim.send_signal(signal.SIGKILL)
            _until(lambda gone=victim.pid, kind=kind: _replaced(first.pid, kind, gone))
        _until(lambda: _answers(port))
        assert _postmaster(tmp_path) == database, "the database did not notice"

        children = psutil.Process(first.pid).children(recursive=True)
        first.kill()
        first.wait()
        _until(lambda: not any(_runs(child.pid) for child in children))
        assert _runs(database), "the database outlives who was killed"

    with _up(tmp_path, port) as second:
        _until(lambda: _answers(port))
        assert _postmaster(tmp_path) == database, "it is joined"
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    assert not _runs(database), "the last one out stops the database"
    assert not _answers(port)


def _replaced(supervisor: int, kind: str, gone: int) -> bool:
    now = _child(supervisor, kind)
    return now is not None and now.pid != gone


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with _up(tmp_path, port) as process:
            out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "--port" in err and str(port) in err
    assert not (tmp_path / "postgres").exists(), "nothing was started"
