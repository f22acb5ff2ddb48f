"""Addresses of the office's pages about collections and dunning."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import collections, dunning_policies

urlpatterns: list[URLPattern] = [
    path("collections", collections.worklist, name="office_collections"),
    path("collections/cases", collections.cases_list, name="office_dunning_cases"),
    path("collections/open", collections.open_case, name="office_dunning_open"),
    path("collections/tasks", collections.tasks_list, name="office_dunning_tasks"),
    path(
        "collections/tasks/<str:public>/done",
        collections.task_done,
        name="office_dunning_task_done",
    ),
    path("collections/cases/<str:public>", collections.case_page, name="office_dunning_case"),
    path(
        "collections/cases/<str:public>/<slug:name>",
        collections.case_act,
        name="office_dunning_case_act",
    ),
    path(
        "collections/handovers/<str:public>/file",
        collections.handover_file,
        name="office_handover_file",
    ),
    path(
        "collections/handovers/<str:public>/<slug:name>",
        collections.handover_act,
        name="office_handover_act",
    ),
    path(
        "collections/messages/<str:public>/letter",
        collections.letter,
        name="office_dunning_letter",
    ),
    path("collections/runs", dunning_policies.runs_list, name="office_dunning_runs"),
    path("collections/runs/new", dunning_policies.run_now, name="office_dunning_run_now"),
    path("collections/outlook", dunning_policies.outlook, name="office_dunning_outlook"),
    path("settings/dunning", dunning_policies.policies_list, name="office_dunning_policies"),
    path("settings/dunning/new", dunning_policies.policy_new, name="office_dunning_policy_new"),
    path(
        "settings/dunning/<str:public>", dunning_policies.policy_page, name="office_dunning_policy"
    ),
    path(
        "settings/dunning/<str:public>/edit",
        dunning_policies.policy_edit,
        name="office_dunning_policy_edit",
    ),
    path(
        "settings/dunning/<str:public>/texts/<slug:language>",
        dunning_policies.policy_texts,
        name="office_dunning_policy_texts",
    ),
    path(
        "settings/dunning/<str:public>/preview",
        dunning_policies.policy_preview,
        name="office_dunning_policy_preview",
    ),
    path(
        "settings/dunning/<str:public>/<slug:name>",
        dunning_policies.policy_act,
        name="office_dunning_policy_act",
    ),
]
