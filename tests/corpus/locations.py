"""Where the documents are that nobody here wrote."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def corpora() -> Path:
    """The folder with one folder a topic; skips the test, saying why, where there is none."""
    shared = Path(os.environ.get("USANCE_SHARED", REPOSITORY.parent / "shared"))
    folder = shared / "corpora"
    if not folder.is_dir():
        pytest.skip(f"NO CORPUS: {folder} does not exist; set USANCE_SHARED to the shared folder")
    return folder


def documents(topic: str, pattern: str) -> dict[str, bytes]:
    """The open documents of ``topic`` whose name matches ``pattern``, by name."""
    return {p.name: p.read_bytes() for p in sorted((corpora() / topic / "open").glob(pattern))}


def schema(topic: str, name: str) -> Path:
    """A schema file of ``topic``, by its path below the folder of schemas."""
    return corpora() / topic / "schema" / name
