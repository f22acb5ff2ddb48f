"""A policy while it is being written: what was typed, the acts on it, and the document it makes.

Everything that was typed is in the form, so the editor needs neither a script nor a place to keep
half a policy. Each act (add a rule, take away a row) sends the form and gets it back changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from django.http import QueryDict

from usance.rules.credit.policy import Policy
from usance.rules.credit.policy_program import MOST_RULES, facts_for
from usance.rules.credit.policy_rules import KINDS, rule_to_document
from usance.rules.credit.simple_conditions import (
    Comparison,
    Joined,
    SimpleCondition,
    condition_text,
    simple_condition,
)
from usance.rules.money import Money
from usance.web.backoffice.policy_fields import RuleForm
from usance.web.backoffice.policy_inputs import form_arguments, number_text
from usance.web.backoffice.policy_rows import RowForm, value_text
from usance.web.words.amounts import plain_amount

MOST_ROWS: Final = 30
MOST_VALUES: Final = 100

Typed = dict[str, Any]


@dataclass
class RuleDraft:
    """A rule as it was typed. ``source`` is the text that the rows were read from, which is kept
    where they still say the same."""

    kind: str
    typed: Typed = field(default_factory=dict)
    rows: list[Typed] = field(default_factory=list)
    joined: Joined = "and"
    as_text: bool = False
    source: str = ""


@dataclass
class PolicyDraft:
    """A policy as it was typed."""

    settings: Typed
    values: list[Typed]
    rules: list[RuleDraft]
    currency: str

    @classmethod
    def of(cls, policy: Policy, *, currency: str) -> PolicyDraft:
        """A stored policy, as the reader would have typed it."""
        document = policy.to_document()
        settings = {
            name: document[name]
            for name in (
                "overdue_days", "authorization_days", "over_limit", "second_person",
                "offer_prepayment",
            )
        } | {"terms": ", ".join(document["terms"])}  # fmt: skip
        for name in ("order_ceiling", "review_above"):
            settings |= {
                f"{name}_{code}": plain_amount(amount, code)
                for code, amount in document[name].items()
            }
        return cls(
            settings,
            [{"name": name, "text": text} for name, text in document["values"].items()],
            [rule_draft(rule_to_document(rule), currency=currency) for rule in policy.rules],
            currency,
        )

    @classmethod
    def read(cls, sent: QueryDict, *, currency: str) -> PolicyDraft:
        """What a form brought."""
        rules = [
            _read_rule(sent, n)
            for n in range(_count(sent, "rules", most=MOST_RULES))
            if sent.get(f"r{n}-kind") in KINDS
        ]
        values = [
            {"name": sent.get(f"v{n}-name", ""), "text": _typed(sent, f"v{n}-text")}
            for n in range(_count(sent, "values", most=MOST_VALUES))
        ]
        return cls(_below(sent, "s-"), values, rules, currency)

    @property
    def currencies(self) -> list[str]:
        """Those for which a setting names an amount."""
        return sorted(
            {
                name.rpartition("_")[2]
                for name in self.settings
                if name.startswith(("order_ceiling_", "review_above_"))
            }
        )

    def change(self, act: str) -> str:
        """Do what a button of the form says, such as ``remove:2``; the id of what to look at next.

        An act that names nothing there changes nothing.
        """
        name, *rest = act.split(":")
        change = _CHANGES.get(name)
        try:
            return change(self, *rest) if change else ""
        except (IndexError, ValueError, TypeError):
            return ""

    def _add(self, kind: str) -> str:
        if kind not in KINDS or len(self.rules) >= MOST_RULES:
            return ""
        initial: Typed = {"people": 1} if kind == "route" else {}
        rows: list[Typed] = [{}] if kind in ("eligibility", "hold", "application") else []
        self.rules.append(RuleDraft(kind, initial, rows))
        return f"r{len(self.rules) - 1}"

    def _remove(self, place: str) -> str:
        del self.rules[_index(place)]
        return f"r{max(int(place) - 1, 0)}" if self.rules else "add-rule"

    def _move(self, place: str, by: int) -> str:
        n = _index(place)
        if 0 <= n + by < len(self.rules):
            self.rules[n], self.rules[n + by] = self.rules[n + by], self.rules[n]
            return f"r{n + by}"
        return f"r{n}"

    def _up(self, place: str) -> str:
        return self._move(place, -1)

    def _down(self, place: str) -> str:
        return self._move(place, 1)

    def _row(self, place: str) -> str:
        rule = self.rules[_index(place)]
        if len(rule.rows) < MOST_ROWS:
            rule.rows.append({})
        return f"id_r{place}c{len(rule.rows) - 1}-fact"

    def _unrow(self, place: str, row: str) -> str:
        del self.rules[_index(place)].rows[_index(row)]
        return f"r{place}"

    def _text(self, place: str) -> str:
        """Show the rows as the text that they make, as far as they can be read."""
        rule = self.rules[_index(place)]
        said = rows_text(rule, currency=self.currency, prefix=f"r{place}")
        rule.typed["when"] = rule.source if said is None else said
        rule.as_text = True
        return f"id_r{place}-when"

    def _rows(self, place: str) -> str:
        """Show the text as rows, if it says no more than rows can."""
        rule = self.rules[_index(place)]
        rows = rows_of(str(rule.typed.get("when", "")), rule.kind, currency=self.currency)
        if rows is not None:
            rule.source = str(rule.typed.get("when", ""))
            rule.rows, rule.joined = rows
            rule.as_text = False
        return f"r{place}"

    def _value(self) -> str:
        if len(self.values) < MOST_VALUES:
            self.values.append({"name": "", "text": ""})
        return f"id_v{len(self.values) - 1}-name"

    def _unvalue(self, place: str) -> str:
        del self.values[_index(place)]
        return "values"


_CHANGES: Final[Mapping[str, Callable[..., str]]] = {
    "add": PolicyDraft._add,
    "remove": PolicyDraft._remove,
    "up": PolicyDraft._up,
    "down": PolicyDraft._down,
    "row": PolicyDraft._row,
    "unrow": PolicyDraft._unrow,
    "text": PolicyDraft._text,
    "rows": PolicyDraft._rows,
    "value": PolicyDraft._value,
    "unvalue": PolicyDraft._unvalue,
}


def rule_draft(document: Mapping[str, Any], *, currency: str) -> RuleDraft:
    """A rule of a document, as the reader would have typed it."""
    kind = document["kind"]
    typed = {
        name: value
        for name, value in document.items()
        if name in RuleForm.of_kind[kind] or name in ("name", "note")
    }
    if kind == "limit":
        typed |= _limit_typed(document["amount"], currency=currency)
    elif kind == "application":
        typed["verdict"] = document["then"]
    elif kind == "price":
        typed["percent"] = number_text(Decimal(document["percent"]))
    elif kind == "terms":
        typed["offer"] = ", ".join(document["offer"])
    when = document["when"]
    rows = rows_of(when, kind, currency=currency)
    if rows is None:
        return RuleDraft(kind, typed | {"when": when}, as_text=True, source=when)
    return RuleDraft(kind, typed, rows[0], rows[1], source=when)


def _limit_typed(amount: str, *, currency: str) -> Typed:
    found = simple_condition(f"line.limit == {amount}", facts=facts_for("limit"))
    value = found.rows[0].value if found and len(found.rows) == 1 else None
    if not isinstance(value, int | Decimal):
        return {"formula": amount}
    minor = Money.parse(format(value, "f"), currency=currency).amount
    return {"fixed": plain_amount(minor, currency)}


def rows_of(text: str, kind: str, *, currency: str) -> tuple[list[Typed], Joined] | None:
    """The condition as rows that a form can hold; None if it must stay text."""
    found = simple_condition(text, facts=facts_for(kind))
    if found is None or len(found.rows) > MOST_ROWS or any(map(_has_comma, found.rows)):
        return None
    rows = [
        {"fact": row.fact, "operator": row.operator, "value": value_text(row, currency=currency)}
        for row in found.rows
    ]
    return rows, found.joined


def _has_comma(row: Comparison) -> bool:
    """Whether a list could not be typed with commas, or a text would lose its edges."""
    listed = isinstance(row.value, tuple)
    texts = row.value if isinstance(row.value, tuple) else (row.value,)
    return any(
        isinstance(text, str)
        and (not text or text != text.strip() or (listed and bool(set(text) & set(",;\n"))))
        for text in texts
    )


def rows_text(rule: RuleDraft, *, currency: str, prefix: str) -> str | None:
    """The text that the rows of a rule make; None if one cannot be read."""
    rows = [
        RowForm(
            **form_arguments(row, f"{prefix}c{m}", bound=True), kind=rule.kind, currency=currency
        )
        for m, row in enumerate(rule.rows)
    ]
    if not all(row.is_valid() for row in rows):
        return None
    return written([row.comparison() for row in rows], rule)


def written(rows: list[Comparison], rule: RuleDraft) -> str:
    """The text of a condition; the one it was read from where that says the same."""
    condition = SimpleCondition(tuple(rows), rule.joined)
    known = simple_condition(rule.source, facts=facts_for(rule.kind)) if rule.source else None
    if known is not None and len(known.rows) < 2:
        known = replace(known, joined=condition.joined)
    return rule.source if known == condition else condition_text(condition)


def _read_rule(sent: QueryDict, n: int) -> RuleDraft:
    prefix = f"r{n}-"
    typed = _below(sent, prefix)
    if f"{prefix}roles" in sent:
        typed["roles"] = sent.getlist(f"{prefix}roles")
    rows = [
        {name: sent.get(f"r{n}c{m}-{name}", "") for name in ("fact", "operator", "value")}
        for m in range(_count(sent, f"{prefix}rows", most=MOST_ROWS))
    ]
    return RuleDraft(
        kind=typed.pop("kind"),
        rows=rows,
        joined="or" if typed.pop("joined", "") == "or" else "and",
        as_text=typed.pop("mode", "") == "text",
        source=typed.pop("source", ""),
        typed={name: value for name, value in typed.items() if name != "rows"},
    )


def _below(sent: QueryDict, prefix: str) -> Typed:
    return {
        name.removeprefix(prefix): _typed(sent, name) for name in sent if name.startswith(prefix)
    }


def _typed(sent: QueryDict, name: str) -> str:
    """What was typed, its lines ended as expressions end them: browsers send CR and LF."""
    return sent.get(name, "").replace("\r\n", "\n")


def _count(sent: QueryDict, name: str, *, most: int) -> int:
    text = sent.get(name, "0")
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


def _index(text: str) -> int:
    n = int(text)
    if n < 0:
        raise IndexError(text)
    return n
