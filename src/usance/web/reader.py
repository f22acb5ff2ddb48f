"""The language of whoever reads: what they chose here, else what is kept with their account."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


class ReaderLanguage:
    """Middleware: a signed-in person reads in the language of the account.

    Stands after authentication. A language chosen with the switcher is in a cookie and goes first.
    Programs send no session cookie, so nothing is looked up for them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer ``request`` in the reader's language."""
        chose = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not chose:
            language = getattr(request.user, "language", None)
            if language in dict(settings.LANGUAGES):
                translation.activate(language)
                request.LANGUAGE_CODE = translation.get_language()
        return self._get_response(request)
