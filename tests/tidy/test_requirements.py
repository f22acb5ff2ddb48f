"""What is installed is pinned, to the byte."""

from __future__ import annotations

import re

import pytest

from tests.tidy.source_tree import ROOT

SETS = ("runtime", "development")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)")


def pins(name: str) -> dict[str, str]:
    """Each pinned package with all that is said of it."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            match = _PIN.match(line)
            assert match, f"not a pin: {line[:60]}"
            found[_normal(match[1])] = line
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", SETS)
def test_every_requirement_is_pinned_with_its_hashes(name: str) -> None:
    found = pins(name)
    assert len(found) > 20
    assert [pkg for pkg, line in found.items() if "--hash=sha256:" not in line] == []
    assert [pkg for pkg, line in found.items() if "://" in line] == []


@pytest.mark.parametrize("name", SETS)
def test_what_is_asked_for_is_pinned(name: str) -> None:
    asked = {
        _normal(re.split(r"[\[<>=~ ;]", line.strip())[0])
        for line in (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-r"))
    }
    assert asked
    assert asked - set(pins(name)) == set()


def test_development_builds_on_the_runtime() -> None:
    runtime, development = pins("runtime"), pins("development")
    versions = {name: _PIN.match(line)[2] for name, line in development.items()}
    for name, line in runtime.items():
        assert versions.get(name) == _PIN.match(line)[2], name
