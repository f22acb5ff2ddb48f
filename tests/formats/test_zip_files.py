"""ZIP archives of bank files: what is in them, and what is refused before it can do harm."""

from __future__ import annotations

import zipfile

import pytest

from tests.formats.zip_archives import zipped
from usance.formats import zip_files
from usance.formats.errors import FormatError
from usance.formats.zip_files import MOST_MEMBERS, looks_like, members


def refused(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        members(data)
    return caught.value


def test_members_come_in_order_without_folders_and_what_systems_leave() -> None:
    data = zipped(
        ("2026/", b""), ("2026/b.xml", b"<B/>"), ("__MACOSX/2026/._b.xml", b"x"),
        (".DS_Store", b"x"), ("a.sta", b":20:A"),
    )  # fmt: skip
    assert looks_like(data)
    found = members(data)
    assert [(one.name, one.path, one.data) for one in found] == [
        ("b.xml", "2026/b.xml", b"<B/>"),
        ("a.sta", "a.sta", b":20:A"),
    ]


@pytest.mark.parametrize(
    ("data", "code", "names"),
    [
        (zipped(), "empty_zip", ""),
        (zipped(("only/", b"")), "empty_zip", ""),
        (zipped(("in.zip", zipped(("a", b"b")))), "nested_zip", "in.zip"),
        (zipped(("a.gz", b"\x1f\x8b\x08rest")), "nested_zip", "a.gz"),
        (zipped(("a.txt", b"text"), encrypted=True), "encrypted_zip", "a.txt"),
        (zipped(("a.txt", b"text" * 9), method=zipfile.ZIP_LZMA), "unsupported_compression", "a.txt"),
        (zipped(("bomb.csv", b"0" * 8_000_000)), "suspicious_zip", "bomb.csv"),
        (zipped(*((f"{n}", b"") for n in range(MOST_MEMBERS + 1))), "too_many_members", ""),
        (zipped(*((f"{n}", b"") for n in range(2 * MOST_MEMBERS + 1))), "too_many_members", ""),
        (zipped(("[Content_Types].xml", b"<T/>"), ("xl/a.xml", b"<A/>")), "unknown_format", "CSV"),
        (zipped(("a.txt", b"text"))[:-30], "not_a_zip", ""),
        (b"PK\x03\x04rest", "not_a_zip", ""),
    ],
    ids=lambda it: None if isinstance(it, str) else "zip",  # an archive tells when it was made
)  # fmt: skip
def test_what_is_refused_and_which_member_is_named(data: bytes, code: str, names: str) -> None:
    error = refused(data)
    assert error.code == code
    assert names in error.message


def test_the_members_together_stay_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_files, "LARGEST_TOTAL", 100)
    assert refused(zipped(("a", b"x" * 60), ("b", b"y" * 60))).code == "too_large"
    assert len(members(zipped(("a", b"x" * 60), ("b", b"y" * 40)))) == 2


def test_a_header_that_lies_about_its_size_gains_nothing() -> None:
    data = bytearray(zipped(("a.csv", b"0" * 8_000_000)))
    at = data.index(b"PK\x01\x02") + 24  # unpacked size in the directory
    data[at : at + 4] = (10).to_bytes(4, "little")
    assert refused(bytes(data)).code in ("not_a_zip", "suspicious_zip")


def test_damage_never_ends_in_anything_but_a_refusal() -> None:
    whole = zipped(("a.csv", b"Date;Amount\n" * 50), ("b.csv", b"x" * 300))
    for place in range(len(whole)):
        for damaged in (whole[:place], whole[:place] + b"\xff" + whole[place + 1 :]):
            try:
                members(damaged)
            except FormatError as error:
                assert error.code
