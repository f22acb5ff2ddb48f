"""The sign-in pages that are published. The library has more: an address for changing one's own
e-mail address would let a person take the place of another, and nobody signs up alone."""

from __future__ import annotations

from typing import Final, NoReturn

from allauth.account.urls import urlpatterns as offered
from django.http import Http404, HttpRequest

PUBLISHED: Final = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)


def _nothing_here(_: HttpRequest, **__: object) -> NoReturn:
    raise Http404


# The names stay, since the library's own pages look them up; the addresses do not answer.
urlpatterns = list(offered)
for _pattern in urlpatterns:
    if _pattern.name not in PUBLISHED:
        _pattern.callback = _nothing_here
