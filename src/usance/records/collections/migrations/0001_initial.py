import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly, GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('invoices', '0002_invoice_parts'),
        ('parties', '0003_invoicing'),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('line', models.TextField(default='')),
                ('subject', models.TextField(default='')),
                ('state', models.CharField(default='open', max_length=12)),
                ('changed_at', models.DateTimeField()),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('member', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.member')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_question',
            },
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('author', models.CharField(max_length=8)),
                ('name', models.TextField(default='')),
                ('text', models.TextField()),
                ('question', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='collections.question')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_remark',
            },
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(fields=['seller', 'invoice'], name='collections_by_invoice'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['seller', 'changed_at'], name='collections_question_open'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('open', 'answered', 'closed'))), name='collections_question_state'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('seller', 'external_id'), name='collections_question_external_id_once'),
        ),
        migrations.AddIndex(
            model_name='remark',
            index=models.Index(fields=['seller', 'question'], name='collections_of_question'),
        ),
        migrations.AddConstraint(
            model_name='remark',
            constraint=models.CheckConstraint(condition=models.Q(('author__in', ('buyer', 'seller')), models.Q(('text', ''), _negated=True)), name='collections_remark_says'),
        ),
        ScopeToSeller("Question", "Remark"),
        AppendOnly("Remark"),
        GuardState(
            "Question",
            pairs=[
                ("answered", "closed"),
                ("answered", "open"),
                ("closed", "open"),
                ("open", "answered"),
                ("open", "closed"),
            ],
        ),
    ]
