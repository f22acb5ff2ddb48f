import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):

    dependencies = [
        ('collections', '0009_disputes_by_deadline'),
        ('parties', '0004_attached_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='DisputeFile',
            fields=[
                ('id', models.UUIDField(default=usance.records.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('author', models.CharField(max_length=8)),
                ('name', models.TextField(default='')),
                ('file_name', models.TextField()),
                ('media_type', models.CharField(max_length=80)),
                ('size', models.IntegerField()),
                ('digest', models.BinaryField()),
                ('content', models.BinaryField()),
                ('dispute', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='collections.dispute')),
                ('remark', usance.records.seller_scope.ScopedForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='collections.disputeremark')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parties.seller')),
            ],
            options={
                'db_table': 'collections_disputefile',
                'constraints': [
                    models.UniqueConstraint(fields=('seller', 'dispute', 'digest'), name='collections_disputefile_once'),
                    models.CheckConstraint(condition=models.Q(('author__in', ('buyer', 'seller')), ('size__gt', 0)), name='collections_disputefile_sensible'),
                ],
            },
        ),
        ScopeToSeller("DisputeFile"),
        AppendOnly("DisputeFile"),
    ]
