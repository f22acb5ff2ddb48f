"""How the seller's documents look: logo, colour, footer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from usance.formats.errors import FormatError

LARGEST_LOGO: Final = 1024 * 1024
"""Bytes. A logo is in every document; a larger one is a photograph sent by mistake."""

_INK: Final = "#1d3557"

Paper = Literal["a4", "us-letter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """The seller's own look. Without a logo the seller's name stands in its place."""

    logo: bytes | None = field(default=None, repr=False)
    """PNG, JPEG or SVG, at most a megabyte. SVG is the sharpest and the quickest to set."""
    colour: str = _INK
    """``#rrggbb``: of the title, of rules and, very light, of grounds."""
    tagline: str = ""
    """A line below the logo."""
    footer: tuple[str, ...] = ()
    """Lines of legal information that stand in the footer of every page, beside what is known."""
    website: str = ""
    paper: Paper = "a4"
    fonts: tuple[Path, ...] = ()
    """Directories with more fonts, for scripts that Noto Sans and Noto Sans Devanagari lack."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.colour):
            raise FormatError(
                f"{self.colour!r} is not a colour; write #rrggbb, such as {_INK}.",
                code="invalid_colour",
            )
        if self.logo is not None:
            logo_suffix(self.logo)

    @property
    def ink(self) -> str:
        """``colour``, darkened until text in it is easy to read on white (WCAG 2.2, 1.4.3: 4.5 to 1)."""
        channels = [int(self.colour[place : place + 2], 16) for place in (1, 3, 5)]
        while _contrast_with_white(channels) < 4.5:
            channels = [channel * 9 // 10 for channel in channels]
        return "#" + "".join(f"{channel:02x}" for channel in channels)


PLAIN: Final = Brand()
"""Dark blue, no logo."""


def logo_suffix(data: bytes) -> str:
    """``png``, ``jpg`` or ``svg``, told by the first bytes. Raises FormatError ``unknown_logo``."""
    if len(data) > LARGEST_LOGO:
        raise FormatError(
            f"The logo has {len(data)} bytes, of {LARGEST_LOGO} allowed; send a smaller picture.",
            code="too_large",
        )
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!--)", data) and b"<svg" in data:
        return "svg"
    raise FormatError("The logo is neither PNG, JPEG nor SVG.", code="unknown_logo")


def _contrast_with_white(channels: list[int]) -> float:
    """The contrast ratio of WCAG 2.2 between the colour and white."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)
