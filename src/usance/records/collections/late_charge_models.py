"""What paying late costs: reference rates, what law and contract say, what was claimed and what waived."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules.interest.day_counts import DAY_COUNTS

CHARGING: Final = ("never", "at_notice")
"""Whether a notice of dunning claims what has accrued, or only a person does."""
COUNTRY_OF: Final = ("seller", "buyer")
"""Whose country says which law applies, where no law is named."""


class ReferenceRate(SellerScoped):
    """A reference rate that the seller has loaded: from ``valid_from`` on, and known to be in force until
    ``known_until``. It extends, and takes the place of, what the program comes with. ``rate`` is per cent a
    year."""

    table = models.CharField(max_length=16)
    valid_from = models.DateField()
    known_until = models.DateField()
    rate = models.DecimalField(max_digits=9, decimal_places=4)
    source = models.TextField(default="")
    author = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "collections_referencerate"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "table", "valid_from"], name="collections_referencerate_once"
            ),
            models.CheckConstraint(
                condition=Q(known_until__gte=F("valid_from")) & Q(rate__gte=-20) & Q(rate__lte=100),
                name="collections_referencerate_sensible",
            ),
        ]


class LateInterestTerms(SellerScoped):
    """What law and contract say of paying late: the seller's own, or (``buyer``) of one buyer in its place.

    ``law`` is one of ``rules.interest.LAWS``; empty: by the country of ``country_of``. ``rate`` and
    ``cap`` are per cent a year, null where nothing was agreed. ``prefix`` begins the numbers of claims; it
    is the seller's alone.
    """

    buyer = ScopedForeignKey("parties.Buyer", null=True)
    law = models.CharField(max_length=8, default="")
    country_of = models.CharField(max_length=8, default="seller")
    rate = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    cap = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    day_count = models.CharField(max_length=8, default="act/365")
    claims_compensation = models.BooleanField(default=True)
    is_small_supplier = models.BooleanField(default=False)
    charging = models.CharField(max_length=12, default="never")
    prefix = models.CharField(max_length=24, default="INT")
    changed_at = models.DateTimeField()
    author = models.TextField()

    class Meta:
        db_table = "collections_lateinterestterms"
        constraints = [
            models.UniqueConstraint(
                fields=["seller"],
                condition=Q(buyer__isnull=True),
                name="collections_lateinterest_seller_once",
            ),
            models.UniqueConstraint(
                fields=["seller", "buyer"], name="collections_lateinterest_buyer_once"
            ),
            models.CheckConstraint(
                condition=Q(country_of__in=COUNTRY_OF)
                & Q(charging__in=CHARGING)
                & Q(day_count__in=DAY_COUNTS)
                & (Q(rate__isnull=True) | Q(rate__gte=0, rate__lte=100))
                & (Q(cap__isnull=True) | Q(cap__gte=0, cap__lte=100)),
                name="collections_lateinterest_sensible",
            ),
        ]


class LateCharge(SellerScoped):
    """Interest of the days from ``since_on`` to ``until_on`` and compensation for an ``invoice`` that is
    paid late, as they were claimed. Never changed.

    ``claim`` is the invoice of kind ``late_charge`` by which it is owed, null where all of it was waived.
    ``steps`` are the days, bases, rates and clauses that the interest is made of. Amounts are minor units:
    ``amount`` is interest, compensation and costs less what was waived before.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    invoice = ScopedForeignKey("invoices.Invoice")
    claim = ScopedForeignKey("invoices.Invoice", null=True)
    currency = models.CharField(max_length=3)
    law = models.CharField(max_length=8)
    since_on = models.DateField()
    until_on = models.DateField()
    interest = models.BigIntegerField()
    compensation = models.BigIntegerField(default=0)
    costs = models.BigIntegerField(default=0)
    waived = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()
    steps = models.JSONField(default=list)
    clause = models.TextField(default="")  # of the compensation
    author = models.TextField()
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "collections_latecharge"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "invoice", "since_on"], name="collections_latecharge_once"
            ),
            models.UniqueConstraint(
                fields=["seller", "invoice"],
                condition=Q(compensation__gt=0),
                name="collections_latecharge_compensation_once",
            ),
            models.UniqueConstraint(
                fields=["seller", "claim"], name="collections_latecharge_claim_once"
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="collections_latecharge_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(interest__gte=0)
                & Q(compensation__gte=0)
                & Q(costs__gte=0)
                & Q(waived__gte=0)
                & Q(amount__gte=0)
                & Q(amount=F("interest") + F("compensation") + F("costs") - F("waived"))
                & Q(until_on__gte=F("since_on"))
                & (Q(claim__isnull=False, amount__gt=0) | Q(claim__isnull=True, amount=0)),
                name="collections_latecharge_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "buyer", "-id"], name="collections_latecharge_buyer")
        ]


class LateChargeWaiver(SellerScoped):
    """What somebody gave up of late charges, and why. Never changed.

    Of what was not claimed yet (``charge`` null) the next claim is less by it; of a claim, ``credit_note``
    took it back.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    invoice = ScopedForeignKey("invoices.Invoice")
    charge = ScopedForeignKey(LateCharge, null=True)
    credit_note = ScopedForeignKey("invoices.CreditNote", null=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    waived_on = models.DateField()
    reason = models.TextField()
    author = models.TextField()

    class Meta:
        db_table = "collections_latechargewaiver"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & ~Q(reason="")
                & (
                    Q(charge__isnull=True, credit_note__isnull=True)
                    | Q(charge__isnull=False, credit_note__isnull=False)
                ),
                name="collections_latechargewaiver_says",
            )
        ]
        indexes = [models.Index(fields=["seller", "invoice"], name="collections_latewaiver_of")]
