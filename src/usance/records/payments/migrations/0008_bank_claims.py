import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models

from usance.records.guards import AppendOnly
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0004_attached_files'),
        ('payments', '0007_no_payer_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankClaim',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('kind', models.CharField(max_length=16)),
                ('subject_id', models.UUIDField()),
                ('reference', models.TextField(default='')),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
            ],
            options={
                'db_table': 'payments_bankclaim',
            },
        ),
        migrations.AddField(
            model_name='bankclaim',
            name='bank_transaction',
            field=usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.banktransaction'),
        ),
        migrations.AddField(
            model_name='bankclaim',
            name='seller',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller'),
        ),
        migrations.AddIndex(
            model_name='bankclaim',
            index=models.Index(fields=['seller', 'subject_id'], name='payments_bankclaim_of'),
        ),
        migrations.AddConstraint(
            model_name='bankclaim',
            constraint=models.UniqueConstraint(fields=('seller', 'bank_transaction'), name='payments_bankclaim_once'),
        ),
        migrations.AddConstraint(
            model_name='bankclaim',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('debit_batch', 'debit', 'debit_return', 'card_payout'))), name='payments_bankclaim_kind'),
        ),
        ScopeToSeller("BankClaim"),
        AppendOnly("BankClaim"),
    ]
