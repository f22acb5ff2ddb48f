from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0011_remittances'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='bankclaim', name='payments_bankclaim_kind'),
        migrations.AddConstraint(
            model_name='bankclaim',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('debit_batch', 'debit', 'debit_return', 'card_payout', 'funding'))), name='payments_bankclaim_kind'),
        ),
    ]
