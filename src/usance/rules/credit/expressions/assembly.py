"""Puts the code of all values and rules into one function, and makes it callable.

It loads each fact once. If all are known it computes everything with the native code. If one is missing,
or something could not be computed, each value and rule for itself gets the native code where all it
reads is known, and its careful code where not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from usance.rules.credit.expressions import typed
from usance.rules.credit.expressions.generation import Code, Names, ValueKey, careful, native
from usance.rules.credit.expressions.typed import Typed
from usance.rules.money import round_half_up

Run = Callable[[Callable[[str], Any]], list[Any]]
"""Takes the way to get a fact by its name; gives each rule's answer."""


class Part(NamedTuple):
    """A rule's expression, or a value's with the kind it is used as."""

    tree: Typed
    value: ValueKey | None


@dataclass(frozen=True, slots=True)
class _Written:
    """A part as code: ``target`` is assigned, by ``function`` of ``arguments`` if something is unknown."""

    target: str
    native: str
    function: str
    arguments: list[str]
    needed: list[str]
    careful: list[str]


def assemble(parts: list[Part]) -> tuple[Run, str]:
    """One function for all parts, values before what reads them; and the code it was made from."""
    names = Names()
    written = [_write(part, number, names) for number, part in enumerate(parts)]
    code = "\n".join(_lines(parts, written, names))
    namespace: dict[str, Any] = {
        "__builtins__": {},
        "ArithmeticError": ArithmeticError,
        "_decimal": Decimal,
        "_max": max,
        "_min": min,
        "_rounded": _rounded,
        "_size": len,
        **names.constants,
    }
    exec(compile(code, "<credit policy>", "exec"), namespace)  # noqa: S102
    run: Run = namespace["evaluate"]
    return run, code


def _rounded(amount: int | Decimal) -> int:
    return amount if isinstance(amount, int) else round_half_up(amount)


def _write(part: Part, number: int, names: Names) -> _Written:
    quick = native(part.tree, names=names)
    lines, slow = careful(part.tree, names=names)
    target = f"v{number}" if part.value else f"r{number}"
    text = quick.text
    if part.value:
        names.values[part.value] = Code(target, quick.bits, quick.whole)
    elif part.tree.kind == "amount" and not quick.whole:
        text = f"_rounded({text})"
        lines.append(f"try: t = None if {slow.text} is None else _rounded({slow.text})")
        lines.append("except ArithmeticError: t = None")
        slow = Code("t")
    lines.append(f"return {slow.text}")
    read, needed = set[str](), set[str]()
    for each in typed.all_parts(part.tree):
        match each:
            case typed.Fact():
                needed.add(names.fact(each.name))
            case typed.Known():
                read.add(names.fact(each.name))
            case typed.Value():
                needed.add(names.values[each.name, each.kind].text)
    return _Written(target, text, f"c{number}", sorted(read | needed), sorted(needed), lines)


def _lines(parts: list[Part], written: list[_Written], names: Names) -> list[str]:
    lines = []
    for each in written:
        if each.needed:
            lines.append(f"def {each.function}({', '.join(each.arguments)}):")
            lines.extend(f"    {line}" for line in each.careful)
    lines.append("def evaluate(get):")
    lines.extend(
        f"    {local} = get({names.constant(fact)})" for fact, local in names.facts.items()
    )
    rules = [each for part, each in zip(parts, written, strict=True) if not part.value]
    values = [each for part, each in zip(parts, written, strict=True) if part.value]
    facts = sorted({name for each in written for name in each.needed} & {*names.facts.values()})
    unknown = " or ".join(f"{name} is None" for name in facts)
    lines.append(f"    if not ({unknown or 'False'}):")
    lines.append("        try:")
    lines.extend(f"            {each.target} = {each.native}" for each in values)
    lines.append(f"            return [{', '.join(each.native for each in rules)}]")
    lines.append("        except ArithmeticError: pass")
    for each in written:
        lines.extend(f"    {line}" for line in _one_by_one(each))
    lines.append(f"    return [{', '.join(each.target for each in rules)}]")
    return lines


def _one_by_one(each: _Written) -> list[str]:
    call = f"{each.function}({', '.join(each.arguments)})"
    if not each.needed:
        return [
            f"try: {each.target} = {each.native}",
            f"except ArithmeticError: {each.target} = None",
        ]
    unknown = " or ".join(f"{name} is None" for name in each.needed)
    return [
        f"if {unknown}: {each.target} = {call}",
        "else:",
        f"    try: {each.target} = {each.native}",
        f"    except ArithmeticError: {each.target} = {call}",
    ]
