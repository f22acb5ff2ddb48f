"""Payment terms, ways of paying and matching rules in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usance.rules.terms import (
    Cash,
    DayOfMonth,
    EndOfWeek,
    FixedDate,
    Mark,
    Part,
    Terms,
    Tier,
    UnknownTerms,
    parse_terms,
)
from usance.web.design import display, locale
from usance.web.words.amounts import day_text

METHODS: Final[dict[str, Promise]] = {
    "bank_transfer": gettext_lazy("Bank transfer"),
    "cheque": gettext_lazy("Cheque"),
    "cash": gettext_lazy("Cash"),
    "card": gettext_lazy("Card"),
    "direct_debit": gettext_lazy("Direct debit"),
}
"""How money may have come."""


def terms_text(code: str) -> str:
    """``net_30_eom`` as "30 days, end of month", ``d2_10_net_30`` as "30 days net; 2% off within 10
    days"; what is no code as it is."""
    try:
        terms = parse_terms(code)
    except UnknownTerms:
        return code
    text = _parts_text(terms) if terms.parts else _single_text(terms)
    if terms.deposit:
        text = _("%(share)s deposit, balance: %(terms)s") % {
            "share": _percent(terms.deposit),
            "terms": text,
        }
    return "; ".join([text, *map(_tier_text, terms.tiers)])


def _single_text(terms: Terms) -> str:
    """Terms of one due date."""
    if terms.mark is not None:
        return _marked_text(terms.mark, days=terms.days)
    if terms.end_of_month:
        return _month_text(terms)
    if not terms.days:
        return _("Due on receipt")
    return ngettext("%(count)s day net", "%(count)s days net", terms.days) % {"count": terms.days}


def _marked_text(mark: Mark, *, days: int) -> str:
    match mark:
        case Cash(when):
            text = _("Cash in advance") if when == "in_advance" else _("Cash on delivery")
        case FixedDate(on):
            text = _("Due on %(day)s") % {"day": day_text(on)}
        case DayOfMonth(day, months):
            text = _day_text(day, months)
        case EndOfWeek() if days:
            text = ngettext("%(count)s day, end of week", "%(count)s days, end of week", days)
            text %= {"count": days}
        case EndOfWeek():
            text = _("End of the week")
    return text


def _day_text(day: int, months: int) -> str:
    if months == 0:
        return _("Day %(day)s of the month") % {"day": day}
    if months == 1:
        return _("Day %(day)s of the next month") % {"day": day}
    text = ngettext("Day %(day)s, %(count)s month on", "Day %(day)s, %(count)s months on", months)
    return text % {"day": day, "count": months}


def _month_text(terms: Terms) -> str:
    """The end of a month, with what runs before it and after it."""
    days, extra = terms.days, terms.extra_days
    if not days and not extra:
        return _("End of the month")
    if not days:
        text = ngettext(
            "%(count)s day after the end of the month",
            "%(count)s days after the end of the month",
            extra,
        )
        return text % {"count": extra}
    text = ngettext("%(count)s day, end of month", "%(count)s days, end of month", days)
    text %= {"count": days}
    if not extra:
        return text
    more = ngettext("%(terms)s, and %(count)s day", "%(terms)s, and %(count)s days", extra)
    return more % {"terms": text, "count": extra}


def _parts_text(terms: Terms) -> str:
    """Instalments, equal, by share or by amount."""
    parts = terms.parts
    every = parts[0].days
    if parts[0].amount is not None:
        text = ", ".join([*map(_amount_text, parts[:-1]), _rest_text(parts[-1])])
    elif parts[0].share is not None:
        text = ", ".join(map(_part_text, parts))
    elif [part.days for part in parts] == [every * n for n in range(1, len(parts) + 1)]:
        text = ngettext(
            "%(parts)s equal parts, one every %(count)s day",
            "%(parts)s equal parts, one every %(count)s days",
            every,
        ) % {"parts": len(parts), "count": every}
    else:
        text = _("%(parts)s equal parts, after %(days)s days") % {
            "parts": len(parts),
            "days": ", ".join(str(part.days) for part in parts),
        }
    return _("%(terms)s, end of month") % {"terms": text} if terms.end_of_month else text


def _part_text(part: Part) -> str:
    share = _percent(part.share or 0)
    if not part.days:
        return _("%(share)s on receipt") % {"share": share}
    text = ngettext("%(share)s after %(count)s day", "%(share)s after %(count)s days", part.days)
    return text % {"share": share, "count": part.days}


def _amount_text(part: Part) -> str:
    """A part of a fixed amount. Which currency's, the invoice says; most have two decimals."""
    amount = locale.number(
        Decimal(part.amount or 0).scaleb(-2), language=display.language(), decimals=2
    )
    if not part.days:
        return _("%(amount)s on receipt") % {"amount": amount}
    text = ngettext("%(amount)s after %(count)s day", "%(amount)s after %(count)s days", part.days)
    return text % {"amount": amount, "count": part.days}


def _rest_text(part: Part) -> str:
    text = ngettext("the rest after %(count)s day", "the rest after %(count)s days", part.days)
    return text % {"count": part.days}


def _tier_text(tier: Tier) -> str:
    if not tier.days:
        return _("%(rate)s off if paid at once") % {"rate": _percent(tier.rate)}
    text = ngettext(
        "%(rate)s off within %(count)s day", "%(rate)s off within %(count)s days", tier.days
    )
    return text % {"rate": _percent(tier.rate), "count": tier.days}


def _percent(hundredths: int) -> str:
    """Hundredths of a percent with the decimals they need."""
    decimals = 0 if hundredths % 100 == 0 else 1 if hundredths % 10 == 0 else 2
    ratio = Decimal(hundredths) / Decimal(10_000)
    return locale.percent(ratio, language=display.language(), decimals=decimals)


def method_text(method: str) -> str:
    """How money came, in words; an unknown way by its code."""
    return str(METHODS.get(method, method))


def late_text(days: int) -> str:
    """How late something is: "12 days late"."""
    return ngettext("%(count)s day late", "%(count)s days late", days) % {"count": days}
