"""Names as ACH carries them."""

from __future__ import annotations

from usance.formats.sepa.characters import transliterated


def fitted(text: str, *, most: int) -> str:
    """``text`` in printable ASCII, cut to ``most`` characters: for names of companies and receivers.

    Letters of other kinds become the Latin ones that stand for them. Never for an account or a
    number, of which nothing may be lost. Empty where nothing of it can be written.
    """
    plain = "".join(each if each.isascii() else transliterated(each) or " " for each in text)
    kept = " ".join("".join(each if each.isprintable() else " " for each in plain).split())
    return kept[:most].strip()
