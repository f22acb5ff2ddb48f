"""Addresses of policies, decisions, reviews and delegations."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import decisions, delegations, policies, policy_editing, reviews

urlpatterns: list[URLPattern] = [
    path("policies", policies.policies_list, name="office_policies"),
    path("policies/new", policy_editing.policy_new, name="office_policy_new"),
    path("policies/<str:public>", policies.policy_page, name="office_policy"),
    path("policies/<str:public>/diff/<str:other>", policies.policy_diff, name="office_policy_diff"),
    path("policies/<str:public>/<slug:name>", policies.policy_act, name="office_policy_act"),
    path("decisions/<str:public>", decisions.decision_page, name="office_decision"),
    path("decisions/<str:public>/replay", decisions.decision_replay, name="office_replay"),
    path("reviews", reviews.reviews_list, name="office_reviews"),
    path("reviews/<str:public>", reviews.review_page, name="office_review"),
    path("reviews/<str:public>/<slug:name>", reviews.review_act, name="office_review_act"),
    path("settings/delegations", delegations.delegations_list, name="office_delegations"),
    path("settings/delegations/new", delegations.delegation_new, name="office_delegation_new"),
    path(
        "settings/delegations/<str:public>/<slug:name>",
        delegations.delegation_act,
        name="office_delegation_act",
    ),
]
