"""Addresses of the office's pages about mandates, debits, and files of them."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import debit_files, debits, mandates

urlpatterns: list[URLPattern] = [
    path("debits", debits.debits_list, name="office_debits"),
    path("debits/files", debit_files.files_list, name="office_debit_files"),
    path("debits/files/write", debit_files.write_files, name="office_write_debit_files"),
    path("debits/files/<str:public>", debit_files.file_page, name="office_debit_file"),
    path(
        "debits/files/<str:public>/download",
        debit_files.download_file,
        name="office_debit_file_download",
    ),
    path(
        "debits/files/<str:public>/<slug:name>", debit_files.file_act, name="office_debit_file_act"
    ),
    path("debits/answers", debit_files.upload_answer, name="office_debit_answers"),
    path("debits/<str:public>", debits.debit_page, name="office_debit"),
    path("debits/<str:public>/<slug:name>", debits.debit_act, name="office_debit_act"),
    path("mandates", mandates.mandates_list, name="office_mandates"),
    path("mandates/new", mandates.new_mandate, name="office_new_mandate"),
    path("mandates/<str:public>", mandates.mandate_page, name="office_mandate"),
    path("mandates/<str:public>/<slug:name>", mandates.mandate_act, name="office_mandate_act"),
]
