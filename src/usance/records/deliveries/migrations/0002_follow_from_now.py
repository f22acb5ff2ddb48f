from django.db import migrations

BEGIN_NOW = """
INSERT INTO monitoring_position (id, seller_id, created_at, reader, transaction, sequence)
SELECT gen_random_uuid(), s.id, now(), 'deliveries',
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0
  FROM parties_seller AS s
 WHERE EXISTS (SELECT 1 FROM events_event AS e WHERE e.seller_id = s.id)
    ON CONFLICT (seller_id, reader) DO NOTHING
"""
"""Whoever traded before documents were kept has no document in its history to be sent."""


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0001_initial"),
        ("events", "0001_initial"),
        ("monitoring", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [migrations.RunSQL(BEGIN_NOW, migrations.RunSQL.noop)]
