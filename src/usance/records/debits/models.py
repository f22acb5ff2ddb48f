"""Mandates, debits under them, the files that carry these to a bank, and what the bank answers.

Numbers of buyers' accounts are kept encrypted, and so are the files that hold them; people are shown
the last four characters. Amounts are minor units, days are those of the seller's bank.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states
from usance.rules.debits.schemes import SCHEMES, SHIP_AFTER

VERIFICATIONS = ("none", "wanted", "sent", "verified", "failed")
FORMATS = ("pain.008.001.08", "pain.008.001.02", "nacha")
STEPS = (
    "", "try_again", "correct_and_try_again", "ask_for_mandate", "ask_for_account", "look_at_it",
    "nothing",
)  # fmt: skip
REVERSALS = ("rejected", "returned", "dishonored", "contested", "corrected", "noted")


class CollectionRules(SellerScoped):
    """How a seller collects: notice, files, and when goods may leave. Once a seller.

    ``lead_days`` are banking days that the seller's bank wants a file before its day. The ``ach_``
    fields are what the bank has given: routing number of whom the file goes to, its name, who sends
    it, the company's number and name.
    """

    notice_days = models.SmallIntegerField(default=14)
    lead_days = models.SmallIntegerField(default=2)
    one_per = models.CharField(max_length=8, default="invoice")
    automatic = models.BooleanField(default=True)
    retry = models.BooleanField(default=True)
    prenote = models.BooleanField(default=True)
    with_first = models.BooleanField(default=True)
    sepa_format = models.CharField(max_length=16, default="pain.008.001.08")
    ship_after = models.CharField(max_length=12, default="at_once")
    ach_destination = models.CharField(max_length=9, default="")
    ach_destination_name = models.CharField(max_length=23, default="")
    ach_origin = models.CharField(max_length=10, default="")
    ach_odfi = models.CharField(max_length=8, default="")
    ach_company_id = models.CharField(max_length=10, default="")
    ach_company_name = models.CharField(max_length=16, default="")
    outbox = models.CharField(max_length=40, default="")
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "debits_collectionrules"
        constraints = [
            models.UniqueConstraint(fields=["seller"], name="debits_rules_once"),
            models.CheckConstraint(
                condition=Q(notice_days__range=(0, 60))
                & Q(lead_days__range=(1, 10))
                & Q(one_per__in=("invoice", "day"))
                & Q(sepa_format__in=FORMATS)
                & Q(ship_after__in=SHIP_AFTER),
                name="debits_rules_fields",
            ),
        ]


class BuyerRules(SellerScoped):
    """When goods may leave for one buyer, where that is not as for the others."""

    buyer = ScopedForeignKey("parties.Buyer")
    ship_after = models.CharField(max_length=12)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "debits_buyerrules"
        constraints = [
            models.UniqueConstraint(fields=["seller", "buyer"], name="debits_buyerrules_once"),
            models.CheckConstraint(
                condition=Q(ship_after__in=SHIP_AFTER), name="debits_buyerrules_ship_after"
            ),
        ]


class Mandate(SellerScoped):
    """A buyer's word that its account may be debited, and how it was given.

    ``signature`` tells who signed, when, how, from where, and the words that were shown. ``bank`` is
    the BIC in SEPA, where one is known, and the routing number in ACH. ``amendment`` is what of the
    mandate changed since it was last collected under, and has to be told with the next collection.
    ``used`` and ``last_collected_on`` say what the next collection is called and when it expires.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    scheme = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="pending")
    reference = models.CharField(max_length=35)
    one_off = models.BooleanField(default=False)
    debtor_name = models.TextField()
    account = models.TextField()  # encrypted
    last4 = models.CharField(max_length=4)
    account_kind = models.CharField(max_length=8, default="")
    bank = models.CharField(max_length=11, default="")
    debtor_town = models.CharField(max_length=35, default="")
    debtor_country = models.CharField(max_length=2, default="")
    signed_on = models.DateField(null=True)
    signature = models.JSONField(default=dict)
    notice_days = models.SmallIntegerField(null=True)
    used = models.BooleanField(default=False)
    last_collected_on = models.DateField(null=True)
    amendment = models.JSONField(default=dict)
    verification = models.CharField(max_length=8, default="none")
    prenote_trace = models.CharField(max_length=15, default="")
    live_from = models.DateField(null=True)
    reason_code = models.CharField(max_length=8, default="")
    reason = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "debits_mandate"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "reference"], name="debits_mandate_reference_once"
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="debits_mandate_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.MANDATE_STATES), name="debits_mandate_state"
            ),
            models.CheckConstraint(
                condition=Q(scheme__in=tuple(SCHEMES)) & Q(verification__in=VERIFICATIONS),
                name="debits_mandate_kind",
            ),
            # Nothing is collected without a signature that can be shown.
            models.CheckConstraint(
                condition=~Q(state="active") | (Q(signed_on__isnull=False) & ~Q(signature={})),
                name="debits_mandate_signed",
            ),
            models.CheckConstraint(
                condition=Q(notice_days__isnull=True) | Q(notice_days__range=(0, 60)),
                name="debits_mandate_notice",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "buyer", "-id"], name="debits_mandate_by_buyer"),
            models.Index(
                fields=["seller", "prenote_trace"],
                name="debits_mandate_by_prenote",
                condition=~Q(prenote_trace=""),
            ),
            models.Index(
                fields=["seller", "state"],
                name="debits_mandate_live",
                condition=Q(state__in=("active", "suspended")),
            ),
        ]


class DebitFile(SellerScoped):
    """A file of debits for the bank: pain.008 or NACHA. ``content`` is encrypted.

    ``groups`` are its parts as the bank books them: id, day, class or sequence, count, amount.
    ``id_modifier`` tells the NACHA files of one day apart.
    """

    number = models.IntegerField()
    state = models.CharField(max_length=12, default="written")
    format = models.CharField(max_length=16)
    message_id = models.CharField(max_length=35)
    file_name = models.TextField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    count = models.IntegerField()
    prenotes = models.IntegerField(default=0)
    groups = models.JSONField(default=list)
    id_modifier = models.CharField(max_length=1, default="")
    content = models.TextField()
    digest = models.CharField(max_length=64)
    placed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "debits_file"
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="debits_file_number_once"),
            models.UniqueConstraint(
                fields=["seller", "message_id"], name="debits_file_message_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.DEBIT_FILE_STATES), name="debits_file_state"
            ),
            models.CheckConstraint(
                condition=Q(format__in=FORMATS) & Q(amount__gte=0) & Q(count__gte=0),
                name="debits_file_figures",
            ),
        ]


class Debit(SellerScoped):
    """One debit of a buyer's account: what it pays stands in its parts.

    ``first`` and ``tries``: it is sent again after one that came back. ``collect_on`` is asked for,
    ``settled_on`` came of it. Until ``funds_good_on`` the money may come back by right; ``good_at``
    says that this was told. ``group`` is the part of the file; ``bookings`` counts what the bank has
    booked of it, in minor units. ``turn`` numbers the payments that it became, one after another.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    mandate = ScopedForeignKey(Mandate)
    order = ScopedForeignKey("orders.Order", null=True)
    file = ScopedForeignKey(DebitFile, null=True)
    payment = ScopedForeignKey("payments.Payment", null=True)
    first = ScopedForeignKey("self", null=True)
    state = models.CharField(max_length=12, default="scheduled")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    collect_on = models.DateField()
    tries = models.SmallIntegerField(default=1)
    turn = models.SmallIntegerField(default=0)
    end_to_end_id = models.CharField(max_length=35)
    trace_number = models.CharField(max_length=15, default="")
    group = models.CharField(max_length=35, default="")
    sequence = models.CharField(max_length=4, default="")
    settled_on = models.DateField(null=True)
    first_settled_on = models.DateField(null=True)
    funds_good_on = models.DateField(null=True)
    good_at = models.DateTimeField(null=True)
    booked = models.BigIntegerField(default=0)
    reason_code = models.CharField(max_length=8, default="")
    reason = models.TextField(default="")
    next_step = models.CharField(max_length=24, default="")
    ended_on = models.DateField(null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "debits_debit"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "end_to_end_id"], name="debits_debit_end_to_end_once"
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="debits_debit_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.DEBIT_STATES), name="debits_debit_state"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(tries__gte=1) & Q(next_step__in=STEPS),
                name="debits_debit_figures",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("settled", "returned"))
                | (Q(payment__isnull=False) & Q(settled_on__isnull=False)),
                name="debits_debit_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "buyer", "-id"], name="debits_debit_by_buyer"),
            models.Index(fields=["seller", "mandate"], name="debits_debit_by_mandate"),
            models.Index(fields=["seller", "file"], name="debits_debit_by_file"),
            models.Index(
                fields=["seller", "trace_number"],
                name="debits_debit_by_trace",
                condition=~Q(trace_number=""),
            ),
            models.Index(
                fields=["seller", "collect_on"],
                name="debits_debit_under_way",
                condition=Q(state__in=("scheduled", "submitted")),
            ),
            models.Index(
                fields=["seller", "funds_good_on"],
                name="debits_debit_to_be_good",
                condition=Q(state="settled", good_at__isnull=True),
            ),
            models.Index(
                fields=["seller", "order"],
                name="debits_debit_by_order",
                condition=Q(order__isnull=False),
            ),
        ]


class DebitPart(SellerScoped):
    """What of a debit is for which invoice."""

    debit = ScopedForeignKey(Debit)
    invoice = ScopedForeignKey("invoices.Invoice")
    amount = models.BigIntegerField()

    class Meta:
        db_table = "debits_part"
        constraints = [
            models.UniqueConstraint(fields=["seller", "debit", "invoice"], name="debits_part_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="debits_part_amount"),
        ]
        indexes = [models.Index(fields=["seller", "invoice"], name="debits_part_by_invoice")]


class Notice(SellerScoped):
    """The buyer was told of a debit before. Never changed."""

    debit = ScopedForeignKey(Debit)
    collect_on = models.DateField()
    amount = models.BigIntegerField()
    recipients = models.JSONField(default=list)

    class Meta:
        db_table = "debits_notice"
        indexes = [models.Index(fields=["seller", "debit"], name="debits_notice_of")]


class Answer(SellerScoped):
    """A file in which the bank answers: pain.002 or NACHA returns and corrections. Taken once.

    ``findings`` are what stands in it that belongs to no debit, or that a person should know.
    """

    digest = models.CharField(max_length=64)
    format = models.CharField(max_length=16)
    file_name = models.TextField(default="")
    applied = models.IntegerField(default=0)
    repeated = models.IntegerField(default=0)
    findings = models.JSONField(default=list)
    by = models.TextField(default="")

    class Meta:
        db_table = "debits_answer"
        constraints = [
            models.UniqueConstraint(fields=["seller", "digest"], name="debits_answer_once")
        ]


class Reversal(SellerScoped):
    """One thing that a bank said of a debit or of a mandate after it was sent. Never changed.

    ``kind``: rejected before money moved, returned after, sent back by our bank (dishonored), upheld
    by the other (contested), corrected (a notification of change), or noted because it was known.
    """

    debit = ScopedForeignKey(Debit, null=True)
    mandate = ScopedForeignKey(Mandate)
    answer = ScopedForeignKey(Answer, null=True)
    bank_transaction = ScopedForeignKey("payments.BankTransaction", null=True)
    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=8, default="")
    text = models.TextField(default="")
    amount = models.BigIntegerField(default=0)
    on = models.DateField()

    class Meta:
        db_table = "debits_reversal"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=REVERSALS), name="debits_reversal_kind")
        ]
        indexes = [
            models.Index(fields=["seller", "debit"], name="debits_reversal_of"),
            models.Index(fields=["seller", "mandate"], name="debits_reversal_of_mandate"),
        ]
