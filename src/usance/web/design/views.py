"""The reader's theme, and the style guide. Neither reads the database."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from usance.web.design.samples import pages

_A_YEAR: Final = 365 * 24 * 60 * 60
_TOKENS: Final = Path(__file__).parent / "static" / "design" / "tokens.css"


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme the reader chose in a cookie, and go back to where they were."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("theme", "")
    if chosen in {"light", "dark"}:
        response.set_cookie(
            "theme",
            chosen,
            max_age=_A_YEAR,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every token and component, with content as it would be on a working day."""
    context = pages.components(request) | {"colours": _colours()}
    return render(request, "design/styleguide/components.html", context)


@require_GET
def styleguide_pattern(request: HttpRequest, *, pattern: str) -> HttpResponse:
    """A whole page made of the components: ``buyer``, ``invoices``, ``portal`` or ``sign-in``."""
    build = pages.PATTERNS.get(pattern)
    if build is None:
        raise Http404(f"There is no pattern {pattern!r}.")
    return render(request, f"design/styleguide/{pattern.replace('-', '_')}.html", build(request))


@lru_cache(maxsize=1)
def _colours() -> list[str]:
    """Names of the colour tokens, read from the style sheet so that none is forgotten."""
    sheet = _TOKENS.read_text(encoding="utf-8")
    return re.findall(r"^\s*--([\w-]+): light-dark\(#", sheet, re.MULTILINE)
