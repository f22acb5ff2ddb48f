"""The processes that ``usance up`` keeps running: ``python -m usance.cli.children web|worker``."""

from __future__ import annotations

import socket
import sys

from usance.cli.supervisor import follow_supervisor


def web(*, host: str, port: int) -> None:
    """Serve HTTP until asked to stop. Several processes may share the port."""
    import uvicorn

    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(address)
    settings = uvicorn.Config(
        "config.asgi:application",
        lifespan="off",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    uvicorn.Server(settings).run(sockets=[listener])


def main() -> None:
    """Become one of the children."""
    follow_supervisor()
    kind, *rest = sys.argv[1:]
    if kind == "web":
        host, port = rest
        web(host=host, port=int(port))
    else:
        from usance.jobs import worker

        worker.main()


if __name__ == "__main__":
    main()
