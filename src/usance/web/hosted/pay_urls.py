"""Addresses of the pay page. What a link carries is signed and has 67 characters."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from usance.web.hosted.views import pay


class PayToken:
    """What a pay link carries."""

    regex = "[A-Za-z0-9_-]{67}"

    def to_python(self, value: str) -> str:
        """As it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands in the address."""
        return value


register_converter(PayToken, "pay_token")

urlpatterns: list[URLPattern] = [
    path("<pay_token:token>", pay.pay, name="pay"),
    path("<pay_token:token>/card", pay.pay_by_card, name="pay_by_card"),
    path("<pay_token:token>/back", pay.pay_back, name="pay_back"),
    path("<pay_token:token>/instalments", pay.instalments, name="pay_instalments"),
]
