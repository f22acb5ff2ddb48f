"""What a format error says and keeps."""

from __future__ import annotations

import pickle

import pytest

from usance.formats.errors import LARGEST_INPUT, FormatError, refuse_too_large


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ({}, "Do this."),
        ({"line": 12}, "line 12: Do this."),
        ({"line": 12, "column": 5}, "line 12, column 5: Do this."),
        ({"line": 3, "path": "A/B[2]"}, "line 3, at A/B[2]: Do this."),
    ],
)
def test_places_come_before_the_message(places: dict[str, int | str], said: str) -> None:
    assert str(FormatError("Do this.", code="x", **places)) == said  # type: ignore[arg-type]


def test_it_is_a_value_error_that_survives_another_process() -> None:
    error = FormatError("Do this.", code="x", line=1, column=2, path="A")
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, ValueError)
    assert vars(again) == vars(error)
    assert str(again) == str(error)


def test_size_is_limited_to_the_byte() -> None:
    refuse_too_large(bytes(LARGEST_INPUT))
    with pytest.raises(FormatError) as caught:
        refuse_too_large(bytes(LARGEST_INPUT + 1))
    assert caught.value.code == "too_large"
