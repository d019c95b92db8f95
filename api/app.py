"""The Flask application: a table of contents of the edge."""

from flask import Flask
from flask_swagger_ui import get_swaggerui_blueprint
from werkzeug.middleware.proxy_fix import ProxyFix

from api import (
    articles,
    auth,
    caching,
    changes,
    checkpoints,
    console,
    db,
    diffs,
    disclaimers,
    embeds,
    errors,
    feeds,
    front,
    insights,
    jurisdictions,
    key_pages,
    key_requests,
    keys,
    matrix,
    me,
    meta,
    metering,
    metrics,
    oembed,
    openapi,
    partner_webhooks,
    partners,
    recall_insights,
    recalls,
    replica,
    responses,
    rules,
    slowness,
    snapshot,
    snippets,
    surrogates,
    system,
    topics,
    usage,
    visits,
    webhooks,
)
from api.console import articles as console_articles
from api.console import calendar as console_calendar
from api.console import desk as console_desk
from api.console import files as console_files
from api.console import jurisdictions as console_jurisdictions
from api.console import key_requests as console_key_requests
from api.console import matrix as console_matrix
from api.console import partners as console_partners
from api.console import policy as console_policy
from api.console import proposals as console_proposals
from api.console import recall_acts, refusals, signing_in
from api.console import recalls as console_recalls
from api.console import releases as console_releases
from api.console import system as console_system
from api.console import tasks as console_tasks
from api.console import visits as console_visits
from api.edge import noting
from api.editorial import articles as desk
from api.editorial import (
    audit,
    break_glass,
    comments,
    drafts,
    editors,
    imports,
    people,
    policy,
    previews,
    releases,
    sources,
    tasks,
    undoing,
    waiting,
)
from api.editorial import recalls as desk_recalls
from api.settings import Settings

SLICES = (
    *(articles.bp, diffs.bp, feeds.bp, oembed.bp, changes.bp, snapshot.bp),
    *(disclaimers.bp, rules.bp, topics.bp, jurisdictions.bp, embeds.bp, embeds.files),
    *(me.bp, me.own, keys.bp, webhooks.bp, recalls.own, recalls.bp, partners.bp, key_requests.bp),
    *(partner_webhooks.bp, system.bp, recall_insights.bp),
    *(usage.own, usage.bp, insights.bp, matrix.bp, meta.bp, checkpoints.bp, metrics.bp),
    *(imports.bp, break_glass.bp, desk_recalls.bp),
    *(desk.bp, drafts.bp, comments.bp, releases.bp, policy.bp, undoing.bp, sources.bp, tasks.bp),
    *(editors.bp, people.bp, waiting.bp, audit.bp, previews.bp, previews.seen),
)
PAGES = (
    *(console_files.bp, signing_in.bp, console_visits.bp),
    *(console_desk.bp, console_articles.bp, console_tasks.bp, console_calendar.bp),
    *(console_policy.bp, console_proposals.bp, console_releases.bp),
    *(console_matrix.bp, console_jurisdictions.bp),
    *(console_partners.bp, console_key_requests.bp, console_recalls.bp, recall_acts.bp),
    console_system.bp,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application; without settings they are read from the environment."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    if proxies := settings.number("proxies"):
        # As Flask and Werkzeug document it; a type checker takes methods to be fixed.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0)  # type: ignore[method-assign]
    noting.init_app(app)
    db.init_app(app, settings)
    errors.init_app(app)
    surrogates.init_app(app, settings)
    responses.init_app(app)
    auth.init_app(app)
    metering.init_app(app, settings)
    slowness.init_app(app)
    caching.init_app(app, settings)
    description = openapi.init_app(app)
    for blueprint in SLICES:
        description.register_blueprint(blueprint)
    if settings.flag("console"):
        _open_console(app, settings)
    app.register_blueprint(front.bp)
    app.register_blueprint(snippets.bp)
    app.register_blueprint(key_pages.bp)
    reference = {"app_name": "Caveat", "validatorUrl": None}  # nobody else is asked
    ui = get_swaggerui_blueprint("/docs", "/openapi.yaml", config=reference)
    app.register_blueprint(ui)
    replica.init_app(app)  # last: it is the first to see an answer
    return app


def _open_console(app: Flask, settings: Settings) -> None:
    """Let editors in with a browser; what is registered last sees an answer first."""
    visits.init_app(app, settings)
    console.init_app(app)
    signing_in.init_app(app, settings)
    refusals.init_app(app)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
