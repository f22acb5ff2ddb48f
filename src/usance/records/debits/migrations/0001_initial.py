import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models

from usance.records.guards import AppendOnly, GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('invoices', '0008_payment_references'),
        ('orders', '0007_attachments'),
        ('parties', '0004_attached_files'),
        ('payments', '0008_bank_claims'),
    ]

    operations = [
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('format', models.CharField(max_length=16)),
                ('file_name', models.TextField(default='')),
                ('applied', models.IntegerField(default=0)),
                ('repeated', models.IntegerField(default=0)),
                ('findings', models.JSONField(default=list)),
                ('by', models.TextField(default='')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'debits_answer',
            },
        ),
        migrations.CreateModel(
            name='BuyerRules',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('ship_after', models.CharField(max_length=12)),
                ('updated_at', models.DateTimeField()),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'debits_buyerrules',
            },
        ),
        migrations.CreateModel(
            name='CollectionRules',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('notice_days', models.SmallIntegerField(default=14)),
                ('lead_days', models.SmallIntegerField(default=2)),
                ('one_per', models.CharField(default='invoice', max_length=8)),
                ('automatic', models.BooleanField(default=True)),
                ('retry', models.BooleanField(default=True)),
                ('prenote', models.BooleanField(default=True)),
                ('with_first', models.BooleanField(default=True)),
                ('sepa_format', models.CharField(default='pain.008.001.08', max_length=16)),
                ('ship_after', models.CharField(default='at_once', max_length=12)),
                ('ach_destination', models.CharField(default='', max_length=9)),
                ('ach_destination_name', models.CharField(default='', max_length=23)),
                ('ach_origin', models.CharField(default='', max_length=10)),
                ('ach_odfi', models.CharField(default='', max_length=8)),
                ('ach_company_id', models.CharField(default='', max_length=10)),
                ('ach_company_name', models.CharField(default='', max_length=16)),
                ('outbox', models.CharField(default='', max_length=40)),
                ('updated_at', models.DateTimeField()),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'debits_collectionrules',
            },
        ),
        migrations.CreateModel(
            name='DebitFile',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('number', models.IntegerField()),
                ('state', models.CharField(default='written', max_length=12)),
                ('format', models.CharField(max_length=16)),
                ('message_id', models.CharField(max_length=35)),
                ('file_name', models.TextField()),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('count', models.IntegerField()),
                ('prenotes', models.IntegerField(default=0)),
                ('groups', models.JSONField(default=list)),
                ('id_modifier', models.CharField(default='', max_length=1)),
                ('content', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('placed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('sent_by', models.TextField(default='')),
                ('answered_at', models.DateTimeField(null=True)),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'debits_file',
            },
        ),
        migrations.CreateModel(
            name='Debit',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('state', models.CharField(default='scheduled', max_length=12)),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('collect_on', models.DateField()),
                ('tries', models.SmallIntegerField(default=1)),
                ('turn', models.SmallIntegerField(default=0)),
                ('end_to_end_id', models.CharField(max_length=35)),
                ('trace_number', models.CharField(default='', max_length=15)),
                ('group', models.CharField(default='', max_length=35)),
                ('sequence', models.CharField(default='', max_length=4)),
                ('settled_on', models.DateField(null=True)),
                ('first_settled_on', models.DateField(null=True)),
                ('funds_good_on', models.DateField(null=True)),
                ('good_at', models.DateTimeField(null=True)),
                ('booked', models.BigIntegerField(default=0)),
                ('reason_code', models.CharField(default='', max_length=8)),
                ('reason', models.TextField(default='')),
                ('next_step', models.CharField(default='', max_length=24)),
                ('ended_on', models.DateField(null=True)),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('first', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='debits.debit')),
                ('order', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='orders.order')),
                ('payment', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.payment')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
                ('file', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='debits.debitfile')),
            ],
            options={
                'db_table': 'debits_debit',
            },
        ),
        migrations.CreateModel(
            name='DebitPart',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('amount', models.BigIntegerField()),
                ('debit', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='debits.debit')),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'debits_part',
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('scheme', models.CharField(max_length=12)),
                ('state', models.CharField(default='pending', max_length=12)),
                ('reference', models.CharField(max_length=35)),
                ('one_off', models.BooleanField(default=False)),
                ('debtor_name', models.TextField()),
                ('account', models.TextField()),
                ('last4', models.CharField(max_length=4)),
                ('account_kind', models.CharField(default='', max_length=8)),
                ('bank', models.CharField(default='', max_length=11)),
                ('debtor_town', models.CharField(default='', max_length=35)),
                ('debtor_country', models.CharField(default='', max_length=2)),
                ('signed_on', models.DateField(null=True)),
                ('signature', models.JSONField(default=dict)),
                ('notice_days', models.SmallIntegerField(null=True)),
                ('used', models.BooleanField(default=False)),
                ('last_collected_on', models.DateField(null=True)),
                ('amendment', models.JSONField(default=dict)),
                ('verification', models.CharField(default='none', max_length=8)),
                ('prenote_trace', models.CharField(default='', max_length=15)),
                ('live_from', models.DateField(null=True)),
                ('reason_code', models.CharField(default='', max_length=8)),
                ('reason', models.TextField(default='')),
                ('ended_at', models.DateTimeField(null=True)),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'debits_mandate',
            },
        ),
        migrations.AddField(
            model_name='debit',
            name='mandate',
            field=usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='debits.mandate'),
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('collect_on', models.DateField()),
                ('amount', models.BigIntegerField()),
                ('recipients', models.JSONField(default=list)),
                ('debit', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='debits.debit')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'debits_notice',
            },
        ),
        migrations.CreateModel(
            name='Reversal',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('kind', models.CharField(max_length=12)),
                ('code', models.CharField(default='', max_length=8)),
                ('text', models.TextField(default='')),
                ('amount', models.BigIntegerField(default=0)),
                ('on', models.DateField()),
                ('answer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='debits.answer')),
                ('bank_transaction', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.banktransaction')),
                ('debit', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='debits.debit')),
                ('mandate', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='debits.mandate')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'debits_reversal',
            },
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('seller', 'digest'), name='debits_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='buyerrules',
            constraint=models.UniqueConstraint(fields=('seller', 'buyer'), name='debits_buyerrules_once'),
        ),
        migrations.AddConstraint(
            model_name='buyerrules',
            constraint=models.CheckConstraint(condition=models.Q(('ship_after__in', ('at_once', 'submitted', 'settled', 'funds_good'))), name='debits_buyerrules_ship_after'),
        ),
        migrations.AddConstraint(
            model_name='collectionrules',
            constraint=models.UniqueConstraint(fields=('seller',), name='debits_rules_once'),
        ),
        migrations.AddConstraint(
            model_name='collectionrules',
            constraint=models.CheckConstraint(condition=models.Q(('notice_days__range', (0, 60)), ('lead_days__range', (1, 10)), ('one_per__in', ('invoice', 'day')), ('sepa_format__in', ('pain.008.001.08', 'pain.008.001.02', 'nacha')), ('ship_after__in', ('at_once', 'submitted', 'settled', 'funds_good'))), name='debits_rules_fields'),
        ),
        migrations.AddConstraint(
            model_name='debitfile',
            constraint=models.UniqueConstraint(fields=('seller', 'number'), name='debits_file_number_once'),
        ),
        migrations.AddConstraint(
            model_name='debitfile',
            constraint=models.UniqueConstraint(fields=('seller', 'message_id'), name='debits_file_message_once'),
        ),
        migrations.AddConstraint(
            model_name='debitfile',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('written', 'sent', 'accepted', 'partly', 'rejected', 'withdrawn'))), name='debits_file_state'),
        ),
        migrations.AddConstraint(
            model_name='debitfile',
            constraint=models.CheckConstraint(condition=models.Q(('format__in', ('pain.008.001.08', 'pain.008.001.02', 'nacha')), ('amount__gte', 0), ('count__gte', 0)), name='debits_file_figures'),
        ),
        migrations.AddIndex(
            model_name='debitpart',
            index=models.Index(fields=['seller', 'invoice'], name='debits_part_by_invoice'),
        ),
        migrations.AddConstraint(
            model_name='debitpart',
            constraint=models.UniqueConstraint(fields=('seller', 'debit', 'invoice'), name='debits_part_once'),
        ),
        migrations.AddConstraint(
            model_name='debitpart',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='debits_part_amount'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(fields=['seller', 'buyer', '-id'], name='debits_mandate_by_buyer'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(condition=models.Q(('prenote_trace', ''), _negated=True), fields=['seller', 'prenote_trace'], name='debits_mandate_by_prenote'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(condition=models.Q(('state__in', ('active', 'suspended'))), fields=['seller', 'state'], name='debits_mandate_live'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.UniqueConstraint(fields=('seller', 'reference'), name='debits_mandate_reference_once'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.UniqueConstraint(fields=('seller', 'external_id'), name='debits_mandate_external_id_once'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('pending', 'active', 'suspended', 'canceled', 'expired', 'completed'))), name='debits_mandate_state'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('scheme__in', ('sepa_core', 'sepa_b2b', 'ach_ccd', 'ach_ppd', 'ach_ctx')), ('verification__in', ('none', 'wanted', 'sent', 'verified', 'failed'))), name='debits_mandate_kind'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'active'), _negated=True), models.Q(('signed_on__isnull', False), models.Q(('signature', {}), _negated=True)), _connector='OR'), name='debits_mandate_signed'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('notice_days__isnull', True), ('notice_days__range', (0, 60)), _connector='OR'), name='debits_mandate_notice'),
        ),
        migrations.AddIndex(
            model_name='debit',
            index=models.Index(fields=['seller', 'buyer', '-id'], name='debits_debit_by_buyer'),
        ),
        migrations.AddIndex(
            model_name='debit',
            index=models.Index(fields=['seller', 'mandate'], name='debits_debit_by_mandate'),
        ),
        migrations.AddIndex(
            model_name='debit',
            index=models.Index(fields=['seller', 'file'], name='debits_debit_by_file'),
        ),
        migrations.AddIndex(
            model_name='debit',
            index=models.Index(condition=models.Q(('trace_number', ''), _negated=True), fields=['seller', 'trace_number'], name='debits_debit_by_trace'),
        ),
        migrations.AddIndex(
            model_name='debit',
            index=models.Index(condition=models.Q(('state__in', ('scheduled', 'submitted'))), fields=['seller', 'collect_on'], name='debits_debit_under_way'),
        ),
        migrations.AddIndex(
            model_name='debit',
            index=models.Index(condition=models.Q(('good_at__isnull', True), ('state', 'settled')), fields=['seller', 'funds_good_on'], name='debits_debit_to_be_good'),
        ),
        migrations.AddIndex(
            model_name='debit',
            index=models.Index(condition=models.Q(('order__isnull', False)), fields=['seller', 'order'], name='debits_debit_by_order'),
        ),
        migrations.AddConstraint(
            model_name='debit',
            constraint=models.UniqueConstraint(fields=('seller', 'end_to_end_id'), name='debits_debit_end_to_end_once'),
        ),
        migrations.AddConstraint(
            model_name='debit',
            constraint=models.UniqueConstraint(fields=('seller', 'external_id'), name='debits_debit_external_id_once'),
        ),
        migrations.AddConstraint(
            model_name='debit',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('scheduled', 'submitted', 'settled', 'returned', 'rejected', 'canceled'))), name='debits_debit_state'),
        ),
        migrations.AddConstraint(
            model_name='debit',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('tries__gte', 1), ('next_step__in', ('', 'try_again', 'correct_and_try_again', 'ask_for_mandate', 'ask_for_account', 'look_at_it', 'nothing'))), name='debits_debit_figures'),
        ),
        migrations.AddConstraint(
            model_name='debit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('settled', 'returned')), _negated=True), models.Q(('payment__isnull', False), ('settled_on__isnull', False)), _connector='OR'), name='debits_debit_paid'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['seller', 'debit'], name='debits_notice_of'),
        ),
        migrations.AddIndex(
            model_name='reversal',
            index=models.Index(fields=['seller', 'debit'], name='debits_reversal_of'),
        ),
        migrations.AddIndex(
            model_name='reversal',
            index=models.Index(fields=['seller', 'mandate'], name='debits_reversal_of_mandate'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('rejected', 'returned', 'dishonored', 'contested', 'corrected', 'noted'))), name='debits_reversal_kind'),
        ),
        ScopeToSeller(
            "CollectionRules",
            "BuyerRules",
            "Mandate",
            "DebitFile",
            "Debit",
            "DebitPart",
            "Notice",
            "Answer",
            "Reversal",
        ),
        AppendOnly("Notice", "Reversal"),
        GuardState(
            "Mandate",
            pairs=[
                ("active", "canceled"),
                ("active", "completed"),
                ("active", "expired"),
                ("active", "suspended"),
                ("pending", "active"),
                ("pending", "canceled"),
                ("pending", "expired"),
                ("suspended", "active"),
                ("suspended", "canceled"),
                ("suspended", "expired"),
            ],
        ),
        GuardState(
            "Debit",
            pairs=[
                ("returned", "settled"),
                ("scheduled", "canceled"),
                ("scheduled", "submitted"),
                ("settled", "returned"),
                ("submitted", "rejected"),
                ("submitted", "settled"),
            ],
        ),
        GuardState(
            "DebitFile",
            pairs=[
                ("accepted", "partly"),
                ("accepted", "rejected"),
                ("partly", "rejected"),
                ("sent", "accepted"),
                ("sent", "partly"),
                ("sent", "rejected"),
                ("written", "sent"),
                ("written", "withdrawn"),
            ],
        ),
    ]
