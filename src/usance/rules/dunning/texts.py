"""The words of messages: ours by level and language, or the seller's own, and what both fill in."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from usance.rules.dunning.policy import DunningPolicy, Level
from usance.rules.dunning.words import SPOKEN, Words

PLACEHOLDERS: Final[Mapping[str, str]] = {
    "seller": "the seller's name",
    "buyer": "the buyer's name",
    "total": "what the message is about, with its currency",
    "count": "how many items it is about",
    "oldest_days": "days since the oldest of them fell due",
    "due_on": "the day on which the first of them falls or fell due",
    "pay_by": "the day by which it asks for payment",
    "contact": "whom to reach at the seller, and how",
}
"""What a text may fill in, written in braces, and what it stands for."""

LONGEST_SUBJECT: Final = 150
LONGEST_BODY: Final = 4000


class InvalidText(ValueError):
    """A text that cannot be filled in as it is written; the message names what is wrong in it."""

    code = "invalid_dunning_text"


@dataclass(frozen=True, slots=True)
class Text:
    """What a message says. A blank line in ``body`` begins a new paragraph."""

    subject: str
    body: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body's paragraphs."""
        parts = (" ".join(part.split()) for part in self.body.split("\n\n"))
        return tuple(part for part in parts if part)


def check_text(subject: object, body: object) -> None:
    """Raise InvalidText where a text is empty, too long, or fills in what there is not."""
    for name, text, longest in (
        ("subject", subject, LONGEST_SUBJECT),
        ("body", body, LONGEST_BODY),
    ):
        if not isinstance(text, str) or not text.strip() or len(text) > longest:
            raise InvalidText(f"Write a {name} of 1 to {longest} characters.")
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError:
            raise InvalidText(
                f"A brace in the {name} is not closed; write {{{{ for a brace itself."
            ) from None
        for _, field, layout, conversion in parts:
            if field is None:
                continue
            if field not in PLACEHOLDERS or layout or conversion:
                raise InvalidText(
                    f"{{{field}}} in the {name} is nothing that can be filled in; there are "
                    + ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
                    + "."
                )
    if isinstance(subject, str) and "\n" in subject.strip():
        raise InvalidText("The subject is one line.")


def words_in(language: str) -> Words:
    """What stands around every text, in ``language`` or in English."""
    return SPOKEN.get(language[:2].lower(), SPOKEN["en"])


def text_of(policy: DunningPolicy, level: Level, *, language: str) -> Text:
    """The seller's own text of the level in ``language``; ours where it has none."""
    spoken = language[:2].lower() if language[:2].lower() in SPOKEN else "en"
    own = policy.texts.get(level, {}).get(spoken)
    if own is not None:
        return Text(own["subject"], own["body"])
    subject, body = SPOKEN[spoken].levels[level]
    return Text(subject, body)


def filled(text: Text, values: Mapping[str, str]) -> Text:
    """The text with each placeholder replaced by its value."""
    return Text(
        " ".join(text.subject.format_map(values).split()), text.body.format_map(values).strip()
    )
