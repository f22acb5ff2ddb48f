"""A link that opens a door is in no log, whatever went wrong behind it."""

from __future__ import annotations

import logging
from logging.config import dictConfig

import pytest
from django.conf import settings

from config.log_masks import WithoutTokens
from usance.records.identity import PREFIXES, new_id, public_id


@pytest.mark.parametrize(
    ("message", "args", "said"),
    [
        (
            "%s: %s",
            ("Unprocessable Entity", "/pay/" + "A1b_" * 16 + "x-z/back"),
            "/pay/A1b_A1…/back",
        ),
        ("Forbidden (%s): /apply/" + "k" * 43, ("CSRF",), "Forbidden (CSRF): /apply/kkkkkk…"),
        ("cards of order %s", ("7" * 8,), "cards of order 77777777"),
    ],
)
def test_paths_are_logged_without_their_tokens(
    capsys: pytest.CaptureFixture[str], message: str, args: tuple[str, ...], said: str
) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        dictConfig(settings.LOGGING)
        logging.getLogger("django.request").warning(message, *args)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    logged = capsys.readouterr().err
    assert said in logged
    assert "A1b_" * 16 not in logged


@pytest.mark.parametrize("kind", sorted(PREFIXES))
def test_public_ids_stay_whole(kind: str) -> None:
    name = public_id(kind, new_id())
    record = logging.makeLogRecord({"msg": "about %s", "args": (name,)})
    assert WithoutTokens().filter(record)
    assert record.getMessage() == f"about {name}"
