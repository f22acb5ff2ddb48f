"""Addresses of the billing desk, of documents and their deliveries, and of buyers' questions."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import billing, billing_runs, documents, questions, statements

urlpatterns: list[URLPattern] = [
    path("billing", billing.waiting, name="office_billing"),
    path("billing/run", billing_runs.run_act, name="office_billing_act"),
    path("billing/preview", billing.preview, name="office_billing_preview"),
    path(
        "billing/preview/document", billing.preview_document, name="office_billing_preview_document"
    ),
    path("billing/runs", billing_runs.runs_list, name="office_billing_runs"),
    path("billing/runs/<str:public>", billing_runs.run_page, name="office_billing_run"),
    path("deliveries", documents.deliveries_list, name="office_deliveries"),
    path("deliveries/<str:public>/<slug:name>", documents.delivery_act, name="office_delivery_act"),
    path(
        "invoices/<str:public>/document/<slug:format_>",
        documents.invoice_document,
        name="office_invoice_document",
    ),
    path(
        "credit-notes/<str:public>/document/<slug:format_>",
        documents.credit_note_document,
        name="office_credit_note_document",
    ),
    path(
        "credit-notes/<str:public>/<slug:name>",
        documents.credit_note_act,
        name="office_credit_note_act",
    ),
    path(
        "buyers/<str:public>/statement/<str:currency>",
        documents.statement_document,
        name="office_statement_document",
    ),
    path("settings/statements", statements.statement_settings, name="office_statement_settings"),
    path(
        "buyers/<str:public>/statements",
        statements.buyer_statements,
        name="office_buyer_statements",
    ),
    path(
        "buyers/<str:public>/statements/<slug:name>",
        statements.statement_act,
        name="office_statement_act",
    ),
    path("questions", questions.questions_list, name="office_questions"),
    path("questions/<str:public>", questions.question_page, name="office_question"),
    path("questions/<str:public>/<slug:name>", questions.question_act, name="office_question_act"),
]
