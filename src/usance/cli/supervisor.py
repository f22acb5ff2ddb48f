"""Keeps the processes of an installation running: starts them, starts again what dies, stops all.

Each child leads a process group of its own, so that a Ctrl-C reaches the supervisor alone and what a
child started goes with it. A child also holds the reading end of a pipe whose writing end is the
supervisor's: when the supervisor is killed, the pipe closes and the child stops by itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

LIFELINE: Final = "USANCE_LIFELINE"
"""The number of the file descriptor that closes when the supervisor ends."""
STOP_SECONDS: Final = 20.0
STEADY_SECONDS: Final = 30.0
"""A child that ran so long is started again at once; one that dies sooner waits longer each time."""
LONGEST_WAIT: Final = 30.0
LOOK_EVERY: Final = 0.2


@dataclass(slots=True)
class Child:
    """A process to keep running, and how it is doing."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    deaths: int = 0


class Supervisor:
    """Runs children in the foreground until :meth:`stop` is called."""

    def __init__(self, children: Sequence[Child], *, tell: Callable[[str], None]) -> None:
        self._children = children
        self._tell = tell
        self._asked = threading.Event()
        self._hurry = False
        self._reading, self._writing = os.pipe()

    def stop(self) -> None:
        """Ask for the end; asked again, do not wait for anybody."""
        self._hurry = self._asked.is_set()
        self._asked.set()

    @property
    def stopping(self) -> bool:
        """Whether the end has been asked for."""
        return self._asked.is_set()

    def run(self) -> None:
        """Start everything, keep it running, and stop it all when asked to."""
        try:
            while not self._asked.is_set():
                for child in self._children:
                    self._look_after(child)
                self._asked.wait(LOOK_EVERY)
        finally:
            self._stop_all()
            os.close(self._writing)
            os.close(self._reading)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_again_at:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            return
        _kill_group(child.process.pid)  # what it started must not outlive it and hold its port
        child.process = None
        if now - child.started_at >= STEADY_SECONDS:
            child.deaths = 0
        wait = min(LONGEST_WAIT, 0.5 * 2**child.deaths)
        child.deaths += 1
        child.start_again_at = now + wait
        self._tell(f"{child.name} ended ({_reason(code)}); starting it again in {wait:g} s.")

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603 - our own program
            child.command,
            env={**os.environ, **child.environment, LIFELINE: str(self._reading)},
            stdin=subprocess.DEVNULL,
            pass_fds=[self._reading],
            start_new_session=True,
        )
        child.started_at = time.monotonic()

    def _stop_all(self) -> None:
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for process in running:
            while process.poll() is None and time.monotonic() < end and not self._hurry:
                time.sleep(0.05)
            _kill_group(process.pid)
            process.wait()


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def follow_supervisor() -> None:
    """Called in a child: stop it (SIGTERM) when the supervisor is gone."""
    number = os.environ.pop(LIFELINE, "")
    if not number:
        return
    descriptor = int(number)
    os.set_inheritable(descriptor, False)

    def wait() -> None:
        os.read(descriptor, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_SECONDS)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
