from django.db import migrations


class Migration(migrations.Migration):
    # What these rows told is in LearntPayer since 0006.
    dependencies = [("payments", "0006_cash_application")]

    operations = [migrations.DeleteModel(name="PayerAccount")]
