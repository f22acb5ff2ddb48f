"""Addresses of the office's pages about early money."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import advances, funding_programs

urlpatterns: list[URLPattern] = [
    path("advances", advances.advances_list, name="office_advances"),
    path("advances/<str:public>", advances.advance_page, name="office_advance"),
    path("advances/<str:public>/<slug:name>", advances.advance_act, name="office_advance_act"),
    path("settings/funding", funding_programs.programs_list, name="office_funding_programs"),
    path("settings/funding/new", funding_programs.program_new, name="office_funding_program_new"),
    path(
        "settings/funding/<str:public>",
        funding_programs.program_page,
        name="office_funding_program",
    ),
]
