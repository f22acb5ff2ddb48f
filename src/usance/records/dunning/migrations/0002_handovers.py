import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('dunning', '0001_initial'),
        ('invoices', '0012_late_charges_validated'),
        ('parties', '0004_attached_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='DunningHandover',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('currency', models.CharField(max_length=3)),
                ('agency', models.TextField()),
                ('on', models.DateField()),
                ('amount', models.BigIntegerField()),
                ('author', models.TextField()),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('taken_back_by', models.TextField(default='')),
                ('take_back_reason', models.TextField(default='')),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('case', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dunning.dunningcase')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'dunning_handover',
            },
        ),
        migrations.CreateModel(
            name='DunningClaimFile',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('file_name', models.TextField()),
                ('size', models.IntegerField()),
                ('digest', models.BinaryField()),
                ('content', models.BinaryField()),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
                ('handover', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dunning.dunninghandover')),
            ],
            options={
                'db_table': 'dunning_claimfile',
            },
        ),
        migrations.CreateModel(
            name='DunningClaim',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('overdue', models.BigIntegerField()),
                ('told', models.BigIntegerField()),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
                ('handover', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dunning.dunninghandover')),
            ],
            options={
                'db_table': 'dunning_claim',
            },
        ),
        migrations.AddIndex(
            model_name='dunninghandover',
            index=models.Index(fields=['seller', 'case', '-id'], name='dunning_handover_of'),
        ),
        migrations.AddIndex(
            model_name='dunninghandover',
            index=models.Index(condition=models.Q(('taken_back_at__isnull', True)), fields=['seller', 'buyer'], name='dunning_handover_holding'),
        ),
        migrations.AddConstraint(
            model_name='dunninghandover',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), models.Q(('agency', ''), _negated=True), models.Q(models.Q(('take_back_reason', ''), ('taken_back_at__isnull', True), ('taken_back_by', '')), models.Q(('taken_back_at__isnull', False), models.Q(('take_back_reason', ''), _negated=True)), _connector='OR')), name='dunning_handover_says'),
        ),
        migrations.AddConstraint(
            model_name='dunningclaimfile',
            constraint=models.UniqueConstraint(fields=('seller', 'handover'), name='dunning_claimfile_once'),
        ),
        migrations.AddIndex(
            model_name='dunningclaim',
            index=models.Index(fields=['seller', 'invoice'], name='dunning_claim_by_invoice'),
        ),
        migrations.AddConstraint(
            model_name='dunningclaim',
            constraint=models.UniqueConstraint(fields=('seller', 'handover', 'invoice'), name='dunning_claim_once'),
        ),
        migrations.AddConstraint(
            model_name='dunningclaim',
            constraint=models.CheckConstraint(condition=models.Q(('overdue__gt', 0), ('told__gte', 0)), name='dunning_claim_amounts'),
        ),
        ScopeToSeller("DunningHandover", "DunningClaim", "DunningClaimFile"),
        AppendOnly("DunningClaimFile"),
    ]
