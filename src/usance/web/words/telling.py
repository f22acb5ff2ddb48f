"""How an event is told."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from usance.web.design.parts import Tone


@dataclass(frozen=True, slots=True)
class Telling:
    """How an event is told: a sentence with named places, an icon and a tone."""

    text: str | Promise
    icon: str
    tone: Tone = "neutral"
