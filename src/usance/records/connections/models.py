"""What a seller has connected: registers, bureaus and sanctions lists, and the files loaded for them."""

from __future__ import annotations

from django.db import models

from usance.records.seller_scope import ScopedForeignKey, SellerScoped


class Connection(SellerScoped):
    """A counterpart of a ``kind`` (vies, companies_house, gleif, yente, sanctions_list, creditsafe).

    ``settings`` is what may be shown, ``secret`` the credentials as an encrypted JSON object.
    ``tested_at`` and ``test_result`` say how the last try went: empty, ``ok`` or the code of an error.
    """

    kind = models.CharField(max_length=24)
    name = models.TextField()
    settings = models.JSONField(default=dict)
    secret = models.TextField(default="")
    is_active = models.BooleanField(default=True)
    tested_at = models.DateTimeField(null=True)
    test_result = models.CharField(max_length=60, default="")
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "connections_connection"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="connections_external_id_once"
            )
        ]
        indexes = [models.Index(fields=["seller", "kind"], name="connections_by_kind")]


class LoadedFile(SellerScoped):
    """A file that a connection searches, such as a sanctions list. Never changed: the latest counts."""

    connection = ScopedForeignKey(Connection)
    file_name = models.TextField()
    digest = models.BinaryField()
    entries = models.IntegerField()
    content = models.BinaryField()
    author = models.TextField(default="")

    class Meta:
        db_table = "connections_loadedfile"
        indexes = [
            models.Index(
                fields=["seller", "connection", "-created_at"], name="connections_file_latest"
            )
        ]
