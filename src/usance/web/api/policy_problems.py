"""A policy that cannot be read, told with the rule and the place in its expression."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from usance.rules.credit.policy import InvalidPolicy
from usance.web.api.faults import pointer
from usance.web.api.problems import Fault, Problem

_AT_RULE: Final = re.compile(r"rules\[(\d+)\](?:\.(\w+))?")


class PolicyProblem(Problem):
    """422 with ``rule``, ``line`` and ``column`` beside the fault, as far as they are known."""

    status = 422
    code = InvalidPolicy.code

    def __init__(
        self, error: InvalidPolicy, document: Mapping[str, Any], *, beneath: Sequence[str] = ()
    ) -> None:
        """``beneath`` leads to the policy in the body, where it is only a part of it."""
        self._error = error
        place = place_of(error, document)
        if beneath:
            place = pointer(list(beneath)) + place.removeprefix("#")
        fault = Fault(place, self.code, error.problem)
        super().__init__(str(error), errors=[fault])

    def to_document(self) -> dict[str, Any]:
        """The members of a problem, and the place in the text of a rule."""
        document = super().to_document()
        for name in ("rule", "line", "column"):
            value = getattr(self._error, name)
            if value:
                document["errors"][0][name] = value
        return document


def place_of(error: InvalidPolicy, document: Mapping[str, Any]) -> str:
    """The JSON pointer to what ``error`` is about in the policy's ``document``."""
    if error.field == "values":
        return pointer(["values", error.rule])
    if error.rule:
        # Of two rules with one name the later is refused.
        named = [
            n for n, rule in enumerate(document.get("rules", ())) if rule.get("name") == error.rule
        ]
        if named:
            return pointer(["rules", named[-1], *([error.field] if error.field else [])])
    if found := _AT_RULE.match(str(error)):
        return pointer(["rules", int(found[1]), *([found[2]] if found[2] else [])])
    setting = re.match(r"[a-z_]+", str(error))
    return pointer([setting[0]]) if setting and setting[0] in document else "#"
