"""``usance up``: database, web and worker in the foreground."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Annotated

import typer

from usance.cli import session
from usance.cli.faults import CommandRefused
from usance.cli.supervisor import Child, Supervisor

CONNECTIONS_FOR_WEB = 100
"""Database connections that all web processes together may use; a server allows 100 to 200."""


def up(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web processes.")] = 1,
    web_only: Annotated[bool, typer.Option("--web-only", help="Run no jobs here.")] = False,
    worker_only: Annotated[bool, typer.Option("--worker-only", help="Serve no HTTP here.")] = False,
    as_json: session.AsJson = False,
) -> None:
    """Run database, web and worker in the foreground until Ctrl-C.

    Without USANCE_DATABASE_URL the embedded database is started, or joined if it runs. Tables are
    brought up to date first. A process that dies is started again.

    Example: [bold]usance up --workers 2 --port 8080[/bold]
    """
    if web_only and worker_only:
        raise typer.BadParameter("--web-only and --worker-only leave nothing to run.")
    serve(
        host=host,
        port=port,
        processes=workers,
        web=not worker_only,
        worker=not web_only,
        as_json=as_json,
    )


def serve(*, host: str, port: int, processes: int, web: bool, worker: bool, as_json: bool) -> None:
    """Run what is asked for until stopped; print the addresses when HTTP answers."""
    if web:
        require_free(host, port)
    with session.database():
        from django.db import connections

        from usance.cli.operators import run_migrations

        run_migrations()
        connections.close_all()
        supervisor = Supervisor(
            _children(host=host, port=port, processes=processes, web=web, worker=worker),
            tell=session.note,
        )
        if web:
            watcher = threading.Thread(
                target=_announce, args=(supervisor, host, port, as_json), daemon=True
            )
            watcher.start()
        with _signals_stop(supervisor):
            if not web:
                session.note("The worker takes jobs. Ctrl-C stops it.")
            supervisor.run()
        session.note("Stopped.")


def _children(*, host: str, port: int, processes: int, web: bool, worker: bool) -> list[Child]:
    program = [sys.executable, "-m", "usance.cli.children"]
    children = []
    if web:
        pool = os.environ.get("USANCE_WEB_POOL") or str(
            max(4, min(20, CONNECTIONS_FOR_WEB // processes))
        )
        for n in range(processes):
            name = "web" if processes == 1 else f"web {n + 1}"
            command = [*program, "web", host, str(port)]
            children.append(Child(name, command, {"USANCE_WEB_POOL": pool}))
    if worker:
        children.append(Child("worker", [*program, "worker"], {"USANCE_WEB_POOL": "0"}))
    return children


def require_free(host: str, port: int) -> None:
    """Raise CommandRefused if the port cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandRefused(
            f"Cannot listen on {host} port {port} ({error.strerror or error});"
            " choose another with --port or --host."
        ) from None


def _announce(supervisor: Supervisor, host: str, port: int, as_json: bool) -> None:
    """Print the addresses once HTTP answers."""
    reachable = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104
    while not supervisor.stopping:
        with contextlib.suppress(OSError), socket.create_connection((reachable, port), timeout=1):
            break
        time.sleep(0.1)
    else:
        return
    shown = f"[{reachable}]" if ":" in reachable else reachable
    base = f"http://{shown}:{port}"
    session.answer(
        {"url": base, "api": f"{base}/v1", "docs": f"{base}/v1/docs"},
        as_json=as_json,
        text=f"Usance runs at {base}/\n  HTTP interface: {base}/v1/docs\n  Ctrl-C stops it.",
    )
    sys.stdout.flush()


@contextlib.contextmanager
def _signals_stop(supervisor: Supervisor) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {n: signal.signal(n, lambda *_: supervisor.stop()) for n in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
