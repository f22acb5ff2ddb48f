"""Ways to SdI and to ANAF: those in memory and the real ones, held to the same."""

from __future__ import annotations

import io
import os
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.gateways.contracts.server import Answered, Asked, Counterpart, hang_up, serving
from usance.gateways.anaf import AnafTransmission, read_download
from usance.gateways.anaf.http import AnafHttp
from usance.gateways.anaf.memory import MemoryAnaf, archive
from usance.gateways.errors import CredentialsRefused, Malformed, MaybeTaken, Refused, Unavailable
from usance.gateways.outcome import DocumentRefused
from usance.gateways.sdi import SdiTransmission
from usance.gateways.sdi.folders import SdiFolders
from usance.gateways.sdi.memory import MemorySdi

NAME = "IT00743110157_00001.xml"
RECEIPT = "IT00743110157_00001_RC_001.xml"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
A_WHILE_AGO = NOW.timestamp() - 60


@dataclass
class Sdi:
    channel: SdiTransmission
    arrive: Callable[[str, bytes], None]
    sent: Callable[[str], bytes]


@pytest.fixture(params=["memory", "folders"])
def sdi(request: pytest.FixtureRequest, tmp_path: Path) -> Sdi:
    if request.param == "memory":
        memory = MemorySdi()
        return Sdi(memory, memory.inbox.__setitem__, memory.files.__getitem__)

    def arrive(name: str, content: bytes) -> None:
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_bytes(content)
        os.utime(tmp_path / "in" / name, (A_WHILE_AGO, A_WHILE_AGO))

    return Sdi(SdiFolders(tmp_path), arrive, lambda name: (tmp_path / "out" / name).read_bytes())


def test_a_file_goes_once(sdi: Sdi) -> None:
    for _ in range(2):
        assert sdi.channel.send(file_name=NAME, content=b"<a/>") == NAME
    assert sdi.sent(NAME) == b"<a/>"
    with pytest.raises(Refused) as refused:
        sdi.channel.send(file_name=NAME, content=b"<b/>")
    assert refused.value.detail == "00002"
    assert sdi.sent(NAME) == b"<a/>"


def test_notifications_stay_until_they_are_taken(sdi: Sdi) -> None:
    assert sdi.channel.waiting(at=NOW) == []
    sdi.arrive(RECEIPT, b"<r/>")
    sdi.arrive("IT00743110157_00002_NS_001.xml", b"<s/>")
    assert [one.name for one in sdi.channel.waiting(at=NOW)] == [
        RECEIPT,
        "IT00743110157_00002_NS_001.xml",
    ]
    assert [one.content for one in sdi.channel.waiting(at=NOW, limit=1)] == [b"<r/>"]
    for _ in range(2):
        sdi.channel.taken(RECEIPT)
    assert [one.content for one in sdi.channel.waiting(at=NOW)] == [b"<s/>"]


@pytest.mark.parametrize("name", ["../out.xml", "a/b.xml", "", "x.exe", ".hidden.xml", "a\0.xml"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    channel = SdiFolders(tmp_path / "mine")
    with pytest.raises(Refused):
        channel.send(file_name=name, content=b"<a/>")
    channel.taken(name)
    assert not (tmp_path / "mine").exists()


def test_half_written_and_strange_files_are_passed_over(tmp_path: Path) -> None:
    into = tmp_path / "in"
    into.mkdir()
    (into / f".{RECEIPT}.part").write_bytes(b"<r")
    (into / "notes.txt").write_bytes(b"hello")
    (into / "huge.xml").write_bytes(b" " * (5 * 2**20 + 1))
    (into / "link.xml").symlink_to("/etc/hostname")
    assert SdiFolders(tmp_path).waiting(at=NOW) == []


def test_what_is_not_whole_yet_blocks_nothing(tmp_path: Path) -> None:
    into = tmp_path / "in"
    into.mkdir()
    (into / "A_RC_001.xml").write_bytes(b"")
    (into / "B_RC_001.xml").write_bytes(b"<half")
    (into / "C_RC_001.xml").write_bytes(b"<whole/>")
    for name, seconds in {"A": 60, "B": 1, "C": 60}.items():
        when = NOW.timestamp() - seconds
        os.utime(into / f"{name}_RC_001.xml", (when, when))
    assert [one.name for one in SdiFolders(tmp_path).waiting(at=NOW)] == ["C_RC_001.xml"]
    os.utime(into / "B_RC_001.xml", (A_WHILE_AGO, A_WHILE_AGO))
    assert [one.name for one in SdiFolders(tmp_path).waiting(at=NOW, limit=1)] == ["B_RC_001.xml"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable):
        SdiFolders(tmp_path / "file").send(file_name=NAME, content=b"<a/>")


HEADER = '<header xmlns="mfp:anaf:dgti:{ns}:v1" {attributes}>{inner}</header>'


class AnafMock(Counterpart):
    """RO e-Factura as its public description has it."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "first"
        self.refresh = "once"
        self.uploads: dict[str, bytes] = {}
        self.states: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.errors = ""

    def answer(self, asked: Asked) -> Answered:
        if asked.path == "/auth/token":
            return self._renew(asked)
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return Answered(401)
        query = {name: values[0] for name, values in asked.query.items()}
        if asked.path == "/upload" and asked.method == "POST":
            if query["standard"] not in ("UBL", "CN") or query["cif"] != "18547290":
                self.breach(f"upload {query}")
            return self._upload(asked.body)
        if asked.path == "/stareMesaj":
            state = self.states.get(query["id_incarcare"], 'stare="in prelucrare"')
            return _xml(HEADER.format(ns="efactura:stareMesajFactura", attributes=state, inner=""))
        if asked.path == "/descarcare":
            return Answered(200, self.files[query["id"]], {"content-type": "application/zip"})
        if asked.path == "/listaMesajePaginatieFactura":
            if query["filtru"] != "T" or not int(query["startTime"]) < int(query["endTime"]):
                self.breach(f"list {query}")
            return self._listed(int(query["pagina"]))
        if asked.path == "/listaMesajeFactura":
            return Answered.of({"eroare": "Nu exista mesaje in ultimele 1 zile"})
        self.breach(asked.path)
        return Answered(404)

    def _listed(self, page: int) -> Answered:
        """What was accepted, one a page."""
        accepted = [index for index, said in self.states.items() if said.startswith('stare="ok"')]
        if not accepted:
            return Answered.of({"eroare": "Nu exista mesaje in intervalul selectat", "titlu": ""})
        index = accepted[page - 1]
        message = {
            "data_creare": "202603021230",
            "cif": "18547290",
            "id_solicitare": index,
            "detalii": f"Factura cu id_incarcare={index} emisa de cif_emitent=18547290",
            "tip": "FACTURA TRIMISA",
            "id": f"9{index}",
        }
        return Answered.of({"mesaje": [message], "numar_total_pagini": len(accepted)})

    def _upload(self, body: bytes) -> Answered:
        if self.errors:
            inner = f'<Errors errorMessage="{self.errors}"/>'
            attributes = 'ExecutionStatus="1"'
        else:
            index = str(5000 + len(self.uploads))
            self.uploads[index] = body
            inner, attributes = "", f'ExecutionStatus="0" index_incarcare="{index}"'
        return _xml(HEADER.format(ns="spv:respUploadFisier", attributes=attributes, inner=inner))

    def _renew(self, asked: Asked) -> Answered:
        form = parse_qs(asked.body.decode())
        client = "Basic " + b64encode(b"client:secret").decode()
        if form["refresh_token"] != [self.refresh] or asked.headers["authorization"] != client:
            return Answered(401)
        self.token, self.refresh = "second", "twice"
        return Answered.of({"access_token": "second", "refresh_token": "twice", "expires_in": 1})

    def settle(self, index: str, *, errors: str = "") -> None:
        found = "nok" if errors else "ok"
        self.states[index] = f'stare="{found}" id_descarcare="9{index}"'
        content = (
            HEADER.format(
                ns="efactura:mesajEroriFactuta",
                attributes='Index_incarcare="1"',
                inner=f'<Error errorMessage="{errors}"/>',
            ).encode()
            if errors
            else self.uploads[index]
        )
        self.files[f"9{index}"] = archive(index, content)


def _xml(text: str) -> Answered:
    return Answered(200, text.encode(), {"content-type": "application/xml"})


@pytest.fixture
def service() -> Iterator[AnafMock]:
    with serving(AnafMock()) as mock:
        yield mock


def adapter(mock: AnafMock, **tokens: str) -> AnafHttp:
    return AnafHttp(
        tax_id="RO18547290",
        tokens={"access_token": "first"} | tokens,
        base_url=mock.url,
        sign_in_url=f"{mock.url}/auth",
        private_network=True,
    )


@dataclass
class Anaf:
    way: AnafTransmission
    settle: Callable[..., None]


@pytest.fixture(params=["memory", "http"])
def anaf(request: pytest.FixtureRequest) -> Anaf:
    if request.param == "memory":
        memory = MemoryAnaf()
        return Anaf(memory, memory.settle)
    mock: AnafMock = request.getfixturevalue("service")
    return Anaf(adapter(mock), mock.settle)


def test_an_upload_is_settled_with_its_signed_archive(anaf: Anaf) -> None:
    index = anaf.way.upload(b"<Invoice/>")
    assert index.isdigit()
    assert (anaf.way.outcome(index).state, anaf.way.outcome(index).code) == (
        "pending",
        "in prelucrare",
    )
    anaf.settle(index)
    done = anaf.way.outcome(index)
    assert (done.state, done.code) == ("delivered", "ok")
    parts = read_download(done.receipt)
    assert parts.document == b"<Invoice/>"
    assert parts.signature


def test_errors_come_with_their_words(anaf: Anaf) -> None:
    index = anaf.way.upload(b"<Invoice/>", is_credit=True)
    anaf.settle(index, errors="E: BR-RO-110 county")
    done = anaf.way.outcome(index)
    assert (done.state, done.words) == ("rejected", "E: BR-RO-110 county")
    assert done.receipt


def test_an_upload_is_found_again_by_what_was_uploaded(anaf: Anaf) -> None:
    at = datetime(2026, 3, 3, tzinfo=UTC)
    span = {"since": at - timedelta(days=1), "at": at}
    assert anaf.way.find(b"<Invoice/>", **span) is None
    other, mine, refused, waiting = (
        anaf.way.upload(body)
        for body in (b"<Other/>", b'<Invoice a="1"/>', b"<Refused/>", b"<Waiting/>")
    )
    for index in (other, mine):
        anaf.settle(index)
    anaf.settle(refused, errors="E: BR-RO-110 county")
    # As it is written down is no matter.
    assert anaf.way.find(b"<?xml version='1.0'?>\n<Invoice a='1'></Invoice>\n", **span) == mine
    assert anaf.way.find(b'<Invoice a="1"/>', **span, known={mine}) is None
    assert anaf.way.find(b"<Refused/>", **span) is None
    assert anaf.way.find(b"<Waiting/>", **span) is None
    assert waiting != mine


def test_an_upload_that_is_not_taken(service: AnafMock) -> None:
    service.errors = "Fisierul nu este valid"
    with pytest.raises(DocumentRefused) as refused:
        adapter(service).upload(b"<Invoice/>")
    assert refused.value.detail == "Fisierul nu este valid"


def test_tokens_are_renewed_once(service: AnafMock) -> None:
    service.token = "expired-meanwhile"
    client = {"client_id": "client", "client_secret": "secret"}
    way = adapter(service, refresh_token="once", **client)
    way.upload(b"<Invoice/>")
    assert way.renewed == {"access_token": "second", "refresh_token": "twice"}
    assert "second" not in repr(way)
    way.try_out()


class Keeper:
    """Tokens that another worker may have renewed meanwhile."""

    def __init__(self, **tokens: str) -> None:
        self.tokens = tokens
        self.held = 0

    @contextmanager
    def alone(self) -> Iterator[Mapping[str, str]]:
        self.held += 1
        yield dict(self.tokens)
        self.held -= 1

    def keep(self, renewed: Mapping[str, str]) -> None:
        assert self.held == 1
        self.tokens.update(renewed)


def test_a_pair_that_another_worker_has_renewed_is_taken_over(service: AnafMock) -> None:
    client = {"client_id": "client", "client_secret": "secret"}
    keeper = Keeper(access_token="first", refresh_token="once", **client)
    ways = [
        AnafHttp(
            tax_id="18547290",
            tokens=dict(keeper.tokens),
            keeper=keeper,
            base_url=service.url,
            sign_in_url=f"{service.url}/auth",
            private_network=True,
        )
        for _ in range(2)
    ]
    service.token = "expired-meanwhile"
    for way in ways:
        way.upload(b"<Invoice/>")
    assert keeper.tokens["refresh_token"] == "twice"
    assert len([one for one in service.asked if one.path == "/auth/token"]) == 1


@pytest.mark.parametrize("trouble", [hang_up, Answered(504), Answered(502)])
def test_an_upload_without_an_answer_may_have_been_taken(service: AnafMock, trouble: Any) -> None:
    service.instead = [trouble]
    with pytest.raises(MaybeTaken):
        adapter(service).upload(b"<Invoice/>")
    # To ask is harmless, and a server that is not there was given nothing.
    service.instead = [trouble]
    with pytest.raises(Unavailable) as asking:
        adapter(service).outcome("1")
    assert not isinstance(asking.value, MaybeTaken)
    service.url = "http://127.0.0.1:9"
    with pytest.raises(Unavailable) as absent:
        adapter(service).upload(b"<Invoice/>")
    assert not isinstance(absent.value, MaybeTaken)


def test_tokens_that_cannot_be_renewed(service: AnafMock) -> None:
    service.token = "other"
    with pytest.raises(CredentialsRefused):
        adapter(service).upload(b"<Invoice/>")
    with pytest.raises(CredentialsRefused):
        adapter(service, refresh_token="stale").upload(b"<Invoice/>")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><header>&x;</header>',
        b'<header ExecutionStatus="0" index_incarcare="../1"/>',
    ],
)
def test_an_answer_that_nobody_understands(service: AnafMock, body: bytes) -> None:
    service.instead = [Answered(200, body)]
    with pytest.raises(Malformed):
        adapter(service).upload(b"<Invoice/>")


def test_archives_that_are_none() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("1.xml", b" " * (21 * 2**20))
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as opened:
        for n in range(30):
            opened.writestr(f"{n}.xml", b"<a/>")
    whole = archive("1", b"<a/>")
    for data in (b"", b"PK", bomb.getvalue(), many.getvalue(), whole[:-30], whole[:40]):
        with pytest.raises(Malformed):
            read_download(data)
