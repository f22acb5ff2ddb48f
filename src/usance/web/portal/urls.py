"""Addresses of the portal."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.portal.views import (
    approvals,
    company,
    disputes,
    invoices,
    mandates,
    orders,
    overview,
    pay,
    questions,
)

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="account_overview"),
    path("pay", pay.pay_now, name="account_pay"),
    path("statement", overview.statement, name="account_statement"),
    path(
        "statement/<str:currency>/document",
        overview.statement_document,
        name="account_statement_document",
    ),
    path("invoices", invoices.invoices_list, name="account_invoices"),
    path("invoices/<str:public>", invoices.invoice_page, name="account_invoice"),
    path(
        "invoices/<str:public>/document/<slug:format_>",
        invoices.invoice_document,
        name="account_invoice_document",
    ),
    path(
        "credit-notes/<str:public>/document/<slug:format_>",
        invoices.credit_note_document,
        name="account_credit_note_document",
    ),
    path(
        "invoices/<str:public>/attachments/<str:attachment>",
        invoices.attached_file,
        name="account_attachment",
    ),
    path("invoices/<str:public>/<slug:name>", invoices.invoice_act, name="account_invoice_act"),
    path("questions/<str:public>", questions.question_act, name="account_question"),
    path("questions/<str:public>/<slug:name>", questions.question_act, name="account_question_act"),
    path("disputes/<str:public>", disputes.dispute_act, name="account_dispute"),
    path(
        "disputes/<str:public>/files/<str:file>",
        disputes.dispute_file,
        name="account_dispute_file",
    ),
    path("disputes/<str:public>/<slug:name>", disputes.dispute_act, name="account_dispute_act"),
    path("mandates", mandates.mandates_list, name="account_mandates"),
    path("mandates/new/<slug:name>", mandates.give_mandate, name="account_give_mandate"),
    path("mandates/<str:public>/<slug:name>", mandates.mandate_act, name="account_mandate_act"),
    path("orders", orders.orders_list, name="account_orders"),
    path("orders/<str:public>", orders.order_page, name="account_order"),
    path("orders/<str:public>/<slug:name>", approvals.approval_act, name="account_approval_act"),
    path("approvals", approvals.approvals, name="account_approvals"),
    path("people", company.people, name="account_people"),
    path("people/new/<slug:name>", company.people_act, name="account_people_act"),
    path("people/<str:public>", company.person, name="account_person"),
    path("people/<str:public>/<slug:name>", company.person_act, name="account_person_act"),
    path("cost-centres", company.cost_centres, name="account_cost_centres"),
    path("cost-centres/new/<slug:name>", company.cost_centres_act, name="account_cost_centres_act"),
    path(
        "cost-centres/<str:public>/<slug:name>",
        company.cost_centre_act,
        name="account_cost_centre_act",
    ),
    path("approval-rules", company.approval_rules, name="account_approval_rules"),
    path(
        "approval-rules/<slug:name>", company.approval_rules_act, name="account_approval_rules_act"
    ),
]
