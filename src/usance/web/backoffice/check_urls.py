"""Addresses of checks, files of scores, exchange rates and shared limits."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import checks, exchange_rates, group_limits, score_files

urlpatterns: list[URLPattern] = [
    path("buyers/<str:public>/checks", checks.buyer_checks_page, name="office_buyer_checks"),
    path(
        "buyers/<str:public>/checks/<slug:name>",
        checks.buyer_check_act,
        name="office_buyer_check_act",
    ),
    path("settings/score-files", score_files.score_files_page, name="office_score_files"),
    path("settings/exchange-rates", exchange_rates.rates_list, name="office_exchange_rates"),
    path("settings/exchange-rates/new", exchange_rates.rate_new, name="office_exchange_rate_new"),
    path("group-limits", group_limits.groups_list, name="office_group_limits"),
    path("group-limits/new", group_limits.group_new, name="office_group_limit_new"),
    path("group-limits/<str:public>", group_limits.group_page, name="office_group_limit"),
    path(
        "group-limits/<str:public>/<slug:name>",
        group_limits.group_act,
        name="office_group_limit_act",
    ),
]
