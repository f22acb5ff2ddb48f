"""Whatever bytes come in, an invoice comes out or a FormatError, soon and in bounded memory."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.sample_invoices import credit_note, every_term, instalments
from usance.formats import ubl
from usance.formats.einvoice.parsing import DEEPEST, MOST_TAGS, parse_xml
from usance.formats.einvoice.profiles import EN16931, XRECHNUNG
from usance.formats.errors import LARGEST_INPUT, FormatError
from usance.rules.invoicing.document import Attachment


def sample() -> bytes:
    return ubl.render(every_term(), profile=EN16931)


def outcome(data: bytes) -> str:
    """The code of the error, or "read"; anything but a FormatError escapes and fails the test."""
    try:
        ubl.read(data)
    except FormatError as error:
        assert error.message
        return error.code
    return "read"


def test_every_truncation_is_refused() -> None:
    data = sample().rstrip()
    assert outcome(data) == "read"
    assert {outcome(data[:length]) for length in range(0, len(data), 11)} == {"malformed_xml"}


def test_flipped_bits_never_escape() -> None:
    samples = [
        sample(),
        *(ubl.render(d, profile=XRECHNUNG) for d in (credit_note(), instalments())),
    ]
    chance = random.Random(20261102)
    outcomes: Counter[str] = Counter()
    for data in samples:
        for _ in range(900):
            damaged = bytearray(data)
            for _ in range(chance.choice((1, 1, 1, 2, 5))):
                damaged[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            outcomes[outcome(bytes(damaged))] += 1
    # Damage must be met in all its kinds for this test to mean anything.
    assert set(outcomes) >= {
        "read",
        "malformed_xml",
        "invalid_number",
        "invalid_date",
        "currency_mismatch",
    }


def test_swapped_pieces_never_escape() -> None:
    pieces = sample().decode().replace("><", ">\0<").replace(">\n", ">\0").split("\0")
    chance = random.Random(16931)
    outcomes = set()
    for _ in range(900):
        mixed = pieces.copy()
        if chance.random() < 0.5:
            del mixed[chance.randrange(len(mixed))]
        else:
            at, to = chance.randrange(len(mixed)), chance.randrange(len(mixed))
            mixed[at], mixed[to] = mixed[to], mixed[at]
        outcomes.add(outcome("\n".join(mixed).encode()))
    assert {"read", "malformed_xml", "missing_element"} <= outcomes


def test_every_leaf_left_out_is_read_or_named() -> None:
    """Each whole leaf left out in turn: well-formed, but incomplete."""
    lines = sample().decode().splitlines(keepends=True)
    outcomes: Counter[str] = Counter()
    for position, line in enumerate(lines):
        if "</" in line and line.strip()[1] != "/":
            rest = lines[:position] + lines[position + 1 :]
            outcomes[outcome("".join(rest).encode())] += 1
    # The terms that no invoice is read without, each as often as it stands in the sample; and the
    # currency of accounting, without which its tax is an amount in a foreign currency.
    assert outcomes == {"read": 148, "missing_element": 32, "currency_mismatch": 1}


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_noise_is_refused(data: bytes) -> None:
    assert outcome(data) in ("malformed_xml", "unsupported_document", "doctype_refused")


BOMB = (
    '<!DOCTYPE Invoice [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {y} "{f"&{x};" * 10}">' for x, y in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


class TestDocumentTypes:
    def refused(self, doctype: str, body: str | None = None, encoding: str = "utf-8") -> str:
        text = sample().decode().partition("?>")[2]
        declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
        return outcome((declaration + doctype + (body or text)).encode(encoding))

    @pytest.mark.parametrize("place", ["Vielen Dank.", "380", 'currencyID="EUR"'])
    def test_a_bomb_of_entities_is_refused_at_once(self, place: str) -> None:
        text = sample().decode().partition("?>")[2]
        assert place in text
        bomb = text.replace(place, 'currencyID="&i;"' if "=" in place else "&i;")
        began = time.perf_counter()
        # libxml2 may notice by itself before the declaration is looked at.
        assert self.refused(BOMB, bomb) in ("doctype_refused", "malformed_xml")
        assert time.perf_counter() - began < 1

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_outside_files_are_never_read(self, encoding: str) -> None:
        outside = '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        text = sample().decode().partition("?>")[2].replace("Vielen Dank.", "&x;")
        assert self.refused(outside, text, encoding) == "doctype_refused"
        assert self.refused('<!DOCTYPE Invoice SYSTEM "http://192.0.2.1/x.dtd">') == (
            "doctype_refused"
        )

    def test_refused_before_the_rest_is_read(self) -> None:
        broken_later = "<Invoice>" + "<x/>" * 30_000 + "<not closed>"
        assert self.refused("", broken_later) == "malformed_xml"
        assert self.refused("<!DOCTYPE Invoice>", broken_later) == "doctype_refused"

    def test_the_plainest_is_refused_too(self) -> None:
        assert self.refused("<!DOCTYPE Invoice>") == "doctype_refused"
        assert self.refused("") == "read"
        assert self.refused("", encoding="utf-16") == "read"

    def test_an_entity_that_nobody_declared_is_refused(self) -> None:
        assert outcome(sample().replace(b"Vielen Dank.", b"&unknown;")) == "malformed_xml"


@pytest.mark.parametrize("depth", [80, 101, 300, 5000, 500_000])
def test_deep_nesting_is_read_past_or_refused(depth: int) -> None:
    nested = b"<a>" * depth + b"</a>" * depth
    inside = sample().replace(b"<cac:Delivery>", nested + b"<cac:Delivery>")
    assert inside != sample()
    assert outcome(inside) == ("read" if depth < DEEPEST else "too_deep")
    assert outcome(nested) == ("unsupported_document" if depth <= DEEPEST else "too_deep")


def test_more_elements_than_an_invoice_can_need_are_refused() -> None:
    for flood in (
        b"<a>" + b"<b/>" * MOST_TAGS + b"</a>",
        "<a>".encode("utf-16") + ("<b/>" * MOST_TAGS + "</a>").encode("utf-16-le"),
        b"<a " + b'b="1" ' * MOST_TAGS + b"c='2'/>",
    ):
        with pytest.raises(FormatError) as caught:
            parse_xml(flood)
        assert caught.value.code == "too_many_elements"


@pytest.mark.parametrize("encoding", ["cp037", "utf-7", "shift_jis"])
def test_encodings_that_hide_tags_are_refused(encoding: str) -> None:
    hidden = f'<?xml version="1.0" encoding="{encoding}"?><a>&lt;</a>'
    assert outcome(hidden.encode(encoding)) == "unsupported_encoding"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_usual_encodings_are_read(encoding: str) -> None:
    text = sample().decode().partition("?>")[2]
    declared = encoding.removesuffix("-sig")
    data = f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding)
    assert ubl.read(data) == ubl.read(sample())


def test_oversized_input_is_refused_unread() -> None:
    assert outcome(b"<" * (LARGEST_INPUT + 1)) == "too_large"


def test_an_attachment_of_twelve_megabytes_is_read() -> None:
    content = random.Random(1).randbytes(12_000_000)
    attachment = Attachment("A", content=content, media_type="application/pdf", filename="a.pdf")
    document = replace(every_term(), attachments=(attachment,))
    [read] = ubl.read(ubl.render(document, profile=EN16931)).attachments
    assert read == attachment


def test_comments_and_instructions_do_not_cut_texts() -> None:
    data = sample().replace(b"Vielen Dank.", b"Vielen<!-- so --> <?x y?>Dank<![CDATA[.]]>")
    assert ubl.read(data) == ubl.read(sample())


def test_many_siblings_do_not_slow_reading_down() -> None:
    """A flood of what is left out stands before everything that is looked for."""
    flood = b"<cbc:CopyIndicator>false</cbc:CopyIndicator>" * 200_000
    data = sample().replace(b"<cbc:IssueDate>", flood + b"<cbc:IssueDate>", 1)
    began = time.perf_counter()
    assert outcome(data) == "read"
    assert time.perf_counter() - began < 20
