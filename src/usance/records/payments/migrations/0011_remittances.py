import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models

from usance.records.guards import AppendOnly, GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0004_attached_files'),
        ('payments', '0010_converted_validated'),
    ]

    operations = [
        migrations.CreateModel(
            name='RemittanceFile',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('digest', models.BinaryField()),
                ('file_name', models.TextField(default='')),
                ('format', models.CharField(max_length=24)),
                ('source', models.CharField(max_length=12)),
                ('content', models.BinaryField()),
                ('advices', models.IntegerField()),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'payments_remittancefile',
            },
        ),
        migrations.CreateModel(
            name='Remittance',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('ordinal', models.IntegerField()),
                ('state', models.CharField(default='waiting', max_length=12)),
                ('found_by', models.CharField(default='', max_length=12)),
                ('number', models.TextField(default='')),
                ('payer_name', models.TextField(default='')),
                ('payer_ids', models.JSONField(default=list)),
                ('payer_account', models.TextField(default='')),
                ('payee_name', models.TextField(default='')),
                ('reference', models.TextField(default='')),
                ('cheque_number', models.TextField(default='')),
                ('end_to_end_id', models.TextField(default='')),
                ('names', models.JSONField(default=list)),
                ('paid_on', models.DateField(null=True)),
                ('amount', models.BigIntegerField(null=True)),
                ('currency', models.CharField(default='', max_length=3)),
                ('method', models.CharField(default='other', max_length=12)),
                ('adjustments', models.JSONField(default=list)),
                ('findings', models.JSONField(default=list)),
                ('changed_at', models.DateTimeField()),
                ('payment', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.payment')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
                ('file', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.remittancefile')),
            ],
            options={
                'db_table': 'payments_remittance',
            },
        ),
        migrations.CreateModel(
            name='RemittanceLine',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('ordinal', models.IntegerField()),
                ('number', models.TextField()),
                ('kind', models.CharField(max_length=12)),
                ('dated', models.DateField(null=True)),
                ('order_number', models.TextField(default='')),
                ('gross', models.BigIntegerField(null=True)),
                ('discount', models.BigIntegerField(default=0)),
                ('deductions', models.JSONField(default=list)),
                ('deducted', models.BigIntegerField(default=0)),
                ('paid', models.BigIntegerField(null=True)),
                ('remittance', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.remittance')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'payments_remittanceline',
            },
        ),
        migrations.AddConstraint(
            model_name='remittancefile',
            constraint=models.UniqueConstraint(fields=('seller', 'digest'), name='payments_remittancefile_once'),
        ),
        migrations.AddConstraint(
            model_name='remittancefile',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ('upload', 'text', 'api', 'command', 'folder', 'bank_file'))), name='payments_remittancefile_source'),
        ),
        migrations.AddIndex(
            model_name='remittance',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['seller', 'currency', 'amount'], name='payments_remittance_waiting'),
        ),
        migrations.AddIndex(
            model_name='remittance',
            index=models.Index(condition=models.Q(('payment__isnull', False)), fields=['seller', 'payment'], name='payments_remittance_by_payment'),
        ),
        migrations.AddConstraint(
            model_name='remittance',
            constraint=models.UniqueConstraint(fields=('seller', 'file', 'ordinal'), name='payments_remittance_once'),
        ),
        migrations.AddConstraint(
            model_name='remittance',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'joined', 'dismissed'))), name='payments_remittance_state'),
        ),
        migrations.AddConstraint(
            model_name='remittance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payment__isnull', False), ('state', 'joined')), models.Q(models.Q(('state', 'joined'), _negated=True), ('payment__isnull', True)), _connector='OR'), name='payments_remittance_payment'),
        ),
        migrations.AddConstraint(
            model_name='remittanceline',
            constraint=models.UniqueConstraint(fields=('seller', 'remittance', 'ordinal'), name='payments_remittanceline_once'),
        ),
        ScopeToSeller("RemittanceFile", "Remittance", "RemittanceLine"),
        AppendOnly("RemittanceFile", "RemittanceLine"),
        GuardState(
            "Remittance",
            pairs=[
                ("dismissed", "waiting"),
                ("joined", "dismissed"),
                ("joined", "waiting"),
                ("waiting", "dismissed"),
                ("waiting", "joined"),
            ],
        ),
    ]
