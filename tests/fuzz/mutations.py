"""Documents spoilt in every way a line, a disk or an attacker can spoil them.

How to use it, in a test of your format::

    from tests.corpus.locations import documents
    from tests.fuzz.mutations import files_to_try, survey

    @pytest.mark.timeout(0)
    def test_spoilt_files_are_read_or_refused() -> None:
        found = survey(
            nacha.parse,                       # bytes -> anything; raises FormatError to refuse
            documents("nacha", "*.ach"),       # name -> bytes: what is spoilt
            count=files_to_try(quick=1000),    # USANCE_FUZZ=100000 asks for the large run
            seed=20261129,
            check=holds_together,              # optional: asserts what must be true of what was read
        )
        assert not found.faults, found.report()
        assert found.read > 50 and found.refused   # else the spoiling spoilt nothing, or everything

:func:`survey` tries ``count`` files, one after the other, in this process. A file is a fault if the
reader raises anything but FormatError, takes more than a second of processor time, needs more
than 200 MB more memory than before, or gives what ``check`` finds wrong. Each fault names the
number of its file; ``spoilt(documents, seed=..., number=...)`` gives that file again, byte for
byte. Time is the processor's, so that a busy machine makes no faults. Only Linux tells the memory.

A refused file has been refused whole as far as a reader goes. That nothing is kept of it is for
a test of the flow to show, with a few of the same files (see tests/fuzz/test_bank_files_kept.py).
"""

from __future__ import annotations

import os
import random
import re
import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Final

from usance.formats.errors import FormatError

SECONDS: Final = 1.0
"""Of processor time, for one file."""
MEMORY: Final = 200 * 1024 * 1024
"""Bytes that reading one file may add to what the process holds."""
LARGEST: Final = 512 * 1024
"""Bytes of a spoilt file; limits on larger ones are for tests of their own."""
_CEILING: Final = 2 * 1024 * 1024 * 1024  # beyond this an allocation fails, and the machine lives


def files_to_try(*, quick: int) -> int:
    """How many files to try: ``quick``, unless USANCE_FUZZ asks for another number."""
    asked = os.environ.get("USANCE_FUZZ", "")
    return int(asked) if asked else quick


# How one document is spoilt. Each takes the document, chance, and another document to mix in.

Spoiling = Callable[[bytes, random.Random, bytes], bytes]


def truncated(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """Cut off somewhere, more often near the end."""
    keep = chance.random() if chance.random() < 0.5 else 1 - chance.random() ** 3 / 10
    return document[: int(len(document) * keep)]


def beheaded(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """Without its beginning."""
    return document[_place(document, chance) :]


def bytes_flipped(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """Some bytes exchanged for any others."""
    spoilt = bytearray(document)
    for _ in range(chance.choice((1, 1, 2, 5, 50))):
        if spoilt:
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def bits_flipped(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """Some bits the other way."""
    spoilt = bytearray(document)
    for _ in range(chance.choice((1, 1, 3, 20))):
        if spoilt:
            spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def part_removed(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """A stretch is missing."""
    start, end = _stretch(document, chance)
    return document[:start] + document[end:]


def part_repeated(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """A stretch stands there twice, or a thousand times."""
    start, end = _stretch(document, chance)
    times = chance.choice((1, 1, 2, 10, 1000))
    return document[:end] + document[start:end] * times + document[end:]


def part_moved(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """A stretch stands elsewhere."""
    start, end = _stretch(document, chance)
    rest = document[:start] + document[end:]
    at = _place(rest, chance)
    return rest[:at] + document[start:end] + rest[at:]


def part_of_another(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """A stretch of another document stands in the middle."""
    start, end = _stretch(other, chance)
    at = _place(document, chance)
    return document[:at] + other[start:end] + document[at:]


def ends_as_another(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """Begins as this document and ends as another."""
    return document[: _place(document, chance)] + other[_place(other, chance) :]


def noise_inserted(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """Bytes that no format means to hold."""
    at = _place(document, chance)
    noise = chance.choice(_NOISE) or chance.randbytes(chance.randrange(1, 400))
    return document[:at] + noise * chance.choice((1, 1, 3, 200)) + document[at:]


def number_changed(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """A number is another: huge, negative, empty, not a number at all."""
    found = [match.span() for match in re.finditer(rb"[0-9]+", document)]
    if not found:
        return document
    start, end = chance.choice(found)
    number = chance.choice(_NUMBERS) * chance.choice((1, 1, 1, 40, 4000))
    return document[:start] + number + document[end:]


def lines_dropped(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """Some lines are missing."""
    share = chance.choice((0.02, 0.1, 0.5))
    return b"".join(line for line in document.splitlines(keepends=True) if chance.random() >= share)


def lines_shuffled(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """Lines in another order."""
    lines = document.splitlines(keepends=True)
    for _ in range(chance.choice((1, 3, len(lines)))):
        if lines:
            a, b = chance.randrange(len(lines)), chance.randrange(len(lines))
            lines[a], lines[b] = lines[b], lines[a]
    return b"".join(lines)


def line_repeated(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """One line stands there again and again."""
    lines = document.splitlines(keepends=True)
    if lines:
        at = chance.randrange(len(lines))
        times = chance.choice((2, 3, 100, 5000))
        # No more of a long line than is kept: 5000 times half a megabyte is not to be had.
        lines[at : at + 1] = [lines[at]] * min(times, 2 + LARGEST // len(lines[at]))
    return b"".join(lines)


def line_ends_changed(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """Lines end as on another system, or not at all."""
    return chance.choice((b"\n", b"\r\n", b"\r", b"", b"\n\n", b"\x85")).join(document.splitlines())


def encoded_differently(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """The same text in other bytes, or the same bytes with another mark before them."""
    text = document.decode("utf-8", "replace")
    encoding = chance.choice(("utf-16", "utf-16-be", "utf-32", "cp1252", "cp037", "utf-7", "mark"))
    if encoding == "mark":
        return chance.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0")) + document
    return text.encode(encoding, "replace")


def nested_deeply(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """Something that opens is opened thousands of times, and perhaps closed as often."""
    opening, closing = chance.choice(_BRACKETS)
    tags = re.findall(rb"<([A-Za-z][A-Za-z0-9.:]{0,40})>", document)
    if tags and chance.random() < 0.6:
        tag = chance.choice(tags)
        opening, closing = b"<" + tag + b">", b"</" + tag + b">"
    depth = chance.choice((10, 200, 5000, 30000))
    at = _place(document, chance)
    return document[:at] + opening * depth + closing * chance.choice((0, depth)) + document[at:]


def entities_declared(document: bytes, chance: random.Random, other: bytes) -> bytes:
    """A document type with entities that grow, or that ask for a file."""
    end_of_declaration = document.find(b"?>") + 2 if b"?>" in document[:200] else 0
    return (
        document[:end_of_declaration]
        + chance.choice(_DOCUMENT_TYPES)
        + document[end_of_declaration:].replace(b">1", b">&b;", 1)
    )


SPOILINGS: Final[tuple[Spoiling, ...]] = (
    truncated,
    truncated,
    beheaded,
    bytes_flipped,
    bytes_flipped,
    bits_flipped,
    part_removed,
    part_repeated,
    part_moved,
    part_of_another,
    ends_as_another,
    noise_inserted,
    number_changed,
    number_changed,
    lines_dropped,
    lines_shuffled,
    line_repeated,
    line_ends_changed,
    encoded_differently,
    nested_deeply,
    entities_declared,
)
"""What befalls a document; twice here is twice as often."""

_NOISE: Final = (
    b"",
    b"\0",
    b"\x1a",
    b"\xff",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x92\xb6",
    b"\xc3",
    b"\r\n",
    b" ",
    b'"',
    b"'",
    b"&",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"]]>",
    b"%s%n",
    b"=cmd|'/c x'!A1",
    b":61:",
    b"/",
    b",",
    b"~",
    b"*",
)
_NUMBERS: Final = (
    b"9",
    b"0",
    b"",
    b"-1",
    b"1e999",
    b"NaN",
    b"Infinity",
    b"99999999999999999999",
    b"0000",
    b"1,5",
    b"1.5",
    b"0x1f",
    "\u0663\u0664".encode(),
    "\u00b2".encode(),
)
_BRACKETS: Final = (
    (b"<a>", b"</a>"),
    (b"<STMTTRN>", b"</STMTTRN>"),
    (b"(", b")"),
    (b"[", b"]"),
    (b"{", b"}"),
    (b"{1:", b"}"),
    (b'"', b'"'),
    (b"<!--", b"-->"),
    (b"<![CDATA[", b"]]>"),
)
_DOCUMENT_TYPES: Final = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 20) for name in range(0x62, 0x6A)
    )
    + b"]>",
    b'<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
    b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]>',
)


def _place(document: bytes, chance: random.Random) -> int:
    return chance.randrange(len(document) + 1)


def _stretch(document: bytes, chance: random.Random) -> tuple[int, int]:
    start = _place(document, chance)
    longest = chance.choice((1, 8, 80, 800, len(document)))
    return start, min(len(document), start + chance.randrange(longest + 1))


def spoilt(documents: Mapping[str, bytes], *, seed: int, number: int) -> tuple[bytes, str]:
    """File ``number`` of those that ``seed`` makes of ``documents``, and how it was made.

    The same arguments give the same bytes. One document is spoilt in one to three ways.
    """
    chance = random.Random(f"{seed}:{number}")
    name = chance.choice(sorted(documents))
    document, story = documents[name], [name]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        spoiling = chance.choice(SPOILINGS)
        other = documents[chance.choice(sorted(documents))]
        document = spoiling(document, chance, other)[:LARGEST]
        story.append(spoiling.__name__)
    return document, ", ".join(story)


@dataclass(frozen=True, slots=True)
class Fault:
    """One file that did what no file may do to a reader."""

    number: int
    story: str
    what: str


@dataclass(slots=True)
class Survey:
    """What became of the spoilt files."""

    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """How many, by the code of the FormatError."""
    slowest: float = 0.0
    """Seconds of processor time."""
    hungriest: int = 0
    """Bytes that one file added to the process at its peak."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def files(self) -> int:
        """How many files were tried."""
        return self.read + self.refused.total() + len(self.faults)

    def report(self) -> str:
        """The figures and the first faults, for a person."""
        refused = ", ".join(f"{code} {n}" for code, n in self.refused.most_common())
        lines = [
            f"{self.files} files: {self.read} read, {self.refused.total()} refused ({refused}), "
            f"{len(self.faults)} faults; slowest {self.slowest:.3f} s, "
            f"most memory {self.hungriest / 1024 / 1024:.1f} MB"
        ]
        lines += [f"number {f.number} ({f.story}): {f.what}" for f in self.faults[:20]]
        return "\n".join(lines)


class _OutOfTime(BaseException):
    """Not an Exception, so that no reader mistakes it for one of its own."""


def survey(
    read: Callable[[bytes], Any],
    documents: Mapping[str, bytes],
    *,
    count: int,
    seed: int,
    check: Callable[[Any], None] | None = None,
) -> Survey:
    """Let ``read`` try ``count`` spoilt files of ``documents``; see the top of this file.

    ``check`` gets what was read and asserts what must be true of it. Never raises for a fault;
    stops early once there are a hundred.
    """
    assert documents, "there is nothing to spoil"
    found = Survey()
    for data in documents.values():  # what is loaded once is no file's own time and memory
        _attempt(read, data)
    with _limits():
        for number in range(count):
            data, story = spoilt(documents, seed=seed, number=number)
            what = _try(read, data, found=found, check=check)
            if what is not None:
                found.faults.append(Fault(number=number, story=story, what=what))
                if len(found.faults) >= 100:
                    break
    return found


def _attempt(read: Callable[[bytes], Any], data: bytes) -> None:
    with suppress(FormatError):
        read(data)


def _try(
    read: Callable[[bytes], Any],
    data: bytes,
    *,
    found: Survey,
    check: Callable[[Any], None] | None,
) -> str | None:
    """Count what becomes of one file; what is wrong with it if it is a fault."""
    before = _fresh_peak()
    started = time.process_time()
    result, code, wrong = None, None, None
    try:
        signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)
        try:
            result = read(data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except FormatError as error:
        code = error.code
    except _OutOfTime:
        wrong = f"stopped after {2 * SECONDS:g} s"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        where = traceback.extract_tb(error.__traceback__)[-1]
        wrong = f"{type(error).__name__}: {str(error)[:200]} ({where.filename}:{where.lineno})"
    seconds = time.process_time() - started
    memory = _peak() - before
    found.slowest = max(found.slowest, seconds)
    found.hungriest = max(found.hungriest, memory)
    if wrong is None and seconds > SECONDS:
        wrong = f"took {seconds:.2f} s"
    if wrong is None and memory > MEMORY:
        wrong = f"took {memory / 1024 / 1024:.0f} MB"
    if wrong is None and code is None and check is not None:
        try:
            check(result)
        except AssertionError as error:
            wrong = f"what was read does not hold together: {str(error)[:200]}"
    if wrong is None and code is None:
        found.read += 1
    elif wrong is None:
        assert code
        found.refused[code] += 1
    return wrong


@contextmanager
def _limits() -> Iterator[None]:
    """A clock that stops a reader, and a ceiling on memory, for as long as the survey lasts."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _OutOfTime

    handler = signal.signal(signal.SIGPROF, stop)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if size := _figure("VmSize:"):
        resource.setrlimit(resource.RLIMIT_AS, (size + _CEILING, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGPROF, handler)


_STATUS: Final = Path("/proc/self/status")
_MARKS: Final = Path("/proc/self/clear_refs")


def _fresh_peak() -> int:
    """Let the kernel forget the process's peak of memory; bytes held now, 0 if it cannot tell."""
    try:
        _MARKS.write_text("5")
    except OSError:
        return 0
    return _figure("VmRSS:")


def _peak() -> int:
    return _figure("VmHWM:")


def _figure(name: str) -> int:
    try:
        status = _STATUS.read_text()
    except OSError:
        return 0
    start = status.find(name)
    return int(status[start + len(name) :].split(None, 1)[0]) * 1024 if start >= 0 else 0
