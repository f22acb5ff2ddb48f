"""What expressions mean: tables for a credit manager. Unknown is written None."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal, getcontext, localcontext
from typing import Any

import pytest

from tests.rules.credit.expressions.policies import FACTS, answer, carefully, program
from usance.rules.credit.expressions import Kind, Source, compile_program

D = Decimal

NORDWIND: dict[str, Any] = {
    "order.amount": 2_500_51,
    "order.lines": 7,
    "order.skus": ("PUMP-200", "VALVE-7"),
    "order.currency": "EUR",
    "buyer.country": "IT",
    "buyer.days_known": 400,
    "buyer.vat_verified": True,
    "buyer.insolvent": False,
    "line.limit": 10_000_00,
    "history.turnover_12m": 12_000_00,
    "history.orders": 0,
    "score.late_probability": D("0.25"),
}
"""A buyer and its order, in euro cents; it has not ordered before."""


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        ("true", True),
        ("false", False),
        ("buyer.vat_verified", True),
        ("!buyer.vat_verified", False),
        ("!!buyer.vat_verified", True),
        ("buyer.vat_verified && !buyer.insolvent", True),
        ("buyer.insolvent || order.lines > 5", True),
        ("buyer.insolvent || order.lines > 5 && false", False),
        ("(buyer.insolvent || order.lines > 5) && false", False),
        ("buyer.vat_verified == true", True),
        ("buyer.vat_verified != buyer.insolvent", True),
        ("order.amount > 2500.50", True),
        ("order.amount > 2500.51", False),
        ("order.amount >= 2500.51", True),
        ("2500.51 == order.amount", True),
        ("order.amount <= 2500", False),
        ("-order.amount < -2500", True),
        ("order.amount in [100, 2500.51]", True),
        ("order.amount in [100, 2500.5]", False),
        ("order.amount in [line.limit, 2500.51]", True),
        ("order.amount + 100 <= line.limit - 0.01", True),
        ("order.amount * 4 > line.limit", True),
        ("4 * order.amount > line.limit", True),
        ("order.amount / 4 < 625.13", True),
        ("order.amount / line.limit > 0.25", True),
        ("order.amount / line.limit < 0.25", False),
        ("min(order.amount, 100) == 100", True),
        ("max(order.amount, 100, line.limit) == line.limit", True),
        ("order.amount > (buyer.vat_verified ? 3000 : 1000)", False),
        ("order.amount > (buyer.insolvent ? 3000 : 1000)", True),
        ("order.lines == 7", True),
        ("order.lines == 0x7", True),
        ("order.lines in [1, 7, 9]", True),
        ("order.lines in []", False),
        ("order.lines % 4 == 3", True),
        ("-order.lines % 4 == -3", True),
        ("order.lines / 2 == 3.5", True),
        ("order.lines * 2 + 1 - 3 == 12", True),
        ("2 + 3 * 4 == 14", True),
        ("10 - 4 - 3 == 3", True),
        ("24 / 4 / 3 == 2", True),
        ("score.late_probability < .3", True),
        ("score.late_probability == 0.250", True),
        ("buyer.country == 'IT'", True),
        ('buyer.country != "IT"', False),
        ("buyer.country in ['DE', 'IT',]", True),
        ("buyer.country in ['DE', order.currency]", False),
        ("buyer.country.startsWith('I')", True),
        ("buyer.country.endsWith('I')", False),
        ("buyer.country.contains('T')", True),
        ("'PUMP-200' in order.skus", True),
        ("'PUMP' in order.skus", False),
        ("size(order.skus) == 2 && order.skus.size() == 2 && size(buyer.country) == 2", True),
        ("buyer.country in (buyer.insolvent ? ['DE'] : ['IT', order.currency])", True),
        ("has(buyer.country) && !has(score.ghost)", True),
        ("// a new buyer\norder.lines > 5 // is many\n", True),
        (" \t\n\r\f true", True),
        ("order . lines == (order).lines", True),
    ],
)
def test_a_rule_about_nordwind(rule: str, given: bool) -> None:
    assert answer(rule, NORDWIND) is given
    assert answer(carefully(rule), NORDWIND) is given


@pytest.mark.parametrize(
    ("text", "character"),
    [
        (r"'\''", "'"), (r'"\""', '"'), (r"'\\'", "\\"), (r"'\n\t\r'", "\n\t\r"),
        (r"'\a\b\f\v\?\`'", "\a\b\f\v?`"), (r"'\x41\X42'", "AB"), (r"'\u00e9'", "é"),
        (r"'\U0001F600'", "😀"), (r"'\101\060'", "A0"), (r"r'\n'", "\\n"), (r'R"\d"', "\\d"),
        (r"r'\'", "\\"), ("'\"'", '"'), ("''", ""), ("'東京'", "東京"), (r"'\\n'", "\\n"),
    ],
)  # fmt: skip
def test_a_text_is_written_as_in_cel(text: str, character: str) -> None:
    assert answer(text, wants="text") == character


KNOWN = {"true": True, "false": False, "?": None}


@pytest.mark.parametrize("right", KNOWN)
@pytest.mark.parametrize("left", KNOWN)
def test_logic_with_unknowns_is_kleenes(left: str, right: str) -> None:
    """Kleene's strong three-valued logic: unknown only where the unknown part would decide."""
    facts = {"buyer.vat_verified": KNOWN[left], "buyer.insolvent": KNOWN[right]}
    both = {("true", "true"): True, ("true", "?"): None, ("?", "true"): None, ("?", "?"): None}
    assert answer("buyer.vat_verified && buyer.insolvent", facts) is both.get((left, right), False)
    either = {
        ("false", "false"): False, ("false", "?"): None, ("?", "false"): None, ("?", "?"): None,
    }  # fmt: skip
    assert answer("buyer.vat_verified || buyer.insolvent", facts) is either.get((left, right), True)


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        ("!score.ghost", None),
        ("score.ghost == score.ghost", None),
        ("score.ghost || false || true", True),
        ("score.ghost && true && false", False),
        ("order.amount > line.limit", None),
        ("order.amount + line.limit > 0", None),
        ("line.limit * 0 == 0 * line.limit", None),
        ("min(order.amount, line.limit) > 0", None),
        ("score.ghost ? true : true", None),
        ("buyer.vat_verified ? order.amount > 0 : score.ghost", True),
        ("buyer.vat_verified ? score.ghost : order.amount > 0", None),
        ("buyer.country in ['DE', 'IT']", None),
        ("buyer.country in []", None),
        ("'DE' in ['DE', buyer.country]", True),
        ("'DE' in ['IT', buyer.country]", None),
        ("'A' in order.skus", None),
        ("size(order.skus) > 0", None),
        ("buyer.country.startsWith('')", None),
        ("has(order.amount) && !has(line.limit) && !has(order.skus)", True),
        ("has(line.limit) && order.amount > line.limit", False),
        ("!has(line.limit) || order.amount > line.limit", True),
        ("limit_used > 0.5 || order.amount > 0", True),
    ],
)
def test_what_is_unknown_stays_unknown(rule: str, given: bool | None) -> None:
    """The order's amount and the tax number are known, nothing else is."""
    facts = {"order.amount": 100, "buyer.vat_verified": True, "line.limit": None}
    assert answer(rule, facts, values={"limit_used": "order.amount / line.limit"}) is given


@pytest.mark.parametrize(
    ("rule", "wants", "given"),
    [
        ("1 / 0 > 1", "boolean", None),
        ("order.lines / history.orders > 1", "boolean", None),
        ("order.lines % history.orders > 1", "boolean", None),
        ("history.orders / history.orders == 1", "boolean", None),
        ("order.amount / history.orders > 0", "boolean", None),
        ("order.amount / (line.limit - line.limit) > 0", "boolean", None),
        ("order.lines / history.orders > 1 || true", "boolean", True),
        ("order.lines / history.orders > 1 && false", "boolean", False),
        ("true || order.lines / history.orders > 1", "boolean", True),
        ("history.orders > 0 && order.lines / history.orders > 1", "boolean", False),
        ("history.orders > 0 ? order.lines / history.orders : 9", "number", 9),
        ("order.lines in [7, 1 / history.orders]", "boolean", True),
        ("order.lines in [8, 1 / history.orders]", "boolean", None),
        ("order.amount / history.orders", "amount", None),
        ("min(1, 1 / history.orders)", "number", None),
        # Beyond 28 digits there is no whole amount to round to.
        ("order.amount * 9000000000000000000 * 9000000000000000000", "amount", None),
        ("has(history.orders) && 1 / history.orders > 0", "boolean", None),
    ],
)
def test_what_cannot_be_computed_is_unknown(rule: str, wants: Kind, given: object) -> None:
    assert answer(rule, NORDWIND, wants) == given
    assert answer(carefully(rule, wants), NORDWIND, wants) == given


def test_one_rule_that_cannot_be_computed_leaves_the_others_alone() -> None:
    rules = {
        "per_order": Source("history.turnover_12m / history.orders > 0", "boolean"),
        "large": Source("order.amount > 1000", "boolean"),
        "ghost": Source("score.ghost", "boolean"),
        "half": Source("line.limit / 2", "amount"),
    }
    given = compile_program(values={}, rules=rules, facts=FACTS, exponent=2).evaluate(NORDWIND)
    assert given == [None, True, None, 5_000_00]


@pytest.mark.parametrize(
    ("rule", "exponent", "given"),
    [
        ("5000", 2, 5_000_00),
        ("5000", 0, 5000),
        ("5000", 3, 5_000_000),
        ("0.005", 3, 5),
        ("2.50", 2, 250),
        ("2.500", 2, 250),
        ("-2.5", 2, -250),
        ("1000 + 500.5 - 1", 2, 1_499_50),
        ("buyer.vat_verified ? 5000 : 2000", 2, 5_000_00),
        ("buyer.insolvent ? 5000 : order.amount", 2, 2_500_51),
        ("min(5000, 2000.01)", 2, 2_000_01),
        ("-(1000 + 1)", 2, -1_001_00),
        ("order.amount", 2, 2_500_51),
        ("order.amount / 2", 2, 1_250_26),  # 1250.255: half up
        ("-order.amount / 2", 2, -1_250_26),  # and away from zero
        ("order.amount * score.late_probability", 2, 625_13),  # 625.1275
        ("order.amount * 0.2", 2, 500_10),
        ("line.limit / 3 * 3", 2, 10_000_00),  # nothing is rounded on the way
        ("line.limit * (order.amount / line.limit)", 2, 2_500_51),
        ("starting + usual_month", 2, 1_100_00),
        ("max(starting, usual_month * 3)", 2, 3_000_00),
    ],
)
def test_a_rule_that_gives_an_amount(rule: str, exponent: int, given: int) -> None:
    """In minor units, whatever the currency's decimals; literals are written in major units."""
    values = {"usual_month": "history.turnover_12m / 12", "starting": "100"}
    found = answer(rule, NORDWIND, "amount", values=values, exponent=exponent)
    assert found == given
    assert type(found) is int


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        ("7", 7),
        ("7 / 2", D("3.5")),
        ("1 / 3", D("0.3333333333333333333333333333")),
        ("2 / 3", D("0.6666666666666666666666666667")),
        ("1.5 * 4", D("6.0")),
        ("7 % 4", 3),
        ("-7 % 4", -3),
        ("7.5 % 2", D("1.5")),
        ("size('naïve')", 5),
        ("9223372036854775807 + 1", 9223372036854775808),
        ("9223372036854775807 * 9223372036854775807", D("8507059173023461584739690778E10")),
        ("threshold * 2", D("0.6")),
        ("order.lines > 3 ? threshold : 1", D("0.3")),
    ],
)
def test_a_rule_that_gives_a_number(rule: str, given: int | Decimal) -> None:
    """Decimals of 28 digits, halves to even; never a float."""
    found = answer(rule, NORDWIND, "number", values={"threshold": "0.3"})
    assert found == given
    assert type(found) in (int, Decimal)
    assert (
        answer(carefully(rule, "number").replace("threshold", "0.3"), NORDWIND, "number") == given
    )


def test_a_rule_may_give_a_text_or_a_list() -> None:
    assert answer("order.amount > 1000 ? 'net_60' : 'net_30'", NORDWIND, "text") == "net_60"
    assert answer("['a', 'b']", NORDWIND, "texts") == ("a", "b")
    assert answer("['a', buyer.country]", NORDWIND, "texts") == ("a", "IT")
    assert answer("['a', buyer.country]", {}, "texts") is None
    assert answer("order.skus", NORDWIND, "texts") == ("PUMP-200", "VALVE-7")


@pytest.mark.parametrize("skus", [("A", "B"), ["A", "B"], frozenset({"A", "B"})])
def test_a_list_of_texts_comes_as_any_collection(skus: Any) -> None:
    assert answer("'A' in order.skus && size(order.skus) == 2", {"order.skus": skus}) is True


def test_values_are_computed_from_values_in_whatever_order_they_are_written() -> None:
    values = {
        "stretch": "usual_month * factor",
        "factor": "trusted ? 3 : 1.5",
        "usual_month": "history.turnover_12m / 12",
        "trusted": "buyer.country in core && buyer.days_known > 365",
        "core": "['DE', 'IT']",
    }
    assert answer("stretch", NORDWIND, "amount", values=values) == 3_000_00
    newcomer = NORDWIND | {"buyer.days_known": 3}
    assert answer("stretch", newcomer, "amount", values=values) == 1_500_00
    assert answer("stretch", NORDWIND | {"buyer.country": None}, "amount", values=values) is None
    stranger = NORDWIND | {"buyer.country": None, "buyer.days_known": 3}
    assert answer("stretch", stranger, "amount", values=values) == 1_500_00


def test_one_plain_value_serves_as_amount_and_as_number() -> None:
    values = {"step": "buyer.vat_verified ? 10 : 5", "twice": "step + step"}
    rule = "order.amount > twice && order.lines < twice && 7 < step"
    assert answer(rule, NORDWIND, values=values) is True
    assert answer(rule, NORDWIND | {"order.amount": 20_00}, values=values) is False
    assert answer(rule, NORDWIND | {"buyer.vat_verified": False}, values=values) is False


def test_a_program_says_what_it_reads() -> None:
    rules = {
        "large": Source("order.amount > 3 * usual_month", "boolean"),
        "known": Source("has(buyer.country)", "boolean"),
        "always": Source("true", "boolean"),
    }
    values = {
        "usual_month": "yearly / 12", "yearly": "history.turnover_12m", "unused": "order.lines",
    }  # fmt: skip
    made = compile_program(values=values, rules=rules, facts=FACTS, exponent=2)
    assert made.reads == {"order.amount", "history.turnover_12m", "buyer.country"}
    assert made.reads_of("large") == {"order.amount", "history.turnover_12m"}
    assert made.reads_of("known") == {"buyer.country"}
    assert made.reads_of("always") == frozenset()


def test_a_policy_without_rules_gives_nothing() -> None:
    made = compile_program(values={}, rules={}, facts=FACTS, exponent=2)
    assert made.evaluate(NORDWIND) == []
    assert made.reads == frozenset()


def test_arithmetic_does_not_depend_on_the_threads_own() -> None:
    made = program("line.limit / 3 * score.late_probability", "amount")
    thirds = program("1 / 3", "number")
    expected = made.evaluate(NORDWIND), thirds.evaluate({})
    with localcontext(prec=2, rounding=ROUND_UP) as ambient:
        assert (made.evaluate(NORDWIND), thirds.evaluate({})) == expected
        assert program("order.amount > 2500.51 + 0.01").evaluate(NORDWIND) == [False]
        assert getcontext() is ambient
    broken = {"line.limit": object(), "score.late_probability": D(1)}
    before = getcontext()
    with pytest.raises(TypeError):
        made.evaluate(broken)
    assert getcontext() is before


def test_numbers_do_not_grow_without_end() -> None:
    """Each value squares the one before; by the hundredth, exact digits would fill the universe."""
    values = {"v0": "order.lines * order.lines"}
    values |= {f"v{n}": f"v{n - 1} * v{n - 1}" for n in range(1, 100)}
    assert answer("v99 > 0", {"order.lines": 2**60}, values=values) is None
    assert answer("v5 > 0", {"order.lines": 2**60}, values=values) is True
    sums = {"v0": "order.lines + order.lines"}
    sums |= {f"v{n}": f"v{n - 1} + v{n - 1}" for n in range(1, 200)}
    total = answer("v199", {"order.lines": 1}, "number", values=sums)
    assert abs(total - D(2**200)) / D(2**200) < D("1e-25")
    assert len(total.as_tuple().digits) == 28
