import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('collections', '0001_initial'),
        ('invoices', '0004_invoice_indexes'),
        ('orders', '0004_order_amounts_validated'),
        ('parties', '0003_invoicing'),
    ]

    operations = [
        migrations.CreateModel(
            name='Promise',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('state', models.CharField(default='proposed', max_length=12)),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('invoices', models.JSONField(default=list)),
                ('words', models.TextField(default='')),
                ('author', models.TextField(default='')),
                ('answered_by', models.TextField(default='')),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(default='')),
                ('ended_at', models.DateTimeField(null=True)),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_promise',
            },
        ),
        migrations.CreateModel(
            name='PromisePart',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('position', models.SmallIntegerField()),
                ('due_on', models.DateField()),
                ('amount', models.BigIntegerField()),
                ('state', models.CharField(default='open', max_length=8)),
                ('promise', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='collections.promise')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_promisepart',
            },
        ),
        migrations.CreateModel(
            name='PromiseRules',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('is_open', models.BooleanField(default=True)),
                ('most_parts', models.SmallIntegerField(default=3)),
                ('most_days', models.SmallIntegerField(default=60)),
                ('first_percent', models.SmallIntegerField(default=25)),
                ('accept_at_once', models.BooleanField(default=False)),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_promiserules',
            },
        ),
        migrations.CreateModel(
            name='PayLink',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('author', models.TextField(default='')),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('order', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='orders.order')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_paylink',
                'indexes': [models.Index(fields=['seller', 'buyer', '-id'], name='collections_paylink_by_buyer')],
                'constraints': [models.UniqueConstraint(fields=('seller', 'external_id'), name='collections_paylink_external_id_once'), models.CheckConstraint(condition=models.Q(('invoice__isnull', True), ('order__isnull', True), _connector='OR'), name='collections_paylink_about')],
            },
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(fields=['seller', 'buyer', '-id'], name='collections_promise_by_buyer'),
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(fields=['seller', 'state', '-id'], name='collections_promise_by_state'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'accepted', 'declined', 'kept', 'broken', 'withdrawn')), ('amount__gt', 0)), name='collections_promise_state'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.UniqueConstraint(fields=('seller', 'external_id'), name='collections_promise_external_id_once'),
        ),
        migrations.AddIndex(
            model_name='promisepart',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['seller', 'due_on'], name='collections_promisepart_due'),
        ),
        migrations.AddConstraint(
            model_name='promisepart',
            constraint=models.UniqueConstraint(fields=('seller', 'promise', 'position'), name='collections_promisepart_once'),
        ),
        migrations.AddConstraint(
            model_name='promisepart',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('state__in', ('open', 'kept', 'broken'))), name='collections_promisepart_amount'),
        ),
        migrations.AddConstraint(
            model_name='promiserules',
            constraint=models.UniqueConstraint(fields=('seller',), name='collections_promiserules_once'),
        ),
        migrations.AddConstraint(
            model_name='promiserules',
            constraint=models.CheckConstraint(condition=models.Q(('most_parts__gte', 1), ('most_parts__lte', 24), ('most_days__gte', 1), ('most_days__lte', 730), ('first_percent__gte', 0), ('first_percent__lte', 100)), name='collections_promiserules_sensible'),
        ),
        ScopeToSeller("PayLink", "PromiseRules", "Promise", "PromisePart"),
        GuardState(
            "PromisePart",
            pairs=[("broken", "kept"), ("open", "broken"), ("open", "kept")],
        ),
        GuardState(
            "Promise",
            pairs=[
                ("accepted", "broken"),
                ("accepted", "kept"),
                ("accepted", "withdrawn"),
                ("broken", "kept"),
                ("proposed", "accepted"),
                ("proposed", "declined"),
                ("proposed", "withdrawn"),
            ],
        ),
    ]
