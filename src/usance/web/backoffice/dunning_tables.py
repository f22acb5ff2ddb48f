"""The tables of the pages about dunning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from usance.flows.dunning.outlooks import Outlook
from usance.flows.dunning.previews import Preview
from usance.records.dunning.models import DunningMessage, DunningNote, DunningTask
from usance.records.identity import public_id
from usance.rules.dunning.decide import held_by
from usance.rules.dunning.policy import DunningPolicy
from usance.rules.money import Money
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.timeline import names_of
from usance.web.design.parts import Column, Link, Noted, Row, State, Table
from usance.web.words.dunning import (
    CHANNEL_WORDS,
    HELD_WORDS,
    LEVEL_WORDS,
    OUTCOME_WORDS,
    STOP_WORDS,
    TASK_WORDS,
)


def items_table(seen: Outlook, *, currency: str) -> Table:
    """The open items of a case."""
    assert seen.account is not None
    rows = []
    for item in seen.items:
        held = held_by(item, account=seen.account)
        late = item.days_late(seen.on)
        invoice = reverse("office_invoice", args=[public_id("invoice", item.invoice_id)])
        rows.append(
            Row(
                cells=[
                    Link(item.number, invoice),
                    item.due_on,
                    late if late > 0 else None,
                    LEVEL_WORDS.get(item.level),
                    HELD_WORDS[held] if held else None,
                    Money(item.open, currency),
                ]
            )
        )
    return Table(
        caption=_("Open items"),
        columns=[
            Column(label=_("Invoice")),
            Column(label=_("Due")),
            Column(label=_("Days late"), numeric=True),
            Column(label=_("Written about")),
            Column(label=_("Left out because")),
            Column(label=_("Open"), numeric=True),
        ],
        rows=rows,
    )


def messages_table(rows: Iterable[DunningMessage]) -> Table:
    """What was sent, waits, or was stopped."""
    return Table(
        caption=_("Messages"),
        columns=[
            Column(label=_("Level")),
            Column(label=_("State")),
            Column(label=_("When")),
            Column(label=_("Channel")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    _level(row),
                    State("dunning_message", row.state)
                    if row.state != "stopped"
                    else Noted(
                        State("dunning_message", row.state), STOP_WORDS.get(row.stop_reason, "")
                    ),
                    row.sent_at or row.stopped_at or row.send_at,
                    Noted(channels(row.channels), row.sent_to)
                    if row.sent_to
                    else channels(row.channels),
                    Money(row.amount, row.currency),
                ]
            )
            for row in rows
        ],
    )


def _level(row: DunningMessage) -> object:
    """A message that was sent leads to its letter."""
    label = LEVEL_WORDS[row.level]
    if row.state != "sent":
        return label
    return Link(
        label, reverse("office_dunning_letter", args=[public_id("dunning_message", row.id)])
    )


def channels(names: Iterable[str]) -> str:
    """Channels in words."""
    return ", ".join(str(CHANNEL_WORDS[name]) for name in names)


def task_words(task: DunningTask) -> str:
    """What a task asks for."""
    return task.words or str(TASK_WORDS[task.kind])


def notes_table(desk: Desk, notes: Sequence[DunningNote]) -> Table | None:
    """What people noted."""
    if not notes:
        return None
    names = names_of(desk, {note.author for note in notes})
    return Table(
        caption=_("Contacts"),
        columns=[
            Column(label=_("When")),
            Column(label=_("Outcome")),
            Column(label=_("What was said")),
            Column(label=_("Noted by")),
        ],
        rows=[
            Row(
                cells=[
                    note.created_at,
                    Noted(OUTCOME_WORDS[note.outcome], note.contact)
                    if note.contact
                    else OUTCOME_WORDS[note.outcome],
                    note.words or None,
                    names.get(note.author, note.author),
                ]
            )
            for note in notes
        ],
    )


def steps_table(policy: DunningPolicy) -> Table:
    """The steps of a policy."""
    return Table(
        caption=_("Steps"),
        columns=[
            Column(label=_("Level")),
            Column(label=_("When")),
            Column(label=_("Channel")),
            Column(label=_("Besides")),
        ],
        rows=[
            Row(
                cells=[
                    LEVEL_WORDS[step.level],
                    when_words(step.days),
                    channels(step.channels),
                    ", ".join(
                        filter(
                            None,
                            [
                                _("only after a notice") if step.needs_notice else "",
                                _("holds the credit line") if step.hold else "",
                                _("tells %(people)s") % {"people": ", ".join(step.tell)}
                                if step.tell
                                else "",
                            ],
                        )
                    )
                    or None,
                ]
            )
            for step in policy.steps
        ],
    )


def when_words(days: int) -> str:
    """When a step comes."""
    if days == 0:
        return _("on the due date")
    if days < 0:
        return _("%(days)d days before") % {"days": -days}
    return _("%(days)d days after") % {"days": days}


def foreseen_table(seen: Preview) -> Table:
    """The first messages of a preview."""
    return Table(
        caption=_("Who would be written to"),
        columns=[
            Column(label=_("Buyer")),
            Column(label=_("Day")),
            Column(label=_("Level")),
            Column(label=_("Channel")),
            Column(label=_("Items"), numeric=True),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(
                        one.known.name,
                        reverse(
                            "office_buyer", args=[public_id("buyer", one.known.account.buyer_id)]
                        ),
                    ),
                    one.on,
                    LEVEL_WORDS[one.decision.step.level],
                    channels(one.decision.step.channels),
                    len(one.decision.items),
                    Money(one.decision.amount, one.known.account.currency),
                ]
            )
            for one in seen.shown
            if one.decision.step is not None
        ],
    )


def days_table(seen: Preview) -> Table:
    """How many messages would go out, by day."""
    rows = []
    for on in sorted({day for day, _level_ in seen.messages}):
        levels = {level: n for (day, level), n in seen.messages.items() if day == on}
        amounts = [
            Money(amount, currency)
            for (day, currency), amount in sorted(seen.amounts.items())
            if day == on
        ]
        said = ", ".join(f"{LEVEL_WORDS[level]}: {n}" for level, n in levels.items())
        amount = amounts[0] if len(amounts) == 1 else Noted(amounts[0], amounts[1])
        rows.append(Row(cells=[on, said, sum(levels.values()), amount]))
    return Table(
        caption=_("By day"),
        columns=[
            Column(label=_("Day")),
            Column(label=_("Level")),
            Column(label=_("Messages"), numeric=True),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=rows,
    )
