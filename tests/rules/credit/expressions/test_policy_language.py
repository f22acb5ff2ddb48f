"""Every example of ``docs/policy-language.md`` is what the document says it is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.rules.credit.expressions.policies import answer
from usance.rules.credit.expressions import InvalidExpression, Kind, Source, compile_program
from usance.rules.credit.facts import FACTS

DOCUMENT = (Path(__file__).parents[4] / "docs" / "policy-language.md").read_text()
KINDS: dict[str, Kind] = {name: fact.kind for name, fact in FACTS.items()}


def compiled(text: str, wants: Kind = "boolean") -> None:
    compile_program(values={}, rules={"r": Source(text, wants)}, facts=KINDS, exponent=2)


def examples(kind: str) -> list[str]:
    blocks = re.findall(rf"```{kind}\n(.*?)```", DOCUMENT, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


@pytest.mark.parametrize("example", examples("cel"))
def test_an_example_of_a_condition_is_accepted(example: str) -> None:
    compiled(example if not example.startswith("//") else f"{example}\ntrue")


@pytest.mark.parametrize("example", examples("cel amount"))
def test_an_example_of_an_amount_is_accepted(example: str) -> None:
    compiled(example, "amount")


def refused() -> list[tuple[str, str, str]]:
    """Text, reason and, in some tables, what to write instead."""
    tables = [after.split("\n\n")[0] for after in DOCUMENT.split("| refused |")[1:]]
    rows = [re.findall(r"^\| `(.+?)` \| (.+?) \|(?: `(.+?)` \|)?$", t, re.M) for t in tables]
    return [row for table in rows for row in table]


def test_the_tables_of_refusals_are_read_whole() -> None:
    assert len(refused()) == 10


@pytest.mark.parametrize(("text", "reason", "instead"), refused())
def test_an_example_of_a_refusal_is_refused_for_that_reason(
    text: str, reason: str, instead: str
) -> None:
    with pytest.raises(InvalidExpression) as caught:
        compiled(text)
    assert caught.value.message == reason
    if instead:
        compiled(instead)


def test_the_example_of_values_is_accepted() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)
    policy = tomllib.loads(block)
    rules = {rule["name"]: Source(rule["when"], "boolean") for rule in policy["rules"]}
    program = compile_program(values=policy["values"], rules=rules, facts=KINDS, exponent=2)
    assert program.reads == {"order.amount", "history.turnover_12m", "buyer.country"}


def unknowns() -> list[tuple[str, str]]:
    table = DOCUMENT.split("| | is |")[1].split("\n\n")[0].replace("\\|", "|")
    rows = re.findall(r"^\| (`.+`) \| (false|true|unknown) \|$", table, re.M)
    return [(text, given) for texts, given in rows for text in re.findall(r"`(.+?)`", texts)]


def test_the_table_of_unknowns_is_read_whole() -> None:
    assert len(unknowns()) >= 12


@pytest.mark.parametrize(("text", "given"), unknowns())
def test_an_example_of_what_is_unknown(text: str, given: str) -> None:
    """``unknown`` is a fact of whatever kind is needed."""
    if "'DE'" in text:
        rule = text.replace("unknown", "buyer.country")
    elif "5" in text:
        rule = text.replace("unknown", "order.lines")
    else:
        rule = text.replace("unknown", "score.ghost")
    if "+" in rule:
        rule += " > 0"
    elif "? 1 : 1" in rule:
        rule = f"({rule}) == 1"
    assert answer(rule) is {"true": True, "false": False, "unknown": None}[given]


def test_the_example_of_a_refusal_reads_as_it_is_shown() -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_program(
            values={}, rules={"vat": Source("true && buyer.vatt", "boolean")},
            facts={"buyer.vat_verified": "boolean"}, exponent=2,
        )  # fmt: skip
    assert f"\n    {caught.value}\n" in DOCUMENT
