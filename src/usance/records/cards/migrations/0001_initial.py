import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly, GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('connections', '0001_initial'),
        ('invoices', '0004_invoice_indexes'),
        ('orders', '0004_order_amounts_validated'),
        ('parties', '0003_invoicing'),
        ('payments', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoredCard',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('state', models.CharField(default='active', max_length=12)),
                ('payer', models.TextField()),
                ('token', models.TextField()),
                ('brand', models.CharField(default='', max_length=24)),
                ('last4', models.CharField(default='', max_length=4)),
                ('expires_year', models.SmallIntegerField(null=True)),
                ('expires_month', models.SmallIntegerField(null=True)),
                ('charge_at_due', models.BooleanField(default=False)),
                ('consent_words', models.TextField(default='')),
                ('consent_at', models.DateTimeField(null=True)),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('connection', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='connections.connection')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'cards_storedcard',
            },
        ),
        migrations.CreateModel(
            name='SecuredOrder',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('is_open', models.BooleanField(default=True)),
                ('short', models.BigIntegerField(default=0)),
                ('declines', models.IntegerField(default=0)),
                ('again_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('order', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='orders.order')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
                ('card', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cards.storedcard')),
            ],
            options={
                'db_table': 'cards_securedorder',
            },
        ),
        migrations.CreateModel(
            name='CardPage',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('kind', models.CharField(max_length=12)),
                ('state', models.CharField(default='open', max_length=12)),
                ('amount', models.BigIntegerField(default=0)),
                ('currency', models.CharField(default='', max_length=3)),
                ('amounts', models.JSONField(default=list)),
                ('order_reference', models.TextField(default='')),
                ('payer', models.TextField(default='')),
                ('reference', models.TextField(default='')),
                ('url', models.TextField(default='')),
                ('return_url', models.TextField(default='')),
                ('consent_words', models.TextField(default='')),
                ('language', models.CharField(default='en', max_length=8)),
                ('expires_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('connection', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='connections.connection')),
                ('order', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='orders.order')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
                ('card', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cards.storedcard')),
            ],
            options={
                'db_table': 'cards_page',
            },
        ),
        migrations.CreateModel(
            name='CardAuthorization',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('purpose', models.CharField(max_length=8)),
                ('state', models.CharField(default='pending', max_length=16)),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('authorized', models.BigIntegerField(default=0)),
                ('captured', models.BigIntegerField(default=0)),
                ('refunded', models.BigIntegerField(default=0)),
                ('capturable', models.BigIntegerField(default=0)),
                ('secured', models.BigIntegerField(default=0)),
                ('can_increase', models.BooleanField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('order_reference', models.TextField(default='')),
                ('payer', models.TextField(default='')),
                ('reference', models.TextField(default='')),
                ('decline_reason', models.CharField(default='', max_length=24)),
                ('decline_words', models.TextField(default='')),
                ('again_on', models.DateField(null=True)),
                ('external_id', models.TextField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('buyer', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.buyer')),
                ('connection', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='connections.connection')),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('order', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='orders.order')),
                ('renews', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cards.cardauthorization')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
                ('page', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cards.cardpage')),
                ('card', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cards.storedcard')),
            ],
            options={
                'db_table': 'cards_authorization',
            },
        ),
        migrations.CreateModel(
            name='CardEvent',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('provider_id', models.TextField()),
                ('kind', models.CharField(max_length=16)),
                ('type', models.TextField()),
                ('reference', models.TextField(default='')),
                ('dispute', models.JSONField(null=True)),
                ('sent_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('attempts', models.IntegerField(default=0)),
                ('ended_at', models.DateTimeField(null=True)),
                ('result', models.TextField(default='')),
                ('connection', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='connections.connection')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'cards_event',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['seller', 'due_at'], name='cards_event_due')],
                'constraints': [models.UniqueConstraint(fields=('seller', 'connection', 'provider_id'), name='cards_event_once')],
            },
        ),
        migrations.CreateModel(
            name='CardInstruction',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('kind', models.CharField(max_length=12)),
                ('state', models.CharField(default='queued', max_length=12)),
                ('amount', models.BigIntegerField(default=0)),
                ('attempts', models.IntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('author', models.TextField(default='')),
                ('note', models.TextField(default='')),
                ('reason_code', models.TextField(default='')),
                ('reason', models.TextField(default='')),
                ('authorization', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cards.cardauthorization')),
                ('invoice', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoices.invoice')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'cards_instruction',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['seller', 'due_at'], name='cards_instruction_due'), models.Index(fields=['seller', 'authorization'], name='cards_instruction_of'), models.Index(condition=models.Q(('invoice__isnull', False)), fields=['seller', 'invoice'], name='cards_instruction_of_invoice')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('queued', 'done', 'refused'))), name='cards_instruction_state'), models.CheckConstraint(condition=models.Q(('kind__in', ('authorize', 'increase', 'capture', 'void', 'refund'))), name='cards_instruction_kind')],
            },
        ),
        migrations.CreateModel(
            name='CardReceipt',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('amount', models.BigIntegerField()),
                ('authorization', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cards.cardauthorization')),
                ('payment', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.payment')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'cards_receipt',
                'indexes': [models.Index(fields=['seller', 'authorization'], name='cards_receipt_of')],
            },
        ),
        migrations.AddIndex(
            model_name='storedcard',
            index=models.Index(fields=['seller', 'buyer'], name='cards_storedcard_by_buyer'),
        ),
        migrations.AddConstraint(
            model_name='storedcard',
            constraint=models.UniqueConstraint(fields=('seller', 'connection', 'token'), name='cards_token_once'),
        ),
        migrations.AddConstraint(
            model_name='storedcard',
            constraint=models.UniqueConstraint(fields=('seller', 'external_id'), name='cards_storedcard_external_id_once'),
        ),
        migrations.AddConstraint(
            model_name='storedcard',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('active', 'forgotten'))), name='cards_storedcard_state'),
        ),
        migrations.AddConstraint(
            model_name='storedcard',
            constraint=models.CheckConstraint(condition=models.Q(('charge_at_due', False), models.Q(('consent_at__isnull', False), models.Q(('consent_words', ''), _negated=True)), _connector='OR'), name='cards_storedcard_consent'),
        ),
        migrations.AddConstraint(
            model_name='storedcard',
            constraint=models.CheckConstraint(condition=models.Q(('last4', ''), ('last4__regex', '^[0-9]{4}$'), _connector='OR'), name='cards_storedcard_last4'),
        ),
        migrations.AddIndex(
            model_name='securedorder',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['seller', 'order'], name='cards_securedorder_open'),
        ),
        migrations.AddConstraint(
            model_name='securedorder',
            constraint=models.UniqueConstraint(fields=('seller', 'order'), name='cards_securedorder_once'),
        ),
        migrations.AddConstraint(
            model_name='securedorder',
            constraint=models.CheckConstraint(condition=models.Q(('short__gte', 0)), name='cards_securedorder_short'),
        ),
        migrations.AddIndex(
            model_name='cardpage',
            index=models.Index(fields=['seller', 'connection', 'reference'], name='cards_page_by_reference'),
        ),
        migrations.AddIndex(
            model_name='cardpage',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['seller', 'created_at'], name='cards_page_open'),
        ),
        migrations.AddConstraint(
            model_name='cardpage',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('open', 'completed', 'expired'))), name='cards_page_state'),
        ),
        migrations.AddConstraint(
            model_name='cardpage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'store'), ('amount', 0)), models.Q(('kind__in', ('authorize', 'pay')), ('amount__gt', 0), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='cards_page_kind'),
        ),
        migrations.AddConstraint(
            model_name='cardpage',
            constraint=models.UniqueConstraint(fields=('seller', 'external_id'), name='cards_page_external_id_once'),
        ),
        migrations.AddIndex(
            model_name='cardauthorization',
            index=models.Index(fields=['seller', 'buyer', '-id'], name='cards_authorization_by_buyer'),
        ),
        migrations.AddIndex(
            model_name='cardauthorization',
            index=models.Index(condition=models.Q(('order__isnull', False)), fields=['seller', 'order'], name='cards_authorization_by_order'),
        ),
        migrations.AddIndex(
            model_name='cardauthorization',
            index=models.Index(condition=models.Q(('invoice__isnull', False)), fields=['seller', 'invoice'], name='cards_authorization_of_invoice'),
        ),
        migrations.AddIndex(
            model_name='cardauthorization',
            index=models.Index(condition=models.Q(('order__isnull', True), models.Q(('order_reference', ''), _negated=True)), fields=['seller', 'order_reference'], name='cards_authorization_unclaimed'),
        ),
        migrations.AddConstraint(
            model_name='cardauthorization',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('pending', 'action_required', 'authorized', 'captured', 'voided', 'expired', 'declined'))), name='cards_authorization_state'),
        ),
        migrations.AddConstraint(
            model_name='cardauthorization',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ('order', 'charge', 'page'))), name='cards_authorization_purpose'),
        ),
        migrations.AddConstraint(
            model_name='cardauthorization',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('captured__gte', 0), ('refunded__gte', 0), ('capturable__gte', 0), ('secured__gte', 0), ('captured__gte', models.F('refunded'))), name='cards_authorization_amounts'),
        ),
        migrations.AddConstraint(
            model_name='cardauthorization',
            constraint=models.UniqueConstraint(condition=models.Q(('reference', ''), _negated=True), fields=('seller', 'connection', 'reference'), name='cards_authorization_reference_once'),
        ),
        migrations.AddConstraint(
            model_name='cardauthorization',
            constraint=models.UniqueConstraint(fields=('seller', 'external_id'), name='cards_authorization_external_id_once'),
        ),
        ScopeToSeller("StoredCard", "CardPage", "CardAuthorization", "CardInstruction", "CardReceipt", "SecuredOrder", "CardEvent"),
        AppendOnly("CardReceipt"),
        GuardState(
            "StoredCard",
            pairs=[
                ("active", "forgotten"),
            ],
        ),
        GuardState(
            "CardPage",
            pairs=[
                ("open", "completed"),
                ("open", "expired"),
            ],
        ),
        GuardState(
            "CardAuthorization",
            pairs=[
                ("action_required", "authorized"),
                ("action_required", "captured"),
                ("action_required", "declined"),
                ("action_required", "voided"),
                ("authorized", "captured"),
                ("authorized", "expired"),
                ("authorized", "voided"),
                ("pending", "action_required"),
                ("pending", "authorized"),
                ("pending", "captured"),
                ("pending", "declined"),
                ("pending", "voided"),
            ],
        ),
        GuardState(
            "CardInstruction",
            pairs=[
                ("queued", "done"),
                ("queued", "refused"),
            ],
        ),
    ]
