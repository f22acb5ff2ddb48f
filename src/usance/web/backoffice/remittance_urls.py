"""Addresses of the office's pages about remittance advices."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import advice_tables, remittances

urlpatterns: list[URLPattern] = [
    path("remittances", remittances.remittance_list, name="office_remittances"),
    path("remittances/new", remittances.remittance_upload, name="office_remittance_upload"),
    path(
        "remittances/tables/<uuid:file_id>",
        advice_tables.advice_table,
        name="office_remittance_table",
    ),
    path("settings/lockbox", advice_tables.lockbox_layout, name="office_lockbox"),
    path("remittances/<str:public>", remittances.remittance_page, name="office_remittance"),
    path(
        "remittances/<str:public>/acknowledgement.edi",
        remittances.remittance_acknowledgement,
        name="office_remittance_acknowledgement",
    ),
    path(
        "remittances/<str:public>/<slug:name>",
        remittances.remittance_act,
        name="office_remittance_act",
    ),
]
