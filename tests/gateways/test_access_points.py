"""Access points to Peppol: the one in memory and Storecove's, held to the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.gateways.contracts.server import Answered, cut_off, flood, serving
from tests.gateways.contracts.storecove import BASE, KEY, StorecoveMock
from usance.gateways.errors import (
    CounterpartError,
    Malformed,
    NotCovered,
    RateLimited,
    Refused,
    Unavailable,
)
from usance.gateways.outcome import DocumentRefused, Outcome
from usance.gateways.peppol import (
    AccessPoint,
    AlreadyTaken,
    Dispatch,
    Participant,
    read_participant,
)
from usance.gateways.peppol.memory import MemoryAccessPoint
from usance.gateways.peppol.storecove import Storecove

KNOWN = Participant("9930", "DE136695976")
XML = b"<?xml version='1.0'?><Invoice/>"


@dataclass
class Side:
    point: AccessPoint
    arrive: Callable[[str, Outcome], None]
    document: Callable[[str], bytes]


@pytest.fixture
def storecove(shared: Path) -> Iterator[StorecoveMock]:
    path = shared / "contracts" / "storecove" / "storecove.openapi3.yml"
    if not path.is_file():
        pytest.skip("the contract of Storecove is not among the shared documents")
    with serving(StorecoveMock(path)) as mock:
        mock.participants.add(("DE:VAT", "DE136695976"))
        yield mock


def adapter(mock: StorecoveMock, key: str = KEY) -> Storecove:
    return Storecove(api_key=key, legal_entity=100, base_url=mock.url + BASE, private_network=True)


@pytest.fixture(params=["memory", "storecove"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "memory":
        memory = MemoryAccessPoint(KNOWN)
        return Side(memory, memory.outcomes.__setitem__, lambda guid: memory.taken[guid].document)
    mock: StorecoveMock = request.getfixturevalue("storecove")
    results = {"delivered": "accepted", "rejected": "rejected"}

    def arrive(guid: str, outcome: Outcome) -> None:
        action = {
            "transmission_result": results[outcome.state],
            "transmission_type": "peppol",
            "receiver_response": outcome.words,
        }
        mock.evidence[guid] = {"status": "sent", "actions": [action]}

    return Side(adapter(mock), arrive, mock.document)


def dispatch(receiver: Participant = KNOWN, key: str = "") -> Dispatch:
    return Dispatch(
        key=key or str(uuid4()),
        document=XML,
        receiver=receiver,
        picture=b"%PDF-1.7 ...",
        picture_name="INV-1.pdf",
    )


def test_who_is_in_the_network(side: Side) -> None:
    assert side.point.reaches(KNOWN)
    assert side.point.reaches(KNOWN, is_credit=True)
    assert not side.point.reaches(Participant("9930", "DE000000000"))


def test_a_document_goes_and_arrives(side: Side) -> None:
    reference = side.point.send(dispatch())
    assert side.document(reference) == XML
    assert side.point.outcome(reference).state == "pending"
    side.arrive(reference, Outcome(state="delivered", words="AS4 receipt"))
    done = side.point.outcome(reference)
    assert (done.state, done.words) == ("delivered", "AS4 receipt")


def test_a_document_is_rejected_with_words(side: Side) -> None:
    reference = side.point.send(dispatch())
    side.arrive(reference, Outcome(state="rejected", words="SML lookup failed"))
    done = side.point.outcome(reference)
    assert (done.state, done.words) == ("rejected", "SML lookup failed")


def test_the_same_key_is_told(side: Side) -> None:
    key = str(uuid4())
    side.point.send(dispatch(key=key))
    with pytest.raises(AlreadyTaken):
        side.point.send(dispatch(key=key))


def test_what_storecove_does_not_take_and_why(storecove: StorecoveMock) -> None:
    storecove.faults = [
        {"source": "invoice.taxSystem", "details": "is missing"},
        {"source": "document", "details": "BR-CO-15"},
    ]
    with pytest.raises(DocumentRefused) as refused:
        adapter(storecove).send(dispatch())
    assert refused.value.detail == "invoice.taxSystem: is missing; document: BR-CO-15"
    assert KEY not in repr(refused.value)


def test_credentials_are_not_a_fault_of_the_document(storecove: StorecoveMock) -> None:
    with pytest.raises(Refused) as refused:
        adapter(storecove, key="wrong").send(dispatch())
    assert not isinstance(refused.value, DocumentRefused)
    assert "wrong" not in str(refused.value)


def test_a_scheme_that_storecove_has_no_name_for(storecove: StorecoveMock) -> None:
    with pytest.raises(NotCovered, match="another scheme"):
        adapter(storecove).send(dispatch(Participant("0001", "1")))
    assert storecove.asked == []


@pytest.mark.parametrize(
    ("instead", "kind"),
    [
        (Answered(503), Unavailable),
        (Answered(429, headers={"retry-after": "7"}), RateLimited),
        (Answered(200, b"[]"), Malformed),
        (Answered(200, b'{"guid": 5}'), Malformed),
        (Answered(422, b"nope"), Malformed),
        (cut_off, Unavailable),
        (flood, Malformed),
    ],
)
def test_a_bad_day_is_a_typed_error(
    storecove: StorecoveMock, instead: Answered, kind: type[CounterpartError]
) -> None:
    storecove.instead = [instead]
    with pytest.raises(kind):
        adapter(storecove).send(dispatch())


def test_a_send_error_is_not_the_end(storecove: StorecoveMock) -> None:
    point = adapter(storecove)
    reference = point.send(dispatch())
    storecove.evidence[reference] = {
        "status": "error",
        "actions": [{"transmission_result": "send_error", "transmission_type": "peppol"}],
    }
    assert (point.outcome(reference).state, point.outcome(reference).code) == (
        "pending",
        "send_error",
    )


def test_news_stay_until_they_are_forgotten(storecove: StorecoveMock) -> None:
    point, guid = adapter(storecove), str(uuid4())
    assert point.next_news() is None
    storecove.hint(guid, "x")
    assert point.next_news() == point.next_news() == (guid, storecove.news[guid].encode())
    point.forget_news(guid)
    point.forget_news(guid)
    assert point.next_news() is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0204:04011000-1234512345-06", Participant("0204", "04011000-1234512345-06")),
        ("iso6523-actorid-upis::9930:DE1", Participant("9930", "DE1")),
        ("EM:a@b.example", None),
        ("0204:", None),
        ("", None),
        ("0204:a b", None),
    ],
)
def test_participants_as_text(text: str, found: Participant | None) -> None:
    assert read_participant(text) == found
    if found is not None:
        assert read_participant(str(found)) == found
