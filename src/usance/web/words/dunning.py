"""Dunning in words: levels, channels, why somebody is on a list, why nothing was sent, what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from usance.web.words.telling import Telling

LEVEL_WORDS: Final[Mapping[str, Promise]] = {
    "friendly": pgettext_lazy("dunning", "Friendly reminder"),
    "due_today": pgettext_lazy("dunning", "Due today"),
    "notice_1": pgettext_lazy("dunning", "First notice"),
    "notice_2": pgettext_lazy("dunning", "Second notice"),
    "notice_3": pgettext_lazy("dunning", "Third notice"),
    "formal": pgettext_lazy("dunning", "Formal notice"),
    "final": pgettext_lazy("dunning", "Final demand"),
    "handover": pgettext_lazy("dunning", "Hand-over"),
}
CHANNEL_WORDS: Final[Mapping[str, Promise]] = {
    "email": pgettext_lazy("dunning", "E-mail"),
    "portal": pgettext_lazy("dunning", "Notice in the account"),
    "letter": pgettext_lazy("dunning", "Letter to be posted"),
    "task": pgettext_lazy("dunning", "Task for a person"),
    "webhook": pgettext_lazy("dunning", "Event for your programs"),
}
REASON_WORDS: Final[Mapping[str, Promise]] = {
    "task_due": _("A task is due"),
    "promise_broken": _("Broke a promise"),
    "debit_failed": _("A debit came back"),
    "no_address": _("Has no e-mail address"),
    "long_overdue": _("More than 30 days late"),
    "unanswered": _("Has not answered the last notice"),
    "often_late": _("Likely to pay late by its score"),
    "overdue": _("Overdue"),
    "falls_due": _("Falls due within a week"),
}
WAIT_WORDS: Final[Mapping[str, Promise]] = {
    "nothing_due": _("No step has come for any item"),
    "held": _(
        "What is due is in dispute, promised, handed over, about to be paid, or may be paid already"
    ),
    "paused": _("Paused by hand"),
    "money_here": _("Money of this buyer's is not assigned yet"),
    "too_soon": _("The last message is too recent"),
    "below_minimum": _("Too little to write about"),
    "quiet_day": _("Nobody is written to today"),
    "no_policy": _("No policy is for this account"),
}
STOP_WORDS: Final[Mapping[str, Promise]] = {
    **WAIT_WORDS,
    "paid": _("Paid before it went out"),
    "policy_off": _("Its policy was switched off"),
}
HELD_WORDS: Final[Mapping[str, Promise]] = {
    "handed_over": _("With a collection agency"),
    "dispute": _("In dispute"),
    "promise": _("Promised"),
    "on_its_way": _("Payment on its way"),
    "may_be_paid": _("Perhaps paid by money that is not assigned"),
}
TASK_WORDS: Final[Mapping[str, Promise]] = {
    "call": _("Speak to the buyer"),
    "post_letter": _("Print and post the letter"),
    "no_address": _("Find an e-mail address: the message could not be sent"),
    "hand_over": _("Hand the claim over for recovery"),
    "tell": _("Tell the sales person"),
}
OUTCOME_WORDS: Final[Mapping[str, Promise]] = {
    "reached": _("Reached"),
    "not_reached": _("Not reached"),
    "will_pay": _("Says that it will pay"),
    "promised": _("Promised a day"),
    "disputes": _("Does not agree to owe it"),
    "other": _("Something else"),
}

DUNNING_TELLINGS: Final[Mapping[str, Telling]] = {
    "dunning.sent": Telling(_("A dunning message about %(amount)s was sent"), "send", "caution"),
    "dunning.stopped": Telling(_("A dunning message was stopped before it went out"), "ban"),
    "dunning_run.finished": Telling(
        _("Dunning looked at %(buyers)s buyers and queued %(messages)s messages"), "check"
    ),
    "dunning_policy.drafted": Telling(_("The dunning policy %(name)s was written"), "edit"),
    "dunning_policy.switched_on": Telling(
        _("The dunning policy %(name)s was switched on"), "check-circle", "positive"
    ),
    "dunning_policy.switched_off": Telling(
        _("The dunning policy %(name)s was switched off"), "pause"
    ),
    "dunning_case.paused": Telling(_("Dunning was paused until %(until)s"), "pause", "caution"),
    "dunning_case.resumed": Telling(_("Dunning goes on"), "arrow-right"),
    "dunning_case.noted": Telling(_("A contact with the buyer was noted"), "person", "info"),
    "dunning_case.task_added": Telling(_("A task was planned for %(due_on)s"), "calendar"),
    "dunning_handover.made": Telling(
        _("Invoices over %(amount)s were handed over to %(agency)s"), "send", "special"
    ),
    "dunning_handover.taken_back": Telling(
        _("The hand-over to %(agency)s was taken back"), "return", "caution"
    ),
    "dunning_handover.settled": Telling(
        _("%(amount)s less is owed of what was handed over to %(agency)s"), "payment", "positive"
    ),
    "dunning_handover.owed_again": Telling(
        _("%(amount)s is owed again of what was handed over to %(agency)s"), "return", "caution"
    ),
    "dunning_case.task_done": Telling(_("A task was done"), "check", "positive"),
    "dunning_case.task_dropped": Telling(_("A task was dropped"), "ban"),
}

DUNNING_REFUSALS: Final[Mapping[str, Promise]] = {
    "no_dunning_policy": _("No dunning policy is switched on. Preview one and switch it on first."),
    "dunning_policy_not_previewed": _(
        "Look first at whom this policy would write to. Then it can be switched on."
    ),
    "invalid_pause": _("Give a reason, and a day from today on, within a year."),
    "nothing_to_hand_over": _(
        "Nothing of this account is overdue and free: not in dispute, promised, about to be paid or"
        " handed over already."
    ),
    "too_many_claims": _("At most 500 invoices are handed over at once. Name those that you want."),
    "invalid_handover": _("Name the agency, and give a reason where you take it back."),
    "invalid_note": _("Say how the contact ended, in at most 4000 characters."),
    "letter_overtaken": _(
        "What this letter demands is paid, in dispute or promised since. Do not post it."
    ),
    "letter_unavailable": _("The letter cannot be set as it is."),
}

PLACEHOLDER_WORDS: Final[Mapping[str, Promise]] = {
    "seller": _("Your name"),
    "buyer": _("The buyer's name"),
    "total": _("What the message is about, with its currency"),
    "count": _("How many items it is about"),
    "oldest_days": _("Days since the oldest of them fell due"),
    "due_on": _("The day on which the first of them falls or fell due"),
    "pay_by": _("The day by which it asks for payment"),
    "contact": _("Whom to reach at your company, and how"),
}
