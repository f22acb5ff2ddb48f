"""Addresses of backtests. They stand before those of policies, whose versions have ids there."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import backtests

urlpatterns: list[URLPattern] = [
    path("policies/backtests", backtests.backtests_list, name="office_backtests"),
    path("policies/backtests/new", backtests.backtest_new, name="office_backtest_new"),
    path("policies/backtests/<str:public>", backtests.backtest_page, name="office_backtest"),
]
