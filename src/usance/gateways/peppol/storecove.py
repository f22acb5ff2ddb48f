"""Storecove's access point, by version 2 of its HTTP interface.

Documents go in as they are written, to be parsed there (``rawDocumentData``): the network's own
document is made from ours by Storecove, which is the way that its contract offers.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, Final

from usance.gateways.errors import Malformed, NotCovered, Refused
from usance.gateways.exchange import Exchange, Patience, Reply
from usance.gateways.json_answers import read_document
from usance.gateways.outcome import DocumentRefused, Outcome
from usance.gateways.peppol.access_point import AlreadyTaken, Dispatch, Participant
from usance.gateways.peppol.schemes import SCHEME_NAMES

ADDRESS: Final = "https://api.storecove.com/api/v2"
LARGEST_PICTURE: Final = 7 * 2**20
"""Bytes: attachments may have 10 MB in Base64, the document itself beside them."""
_LONGEST_WORDS: Final = 1000


class Storecove:
    """Sends for one legal entity of a Storecove account."""

    source = "storecove"

    def __init__(
        self,
        *,
        api_key: str,
        legal_entity: int,
        base_url: str = ADDRESS,
        private_network: bool = False,
        patience: Patience | None = None,
    ) -> None:
        self._legal_entity = legal_entity
        self._exchange = Exchange(
            counterpart="Storecove",
            base_url=base_url,
            headers={"authorization": f"Bearer {api_key}", "accept": "application/json"},
            private_network=private_network,
            patience=patience,
        )

    def reaches(self, receiver: Participant, *, is_credit: bool = False) -> bool:
        """Whether the network lists it for the kind of document."""
        question = {
            "network": "peppol",
            "metaScheme": "iso6523-actorid-upis",
            "scheme": _scheme(receiver),
            "identifier": receiver.value,
            "documentTypes": ["creditnote" if is_credit else "invoice"],
        }
        reply = self._exchange.ask("POST", "/discovery/receives", json=question)
        if reply.status == 422:
            return False
        reply.raise_for_failure()
        return read_document(reply).text("code") == "OK"

    def send(self, dispatch: Dispatch) -> str:
        """Submit the document; its guid."""
        reply = self._exchange.ask("POST", "/document_submissions", json=self._submission(dispatch))
        if reply.status == 422:
            raise _refusal(reply)
        reply.raise_for_failure()
        return read_document(reply).required_text("guid")

    def outcome(self, reference: str) -> Outcome:
        """What the evidence says: accepted by the receiver's access point, refused, or not yet."""
        reply = self._exchange.ask("GET", f"/invoice_submissions/{reference}/evidence")
        if reply.status == 404:
            # There is no evidence before anything was tried.
            return Outcome(state="pending")
        reply.raise_for_failure()
        document = read_document(reply)
        actions = document.children("actions") or []
        words = document.text("status") or ""
        for action in reversed(actions):
            result = action.text("transmission_result") or "unknown"
            said = (action.text("receiver_response") or words)[:_LONGEST_WORDS]
            if result == "accepted":
                return Outcome(state="delivered", code=result, words=said, receipt=reply.body)
            if result == "rejected":
                return Outcome(state="rejected", code=result, words=said, receipt=reply.body)
            if result in ("send_error", "internal_error"):
                return Outcome(state="pending", code=result, words=said)
        return Outcome(state="pending", words=words[:_LONGEST_WORDS])

    def next_news(self) -> tuple[str, bytes] | None:
        """(guid, body) of the oldest message in the account's queue; None if it is empty. It stays
        there until it is forgotten."""
        reply = self._exchange.ask("GET", "/webhook_instances/")
        if reply.status == 204:
            return None
        reply.raise_for_failure()
        document = read_document(reply)
        return document.required_text("guid"), (document.text("body") or "").encode()

    def forget_news(self, guid: str) -> None:
        """Take a message that is kept here out of the queue."""
        reply = self._exchange.ask("DELETE", f"/webhook_instances/{guid}")
        if reply.status != 404:
            reply.raise_for_failure()

    def _submission(self, dispatch: Dispatch) -> dict[str, Any]:
        receiver = dispatch.receiver
        submission: dict[str, Any] = {
            "legalEntityId": self._legal_entity,
            "idempotencyGuid": dispatch.key,
            "createPrimaryImage": False,
            "routing": {"eIdentifiers": [{"scheme": _scheme(receiver), "id": receiver.value}]},
            "document": {
                # A credit note is an invoice there too: what it is, its own type code says.
                "documentType": "invoice",
                "rawDocumentData": {
                    "document": b64encode(dispatch.document).decode("ascii"),
                    "parse": True,
                    "parseStrategy": "ubl",
                },
            },
        }
        if dispatch.picture and len(dispatch.picture) <= LARGEST_PICTURE:
            submission["attachments"] = [
                {
                    "filename": dispatch.picture_name,
                    "document": b64encode(dispatch.picture).decode("ascii"),
                    "mimeType": "application/pdf",
                    "primaryImage": True,
                }
            ]
        return submission


def _scheme(participant: Participant) -> str:
    name = SCHEME_NAMES.get(participant.scheme)
    if name is None:
        raise NotCovered(
            f"Storecove is not known to route identifiers of the scheme {participant.scheme}; give the"
            " buyer's Peppol address in another scheme.",
            counterpart="Storecove",
            detail=participant.scheme,
        )
    return name


def _refusal(reply: Reply) -> Refused:
    """What is wrong, in Storecove's words (status 422: a list of ``source`` and ``details``)."""
    try:
        found = json.loads(reply.body)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Malformed(
            "Storecove refused the document without saying why.",
            counterpart="Storecove",
            detail="HTTP 422",
        )
    faults = [(str(one.get("source") or ""), str(one.get("details") or "")) for one in found]
    words = "; ".join(": ".join(filter(None, fault)) for fault in faults)[:_LONGEST_WORDS]
    taken = any("idempotency" in it.lower() for it, _ in faults)
    kind: type[Refused] = AlreadyTaken if taken else DocumentRefused
    return kind(
        "Storecove does not take the document.",
        counterpart="Storecove",
        detail=words or "HTTP 422",
    )
