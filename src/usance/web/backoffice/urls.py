"""Addresses of the back office."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.backtest_urls import urlpatterns as backtest_urlpatterns
from usance.web.backoffice.billing_urls import urlpatterns as billing_urlpatterns
from usance.web.backoffice.card_urls import urlpatterns as card_urlpatterns
from usance.web.backoffice.check_urls import urlpatterns as check_urlpatterns
from usance.web.backoffice.company_urls import urlpatterns as company_urlpatterns
from usance.web.backoffice.debit_urls import urlpatterns as debit_urlpatterns
from usance.web.backoffice.dunning_urls import urlpatterns as dunning_urlpatterns
from usance.web.backoffice.funding_urls import urlpatterns as funding_urlpatterns
from usance.web.backoffice.late_urls import urlpatterns as late_urlpatterns
from usance.web.backoffice.matching_urls import urlpatterns as matching_urlpatterns
from usance.web.backoffice.monitoring_urls import urlpatterns as monitoring_urlpatterns
from usance.web.backoffice.policy_urls import urlpatterns as policy_urlpatterns
from usance.web.backoffice.remittance_urls import urlpatterns as remittance_urlpatterns
from usance.web.backoffice.report_urls import urlpatterns as report_urlpatterns
from usance.web.backoffice.views import (
    application_settings,
    applications,
    attachments,
    bank,
    bank_upload,
    buyers,
    connections,
    invoices,
    orders,
    organisation,
    overview,
    payments,
)

urlpatterns: list[URLPattern] = [
    *check_urlpatterns,
    *company_urlpatterns,
    *billing_urlpatterns,
    *card_urlpatterns,
    *funding_urlpatterns,
    *debit_urlpatterns,
    *remittance_urlpatterns,
    *matching_urlpatterns,
    *late_urlpatterns,
    *dunning_urlpatterns,
    *report_urlpatterns,
    path("", overview.overview, name="office_overview"),
    path("search", overview.search, name="office_search"),
    path("applications", applications.applications_list, name="office_applications"),
    path("applications/<str:public>", applications.application_page, name="office_application"),
    path(
        "applications/<str:public>/documents/<str:document>",
        applications.application_document,
        name="office_application_document",
    ),
    path(
        "applications/<str:public>/<slug:name>",
        applications.application_act,
        name="office_application_act",
    ),
    path(
        "settings/applications",
        application_settings.application_settings,
        name="office_application_settings",
    ),
    path("settings/connections", connections.connections_list, name="office_connections"),
    path(
        "settings/connections/new/<slug:kind>",
        connections.connection_new,
        name="office_connection_new",
    ),
    path(
        "settings/connections/<str:public>", connections.connection_page, name="office_connection"
    ),
    path(
        "settings/connections/<str:public>/test",
        connections.connection_test,
        name="office_connection_test",
    ),
    path(
        "settings/connections/<str:public>/switch",
        connections.connection_switch,
        name="office_connection_switch",
    ),
    path(
        "settings/connections/<str:public>/load",
        connections.connection_load,
        name="office_connection_load",
    ),
    path("orders", orders.orders_list, name="office_orders"),
    path("orders/<str:public>", orders.order_page, name="office_order"),
    path("orders/<str:public>/attach", attachments.attach, name="office_attach"),
    path("attachments/<str:public>", attachments.attached_file, name="office_attachment"),
    path("orders/<str:public>/<slug:name>", orders.order_act, name="office_order_act"),
    path("invoices", invoices.invoices_list, name="office_invoices"),
    path("invoices/<str:public>", invoices.invoice_page, name="office_invoice"),
    path("invoices/<str:public>/<slug:name>", invoices.invoice_act, name="office_invoice_act"),
    path("payments", payments.payments_list, name="office_payments"),
    path("payments/new", payments.payment_new, name="office_payment_new"),
    path("payments/<str:public>", payments.payment_page, name="office_payment"),
    path("payments/<str:public>/<slug:name>", payments.payment_act, name="office_payment_act"),
    path("bank", bank.bank_list, name="office_bank"),
    path("bank/upload", bank_upload.bank_upload, name="office_bank_upload"),
    path("bank/tables/<uuid:file_id>", bank_upload.bank_table, name="office_bank_table"),
    path("bank/<str:public>", bank.bank_statement, name="office_bank_statement"),
    path("buyers", buyers.buyers_list, name="office_buyers"),
    path("buyers/<str:public>", buyers.buyer_page, name="office_buyer"),
    path("buyers/<str:public>/<slug:name>", buyers.buyer_act, name="office_buyer_act"),
    path(
        "buyers/<str:public>/organisation/<slug:name>",
        organisation.organisation_act,
        name="office_organisation_act",
    ),
    path(
        "buyers/<str:public>/members/<str:member>",
        organisation.member_page,
        name="office_member",
    ),
    path(
        "buyers/<str:public>/members/<str:member>/<slug:name>",
        organisation.member_act,
        name="office_member_act",
    ),
    path(
        "buyers/<str:public>/cost-centres/<str:centre>/<slug:name>",
        organisation.cost_centre_act,
        name="office_cost_centre_act",
    ),
    path("buyers/<str:public>/credit/<str:currency>", buyers.credit_panel, name="office_credit"),
    path(
        "buyers/<str:public>/credit/<str:currency>/<slug:name>",
        buyers.credit_act,
        name="office_credit_act",
    ),
    *backtest_urlpatterns,
    *policy_urlpatterns,
    *monitoring_urlpatterns,
]
