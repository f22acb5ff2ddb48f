"""Addresses of the office's pages about cards and promises of instalments."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import cards, promises

urlpatterns: list[URLPattern] = [
    path("cards", cards.cards_list, name="office_cards"),
    path("cards/<str:public>", cards.card_page, name="office_card"),
    path("cards/<str:public>/<slug:name>", cards.card_act, name="office_card_act"),
    path("promises", promises.promises_list, name="office_promises"),
    path("promises/rules", promises.promise_rules, name="office_promise_rules"),
    path("promises/<str:public>", promises.promise_page, name="office_promise"),
    path("promises/<str:public>/<slug:name>", promises.promise_act, name="office_promise_act"),
]
