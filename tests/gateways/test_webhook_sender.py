"""The HTTP sender against a real receiver, and the twin in memory held to the same answers."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.jobs.receiver import Receiver, receiving
from usance.gateways.webhooks import Message, Reply, WebhookSender
from usance.gateways.webhooks import http as http_module
from usance.gateways.webhooks.addresses import AddressRefused, check_address, check_url
from usance.gateways.webhooks.http import HttpSender
from usance.gateways.webhooks.memory import MemorySender


@pytest.fixture
def private(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator lets webhooks go to this machine."""
    monkeypatch.setenv("USANCE_WEBHOOKS_ALLOW_PRIVATE", "1")


def _send(sender: WebhookSender, url: str, body: bytes = b"{}") -> Reply:
    headers = {"webhook-id": "evt_1", "content-type": "application/json"}
    return asyncio.run(sender.send(Message(url, headers, body)))


@pytest.mark.usefixtures("private")
@pytest.mark.parametrize(
    ("status", "accepted", "gone"),
    [(200, True, False), (204, True, False), (302, False, False), (410, False, True)]
    + [(status, False, False) for status in (400, 429, 500, 503)],
)
@pytest.mark.parametrize("kind", ["http", "memory"])
def test_what_each_status_means(kind: str, status: int, accepted: bool, gone: bool) -> None:
    with receiving(Receiver(lambda n, headers, body: status)) as receiver:
        sender: WebhookSender = (
            HttpSender() if kind == "http" else MemorySender(lambda _: Reply(status=status))
        )
        reply = _send(sender, receiver.url)
    assert (reply.status, reply.accepted, reply.gone) == (status, accepted, gone)
    if kind == "http":
        assert len(receiver.got) == 1, "a redirect is not followed"


@pytest.mark.usefixtures("private")
def test_body_and_headers_arrive_as_they_were_signed() -> None:
    body = '{"name":"Grün & Söhne", "n": 1.0}'.encode()
    with receiving(Receiver()) as receiver:
        _send(HttpSender(), receiver.url.replace("127.0.0.1", "localhost"), body)
    (got,) = receiver.got
    assert got.body == body
    assert got.headers["webhook-id"] == "evt_1"
    assert got.headers["host"].startswith("localhost:"), "the name, not the address"


@pytest.mark.usefixtures("private")
def test_a_receiver_that_is_not_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    reply = _send(HttpSender(), f"http://127.0.0.1:{port}/")
    assert reply.status is None and "ConnectError" in reply.error


@contextmanager
def _dripping() -> Iterator[str]:
    """A server that sends a byte now and then and never ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            client.sendall(b"HTTP/1.1 200 OK\r\n")
            while not done.wait(0.05):
                try:
                    client.sendall(b"X-A: b\r\n")
                except OSError:
                    return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        done.set()
        thread.join()
        listener.close()


@pytest.mark.usefixtures("private")
def test_a_receiver_that_drips_is_left_after_the_timeout() -> None:
    with _dripping() as url:
        reply = _send(HttpSender(timeout=0.4), url)
    assert reply.status is None and "0.4 seconds" in reply.error


def test_the_timeout_is_fifteen_seconds() -> None:
    assert http_module.TIMEOUT == 15


@pytest.mark.usefixtures("private")
def test_only_the_beginning_of_an_answer_is_kept() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            client.recv(65536)
            client.sendall(b"HTTP/1.1 500 No\r\ncontent-length: 9000000\r\n\r\n" + b"x" * 100_000)
            client.recv(65536)

    thread = threading.Thread(target=serve)
    thread.start()
    reply = _send(HttpSender(), f"http://127.0.0.1:{listener.getsockname()[1]}/")
    thread.join()
    listener.close()
    assert reply.status == 500 and reply.body == "x" * http_module.KEPT


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:192.168.1.1",
        "ff02::1",
        "2002:7f00:1::",
        "::",
    ],
)
def test_addresses_that_only_the_server_can_reach(address: str) -> None:
    import ipaddress

    with pytest.raises(AddressRefused):
        check_address(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_of_the_internet(address: str) -> None:
    import ipaddress

    check_address(ipaddress.ip_address(address))


def test_a_url_that_may_be_tried() -> None:
    check_url("https://shop.example:8443/hooks?shop=1")


def test_a_name_that_points_inside_is_refused_when_it_is_sent_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The URL looks harmless; only what its name resolves to tells."""
    with receiving(Receiver()) as receiver:
        port = receiver.url.rsplit(":", 1)[1].split("/")[0]
        reply = _send(HttpSender(), f"https://localhost:{port}/")
    assert reply.status is None and "AddressRefused" in reply.error
    assert receiver.got == []


@pytest.mark.usefixtures("private")
def test_a_name_that_does_not_resolve() -> None:
    reply = _send(HttpSender(), "http://nowhere.invalid/")
    assert reply.status is None and reply.error
