"""What is refused, where exactly, and with which words."""

from __future__ import annotations

import pytest

from tests.rules.credit.expressions.policies import FACTS, program
from usance.rules.credit.expressions import (
    InvalidExpression,
    Kind,
    Source,
    compile_program,
)
from usance.rules.credit.expressions.grammar import DEEPEST, LONGEST_CHAIN, LONGEST_SOURCE
from usance.rules.credit.expressions.program import LONGEST_PROGRAM, MOST_EXPRESSIONS

AMOUNTS = "of all numbers only a plain literal such as 2500.50 can stand for an amount"
NAME_PARTS = "give parts of it names, as values of the policy"
NO_PATTERNS = "there are no patterns; use startsWith, endsWith, contains or in"


def refusal(text: str, wants: Kind = "boolean", exponent: int = 2) -> InvalidExpression:
    with pytest.raises(InvalidExpression) as caught:
        program(text, wants, exponent=exponent)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        # What cannot be read.
        ("", 1, 1, "something is missing at the end", ""),
        ("  // nothing", 1, 13, "something is missing at the end", ""),
        ("true &&", 1, 8, "something is missing at the end", ""),
        ("(true", 1, 6, "something is missing at the end", ""),
        ("true &&\n  ", 2, 3, "something is missing at the end", ""),
        ("true)", 1, 5, "')' is not expected here", ""),
        ("order.lines = 3", 1, 13, "'=' is not expected here", "use == to compare"),
        ("true & false", 1, 6, "'&' is not expected here", "write &&"),
        ("true | false", 1, 6, "'|' is not expected here", "write ||"),
        ("true and false", 1, 6, "'and' is not expected here", "write &&"),
        ("true or false", 1, 6, "'or' is not expected here", "write ||"),
        ("not true", 1, 5, "'true' is not expected here", ""),
        ("in order.skus", 1, 1, "'in' is not expected here", "put something before it"),
        ("order.lines invoice", 1, 13, "'invoice' is not expected here", ""),
        ("1 < order.lines < 5", 1, 17, "'<' is not expected here",
         "comparisons do not follow one another; join them with &&"),
        ("true ? true ? 1 : 2 : 3", 1, 13, "'?' is not expected here",
         "put the inner choice in parentheses"),
        ("order.skus[0] == 'A'", 1, 11, "'[' is not expected here",
         "a list cannot be indexed; use in"),
        ("{'a': 1}", 1, 1, "'{' is not expected here", "there are no maps"),
        ("order.lines == 3 # many", 1, 18, "'#' is not expected here", ""),
        ("'it\n'", 1, 1, "the text that begins here is not closed on its line", ""),
        ('buyer.country == "IT', 1, 18, "the text that begins here is not closed on its line", ""),
        (r"'a\qb' == ''", 1, 3, "this escape is unknown",
         r"write \\ for a backslash, or put r before the text"),
        (r"'\ud800' == ''", 1, 2, r"\ud800 is not a character of Unicode", ""),
        (r"'ab\U00110000' == ''", 1, 4, r"\U00110000 is not a character of Unicode", ""),
        ("'a\ud800' == ''", 1, 2, "half of a surrogate pair is no character", ""),
        ("b'a' == ''", 1, 2, "\"'a'\" is not expected here", ""),
        # Numbers.
        ("order.lines > 1.5e3", 1, 15, "1.5e3 has an exponent", "write the number out in full"),
        ("order.lines > 5u", 1, 15, "5u has a suffix", "leave the 'u' out"),
        ("order.lines > 0x5u", 1, 15, "0x5u has a suffix", "leave the 'u' out"),
        ("order.lines > 9223372036854775808", 1, 15,
         "9223372036854775808 is beyond the largest number", "the largest is 9223372036854775807"),
        ("order.lines > 0x8000000000000000", 1, 15,
         "0x8000000000000000 is beyond the largest number", "the largest is 9223372036854775807"),
        ("order.lines > 99999999999999999999999999.5", 1, 15,
         "99999999999999999999... is beyond the largest number",
         "the largest is 9223372036854775807"),
        ("order.lines > 0.1234567890123456789", 1, 15,
         "0.1234567890123456789 has more than 18 decimals", "write fewer decimals"),
        ("order.lines > 5.", 1, 17, "something is missing at the end", ""),
        ("order.lines > 5kg", 1, 16, "'kg' is not expected here", ""),
        # Names.
        ("buyer.vatt", 1, 1, "there is no fact 'buyer.vatt'",
         "did you mean 'buyer.vat_verified'?"),
        ("true &&\n  order.amont > 5", 2, 3, "there is no fact 'order.amont'",
         "did you mean 'order.amount'?"),
        ("order > 5", 1, 1, "there is no fact 'order'",
         "it is the beginning of 'order.amount', 'order.currency', 'order.lines'"),
        ("turnover > 5", 1, 1, "there is no fact and no value 'turnover'", ""),
        ("order.amount.__class__ == 1", 1, 1, "there is no fact 'order.amount.__class__'",
         "did you mean 'order.amount'?"),
        ("__import__('os') == 1", 1, 1, "there is no function '__import__'", ""),
        ("'a'.__class__ == 'a'", 1, 5, "nothing here has a part named '__class__'", ""),
        ("order.lines == null", 1, 16, "there is no null",
         "use has() to ask whether a fact is known"),
        ("if == 1", 1, 1, "'if' is a word of the language and names nothing", ""),
        ("maximum(1, 2) > 1", 1, 1, "there is no function 'maximum'", "did you mean 'max'?"),
        ("maxx(1, 2) > 1", 1, 1, "there is no function 'maxx'", "did you mean 'max'?"),
        ("matches(buyer.country, 'I.')", 1, 1, "there is no function 'matches'", NO_PATTERNS),
        ("startsWith(buyer.country, 'I')", 1, 1, "there is no function 'startsWith'",
         "write text.startsWith(...)"),
        ("buyer.country.matches('I.')", 1, 15, "there is no method 'matches'", NO_PATTERNS),
        ("buyer.country.startswith('I')", 1, 15, "there is no method 'startswith'",
         "did you mean 'startsWith'?"),
        ("order.lines.max(3) > 3", 1, 13, "there is no method 'max'", "write max(...)"),
        # Loops.
        *((f"order.skus.{loop}(x, x == 'A')", 1, 12, "a policy cannot loop", "use in")
          for loop in ("all", "exists", "exists_one", "map", "filter")),
        # Kinds.
        ("order.lines", 1, 1, "the rule must give true or false, and this is a number", ""),
        ("  (order.amount + 5)", 1, 3, "the rule must give true or false, and this is an amount",
         ""),
        ("true && order.lines", 1, 9, "'&&' takes true or false, and this is a number", ""),
        ("buyer.country || true", 1, 1, "'||' takes true or false, and this is a text", ""),
        ("!order.skus", 1, 2, "'!' takes true or false, and this is a list of texts", ""),
        ("order.amount ? true : false", 1, 1,
         "the condition before '?' takes true or false, and this is an amount", ""),
        ("true ? 1 : 'a'", 1, 12,
         "the branches differ: a number before ':' and a text after it", ""),
        ("(true ? order.amount : order.lines) > 5", 1, 24,
         "the branches differ: an amount before ':' and a number after it", AMOUNTS),
        ("order.amount > order.lines", 1, 16, "an amount is not compared with a number", AMOUNTS),
        ("order.lines == line.limit", 1, 16, "a number is not compared with an amount", AMOUNTS),
        ("order.amount > 2 * 1000", 1, 16, "an amount is not compared with a number", AMOUNTS),
        ("buyer.country == 5", 1, 18, "a text is not compared with a number", ""),
        ("buyer.country < 'M'", 1, 1, "'<' compares numbers and amounts, and this is a text",
         "use == or !="),
        ("true > false", 1, 1, "'>' compares numbers and amounts, and this is true or false",
         "use == or !="),
        ("order.skus == ['A']", 1, 1, "lists are not compared", "use in"),
        ("order.amount + order.lines > 5", 1, 16,
         "an amount and a number are not added or subtracted", AMOUNTS),
        ("order.amount * line.limit > 5", 1, 16, "an amount is not multiplied by an amount", ""),
        ("5 / order.amount > 5", 1, 5, "a number is not divided by an amount", ""),
        ("order.amount % 5 > 5", 1, 16, "'%' takes numbers, and one of these is an amount", ""),
        ("'a' + 'b' == 'ab'", 1, 1, "'+' takes numbers and amounts, and this is a text",
         "texts and lists are not put together"),
        ("1 + 2 - buyer.vat_verified > 0", 1, 9,
         "'-' takes numbers and amounts, and this is true or false", ""),
        ("-buyer.country == 'a'", 1, 2, "'-' takes numbers and amounts, and this is a text",
         "texts and lists are not put together"),
        ("'a' in 'abc'", 1, 8, "'in' looks into a list, and this is a text",
         "a text has .contains()"),
        ("5 in order.lines", 1, 6, "'in' looks into a list, and this is a number",
         "write a list, such as ['a', 'b']"),
        ("5 in order.skus", 1, 1, "a list of texts holds texts, and this is a number", ""),
        ("5 in [1, 'a']", 1, 10, "a text cannot be in a list with a number", ""),
        ("order.amount in [1, order.lines]", 1, 21, "a number cannot be in a list with an amount",
         AMOUNTS),
        ("'a' in [order.skus]", 1, 9, "a list cannot be in a list", ""),
        ("size([1, 2]) == 2", 1, 7, "a list that stands alone holds texts, and this is a number",
         "write a list of numbers or amounts directly after in"),
        ("size(order.lines) == 2", 1, 6, "size() takes a text or a list, and this is a number", ""),
        ("size() == 2", 1, 1, "size() takes one text or list", ""),
        ("order.skus.size(1) == 2", 1, 12, "size() takes nothing here", ""),
        ("min(1) == 1", 1, 1, "min() takes two or more numbers or amounts", ""),
        ("max('a', 'b') == 'a'", 1, 5, "max() takes numbers and amounts, and this is a text",
         "texts and lists are not put together"),
        ("min(order.amount, order.lines) > 1", 1, 19,
         "min() does not choose between an amount and a number", AMOUNTS),
        ("buyer.country.startsWith(5)", 1, 26, "startsWith() is asked of texts, and this is a number",
         ""),
        ("order.skus.contains('A')", 1, 1,
         "contains() is asked of texts, and this is a list of texts", "use in"),
        ("buyer.country.contains()", 1, 15, "contains() takes one text", ""),
        ("has()", 1, 1, "has() takes the name of one fact", "such as has(order.amount)"),
        ("has(1)", 1, 1, "has() takes the name of one fact", "such as has(order.amount)"),
        ("has(order.amont)", 1, 5, "there is no fact 'order.amont'",
         "did you mean 'order.amount'?"),
        # Amounts.
        ("order.amount > 1.234", 1, 16, "1.234 has 3 decimals, and the currency has 2 at most", ""),
        ("order.amount in [1,\n 0.001]", 2, 2,
         "0.001 has 3 decimals, and the currency has 2 at most", ""),
        ("order.amount > 92233720368547758.08", 1, 16,
         "92233720368547758.08 is beyond the largest amount", ""),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, line: int, column: int, message: str, hint: str) -> None:
    error = refusal(text)
    assert (error.message, error.hint) == (message, hint)
    assert (error.line, error.column) == (line, column)
    assert (error.part, error.name, error.code) == ("rule", "rule", "invalid_expression")


@pytest.mark.parametrize(
    ("text", "wants", "exponent", "said"),
    [
        ("order.lines", "amount", 2, "the rule must give an amount, and this is a number"),
        ("2 * 1000", "amount", 2, "the rule must give an amount, and this is a number"),
        ("order.amount", "number", 2, "the rule must give a number, and this is an amount"),
        ("'a'", "texts", 2, "the rule must give a list of texts, and this is a text"),
        ("['a']", "text", 2, "the rule must give a text, and this is a list of texts"),
        ("0.5", "amount", 0, "0.5 has 1 decimal, and the currency has none"),
        ("-0.0005", "amount", 3, "-0.0005 has 4 decimals, and the currency has 3 at most"),
    ],
)
def test_the_answer_must_be_of_the_kind_that_is_wanted(
    text: str, wants: Kind, exponent: int, said: str
) -> None:
    assert refusal(text, wants, exponent).message == said


def test_the_refusal_reads_as_a_sentence() -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_program(
            values={},
            rules={"vat": Source("true && buyer.vatt", "boolean")},
            facts=FACTS,
            exponent=2,
        )
    assert str(caught.value) == (
        "rule 'vat': line 1, column 9: there is no fact 'buyer.vatt';"
        " did you mean 'buyer.vat_verified'?"
    )


@pytest.mark.parametrize(
    ("values", "name", "line", "column", "message"),
    [
        ({"a": "a"}, "a", 1, 1, "'a' is defined by itself: a -> a"),
        ({"a": "1 +\n b", "b": "c", "c": "2 * a"}, "c", 1, 5,
         "'a' is defined by itself: a -> b -> c -> a"),
        ({"a": "b", "b": "c + c", "c": "b"}, "c", 1, 1, "'b' is defined by itself: b -> c -> b"),
        ({"a": "order.amount + order.lines"}, "a", 1, 16,
         "an amount and a number are not added or subtracted"),
        ({"a": "1 +"}, "a", 1, 4, "something is missing at the end"),
        ({"a": "b + 1"}, "a", 1, 1, "there is no fact and no value 'b'"),
        ({"1st": "1"}, "1st", 1, 1, "this cannot be a name"),
        ({"a.b": "1"}, "a.b", 1, 1, "this cannot be a name"),
        ({"é": "1"}, "é", 1, 1, "this cannot be a name"),
        ({"": "1"}, "", 1, 1, "this cannot be a name"),
        ({"while": "1"}, "while", 1, 1, "this is a word of the language"),
        ({"max": "1"}, "max", 1, 1, "this is a word of the language"),
        ({"order": "1"}, "order", 1, 1, "facts begin with this name"),
        ({"steps": "[1, 2]"}, "steps", 1, 2,
         "a list that stands alone holds texts, and this is a number"),
    ],
)  # fmt: skip
def test_values_that_are_refused(
    values: dict[str, str], name: str, line: int, column: int, message: str
) -> None:
    """Whether or not a rule reads them."""
    with pytest.raises(InvalidExpression) as caught:
        program("true", values=values)
    error = caught.value
    assert (error.part, error.name, error.message) == ("value", name, message)
    assert (error.line, error.column) == (line, column)


def test_a_value_that_cannot_be_an_amount_is_refused_at_its_own_literal() -> None:
    values = {"ratio": "buyer.vat_verified ? 0.125 : 1"}
    assert program("order.lines > ratio", values=values).reads
    with pytest.raises(InvalidExpression) as caught:
        program("order.amount > ratio", values=values)
    assert str(caught.value) == (
        "value 'ratio': line 1, column 22: 0.125 has 3 decimals, and the currency has 2 at most"
    )


def test_has_is_asked_of_facts_not_of_values() -> None:
    with pytest.raises(InvalidExpression, match="column 5: 'month' is a value; has"):
        program("has(month)", values={"month": "order.amount / 12"})


def nested(kind: str, levels: int) -> str:
    before, after = {
        "parentheses": ("(", ")"),
        "not": ("!", ""),
        "choice": ("true ? true : ", ""),
        "logic": ("true && (false || ", ")"),
        "list": ("true in [", "]"),
    }[kind]
    return before * levels + "true" + after * levels


@pytest.mark.parametrize(
    ("kind", "each"), [("parentheses", 1), ("not", 1), ("choice", 1), ("logic", 3), ("list", 2)]
)
def test_nesting_has_a_bound(kind: str, each: int) -> None:
    most = (DEEPEST - 1) // each
    assert program(nested(kind, most)).evaluate({}) is not None
    error = refusal(nested(kind, most + 1))
    assert error.message == f"this is nested more than {DEEPEST} levels deep"
    assert error.hint == NAME_PARTS


def test_a_run_of_operands_has_a_bound() -> None:
    run = " + ".join(["1"] * LONGEST_CHAIN)
    assert program(f"{run} == {LONGEST_CHAIN}").evaluate({}) == [True]
    error = refusal(f"{run} + 1 == 0")
    assert error.message == f"more than {LONGEST_CHAIN} operands follow one another"
    assert (error.line, error.column) == (1, len(run) + 2)


def test_the_length_of_a_text_has_a_bound() -> None:
    assert program("true".ljust(LONGEST_SOURCE)).evaluate({}) == [True]
    error = refusal("true".ljust(LONGEST_SOURCE + 1))
    assert error.message == "this is 4001 characters long, and 4000 are allowed"


def test_the_whole_policy_has_a_bound() -> None:
    rules = {str(n): Source("true", "boolean") for n in range(MOST_EXPRESSIONS)}
    assert compile_program(values={}, rules=rules, facts={}, exponent=2).evaluate({}) == [
        True
    ] * len(rules)
    with pytest.raises(InvalidExpression, match=f"rule '{MOST_EXPRESSIONS - 1}': .*at most 500"):
        compile_program(values={"one": "1"}, rules=rules, facts={}, exponent=2)
    fitting = LONGEST_PROGRAM // LONGEST_SOURCE
    rules = {str(n): Source("true".ljust(LONGEST_SOURCE), "boolean") for n in range(fitting)}
    assert compile_program(values={}, rules=rules, facts={}, exponent=2).evaluate({})
    with pytest.raises(InvalidExpression, match="at most 60000 characters"):
        compile_program(values={"one": "1"}, rules=rules, facts={}, exponent=2)
