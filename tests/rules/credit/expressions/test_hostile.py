"""Whatever is written, it is either a rule or refused; and nothing of it gets into the code."""

from __future__ import annotations

import ast
import re
import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.rules.credit.expressions.generated import expressions, known_facts
from tests.rules.credit.expressions.policies import FACTS, program
from usance.rules.credit.expressions import (
    InvalidExpression,
    Kind,
    Program,
    Source,
    compile_program,
)

MANY = settings(max_examples=500, deadline=None)
KINDS = st.sampled_from(["boolean", "number", "amount", "text", "texts"])
WORDS = (
    *FACTS, "month", "true", "false", "null", "in", "has", "min", "max", "size", "startsWith", "all",
    "x", "(", ")", "[", "]", "{", "}", ".", ",", "?", ":", "!", "-", "+", "*", "/", "%", "&&", "||",
    "==", "!=", "<", "<=", ">", ">=", "=", "0", "1", "2.5", "0x1F", "1e9", "5u", "'DE'", '"', "'",
    r"'\x41'", "r'\\'", "//", "\n", "__class__", "\0", "\ud800", "é", "\u2028",
)  # fmt: skip


def accepted(text: str, kind: Kind, facts: dict[str, Any]) -> Program | None:
    """The program, once it has been evaluated with and without facts; None if it was refused."""
    try:
        made = program(text, kind, values={"month": "order.amount / 12"})
    except InvalidExpression as refused:
        lines = text.split("\n")
        assert 1 <= refused.line <= len(lines)
        assert 1 <= refused.column <= len(lines[refused.line - 1]) + 1
        assert refused.message
        return None
    made.evaluate(facts)
    made.evaluate({})
    assert_of_our_own_making(made)
    return made


@MANY
@given(st.text(st.characters(codec=None)), KINDS, known_facts())
@example("\ud800", "text", {})
@example("'\ud800'", "text", {})
@example("'\0'", "text", {})
@example("\ufefftrue", "boolean", {})
def test_any_text(text: str, kind: Kind, facts: dict[str, Any]) -> None:
    accepted(text, kind, facts)


@MANY
@given(st.binary(max_size=200), KINDS, known_facts())
def test_any_bytes(data: bytes, kind: Kind, facts: dict[str, Any]) -> None:
    accepted(data.decode("latin-1"), kind, facts)
    accepted(data.decode("utf-8", "surrogateescape"), kind, facts)


@MANY
@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), KINDS, known_facts())
def test_any_run_of_words(text: str, kind: Kind, facts: dict[str, Any]) -> None:
    accepted(text, kind, facts)
    accepted(text.replace(" ", ""), kind, facts)


@MANY
@given(expressions("boolean"), st.data(), known_facts())
def test_any_expression_with_a_part_torn_out(
    text: str, data: st.DataObject, facts: dict[str, Any]
) -> None:
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))
    accepted(text[:begin] + text[end:], "boolean", facts)
    accepted(text[:begin], "boolean", facts)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(", ")"), ("(", ""), ("", ")"), ("[", "]"), ("!", ""), ("-", ""), ("! ", ""),
        ("true ? ", " : true"), ("true ? true : ", ""), ("min(1, ", ")"), ("size([", "])"),
        ("true && (", ")"), ("1 + (", ")"), ("1 in [", "]"), ("a.", ""), ("", ".b"), ("", ".b()"),
        ("", "(1)"), ("", " && true"), ("", " + 1"), ("", " / 1"), ("", " == true"), ("1 - -", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("times", [60, 400, 1_000, 10_000])
def test_deep_nesting(before: str, after: str, times: int) -> None:
    for core in ("true", "1", "order.amount"):
        accepted(before * times + core + after * times, "boolean", {"order.amount": 1})
        # With the nesting alone in the way, and not the length.
        accepted((before * times)[:1900] + core + (after * times)[:1900], "boolean", {})


@pytest.mark.parametrize(
    "form",
    ["({})", "(!({} == 1) ? 1 : 0)", "({}) / 3", "7 / ({})", "min(1, {})", "-({})",
     "(1 in [2, {}] ? 1 : 2)", "true ? ({}) : 1", "1 > 2 ? 3 : {}", "2 * ({} - 1)",
     "size(['a', 1 > {} ? 'b' : 'c'])", "(true && 1 < {} || false ? 1 : 2)"],
)  # fmt: skip
def test_the_deepest_that_is_allowed_compiles_and_evaluates(form: str) -> None:
    """Python has bounds of its own on nesting; they are wider than those of the language."""
    text = deepest = "order.lines"
    with pytest.raises(InvalidExpression, match="levels deep"):
        while True:
            program(text, "number")
            deepest, text = text, form.format(text)
    assert len(deepest) > 60
    # Beside a rule that cannot be computed, each rule is computed for itself.
    rules = {"deepest": Source(deepest, "number"), "none": Source("1 / 0", "number")}
    beside = compile_program(values={}, rules=rules, facts=FACTS, exponent=2)
    for facts in ({"order.lines": 1}, {}):
        assert beside.evaluate(facts) == [*program(deepest, "number").evaluate(facts), None]


@pytest.mark.parametrize("core", ["(", "'", "true ", "1+", "\n", "a", "\0", "9", "!", "//"])
def test_a_megabyte_is_refused_before_it_is_read(core: str) -> None:
    text = core * (1_000_000 // len(core))
    tracemalloc.start()
    try:
        with pytest.raises(InvalidExpression, match="4000 are allowed"):
            program(text)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_long_line_of_values_is_no_burden() -> None:
    values = {"v0": "order.lines"} | {f"v{n}": f"v{n - 1} + 1" for n in range(1, 499)}
    backwards = dict(reversed(values.items()))
    assert program("v498 == 499", values=backwards).evaluate({"order.lines": 1}) == [True]


@pytest.mark.parametrize("hostile", [
    "'", '"', "\\", "\\'", "'''", '"""', "\n", "\r", "\0", "{", "}", "{0}", "%s", "#", ";",
    "');import os;('", '"+__import__("os").system("true")+"', "\u2028", "\ud83d\ude00", "\x1b[2J",
    "f0", "__builtins__", "None", "get", "${x}", "\N{RIGHT-TO-LEFT OVERRIDE}",
])  # fmt: skip
def test_no_text_of_the_author_becomes_code(hostile: str) -> None:
    escaped = "".join(f"\\U{ord(c):08x}" for c in hostile.encode("utf-16", "surrogatepass")
                      .decode("utf-16"))  # fmt: skip
    meant = hostile.encode("utf-16", "surrogatepass").decode("utf-16")
    made = program(
        f"buyer.country == '{escaped}' || buyer.country in ['{escaped}', 'b', order.currency]"
        f" || '{escaped}' in order.skus || buyer.country.contains('{escaped}')"
    )
    assert made.evaluate({"buyer.country": meant, "order.currency": "", "order.skus": ()}) == [True]
    assert made.evaluate({"buyer.country": "-", "order.currency": "", "order.skus": ()}) == [False]
    assert_of_our_own_making(made)


def test_no_name_of_a_fact_or_rule_becomes_code() -> None:
    rules = {"'); 1/0; ('": Source("a.b == 'x' && c.d", "boolean")}
    facts: dict[str, Kind] = {"a.b": "text", "c.d": "boolean", "'); 1/0; ('": "text"}
    made = compile_program(values={}, rules=rules, facts=facts, exponent=2)
    assert made.evaluate({"a.b": "x", "c.d": True}) == [True]
    assert_of_our_own_making(made)


@MANY
@given(st.data(), KINDS)
def test_the_code_is_of_our_own_making(data: st.DataObject, kind: Kind) -> None:
    text = data.draw(expressions(kind))
    assert_of_our_own_making(program(text, kind))


OUR_NAME = re.compile(
    r"[fvrckt][0-9]*|get|evaluate|ArithmeticError|_(?:decimal|max|min|rounded|size)", re.ASCII
)


def assert_of_our_own_making(made: Program) -> None:
    """Only our names, whole numbers and truth values; two methods of str; no import, no lambda."""
    assert made.code.isascii()
    for node in ast.walk(ast.parse(made.code)):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
                assert OUR_NAME.fullmatch(name)
            case ast.Attribute(attr=name):
                assert name in ("startswith", "endswith")
            case ast.Constant(value=value):
                assert value is None or type(value) in (int, bool)
            case ast.Call(func=function):
                assert isinstance(function, ast.Name | ast.Attribute)
            case _:
                forbidden = ast.Import | ast.ImportFrom | ast.Lambda | ast.JoinedStr | ast.Global
                assert not isinstance(node, forbidden | ast.ClassDef | ast.comprehension)
    assert "import" not in made._run.__globals__["__builtins__"]  # type: ignore[attr-defined]
    assert made._run.__globals__["__builtins__"] == {}  # type: ignore[attr-defined]
