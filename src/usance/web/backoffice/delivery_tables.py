"""Deliveries of documents as tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from usance.records.deliveries.models import Delivery
from usance.records.events import queries as events
from usance.records.identity import public_id
from usance.rules.delivery import UNDONE
from usance.web.backoffice import links
from usance.web.backoffice.delivery_acts import may_go_again
from usance.web.backoffice.desk import Desk
from usance.web.design.parts import Column, Link, Noted, Row, State, Table
from usance.web.words.deliveries import channel_text, formats_text
from usance.web.words.delivery_reasons import reason_text

_OURS: Final = re.compile("[a-z]+(?:_[a-z]+)+")
_LACKING: Final = "format_unavailable"


def delivery_table(rows: Sequence[Delivery], desk: Desk, *, with_document: bool = False) -> Table:
    """Deliveries, with what the network or the mail server said of those that failed."""
    acts = desk.may("billing")
    missing = _missing(rows, desk)
    return Table(
        caption=_("Deliveries"),
        columns=[
            *([Column(label=_("Document"))] if with_document else []),
            *([Column(label=_("Buyer"))] if with_document else []),
            Column(label=_("Way")),
            Column(label=_("State")),
            *([] if with_document else [Column(label=_("As"))]),
            Column(label=_("Begun")),
            *([Column(label=_("Act"))] if acts else []),
        ],
        rows=[
            Row(
                cells=[
                    *([_document(row), links.buyer_link(row.buyer)] if with_document else []),
                    Noted(channel_text(row.channel), row.recipient)
                    if row.recipient
                    else channel_text(row.channel),
                    _state(row, missing.get(row.id, ())),
                    *([] if with_document else [formats_text(row.formats) or None]),
                    row.created_at,
                    *([_again(row, always=not with_document)] if acts else []),
                ]
            )
            for row in rows
        ],
    )


def _document(row: Delivery) -> object:
    if row.kind == "invoice":
        link = Link(row.number, links.address("invoice", row.subject_id))
    else:
        link = Link(row.number, document_address("credit_note", row.subject_id, "pdf"))
    return Noted(link, formats_text(row.formats)) if row.formats else link


def _missing(rows: Sequence[Delivery], desk: Desk) -> dict[UUID, Any]:
    """The terms that documents lacked, as the events of their failed deliveries tell them."""
    lacking = [row.id for row in rows if row.reason_code == _LACKING and row.state == "failed"]
    if not lacking:
        return {}
    told = events.history(seller_id=desk.seller.id, object_ids=lacking, limit=4 * len(lacking))
    return {
        event.object_id: event.data.get("missing") or ()
        for event in told
        if event.type == "document.failed" and event.object_id is not None
    }


def _state(row: Delivery, missing: Sequence[Any]) -> object:
    state = State("delivery", row.state)
    # Our own codes are for programs; those of a mail server or a network are what people search for.
    code = "" if _OURS.fullmatch(row.reason_code) else row.reason_code
    reason = reason_text(row, missing=missing)
    said = " ".join(part for part in (code, reason) if part)
    if code and reason.startswith(code.rpartition(" ")[2]):
        said = reason
    return Noted(state, said) if said and row.state in (*UNDONE, "queued") else state


def _again(row: Delivery, *, always: bool) -> object:
    """What did not arrive can be sent once more; an e-mail always, where a person looks for it."""
    if not may_go_again(row) or (row.state not in UNDONE and not always):
        return None
    href = reverse("office_delivery_act", args=[public_id("delivery", row.id), "resend"])
    return Link(_("Send once more"), href)


def document_address(kind: str, subject_id: UUID, format_: str) -> str:
    """Where an issued document is downloaded in a format."""
    return reverse(f"office_{kind}_document", args=[public_id(kind, subject_id), format_])
