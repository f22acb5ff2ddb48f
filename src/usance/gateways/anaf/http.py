"""RO e-Factura by its web service, with the seller's OAuth tokens.

Written to what the tax administration publishes about the service (upload, state of the message,
download), and proved here against a server of our own only. An access token lasts ninety days, the
refresh token a year and works once: the new pair is given to the keeper of tokens at once.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from lxml import etree

from usance.formats.einvoice.parsing import parse_xml
from usance.formats.errors import FormatError
from usance.gateways.anaf.transmission import TokenKeeper, read_download, same_document
from usance.gateways.errors import (
    CredentialsRefused,
    Malformed,
    MaybeTaken,
    RateLimited,
    Refused,
    Unavailable,
)
from usance.gateways.exchange import Exchange, Patience, Reply
from usance.gateways.json_answers import Document, read_document
from usance.gateways.outcome import DocumentRefused, Outcome

ADDRESS: Final = "https://api.anaf.ro/prod/FCTEL/rest"
TEST_ADDRESS: Final = "https://api.anaf.ro/test/FCTEL/rest"
SIGN_IN: Final = "https://logincert.anaf.ro/anaf-oauth2/v1"
LARGEST_ANSWER: Final = 30 * 2**20
_LONGEST_WORDS: Final = 2000
_MOST_PAGES: Final = 40
"""Of messages, 500 each."""
_SENT: Final = "FACTURA TRIMISA"
_NOTHING: Final = "nu exista mesaje"
_WAITING: Final = "in prelucrare"
_NOT_SENT: Final = ("ConnectError", "ConnectTimeout", "gaierror")
"""What went wrong before anything was sent."""
_HALF_ANSWERED: Final = (502, 504)
"""A proxy answers that it lost whoever it had given the document to (RFC 9110, 15.6.3 and 15.6.5)."""


class AnafHttp:
    """Uploads for the company with the number ``tax_id`` (CIF, without the country)."""

    source = "anaf"

    def __init__(
        self,
        *,
        tax_id: str,
        tokens: Mapping[str, str],
        keeper: TokenKeeper | None = None,
        base_url: str = ADDRESS,
        sign_in_url: str = SIGN_IN,
        patience: Patience | None = None,
        private_network: bool = False,
    ) -> None:
        self._tax_id = tax_id.strip().upper().removeprefix("RO")
        self._tokens = dict(tokens)
        self._keeper = keeper
        self.renewed: dict[str, str] = {}
        options: dict[str, Any] = {"patience": patience, "private_network": private_network}
        self._service = Exchange(
            counterpart="ANAF", base_url=base_url, largest_answer=LARGEST_ANSWER, **options
        )
        self._sign_in = Exchange(counterpart="ANAF", base_url=sign_in_url, **options)

    def __repr__(self) -> str:
        return f"AnafHttp(tax_id={self._tax_id!r}, tokens=***)"

    def upload(self, document: bytes, *, is_credit: bool = False) -> str:
        """``POST /upload``. Its answer has the index, or the errors."""
        parameters = {"standard": "CN" if is_credit else "UBL", "cif": self._tax_id}
        reply = self._ask("POST", "/upload", parameters, content=document)
        header = _header(reply)
        index = header.get("index_incarcare")
        if header.get("ExecutionStatus") != "0" or not index:
            raise DocumentRefused(
                "ANAF does not take the document.", counterpart="ANAF", detail=_errors(header)
            )
        if not index.isascii() or not index.isdigit():
            raise _strange("index_incarcare")
        return index

    def outcome(self, reference: str) -> Outcome:
        """``GET /stareMesaj``, and ``GET /descarcare`` once there is something to download."""
        header = _header(self._ask("GET", "/stareMesaj", {"id_incarcare": reference}))
        state = (header.get("stare") or "").strip()
        if state.lower() == _WAITING:
            return Outcome(state="pending", code=state)
        download = header.get("id_descarcare") or ""
        if state.lower() == "ok" and download:
            return self._settled("delivered", state, download)
        if state.lower() == "nok" and download:
            return self._settled("rejected", state, download)
        if state:
            # "XML cu erori nepreluat de sistem": nothing was taken, so there is nothing to fetch.
            return Outcome(state="rejected", code=state[:60], words=_errors(header) or state)
        raise Refused("ANAF knows no such upload.", counterpart="ANAF", detail=_errors(header))

    def find(
        self, document: bytes, *, since: datetime, at: datetime, known: Collection[str] = ()
    ) -> str | None:
        """``GET /listaMesajePaginatieFactura`` for what was accepted from the seller, and ``GET
        /descarcare`` of each upload that is not known, until one is the document."""
        for message in self._sent(since, at):
            index = message.shown("id_solicitare") or ""
            if not index.isascii() or not index.isdigit() or index in known:
                continue
            reply = self._ask("GET", "/descarcare", {"id": message.shown("id") or ""})
            if reply.body.startswith(b"PK") and same_document(
                read_download(reply.body).document, document
            ):
                return index
        return None

    def _sent(self, since: datetime, at: datetime) -> Iterator[Document]:
        span = {
            "startTime": str(int(since.timestamp() * 1000)),
            "endTime": str(int(at.timestamp() * 1000)),
        }
        for page in range(1, _MOST_PAGES + 1):
            parameters = {**span, "cif": self._tax_id, "pagina": str(page), "filtru": "T"}
            answer = read_document(self._ask("GET", "/listaMesajePaginatieFactura", parameters))
            if words := answer.text("eroare"):
                if _NOTHING in words.lower():
                    return
                raise Refused("ANAF does not list the messages.", counterpart="ANAF", detail=words)
            for message in answer.children("mesaje") or ():
                if message.text("tip") == _SENT:
                    yield message
            pages = answer.shown("numar_total_pagini") or "1"
            if not pages.isdigit() or page >= int(pages):
                return

    def try_out(self) -> None:
        """Ask for the messages of the last day, to see that the tokens are accepted."""
        self._ask("GET", "/listaMesajeFactura", {"zile": "1", "cif": self._tax_id})

    def _settled(self, state: Any, code: str, download: str) -> Outcome:
        reply = self._ask("GET", "/descarcare", {"id": download})
        if not reply.body.startswith(b"PK"):
            raise _strange("descarcare")
        parts = read_download(reply.body)
        words = _errors(_parsed(parts.document)) if state == "rejected" else ""
        return Outcome(
            state=state,
            code=code,
            words=words,
            receipt=reply.body,
            file_name=f"{download}.zip",
        )

    def _ask(
        self, method: str, path: str, params: Mapping[str, str], *, content: bytes | None = None
    ) -> Reply:
        """One question; once more with new tokens where these are no longer accepted."""
        reply = self._once(method, path, params, content)
        if reply.status in (401, 403) and self._tokens.get("refresh_token") and not self.renewed:
            self._renew()
            reply = self._once(method, path, params, content)
        reply.raise_for_failure()
        return reply

    def _once(
        self, method: str, path: str, params: Mapping[str, str], content: bytes | None
    ) -> Reply:
        headers = {"authorization": f"Bearer {self._tokens.get('access_token', '')}"}
        if content is not None:
            headers["content-type"] = "text/plain"
        try:
            reply = self._service.ask(method, path, params=params, content=content, headers=headers)
        except RateLimited:
            raise
        except Unavailable as error:
            if content is None or error.detail in _NOT_SENT:
                raise
            raise _maybe_taken(error.detail) from None
        if content is not None and reply.status in _HALF_ANSWERED:
            raise _maybe_taken(f"HTTP {reply.status}")
        return reply

    def _renew(self) -> None:
        """A new pair of tokens, by nobody else meanwhile; the one that another has got since."""
        with self._keeper.alone() if self._keeper else nullcontext(self._tokens) as there:
            mine = self._tokens.get("access_token")
            self._tokens = {**self._tokens, **there}
            if self._tokens.get("access_token") != mine:
                return
            self.renewed = self._renewed()
            self._tokens |= self.renewed
            if self._keeper:
                self._keeper.keep(self.renewed)

    def _renewed(self) -> dict[str, str]:
        """A new pair of tokens for the refresh token (RFC 6749, 6)."""
        client = f"{self._tokens.get('client_id', '')}:{self._tokens.get('client_secret', '')}"
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._tokens["refresh_token"],
            "token_content_type": "jwt",
        }
        reply = self._sign_in.ask(
            "POST",
            "/token",
            content=urlencode(form).encode("ascii"),
            headers={
                "content-type": "application/x-www-form-urlencoded",
                "authorization": f"Basic {b64encode(client.encode()).decode('ascii')}",
            },
        )
        if reply.status in (400, 401, 403):  # RFC 6749, 5.2: invalid_grant is a 400
            raise CredentialsRefused(
                "ANAF does not renew the access; authorize the connection again and set its tokens.",
                counterpart="ANAF",
                detail=f"HTTP {reply.status}",
            )
        reply.raise_for_failure()
        answer = read_document(reply)
        renewed = {"access_token": answer.required_text("access_token")}
        if refresh := answer.text("refresh_token"):
            renewed["refresh_token"] = refresh
        return renewed


def _maybe_taken(detail: str | None) -> MaybeTaken:
    return MaybeTaken(
        "ANAF did not answer after the document was sent.", counterpart="ANAF", detail=detail
    )


def _header(reply: Reply) -> etree._Element:
    root = _parsed(reply.body)
    if etree.QName(root).localname != "header":
        raise _strange("header")
    return root


def _parsed(body: bytes) -> etree._Element:
    try:
        return parse_xml(body)
    except FormatError:
        raise _strange("XML") from None


def _errors(root: etree._Element) -> str:
    """Every ``errorMessage``, in the service's own words."""
    said = [one.get("errorMessage", "").strip() for one in root.iter("{*}*")]
    return "; ".join(filter(None, said))[:_LONGEST_WORDS]


def _strange(where: str) -> Malformed:
    return Malformed(
        "ANAF answered in a shape that is not known.", counterpart="ANAF", detail=where
    )
