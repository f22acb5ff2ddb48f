"""Policies written in files: what they say, and where they are wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from usance.formats import policy_file
from usance.formats.errors import FormatError
from usance.rules.credit.policy import Policy

POLICIES = Path(__file__).parents[2] / "docs" / "policies"

TOML = '''\
overdue_days = "never"
terms = ["net_30"]

[order_ceiling]
EUR = 500_000

[values]
settled = "history.paid_invoices >= 3"

[[rules]]
kind = "hold"
name = "first"
when = "!settled && order.amount > 1000"

[[rules]]
name = "second"
kind = "price"
terms = "net_60"
percent = 1.5

[[rules]]
kind = "hold"
name = "third"
when = """
settled
&& history.late_share > 0.5"""
'''
JSON = """\
{
  "overdue_days": 7,
  "values": {"settled": "history.paid_invoices >= 3"},
  "rules": [
    {"kind": "hold", "name": "first", "when": "settled"},
    {
      "kind": "limit",
      "name": "second",
      "when": "settled",
      "amount": "line.limit"
    }
  ]
}
"""


def read(text: str, shape: policy_file.Shape = "toml") -> Policy:
    return policy_file.read(text.encode(), shape=shape, currency="EUR")


def refusal(text: str | bytes, shape: policy_file.Shape = "toml") -> FormatError:
    with pytest.raises(FormatError) as caught:
        policy_file.read(
            text.encode() if isinstance(text, str) else text, shape=shape, currency="EUR"
        )
    return caught.value


def test_toml_says_what_the_api_would_take() -> None:
    policy = read(TOML)
    assert policy.overdue_days is None
    assert policy.currency == "EUR"
    assert policy.order_ceiling == {"EUR": 500_000}
    assert [rule.name for rule in policy.rules] == ["first", "second", "third"]
    assert getattr(policy.rules[1], "percent") == Decimal("1.5")  # noqa: B009


def test_json_is_the_same() -> None:
    policy = read(JSON, "json")
    assert (policy.overdue_days, len(policy.rules), policy.currency) == (7, 2, "EUR")
    named = policy_file.read(JSON.replace("7,", '7, "currency": "GBP",').encode(), shape="json",
                             currency="EUR")  # fmt: skip
    assert named.currency == "GBP"


@pytest.mark.parametrize(
    ("before", "after", "line", "column"),
    [
        ("!settled && order.amount > 1000", "!settled && order.amuont > 1000", 13, 21),
        ("&& history.late_share > 0.5", "&& history.late_shar > 0.5", 26, 4),
        ("history.paid_invoices >= 3", "history.paid_invoices >= 'x'", 8, None),
        ('name = "third"', 'name = "first"', None, None),
        ('kind = "price"', 'kind = "prize"', 15, None),
        ('terms = "net_60"', 'terms = "sometime"', 15, None),
        ("EUR = 500_000", "EUR = -1", None, None),
        ('[[rules]]\nkind = "hold"\nname = "first"', "[[rules]", 10, 8),
    ],
)
def test_a_fault_of_toml_has_its_place_in_the_file(
    before: str, after: str, line: int | None, column: int | None
) -> None:
    assert before in TOML
    error = refusal(TOML.replace(before, after))
    if (line, column) == (None, None):
        assert error.code == "invalid_policy"
        return
    assert error.line == line, error
    if column is not None:
        assert error.column == column, error


@pytest.mark.parametrize(
    ("before", "after", "line", "column"),
    [
        ('"when": "settled"}', '"when": "setled"}', 5, 48),
        ('"amount": "line.limit"', '"amount": "line.lim"', 10, 18),
        ('"kind": "limit",', '"kind": "limits",', 6, None),
        ('"name": "second",', '"name": "second"', 9, 7),
    ],
)
def test_a_fault_of_json_has_its_place_in_the_file(
    before: str, after: str, line: int, column: int | None
) -> None:
    assert before in JSON
    error = refusal(JSON.replace(before, after), "json")
    assert (error.line, error.column) == (line, column), error


def test_the_fault_names_the_rule() -> None:
    assert "first" in refusal(TOML.replace("order.amount", "order.amuont")).message


@pytest.mark.parametrize(
    ("data", "shape", "code"),
    [
        (b"[]", "json", "malformed_policy"),
        (b"NaN", "json", "malformed_policy"),
        (b"{" * 100_000, "json", "malformed_policy"),
        (b"\xff\xfe", "toml", "wrong_encoding"),
        (b"a" * 1_000_001, "toml", "too_large"),
        (b"nonsense = 1", "toml", "invalid_policy"),
        (b"overdue_days = 1979-05-27", "toml", "invalid_policy"),
        (b"x", "toml", "malformed_policy"),
    ],
)
def test_what_is_no_policy_is_refused(data: bytes, shape: policy_file.Shape, code: str) -> None:
    assert refusal(data, shape).code == code


def test_the_ending_tells_the_shape() -> None:
    assert (policy_file.shape_of("A.JSON"), policy_file.shape_of("b.toml")) == ("json", "toml")
    with pytest.raises(FormatError, match="ending"):
        policy_file.shape_of("policy.yaml")


@pytest.mark.parametrize(("name", "rules", "kinds"), [("cautious", 40, 6), ("generous", 9, 4)])
@pytest.mark.parametrize("currency", ["EUR", "GBP", "INR"])
def test_the_examples_compile(name: str, rules: int, kinds: int, currency: str) -> None:
    policy = policy_file.read(
        (POLICIES / f"{name}.toml").read_bytes(), shape="toml", currency=currency
    )
    assert len(policy.rules) >= rules
    assert len({type(rule) for rule in policy.rules}) == kinds
    assert policy.compiled.checkout is not None
