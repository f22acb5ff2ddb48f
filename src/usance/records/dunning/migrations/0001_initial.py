import django.contrib.postgres.fields
import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly, GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('collections', '0003_disputes'),
        ('invoices', '0008_payment_references'),
        ('parties', '0004_attached_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='DunningCase',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('currency', models.CharField(max_length=3)),
                ('level', models.CharField(default='', max_length=12)),
                ('last_on', models.DateField(null=True)),
                ('paused_until', models.DateField(null=True)),
                ('pause_reason', models.TextField(default='')),
                ('paused_by', models.TextField(default='')),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'dunning_case',
            },
        ),
        migrations.CreateModel(
            name='DunningNote',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('outcome', models.CharField(max_length=12)),
                ('contact', models.TextField(default='')),
                ('words', models.TextField(default='')),
                ('author', models.TextField()),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('case', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dunning.dunningcase')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'dunning_note',
            },
        ),
        migrations.CreateModel(
            name='DunningPolicy',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('name', models.CharField(max_length=40)),
                ('version', models.IntegerField(default=1)),
                ('state', models.CharField(default='draft', max_length=8)),
                ('position', models.IntegerField(default=100)),
                ('document', models.JSONField()),
                ('author', models.TextField(default='')),
                ('previewed_at', models.DateTimeField(null=True)),
                ('previewed_by', models.TextField(default='')),
                ('active_since', models.DateTimeField(null=True)),
                ('retired_at', models.DateTimeField(null=True)),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'dunning_policy',
            },
        ),
        migrations.CreateModel(
            name='DunningRun',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('on', models.DateField()),
                ('started_by', models.TextField(default='')),
                ('scheduled', models.BooleanField(default=False)),
                ('buyers_total', models.IntegerField(default=0)),
                ('buyers_done', models.IntegerField(default=0)),
                ('messages', models.IntegerField(default=0)),
                ('waits', models.JSONField(default=dict)),
                ('began_after', models.UUIDField(null=True)),
                ('after', models.UUIDField(null=True)),
                ('wrapped', models.BooleanField(default=False)),
                ('finished_at', models.DateTimeField(null=True)),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'dunning_run',
            },
        ),
        migrations.CreateModel(
            name='DunningMessage',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(default='queued', max_length=8)),
                ('level', models.CharField(max_length=12)),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), size=None)),
                ('on', models.DateField()),
                ('send_at', models.DateTimeField()),
                ('amount', models.BigIntegerField()),
                ('items', models.JSONField(default=list)),
                ('language', models.CharField(default='en', max_length=8)),
                ('subject', models.TextField(default='')),
                ('body', models.TextField(default='')),
                ('sent_to', models.TextField(default='')),
                ('sent_at', models.DateTimeField(null=True)),
                ('mail_id', models.UUIDField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('stop_reason', models.CharField(default='', max_length=16)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('case', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dunning.dunningcase')),
                ('pay_link', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='collections.paylink')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
                ('policy', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dunning.dunningpolicy')),
                ('run', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dunning.dunningrun')),
            ],
            options={
                'db_table': 'dunning_message',
            },
        ),
        migrations.CreateModel(
            name='DunningStep',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('level', models.CharField(max_length=12)),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('message', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dunning.dunningmessage')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'dunning_step',
            },
        ),
        migrations.CreateModel(
            name='DunningTask',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('kind', models.CharField(max_length=12)),
                ('state', models.CharField(default='open', max_length=8)),
                ('words', models.TextField(default='')),
                ('due_on', models.DateField()),
                ('done_by', models.TextField(default='')),
                ('done_at', models.DateTimeField(null=True)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('case', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dunning.dunningcase')),
                ('message', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dunning.dunningmessage')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'dunning_task',
            },
        ),
        migrations.AddConstraint(
            model_name='dunningcase',
            constraint=models.UniqueConstraint(fields=('seller', 'buyer', 'currency'), name='dunning_case_once'),
        ),
        migrations.AddConstraint(
            model_name='dunningcase',
            constraint=models.CheckConstraint(condition=models.Q(('paused_until__isnull', True), models.Q(('pause_reason', ''), _negated=True), _connector='OR'), name='dunning_case_pause_has_reason'),
        ),
        migrations.AddIndex(
            model_name='dunningnote',
            index=models.Index(fields=['seller', 'case', '-id'], name='dunning_note_of'),
        ),
        migrations.AddConstraint(
            model_name='dunningnote',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ('reached', 'not_reached', 'will_pay', 'promised', 'disputes', 'other'))), name='dunning_note_outcome'),
        ),
        migrations.AddConstraint(
            model_name='dunningpolicy',
            constraint=models.UniqueConstraint(fields=('seller', 'name', 'version'), name='dunning_policy_version_once'),
        ),
        migrations.AddConstraint(
            model_name='dunningpolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('seller', 'name'), name='dunning_policy_active_once'),
        ),
        migrations.AddConstraint(
            model_name='dunningpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'active', 'retired'))), name='dunning_policy_state'),
        ),
        migrations.AddConstraint(
            model_name='dunningpolicy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'active'), _negated=True), models.Q(('previewed_at__isnull', False), ('active_since__isnull', False)), _connector='OR'), name='dunning_policy_previewed'),
        ),
        migrations.AddIndex(
            model_name='dunningrun',
            index=models.Index(fields=['seller', '-id'], name='dunning_run_latest'),
        ),
        migrations.AddIndex(
            model_name='dunningrun',
            index=models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['seller', 'id'], name='dunning_run_unfinished'),
        ),
        migrations.AddConstraint(
            model_name='dunningrun',
            constraint=models.UniqueConstraint(condition=models.Q(('scheduled', True)), fields=('seller', 'on'), name='dunning_run_once'),
        ),
        migrations.AddIndex(
            model_name='dunningmessage',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['seller', 'send_at', 'id'], name='dunning_message_due'),
        ),
        migrations.AddIndex(
            model_name='dunningmessage',
            index=models.Index(fields=['seller', 'buyer', '-id'], name='dunning_message_by_buyer'),
        ),
        migrations.AddIndex(
            model_name='dunningmessage',
            index=models.Index(fields=['seller', 'run'], name='dunning_message_by_run'),
        ),
        migrations.AddConstraint(
            model_name='dunningmessage',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('queued', 'sent', 'stopped')), ('amount__gt', 0), ('level__in', ('friendly', 'due_today', 'notice_1', 'notice_2', 'notice_3', 'formal', 'final', 'handover'))), name='dunning_message_state'),
        ),
        migrations.AddConstraint(
            model_name='dunningmessage',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'queued')), fields=('seller', 'case'), name='dunning_message_queued_once'),
        ),
        migrations.AddConstraint(
            model_name='dunningmessage',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'stopped'), _negated=True), fields=('seller', 'case', 'on'), name='dunning_message_day_once'),
        ),
        migrations.AddIndex(
            model_name='dunningstep',
            index=models.Index(fields=['seller', 'message'], name='dunning_step_of'),
        ),
        migrations.AddConstraint(
            model_name='dunningstep',
            constraint=models.UniqueConstraint(fields=('seller', 'invoice', 'due_on', 'level'), name='dunning_step_once'),
        ),
        migrations.AddConstraint(
            model_name='dunningstep',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ('friendly', 'due_today', 'notice_1', 'notice_2', 'notice_3', 'formal', 'final', 'handover'))), name='dunning_step_level'),
        ),
        migrations.AddIndex(
            model_name='dunningtask',
            index=models.Index(fields=['seller', 'case'], name='dunning_task_of'),
        ),
        migrations.AddIndex(
            model_name='dunningtask',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['seller', 'due_on'], name='dunning_task_open'),
        ),
        migrations.AddConstraint(
            model_name='dunningtask',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('open', 'done', 'dropped')), ('kind__in', ('call', 'post_letter', 'no_address', 'hand_over', 'tell'))), name='dunning_task_state'),
        ),
        migrations.AddConstraint(
            model_name='dunningtask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('done_at__isnull', False)), _connector='OR'), name='dunning_task_done'),
        ),
        ScopeToSeller(
            "DunningPolicy",
            "DunningCase",
            "DunningRun",
            "DunningMessage",
            "DunningStep",
            "DunningTask",
            "DunningNote",
        ),
        GuardState(
            "DunningPolicy",
            pairs=[("draft", "active"), ("draft", "retired"), ("active", "retired")],
        ),
        GuardState(
            "DunningMessage",
            pairs=[("queued", "sent"), ("queued", "stopped"), ("sent", "stopped")],
        ),
        GuardState("DunningTask", pairs=[("open", "done"), ("open", "dropped")]),
        AppendOnly("DunningNote"),
    ]
