import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('collections', '0007_statements'),
        ('invoices', '0012_late_charges_validated'),
        ('parties', '0004_attached_files'),
        ('payments', '0017_remittances_looked_at'),
    ]

    operations = [
        migrations.CreateModel(
            name='DisputeRemark',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('author', models.CharField(max_length=8)),
                ('name', models.TextField(default='')),
                ('text', models.TextField()),
            ],
            options={
                'db_table': 'collections_disputeremark',
            },
        ),
        migrations.CreateModel(
            name='DisputeRules',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('answer_days', models.SmallIntegerField(default=14)),
                ('warn_days', models.SmallIntegerField(default=2)),
                ('email', models.TextField(default='')),
            ],
            options={
                'db_table': 'collections_disputerules',
            },
        ),
        migrations.AddField(
            model_name='dispute',
            name='answer_by',
            field=models.DateField(db_default=django.db.models.functions.comparison.Cast(django.db.models.expressions.CombinedExpression(django.db.models.functions.datetime.Now(), '+', models.Value(datetime.timedelta(days=14))), models.DateField())),
        ),
        migrations.AddField(
            model_name='dispute',
            name='lines',
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name='dispute',
            name='warned_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='disputeremark',
            name='dispute',
            field=usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='collections.dispute'),
        ),
        migrations.AddField(
            model_name='disputeremark',
            name='seller',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller'),
        ),
        migrations.AddField(
            model_name='disputerules',
            name='seller',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller'),
        ),
        migrations.AddIndex(
            model_name='disputeremark',
            index=models.Index(fields=['seller', 'dispute', 'id'], name='collections_of_dispute'),
        ),
        migrations.AddConstraint(
            model_name='disputeremark',
            constraint=models.CheckConstraint(condition=models.Q(('author__in', ('buyer', 'seller')), models.Q(('text', ''), _negated=True)), name='collections_disputeremark_says'),
        ),
        migrations.AddConstraint(
            model_name='disputerules',
            constraint=models.UniqueConstraint(fields=('seller',), name='collections_disputerules_once'),
        ),
        migrations.AddConstraint(
            model_name='disputerules',
            constraint=models.CheckConstraint(condition=models.Q(('answer_days__gte', 1), ('answer_days__lte', 365), ('warn_days__gte', 0), ('warn_days__lte', models.F('answer_days'))), name='collections_disputerules_sensible'),
        ),
        ScopeToSeller("DisputeRules", "DisputeRemark"),
        AppendOnly("DisputeRemark"),
    ]
