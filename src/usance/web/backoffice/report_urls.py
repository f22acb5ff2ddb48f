"""Addresses of reports."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import report_cash, report_figures, reports

urlpatterns: list[URLPattern] = [
    path("reports", reports.reports, name="office_reports"),
    path("reports/collection", report_figures.collection, name="office_report_collection"),
    path("reports/cash-forecast", report_cash.cash_forecast, name="office_report_cash"),
    path("reports/concentration", report_figures.concentration, name="office_report_concentration"),
    path("reports/payment-behaviour", report_figures.cohorts, name="office_report_cohorts"),
    path("reports/terms", report_figures.terms, name="office_report_terms"),
    path("reports/settings", report_cash.rules, name="office_report_rules"),
]
