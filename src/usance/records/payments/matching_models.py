"""What cash application keeps: how far it may go, what it was taught, and what it proposes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states

LESSON_KINDS = ("account", "name", "text")


class MatchingRules(SellerScoped):
    """How far the seller lets the matching go (``rules.matching.model.MatchingSettings``).

    A seller without a row has the defaults of the rules. Amounts are minor units of the line's own
    currency. ``second_person_from`` is what write-offs need a second person from; null: from nothing.
    """

    self_book_from = models.IntegerField()
    tolerance_amount = models.BigIntegerField()
    tolerance_basis_points = models.IntegerField()
    charges_limit = models.BigIntegerField()
    discount_grace_days = models.IntegerField()
    large_from = models.BigIntegerField()
    book_part_payments = models.BooleanField()
    second_person_from = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "payments_matchingrules"
        constraints = [
            models.UniqueConstraint(fields=["seller"], name="payments_matchingrules_once"),
            models.CheckConstraint(
                condition=Q(self_book_from__range=(9_000, 10_000))
                & Q(tolerance_amount__gte=0)
                & Q(tolerance_basis_points__range=(0, 10_000))
                & Q(charges_limit__gte=0)
                & Q(discount_grace_days__range=(0, 60))
                & Q(large_from__gte=0),
                name="payments_matchingrules_sane",
            ),
            models.CheckConstraint(
                condition=Q(second_person_from__isnull=True) | Q(second_person_from__gte=0),
                name="payments_matchingrules_persons",
            ),
        ]


class LearntPayer(SellerScoped):
    """How often a bank account, a name or the pattern of a text was a buyer's.

    ``weight`` counts the lines that a person or a certain reference confirmed, less those undone; a
    value may speak for several buyers, as a factor's account does.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    kind = models.CharField(max_length=8)
    value = models.TextField()
    weight = models.IntegerField()

    class Meta:
        db_table = "payments_learntpayer"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "kind", "value", "buyer"], name="payments_learntpayer_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LESSON_KINDS), name="payments_learntpayer_kind"
            ),
        ]


class Proposal(SellerScoped):
    """What the matching made of the bank line of a payment, and what a person said to it.

    ``best`` and ``alternatives`` are readings as the rules wrote them (buyer, shares, confidence,
    reasons), ``held_back`` why the best did not book itself. ``booked`` did; ``open`` waits for a
    person; ``accepted`` was taken as proposed or as another reading; ``dismissed`` was not;
    ``superseded`` is one whose money was put to use otherwise; ``undone`` was booked and taken back.
    """

    payment = ScopedForeignKey("payments.Payment")
    buyer = ScopedForeignKey("parties.Buyer", null=True)
    state = models.CharField(max_length=12, default="open")
    confidence = models.IntegerField()
    rule = models.CharField(max_length=24)
    best = models.JSONField()
    alternatives = models.JSONField(default=list)
    held_back = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="")

    class Meta:
        db_table = "payments_proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "payment"],
                condition=Q(state="open"),
                name="payments_proposal_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.PROPOSAL_STATES), name="payments_proposal_state"
            ),
            models.CheckConstraint(
                condition=Q(confidence__range=(0, 10_000)), name="payments_proposal_confidence"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "payment"], name="payments_proposal_by_payment"),
            models.Index(
                fields=["seller", "-confidence", "id"],
                condition=Q(state="open"),
                name="payments_proposal_waiting",
            ),
        ]


class WaitingLine(SellerScoped):
    """A bank line by which money came in and that nobody has settled: made no payment of, not claimed,
    not split. Kept by the database with the line itself, and gone in the transaction that settles it
    (``sql/waiting_lines.sql``), so that what waits is found among millions of lines.
    """

    bank_transaction = ScopedForeignKey("payments.BankTransaction")
    booked_on = models.DateField()

    class Meta:
        db_table = "payments_waitingline"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "bank_transaction"], name="payments_waitingline_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["seller", "booked_on", "bank_transaction"],
                name="payments_waitingline_oldest",
            )
        ]


class SetAsideLine(SellerScoped):
    """A bank line whose booking failed, so that the lines after it went on without it.

    ``reason`` is what went wrong, ``code`` its kind. From ``again_at`` on the line is tried again; once
    it has become a payment, this row is gone.
    """

    bank_transaction = ScopedForeignKey("payments.BankTransaction")
    code = models.TextField()
    reason = models.TextField()
    attempts = models.IntegerField(default=1)
    tried_at = models.DateTimeField()
    again_at = models.DateTimeField()

    class Meta:
        db_table = "payments_setasideline"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "bank_transaction"], name="payments_setasideline_once"
            ),
            models.CheckConstraint(
                condition=Q(attempts__gt=0), name="payments_setasideline_attempts"
            ),
        ]
