"""Credit lines and their groups, the policies that decide, the decisions, and who reviews them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states


class GroupLimit(SellerScoped):
    """A limit that several credit lines share: of a parent and its companies, or of one buyer in
    several currencies. Amounts are minor units of ``currency``; whatever draws on it is converted
    at the stored rate of the day."""

    name = models.TextField()
    currency = models.CharField(max_length=3)
    limit = models.BigIntegerField()
    tolerance = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, default="active")
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "credit_grouplimit"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="credit_group_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(limit__gte=0) & Q(tolerance__gte=0), name="credit_group_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "on_hold"]), name="credit_group_state"
            ),
        ]


class ExchangeRate(SellerScoped):
    """What one unit of ``source`` is worth in ``target`` from the day ``on``. Never changed: a
    correction of a day is a later row of the same day."""

    source = models.CharField(max_length=3)
    target = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=24, decimal_places=12)
    on = models.DateField()
    origin = models.TextField(default="")

    class Meta:
        db_table = "credit_exchangerate"
        constraints = [
            models.CheckConstraint(condition=Q(rate__gt=0), name="credit_rate_positive"),
        ]
        indexes = [
            models.Index(
                fields=["seller", "source", "target", "-on", "-created_at"],
                name="credit_rate_latest",
            )
        ]


class CreditLine(SellerScoped):
    """What a buyer may owe in one currency, and what it owes and holds now.

    Amounts are minor units. The four counters equal the ledger's balances; they stand here so that
    a reservation is one conditional update of one row. ``secured`` is what cards hold for the buyer's
    orders: none of it is credit, and how much of it counts for an order is asked only where there is
    any (``credit_secured``). Flows lock this row first, so it also puts
    everything that moves a buyer's money in order.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, default="active")
    hold_reason = models.TextField(default="")
    limit = models.BigIntegerField(default=0)
    tolerance = models.BigIntegerField(default=0)
    terms = ArrayField(models.CharField(max_length=24), default=list)  # empty: the policy's
    group = ScopedForeignKey(GroupLimit, null=True)
    # Its limit is the group's, converted, and follows it.
    follows_group = models.BooleanField(default=False, db_default=False)
    tier = models.CharField(max_length=40, default="", db_default="")
    insured_limit = models.BigIntegerField(null=True)
    insured_until = models.DateField(null=True)
    review_on = models.DateField(null=True)
    commitments = models.BigIntegerField(default=0)
    receivable = models.BigIntegerField(default=0)
    external = models.BigIntegerField(default=0)
    unapplied_cash = models.BigIntegerField(default=0)
    secured = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "credit_creditline"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer", "currency"], name="credit_line_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.CREDIT_LINE_STATES), name="credit_line_state"
            ),
            models.CheckConstraint(
                condition=Q(limit__gte=0)
                & Q(tolerance__gte=0)
                & Q(commitments__gte=0)
                & Q(receivable__gte=0)
                & Q(external__gte=0)
                & Q(unapplied_cash__gte=0),
                name="credit_line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(insured_limit__isnull=True) | Q(insured_limit__gte=0),
                name="credit_line_insured",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "group"],
                name="credit_line_by_group",
                condition=Q(group__isnull=False),
            ),
            models.Index(
                fields=["seller", "review_on"],
                name="credit_line_by_review",
                condition=Q(review_on__isnull=False),
            ),
        ]

    group_available: int | None = None
    """What the shared limit leaves, in this currency; only where somebody asked for it
    (:func:`usance.records.credit.queries.with_group_room`)."""
    secured_now: int = 0
    """What cards bear of the exposure; only where somebody asked for it, at the same place."""

    @property
    def exposure(self) -> int:
        """commitments + receivable + external - unapplied cash."""
        return self.commitments + self.receivable + self.external - self.unapplied_cash

    @property
    def available(self) -> int:
        """What may still be ordered on account, as far as is known of the limit it shares."""
        own = self.limit + self.tolerance + self.secured_now - self.exposure
        return own if self.group_available is None else min(own, self.group_available)


class CreditPolicy(SellerScoped):
    """One version of a seller's policy; none is ever changed. Which one decides when is in
    PolicyRelease; one without a release is a draft."""

    version = models.IntegerField()
    document = models.JSONField()
    author = models.TextField(default="")
    note = models.TextField(default="", db_default="")

    class Meta:
        db_table = "credit_creditpolicy"
        constraints = [
            models.UniqueConstraint(fields=["seller", "version"], name="credit_policy_version_once")
        ]


class PolicyRelease(SellerScoped):
    """That a version decides (``live``), or is tried beside the deciding one (``shadow``), from
    ``effective_at``. Never changed: the latest of a mode binds, and ``shadow_end`` ends a trial."""

    policy = ScopedForeignKey(CreditPolicy)
    mode = models.CharField(max_length=12)
    effective_at = models.DateTimeField()
    needs_standing = models.BooleanField(default=False)  # whether its rules read Standing
    author = models.TextField(default="")
    approved_by = models.TextField(default="")

    class Meta:
        db_table = "credit_policyrelease"
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=["live", "shadow", "shadow_end"]),
                name="credit_policy_release_mode",
            )
        ]
        indexes = [
            models.Index(
                fields=["seller", "-effective_at", "-id"],
                name="credit_policy_release_live",
                condition=Q(mode="live"),
            ),
            models.Index(
                fields=["seller", "-effective_at", "-id"],
                name="credit_policy_release_shadow",
                condition=~Q(mode="live"),
            ),
        ]


class Standing(SellerScoped):
    """What is kept ready about a buyer for its next order: ``facts`` by name, each ``[value, since]``.

    ``ship_tos`` are digests of the addresses that it has had goods sent to. Renewed when something
    happens to the buyer and every night; ``computed_at`` says when.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    facts = models.JSONField(default=dict)
    ship_tos = ArrayField(models.CharField(max_length=32), default=list)
    computed_at = models.DateTimeField()

    class Meta:
        db_table = "credit_standing"
        constraints = [
            models.UniqueConstraint(fields=["seller", "buyer"], name="credit_standing_once")
        ]
        indexes = [models.Index(fields=["seller", "computed_at"], name="credit_standing_oldest")]


class Report(SellerScoped):
    """What a register, a bureau or a sanctions list answered about a buyer or an applicant.

    Never changed. ``kind`` is tax_number | company | credit | sanctions | insolvency; ``outcome``
    valid | invalid | hit | clear | found | not_found | unavailable | possible (a likeness that a
    person must judge: no answer yet). ``reference`` is the consultation number, ``facts`` what the
    answer says by name.
    """

    buyer = ScopedForeignKey("parties.Buyer", null=True)
    application_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=16)
    source = models.CharField(max_length=40)
    outcome = models.CharField(max_length=16)
    asked_about = models.TextField(default="")
    reference = models.TextField(default="")
    facts = models.JSONField(default=dict)
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "credit_report"
        indexes = [
            models.Index(
                fields=["seller", "buyer", "kind", "-asked_at"], name="credit_report_by_buyer"
            ),
            models.Index(
                fields=["seller", "application_id"],
                name="credit_report_by_application",
                condition=Q(application_id__isnull=False),
            ),
            models.Index(
                fields=["seller", "source", "asked_about", "-asked_at"],
                name="credit_report_by_question",
            ),
        ]


class ExternalItem(SellerScoped):
    """An open item that only the ERP knows: it counts in its line's ``external``."""

    buyer = ScopedForeignKey("parties.Buyer")
    currency = models.CharField(max_length=3)
    number = models.TextField()
    amount = models.BigIntegerField()
    due_on = models.DateField(null=True)
    origin = models.TextField(default="")

    class Meta:
        db_table = "credit_externalitem"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer", "currency", "origin", "number"],
                name="credit_external_item_once",
            )
        ]


class Review(SellerScoped):
    """Something a person must decide. ``kind`` is order | application | limit | policy, and
    ``subject_id`` the id of that thing; ``people`` persons with one of ``roles`` must approve."""

    kind = models.CharField(max_length=16)
    subject_id = models.UUIDField()
    buyer = ScopedForeignKey("parties.Buyer", null=True)
    state = models.CharField(max_length=12, default="open")
    route = models.CharField(max_length=40, default="")
    roles = ArrayField(models.CharField(max_length=24))
    people = models.IntegerField(default=1)
    due_at = models.DateTimeField(null=True)
    escalate_to = models.CharField(max_length=24, default="")
    escalated_at = models.DateTimeField(null=True)
    asked_by = models.TextField(default="")
    reasons = ArrayField(models.CharField(max_length=40), default=list)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="")
    proposal = models.JSONField(default=dict)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "credit_review"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.REVIEW_STATES), name="credit_review_state"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["order", "application", "limit", "policy"]),
                name="credit_review_kind",
            ),
            models.UniqueConstraint(
                fields=["seller", "kind", "subject_id"],
                name="credit_review_open_once",
                condition=Q(state="open"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "due_at"], name="credit_review_due", condition=Q(state="open")
            ),
            models.Index(fields=["seller", "subject_id"], name="credit_review_by_subject"),
        ]


class Approval(SellerScoped):
    """What one person said in a review. Never changed."""

    review = ScopedForeignKey(Review)
    person = models.TextField()
    on_behalf_of = models.TextField(default="")
    verdict = models.CharField(max_length=12)
    override = models.BooleanField(default=False)  # knowing that a limit is exceeded
    note = models.TextField(default="")

    class Meta:
        db_table = "credit_approval"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "review", "person"], name="credit_approval_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["approved", "declined"]), name="credit_approval_verdict"
            ),
        ]


class Delegation(SellerScoped):
    """That ``deputy`` may decide for ``principal`` from one day to another, both included."""

    principal = models.EmailField()
    deputy = models.EmailField()
    from_on = models.DateField()
    until_on = models.DateField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "credit_delegation"
        indexes = [models.Index(fields=["seller", "deputy"], name="credit_delegation_by_deputy")]


class Decision(SellerScoped):
    """One answer to one application, with the facts it rested on. Never changed."""

    buyer = ScopedForeignKey("parties.Buyer")
    # Not checked by the database: every checkout of a seller would share a lock on the one row of
    # its policy. The id comes from the query that read the facts of the same seller.
    policy = models.ForeignKey(
        CreditPolicy,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    outcome = models.CharField(max_length=12)
    reasons = ArrayField(models.CharField(max_length=40))
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    terms = models.CharField(max_length=24)
    up_to = models.BigIntegerField(null=True)
    facts = models.JSONField()
    trace = models.JSONField()
    alternatives = models.JSONField(
        null=True
    )  # what would have been approved; null: not looked for
    shadow = models.JSONField(null=True)  # what the policy on trial would have said

    class Meta:
        db_table = "credit_decision"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["approved", "declined", "review"]),
                name="credit_decision_outcome",
            )
        ]


# At the end, since they refer to what stands above; Django looks for models in this module alone.
from usance.records.credit.backtests import Backtest, BacktestChange  # noqa: E402, F401
