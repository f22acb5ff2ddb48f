"""The policy's own named expressions: what they may be called, and in which order they are computed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from usance.rules.credit.expressions.checker import FUNCTIONS
from usance.rules.credit.expressions.grammar import RESERVED
from usance.rules.credit.expressions.refusal import InvalidExpression, Owner, Place
from usance.rules.credit.expressions.syntax import Name, Node, all_nodes

_WORD: Final = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]{0,79}", re.ASCII)


def check_names(names: Mapping[str, str], *, facts: Mapping[str, object]) -> None:
    """Raise InvalidExpression for a value whose name means something else, or cannot be written."""
    first_words = {fact.partition(".")[0] for fact in facts}
    for name in names:
        hint = "choose another name"
        if not _WORD.fullmatch(name):
            message, hint = "this cannot be a name", "use letters, digits and _, and no digit first"
        elif name in RESERVED or name in FUNCTIONS:
            message = "this is a word of the language"
        elif name in first_words:
            message = "facts begin with this name"
        else:
            continue
        raise InvalidExpression(Owner("value", name), Place(1, 1), message, hint=hint)


def in_order(trees: Mapping[str, Node]) -> list[str]:
    """The values, each after those it refers to.

    Raises InvalidExpression at the reference that closes a circle.
    """
    ordered: dict[str, None] = {}
    for first in trees:
        if first in ordered:
            continue
        # Not by recursion: values may refer to one another in a long line.
        path: dict[str, Iterator[Name]] = {first: _references(trees, first)}
        while path:
            name = next(reversed(path))
            reference = next(path[name], None)
            if reference is None:
                ordered[name] = None
                del path[name]
            elif reference.name in path:
                circle = [*list(path)[list(path).index(reference.name) :], reference.name]
                raise InvalidExpression(
                    Owner("value", name),
                    reference.place,
                    f"{reference.name!r} is defined by itself: {' -> '.join(circle)}",
                )
            elif reference.name not in ordered:
                path[reference.name] = _references(trees, reference.name)
    return list(ordered)


def _references(trees: Mapping[str, Node], name: str) -> Iterator[Name]:
    found = [node for node in all_nodes(trees[name]) if isinstance(node, Name)]
    return iter(sorted((node for node in found if node.name in trees), key=lambda node: node.place))
