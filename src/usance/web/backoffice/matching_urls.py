"""Addresses of the office's pages about the matching and about disputes."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import dispute_rules, disputes, matching

urlpatterns: list[URLPattern] = [
    path("payments/matching", matching.matching_queue, name="office_matching"),
    path("payments/matching/answer", matching.matching_answer, name="office_matching_answer"),
    path("payments/matching/again", matching.try_again, name="office_matching_again"),
    path("settings/matching", matching.matching_settings, name="office_matching_settings"),
    path("buyers/<str:public>/payers", matching.forget_payer, name="office_forget_payer"),
    path("disputes", disputes.disputes_list, name="office_disputes"),
    path("disputes/rules", dispute_rules.dispute_rules, name="office_dispute_rules"),
    path("disputes/<str:public>", disputes.dispute_page, name="office_dispute"),
    path(
        "disputes/<str:public>/files/<str:file>",
        disputes.dispute_file,
        name="office_dispute_file",
    ),
    path("disputes/<str:public>/<slug:name>", disputes.dispute_act, name="office_dispute_act"),
    path("write-offs", disputes.write_offs_list, name="office_write_offs"),
    path("write-offs/<str:public>", disputes.write_off_page, name="office_write_off"),
    path(
        "write-offs/<str:public>/<slug:name>",
        disputes.write_off_act,
        name="office_write_off_act",
    ),
]
