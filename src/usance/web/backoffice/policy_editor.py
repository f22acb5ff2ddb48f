"""The editor of a policy: the forms of what was typed, what is wrong with it, and the document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from usance.flows.policies import read_policy
from usance.records.parties.models import Seller
from usance.rules.credit.policy import InvalidPolicy, Policy
from usance.rules.credit.policy_rules import KINDS
from usance.web.backoffice.policy_draft import PolicyDraft, RuleDraft, written
from usance.web.backoffice.policy_fields import RuleForm, SettingsForm, ValueForm
from usance.web.backoffice.policy_inputs import form_arguments
from usance.web.backoffice.policy_rows import RowForm
from usance.web.words.policies import KIND_MEANINGS, KIND_NAMES


@dataclass
class Caret:
    """The line of a text in which something is wrong, and a mark under the place."""

    line: str
    mark: str
    field: str = ""


@dataclass
class Card:
    """One rule in the editor."""

    place: int
    draft: RuleDraft
    form: RuleForm
    rows: list[RowForm]
    caret: Caret | None = None

    @property
    def anchor(self) -> str:
        """The id of its place on the page."""
        return f"r{self.place}"

    @property
    def when_caret(self) -> Caret | None:
        """The mark below its condition."""
        return self.caret if self.caret and self.caret.field == "when" else None

    @property
    def amount_caret(self) -> Caret | None:
        """The mark below its amount."""
        return self.caret if self.caret and self.caret.field == "formula" else None

    @property
    def title(self) -> str:
        """Its name as it was typed, or its kind."""
        return str(self.draft.typed.get("name") or KIND_NAMES[self.draft.kind])

    @property
    def kind(self) -> str:
        """What kind of rule it is."""
        return str(KIND_NAMES[self.draft.kind])

    @property
    def meaning(self) -> str:
        """What this kind of rule does."""
        return str(KIND_MEANINGS[self.draft.kind])

    @property
    def wrong(self) -> list[str]:
        """What is wrong with it as a whole."""
        return [str(error) for error in self.form.non_field_errors()] if self.form.is_bound else []

    @property
    def details(self) -> list[Any]:
        """Its fields besides name, condition and note."""
        return [
            self.form[name] for name in self.form.fields if name not in ("name", "when", "note")
        ]


@dataclass
class ValueCard:
    """One value in the editor."""

    place: int
    form: ValueForm
    caret: Caret | None = None


@dataclass(frozen=True)
class SettingField:
    """A setting with the unit before or after it."""

    bound: Any
    prefix: str
    suffix: str


@dataclass
class Editor:
    """The forms of a draft, checked where ``checked`` is set."""

    seller: Seller
    draft: PolicyDraft
    checked: bool
    settings: SettingsForm
    values: list[ValueCard]
    cards: list[Card]
    general: list[str] = field(default_factory=list)
    policy: Policy | None = None

    @property
    def setting_names(self) -> list[SettingField]:
        """The settings that are not ticked, in order, with their units."""
        names = ["overdue_days", "over_limit", "terms", "authorization_days"]
        return [
            SettingField(
                self.settings[name],
                prefix=getattr(self.settings.fields[name], "affix", ""),
                suffix=str(self.settings.affixes.get(name, "")),
            )
            for name in (*names, *self.settings.amounts)
        ]

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """What is wrong, each with the id of its place: for the summary above the form."""
        found = [("", text) for text in self.general]
        for name, errors in self.settings.errors.items() if self.checked else ():
            bound = self.settings[name]
            found += [(bound.id_for_label, f"{bound.label}: {text}") for text in errors]
        for value in self.values if self.checked else ():
            found += _mistakes_of(
                value.form,
                _("Value %(name)s") % {"name": value.form["name"].value() or value.place + 1},
                f"v{value.place}",
            )
        for card in self.cards if self.checked else ():
            found += _mistakes_of(card.form, card.title, f"r{card.place}")
            for row in card.rows:
                found += _mistakes_of(row, card.title, f"r{card.place}")
        return found


def _mistakes_of(form: Any, title: str, place: str) -> list[tuple[str, str]]:
    found = []
    for name, errors in form.errors.items():
        if name == "__all__":
            found += [(place, f"{title}: {text}") for text in errors]
        else:
            bound = form[name]
            found += [
                (bound.id_for_label or bound.auto_id, f"{title}, {bound.label}: {text}")
                for text in errors
            ]
    return found


def editor_of(seller: Seller, draft: PolicyDraft, *, check: bool) -> Editor:
    """The forms of ``draft``; with ``check`` they say what is wrong, and make a policy if nothing is."""
    currency = seller.currency
    settings = SettingsForm(
        **form_arguments(draft.settings, "s", bound=check),
        currencies=dict.fromkeys([currency, *draft.currencies]),
    )
    editor = Editor(
        seller,
        draft,
        check,
        settings,
        [
            ValueCard(n, ValueForm(**form_arguments(typed, f"v{n}", bound=check)))
            for n, typed in enumerate(draft.values)
        ],
        [_card(n, rule, currency=currency, bound=check) for n, rule in enumerate(draft.rules)],
    )
    if check:
        _check(editor)
    return editor


def _card(n: int, rule: RuleDraft, *, currency: str, bound: bool) -> Card:
    return Card(
        n,
        rule,
        RuleForm(
            **form_arguments(rule.typed, f"r{n}", bound=bound),
            kind=rule.kind,
            currency=currency,
            as_text=rule.as_text,
        ),
        []
        if rule.as_text
        else [
            RowForm(
                **form_arguments(row, f"r{n}c{m}", bound=bound), kind=rule.kind, currency=currency
            )
            for m, row in enumerate(rule.rows)
        ],
    )


def _check(editor: Editor) -> None:
    """Ask every form, then the policy they make together, rule by rule."""
    sound = editor.settings.is_valid()
    for value in editor.values:
        sound = value.form.is_valid() and sound
    for card in editor.cards:
        rows = [row.is_valid() for row in card.rows]
        sound = card.form.is_valid() and all(rows) and sound
    values = {
        card.form.cleaned_data["name"]: card.form.cleaned_data["text"]
        for card in editor.values
        if not card.form.errors
    }
    rules = []
    for card in editor.cards:
        if card.form.errors or any(row.errors for row in card.rows):
            continue
        document = _document(card)
        rules.append(document)
        try:
            read_policy(editor.seller, {"values": values, "rules": [document]})
        except InvalidPolicy as error:
            sound = False
            _place(editor, error, card)
    if not sound:
        return
    try:
        editor.policy = read_policy(
            editor.seller, editor.settings.document() | {"values": values, "rules": rules}
        )
    except InvalidPolicy as error:
        named = [card for card in editor.cards if card.form.cleaned_data["name"] == error.rule]
        _place(editor, error, named[-1] if named else None)


def _document(card: Card) -> dict[str, Any]:
    if card.draft.as_text:
        when = card.form.cleaned_data["when"]
    else:
        when = written([row.comparison() for row in card.rows], card.draft)
    return card.form.document(when)


def _place(editor: Editor, error: InvalidPolicy, card: Card | None) -> None:
    """Tell ``error`` where it is."""
    said = error.problem
    if error.line is not None and error.column is not None:
        said = _("Line %(line)s, column %(column)s: %(problem)s") % {
            "line": error.line,
            "column": error.column,
            "problem": said,
        }
    if error.field == "values":
        for value in editor.values:
            if value.form.cleaned_data.get("name") == error.rule and not value.form.errors:
                value.form.add_error("text", said)
                value.caret = _caret(
                    value.form.cleaned_data.get("text") or str(value.form["text"].value()), error
                )
        return
    if card is None:
        editor.general.append(said)
        return
    name = {"when": "when", "amount": "formula"}.get(error.field)
    if name in card.form.fields:
        text = str(card.form[name].value() or "")
        card.caret = _caret(text, error, field=name)
        card.form.add_error(name, said)
    else:
        card.form.add_error(None, said)


def _caret(text: str, error: InvalidPolicy, *, field: str = "") -> Caret | None:
    lines = text.split("\n")
    if not error.line or not error.column or error.line > len(lines):
        return None
    line = lines[error.line - 1].rstrip("\r")
    # A tab before the place is kept, so that the mark stands under it.
    before = re.sub(r"[^\t]", " ", line[: error.column - 1])
    return Caret(line, f"{before.ljust(error.column - 1)}^", field)


def kinds() -> list[tuple[str, str, str]]:
    """The kinds of rules there are: code, name and meaning."""
    return [(kind, str(KIND_NAMES[kind]), str(KIND_MEANINGS[kind])) for kind in KINDS]
