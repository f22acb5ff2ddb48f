"""One question and one answer: every way the network can fail is a typed error."""

from __future__ import annotations

import pickle
import socket

import httpx
import pytest

from tests.gateways.contracts.server import (
    Answered,
    Asked,
    Counterpart,
    cut_off,
    drip,
    flood,
    hang_up,
    serving,
    silence,
)
from usance.gateways.errors import (
    LONGEST_WAIT,
    CounterpartError,
    CredentialsRefused,
    Malformed,
    RateLimited,
    Refused,
    Unavailable,
)
from usance.gateways.exchange import Exchange, Patience


class Plain(Counterpart):
    def answer(self, asked: Asked) -> Answered:
        return Answered(200, asked.body or b"{}")


def exchange(url: str, **more: object) -> Exchange:
    patience = Patience(connect=1, read=0.5, total=0.8)
    given = {"patience": patience, "private_network": True} | more
    return Exchange(counterpart="somebody", base_url=url, **given)  # type: ignore[arg-type]


def test_question_and_answer_arrive_whole() -> None:
    with serving(Plain()) as somebody:
        reply = exchange(somebody.url + "/").ask("POST", "/a", params={"q": "ü &"}, json={"n": 1})
        (asked,) = somebody.asked
    assert (reply.status, reply.body) == (200, b'{"n":1}')
    assert (asked.path, asked.query) == ("/a", {"q": ["ü &"]})
    assert asked.headers["host"] == somebody.url.removeprefix("http://")
    assert asked.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, Refused) for status in (400, 422)),
        *((status, CredentialsRefused) for status in (401, 403)),
        *((status, Unavailable) for status in (408, 425, 500, 502, 503)),
        (429, RateLimited),
        *((status, Malformed) for status in (302, 304)),
    ],
)
def test_what_each_status_means(status: int, kind: type[CounterpartError]) -> None:
    with serving(Plain()) as somebody:
        somebody.instead = [Answered(status, b"", {"location": "http://127.0.0.1:1/"})]
        reply = exchange(somebody.url).ask("GET")
        assert len(somebody.asked) == 1, "a redirect is not followed"
    with pytest.raises(CounterpartError) as caught:
        reply.raise_for_failure()
    assert type(caught.value) is kind
    assert (caught.value.counterpart, caught.value.detail) == ("somebody", f"HTTP {status}")
    assert caught.value.retryable == (kind in (Unavailable, RateLimited))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "99999999999999"}, LONGEST_WAIT),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "٣"}, None),
        ({}, None),
        (
            {
                "date": "Mon, 02 Mar 2026 09:30:00 GMT",
                "retry-after": "Mon, 02 Mar 2026 09:31:30 GMT",
            },
            90,
        ),
        (
            {
                "date": "Mon, 02 Mar 2026 09:30:00 GMT",
                "retry-after": "Mon, 02 Mar 2026 09:00:00 GMT",
            },
            0,
        ),
        ({"date": "x", "retry-after": "Mon, 02 Mar 2026 09:31:30 GMT"}, None),
        (
            {"date": "Mon, 02 Mar 2026 09:30:00 GMT", "retry-after": "Mon, 02 Mar 2026 09:31:30"},
            None,
        ),
    ],
    ids=repr,
)
def test_patience_that_is_asked_for(headers: dict[str, str], seconds: int | None) -> None:
    from usance.gateways.exchange import Reply

    with pytest.raises(RateLimited) as caught:
        Reply("somebody", 429, headers, b"").raise_for_failure()
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("trouble", "kind", "detail"),
    [
        (hang_up, Unavailable, "RemoteProtocolError"),
        (cut_off, Unavailable, "RemoteProtocolError"),
        (silence, Unavailable, "timeout"),
        (drip, Unavailable, "timeout"),
        (flood, Malformed, "too_large"),
        (Answered(200, b"x", {"content-encoding": "gzip"}), Malformed, "content-encoding"),
    ],
    ids=["hangs up", "cut off", "silent", "drips", "floods", "compressed"],
)
def test_bad_days(trouble: object, kind: type[CounterpartError], detail: str) -> None:
    with serving(Plain()) as somebody:
        somebody.instead = [trouble]  # type: ignore[list-item]
        with pytest.raises(CounterpartError) as caught:
            exchange(somebody.url).ask("GET")
    # A drip never reaches the time-out of one read; left alone, it would end as a cut connection.
    assert type(caught.value) is kind
    assert caught.value.detail == detail
    assert caught.value.__cause__ is None
    assert not isinstance(caught.value, httpx.HTTPError)


def test_nobody_is_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unavailable) as caught:
        exchange(f"http://127.0.0.1:{port}").ask("GET")
    assert caught.value.detail == "ConnectError"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.test/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://user:secret@127.0.0.1/",
        "ftp://127.0.0.1/",
        "https:///path",
        "not a url",
        "https://exa\x00mple.test/",
        "https://127.0.0.1:99999/",
    ],
)
def test_addresses_that_are_not_called(url: str) -> None:
    with pytest.raises(Refused) as caught:
        exchange(url, private_network=False).ask("GET")
    assert "secret" not in str(caught.value)


def test_errors_survive_the_way_between_processes() -> None:
    error = RateLimited("wait", counterpart="somebody", detail="HTTP 429", retry_after=3)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is RateLimited
    assert (str(again), again.counterpart, again.detail, again.retry_after) == (
        "wait",
        "somebody",
        "HTTP 429",
        3,
    )
