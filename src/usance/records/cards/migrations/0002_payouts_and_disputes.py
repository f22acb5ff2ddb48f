import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from django.db.models import F, Q
from usance.records.seller_scope import ScopeToSeller

# What cards held was part of the tolerance; what somebody set meanwhile does not fall below nothing.
OUT_OF_THE_TOLERANCE = """
UPDATE credit_creditline AS l
   SET secured = a.secured, tolerance = greatest(l.tolerance - a.secured, 0)
  FROM (SELECT seller_id, buyer_id, currency, sum(secured)::bigint AS secured
          FROM cards_authorization WHERE secured > 0 GROUP BY 1, 2, 3) AS a
 WHERE l.seller_id = a.seller_id AND l.buyer_id = a.buyer_id AND l.currency = a.currency
   AND l.secured = 0
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cards', '0001_initial'),
        ('connections', '0001_initial'),
        ('credit', '0004_secured'),
        ('orders', '0008_secured_by_cards'),
        ('parties', '0004_attached_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='CardPayout',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('reference', models.TextField()),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('booked', models.BigIntegerField(default=0)),
                ('arrives_on', models.DateField()),
                ('names', models.JSONField(default=list)),
                ('marks', models.JSONField(default=list)),
                ('parts', models.JSONField(default=list)),
                ('failed_at', models.DateTimeField(null=True)),
                ('connection', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='connections.connection')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'cards_payout',
            },
        ),
        migrations.CreateModel(
            name='CardDispute',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('reference', models.TextField()),
                ('taken', models.BigIntegerField(default=0)),
                ('twice', models.BigIntegerField(default=0)),
                ('fee', models.BigIntegerField(default=0)),
                ('won_at', models.DateTimeField(null=True)),
                ('authorization', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cards.cardauthorization')),
                ('connection', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='connections.connection')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'cards_dispute',
            },
        ),
        migrations.AddIndex(
            model_name='cardpayout',
            index=models.Index(fields=['seller', 'arrives_on'], name='cards_payout_by_day'),
        ),
        migrations.AddConstraint(
            model_name='cardpayout',
            constraint=models.UniqueConstraint(fields=('seller', 'connection', 'reference'), name='cards_payout_once'),
        ),
        migrations.AddIndex(
            model_name='carddispute',
            index=models.Index(fields=['seller', 'authorization'], name='cards_dispute_of'),
        ),
        migrations.AddConstraint(
            model_name='carddispute',
            constraint=models.UniqueConstraint(fields=('seller', 'connection', 'reference'), name='cards_dispute_once'),
        ),
        migrations.AddConstraint(
            model_name='carddispute',
            constraint=models.CheckConstraint(condition=Q(('taken__gte', 0), ('twice__gte', 0), ('fee__gte', 0)), name='cards_dispute_amounts'),
        ),
        migrations.AddField(
            model_name='cardpage',
            name='looked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='cardreceipt',
            name='kind',
            field=models.CharField(db_default='capture', default='capture', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='cardreceipt',
            constraint=models.CheckConstraint(condition=Q(('kind__in', ('capture', 'refund_failed', 'dispute_won'))), name='cards_receipt_kind'),
        ),
        migrations.AddField(
            model_name='cardauthorization',
            name='refund_failed',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.RemoveConstraint(
            model_name='cardauthorization',
            name='cards_authorization_amounts',
        ),
        migrations.AddConstraint(
            model_name='cardauthorization',
            constraint=models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(captured__gte=0)
                & Q(refunded__gte=0)
                & Q(capturable__gte=0)
                & Q(secured__gte=0)
                & Q(refund_failed__gte=0)
                & Q(refunded__gte=F("refund_failed"))
                & Q(captured__gte=F("refunded") - F("refund_failed")),
                name='cards_authorization_amounts',
            ),
        ),
        migrations.AddIndex(
            model_name='cardauthorization',
            index=models.Index(condition=Q(('secured__gt', 0)), fields=['seller', 'buyer', 'currency'], name='cards_authorization_securing'),
        ),
        ScopeToSeller("CardPayout", "CardDispute"),
        migrations.RunSQL(OUT_OF_THE_TOLERANCE, migrations.RunSQL.noop),
    ]
