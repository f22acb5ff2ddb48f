import django.contrib.postgres.fields
import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly, GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0002_organisation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('kind', models.CharField(max_length=12)),
                ('subject_id', models.UUIDField()),
                ('number', models.TextField()),
                ('channel', models.CharField(max_length=12)),
                ('recipient', models.TextField(default='')),
                ('formats', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('language', models.CharField(default='en', max_length=8)),
                ('state', models.CharField(default='queued', max_length=12)),
                ('cause', models.CharField(default='issued', max_length=12)),
                ('author', models.TextField(default='')),
                ('revision', models.SmallIntegerField(default=1)),
                ('attempts', models.IntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('reference', models.TextField(default='')),
                ('reason_code', models.TextField(default='')),
                ('reason', models.TextField(default='')),
                ('sent_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('previous', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='deliveries.delivery')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'deliveries_delivery',
            },
        ),
        migrations.CreateModel(
            name='KeptDocument',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('kind', models.CharField(max_length=12)),
                ('subject_id', models.UUIDField()),
                ('format', models.CharField(max_length=16)),
                ('language', models.CharField(default='', max_length=8)),
                ('revision', models.SmallIntegerField(default=1)),
                ('media_type', models.CharField(max_length=80)),
                ('file_name', models.TextField()),
                ('digest', models.BinaryField()),
                ('size', models.IntegerField()),
                ('compressed', models.BooleanField(default=False)),
                ('content', models.BinaryField()),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'deliveries_document',
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('source', models.CharField(max_length=16)),
                ('file_name', models.TextField(default='')),
                ('digest', models.BinaryField()),
                ('content', models.BinaryField()),
                ('processed_at', models.DateTimeField(null=True)),
                ('code', models.TextField(default='')),
                ('problem', models.TextField(default='')),
                ('delivery', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='deliveries.delivery')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'deliveries_receipt',
            },
        ),
        migrations.CreateModel(
            name='TransmissionNumber',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('network', models.CharField(max_length=12)),
                ('last_number', models.IntegerField(default=0)),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'deliveries_transmissionnumber',
            },
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['seller', 'due_at'], name='deliveries_delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['seller', 'subject_id'], name='deliveries_by_subject'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['seller', 'buyer', '-id'], name='deliveries_by_buyer'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['seller', 'state', '-id'], name='deliveries_by_state'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('reference', ''), _negated=True), fields=['seller', 'channel', 'reference'], name='deliveries_by_reference'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('queued', 'sent', 'delivered', 'opened', 'bounced', 'rejected', 'failed'))), name='deliveries_delivery_state'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('invoice', 'credit_note'))), name='deliveries_delivery_kind'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ('email', 'portal', 'webhook', 'peppol', 'sdi', 'anaf', 'download'))), name='deliveries_delivery_channel'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ('issued', 'by_hand', 'resent'))), name='deliveries_delivery_cause'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('cause', 'issued')), fields=('seller', 'subject_id', 'channel', 'recipient'), name='deliveries_delivery_issued_once'),
        ),
        migrations.AddConstraint(
            model_name='keptdocument',
            constraint=models.UniqueConstraint(fields=('seller', 'subject_id', 'format', 'language', 'revision'), name='deliveries_document_once'),
        ),
        migrations.AddConstraint(
            model_name='keptdocument',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('invoice', 'credit_note'))), name='deliveries_document_kind'),
        ),
        migrations.AddConstraint(
            model_name='keptdocument',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0), ('revision__gte', 1)), name='deliveries_document_size'),
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(condition=models.Q(('processed_at__isnull', True)), fields=['seller', 'created_at'], name='deliveries_receipt_waiting'),
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(fields=['seller', 'delivery'], name='deliveries_receipt_of'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('seller', 'source', 'digest'), name='deliveries_receipt_once'),
        ),
        migrations.AddConstraint(
            model_name='transmissionnumber',
            constraint=models.UniqueConstraint(fields=('seller', 'network'), name='deliveries_transmission_once'),
        ),
        ScopeToSeller("KeptDocument", "Delivery", "Receipt", "TransmissionNumber"),
        AppendOnly("KeptDocument"),
        GuardState(
            "Delivery",
            pairs=[
                ("bounced", "delivered"),
                ("bounced", "opened"),
                ("delivered", "bounced"),
                ("delivered", "opened"),
                ("delivered", "rejected"),
                ("opened", "rejected"),
                ("queued", "bounced"),
                ("queued", "delivered"),
                ("queued", "failed"),
                ("queued", "rejected"),
                ("queued", "sent"),
                ("sent", "bounced"),
                ("sent", "delivered"),
                ("sent", "failed"),
                ("sent", "opened"),
                ("sent", "rejected"),
            ],
        ),
    ]
