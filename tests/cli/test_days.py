"""A day that nothing can be asked about is refused before anything is looked up."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from usance.cli.entry import app


@pytest.mark.parametrize(
    "command",
    [
        ("report", "aging", "--on"),
        ("report", "dso", "--on"),
        ("report", "cash-forecast", "--on"),
        ("bill", "--cut-off"),
        ("import", "validation-rules", ".", "--valid-from"),
    ],
)
@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_outside_the_years_of_trade_is_refused(command: tuple[str, ...], day: str) -> None:
    found = CliRunner().invoke(app, [*command, day], env={"COLUMNS": "200"})
    assert found.exit_code == 2
    assert "give one from 1970-01-01 to 2199-12-31" in " ".join(found.output.split())
