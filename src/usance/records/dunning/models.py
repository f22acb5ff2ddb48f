"""What is done about invoices that are not paid: policies, cases, messages, what people do and note.

Amounts are minor units.
"""

from __future__ import annotations

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from usance.records.dunning.handover_models import (
    DunningClaim,
    DunningClaimFile,
    DunningHandover,
)
from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states
from usance.rules.dunning.policy import LEVELS

__all__ = [
    "OUTCOMES",
    "TASK_KINDS",
    "DunningCase",
    "DunningClaim",
    "DunningClaimFile",
    "DunningHandover",
    "DunningMessage",
    "DunningNote",
    "DunningPolicy",
    "DunningRun",
    "DunningStep",
    "DunningTask",
]

TASK_KINDS: Final = ("call", "post_letter", "no_address", "hand_over", "tell")
OUTCOMES: Final = ("reached", "not_reached", "will_pay", "promised", "disputes", "other")


class DunningPolicy(SellerScoped):
    """One version of a policy; ``document`` is what ``rules.dunning`` reads. It is never changed: another
    version is written. It is switched on only after it was previewed as it is."""

    name = models.CharField(max_length=40)
    version = models.IntegerField(default=1)
    state = models.CharField(max_length=8, default="draft")
    position = models.IntegerField(default=100)
    document = models.JSONField()
    author = models.TextField(default="")
    previewed_at = models.DateTimeField(null=True)
    previewed_by = models.TextField(default="")
    active_since = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dunning_policy"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "name", "version"], name="dunning_policy_version_once"
            ),
            models.UniqueConstraint(
                fields=["seller", "name"],
                condition=Q(state="active"),
                name="dunning_policy_active_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.DUNNING_POLICY_STATES),
                name="dunning_policy_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="active")
                | (Q(previewed_at__isnull=False) & Q(active_since__isnull=False)),
                name="dunning_policy_previewed",
            ),
        ]


class DunningCase(SellerScoped):
    """What was done about one account, from its first overdue item on; once an account.

    ``level`` is the highest of its last message. Up to ``paused_until``, that day included, nothing is
    sent, for the reason that a person gave.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    currency = models.CharField(max_length=3)
    level = models.CharField(max_length=12, default="")
    last_on = models.DateField(null=True)
    paused_until = models.DateField(null=True)
    pause_reason = models.TextField(default="")
    paused_by = models.TextField(default="")

    class Meta:
        db_table = "dunning_case"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer", "currency"], name="dunning_case_once"
            ),
            models.CheckConstraint(
                condition=Q(paused_until__isnull=True) | ~Q(pause_reason=""),
                name="dunning_case_pause_has_reason",
            ),
        ]


class DunningRun(SellerScoped):
    """One look at every account on the day ``on``. ``after`` is the last buyer looked at, from which a
    run that was stopped goes on; ``waits`` counts the accounts not written to by the reason.

    It begins behind ``began_after``, where a run that never came to its end left off, so that the same
    buyers are not always the last; at the end it has ``wrapped`` and goes on from the first.
    """

    on = models.DateField()
    started_by = models.TextField(default="")
    scheduled = models.BooleanField(default=False)
    buyers_total = models.IntegerField(default=0)
    buyers_done = models.IntegerField(default=0)
    messages = models.IntegerField(default=0)
    waits = models.JSONField(default=dict)
    began_after = models.UUIDField(null=True)
    after = models.UUIDField(null=True)
    wrapped = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dunning_run"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "on"], condition=Q(scheduled=True), name="dunning_run_once"
            )
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="dunning_run_latest"),
            models.Index(
                fields=["seller", "id"],
                condition=Q(finished_at__isnull=True),
                name="dunning_run_unfinished",
            ),
        ]


class DunningMessage(SellerScoped):
    """A message to an account: queued until ``send_at``, then sent, or stopped and why.

    ``items`` are what it is about and what it shows beside, as they stood when it was sent. ``sent_to``
    is the address, empty where no mail went out.
    """

    case = ScopedForeignKey(DunningCase)
    buyer = ScopedForeignKey("parties.Buyer")
    policy = ScopedForeignKey(DunningPolicy)
    run = ScopedForeignKey(DunningRun, null=True)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, default="queued")
    level = models.CharField(max_length=12)
    channels = ArrayField(models.CharField(max_length=8))
    on = models.DateField()
    send_at = models.DateTimeField()
    amount = models.BigIntegerField()
    items = models.JSONField(default=list)
    language = models.CharField(max_length=8, default="en")
    subject = models.TextField(default="")
    body = models.TextField(default="")
    sent_to = models.TextField(default="")
    sent_at = models.DateTimeField(null=True)
    mail_id = models.UUIDField(null=True)
    pay_link = ScopedForeignKey("collections.PayLink", null=True)
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=16, default="")

    class Meta:
        db_table = "dunning_message"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.DUNNING_MESSAGE_STATES)
                & Q(amount__gt=0)
                & Q(level__in=LEVELS),
                name="dunning_message_state",
            ),
            # One waits at most, and one a day goes out, however often the day comes.
            models.UniqueConstraint(
                fields=["seller", "case"],
                condition=Q(state="queued"),
                name="dunning_message_queued_once",
            ),
            models.UniqueConstraint(
                fields=["seller", "case", "on"],
                condition=~Q(state="stopped"),
                name="dunning_message_day_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "send_at", "id"],
                condition=Q(state="queued"),
                name="dunning_message_due",
            ),
            models.Index(fields=["seller", "buyer", "-id"], name="dunning_message_by_buyer"),
            models.Index(fields=["seller", "run"], name="dunning_message_by_run"),
        ]


class DunningStep(SellerScoped):
    """That an item was written about at a level: at most once each. Taken back only with a message that
    was stopped before it went out."""

    message = ScopedForeignKey(DunningMessage)
    invoice = ScopedForeignKey("invoices.Invoice")
    due_on = models.DateField()
    level = models.CharField(max_length=12)

    class Meta:
        db_table = "dunning_step"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "invoice", "due_on", "level"], name="dunning_step_once"
            ),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="dunning_step_level"),
        ]
        indexes = [models.Index(fields=["seller", "message"], name="dunning_step_of")]


class DunningTask(SellerScoped):
    """Something that a person is to do about a case, by the day ``due_on``."""

    case = ScopedForeignKey(DunningCase)
    buyer = ScopedForeignKey("parties.Buyer")
    message = ScopedForeignKey(DunningMessage, null=True)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=8, default="open")
    words = models.TextField(default="")
    due_on = models.DateField()
    done_by = models.TextField(default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dunning_task"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.DUNNING_TASK_STATES) & Q(kind__in=TASK_KINDS),
                name="dunning_task_state",
            ),
            models.CheckConstraint(
                condition=Q(state="open", done_at__isnull=True)
                | (~Q(state="open") & Q(done_at__isnull=False)),
                name="dunning_task_done",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "case"], name="dunning_task_of"),
            models.Index(
                fields=["seller", "due_on"], condition=Q(state="open"), name="dunning_task_open"
            ),
        ]


class DunningNote(SellerScoped):
    """What a person noted of a contact with the buyer. Never changed."""

    case = ScopedForeignKey(DunningCase)
    buyer = ScopedForeignKey("parties.Buyer")
    outcome = models.CharField(max_length=12)
    contact = models.TextField(default="")
    words = models.TextField(default="")
    author = models.TextField()

    class Meta:
        db_table = "dunning_note"
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="dunning_note_outcome")
        ]
        indexes = [models.Index(fields=["seller", "case", "-id"], name="dunning_note_of")]
