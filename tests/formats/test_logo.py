"""The picture at the head of a document: whole PNGs, and SVGs that only draw."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from usance.formats.errors import FormatError
from usance.formats.logo import LARGEST_LOGO, MOST_PIXELS, read_logo


def png(width: int = 40, height: int = 20) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "#1d4ed8").save(made, "PNG")
    return made.getvalue()


def svg(inside: str, attributes: str = 'viewBox="0 0 40 20"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


def cleaned(inside: str) -> str:
    return read_logo(svg(inside)).content.decode()


def code_of(content: bytes) -> str:
    with pytest.raises(FormatError) as raised:
        read_logo(content)
    return raised.value.code


def test_a_png_stays_as_it_is() -> None:
    logo = read_logo(png())
    assert (logo.content, logo.media_type) == (png(), "image/png")


def test_a_drawing_stays_a_drawing() -> None:
    drawn = (
        '<defs><linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
        '<g fill="url(#a)" transform="scale(2)"><path d="M0 0L4 4z" style="fill:red;stroke:blue"/></g>'
        '<use href="#a"/><text x="1" y="2">Brera</text>'
    )
    kept = cleaned(drawn)
    assert read_logo(svg(drawn)).media_type == "image/svg+xml"
    for part in (
        'id="a"',
        "url(#a)",
        "scale(2)",
        'fill="red"',
        'stroke="blue"',
        'href="#a"',
        "Brera",
    ):
        assert part in kept
    assert read_logo(kept.encode()).content.decode() == kept, "cleaning twice changes nothing"


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<g onload="alert(1)"/>',
        '<g onclick="alert(1)"><rect onmouseover="x" width="1" height="1"/></g>',
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>",
        '<image href="https://tracker.example/x.png"/>',
        '<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="other.svg#a"/>',
        '<use href="data:image/svg+xml;base64,AAAA"/>',
        '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
        '<path fill="url(https://tracker.example/a)" d="M0 0"/>',
        '<path style="fill:url(//tracker.example/a)" d="M0 0"/>',
        '<path style="fill:u\\72l(https://tracker.example/a)" d="M0 0"/>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<set attributeName="onload" to="alert(1)"/>',
        '<iframe src="https://tracker.example"/>',
    ],
)
def test_nothing_acts_and_nothing_leads_out(inside: str) -> None:
    kept = cleaned(inside)
    for word in (
        "alert", "script", "tracker", "foreignObject", "image", "data:", "other.svg", "animate",
        "<set", "iframe", "onload", "onclick", "onmouse", "\\",
    ):  # fmt: skip
        assert word not in kept


def test_entities_are_not_resolved() -> None:
    bomb = (
        b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><text>&b;</text></svg>'
    )
    assert code_of(bomb) == "damaged_logo"
    file = (
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><text>&a;</text></svg>'
    )
    assert code_of(file) == "damaged_logo"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_logo"),
        (b"GIF89a", "not_a_logo"),
        (b"<html/>", "not_a_logo"),
        (b"<svg", "damaged_logo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "damaged_logo"),  # of no size
        (svg("<style>path{fill:red}</style>"), "style_sheet"),
        (svg("<g>" * 40 + "</g>" * 40), "too_large"),
        (svg("<g/>" * 5_001), "too_large"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * LARGEST_LOGO, "too_large"),
        (png()[:-20], "damaged_logo"),
        (png(MOST_PIXELS + 1, 1), "too_large"),
    ],
)
def test_what_is_no_logo(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_a_flipped_bit_is_noticed() -> None:
    whole = png()
    at = whole.index(b"IDAT") + 6
    assert code_of(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]) == "damaged_logo"
    tall = whole[:16] + struct.pack(">II", 2**31, 2**31) + whole[24:]
    assert code_of(tall) == "damaged_logo"


@settings(max_examples=150)
@given(st.binary(max_size=300), st.sampled_from([b"", b"<svg", b"\x89PNG\r\n\x1a\n", svg("")]))
def test_any_bytes_are_a_logo_or_an_error(data: bytes, begin: bytes) -> None:
    try:
        logo = read_logo(begin + data)
    except FormatError as error:
        assert error.code
    else:
        assert logo.media_type in ("image/png", "image/svg+xml")


def bomb(levels: int, each: int = 10) -> bytes:
    """A rectangle, drawn ``each`` times by each level above it."""
    parts = ['<g id="a0"><rect width="1" height="1"/></g>']
    for n in range(1, levels + 1):
        parts.append(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * each + "</g>")
    return svg(f'<defs>{"".join(parts)}</defs><use href="#a{levels}"/>')


def test_parts_that_are_drawn_again_count_each_time() -> None:
    read_logo(bomb(2))
    for levels in (4, 5, 400):
        assert code_of(bomb(levels)) == "too_large"
    assert code_of(svg('<g id="a"><use href="#a"/></g>')) == "too_large", "it refers to itself"
    pattern = '<pattern id="p"><use href="#q"/></pattern><g id="q" fill="url(#p)"><rect/></g>'
    assert code_of(svg(pattern)) == "too_large"


def test_many_shapes_may_be_painted_with_one_gradient() -> None:
    stops = "".join(f'<stop offset="{n}"/>' for n in range(10))
    shapes = '<rect fill="url(#a)" width="1" height="1"/>' * 1_000
    read_logo(svg(f'<linearGradient id="a">{stops}</linearGradient>{shapes}'))
