"""The characters that every bank in SEPA takes."""

from __future__ import annotations


def transliterated(text: str) -> str:
    """``text`` in the characters of SEPA: Latin letters, digits, blank and / - ? : ( ) . , ' +

    Letters of other kinds become the Latin ones that stand for them, what has none becomes a full
    stop or nothing. Source: EPC217-08 (best practices for the character set conversion).
    """
    raise NotImplementedError
