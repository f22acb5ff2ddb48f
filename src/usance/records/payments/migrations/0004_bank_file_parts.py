import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models

from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0003_invoicing'),
        ('payments', '0003_payment_amounts_validated'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountStatement',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('ordinal', models.IntegerField()),
                ('kind', models.CharField(max_length=12)),
                ('account', models.TextField(default='')),
                ('currency', models.CharField(default='', max_length=3)),
                ('identifier', models.TextField(default='')),
                ('sequence', models.BigIntegerField(null=True)),
                ('partial', models.BooleanField(default=False)),
                ('opening', models.BigIntegerField(null=True)),
                ('closing', models.BigIntegerField(null=True)),
                ('period_from', models.DateField(null=True)),
                ('period_to', models.DateField(null=True)),
                ('transactions', models.IntegerField(default=0)),
                ('duplicates', models.IntegerField(default=0)),
            ],
            options={
                'db_table': 'payments_accountstatement',
            },
        ),
        migrations.CreateModel(
            name='TableMapping',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('headings', models.TextField()),
                ('mapping', models.JSONField()),
                ('account', models.TextField(default='')),
                ('currency', models.CharField(default='', max_length=3)),
                ('updated_at', models.DateTimeField()),
                ('by', models.TextField()),
            ],
            options={
                'db_table': 'payments_tablemapping',
            },
        ),
        migrations.CreateModel(
            name='WaitingBankFile',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('digest', models.BinaryField()),
                ('file_name', models.TextField(default='')),
                ('content', models.BinaryField()),
                ('account', models.TextField(default='')),
            ],
            options={
                'db_table': 'payments_waitingbankfile',
            },
        ),
        migrations.RemoveConstraint(
            model_name='repayment',
            name='payments_repayment_kind',
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='bank_code',
            field=models.TextField(db_default='', default=''),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='batch',
            field=usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.banktransaction'),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='entry',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='entry_reference',
            field=models.TextField(db_default='', default=''),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='info',
            field=models.TextField(db_default='', default=''),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='instructed_amount',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='instructed_currency',
            field=models.CharField(db_default='', default='', max_length=3),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='payments',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='return_reason',
            field=models.TextField(db_default='', default=''),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='returned',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='ultimate_counterparty',
            field=models.TextField(db_default='', default=''),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('refund', 'return', 'chargeback', 'split'))), name='payments_repayment_kind'),
        ),
        migrations.AddField(
            model_name='accountstatement',
            name='seller',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller'),
        ),
        migrations.AddField(
            model_name='accountstatement',
            name='statement',
            field=usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.bankstatement'),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='part',
            field=usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.accountstatement'),
        ),
        migrations.AddField(
            model_name='tablemapping',
            name='seller',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller'),
        ),
        migrations.AddField(
            model_name='waitingbankfile',
            name='seller',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller'),
        ),
        migrations.AddIndex(
            model_name='accountstatement',
            index=models.Index(fields=['seller', 'account', 'currency', 'period_to'], name='payments_accountstatement_run'),
        ),
        migrations.AddConstraint(
            model_name='accountstatement',
            constraint=models.UniqueConstraint(fields=('seller', 'statement', 'ordinal'), name='payments_accountstatement_once'),
        ),
        migrations.AddConstraint(
            model_name='tablemapping',
            constraint=models.UniqueConstraint(fields=('seller', 'headings'), name='payments_tablemapping_once'),
        ),
        migrations.AddConstraint(
            model_name='waitingbankfile',
            constraint=models.UniqueConstraint(fields=('seller', 'digest'), name='payments_waitingfile_once'),
        ),
        ScopeToSeller("AccountStatement", "TableMapping", "WaitingBankFile"),
        # Not looked at here, since lines are written meanwhile; the next migration does so.
        migrations.RunSQL(
            "ALTER TABLE payments_banktransaction ADD CONSTRAINT payments_banktransaction_part_id_fk"
            " FOREIGN KEY (part_id, seller_id)"
            " REFERENCES payments_accountstatement (id, seller_id) NOT VALID",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "ALTER TABLE payments_banktransaction ADD CONSTRAINT payments_banktransaction_batch_id_fk"
            " FOREIGN KEY (batch_id, seller_id)"
            " REFERENCES payments_banktransaction (id, seller_id) NOT VALID",
            migrations.RunSQL.noop,
        ),
    ]
