import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('collections', '0002_promises'),
        ('invoices', '0008_payment_references'),
        ('parties', '0004_attached_files'),
        ('payments', '0009_set_aside_and_converted'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('state', models.CharField(default='open', max_length=20)),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('reason_code', models.CharField(max_length=16)),
                ('their_reason', models.TextField(default='')),
                ('line', models.TextField(default='')),
                ('words', models.TextField(default='')),
                ('opened_by', models.TextField()),
                ('resolved_by', models.TextField(default='')),
                ('resolved_at', models.DateTimeField(null=True)),
                ('resolution', models.TextField(default='')),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('credit_note', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.creditnote')),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('payment', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.payment')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_dispute',
                'indexes': [models.Index(fields=['seller', 'invoice'], name='collections_dispute_of'), models.Index(condition=models.Q(('state', 'open')), fields=['seller', 'buyer', 'currency'], name='collections_dispute_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('open', 'resolved_credit', 'resolved_rejected', 'withdrawn')), ('amount__gt', 0), ('reason_code__in', ('price', 'quantity', 'damaged', 'not_delivered', 'returned', 'discount', 'duplicate', 'paid_already', 'tax', 'other'))), name='collections_dispute_state'), models.UniqueConstraint(fields=('seller', 'external_id'), name='collections_dispute_external_id_once')],
            },
        ),
        migrations.CreateModel(
            name='WriteOffRequest',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('state', models.CharField(default='open', max_length=12)),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('reason', models.TextField(default='')),
                ('asked_by', models.TextField()),
                ('answered_by', models.TextField(default='')),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(default='')),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_writeoffrequest',
                'indexes': [models.Index(fields=['seller', 'state', '-id'], name='collections_writeoff_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('open', 'approved', 'declined', 'withdrawn')), ('amount__gt', 0), models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('answered_by', models.F('asked_by')), _negated=True), _connector='OR')), name='collections_writeoffrequest_state'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('seller', 'invoice'), name='collections_writeoffrequest_open_once')],
            },
        ),
        ScopeToSeller("Dispute", "WriteOffRequest"),
        GuardState(
            "Dispute",
            pairs=[
                ("open", "resolved_credit"),
                ("open", "resolved_rejected"),
                ("open", "withdrawn"),
            ],
        ),
        GuardState(
            "WriteOffRequest",
            pairs=[("open", "approved"), ("open", "declined"), ("open", "withdrawn")],
        ),
    ]
