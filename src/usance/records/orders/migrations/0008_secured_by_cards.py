from __future__ import annotations

from django.db import migrations

from usance.records.guards import sql_file


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_attachments"), ("credit", "0004_secured")]

    operations = [sql_file("orders/sql/authorize.sql")]
