import django.db.models.deletion
import django.db.models.expressions
import usance.records.identity
import usance.records.seller_scope
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from usance.records.guards import AppendOnly
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0004_invoice_indexes'),
        ('parties', '0003_invoicing'),
        ('payments', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Repayment',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('kind', models.CharField(max_length=12)),
                ('amount', models.BigIntegerField()),
                ('on', models.DateField()),
                ('reason_code', models.CharField(default='', max_length=32)),
                ('reason', models.TextField(default='')),
                ('external_id', models.TextField(null=True)),
            ],
            options={
                'db_table': 'payments_repayment',
            },
        ),
        migrations.RemoveConstraint(
            model_name='payment',
            name='payments_payment_amounts',
        ),
        migrations.AddField(
            model_name='allocation',
            name='deduction',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='allocation',
            name='deduction_kind',
            field=models.CharField(db_default='', default='', max_length=16),
        ),
        migrations.AddField(
            model_name='payment',
            name='returned',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        AddConstraintNotValid(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deduction', 0), ('deduction_kind', '')), models.Q(('deduction_kind__in', ('discount', 'bank_charges', 'tolerance')), models.Q(models.Q(('deduction__gt', 0), ('deduction__lte', models.F('amount'))), models.Q(('deduction__gte', models.F('amount')), ('deduction__lt', 0)), _connector='OR')), _connector='OR'), name='payments_allocation_deduction'),
        ),
        AddConstraintNotValid(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('allocated__gte', 0), ('refunded__gte', 0), ('returned__gte', 0), ('amount__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('allocated'), '+', models.F('refunded')), '+', models.F('returned')))), name='payments_payment_amounts'),
        ),
        migrations.AddField(
            model_name='repayment',
            name='payment',
            field=usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.payment'),
        ),
        migrations.AddField(
            model_name='repayment',
            name='seller',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller'),
        ),
        migrations.AddIndex(
            model_name='repayment',
            index=models.Index(fields=['seller', 'payment'], name='payments_repayment_by_payment'),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payments_repayment_amount'),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('refund', 'return', 'chargeback'))), name='payments_repayment_kind'),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.UniqueConstraint(fields=('seller', 'external_id'), name='payments_repayment_once'),
        ),
        ScopeToSeller("Repayment"),
        AppendOnly("Repayment"),
    ]
