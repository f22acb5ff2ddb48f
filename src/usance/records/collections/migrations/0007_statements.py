import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('collections', '0006_late_charges'),
        ('parties', '0004_attached_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='SentStatement',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('period', models.CharField(max_length=8, null=True)),
                ('since_on', models.DateField()),
                ('on', models.DateField()),
                ('accounts', models.JSONField(default=list)),
                ('recipients', models.JSONField(default=list)),
                ('language', models.CharField(default='', max_length=8)),
                ('author', models.TextField()),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('pay_link', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='collections.paylink')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_sentstatement',
                'indexes': [models.Index(fields=['seller', 'buyer', '-id'], name='collections_statement_by_buyer')],
                'constraints': [models.UniqueConstraint(fields=('seller', 'buyer', 'period'), name='collections_sentstatement_once'), models.CheckConstraint(condition=models.Q(('on__gte', models.F('since_on')), models.Q(('period', ''), _negated=True)), name='collections_sentstatement_days')],
            },
        ),
        migrations.CreateModel(
            name='StatementRule',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('every', models.CharField(default='never', max_length=8)),
                ('day', models.SmallIntegerField(default=1)),
                ('changed_at', models.DateTimeField()),
                ('author', models.TextField()),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_statementrule',
                'constraints': [models.UniqueConstraint(condition=models.Q(('buyer__isnull', True)), fields=('seller',), name='collections_statementrule_seller_once'), models.UniqueConstraint(fields=('seller', 'buyer'), name='collections_statementrule_buyer_once'), models.CheckConstraint(condition=models.Q(('every__in', ('never', 'weekly', 'monthly')), ('day__gte', 1), models.Q(('day__lte', 7), models.Q(models.Q(('every', 'weekly'), _negated=True), ('day__lte', 31)), _connector='OR')), name='collections_statementrule_sensible')],
            },
        ),
        ScopeToSeller("SentStatement", "StatementRule"),
        AppendOnly("SentStatement"),
    ]
