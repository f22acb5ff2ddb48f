"""Addresses of the office's pages about late interest."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import late_charges

urlpatterns: list[URLPattern] = [
    path("late-charges", late_charges.late_charges_list, name="office_late_charges"),
    path("invoices/<str:public>/late/<slug:name>", late_charges.late_act, name="office_late_act"),
    path("settings/late-interest", late_charges.late_interest, name="office_late_interest"),
    path("settings/late-interest/rates", late_charges.load_rates, name="office_reference_rates"),
    path(
        "settings/late-interest/new-rate", late_charges.new_rate, name="office_new_reference_rate"
    ),
    path(
        "buyers/<str:public>/late-interest",
        late_charges.buyer_late_interest,
        name="office_buyer_late_interest",
    ),
]
