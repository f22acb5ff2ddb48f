"""Rule sets from their publishers into the folder that documents are checked by.

Only what a rule set needs is copied: its own file and those it refers to. Each is compiled before it is
kept, so that nothing is found broken while an invoice waits.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final

from usance.cli.faults import CommandRefused
from usance.formats.errors import FormatError
from usance.formats.validation import RuleBook, RuleSet, prepare
from usance.formats.validation.rule_book import INDEX, index_of, scan
from usance.formats.validation.rule_sets import references

LARGEST: Final = 500 * 1024 * 1024
"""Bytes of an archive when it is unpacked. The whole of UBL 2.1 with its documentation has 150 MB."""
MOST_FILES: Final = 20_000

Tell = Callable[[int, int, str], None]


@dataclass(slots=True)
class Taken:
    """What came of a folder or archive."""

    loaded: list[RuleSet] = field(default_factory=list)
    known: list[RuleSet] = field(default_factory=list)
    """There before, byte for byte."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Names of files that are rule sets but cannot be run, and why."""


def take_in(
    source: Path, *, into: Path, version: str = "", valid_from: date | None = None, tell: Tell
) -> Taken:
    """Load the rule sets of ``source``, a folder, a file or a ZIP archive, into the folder ``into``.

    ``version`` is that of rule sets which do not state their own, ``valid_from`` the day from which
    all of them are used. The same again changes nothing. Raises CommandRefused if there are none.
    """
    source = source.resolve()
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into, prefix=".loading-") as temporary:
        base = source
        if source.is_file() and zipfile.is_zipfile(source):
            # A version may be in the name of the archive, and is read from that of the folder.
            base = Path(temporary).resolve() / source.stem
            _unpack(source, base)
        found = [_named(each, version, valid_from) for each in scan(base)]
        if not found:
            raise CommandRefused(
                f"{source} holds no rules that can be run. Expected are XML Schemas (.xsd) and Schematron as"
                " XSLT (.xslt, .xsl); Schematron sources (.sch) have to be compiled by their publisher."
            )
        return _keep(found, base=base, into=into, staging=Path(temporary) / "kept", tell=tell)


def _named(rule_set: RuleSet, version: str, valid_from: date | None) -> RuleSet:
    if version and not rule_set.states_version:
        rule_set = replace(rule_set, version=version)
    return rule_set if valid_from is None else replace(rule_set, valid_from=valid_from)


def _keep(found: list[RuleSet], *, base: Path, into: Path, staging: Path, tell: Tell) -> Taken:
    root = base if base.is_dir() else base.parent
    before = {_identity(each) for each in RuleBook.from_folder(into)}
    taken = Taken()
    for number, rule_set in enumerate(found, 1):
        tell(number, len(found), rule_set.title)
        if _identity(rule_set) in before:
            taken.known.append(rule_set)
            continue
        for path in _needed(rule_set.path, root):
            copy = staging / path.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        kept = replace(rule_set, path=staging / rule_set.path.relative_to(root))
        try:
            prepare([kept])
        except FormatError as error:
            taken.refused.append((rule_set.path.relative_to(root).as_posix(), error.message))
            continue
        taken.loaded.append(kept)
    if taken.loaded:
        (staging / INDEX).write_text(index_of(taken.loaded, below=staging), encoding="utf-8")
        final = into / _digest(staging)
        if not final.exists():
            staging.rename(final)
        taken.loaded = [
            replace(each, path=final / each.path.relative_to(staging)) for each in taken.loaded
        ]
    return taken


def _identity(rule_set: RuleSet) -> tuple[str, str, date | None, str]:
    text = hashlib.sha256(rule_set.path.read_bytes()).hexdigest()
    return rule_set.kind, rule_set.version, rule_set.valid_from, text


def _needed(path: Path, root: Path) -> Iterator[Path]:
    """``path`` and all files below ``root`` that it leads to."""
    waiting, seen = [path.resolve()], set()
    root = root.resolve()
    while waiting:
        each = waiting.pop()
        if each in seen or not each.is_file() or not each.is_relative_to(root):
            continue
        seen.add(each)
        yield each
        for address in references(each.read_bytes()):
            if "://" in address:
                # What stands on the web is looked for beside the file, as when it is run.
                waiting += each.parent.glob(
                    f"{PurePosixPath(address).stem.split('-schema')[0]}*.xsd"
                )
            else:
                waiting.append((each.parent / address).resolve())


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _unpack(archive: Path, folder: Path) -> None:
    """Take out what may belong to rules. Sizes are counted as they are written, not as they are claimed."""
    left = LARGEST
    with zipfile.ZipFile(archive) as opened:
        entries = [each for each in opened.infolist() if not each.is_dir()]
        if len(entries) > MOST_FILES:
            raise CommandRefused(
                f"{archive} has more than {MOST_FILES} files; unpack it and load a folder."
            )
        for entry in entries:
            name = PurePosixPath(entry.filename.replace("\\", "/"))
            if name.suffix.lower() not in (".xsd", ".xslt", ".xsl", ".xml"):
                continue
            if name.is_absolute() or ".." in name.parts:
                raise CommandRefused(
                    f"{archive} has a file outside of itself ({name}); do not use it."
                )
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(entry) as inside, target.open("wb") as outside:
                while chunk := inside.read(1 << 20):
                    left -= len(chunk)
                    if left < 0:
                        raise CommandRefused(
                            f"{archive} unpacks to more than {LARGEST} bytes; unpack it and load a folder."
                        )
                    outside.write(chunk)
