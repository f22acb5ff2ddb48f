"""Every pair of colours that may meet keeps WCAG AA, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import usance.web.design

DESIGN = Path(usance.web.design.__file__).parent
SHEET = (DESIGN / "static" / "design" / "tokens.css").read_text()

TOKENS: dict[str, tuple[str, str]] = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"^\s*(--[\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", SHEET, re.MULTILINE
    )
}
PAIRS = [
    (ink, ground, float(least))
    for ink, grounds, least in re.findall(
        r"^\s*pair (--[\w-]+) on ((?:--[\w-]+ ?)+): ([\d.]+)$", SHEET, re.MULTILINE
    )
    for ground in grounds.split()
]
DECORATION = re.findall(r"--[\w-]+", re.findall(r"^\s*decoration (.+)$", SHEET, re.MULTILINE)[0])


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definition of that name)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2, definition of that name), 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_the_standards() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # The darkest and the lightest grey of WebAIM's table around the limit of AA.
    assert contrast("#767676", "#ffffff") > 4.5 > contrast("#777777", "#ffffff")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS, ids=str)
def test_pair(ink: str, ground: str, least: float, scheme: str) -> None:
    of = ("light", "dark").index(scheme)
    assert contrast(TOKENS[ink][of], TOKENS[ground][of]) >= least


def test_enough_pairs_are_declared_for_text() -> None:
    assert len(PAIRS) > 60
    for name in TOKENS:
        if name.endswith("-ink") or name in {"--ink", "--ink-2", "--ink-3"}:
            assert any(ink == name and least >= 4.5 for ink, _, least in PAIRS), name


def test_no_colour_escapes_the_pairs() -> None:
    paired = {name for ink, ground, _ in PAIRS for name in (ink, ground)}
    assert set(TOKENS) - paired - set(DECORATION) == set()


def test_no_colour_is_written_outside_the_tokens() -> None:
    literal = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
    for sheet in (DESIGN / "static" / "design").glob("*.css"):
        if sheet.name == "tokens.css":
            continue
        found = literal.findall(sheet.read_text())
        # A QR code is scanned off white, whatever the scheme.
        assert found == (["#fff"] if sheet.name == "sign_in.css" else []), sheet.name


def test_every_token_used_exists() -> None:
    declared = set(re.findall(r"(--[\w-]+):", SHEET))
    for sheet in (DESIGN / "static" / "design").glob("*.css"):
        text = sheet.read_text()
        local = set(re.findall(r"(--[\w-]+):", text))
        with_default = set(re.findall(r"var\((--[\w-]+),", text))
        used = set(re.findall(r"var\((--[\w-]+)", text))
        assert used - declared - local - with_default == set(), sheet.name
