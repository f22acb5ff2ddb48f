"""What a provider sends to the seller's bank, and what cardholders' banks take back from it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped

PAYOUT_STATES = ("announced", "booked", "failed")
"""``announced`` waits for the bank, ``booked`` is what a line of the bank brought, ``failed`` did not
arrive, or is to come back."""


class CardPayout(SellerScoped):
    """Money that the provider sends to the seller's bank, or takes from there where it is negative.

    ``names`` are what only this payout is called, ``marks`` what the bank shows of every one. ``parts``
    is what it is made of, as the provider told it: ``[{reference, kind, amount, fee, authorization,
    dispute, payout, own_amount, own_currency}]`` in minor units. ``booked`` is what bank lines booked of
    it.
    """

    connection = ScopedForeignKey("connections.Connection")
    reference = models.TextField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    booked = models.BigIntegerField(default=0)
    arrives_on = models.DateField()
    names = models.JSONField(default=list)
    marks = models.JSONField(default=list)
    parts = models.JSONField(default=list)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cards_payout"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "connection", "reference"], name="cards_payout_once"
            )
        ]
        indexes = [models.Index(fields=["seller", "arrives_on"], name="cards_payout_by_day")]

    @property
    def state(self) -> str:
        """Where it stands: one of PAYOUT_STATES."""
        if self.failed_at is not None:
            return "failed"
        return "booked" if self.booked else "announced"


class CardDispute(SellerScoped):
    """A dispute of a cardholder: what was booked of it, so that it is booked once.

    ``taken`` came back out of payments, ``twice`` had gone back to the card before and is a loss,
    ``fee`` is what the provider charged. ``won_at`` is when it was won, whichever notice came first.
    """

    authorization = ScopedForeignKey("cards.CardAuthorization")
    connection = ScopedForeignKey("connections.Connection")
    reference = models.TextField()
    taken = models.BigIntegerField(default=0)
    twice = models.BigIntegerField(default=0)
    fee = models.BigIntegerField(default=0)
    won_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cards_dispute"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "connection", "reference"], name="cards_dispute_once"
            ),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(twice__gte=0) & Q(fee__gte=0),
                name="cards_dispute_amounts",
            ),
        ]
        indexes = [models.Index(fields=["seller", "authorization"], name="cards_dispute_of")]
