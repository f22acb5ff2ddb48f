import django.db.models.deletion
import django.db.models.expressions
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('connections', '0001_initial'),
        ('invoices', '0008_payment_references'),
        ('parties', '0004_attached_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='FundingProgram',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('name', models.TextField()),
                ('kind', models.CharField(max_length=20)),
                ('state', models.CharField(default='active', max_length=8)),
                ('place', models.IntegerField(default=0)),
                ('condition', models.TextField(default='')),
                ('currency', models.CharField(max_length=3)),
                ('rate', models.IntegerField(default=0)),
                ('flat_fee', models.IntegerField(default=0)),
                ('period_fee', models.IntegerField(default=0)),
                ('interest', models.IntegerField(default=0)),
                ('minimum_fee', models.BigIntegerField(default=0)),
                ('recourse_days', models.IntegerField(default=60)),
                ('total_limit', models.BigIntegerField(null=True)),
                ('buyer_limit', models.BigIntegerField(null=True)),
                ('concentration', models.IntegerField(null=True)),
                ('smallest', models.BigIntegerField(null=True)),
                ('oldest_days', models.IntegerField(null=True)),
                ('longest_days', models.IntegerField(null=True)),
                ('insurer', models.TextField(default='')),
                ('insured_share', models.IntegerField(default=0)),
                ('premium', models.IntegerField(default=0)),
                ('claim_days', models.IntegerField(default=0)),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('connection', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='connections.connection')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'funding_program',
            },
        ),
        migrations.CreateModel(
            name='Advance',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('kind', models.CharField(max_length=20)),
                ('state', models.CharField(default='eligible', max_length=12)),
                ('currency', models.CharField(max_length=3)),
                ('base', models.BigIntegerField()),
                ('credited_before', models.BigIntegerField(default=0)),
                ('written_off_before', models.BigIntegerField(default=0)),
                ('advanced', models.BigIntegerField()),
                ('reserve', models.BigIntegerField()),
                ('fee', models.BigIntegerField()),
                ('premium', models.BigIntegerField(default=0)),
                ('interest_rate', models.IntegerField(default=0)),
                ('interest', models.BigIntegerField(default=0)),
                ('expected_on', models.DateField()),
                ('recourse_on', models.DateField()),
                ('insured_share', models.IntegerField(default=0)),
                ('claim_on', models.DateField(null=True)),
                ('annual_rate', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('diluted', models.BigIntegerField(default=0)),
                ('repaid', models.BigIntegerField(default=0)),
                ('recoursed', models.BigIntegerField(default=0)),
                ('absorbed', models.BigIntegerField(default=0)),
                ('is_out', models.BooleanField(default=False)),
                ('still_out', models.GeneratedField(db_persist=True, expression=models.Case(models.When(is_out=True, then=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('advanced'), '-', models.F('diluted')), '-', models.F('repaid')), '-', models.F('recoursed')), '-', models.F('absorbed'))), default=models.Value(0)), output_field=models.BigIntegerField())),
                ('reserve_released', models.BigIntegerField(default=0)),
                ('collected', models.BigIntegerField(default=0)),
                ('claimed', models.BigIntegerField(default=0)),
                ('compensated', models.BigIntegerField(default=0)),
                ('recourse_asked', models.BooleanField(default=False)),
                ('reference', models.TextField(default='')),
                ('payout_reference', models.TextField(default='')),
                ('requested_at', models.DateTimeField(null=True)),
                ('paid_out_on', models.DateField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('reason_code', models.TextField(default='')),
                ('reason', models.TextField(default='')),
                ('look_at', models.DateTimeField(null=True)),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('connection', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='connections.connection')),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
                ('program', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='funding.fundingprogram')),
            ],
            options={
                'db_table': 'funding_advance',
            },
        ),
        migrations.CreateModel(
            name='FundingEvent',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('partner_id', models.TextField()),
                ('type', models.TextField()),
                ('reference', models.TextField(default='')),
                ('own_reference', models.TextField(default='')),
                ('sent_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('attempts', models.IntegerField(default=0)),
                ('ended_at', models.DateTimeField(null=True)),
                ('result', models.TextField(default='')),
                ('connection', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='connections.connection')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'funding_event',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['seller', 'due_at'], name='funding_event_due')],
                'constraints': [models.UniqueConstraint(fields=('seller', 'connection', 'partner_id'), name='funding_event_once')],
            },
        ),
        migrations.CreateModel(
            name='FundingInstruction',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('kind', models.CharField(max_length=12)),
                ('state', models.CharField(default='queued', max_length=12)),
                ('amount', models.BigIntegerField(default=0)),
                ('interest', models.BigIntegerField(default=0)),
                ('on', models.DateField(null=True)),
                ('offer', models.JSONField(null=True)),
                ('attempts', models.IntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('author', models.TextField(default='')),
                ('reason_code', models.TextField(default='')),
                ('reason', models.TextField(default='')),
                ('advance', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='funding.advance')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'funding_instruction',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['seller', 'due_at'], name='funding_instruction_due'), models.Index(fields=['seller', 'advance'], name='funding_instruction_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('queued', 'done', 'refused'))), name='funding_instruction_state'), models.CheckConstraint(condition=models.Q(('kind__in', ('request', 'cancel', 'dilution', 'repayment', 'recourse', 'reclaim'))), name='funding_instruction_kind'), models.UniqueConstraint(condition=models.Q(('state', 'queued')), fields=('seller', 'advance'), name='funding_instruction_one_at_a_time')],
            },
        ),
        migrations.AddIndex(
            model_name='fundingprogram',
            index=models.Index(fields=['seller', 'place', 'id'], name='funding_program_in_order'),
        ),
        migrations.AddConstraint(
            model_name='fundingprogram',
            constraint=models.UniqueConstraint(fields=('seller', 'external_id'), name='funding_program_external_id_once'),
        ),
        migrations.AddConstraint(
            model_name='fundingprogram',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('active', 'paused', 'closed'))), name='funding_program_state'),
        ),
        migrations.AddConstraint(
            model_name='fundingprogram',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('connection__isnull', True), ('kind', 'own_book'), ('rate', 0)), models.Q(('kind__in', ('with_recourse', 'without_recourse', 'insured')), ('connection__isnull', False), ('rate__gt', 0)), _connector='OR'), name='funding_program_kind'),
        ),
        migrations.AddConstraint(
            model_name='fundingprogram',
            constraint=models.CheckConstraint(condition=models.Q(('flat_fee__gte', 0), ('insured_share__gte', 0), ('insured_share__lte', 10000), ('interest__gte', 0), ('minimum_fee__gte', 0), ('period_fee__gte', 0), ('premium__gte', 0), ('rate__lte', 10000), ('recourse_days__gte', 0)), name='funding_program_terms'),
        ),
        migrations.AddIndex(
            model_name='advance',
            index=models.Index(fields=['seller', 'invoice'], name='funding_advance_of'),
        ),
        migrations.AddIndex(
            model_name='advance',
            index=models.Index(fields=['seller', 'program', 'state'], name='funding_advance_in_use'),
        ),
        migrations.AddIndex(
            model_name='advance',
            index=models.Index(condition=models.Q(('look_at__isnull', False)), fields=['seller', 'look_at'], name='funding_advance_look'),
        ),
        migrations.AddConstraint(
            model_name='advance',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('eligible', 'requested', 'paid_out', 'repaid', 'recoursed', 'absorbed', 'declined', 'canceled'))), name='funding_advance_state'),
        ),
        migrations.AddConstraint(
            model_name='advance',
            constraint=models.CheckConstraint(condition=models.Q(('advanced__gt', 0), ('base__gte', models.F('advanced')), ('fee__gte', 0), ('fee__lt', models.F('advanced')), ('diluted__gte', 0), ('repaid__gte', 0), ('recoursed__gte', 0), ('absorbed__gte', 0), ('advanced__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('diluted'), '+', models.F('repaid')), '+', models.F('recoursed')), '+', models.F('absorbed')))), name='funding_advance_amounts'),
        ),
        migrations.AddConstraint(
            model_name='advance',
            constraint=models.UniqueConstraint(fields=('seller', 'external_id'), name='funding_advance_external_id_once'),
        ),
        migrations.AddConstraint(
            model_name='advance',
            constraint=models.UniqueConstraint(condition=models.Q(('reference', ''), _negated=True), fields=('seller', 'connection', 'reference'), name='funding_advance_reference_once'),
        ),
        migrations.AddConstraint(
            model_name='advance',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('declined', 'canceled')), _negated=True), fields=('seller', 'invoice'), name='funding_advance_one_live'),
        ),
        ScopeToSeller("FundingProgram", "Advance", "FundingInstruction", "FundingEvent"),
        GuardState(
            "FundingProgram",
            pairs=[
                ("active", "closed"),
                ("active", "paused"),
                ("paused", "active"),
                ("paused", "closed"),
            ],
        ),
        GuardState(
            "Advance",
            pairs=[
                ("absorbed", "paid_out"),
                ("eligible", "canceled"),
                ("eligible", "declined"),
                ("eligible", "requested"),
                ("paid_out", "absorbed"),
                ("paid_out", "recoursed"),
                ("paid_out", "repaid"),
                ("repaid", "paid_out"),
                ("repaid", "recoursed"),
                ("requested", "canceled"),
                ("requested", "declined"),
                ("requested", "paid_out"),
            ],
        ),
        GuardState(
            "FundingInstruction",
            pairs=[
                ("queued", "done"),
                ("queued", "refused"),
            ],
        ),
    ]
