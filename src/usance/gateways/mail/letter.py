"""A letter as text and as HTML that mail programs show: tables, styles in place, no pictures.

Colours hold on a light and on a dark ground; mail programs turn them as they see fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final


@dataclass(frozen=True, slots=True)
class Action:
    """What the letter asks for: a button, written out as an address in the text."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under ``heads``; the columns from ``figures`` on are figures and stand at the right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: int = 1
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A short letter. ``code`` is shown large; ``facts`` are pairs of name and value, ``tables`` follow
    them.

    ``second`` is what one may do instead of the action, without a button. ``quoted`` is what a person
    wrote, set apart. ``closing`` stands small at the end.
    """

    language: str
    sender: str
    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    code: str = ""
    quoted: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    action: Action | None = None
    second: Action | None = None
    after: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()


_INK: Final = "#1b2430"
_QUIET: Final = "#5b6675"
_LINE: Final = "#d9dee5"
_GROUND: Final = "#f3f5f8"
_ACCENT: Final = "#1f4fd8"
_FONT: Final = (
    "font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans',"
    "'Noto Sans Devanagari',Arial,sans-serif"
)


def render_text(letter: Letter) -> str:
    """The letter as plain text, lines left to the reader's own width."""
    parts = [letter.greeting, *letter.paragraphs]
    if letter.code:
        parts.append(f"    {letter.code}")
    if letter.quoted:
        parts.append("\n".join(f"> {line}" for line in letter.quoted.splitlines()))
    if letter.facts:
        parts.append("\n".join(f"{name}: {value}" for name, value in letter.facts))
    parts += [_plain_table(table) for table in letter.tables]
    if letter.action:
        parts.append(f"{letter.action.label}:\n{letter.action.href}")
    if letter.second:
        parts.append(f"{letter.second.label}:\n{letter.second.href}")
    parts += letter.after
    parts.append(letter.sender)
    if letter.closing:
        parts.append("-- \n" + "\n".join(letter.closing))
    return "\n\n".join(parts) + "\n"


def render_html(letter: Letter) -> str:
    """The letter as one HTML document. Every text is escaped."""
    rows = [_paragraph(letter.greeting)]
    rows += [_paragraph(text) for text in letter.paragraphs]
    if letter.code:
        rows.append(
            f'<p style="margin:0 0 20px;padding:14px 18px;background:{_GROUND};border-radius:8px;'
            "font:600 28px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:6px;"
            f'text-align:center;color:{_INK}">{escape(letter.code)}</p>'
        )
    if letter.quoted:
        rows.append(
            f'<blockquote style="margin:0 0 20px;padding:4px 0 4px 16px;border-left:3px solid {_LINE};'
            f'color:{_INK};white-space:pre-line">{escape(letter.quoted)}</blockquote>'
        )
    if letter.facts:
        rows.append(_facts(letter.facts))
    rows += [_table(table) for table in letter.tables]
    if letter.action:
        rows.append(_button(letter.action))
    if letter.second:
        rows.append(_link(letter.second))
    rows += [_paragraph(text) for text in letter.after]
    foot = "".join(f'<p style="margin:0 0 6px">{escape(text)}</p>' for text in letter.closing)
    language = escape(letter.language, quote=True)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(letter.subject)}</title></head>"
        f'<body style="margin:0;padding:0;background:{_GROUND}">'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        f'style="background:{_GROUND}">'
        '<tr><td align="center" style="padding:24px 12px">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        f'style="max-width:560px;background:#ffffff;border:1px solid {_LINE};border-radius:12px">'
        f'<tr><td style="padding:20px 28px;border-bottom:1px solid {_LINE};{_FONT};'
        f'font-size:16px;font-weight:600;color:{_INK}">{escape(letter.sender)}</td></tr>'
        f'<tr><td style="padding:24px 28px 12px;{_FONT};font-size:16px;line-height:1.5;color:{_INK}">'
        f'<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3;color:{_INK}">'
        f"{escape(letter.subject)}</h1>{''.join(rows)}</td></tr>"
        f'<tr><td style="padding:14px 28px 18px;border-top:1px solid {_LINE};{_FONT};'
        f'font-size:13px;line-height:1.45;color:{_QUIET}">{foot}</td></tr>'
        "</table></td></tr></table></body></html>"
    )


def _paragraph(text: str) -> str:
    return f'<p style="margin:0 0 16px">{escape(text)}</p>'


def _facts(facts: tuple[tuple[str, str], ...]) -> str:
    rows = "".join(
        f'<tr><th align="left" scope="row" style="padding:6px 16px 6px 0;font-weight:400;color:{_QUIET};'
        f'vertical-align:top">{escape(name)}</th>'
        f'<td style="padding:6px 0;color:{_INK}">{escape(value)}</td></tr>'
        for name, value in facts
    )
    return f'<table cellpadding="0" cellspacing="0" style="margin:0 0 20px">{rows}</table>'


def _plain_table(table: Table) -> str:
    """One line a row, each figure behind its name, as columns do not hold in every mail program."""
    lines = [f"{table.heading}:"] if table.heading else []
    for row in table.rows:
        named = [
            f"{head}: {value}" if head else value
            for head, value in zip(table.heads, row, strict=True)
            if value
        ]
        lines.append("- " + ", ".join(named))
    return "\n".join(lines)


def _table(table: Table) -> str:
    def cells(tag: str, values: tuple[str, ...], style: str) -> str:
        return "".join(
            f'<{tag} align="{"right" if place >= table.figures else "left"}" style="{style}">'
            f"{escape(value)}</{tag}>"
            for place, value in enumerate(values)
        )

    edge = f"padding:6px 8px 6px 0;border-bottom:1px solid {_LINE};vertical-align:top"
    head = cells("th", table.heads, f"{edge};font-weight:400;font-size:13px;color:{_QUIET}")
    body = "".join(
        f"<tr>{cells('td', row, f'{edge};font-size:14px;color:{_INK}')}</tr>" for row in table.rows
    )
    heading = (
        f'<p style="margin:0 0 4px;font-weight:600">{escape(table.heading)}</p>'
        if table.heading
        else ""
    )
    return (
        f'{heading}<table width="100%" cellpadding="0" cellspacing="0" '
        f'style="margin:0 0 20px;border-collapse:collapse"><tr>{head}</tr>{body}</table>'
    )


def _link(action: Action) -> str:
    href = escape(action.href, quote=True)
    return f'<p style="margin:0 0 16px"><a href="{href}">{escape(action.label)}</a></p>'


def _button(action: Action) -> str:
    href = escape(action.href, quote=True)
    return (
        f'<p style="margin:0 0 8px"><a href="{href}" style="display:inline-block;padding:12px 20px;'
        f"background:{_ACCENT};color:#ffffff;text-decoration:none;border-radius:8px;"
        f'font-weight:600">{escape(action.label)}</a></p>'
        f'<p style="margin:0 0 20px;font-size:13px;color:{_QUIET};word-break:break-all">{href}</p>'
    )
