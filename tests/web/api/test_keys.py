"""Who may do what: keys, scopes, revocation, and the walls between sellers."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest

from usance.flows import onboarding
from usance.records.identity import PREFIXES
from usance.records.parties.models import ApiKey
from usance.web.api import keys, problems

from .bodies import BODIES, FILES, QUERIES, bodies_of
from .conftest import Shop, shop_of
from .everything import Everything, Ids
from .operations import OPERATIONS, kinds_in, parameters_of

NOBODYS = {kind: f"{prefix}_{'0' * 32}" for kind, prefix in PREFIXES.items()}
NOBODYS["partner"] = NOBODYS["connection"]
TEXTUAL = "application/octet-stream"


def filled(path: str, operation: Any, ids: Ids) -> str:
    """The address of an operation on these objects, with what it cannot do without."""
    for name, kind in parameters_of(operation, "path").items():
        assert kind in ids, f"tests/web/api/everything.py makes no {kind}, which {path} is about"
        path = path.replace(f"{{{name}}}", ids[kind])
    assert "{" not in path, f"{path} does not say what kind of object it is about"
    needed = QUERIES.get(operation["operationId"])
    return path.removeprefix("/v1") + (f"?{urlencode(needed(ids))}" if needed else "")


def ask(shop: Shop, method: str, path: str, operation: Any, body: Any, **more: str) -> Any:
    """The response to an operation whose body is of the kind that it takes."""
    file = FILES.get(operation["operationId"])
    if file is not None:
        return shop.send(method, path, raw=file, content_type=TEXTUAL, **more)
    return shop.send(method, path, body, **more)


@pytest.fixture
def stranger(shop: Shop, at: Any) -> Shop:
    """Another seller's program."""
    seller = onboarding.create_seller(
        name="Other",
        handle=f"other-{shop.seller.id.hex[-12:]}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    return shop_of(seller, at=at)


def test_every_body_is_known_here() -> None:
    """An operation that is new is put into the table of bodies, with all that it can name."""
    names = {operation["operationId"] for _, _, operation in OPERATIONS}
    assert BODIES.keys() | FILES.keys() | QUERIES.keys() <= names, "operations that are no more"
    for _, path, operation in OPERATIONS:
        name = operation["operationId"]
        body = operation.get("requestBody", {})
        if body.get("required"):
            assert name in BODIES or name in FILES, f"tests/web/api/bodies.py has none for {name}"
        for kind in kinds_in(body):
            said = json.dumps(bodies_of(name, NOBODYS))
            assert NOBODYS[kind] in said, (
                f"no body in tests/web/api/bodies.py has {name} on a {kind}"
            )
        for kind in parameters_of(operation, "path").values():
            assert kind in Everything.KINDS, f"tests/web/api/everything.py: {path} needs a {kind}"


def test_what_is_anothers_does_not_exist(shop: Shop, stranger: Shop) -> None:
    theirs = Everything(shop)
    tried = []
    for method, path, operation in OPERATIONS:
        if "{" not in path:
            continue
        name = operation["operationId"]
        for body in bodies_of(name, theirs):
            response = ask(stranger, method, filled(path, operation, theirs), operation, body)
            assert response.status_code == 404, (name, response.content)
            assert response["Content-Type"] == problems.CONTENT_TYPE
            assert response.json()["code"] == "not_found", (name, response.content)
            tried.append((method, path, operation, body))
    assert len(tried) >= 150
    # The same is there for whom it belongs to: it was the wall that hid it.
    for method, path, operation, body in sorted(tried, key=lambda one: ORDER[one[0]]):
        response = ask(shop, method, filled(path, operation, theirs), operation, body)
        answered = response.status_code, operation["operationId"], getattr(response, "content", b"")
        assert response.status_code not in (400, 405, 413, 415, 500), answered
        if response.status_code == 404:
            assert operation["operationId"] in MISSING_OF_ONES_OWN, answered
        if response.status_code == 422:
            assert response.json()["code"] != "invalid_request", answered


ORDER = {"GET": 0, "POST": 1, "PATCH": 1, "PUT": 1, "DELETE": 2}
MISSING_OF_ONES_OWN = {
    "get_dunning_letter",
    "get_invoice_registration",
    "get_credit_note_registration",
    "get_remittance_acknowledgement",
    "cancel_invoice_registration",
    "cancel_credit_note_registration",
}
"""What not every object has."""


class Trespassing(dict[str, str]):
    """One's own ids, but another's of one kind."""

    def __init__(self, own: Ids, kind: str, theirs: Ids) -> None:
        super().__init__()
        self._own, self._kind, self._theirs = own, kind, theirs

    def __missing__(self, kind: str) -> str:
        trespasses = PREFIXES.get(kind, "con") == PREFIXES[self._kind]
        return (self._theirs if trespasses else self._own)[kind]


def test_no_body_reaches_over_the_wall(shop: Shop, stranger: Shop) -> None:
    """Naming another's object in a body is answered as naming one that does not exist."""
    own, theirs = Everything(stranger), Everything(shop)
    tried = 0
    for method, path, operation in OPERATIONS:
        name = operation["operationId"]
        for kind in sorted(kinds_in(operation.get("requestBody", {}))):
            at_path = filled(path, operation, own)
            reaching = bodies_of(name, Trespassing(own, kind, theirs))
            missing = bodies_of(name, Trespassing(own, kind, NOBODYS))
            for reached, missed in zip(reaching, missing, strict=True):
                if reached == missed:
                    continue  # a body about other kinds
                answers = [stranger.send(method, at_path, body) for body in (reached, missed)]
                told, missing_told = [
                    PASSING.sub("", answer.content.decode()) for answer in answers
                ]
                assert told == missing_told, (name, kind)
                # An order is answered with a decision, and each of a batch with a status of its own.
                refused = ('"status":404', '"status":422', '"decision":"declined"')
                assert any(words in told for words in refused), (name, kind, told)
                tried += 1
    assert tried >= 35


PASSING = re.compile(r"[0-9a-f]{32}|\d{4}-\d\d-\d\dT[0-9:.]+Z")
"""What tells two answers to the same apart: ids and instants."""


def test_lists_and_filters_show_only_ones_own(shop: Shop, stranger: Shop) -> None:
    theirs = Everything(shop)
    ids = set(theirs.values())
    lists = [(path, op) for method, path, op in OPERATIONS if method == "GET" and "{" not in path]
    assert len(lists) >= 40
    seen = tried = 0
    for path, operation in lists:
        takes = {parameter["name"] for parameter in operation["parameters"]}
        asked = path.removeprefix("/v1") + ("?limit=200" if "limit" in takes else "")
        text = stranger.send("GET", asked).content.decode()
        seen += any(id_ in shop.send("GET", asked).content.decode() for id_ in ids)
        assert [id_ for id_ in ids if id_ in text] == [], path
        for name, kind in parameters_of(operation, "query").items():
            asked = f"{path.removeprefix('/v1')}?{name}={theirs[kind]}"
            response = stranger.send("GET", asked)
            if response.status_code != 404:
                assert (response.status_code, response.json().get("data")) == (200, []), asked
            tried += 1
    assert seen >= 25
    assert tried >= 25


def test_every_operation_needs_a_key_and_its_scope(shop: Shop, at: Any) -> None:
    nothing = shop_of(shop.seller, scopes=(), at=at)
    for method, path, operation in OPERATIONS:
        at_path = filled(path, operation, NOBODYS)
        [body, *_] = bodies_of(operation["operationId"], NOBODYS)
        refused = ask(nothing, method, at_path, operation, body)
        assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
        assert (
            re.search(r"Scope: `([a-z:]+)`", operation["description"])[1]
            in refused.json()["detail"]
        )
        # Neither what is sent nor as what says anything to whom has no key.
        for media in ("application/json", "text/plain"):
            response = nothing.send(method, at_path, raw=b"{", content_type=media)
            assert response.status_code == 403, (path, media)
        response = ask(shop, method, at_path, operation, body, Authorization="Bearer nonsense")
        assert (response.status_code, response.json()["code"]) == (401, "invalid_api_key")
        assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_no_key_is_refused(shop: Shop, method: str) -> None:
    for header in ("", "Bearer", "Bearer nonsense", f"Basic {shop.key}", "Bearer " + "x" * 9000):
        response = shop.send(method, "/buyers", {}, Authorization=header)
        assert (response.status_code, response.json()["code"]) == (401, "invalid_api_key")


def test_unknown_and_revoked_keys_get_the_same_answer(shop: Shop) -> None:
    unknown = shop.send("GET", "/buyers", Authorization="Bearer usk_" + "a" * 43)
    ApiKey.objects.filter(seller_id=shop.seller.id).update(revoked_at=datetime.now(UTC))
    keys._kept.clear()
    revoked = shop.send("GET", "/buyers")
    assert revoked.status_code == unknown.status_code == 401
    assert revoked.content == unknown.content


def test_a_revoked_key_stops_working_within_a_second(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(keys.time, "monotonic", lambda: now[0])
    assert shop.send("GET", "/buyers").status_code == 200
    ApiKey.objects.filter(seller_id=shop.seller.id).update(revoked_at=datetime.now(UTC))
    now[0] += 0.99
    assert shop.send("GET", "/buyers").status_code == 200
    now[0] += 0.02
    assert shop.send("GET", "/buyers").status_code == 401


def test_a_key_is_looked_up_once_a_second(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = []
    found = keys.queries.key_holder
    monkeypatch.setattr(keys.queries, "key_holder", lambda d: looked_up.append(d) or found(d))
    for _ in range(5):
        principal = keys.authenticate(f"Bearer {shop.key}", scope="orders:write")
    assert len(looked_up) == 1
    assert principal.seller == shop.seller
    assert isinstance(principal.key_id, UUID)
    assert principal.by == f"key_{principal.key_id.hex}"


def test_the_key_is_nowhere_in_the_answers(shop: Shop) -> None:
    shop.ask("POST", "/buyers", {"name": "A", "country": "IT"}, status=201)
    assert shop.key not in json.dumps(shop.ask("GET", "/events"))
