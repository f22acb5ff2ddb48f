"""How a view becomes part of the API: its address, its scope, its answer, its idempotency.

A view takes the request and what it carries and returns a document; everything else about HTTP is
here.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from django.http import HttpResponse
from ninja import Router
from pydantic_core import to_json

from usance.web.api import idempotency
from usance.web.api.requests import ApiKey

View = TypeVar("View", bound=Callable[..., Any])

IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "The same key with the same request gets the first answer again, marked"
    " `Idempotency-Replayed: true`; with another request 422, while the first still runs 409.",
}

_READ_PROBLEMS: Final = (401, 403, 404, 422, 503)
_WRITE_PROBLEMS: Final = (400, 401, 403, 404, 409, 413, 415, 422, 503)


def problem_responses(statuses: tuple[int, ...]) -> dict[str, Any]:
    """The declaration of answers that are problems."""
    return {str(s): {"$ref": f"#/components/responses/Problem{s}"} for s in statuses}


class Section:
    """The addresses of one part of the API."""

    def __init__(self, name: str) -> None:
        self.router = Router(tags=[name])

    def read(self, path: str, *, scope: str, answer: Any, summary: str) -> Callable[[View], View]:
        """A view that shows something."""

        def add(view: View) -> View:
            @functools.wraps(view)
            def respond(request: Any, **values: Any) -> HttpResponse:
                return idempotency.json_response(to_json(view(request, **values)), status=200)

            self._add(
                method="GET",
                path=path,
                view=view,
                respond=respond,
                scope=scope,
                answers={200: answer},
                summary=summary,
                problems=_READ_PROBLEMS,
            )
            return view

        return add

    def file(
        self, path: str, *, scope: str, media_types: Sequence[str], summary: str
    ) -> Callable[[View], View]:
        """A view that gives a file; it makes its response itself."""

        def add(view: View) -> View:
            @functools.wraps(view)
            def respond(request: Any, **values: Any) -> HttpResponse:
                return view(request, **values)  # type: ignore[no-any-return]

            binary = {"schema": {"type": "string", "format": "binary"}}
            self._add(
                method="GET",
                path=path,
                view=view,
                respond=respond,
                scope=scope,
                answers={200: None},
                summary=summary,
                problems=(*_READ_PROBLEMS, 409),
                also={"200": {"content": dict.fromkeys(media_types, binary)}},
            )
            return view

        return add

    def write(
        self,
        method: str,
        path: str,
        *,
        scope: str,
        answer: Any,
        summary: str,
        status: int = 200,
        once: bool = True,
        keyed: bool = True,
        json: bool = True,
        extra: dict[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """A view that changes something.

        With ``once=False`` it sees to its idempotency, and makes its response, itself; without
        ``keyed`` it has none. Without ``json`` it reads its body itself, whatever that is.
        """

        def add(view: View) -> View:
            @functools.wraps(view)
            def respond(request: Any, **values: Any) -> HttpResponse:
                if not once:
                    return view(request, **values)  # type: ignore[no-any-return]
                return idempotency.answer(
                    request,
                    lambda: view(request, **values),
                    status=status,
                    body=request.body,
                )

            self._add(
                method=method,
                path=path,
                view=view,
                respond=respond,
                scope=scope,
                answers={status: answer},
                summary=summary,
                problems=_WRITE_PROBLEMS,
                json=json,
                extra={"parameters": [IDEMPOTENCY_KEY] if keyed else []} | (extra or {}),
            )
            return view

        return add

    def _add(
        self,
        *,
        method: str,
        path: str,
        view: Callable[..., Any],
        respond: Callable[..., HttpResponse],
        scope: str,
        answers: dict[int, Any],
        summary: str,
        problems: tuple[int, ...],
        json: bool = True,
        extra: dict[str, Any] | None = None,
        also: dict[str, Any] | None = None,
    ) -> None:
        # ninja resolves annotations in the module of the function it is given, which is this one.
        respond.__signature__ = inspect.signature(  # type: ignore[attr-defined]
            view, eval_str=True
        )
        description = inspect.cleandoc(view.__doc__ or "")
        self.router.api_operation(
            [method],
            path,
            auth=ApiKey(scope, json=json),
            response=answers,
            operation_id=view.__name__,
            summary=summary,
            description=f"{description}\n\nScope: `{scope}`.",
            openapi_extra={"responses": problem_responses(problems) | (also or {})} | (extra or {}),
        )(respond)
