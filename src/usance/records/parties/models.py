"""Who trades: sellers, their people and keys, their buyers and the buyers' members."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from usance.records.identity import new_id
from usance.records.parties.invoicing_models import (
    BillingProfile,
    SellerBankAccount,
    SellerDetails,
    TermsKey,
)
from usance.records.seller_scope import ScopedForeignKey, SellerScoped

__all__ = [
    "ApiKey",
    "ApprovalStep",
    "BillingProfile",
    "Buyer",
    "CostCentre",
    "Member",
    "Seller",
    "SellerBankAccount",
    "SellerDetails",
    "Staff",
    "TermsKey",
    "User",
    "UserManager",
]


class Seller(models.Model):
    """A company that sells on account. Every other table of the trade belongs to one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField()
    name = models.TextField()
    handle = models.SlugField(unique=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64)
    language = models.CharField(max_length=8, default="en")

    class Meta:
        db_table = "parties_seller"


class UserManager(BaseUserManager["User"]):
    """Makes users from an e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user who signs in with ``email``; without a password, one who cannot sign in yet."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who can sign in. What the person may see comes from Staff and Member rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        db_table = "parties_user"

    def __str__(self) -> str:
        return self.email


class Staff(SellerScoped):
    """A person who works for the seller."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24, default="credit_manager")

    class Meta:
        db_table = "parties_staff"
        constraints = [
            models.UniqueConstraint(fields=["seller", "user"], name="parties_staff_once")
        ]


class Buyer(SellerScoped):
    """A company that buys on account from the seller: a trade account."""

    name = models.TextField()
    country = models.CharField(max_length=2)
    email = models.EmailField(blank=True)
    tax_id = models.TextField(blank=True)
    registration_number = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="en")
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)
    group = models.CharField(max_length=40, default="", db_default="")
    parent = ScopedForeignKey("parties.Buyer", null=True)
    domain = models.TextField(default="", db_default="")
    po_required = models.BooleanField(default=False, db_default=False)
    po_unique = models.BooleanField(default=False, db_default=False)
    # An order must name the member who places it.
    members_only = models.BooleanField(default=False, db_default=False)
    # Any of the three, or an approval chain: a checkout asks no further where this is false.
    ordering_rules = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "parties_buyer"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="parties_buyer_external_id_once"
            )
        ]
        indexes = [
            models.Index(fields=["seller", "name", "id"], name="parties_buyer_by_name"),
            models.Index(
                fields=["seller", "parent"],
                name="parties_buyer_by_parent",
                condition=models.Q(parent__isnull=False),
            ),
            models.Index(
                fields=["seller", "tax_id"],
                name="parties_buyer_by_tax_id",
                condition=~models.Q(tax_id=""),
            ),
        ]


class Member(SellerScoped):
    """A person who buys, approves or pays for a buyer.

    ``order_limit`` is the most one order of this person may be, ``period_limit`` the most of all its
    orders in a ``period`` (day, week or month), in minor units of ``limit_currency``.
    """

    buyer = ScopedForeignKey(Buyer)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    name = models.TextField()
    email = models.EmailField()
    role = models.CharField(max_length=24, default="purchaser")
    order_limit = models.BigIntegerField(null=True)
    period_limit = models.BigIntegerField(null=True)
    period = models.CharField(max_length=8, default="month", db_default="month")
    limit_currency = models.CharField(max_length=3, default="", db_default="")
    left_at = models.DateTimeField(null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "parties_member"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer", "email"], name="parties_member_email_once"
            ),
            models.CheckConstraint(
                condition=models.Q(period__in=["day", "week", "month"]),
                name="parties_member_period",
            ),
        ]


class CostCentre(SellerScoped):
    """A cost centre of a buyer's, to which it charges its orders."""

    buyer = ScopedForeignKey(Buyer)
    code = models.CharField(max_length=40)
    name = models.TextField(default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "parties_costcentre"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer", "code"], name="parties_cost_centre_once"
            )
        ]


class ApprovalStep(SellerScoped):
    """A step of a buyer's own approval chain: orders above ``above`` need a member with ``role``, or
    the named ``approver``. Steps are taken by ``position``. Minor units of ``currency``."""

    buyer = ScopedForeignKey(Buyer)
    position = models.IntegerField()
    above = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    role = models.CharField(max_length=24, default="approver")
    approver = ScopedForeignKey(Member, null=True)
    cost_centre = models.CharField(max_length=40, default="")  # empty: of any

    class Meta:
        db_table = "parties_approvalstep"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer", "position"], name="parties_approval_step_once"
            ),
            models.CheckConstraint(
                condition=models.Q(above__gte=0), name="parties_approval_step_above"
            ),
        ]


class ApiKey(SellerScoped):
    """A key by which a program acts for the seller. Only its SHA-256 is kept."""

    name = models.TextField()
    shown = models.CharField(max_length=16)  # the first characters, so that a person can tell keys
    digest = models.BinaryField()
    scopes = ArrayField(models.CharField(max_length=40))
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "parties_apikey"
        constraints = [
            models.UniqueConstraint(fields=["digest", "seller"], name="parties_apikey_digest_once")
        ]
