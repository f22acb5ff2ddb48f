"""Programmes of early money, the advances made of them, and what partners are told and tell.

Amounts are minor units; rates are basis points. References of a partner's objects are opaque texts.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states
from usance.rules.funding.choice import KINDS

INSTRUCTIONS = ("request", "cancel", "dilution", "repayment", "recourse", "reclaim")


class FundingProgram(SellerScoped):
    """On what conditions invoices are funded, and by whom. ``place`` orders the programmes: the first
    whose ``condition`` holds and whose limits bear an invoice takes it.

    ``own_book`` has no partner: what it takes waits for the buyer. ``insured_share`` is what an
    insurer pays of what is not paid, ``premium`` what that costs of the insured amount, and
    ``claim_days`` after how many days past due the insurer is asked; 0 without a policy.
    """

    connection = ScopedForeignKey("connections.Connection", null=True)
    name = models.TextField()
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=8, default="active")
    place = models.IntegerField(default=0)
    condition = models.TextField(default="")
    currency = models.CharField(max_length=3)
    rate = models.IntegerField(default=0)
    flat_fee = models.IntegerField(default=0)
    period_fee = models.IntegerField(default=0)
    interest = models.IntegerField(default=0)
    minimum_fee = models.BigIntegerField(default=0)
    recourse_days = models.IntegerField(default=60)
    total_limit = models.BigIntegerField(null=True)
    buyer_limit = models.BigIntegerField(null=True)
    concentration = models.IntegerField(null=True)
    smallest = models.BigIntegerField(null=True)
    oldest_days = models.IntegerField(null=True)
    longest_days = models.IntegerField(null=True)
    insurer = models.TextField(default="")
    insured_share = models.IntegerField(default=0)
    premium = models.IntegerField(default=0)
    claim_days = models.IntegerField(default=0)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "funding_program"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="funding_program_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.FUNDING_PROGRAM_STATES), name="funding_program_state"
            ),
            models.CheckConstraint(
                condition=Q(kind="own_book", connection__isnull=True, rate=0)
                | (Q(kind__in=KINDS[1:]) & Q(connection__isnull=False) & Q(rate__gt=0)),
                name="funding_program_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    rate__lte=10_000,
                    flat_fee__gte=0,
                    period_fee__gte=0,
                    interest__gte=0,
                    minimum_fee__gte=0,
                    recourse_days__gte=0,
                    insured_share__gte=0,
                    insured_share__lte=10_000,
                    premium__gte=0,
                ),
                name="funding_program_terms",
            ),
        ]
        indexes = [models.Index(fields=["seller", "place", "id"], name="funding_program_in_order")]


class Advance(SellerScoped):
    """Money on one invoice before its buyer pays.

    ``base`` was outstanding when it was made, and ``credited_before`` and ``written_off_before`` had
    become of the invoice by then. ``advanced`` less ``fee`` is paid out, ``reserve`` stays back. The
    terms are those of the moment: a programme that changes later changes none of them. ``diluted``,
    ``repaid``, ``recoursed`` and ``absorbed`` say how it ended, in parts; the database computes what is
    ``still_out``, which stands on the buyer's FUNDING account.
    """

    program = ScopedForeignKey(FundingProgram)
    invoice = ScopedForeignKey("invoices.Invoice")
    buyer = ScopedForeignKey("parties.Buyer")
    connection = ScopedForeignKey("connections.Connection")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=12, default="eligible")
    currency = models.CharField(max_length=3)
    base = models.BigIntegerField()
    credited_before = models.BigIntegerField(default=0)
    written_off_before = models.BigIntegerField(default=0)
    advanced = models.BigIntegerField()
    reserve = models.BigIntegerField()
    fee = models.BigIntegerField()
    premium = models.BigIntegerField(default=0)
    interest_rate = models.IntegerField(default=0)
    interest = models.BigIntegerField(default=0)
    expected_on = models.DateField()
    recourse_on = models.DateField()
    insured_share = models.IntegerField(default=0)
    claim_on = models.DateField(null=True)
    annual_rate = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    diluted = models.BigIntegerField(default=0)
    repaid = models.BigIntegerField(default=0)
    recoursed = models.BigIntegerField(default=0)
    absorbed = models.BigIntegerField(default=0)
    is_out = models.BooleanField(default=False)
    still_out = models.GeneratedField(
        expression=models.Case(
            models.When(
                is_out=True,
                then=F("advanced") - F("diluted") - F("repaid") - F("recoursed") - F("absorbed"),
            ),
            default=models.Value(0),
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    reserve_released = models.BigIntegerField(default=0)
    collected = models.BigIntegerField(default=0)
    claimed = models.BigIntegerField(default=0)
    compensated = models.BigIntegerField(default=0)
    recourse_asked = models.BooleanField(default=False)
    reference = models.TextField(default="")
    payout_reference = models.TextField(default="")
    requested_at = models.DateTimeField(null=True)
    paid_out_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    reason_code = models.TextField(default="")
    reason = models.TextField(default="")
    look_at = models.DateTimeField(null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "funding_advance"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.ADVANCE_STATES), name="funding_advance_state"
            ),
            models.CheckConstraint(
                condition=Q(advanced__gt=0)
                & Q(base__gte=F("advanced"))
                & Q(fee__gte=0)
                & Q(fee__lt=F("advanced"))
                & Q(diluted__gte=0)
                & Q(repaid__gte=0)
                & Q(recoursed__gte=0)
                & Q(absorbed__gte=0)
                & Q(advanced__gte=F("diluted") + F("repaid") + F("recoursed") + F("absorbed")),
                name="funding_advance_amounts",
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="funding_advance_external_id_once"
            ),
            models.UniqueConstraint(
                fields=["seller", "connection", "reference"],
                condition=~Q(reference=""),
                name="funding_advance_reference_once",
            ),
            # An invoice is never funded twice at a time.
            models.UniqueConstraint(
                fields=["seller", "invoice"],
                condition=~Q(state__in=("declined", "canceled")),
                name="funding_advance_one_live",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "invoice"], name="funding_advance_of"),
            models.Index(fields=["seller", "program", "state"], name="funding_advance_in_use"),
            models.Index(
                fields=["seller", "look_at"],
                name="funding_advance_look",
                condition=Q(look_at__isnull=False),
            ),
        ]


class FundingInstruction(SellerScoped):
    """One thing that a partner is told, asked for until it answers. Its id is the idempotency key.

    ``asked_at`` is set while it is not known whether the partner took it: then it is told the same
    again, amounts and day included.
    """

    advance = ScopedForeignKey(Advance)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="queued")
    amount = models.BigIntegerField(default=0)
    interest = models.BigIntegerField(default=0)
    on = models.DateField(null=True)
    offer = models.JSONField(null=True)
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    author = models.TextField(default="")
    reason_code = models.TextField(default="")
    reason = models.TextField(default="")

    class Meta:
        db_table = "funding_instruction"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.FUNDING_INSTRUCTION_STATES),
                name="funding_instruction_state",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=INSTRUCTIONS), name="funding_instruction_kind"
            ),
            # One at a time, so that each is told of an advance that stands as it was meant for.
            models.UniqueConstraint(
                fields=["seller", "advance"],
                condition=Q(state="queued"),
                name="funding_instruction_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "due_at"],
                name="funding_instruction_due",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(fields=["seller", "advance"], name="funding_instruction_of"),
        ]


class FundingEvent(SellerScoped):
    """A notice of a partner, stored first and worked on after. The same one is taken once."""

    connection = ScopedForeignKey("connections.Connection")
    partner_id = models.TextField()
    type = models.TextField()
    reference = models.TextField(default="")
    own_reference = models.TextField(default="")
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    result = models.TextField(default="")

    class Meta:
        db_table = "funding_event"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "connection", "partner_id"], name="funding_event_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["seller", "due_at"],
                name="funding_event_due",
                condition=Q(due_at__isnull=False),
            )
        ]
