"""The console: pages at ``/console`` for editors and operators, made on the server.

A page is a view of a :class:`Console` blueprint, one module for each noun, with a template of the
same noun in ``api/templates/console``. It shows what the API answers to the same person: it asks
the functions that the API's view asks, and needs the same scope. What changes something is a form
that is sent by POST, answered with 303 to the page that shows what has become of it
(:func:`go`, with something said by ``flask.flash``). Every page works without a script.

What is refused is a problem, as everywhere; :mod:`api.console.refusals` makes a page of it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for
from marshmallow import Schema

from api import auth, errors, responses
from api.console import files, forms, names, words
from api.db import installation
from api.visits import FIELD, form_token, visitor
from content import editors

View = TypeVar("View", bound=Callable[..., Any])
HOME = "/console"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
SEALED = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # without any, browsers would send no Origin with a form
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
NAVIGATION = (  # what is said, the view that it leads to, the scope which that view needs
    ("Desk", "console desk.show", editors.READ),
    ("Articles", "console articles.index", editors.READ),
    ("Tasks", "console tasks.index", editors.READ),
    ("Calendar", "console calendar.index", editors.READ),
    ("Releases", "console releases.index", editors.READ),
    ("Policy", "console policy.index", editors.READ),
    ("Matrix", "console matrix.index", editors.READ),
    ("Jurisdictions", "console jurisdictions.index", editors.READ),
    ("Partners", "console partners.index", editors.READ),
    ("Recalls", "console recalls.index", editors.READ),
    ("System", "console system.show", editors.READ),
)
THEMES = {"system": "As the system", "light": "Light", "dark": "Dark"}
THEME_COOKIE = "caveat-theme"


class Console(Blueprint):
    """A blueprint of pages for who is signed in; see :mod:`api.guards`."""

    def needs(self, scope: str) -> Callable[[View], View]:
        """Let those see or do it whose token has a scope; a view without one is closed."""

        def decorate(view: View) -> View:
            view.scope = scope  # type: ignore[attr-defined]  # where the guard looks for it
            return view

        return decorate

    def query(self, schema: type[Schema]) -> Callable[[View], View]:
        """Read the query string with a schema and hand it to the view; empty fields are none."""

        def decorate(view: View) -> View:
            @wraps(view)
            def read(*args: Any, **kwargs: Any) -> Any:
                sent = {name: value for name, value in request.args.items() if value}
                return view(forms.load(schema(), sent, errors.query_findings), *args, **kwargs)

            return cast("View", read)

        return decorate

    def form(self, schema: type[Schema]) -> Callable[[View], View]:
        """Read the form that was sent with a schema, and hand it to the view as its first argument.

        What is wrong is ``Invalid``, as in a body of the API; a view that shows it beside its
        field reads the form itself, with :func:`api.console.forms.read`.
        """

        def decorate(view: View) -> View:
            @wraps(view)
            def read(*args: Any, **kwargs: Any) -> Any:
                return view(forms.read(schema), *args, **kwargs)

            return cast("View", read)

        return decorate


def init_app(app: Flask) -> None:
    """Give templates what every page needs; seal every answer of the console."""
    app.jinja_env.globals.update(
        asset=files.address,
        form_field=FIELD,
        form_token=form_token,
        person=names.person,
        link=link,
    )
    words.init_app(app)
    app.after_request(_seal)


def page(template: str, status: int = 200, **facts: Any) -> Response:
    """Return a page of the console, ``console/<template>``."""
    text = render_template(f"console/{template}", frame=_frame(), **facts)
    return Response(text, status=status, mimetype=responses.HTML)


def go(address: str) -> Response:
    """Send the browser on, after a form, to a page of the console."""
    return Response(status=303, headers={"Location": address})


def link(view: str, **values: Any) -> str:
    """Return the address of a view, from the root of its host."""
    return urlsplit(installation().settings.public_url).path + url_for(view, **values)


def here() -> str:
    """Return path and query of the page that is asked for."""
    folder = urlsplit(installation().settings.public_url).path
    return folder + request.full_path.rstrip("?")


def is_here() -> bool:
    """Return whether something of the console is asked for, also what there is not."""
    return request.path == HOME or request.path.startswith(f"{HOME}/")


def is_safe(address: str) -> bool:
    """Return whether an address is a page of the console, and so none of another site."""
    folder = urlsplit(installation().settings.public_url).path
    path, _, _ = address.removeprefix(folder).partition("?")
    is_ours = address.startswith(folder) and (path == HOME or path.startswith(f"{HOME}/"))
    is_plain = address.isascii() and address.isprintable() and len(address) < responses.MAX_URL
    return is_ours and is_plain and not any(odd in address for odd in ("\\", "..", "//", " "))


def _frame() -> dict[str, Any]:
    """Return what stands around every page: who is here, where they may go, how it looks."""
    caller, theme = auth.caller(), request.cookies.get(THEME_COOKIE)
    signed_in = caller if visitor() else None
    scopes = signed_in.scopes if signed_in else frozenset()
    return {
        "editor": signed_in.editor if signed_in else None,
        "scopes": scopes,
        "navigation": [
            (said, link(view), _is_at(view)) for said, view, scope in NAVIGATION if scope in scopes
        ],
        "label": installation().settings.label,
        "theme": theme if theme in THEMES else "system",
        "themes": THEMES,
        "here": here() if request.method == "GET" else link("console desk.show"),
    }


def _is_at(view: str) -> bool:
    """Return whether the page that is asked for belongs to the noun of a view."""
    known, name = current_app.blueprints, view.partition(".")[0]
    asked, noun = (known[one].url_prefix for one in (request.blueprint or name, name))
    is_below = noun != HOME and str(asked).startswith(f"{noun}/")
    return request.blueprint == name or is_below


def _seal(response: Response) -> Response:
    """Let no other site show, frame or read it, and no cache keep a page."""
    if is_here():
        for name, value in SEALED.items():  # a page that is made for a frame of ours says so
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
    return response
