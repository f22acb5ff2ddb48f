"""Addresses of the hosted pages. A secret in an address has 43 characters and is nobody's to guess."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from usance.web.hosted.views import standing, start, steps


class Secret:
    """The secret of an applicant's link."""

    regex = "[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        """As it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands in the address."""
        return value


register_converter(Secret, "secret")

urlpatterns: list[URLPattern] = [
    path("<slug:handle>", start.start, name="apply"),
    path("<slug:handle>/link", start.link, name="apply_link"),
    path("<slug:handle>/<secret:secret>", standing.standing, name="apply_standing"),
    path("<slug:handle>/<secret:secret>/answer", standing.answer, name="apply_answer"),
    path("<slug:handle>/<secret:secret>/upload", standing.upload, name="apply_upload"),
    path("<slug:handle>/<secret:secret>/withdraw", standing.withdraw, name="apply_withdraw"),
    path("<slug:handle>/<secret:secret>/code", steps.code, name="apply_code"),
    path("<slug:handle>/<secret:secret>/send", steps.send, name="apply_send"),
    path("<slug:handle>/<secret:secret>/<slug:step>", steps.step, name="apply_step"),
]
