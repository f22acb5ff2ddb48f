import django.db.models.deletion
import django.db.models.expressions
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('collections', '0005_second_persons_validated'),
        ('invoices', '0012_late_charges_validated'),
        ('parties', '0004_attached_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='LateCharge',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('currency', models.CharField(max_length=3)),
                ('law', models.CharField(max_length=8)),
                ('since_on', models.DateField()),
                ('until_on', models.DateField()),
                ('interest', models.BigIntegerField()),
                ('compensation', models.BigIntegerField(default=0)),
                ('costs', models.BigIntegerField(default=0)),
                ('waived', models.BigIntegerField(default=0)),
                ('amount', models.BigIntegerField()),
                ('steps', models.JSONField(default=list)),
                ('clause', models.TextField(default='')),
                ('author', models.TextField()),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('claim', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_latecharge',
            },
        ),
        migrations.CreateModel(
            name='LateChargeWaiver',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('waived_on', models.DateField()),
                ('reason', models.TextField()),
                ('author', models.TextField()),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('charge', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='collections.latecharge')),
                ('credit_note', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.creditnote')),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_latechargewaiver',
            },
        ),
        migrations.CreateModel(
            name='LateInterestTerms',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('law', models.CharField(default='', max_length=8)),
                ('country_of', models.CharField(default='seller', max_length=8)),
                ('rate', models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ('cap', models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ('day_count', models.CharField(default='act/365', max_length=8)),
                ('claims_compensation', models.BooleanField(default=True)),
                ('is_small_supplier', models.BooleanField(default=False)),
                ('charging', models.CharField(default='never', max_length=12)),
                ('prefix', models.CharField(default='INT', max_length=24)),
                ('changed_at', models.DateTimeField()),
                ('author', models.TextField()),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_lateinterestterms',
            },
        ),
        migrations.CreateModel(
            name='ReferenceRate',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('table', models.CharField(max_length=16)),
                ('valid_from', models.DateField()),
                ('known_until', models.DateField()),
                ('rate', models.DecimalField(decimal_places=4, max_digits=9)),
                ('source', models.TextField(default='')),
                ('author', models.TextField()),
                ('changed_at', models.DateTimeField()),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_referencerate',
            },
        ),
        migrations.AddIndex(
            model_name='latecharge',
            index=models.Index(fields=['seller', 'buyer', '-id'], name='collections_latecharge_buyer'),
        ),
        migrations.AddConstraint(
            model_name='latecharge',
            constraint=models.UniqueConstraint(fields=('seller', 'invoice', 'since_on'), name='collections_latecharge_once'),
        ),
        migrations.AddConstraint(
            model_name='latecharge',
            constraint=models.UniqueConstraint(condition=models.Q(('compensation__gt', 0)), fields=('seller', 'invoice'), name='collections_latecharge_compensation_once'),
        ),
        migrations.AddConstraint(
            model_name='latecharge',
            constraint=models.UniqueConstraint(fields=('seller', 'claim'), name='collections_latecharge_claim_once'),
        ),
        migrations.AddConstraint(
            model_name='latecharge',
            constraint=models.UniqueConstraint(fields=('seller', 'external_id'), name='collections_latecharge_external_id_once'),
        ),
        migrations.AddConstraint(
            model_name='latecharge',
            constraint=models.CheckConstraint(condition=models.Q(('interest__gte', 0), ('compensation__gte', 0), ('costs__gte', 0), ('waived__gte', 0), ('amount__gte', 0), ('amount', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('interest'), '+', models.F('compensation')), '+', models.F('costs')), '-', models.F('waived'))), ('until_on__gte', models.F('since_on')), models.Q(models.Q(('amount__gt', 0), ('claim__isnull', False)), models.Q(('amount', 0), ('claim__isnull', True)), _connector='OR')), name='collections_latecharge_amounts'),
        ),
        migrations.AddIndex(
            model_name='latechargewaiver',
            index=models.Index(fields=['seller', 'invoice'], name='collections_latewaiver_of'),
        ),
        migrations.AddConstraint(
            model_name='latechargewaiver',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), models.Q(('reason', ''), _negated=True), models.Q(models.Q(('charge__isnull', True), ('credit_note__isnull', True)), models.Q(('charge__isnull', False), ('credit_note__isnull', False)), _connector='OR')), name='collections_latechargewaiver_says'),
        ),
        migrations.AddConstraint(
            model_name='lateinterestterms',
            constraint=models.UniqueConstraint(condition=models.Q(('buyer__isnull', True)), fields=('seller',), name='collections_lateinterest_seller_once'),
        ),
        migrations.AddConstraint(
            model_name='lateinterestterms',
            constraint=models.UniqueConstraint(fields=('seller', 'buyer'), name='collections_lateinterest_buyer_once'),
        ),
        migrations.AddConstraint(
            model_name='lateinterestterms',
            constraint=models.CheckConstraint(condition=models.Q(('country_of__in', ('seller', 'buyer')), ('charging__in', ('never', 'at_notice')), ('day_count__in', ('act/365', 'act/360', '30e/360', 'act/act')), models.Q(('rate__isnull', True), models.Q(('rate__gte', 0), ('rate__lte', 100)), _connector='OR'), models.Q(('cap__isnull', True), models.Q(('cap__gte', 0), ('cap__lte', 100)), _connector='OR')), name='collections_lateinterest_sensible'),
        ),
        migrations.AddConstraint(
            model_name='referencerate',
            constraint=models.UniqueConstraint(fields=('seller', 'table', 'valid_from'), name='collections_referencerate_once'),
        ),
        migrations.AddConstraint(
            model_name='referencerate',
            constraint=models.CheckConstraint(condition=models.Q(('known_until__gte', models.F('valid_from')), ('rate__gte', -20), ('rate__lte', 100)), name='collections_referencerate_sensible'),
        ),
        ScopeToSeller("ReferenceRate", "LateInterestTerms", "LateCharge", "LateChargeWaiver"),
        AppendOnly("LateCharge", "LateChargeWaiver"),
    ]
