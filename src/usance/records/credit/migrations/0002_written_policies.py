import django.contrib.postgres.fields
import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly, GuardState, sql_file
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    dependencies = [
        ("credit", "0001_initial"),
        ("parties", "0002_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyRelease",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("mode", models.CharField(max_length=12)),
                ("effective_at", models.DateTimeField()),
                ("needs_standing", models.BooleanField(default=False)),
                ("author", models.TextField(default="")),
                ("approved_by", models.TextField(default="")),
            ],
            options={
                "db_table": "credit_policyrelease",
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("application_id", models.UUIDField(null=True)),
                ("kind", models.CharField(max_length=16)),
                ("source", models.CharField(max_length=40)),
                ("outcome", models.CharField(max_length=16)),
                ("asked_about", models.TextField(default="")),
                ("reference", models.TextField(default="")),
                ("facts", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "db_table": "credit_report",
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("kind", models.CharField(max_length=16)),
                ("subject_id", models.UUIDField()),
                ("state", models.CharField(default="open", max_length=12)),
                ("route", models.CharField(default="", max_length=40)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), size=None
                    ),
                ),
                ("people", models.IntegerField(default=1)),
                ("due_at", models.DateTimeField(null=True)),
                ("escalate_to", models.CharField(default="", max_length=24)),
                ("escalated_at", models.DateTimeField(null=True)),
                ("asked_by", models.TextField(default="")),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("amount", models.BigIntegerField(null=True)),
                ("currency", models.CharField(default="", max_length=3)),
                ("proposal", models.JSONField(default=dict)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "credit_review",
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("facts", models.JSONField(default=dict)),
                (
                    "ship_tos",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), default=list, size=None
                    ),
                ),
                ("computed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "credit_standing",
            },
        ),
        migrations.AddField(
            model_name="creditline",
            name="follows_group",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="creditline",
            name="insured_limit",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="creditline",
            name="insured_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="creditline",
            name="review_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="creditline",
            name="tier",
            field=models.CharField(db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="creditpolicy",
            name="note",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="decision",
            name="alternatives",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="decision",
            name="shadow",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("person", models.TextField()),
                ("on_behalf_of", models.TextField(default="")),
                ("verdict", models.CharField(max_length=12)),
                ("override", models.BooleanField(default=False)),
                ("note", models.TextField(default="")),
                (
                    "seller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.seller",
                    ),
                ),
            ],
            options={
                "db_table": "credit_approval",
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("principal", models.EmailField(max_length=254)),
                ("deputy", models.EmailField(max_length=254)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "seller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.seller",
                    ),
                ),
            ],
            options={
                "db_table": "credit_delegation",
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("source", models.CharField(max_length=3)),
                ("target", models.CharField(max_length=3)),
                ("rate", models.DecimalField(decimal_places=12, max_digits=24)),
                ("on", models.DateField()),
                ("origin", models.TextField(default="")),
                (
                    "seller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.seller",
                    ),
                ),
            ],
            options={
                "db_table": "credit_exchangerate",
            },
        ),
        migrations.CreateModel(
            name="ExternalItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("currency", models.CharField(max_length=3)),
                ("number", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("due_on", models.DateField(null=True)),
                ("origin", models.TextField(default="")),
                (
                    "buyer",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.buyer",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.seller",
                    ),
                ),
            ],
            options={
                "db_table": "credit_externalitem",
            },
        ),
        migrations.CreateModel(
            name="GroupLimit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("name", models.TextField()),
                ("currency", models.CharField(max_length=3)),
                ("limit", models.BigIntegerField()),
                ("tolerance", models.BigIntegerField(default=0)),
                ("state", models.CharField(default="active", max_length=12)),
                ("external_id", models.TextField(null=True)),
                ("metadata", models.JSONField(default=dict)),
                (
                    "seller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.seller",
                    ),
                ),
            ],
            options={
                "db_table": "credit_grouplimit",
            },
        ),
        migrations.AddField(
            model_name="creditline",
            name="group",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="credit.grouplimit",
            ),
        ),
        migrations.AddIndex(
            model_name="creditline",
            index=models.Index(
                condition=models.Q(("group__isnull", False)),
                fields=["seller", "group"],
                name="credit_line_by_group",
            ),
        ),
        migrations.AddIndex(
            model_name="creditline",
            index=models.Index(
                condition=models.Q(("review_on__isnull", False)),
                fields=["seller", "review_on"],
                name="credit_line_by_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("insured_limit__isnull", True), ("insured_limit__gte", 0), _connector="OR"
                ),
                name="credit_line_insured",
            ),
        ),
        migrations.AddField(
            model_name="policyrelease",
            name="policy",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="credit.creditpolicy",
            ),
        ),
        migrations.AddField(
            model_name="policyrelease",
            name="seller",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.seller",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="buyer",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.buyer",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="seller",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.seller",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="buyer",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.buyer",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="seller",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.seller",
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="review",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="credit.review",
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="buyer",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.buyer",
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="seller",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.seller",
            ),
        ),
        migrations.AddIndex(
            model_name="delegation",
            index=models.Index(fields=["seller", "deputy"], name="credit_delegation_by_deputy"),
        ),
        migrations.AddIndex(
            model_name="exchangerate",
            index=models.Index(
                fields=["seller", "source", "target", "-on", "-created_at"],
                name="credit_rate_latest",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchangerate",
            constraint=models.CheckConstraint(
                condition=models.Q(("rate__gt", 0)), name="credit_rate_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalitem",
            constraint=models.UniqueConstraint(
                fields=("seller", "buyer", "currency", "origin", "number"),
                name="credit_external_item_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="grouplimit",
            constraint=models.UniqueConstraint(
                fields=("seller", "external_id"), name="credit_group_external_id_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="grouplimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("limit__gte", 0), ("tolerance__gte", 0)),
                name="credit_group_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="grouplimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["active", "on_hold"])), name="credit_group_state"
            ),
        ),
        migrations.AddIndex(
            model_name="policyrelease",
            index=models.Index(
                condition=models.Q(("mode", "live")),
                fields=["seller", "-effective_at", "-id"],
                name="credit_policy_release_live",
            ),
        ),
        migrations.AddIndex(
            model_name="policyrelease",
            index=models.Index(
                condition=models.Q(("mode", "live"), _negated=True),
                fields=["seller", "-effective_at", "-id"],
                name="credit_policy_release_shadow",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyrelease",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["live", "shadow", "shadow_end"])),
                name="credit_policy_release_mode",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                fields=["seller", "buyer", "kind", "-asked_at"], name="credit_report_by_buyer"
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("application_id__isnull", False)),
                fields=["seller", "application_id"],
                name="credit_report_by_application",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                fields=["seller", "source", "asked_about", "-asked_at"],
                name="credit_report_by_question",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["seller", "due_at"],
                name="credit_review_due",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["seller", "subject_id"], name="credit_review_by_subject"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("open", "approved", "declined", "withdrawn"))),
                name="credit_review_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["order", "application", "limit", "policy"])),
                name="credit_review_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("seller", "kind", "subject_id"),
                name="credit_review_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                fields=("seller", "review", "person"), name="credit_approval_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["approved", "declined"])),
                name="credit_approval_verdict",
            ),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(fields=["seller", "computed_at"], name="credit_standing_oldest"),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.UniqueConstraint(
                fields=("seller", "buyer"), name="credit_standing_once"
            ),
        ),
        ScopeToSeller(
            "CreditLine",
            "GroupLimit",
            "ExchangeRate",
            "PolicyRelease",
            "Standing",
            "Report",
            "ExternalItem",
            "Review",
            "Approval",
            "Delegation",
        ),
        AppendOnly("PolicyRelease", "ExchangeRate", "Report", "Approval"),
        GuardState(
            "Review",
            pairs=[
                ("open", "approved"),
                ("open", "declined"),
                ("open", "withdrawn"),
            ],
        ),
        # Until now the highest version decided from the moment it was written.
        migrations.RunSQL(
            "INSERT INTO credit_policyrelease (id, seller_id, created_at, policy_id, mode,"
            " effective_at, needs_standing, author, approved_by)"
            # Ids in the order of the versions, and none earlier than a lower version's, whatever the
            # clocks said. A seller with a release has its drafts besides: they stay drafts.
            " SELECT (lpad(to_hex(p.version), 8, '0') || substr(gen_random_uuid()::text, 9))::uuid,"
            " p.seller_id, p.created_at, p.id, 'live', max(p.created_at) OVER ("
            " PARTITION BY p.seller_id ORDER BY p.version), false, p.author, ''"
            " FROM credit_creditpolicy AS p WHERE NOT EXISTS ("
            " SELECT 1 FROM credit_policyrelease AS r WHERE r.seller_id = p.seller_id)",
            migrations.RunSQL.noop,
        ),
        sql_file("credit/sql/group_limits.sql"),
    ]
