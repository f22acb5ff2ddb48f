"""Whatever bytes come in, a message comes out or a FormatError, soon and in little memory."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.statements import IBANS, transaction
from usance.formats import camt
from usance.formats.errors import LARGEST_INPUT, FormatError
from usance.formats.statement import Statement
from usance.rules.money import Money


def sample(count: int = 3) -> bytes:
    full = transaction(
        bank_reference="BANK-1",
        end_to_end_id="E2E-1",
        structured_reference="RF18539007547034",
        further_references=("INV-1",),
        counterparty_name="Käufer & Söhne",
        counterparty_account=IBANS[1],
        instructed=Money(1200, "USD"),
        bank_transaction_code="PMNT/RCDT/ESCT",
        additional_info="Gutschrift",
    )
    statement = Statement(
        id="S1",
        sequence=1,
        account=IBANS[0],
        currency="EUR",
        opening=0,
        closing=1000 * count,
        transactions=(full,) * count,
    )
    return camt.render([statement], message_id="M1", created_at=datetime(2026, 4, 30, tzinfo=UTC))


def outcome(data: bytes) -> str:
    """The code of the error, or "read"; anything but a FormatError escapes and fails the test."""
    try:
        camt.parse(data)
    except FormatError as error:
        return error.code
    return "read"


def test_every_truncation_is_refused() -> None:
    data = sample().rstrip()
    assert outcome(data) == "read"
    outcomes = {outcome(data[:length]) for length in range(0, len(data), 7)}
    assert outcomes == {"malformed_xml"}


def test_flipped_bits_never_escape() -> None:
    data = sample()
    chance = random.Random(20260430)
    outcomes = set()
    for _ in range(2500):
        damaged = bytearray(data)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            damaged[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        outcomes.add(outcome(bytes(damaged)))
    # Damage must be met in all its kinds for this test to mean anything.
    assert {"read", "malformed_xml", "invalid_amount", "invalid_date"} <= outcomes


def test_swapped_pieces_never_escape() -> None:
    data = sample(1).decode()
    pieces = data.replace("><", ">\0<").split("\0")
    chance = random.Random(53)
    outcomes = set()
    for _ in range(1500):
        mixed = pieces.copy()
        if chance.random() < 0.5:
            del mixed[chance.randrange(len(mixed))]
        else:
            at, to = chance.randrange(len(mixed)), chance.randrange(len(mixed))
            mixed[at], mixed[to] = mixed[to], mixed[at]
        outcomes.add(outcome("".join(mixed).encode()))
    assert {"malformed_xml", "missing_element"} <= outcomes


def test_missing_elements_never_escape() -> None:
    """Each whole leaf left out in turn: well-formed, but incomplete."""
    data = sample(1).decode()
    leaves = [piece for piece in data.replace("><", ">\0<").split("\0") if "</" in piece[1:]]
    outcomes = {outcome(data.replace(leaf, "").encode()) for leaf in leaves if leaf[1] != "/"}
    assert outcomes == {"read", "missing_element", "invalid_date", "malformed_xml"} & outcomes
    assert {"read", "missing_element"} <= outcomes


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_noise_is_refused(data: bytes) -> None:
    assert outcome(data) in ("malformed_xml", "unsupported_message", "doctype_refused")


BOMB = (
    '<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {y} "{f"&{x};" * 10}">' for x, y in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


class TestDocumentTypes:
    def refused(self, doctype: str, body: str | None = None, encoding: str = "utf-8") -> str:
        text = sample(1).decode().partition("?>")[2]
        declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
        return outcome((declaration + doctype + (body or text)).encode(encoding))

    def test_a_bomb_of_entities_is_refused_at_once(self) -> None:
        text = sample(1).decode().partition("?>")[2].replace("Invoice 117", "&i;")
        assert "&i;" in text
        # libxml2 may notice by itself before the declaration is looked at.
        assert self.refused(BOMB, text) in ("doctype_refused", "malformed_xml")

    def test_a_bomb_in_an_attribute_is_refused(self) -> None:
        text = sample(1).decode().partition("?>")[2].replace('Ccy="EUR"', 'Ccy="&i;"')
        assert self.refused(BOMB, text) in ("doctype_refused", "malformed_xml")

    def test_a_bomb_that_is_no_statement_is_refused(self) -> None:
        assert self.refused(BOMB, '<a b="&i;">&i;</a>') in ("doctype_refused", "malformed_xml")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_outside_files_are_never_read(self, encoding: str) -> None:
        outside = '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        text = sample(1).decode().partition("?>")[2].replace("Invoice 117", "&x;")
        assert self.refused(outside, text, encoding) == "doctype_refused"
        assert self.refused('<!DOCTYPE Document SYSTEM "http://192.0.2.1/x.dtd">') == (
            "doctype_refused"
        )

    def test_refused_before_the_rest_is_read(self) -> None:
        broken_later = "<Document>" + "<x/>" * 30_000 + "<not closed>"
        assert self.refused("", broken_later) == "malformed_xml"
        assert self.refused("<!DOCTYPE Document>", broken_later) == "doctype_refused"

    def test_refused_in_any_document(self) -> None:
        assert outcome(b"<!DOCTYPE a><a/>") == "doctype_refused"

    def test_the_plainest_is_refused_too(self) -> None:
        assert self.refused("<!DOCTYPE Document>") == "doctype_refused"
        assert self.refused("") == "read"


@pytest.mark.parametrize("depth", [200, 300, 5000, 1_000_000])
def test_deep_nesting_is_read_past_or_refused(depth: int) -> None:
    nested = b"<a>" * depth + b"</a>" * depth
    inside = sample(1).replace(b"<AddtlNtryInf>", nested + b"<AddtlNtryInf>")
    assert outcome(inside) == ("read" if depth < 250 else "malformed_xml")
    assert outcome(nested) == ("unsupported_message" if depth < 256 else "malformed_xml")


def test_oversized_input_is_refused_unread() -> None:
    assert outcome(b"<" * (LARGEST_INPUT + 1)) == "too_large"


def test_a_text_of_eleven_megabytes_is_refused() -> None:
    data = sample(1).replace(b"Invoice 117", b"x" * 11_000_000)
    assert outcome(data) == "malformed_xml"


# The high-water mark of the process itself; that of getrusage is inherited from the parent.
_MEASURE = """
import pathlib, re, sys
from usance.formats import camt
def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+([0-9]+) kB", status)[1])
data = pathlib.Path(sys.argv[1]).read_bytes()
before = peak()
statement = camt.parse(data).statements[0]
print(len(statement.transactions), peak() - before)
"""


def test_memory_grows_with_the_transactions_not_with_the_xml(tmp_path: Path) -> None:
    padding = b"<Purp><Prtry>" + b"x" * 30_000 + b"</Prtry></Purp>"
    data = sample(700).replace(b"<RmtInf>", padding + b"<RmtInf>")
    assert len(data) > 20_000_000
    file = tmp_path / "big.xml"
    file.write_bytes(data)
    # A process of its own, since the peak of this one is long behind.
    measured = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(file)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    count, kilobytes = map(int, measured.stdout.split())
    assert count == 700
    assert kilobytes < 10_000
