"""Addresses of the portal."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.portal.views import invoices, orders, overview

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="account_overview"),
    path("statement", overview.statement, name="account_statement"),
    path("invoices", invoices.invoices_list, name="account_invoices"),
    path("invoices/<str:public>", invoices.invoice_page, name="account_invoice"),
    path(
        "invoices/<str:public>/document",
        invoices.invoice_document,
        name="account_invoice_document",
    ),
    path("orders", orders.orders_list, name="account_orders"),
    path("orders/<str:public>", orders.order_page, name="account_order"),
]
