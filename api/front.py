"""The pages that people see first: the front door, the terms, and what each problem means."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from api import caching, responses, walks
from api.auth import context, entitled, may_read
from api.db import installation, session
from api.problems import PROBLEMS
from api.responses import HTML, JSON
from api.walks import Walk
from content import partners, search
from content.editions import Edition, Part
from content.errors import NotFound
from content.search import Wanted
from schemas.renditions import html

bp = Blueprint("front", __name__)
SHOWN = 12  # articles on the front door
LISTED = 100  # articles in llms.txt
OURS = (Path(__file__).parent / "templates/front.css").read_text()
STYLE = html.STYLE + Markup(OURS)  # noqa: S704 - our own file
CARD = Part(fields=frozenset(["title", "summary"]))


@bp.get("/")
def door() -> Response:
    """What this is, the articles as cards with their notices, and snippets; JSON for machines."""
    mimetype = responses.negotiate(JSON, HTML)
    head = caching.head()
    if mimetype == JSON:
        return responses.conditional(responses.of_data(_index(), sequence=head))
    cards = [html.render_card(edition) for edition in _newest(SHOWN)]
    response = _page(render_template("front.html", **_facts(head), cards=cards, style=STYLE))
    responses.tell_robots(response, str(caching.policy_now().site.get("indexing")))
    return response


@bp.get("/llms.txt")
def llms() -> Response:
    """What language models find here (llmstxt.org): slugs, because a title owes its notices."""
    text = render_template("llms.txt", **_facts(caching.head()), editions=_newest(LISTED))
    return _sent(Response(text, mimetype="text/plain"))


@bp.get("/terms")
def terms() -> Response:
    """What partners may do with articles, and have to do."""
    head = caching.head()
    version = partners.terms_version(session())
    return _page(render_template("terms.html", **_facts(head), version=version, style=STYLE))


@bp.get("/problems")
def problems() -> Response:
    """All types of problems."""
    return _page(render_template("problems.html", problems=PROBLEMS, style=STYLE))


@bp.get("/problems/<kind>")
def problem(kind: str) -> Response:
    """What one type of problem means, and what to do."""
    if kind not in PROBLEMS:
        raise NotFound(f"There is no problem type {kind!r}.")
    one = {kind: PROBLEMS[kind]}
    return _page(render_template("problems.html", problems=one, style=STYLE))


def _index() -> dict[str, Any]:
    base = installation().settings.public_url
    return {
        "name": "Caveat",
        "links": {
            "articles": f"{base}/v1/articles",
            "feeds": f"{base}/v1/feeds/articles.json",
            "changes": f"{base}/v1/changes",
            "snapshot": f"{base}/v1/snapshot",
            "disclaimers": f"{base}/v1/disclaimers",
            "topics": f"{base}/v1/topics",
            "schemas": f"{base}/v1/schemas",
            "keys": f"{base}/.well-known/jwks.json",
            "description": f"{base}/openapi.yaml",
            "docs": f"{base}/docs",
            "embed": f"{base}/embed",
            "jurisdictions": f"{base}/v1/jurisdictions",
            "llms": f"{base}/llms.txt",
            "terms": f"{base}/terms",
            "key": f"{base}/keys",
        },
    }


def _facts(head: int) -> dict[str, Any]:
    """Return what the pages say besides articles; examples only for who may try them."""
    newest = search.walk(session(), Wanted(topics=entitled()), head)
    rows = session().scalars(newest.limit(1))
    base = installation().settings.public_url
    example = next(iter(rows), None)
    return {
        "site": caching.policy_now().site,
        "base": base,
        "sequence": head,
        "example": example if may_read() else None,
        "may_read": may_read(),
    }


def _newest(count: int) -> list[Edition]:
    """Return the newest articles that a reader without any context is served."""
    asked = {name: value for name, value in request.args.items() if name == "include"}
    return walks.page(Walk(context(asked), CARD), None, count).editions if may_read() else []


def sent(text: str, policy: str) -> Response:
    """Return a page for people under a Content-Security-Policy."""
    response = Response(text, mimetype=HTML)
    response.headers["Content-Security-Policy"] = policy
    return _sent(response)


def _page(text: str) -> Response:
    return sent(text, responses.page_policy(STYLE))


def _sent(response: Response) -> Response:
    response.set_etag(caching.etag(response.get_data()))
    response.headers["Cache-Control"] = responses.life()
    return responses.conditional(response)
