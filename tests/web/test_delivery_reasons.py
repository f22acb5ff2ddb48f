"""Why a document did not go, and what it lacks: every code that we give has words of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import usance
from usance.records.deliveries.models import Delivery
from usance.rules.delivery import UNDONE, held_back, why_held_back
from usance.rules.delivery_routes import Missing
from usance.rules.invoicing.profiles import CHANNELS
from usance.web.backoffice.delivery_acts import may_go_again
from usance.web.words import delivery_reasons
from usance.web.words.delivery_reasons import missing_text, reason_text
from usance.web.words.refusals import refusal_text

SOURCE = Path(usance.__file__).parent
NETWORK = "550 5.2.2 mailbox over quota"


def row(channel: str, code: str, reason: str = "in English") -> Delivery:
    return Delivery(channel=channel, reason_code=code, reason=reason, state="failed")


def test_every_reason_that_a_channel_gives_has_words() -> None:
    source = (SOURCE / "flows/deliveries/channels.py").read_text()
    codes = set(re.findall(r'Impossible\(\s*"([a-z_]+)"', source))
    assert len(codes) >= 7
    for code in codes:
        for channel in ("email", "peppol") if code == "no_recipient" else ("any",):
            assert reason_text(row(channel, code)) != "in English", code


def test_the_words_of_a_network_are_its_own() -> None:
    assert reason_text(row("email", "5.2.2", NETWORK)) == NETWORK
    assert reason_text(row("sdi", "NS 00404", "Fattura duplicata")) == "Fattura duplicata"


def test_every_term_that_a_country_wants_has_words() -> None:
    source = (SOURCE / "rules/delivery_routes.py").read_text()
    codes = set(re.findall(r'code="([a-z_]+)"', source)) | {
        "gst_line_code",
        "gst_line_code_invalid",
    }
    assert len(codes) == 8
    values = {"nobody": "0000000", "line": "1", "item": "Bolts", "said": "7", "name": "Lodi"}
    for code in codes:
        one = Missing("vat_id", "seller details", "in English", code, values | {"part": "city"})
        told = missing_text(one.to_document())
        assert told
        assert "%" not in told
        assert "in English" not in told


@pytest.mark.parametrize(
    ("values", "where", "told"),
    [
        (
            {"term": "BT-10", "rule": "DE-R-15", "path": "buyer_reference"},
            "billing profile",
            "The document lacks the buyer's reference (BT-10, DE-R-15). Enter it in the buyer's billing"
            " profile.",
        ),
        (
            {"term": "BT-122", "rule": "BR-52", "path": "attachments[0].reference"},
            "invoice",
            "The document lacks attachments[0].reference (BT-122, BR-52).",
        ),
        ({}, "invoice", "The document lacks field."),
    ],
)
def test_a_term_of_the_norm_is_named(values: dict[str, str], where: str, told: str) -> None:
    assert missing_text(Missing("field", where, "x", values=values).to_document()) == told


def test_what_a_refusal_lacks_is_told_in_words() -> None:
    class Unavailable(Exception):
        code = "format_unavailable"
        missing = (Missing("vat_id", "seller details", "in English", "sdi_seller_vat_id"),)

    told = refusal_text(Unavailable("in English"))
    assert told.endswith("SdI wants your VAT number; enter it in your company's details.")


def test_what_is_held_back_is_not_offered_and_says_why() -> None:
    states: Any = ("queued", "sent", "delivered", "opened", *UNDONE)
    for channel in CHANNELS:
        for state in states:
            why = why_held_back(channel, state=state)
            assert bool(why) == bool(held_back(channel, state=state))
            if why:
                assert delivery_reasons.held_text(why)
                assert not may_go_again(Delivery(channel=channel, state=state))
    assert not may_go_again(Delivery(channel="sdi", state="bounced"))
    assert may_go_again(Delivery(channel="sdi", state="rejected"))
    assert may_go_again(Delivery(channel="email", state="delivered"))
