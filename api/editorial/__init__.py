"""The write side over HTTP, ``/v1/editorial``: what a newsroom does, each step by who may do it.

Every view declares the scope that it needs with :func:`needs`; one that does not is closed, also to
admins. Answers are never kept by a cache, and bodies are strict: an unknown name is an error. What
changes something says so in the audit with :func:`noted`, in the same transaction.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, request
from marshmallow import RAISE, Schema
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnsupportedMediaType

from api import auth, errors, responses
from api.db import now
from api.openapi import Slice
from content.editorial.audit import note
from content.models.access import Editor

View = TypeVar("View", bound=Callable[..., Any])


class Taking(Slice):
    """A blueprint that takes bodies, and whose answers no cache keeps."""

    is_kept = False

    def __init__(self, name: str, module: str, **facts: Any) -> None:
        super().__init__(name, module, **facts)
        self.after_request(_keep_out_of_caches)

    def body(self, schema: type[Schema]) -> Callable[[View], View]:
        """Read the JSON body with a schema and hand it to the view; nothing else is read."""
        strict = {"location": "json", "error_status_code": 400, "unknown": RAISE}
        needed = any(field.required for field in schema().fields.values())
        read: Callable[[View], View] = self.arguments(schema, required=needed, **strict)

        def decorate(view: View) -> View:
            inner = read(view)

            @wraps(inner)
            def checked(*args: Any, **kwargs: Any) -> Any:
                if request.content_length and not request.is_json:
                    raise UnsupportedMediaType("Send application/json.")
                return inner(*args, **kwargs)

            return cast("View", checked)

        return decorate

    def closed(self, view: View) -> View:
        """Describe a view as one that asks for a key or token, and refuses some."""
        refused = self.alt_response(403, "FORBIDDEN")(view)
        described: View = self.doc(security=[{"bearer": []}])(refused)
        return described


class Desk(Taking):
    """A blueprint of the write side."""

    def needs(self, scope: str) -> Callable[[View], View]:
        """Let those do it whose token has a scope (see :mod:`content.editors`).

        What headers a view ``asks`` for (see :mod:`api.editorial.preconditions`) is described, too.
        """

        def decorate(view: View) -> View:
            described = self.closed(view)
            if asks := getattr(view, "asks", None):  # beside what the query string may have
                # What flask-smorest has read of a view's decorators hangs on the function.
                told = described._apidoc.setdefault("arguments", {})  # type: ignore[attr-defined]
                told.setdefault("parameters", []).extend(asks)
            # The guard finds it on the function, and a view without it is closed.
            described.scope = scope  # type: ignore[attr-defined]
            return described

        return decorate


def acting() -> Editor:
    """Return the editor who calls; the guard has made sure that there is one."""
    caller = auth.caller()
    if caller is None or caller.editor is None:
        raise RuntimeError("a view of the write side without a guard")
    return caller.editor


def noted(
    session: Session,
    act: str,
    subject_type: str,
    subject: str,
    *,
    locale: str | None = None,
    reason: str | None = None,
    **detail: Any,
) -> None:
    """Note in the audit what the caller has done: the last thing before the commit.

    ``detail`` is what else an auditor has to know: no secrets, no words of an article.
    """
    note(
        session,
        act,
        (subject_type, subject),
        by=_caller_id(),
        now=now(),
        locale=locale,
        reason=reason,
        detail=detail or None,
        request_id=errors.request_id(),
    )


def _caller_id() -> str:
    """Return the id of the editor who calls, or of the partner."""
    caller = auth.caller()
    who = (caller.editor or caller.partner) if caller else None
    if who is None:
        raise RuntimeError("nobody has called")
    return who.id


def answer(data: dict[str, Any], status: int = 200) -> Response:
    """Return data."""
    response = responses.of_data(data)
    response.status_code = status
    return response


def as_of(data: dict[str, Any]) -> Response:
    """Return data that says as of which number of the log it is true, in a header, too."""
    return responses.of_data(data, sequence=data["sequence"])


def _keep_out_of_caches(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
