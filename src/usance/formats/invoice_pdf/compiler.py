"""Typst, kept warm: templates and fonts are read once, idle compilers are used again.

Safe for threads: a compiler is taken out of the pool while it works, one thread at a time (list.pop
and list.append are atomic); typst releases the interpreter lock, so threads set pages in parallel.
"""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal, cast

import typst

from usance.formats.errors import FormatError

_HERE: Final = Path(str(resources.files("usance.formats.invoice_pdf")))
_FONTS: Final = _HERE / "fonts"
FAMILIES: Final = ("Noto Sans", "Noto Sans Devanagari")

STANDARDS: Final[list[Literal["a-3b", "ua-1"]]] = ["a-3b", "ua-1"]
"""PDF/A-3b (ISO 19005-3) for archives and Factur-X, PDF/UA-1 (ISO 14289-1) for screen readers."""

# Control characters as JSON escapes them; an escaped backslash before is kept with its partner.
_CONTROL: Final = re.compile(r"(\\\\)|\\(?:u00[01][0-9a-f]|[brf])")

_IDLE: Final[dict[tuple[Path, ...], list[typst.Compiler]]] = {}
_MOST_IDLE: Final = 8


def compile_pages(
    template: str,
    *,
    content: Mapping[str, Any],
    files: Mapping[str, bytes],
    fonts: Sequence[Path],
    on: date,
) -> bytes:
    """``template`` with ``content`` as PDF. The same arguments give the same bytes, so the creation
    date is ``on`` at midnight UTC.

    Raises FormatError ``no_glyph`` for letters that no font has, ``invalid_picture`` for a logo that
    cannot be drawn.
    """
    places = tuple(fonts)
    text = _CONTROL.sub(r"\1", json.dumps(dict(content), ensure_ascii=False))
    text = unicodedata.normalize("NFC", text)
    if not places:
        text = _printable(text)
    sources: dict[str, Any] = {**_templates(), **files, "document.json": text.encode()}
    sources["main.typ"] = sources.pop(template)
    idle = _IDLE.setdefault(places, [])
    try:
        compiler = idle.pop()
    except IndexError:
        compiler = _new_compiler(places)
    try:
        # Its stub knows of text and paths only; that a mapping of files is taken is documented.
        pages = compiler.compile(
            input=cast(Any, sources),
            format="pdf",
            pdf_standards=[*STANDARDS],
            timestamp=datetime.combine(on, time(), tzinfo=UTC),
        )
    except typst.TypstError as error:
        raise _explained(error) from error
    if len(idle) < _MOST_IDLE:
        idle.append(compiler)
    assert isinstance(pages, bytes)
    return pages


def as_file(name: str, content: bytes) -> tuple[str, bytes]:
    """``content`` as a file that the templates read, and the name it got.

    Typst's binding takes texts alone; anything else travels as a list of numbers, which costs about a
    fifth of a millisecond a kilobyte.
    """
    try:
        content.decode()
    except UnicodeDecodeError:
        pass
    else:
        if not content.startswith(codecs.BOM_UTF8):
            return name, content
    return f"{name}.numbers", json.dumps(list(content)).encode()


@lru_cache(maxsize=1)
def _templates() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (_HERE / "templates").iterdir()}


def _new_compiler(places: tuple[Path, ...]) -> typst.Compiler:
    # The root is the directory of the templates: a picture that refers to files finds no others.
    return typst.Compiler(root=_HERE / "templates", font_paths=_fonts(places))


@lru_cache(maxsize=16)
def _fonts(places: tuple[Path, ...]) -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[_FONTS, *places],
    )


@lru_cache(maxsize=16)
def families(places: tuple[Path, ...]) -> list[str]:
    """The fonts a text is set in, in the order of preference: ours, then those of the brand."""
    ours = _fonts(()).families()
    return [*FAMILIES, *(name for name in _fonts(places).families() if name not in ours)]


def _printable(text: str) -> str:
    """``text`` without what no page can show: pictographs, control and formatting characters.

    Letters are never dropped. Raises FormatError ``no_glyph`` for those our fonts lack.
    """
    return _UNCOVERED.sub(_without_glyph, text)


def _without_glyph(found: re.Match[str]) -> str:
    character = found[0]
    if unicodedata.category(character)[0] in "SC" or character in "\ufe0e\ufe0f":
        return ""
    if unicodedata.category(character) == "Zs":
        return " "
    raise FormatError(
        f"The fonts of the PDF have no {character!r} (U+{ord(character):04X}). Add a font that has it"
        " to the brand's fonts, or write the text in Latin, Greek, Cyrillic or Devanagari letters.",
        code="no_glyph",
    )


def _coverage() -> re.Pattern[str]:
    ranges = (_FONTS / "coverage.txt").read_text().split()
    return re.compile(
        "[^"
        + "".join(
            f"{_escaped(first)}-{_escaped(last or first)}"
            for first, _, last in (entry.partition("-") for entry in ranges)
        )
        + "]"
    )


def _escaped(number: str) -> str:
    return f"\\U{int(number, 16):08x}"


_UNCOVERED: Final = _coverage()


def _explained(error: typst.TypstError) -> FormatError:
    """What the typesetter says, as a person can act on it; what is our own fault stays as it is."""
    message = str(error.message)
    if "could not be displayed" in message:
        return FormatError(
            f"The fonts of the PDF lack a letter: {message}. Add a font that has it to the brand's"
            " fonts.",
            code="no_glyph",
        )
    if re.search("image|svg", message, re.IGNORECASE):
        return FormatError(
            f"The logo cannot be drawn ({message}). Send another picture.", code="invalid_picture"
        )
    raise error
