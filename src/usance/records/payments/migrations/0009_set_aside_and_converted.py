import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0008_payment_references'),
        ('parties', '0004_attached_files'),
        ('payments', '0008_bank_claims'),
    ]

    operations = [
        migrations.CreateModel(
            name='SetAsideLine',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('code', models.TextField()),
                ('reason', models.TextField()),
                ('attempts', models.IntegerField(default=1)),
                ('tried_at', models.DateTimeField()),
                ('again_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'payments_setasideline',
            },
        ),
        migrations.AddField(
            model_name='allocation',
            name='converted',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='allocation',
            name='rate_difference',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='matchingrules',
            name='second_person_from',
            field=models.BigIntegerField(null=True),
        ),
        AddConstraintNotValid(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('converted__isnull', True), ('rate_difference', 0)), models.Q(('amount__gt', 0), ('converted__gt', 0)), models.Q(('amount__lt', 0), ('converted__lt', 0)), _connector='OR'), name='payments_allocation_converted'),
        ),
        migrations.AddConstraint(
            model_name='matchingrules',
            constraint=models.CheckConstraint(condition=models.Q(('second_person_from__isnull', True), ('second_person_from__gte', 0), _connector='OR'), name='payments_matchingrules_persons'),
        ),
        migrations.AddField(
            model_name='setasideline',
            name='bank_transaction',
            field=usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='payments.banktransaction'),
        ),
        migrations.AddField(
            model_name='setasideline',
            name='seller',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller'),
        ),
        migrations.AddConstraint(
            model_name='setasideline',
            constraint=models.UniqueConstraint(fields=('seller', 'bank_transaction'), name='payments_setasideline_once'),
        ),
        migrations.AddConstraint(
            model_name='setasideline',
            constraint=models.CheckConstraint(condition=models.Q(('attempts__gt', 0)), name='payments_setasideline_attempts'),
        ),
        ScopeToSeller("SetAsideLine"),
    ]
