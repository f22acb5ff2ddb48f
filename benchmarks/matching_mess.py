"""How people and banks spoil what was written: typing errors, broken numbers, cut-off fields.

Drawn from what payers do, not from what the matching can undo.
"""

from __future__ import annotations

import random

_BESIDE = {
    "0": "9",
    "1": "2",
    "2": "13",
    "3": "24",
    "4": "35",
    "5": "46",
    "6": "57",
    "7": "68",
    "8": "79",
    "9": "80",
}
"""The keys beside each digit in the top row."""
_PAD = {"1": "4", "2": "5", "3": "6", "4": "17", "5": "28", "6": "39", "7": "4", "8": "5", "9": "6"}
"""Those above and below it on the number pad."""
_LOOKS_LIKE = {"0": "OQD", "1": "Il", "2": "Z", "5": "S", "6": "G", "8": "B"}


def _digits(text: str) -> list[int]:
    return [place for place, character in enumerate(text) if character.isdigit()]


def wrong_digit(text: str, draw: random.Random) -> str:
    """Another key than the one meant."""
    place = draw.choice(_digits(text))
    digit = text[place]
    near = _BESIDE[digit] + _PAD.get(digit, "")
    other = draw.choice(near if draw.random() < 0.7 else "0123456789".replace(digit, ""))
    return text[:place] + other + text[place + 1 :]


def swapped(text: str, draw: random.Random) -> str:
    """Two neighbouring digits in the wrong order."""
    places = [p for p in _digits(text)[:-1] if text[p + 1].isdigit() and text[p] != text[p + 1]]
    if not places:
        return wrong_digit(text, draw)
    place = draw.choice(places)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def dropped(text: str, draw: random.Random) -> str:
    """A digit left out."""
    place = draw.choice(_digits(text))
    return text[:place] + text[place + 1 :]


def doubled(text: str, draw: random.Random) -> str:
    """A digit typed twice."""
    place = draw.choice(_digits(text))
    return text[:place] + text[place] + text[place:]


def misread(text: str, draw: random.Random) -> str:
    """Letters for digits, as a scanner reads a printed invoice."""
    places = [p for p in _digits(text) if text[p] in _LOOKS_LIKE]
    if not places:
        return wrong_digit(text, draw)
    if draw.random() < 0.5:
        chosen = set(places)
    else:
        chosen = set(draw.sample(places, draw.randint(1, min(2, len(places)))))
    return "".join(
        draw.choice(_LOOKS_LIKE[c]) if place in chosen else c for place, c in enumerate(text)
    )


def typed(text: str, draw: random.Random) -> str:
    """One slip of a person or a scanner."""
    if not _digits(text):
        return text
    slips = (wrong_digit, swapped, dropped, doubled, misread)
    return draw.choices(slips, weights=(34, 24, 18, 8, 16))[0](text, draw)


def broken(number: str, draw: random.Random) -> str:
    """Blanks, points or strokes in it, or those it has left out; nothing wrong with its digits."""
    bare = number.replace("-", "")
    form = draw.randrange(6)
    if form == 0:
        place = draw.randint(2, len(bare) - 2)
        return bare[:place] + " " + bare[place:]
    if form == 1:
        mark = draw.choice(" .-/")
        return mark.join(
            bare[max(0, end - 3) : end] for end in sorted(range(len(bare), 0, -3)) if end > 0
        )
    if form == 2:
        return "00" + bare if bare.isdigit() else number.replace("-", " ")
    if form == 3:
        return draw.choice(("INV", "RE", "RG", "FACT", "R", "INVOICE", "NO")) + bare
    if form == 4:
        return number.replace("-", draw.choice(("/", " ", ".", "")))
    return number.replace("-", "").lower()


def tail(number: str, draw: random.Random) -> str:
    """Only its end, as people write who look at one series all day."""
    digits = "".join(c for c in number if c.isdigit())
    return digits[-draw.choice((5, 6, 6, 6, 7)) :].lstrip("0") or digits[-5:]


def wrapped(text: str, *, width: int, glue: str = " ") -> str:
    """Lines of ``width`` put together again with ``glue``: a bank that breaks words anywhere."""
    return glue.join(text[start : start + width] for start in range(0, len(text), width))


def name_on_statement(name: str, draw: random.Random) -> str:
    """A company's name as its bank sends it."""
    text = " ".join(name.upper().split())
    chance = draw.random()
    if chance < 0.05:
        text = typed_name(text, draw)
    elif chance < 0.13:
        text = text.replace("&", "AND").replace("'", "")
    elif chance < 0.18:
        text += draw.choice((" INC", " LLC", " CORP", " LTD", " ACCOUNTS PAYABLE", " AP DEPT"))
    elif chance < 0.21:
        text = draw.choice(("THE ", "1/", "C/O ")) + text
    limit = draw.choices((70, 35, 27, 22), weights=(40, 40, 10, 10))[0]
    return text[:limit].strip()


def typed_name(text: str, draw: random.Random) -> str:
    """A name with a slip in it."""
    place = draw.randrange(len(text))
    if draw.random() < 0.5 and place + 1 < len(text):
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + text[place + 1 :]
