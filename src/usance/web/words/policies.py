"""A policy in words: each rule as a sentence, each setting by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usance.rules.credit.facts import FACTS, IN_ROUTING
from usance.rules.credit.policy_rules import (
    KINDS,
    Admission,
    Eligibility,
    Hold,
    Limit,
    Offer,
    Price,
    Route,
    Rule,
)
from usance.rules.credit.simple_conditions import Comparison, SimpleCondition, simple_condition
from usance.rules.money import Money
from usance.web.design import display, locale
from usance.web.words.amounts import money_text
from usance.web.words.facts import fact_name
from usance.web.words.terms import terms_text

_KIND_OF: Final = {cls: kind for kind, cls in KINDS.items()}

KIND_NAMES: Final[Mapping[str, Promise]] = {
    "eligibility": gettext_lazy("Condition to buy on account"),
    "hold": gettext_lazy("Stop"),
    "limit": gettext_lazy("Limit"),
    "terms": gettext_lazy("Payment terms"),
    "price": gettext_lazy("Price of terms"),
    "route": gettext_lazy("Who approves"),
    "application": gettext_lazy("New trade accounts"),
}
"""What each kind of rule is called."""

KIND_MEANINGS: Final[Mapping[str, Promise]] = {
    "eligibility": gettext_lazy("Must be true, or the order is declined or reviewed."),
    "hold": gettext_lazy("While it is true, orders are declined or reviewed."),
    "limit": gettext_lazy("How much may be outstanding, or what limit is suggested."),
    "terms": gettext_lazy("Which payment terms a buyer gets; the first rule that fits."),
    "price": gettext_lazy("What terms cost; the first rule that fits."),
    "route": gettext_lazy("Who decides what came to a person; the first rule that fits."),
    "application": gettext_lazy(
        "What becomes of an application for a trade account; the first rule that fits."
    ),
}

SETTINGS: Final[Mapping[str, Promise]] = {
    "overdue_days": gettext_lazy("Decline when overdue by more than"),
    "order_ceiling": gettext_lazy("Largest order taken on account"),
    "review_above": gettext_lazy("A person decides above"),
    "terms": gettext_lazy("Payment terms on offer"),
    "authorization_days": gettext_lazy("Credit is held for"),
    "over_limit": gettext_lazy("An order beyond the limit"),
    "second_person": gettext_lazy("A second person approves new versions"),
    "offer_prepayment": gettext_lazy("Offer payment in advance instead of credit"),
    "currency": gettext_lazy("Currency of the rules"),
}
"""Every setting by its name."""

EFFECTS: Final[Mapping[str, Promise]] = {
    "decline": gettext_lazy("is declined"),
    "review": gettext_lazy("goes to a person"),
    "approve": gettext_lazy("is approved"),
}
"""What becomes of an order or an application."""

ROLES: Final[Mapping[str, Promise]] = {
    "admin": gettext_lazy("Administrator"),
    "credit_manager": gettext_lazy("Credit manager"),
    "accountant": gettext_lazy("Accountant"),
    "viewer": gettext_lazy("Viewer"),
}
"""The roles of the seller's staff."""

OPERATORS: Final[Mapping[str, Promise]] = {
    ">=": gettext_lazy("is at least"),
    ">": gettext_lazy("is more than"),
    "<=": gettext_lazy("is at most"),
    "<": gettext_lazy("is less than"),
    "==": gettext_lazy("is"),
    "!=": gettext_lazy("is not"),
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
    "contains": gettext_lazy("contains"),
    "lacks": gettext_lazy("does not contain"),
    "is_true": gettext_lazy("is true"),
    "is_false": gettext_lazy("is not true"),
    "known": gettext_lazy("is known"),
    "unknown": gettext_lazy("is not known"),
}
"""What can be asked of a fact."""


def kind_of(rule: Rule) -> str:
    """The kind of a rule, as documents have it."""
    return _KIND_OF[type(rule)]


def role_text(role: str) -> str:
    """A role of the seller's staff."""
    return str(ROLES.get(role, role))


def roles_text(roles: Sequence[str]) -> str:
    """Several roles, any of which may."""
    return _(" or ").join(role_text(role) for role in roles)


def comparison_text(row: Comparison, *, currency: str) -> str:
    """A row of a condition: "Overdue amount is more than €500.00"."""
    asked = str(OPERATORS[row.operator])
    if row.value is None:
        return f"{fact_name(row.fact)} {asked}"
    return f"{fact_name(row.fact)} {asked} {_written(row, currency)}"


def _written(row: Comparison, currency: str) -> str:
    value = row.value
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        kind = FACTS[row.fact].kind if row.fact in FACTS else "number"
        if kind == "amount":
            return money_text(Money.parse(format(value, "f"), currency=currency).amount, currency)
        return locale.number(value, language=display.language())
    return str(value)


def condition_words(text: str, *, currency: str) -> str | None:
    """A condition in words; None where it says more than rows can."""
    found = simple_condition(text, facts=IN_ROUTING)
    return None if found is None else _condition(found, currency)


def _condition(condition: SimpleCondition, currency: str) -> str:
    if not condition.rows:
        return _("always")
    joint = _(" and ") if condition.joined == "and" else _(" or ")
    return joint.join(comparison_text(row, currency=currency) for row in condition.rows)


def rule_sentence(rule: Rule, *, currency: str) -> str:
    """What a rule does, without its condition where that is more than words can say."""
    return _SENTENCES[type(rule)](rule, currency)


def _eligibility(rule: Any, currency: str) -> str:
    said = condition_words(rule.when, currency=currency)
    effect = str(EFFECTS[rule.otherwise])
    if said is None:
        return _("Unless the condition below holds, an order %(effect)s.") % {"effect": effect}
    return _("Must hold: %(condition)s. Otherwise an order %(effect)s.") % {
        "condition": said,
        "effect": effect,
    }


def _hold(rule: Any, currency: str) -> str:
    said = condition_words(rule.when, currency=currency)
    effect = str(EFFECTS[rule.then])
    if said is None:
        return _("While the condition below holds, an order %(effect)s.") % {"effect": effect}
    return _("While %(condition)s, an order %(effect)s.") % {
        "condition": said,
        "effect": effect,
    }


def _limit(rule: Any, currency: str) -> str:
    amount = amount_words(rule.amount, currency=currency)
    if rule.use == "cap":
        text = _("At most %(amount)s may be outstanding") % {"amount": amount}
    else:
        text = _("A limit of %(amount)s is suggested") % {"amount": amount}
    return _if(text, rule, currency)


def _offer(rule: Any, currency: str) -> str:
    text = _("Terms on offer: %(terms)s") % {
        "terms": "; ".join(terms_text(terms.code) for terms in rule.offer)
    }
    if rule.prepay_percent:
        text = _("%(text)s, with %(percent)s paid before") % {
            "text": text,
            "percent": locale.percent(
                Decimal(rule.prepay_percent) / 100, language=display.language(), decimals=0
            ),
        }
    return _if(text, rule, currency)


def _price(rule: Any, currency: str) -> str:
    share = locale.percent(abs(rule.percent) / 100, language=display.language())
    said = {"terms": terms_text(rule.terms.code), "percent": share}
    if rule.percent < 0:
        return _if(_("%(terms)s: %(percent)s off the order") % said, rule, currency)
    return _if(_("%(terms)s: %(percent)s on top of the order") % said, rule, currency)


def _route(rule: Any, currency: str) -> str:
    text = ngettext(
        "%(count)s person decides: %(roles)s",
        "%(count)s different people decide: %(roles)s",
        rule.people,
    ) % {"roles": roles_text(rule.roles), "count": rule.people}
    if rule.hours:
        text = ngettext(
            "%(text)s within %(count)s hour", "%(text)s within %(count)s hours", rule.hours
        ) % {"text": text, "count": rule.hours}
        if rule.escalate_to:
            text = _("%(text)s, then %(role)s too") % {
                "text": text,
                "role": role_text(rule.escalate_to),
            }
    return _if(text, rule, currency)


def _admission(rule: Any, currency: str) -> str:
    return _if(_("An application %(effect)s") % {"effect": str(EFFECTS[rule.then])}, rule, currency)


def _if(text: str, rule: Any, currency: str) -> str:
    said = condition_words(rule.when, currency=currency)
    if said is None:
        return _("%(text)s, if the condition below holds.") % {"text": text}
    if rule.when.strip() == "true":
        return f"{text}."
    return _("%(text)s, if %(condition)s.") % {"text": text, "condition": said}


_SENTENCES: Final[Mapping[type, Callable[[Any, str], str]]] = {
    Eligibility: _eligibility,
    Hold: _hold,
    Limit: _limit,
    Offer: _offer,
    Price: _price,
    Route: _route,
    Admission: _admission,
}


def amount_words(text: str, *, currency: str) -> str:
    """The amount of a limit: a plain one as money, anything else as it is written."""
    found = simple_condition(f"line.limit == {text}", facts=IN_ROUTING)
    if found is None:
        return text
    value = found.rows[0].value
    assert isinstance(value, int | Decimal)
    return money_text(Money.parse(format(value, "f"), currency=currency).amount, currency)


def setting_value(name: str, value: Any) -> object:
    """The value of a setting as a thing to show."""
    say = _SETTING_VALUES.get(name)
    if say is not None:
        return say(value)
    return value if isinstance(value, bool) else str(value) or None


def _days(value: int | None) -> str:
    if value is None:
        return _("never")
    return ngettext("%(count)s day", "%(count)s days", value) % {"count": value}


def _amounts(value: Mapping[str, int]) -> str | None:
    texts = [money_text(amount, code) for code, amount in sorted(value.items())]
    return ", ".join(texts) or None


_SETTING_VALUES: Final[Mapping[str, Callable[[Any], object]]] = {
    "overdue_days": _days,
    "authorization_days": _days,
    "order_ceiling": _amounts,
    "review_above": _amounts,
    "terms": lambda codes: "; ".join(terms_text(code) for code in codes),
    "over_limit": lambda effect: str(EFFECTS[effect]),
}


_MEMBERS: Final[Mapping[str, Promise]] = {
    "kind": gettext_lazy("Kind"),
    "name": gettext_lazy("Name"),
    "when": gettext_lazy("Condition"),
    "otherwise": gettext_lazy("Otherwise an order"),
    "then": gettext_lazy("Then it"),
    "amount": gettext_lazy("Amount"),
    "use": gettext_lazy("Use"),
    "tell_buyer": gettext_lazy("The buyer is told"),
    "note": gettext_lazy("Note"),
    "offer": gettext_lazy("Terms on offer"),
    "prepay_percent": gettext_lazy("Percent to pay before"),
    "terms": gettext_lazy("Terms"),
    "percent": gettext_lazy("Percent of the order"),
    "roles": gettext_lazy("Roles that may decide"),
    "people": gettext_lazy("People who must agree"),
    "hours": gettext_lazy("Hours until it is passed on"),
    "escalate_to": gettext_lazy("Passed on to"),
}


def member_name(name: str) -> str:
    """What a member of a rule is called."""
    return str(_MEMBERS.get(name, name))


def member_value(name: str, value: Any) -> object:
    """The value of a member of a rule as a thing to show."""
    if value in (None, "", []):
        return None
    say = _MEMBER_VALUES.get(name)
    if say is not None:
        return say(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else value


_MEMBER_VALUES: Final[Mapping[str, Callable[[Any], object]]] = {
    "otherwise": lambda effect: str(EFFECTS[effect]),
    "then": lambda effect: str(EFFECTS[effect]),
    "offer": lambda codes: "; ".join(terms_text(code) for code in codes),
    "terms": terms_text,
    "roles": roles_text,
    "escalate_to": role_text,
}
