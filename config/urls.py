"""Every address of the site."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from usance.web import sign_in

urlpatterns: list[URLPattern | URLResolver] = [
    # Every page: the language, the theme and the style guide.
    path("", include("usance.web.design.urls")),
    # People: the front door, the sign-in, the seller's pages and the buyer's.
    path("", sign_in.start, name="start"),
    path("choose", sign_in.choose_place, name="choose"),
    path("accounts/", include("usance.web.account_urls")),
    path("office/", include("usance.web.backoffice.urls")),
    path("account/", include("usance.web.portal.urls")),
    # People without an account: a company that applies for one.
    path("apply/", include("usance.web.hosted.urls")),
    # A buyer that pays by a link.
    path("pay/", include("usance.web.hosted.pay_urls")),
    # Programs: the API, its document, and what machines ask about this process.
    path("", include("usance.web.api.urls")),
]
