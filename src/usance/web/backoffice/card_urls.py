"""Addresses of the office's pages about cards and promises of instalments."""

from __future__ import annotations

from django.urls import URLPattern, path

from usance.web.backoffice.views import card_payouts, cards, promises

urlpatterns: list[URLPattern] = [
    path("cards", cards.cards_list, name="office_cards"),
    path("cards/payouts", card_payouts.payouts_list, name="office_card_payouts"),
    path("cards/payouts/<str:public>", card_payouts.payout_page, name="office_card_payout"),
    path(
        "cards/payouts/<str:public>/<slug:name>",
        card_payouts.payout_act,
        name="office_card_payout_act",
    ),
    path("cards/<str:public>", cards.card_page, name="office_card"),
    path("cards/<str:public>/<slug:name>", cards.card_act, name="office_card_act"),
    path("promises", promises.promises_list, name="office_promises"),
    path("promises/rules", promises.promise_rules, name="office_promise_rules"),
    path("promises/<str:public>", promises.promise_page, name="office_promise"),
    path("promises/<str:public>/<slug:name>", promises.promise_act, name="office_promise_act"),
]
