"""Addresses of the company's page, of keys for payment terms, and of buyers' billing profiles."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import billing_profile, company, terms_keys

urlpatterns: list[URLPattern] = [
    path("settings/company", company.company_page, name="office_company"),
    path("settings/company/logo", company.company_logo, name="office_company_logo"),
    path(
        "settings/company/logo/remove",
        company.company_logo_remove,
        name="office_company_logo_remove",
    ),
    path("settings/company/accounts", company.company_home, name="office_company_accounts"),
    path("settings/company/accounts/add", company.account_add, name="office_company_account_add"),
    path(
        "settings/company/accounts/<str:public>/<slug:name>",
        company.account_act,
        name="office_company_account_act",
    ),
    path("settings/terms", terms_keys.terms_keys_page, name="office_terms_keys"),
    path(
        "buyers/<str:public>/billing",
        billing_profile.billing_profile_page,
        name="office_billing_profile",
    ),
]
