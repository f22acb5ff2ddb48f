"""``{% load design %}``: the components. ``README.md`` shows each with its parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, Form
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext

from usance.web.design import credit_bar as credit
from usance.web.design import display
from usance.web.design.parts import (
    Chip,
    Column,
    Entry,
    Fact,
    Figure,
    Identifier,
    Link,
    Page,
    State,
    Tab,
    Table,
)

register = template.Library()

_ALERT_ICONS = {
    "neutral": "info",
    "info": "info",
    "positive": "check-circle",
    "caution": "alert",
    "negative": "cross-circle",
}
_MESSAGE_TONES = {
    "debug": "neutral",
    "info": "info",
    "success": "positive",
    "warning": "caution",
    "error": "negative",
}

# Values


@register.simple_tag
def icon(name: str, *, label: str = "", large: bool = False) -> SafeString:
    """``{% icon "check" %}``; with ``label`` it is an image with that name."""
    return display.icon(name, label=label, large=large)


@register.simple_tag
def value(it: object) -> SafeString:
    """``{% value x %}``: any value the way the design shows it."""
    return display.show(it)


@register.simple_tag
def state(kind: str, value: str) -> SafeString:
    """``{% state "invoice" invoice.state %}``: the badge of a state."""
    return display.show(State(kind, value))


@register.simple_tag
def badge(label: str, *, tone: str = "neutral", icon: str = "") -> SafeString:
    """``{% badge _("Test mode") tone="caution" icon="info" %}``: a word that is not a state."""
    return display.badge(label, tone=tone, icon_name=icon)


@register.simple_tag
def copyable(identifier: str) -> SafeString:
    """``{% copyable order.public_id %}``: a public id with a button that copies it."""
    return display.show(Identifier(identifier))


# The page


@register.inclusion_tag("design/breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[Link]) -> dict[str, Any]:
    """``{% breadcrumbs crumbs %}``: the way back up; the page itself is not in it."""
    return {"crumbs": crumbs}


@register.inclusion_tag("design/tabs.html")
def tabs(items: Sequence[Tab], label: str) -> dict[str, Any]:
    """``{% tabs items _("Views of this buyer") %}``: views of one object, each at its address."""
    return {"items": items, "label": label}


@register.inclusion_tag("design/messages.html", takes_context=True)
def page_messages(context: Context) -> dict[str, Any]:
    """What Django's messages framework has to say, as alerts. Every shell has it already."""
    told = context.get("messages") or ()
    return {"alerts": [(_MESSAGE_TONES.get(m.level_tag, "info"), m) for m in told]}


@register.inclusion_tag("design/language_form.html", takes_context=True)
def language_form(context: Context) -> dict[str, Any]:
    """The choice of language, a button each, without a script. Every shell has it already."""
    current = display.language()
    offered = [
        (code, capfirst(get_language_info(code)["name_local"]), code == current)
        for code, _name in settings.LANGUAGES
    ]
    return _preference(context) | {"languages": offered}


@register.inclusion_tag("design/theme_form.html", takes_context=True)
def theme_form(context: Context) -> dict[str, Any]:
    """The choice between light, dark and the system's. Every shell has it already."""
    chosen = theme(context) or "system"
    themes = (
        ("system", gettext("Like the system"), "system"),
        ("light", gettext("Light"), "light"),
        ("dark", gettext("Dark"), "dark"),
    )
    return _preference(context) | {"themes": themes, "chosen": chosen}


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The theme the reader chose: "light", "dark", or nothing for the system's."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in {"light", "dark"} else ""


def _preference(context: Context) -> dict[str, Any]:
    """What a form of preferences needs from the page it stands on."""
    request = context.get("request")
    return {
        "csrf_token": context.get("csrf_token"),
        "next": request.get_full_path() if request else "/",
    }


# Data


@register.inclusion_tag("design/figures.html")
def figures(items: Sequence[Figure]) -> dict[str, Any]:
    """``{% figures items %}``: key-figure tiles."""
    return {"items": items}


@register.inclusion_tag("design/facts.html")
def facts(items: Sequence[Fact], *, lined: bool = False) -> dict[str, Any]:
    """``{% facts items lined=True %}``: the definition list of an object."""
    return {"items": items, "lined": lined}


@register.inclusion_tag("design/timeline.html")
def timeline(entries: Sequence[Entry]) -> dict[str, Any]:
    """``{% timeline entries %}``: what happened, newest first, as it was given."""
    return {"entries": entries}


@register.inclusion_tag("design/table.html")
def table(it: Table) -> dict[str, Any]:
    """``{% table invoices %}``: a table that turns into cards where it is narrow."""
    return {
        "table": it,
        "rows": [(row, _cells(it.columns, row.cells)) for row in it.rows],
        "footer": _cells(it.columns, it.footer) if it.footer else (),
    }


def _cells(columns: Sequence[Column], cells: Iterable[object]) -> list[dict[str, Any]]:
    return [
        {"html": display.show(cell), "label": column.label, "numeric": column.numeric}
        for column, cell in zip_longest(columns, cells)
        if column is not None
    ]


@register.inclusion_tag("design/pagination.html")
def pagination(page: Page) -> dict[str, Any]:
    """``{% pagination page %}``: to the rows before and after."""
    return {"page": page}


@register.inclusion_tag("design/chips.html")
def chips(items: Sequence[Chip], *, clear: str) -> dict[str, Any]:
    """``{% chips items clear=url %}``: the filters in force, each with its way out."""
    return {"items": items, "clear": clear}


@register.inclusion_tag("design/credit_bar.html")
def credit_bar(buckets: credit.CreditBuckets) -> dict[str, Any]:
    """``{% credit_bar buckets %}``: a credit line by bucket, drawn and in words."""
    return {"drawing": credit.draw(buckets), "buckets": buckets}


# Forms


@register.inclusion_tag("design/field.html")
def field(
    bound: BoundField, *, prefix: str = "", suffix: str = "", label: str = ""
) -> dict[str, Any]:
    """``{% field form.amount prefix="EUR" %}``: label, input, help and errors of one field."""
    widget = bound.field.widget
    return {
        "field": bound,
        "label": label or bound.label,
        "prefix": prefix,
        "suffix": suffix,
        "checkbox": getattr(widget, "input_type", "") == "checkbox" and not widget.use_fieldset,
    }


@register.inclusion_tag("design/form_fields.html")
def form_fields(form: Form) -> dict[str, Any]:
    """``{% form_fields form %}``: every field of a form, one under the other."""
    return {"form": form}


@register.inclusion_tag("design/error_summary.html")
def error_summary(form: Form, *, focus: bool = True) -> dict[str, Any]:
    """``{% error_summary form %}``: what is wrong, with links to the fields; it takes the focus."""
    wrong = [(form[name], errors) for name, errors in form.errors.items() if name in form.fields]
    return {"wrong": wrong, "general": form.non_field_errors(), "focus": focus}


# Blocks


def _trimmed(content: str) -> SafeString:
    # The content of a block tag is rendered already, so it is safe; strip() forgets that.
    return mark_safe(content.strip())  # noqa: S308


@register.simple_block_tag
def alert(
    content: str,
    tone: str = "info",
    *,
    title: str = "",
    dismissible: bool = False,
    role: str = "",
) -> SafeString:
    """``{% alert "caution" title=_("…") %}…{% endalert %}``; ``role="alert"`` for what is news."""
    return render_to_string(
        "design/alert.html",
        {
            "content": _trimmed(content),
            "tone": tone,
            "title": title,
            "icon_name": _ALERT_ICONS.get(tone, "info"),
            "dismissible": dismissible,
            "role": role,
        },
    )


@register.simple_block_tag
def empty(content: str, title: str, *, icon: str = "search") -> SafeString:
    """``{% empty _("No invoices yet") icon="invoice" %}what to do{% endempty %}``."""
    return render_to_string(
        "design/empty.html", {"content": _trimmed(content), "title": title, "icon_name": icon}
    )


@register.simple_block_tag
def panel(content: str, title: str = "", *, link: Link | None = None, level: int = 2) -> SafeString:
    """``{% panel _("Credit line") %}…{% endpanel %}``: a section with a border and a heading."""
    return render_to_string(
        "design/panel.html",
        {"content": _trimmed(content), "title": title, "link": link, "level": level},
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:  # noqa: A002 - the attribute's name
    """``{% dialog "hold" _("Put on hold") %}…{% enddialog %}``, opened by a button with
    ``commandfor="hold" command="show-modal"``."""
    return render_to_string(
        "design/dialog.html", {"content": _trimmed(content), "id": id, "title": title}
    )
