"""A file that somebody handed in, given back as a download and never as a page of ours."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse


def file_response(content: bytes, *, media_type: str, file_name: str) -> HttpResponse:
    """``content`` as a download. No browser shows it in our name, whatever it may hold (the headers say
    what it is, and that nothing in it runs)."""
    plain = "".join(one if one.isascii() and one not in '"\\' else "_" for one in file_name)
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": (
                f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name)}"
            ),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )
