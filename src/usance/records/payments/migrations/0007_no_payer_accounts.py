from django.db import migrations


class Migration(migrations.Migration):
    # What these rows told is in LearntPayer since 0006. The table stays with what it holds: whoever goes
    # back to the release before finds it.
    dependencies = [("payments", "0006_cash_application")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="PayerAccount")]
        )
    ]
