"""Gather the strings of pages and code into the catalogues, and compile them: ``make messages``.

Strings come from Python through Babel's extractor and from templates through Django's own
``templatize``, so no GNU gettext is needed. A string that is new is added without a translation, one
that is gone is dropped; the test of the catalogues tells what is left to translate.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import templatize

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCES: Final = ROOT / "src" / "usance"
CATALOGUES: Final = SOURCES / "locale"
LANGUAGES: Final = ("it", "ro", "hi")

KEYWORDS: Final = {
    "_": None,
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
"""The functions whose arguments are strings to translate, and which arguments those are."""

Found = tuple[str, int, object, str | None]


def catalogue_path(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return CATALOGUES / language / "LC_MESSAGES" / "django.po"


def strings() -> Iterator[Found]:
    """Every string to translate: its file, line, message and context, file by file."""
    for path in sorted(SOURCES.rglob("*.py")):
        yield from _in_python(path.read_bytes(), path)
    for path in sorted(SOURCES.rglob("templates/**/*.html")):
        # What is not inside a translation tag is blanked out, line for line.
        source = templatize(path.read_text(encoding="utf-8"), origin=path.name)
        yield from _in_python(source.encode(), path)


def _in_python(source: bytes, path: Path) -> Iterator[Found]:
    place = path.relative_to(ROOT).as_posix()
    options = {"encoding": "utf-8"}
    # The second argument names an extractor; Babel's types leave out that it may be the function.
    found = extract(extract_python, io.BytesIO(source), KEYWORDS, (), options)  # type: ignore[arg-type]
    for line, message, _comments, context in found:
        yield place, line, message, context


def template() -> Catalog:
    """A catalogue of every string, without translations."""
    catalog = Catalog(project="Usance", charset="utf-8", fuzzy=False)
    for place, _line, message, context in strings():
        # Without line numbers: they would change with every edit above them.
        catalog.add(message, locations=[(place, 0)], context=context)  # type: ignore[arg-type]
    return catalog


def read(language: str) -> Catalog:
    """The catalogue of a language as it lies there; an empty one where there is none."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="Usance", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merged(language: str, *, strings_of: Catalog) -> Catalog:
    """The translations there are, with every string of ``strings_of`` and no other."""
    kept = read(language)
    fresh = Catalog(
        locale=language,
        project="Usance",
        version="1",
        msgid_bugs_address="-",
        last_translator="-",
        language_team=language,
        charset="utf-8",
        fuzzy=False,
        creation_date=datetime(2026, 1, 1, tzinfo=UTC),  # so that nothing changes by itself
        revision_date=datetime(2026, 1, 1, tzinfo=UTC),
        header_comment=f"# Usance in {kept.locale.english_name if kept.locale else language}.",
    )
    for message in strings_of:
        if not message.id:
            continue
        known = kept.get(message.id, message.context)
        fresh.add(
            message.id,
            known.string if known else None,
            locations=message.locations,
            flags=message.flags - {"fuzzy"},
            context=message.context,
        )
    return fresh


def po_bytes(catalog: Catalog) -> bytes:
    """A catalogue as text for people."""
    file = io.BytesIO()
    write_po(file, catalog, width=100, sort_output=True, include_lineno=False)
    return file.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """A catalogue as Django reads it."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """The strings of a catalogue that have no translation, or lack one of their plural forms."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and not _translated(message.string)
    ]


def _translated(string: str | Sequence[str] | None) -> bool:
    if isinstance(string, str) or string is None:
        return bool(string)
    return bool(string) and all(string)


def main() -> int:
    """Bring every catalogue up to date. Returns how many strings have no translation."""
    strings_of = template()
    untranslated = 0
    for language in LANGUAGES:
        catalog = merged(language, strings_of=strings_of)
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(po_bytes(catalog))
        path.with_suffix(".mo").write_bytes(mo_bytes(catalog))
        left = missing(catalog)
        untranslated += len(left)
        sys.stdout.write(f"{language}: {len(catalog)} strings, {len(left)} without a translation\n")
    return untranslated


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
