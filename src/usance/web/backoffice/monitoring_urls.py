"""Addresses of alarms, watches and the reviews of limits."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import alarms, limit_reviews, review_cycles, watches

urlpatterns: list[URLPattern] = [
    path("alarms", alarms.alarms_list, name="office_alarms"),
    path("alarms/notices", alarms.notices_upload, name="office_notices"),
    path("alarms/<str:public>", alarms.alarm_page, name="office_alarm"),
    path("alarms/<str:public>/<slug:name>", alarms.alarm_act, name="office_alarm_act"),
    path("limit-reviews/<str:public>", limit_reviews.review_page, name="office_limit_review"),
    path(
        "limit-reviews/<str:public>/<slug:name>",
        limit_reviews.review_act,
        name="office_limit_review_act",
    ),
    path("settings/watches", watches.watches_list, name="office_watches"),
    path("settings/watches/new", watches.watch_new, name="office_watch_new"),
    path("settings/watches/<str:public>", watches.watch_page, name="office_watch"),
    path("settings/watches/<str:public>/edit", watches.watch_edit, name="office_watch_edit"),
    path("settings/watches/<str:public>/<slug:name>", watches.watch_act, name="office_watch_act"),
    path("settings/review-cycles", review_cycles.cycles_list, name="office_review_cycles"),
    path("settings/review-cycles/set", review_cycles.cycle_set, name="office_review_cycle_set"),
    path(
        "settings/review-cycles/<str:public>/<slug:name>",
        review_cycles.cycle_act,
        name="office_review_cycle_act",
    ),
]
