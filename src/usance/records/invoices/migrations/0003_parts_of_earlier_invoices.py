from __future__ import annotations

from typing import Any

from django.db import migrations

_PAGE = 10_000
# What was invoiced before is one part of one order each; its id is the invoice's, so that running this
# again adds nothing.
_ADD = """
WITH page AS (
    SELECT * FROM invoices_invoice WHERE id > %s ORDER BY id LIMIT %s
), added AS (
    INSERT INTO invoices_invoicepart
           (id, seller_id, created_at, invoice_id, order_id, amount, tax_amount, captured)
    SELECT i.id, i.seller_id, i.created_at, i.id, i.order_id, i.amount, i.tax_amount, true
      FROM page AS i
     WHERE i.order_id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM invoices_invoicepart AS p
            WHERE p.seller_id = i.seller_id AND p.invoice_id = i.id)
    ON CONFLICT DO NOTHING
)
SELECT id FROM page ORDER BY id DESC LIMIT 1
"""


def add_parts(apps: Any, schema_editor: Any) -> None:
    """Page by page, each a short transaction. What is interrupted goes on from the beginning."""
    last: Any = "00000000-0000-0000-0000-000000000000"
    with schema_editor.connection.cursor() as cursor:
        while last is not None:
            cursor.execute(_ADD, [last, _PAGE])
            row = cursor.fetchone()
            last = row[0] if row else None


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("invoices", "0002_invoice_parts")]

    operations = [migrations.RunPython(add_parts, migrations.RunPython.noop)]
