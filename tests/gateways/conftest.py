"""Counterparts that several files of tests talk to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.contracts.server import serving
from tests.gateways.contracts.stripe import StripeMock


@pytest.fixture
def mock(shared: Path) -> Iterator[StripeMock]:
    folder = shared / "contracts" / "stripe"
    if not folder.is_dir():
        pytest.skip("the contract of Stripe is not among the shared documents")
    with serving(StripeMock(folder / "spec3.cut.json", folder / "fixtures3.json")) as found:
        yield found
