"""What holds for every expression, shown on random ones."""

from __future__ import annotations

import random
from typing import Any

import cel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.credit.expressions.generated import expressions, is_number, known_facts, same
from tests.rules.credit.expressions.policies import FACTS, answer, carefully, program
from usance.rules.credit.expressions import Kind, Source, compile_program

MANY = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
KINDS = st.sampled_from(["boolean", "number", "amount", "text", "texts"])


@MANY
@given(st.data(), KINDS, known_facts())
def test_the_fast_and_the_careful_code_agree(
    data: st.DataObject, kind: Kind, facts: dict[str, Any]
) -> None:
    text = data.draw(expressions(kind))
    fast = answer(text, facts, kind)
    assert same(fast, answer(carefully(text, kind), facts, kind))
    # And when another rule of the policy cannot be computed, each rule is taken for itself.
    rules = {"rule": Source(text, kind), "other": Source("1 / 0 > 1", "boolean")}
    beside = compile_program(values={}, rules=rules, facts=FACTS, exponent=2).evaluate(facts)
    assert same(beside[0], fast)
    assert beside[1] is None


@MANY
@given(st.data(), KINDS, known_facts())
def test_answers_are_of_the_kind_that_was_wanted(
    data: st.DataObject, kind: Kind, facts: dict[str, Any]
) -> None:
    found = answer(data.draw(expressions(kind)), facts, kind)
    of_kind = {
        "boolean": lambda: type(found) is bool,
        "number": lambda: is_number(found),
        "amount": lambda: type(found) is int,
        "text": lambda: type(found) is str,
        "texts": lambda: type(found) is tuple,
    }
    assert found is None or of_kind[kind]()


@MANY
@given(st.data(), KINDS, known_facts())
def test_learning_a_fact_never_changes_an_answer_that_was_known(
    data: st.DataObject, kind: Kind, facts: dict[str, Any]
) -> None:
    """Kleene: less knowledge may make an answer unknown, and never makes it another one."""
    text = data.draw(expressions(kind))
    made = program(text, kind)
    order = data.draw(st.permutations(sorted(facts)))
    known: dict[str, Any] = {}
    before = made.evaluate(known)[0]
    for name in order:
        known[name] = facts[name]
        after = made.evaluate(known)[0]
        assert before is None or same(before, after)
        before = after


@MANY
@given(st.data(), KINDS, known_facts())
def test_a_value_means_what_its_text_means(
    data: st.DataObject, kind: Kind, facts: dict[str, Any]
) -> None:
    text = data.draw(expressions(kind))
    unknown = data.draw(st.sets(st.sampled_from(sorted(facts))))
    facts |= dict.fromkeys(unknown)
    named = answer("value", facts, kind, values={"value": text})
    assert same(named, answer(text, facts, kind))


@MANY
@given(st.data(), known_facts(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(
    data: st.DataObject, facts: dict[str, Any], chance: random.Random
) -> None:
    made = program(data.draw(expressions("boolean")))
    shuffled = list(facts.items())
    chance.shuffle(shuffled)
    assert made.evaluate(dict(shuffled)) == made.evaluate(facts) == made.evaluate(facts)
    read = {name: facts[name] for name in made.reads}
    assert made.evaluate(read) == made.evaluate(facts)


@MANY
@given(expressions("boolean", shared=True), known_facts(shared=True))
def test_an_independent_engine_agrees(text: str, facts: dict[str, Any]) -> None:
    """Rust's CEL, on what both languages share; amounts are given to it in major units."""
    assert answer(text, facts) is by_cel(text, facts)
    assert answer(carefully(text), facts) is by_cel(text, facts)


def by_cel(text: str, facts: dict[str, Any]) -> object:
    """What the ``common-expression-language`` package gives."""
    nested: dict[str, dict[str, Any]] = {}
    for name, value in facts.items():
        group, _, each = name.partition(".")
        cents = FACTS[name] == "amount"
        major = value // 100 if cents else list(value) if isinstance(value, tuple) else value
        nested.setdefault(group, {})[each] = major
    return cel.compile(text).execute(nested)
