"""One way to show each kind of value, wherever it stands: a table, a fact, a figure, a history."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import singledispatch

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from usance.rules.money import Money
from usance.web.design import locale
from usance.web.design.parts import Badge, Identifier, Link, Noted, Percent, State
from usance.web.design.states import look


def language() -> str:
    """The active language; English where translation is switched off."""
    return get_language() or "en"


def icon(name: str, *, label: str = "", large: bool = False) -> SafeString:
    """A drawing of the sprite. Decorative unless ``label`` says what it means."""
    size = " icon-l" if large else ""
    mirrors = " icon-mirrors" if name in {"arrow-left", "arrow-right", "chevron-right"} else ""
    role = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon icon-{}{}{}" viewBox="0 0 16 16" {}><use href="#i-{}"/></svg>',
        name,
        size,
        mirrors,
        mark_safe(role),  # noqa: S308 - either a constant or already escaped by format_html
        name,
    )


def badge(label: object, *, tone: str = "neutral", icon_name: str = "") -> SafeString:
    """A word in a capsule, with its shape."""
    drawing = icon(icon_name) if icon_name else ""
    return format_html('<span class="badge tone-{}">{}{}</span>', tone, drawing, label)


@singledispatch
def show(value: object) -> SafeString:
    """``value`` as HTML. Text is escaped, safe text stands as it is."""
    return format_html("{}", value)


@show.register(type(None))
def _none(_value: None) -> SafeString:
    return nothing()


def nothing() -> SafeString:
    """The mark of a value that there is not; a table's card leaves it out."""
    return format_html(
        '<span class="none"><span aria-hidden="true">–</span>'
        '<span class="visually-hidden">{}</span></span>',
        gettext("None"),
    )


@show.register
def _yes_or_no(value: bool) -> SafeString:
    return format_html("{}", gettext("Yes") if value else gettext("No"))


@show.register
def _money(value: Money) -> SafeString:
    return format_html('<span class="figure">{}</span>', locale.money(value, language=language()))


@show.register(int)
@show.register(float)
@show.register(Decimal)
def _number(value: int | float | Decimal) -> SafeString:
    return format_html('<span class="figure">{}</span>', locale.number(value, language=language()))


@show.register
def _percent(value: Percent) -> SafeString:
    ratio = Decimal(str(value.ratio))
    text = locale.percent(ratio, language=language(), decimals=value.decimals)
    return format_html('<span class="figure">{}</span>', text)


@show.register
def _day(value: date) -> SafeString:
    text = locale.day(value, language=language())
    return format_html('<time class="figure" datetime="{}">{}</time>', value.isoformat(), text)


@show.register
def _instant(value: datetime) -> SafeString:
    text = locale.instant(value, language=language())
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{} {}">{}</time>',
        value.isoformat(timespec="seconds"),
        text,
        local.tzname() or "",
        text,
    )


@show.register
def _state(value: State) -> SafeString:
    it = look(value.value, kind=value.kind)
    return badge(it.label, tone=it.tone, icon_name=it.icon)


@show.register
def _badge(value: Badge) -> SafeString:
    return badge(value.label, tone=value.tone, icon_name=value.icon)


@show.register
def _link(value: Link) -> SafeString:
    return format_html('<a href="{}">{}</a>', value.href, show(value.text))


@show.register
def _noted(value: Noted) -> SafeString:
    return format_html(
        '<span class="noted"><span>{}</span><span class="note">{}</span></span>',
        show(value.value),
        show(value.note),
    )


@show.register
def _identifier(value: Identifier) -> SafeString:
    return format_html(
        '<span class="copyable"><code translate="no">{0}</code>'
        '<button type="button" data-copy="{0}" aria-label="{1}">{2}</button></span>',
        value.value,
        gettext("Copy %(id)s") % {"id": value.value},
        icon("copy"),
    )
