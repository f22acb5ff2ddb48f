"""The processes that ``usance up`` keeps running: ``python -m usance.cli.children web|worker``."""

from __future__ import annotations

import sys

from usance.cli.supervisor import follow_supervisor


def web(*, host: str, port: int, processes: int) -> None:
    """Serve HTTP until asked to stop."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=processes,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    ).serve()


def main() -> None:
    """Become one of the children."""
    follow_supervisor()
    kind, *rest = sys.argv[1:]
    if kind == "web":
        host, port, processes = rest
        web(host=host, port=int(port), processes=int(processes))
    else:
        from usance.jobs import worker

        worker.main()


if __name__ == "__main__":
    main()
