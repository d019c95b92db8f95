"""How a browser that is signed in at the console is known: by a cookie, and by its forms.

The cookie goes along also when another site sends somebody here, so no form is believed for it
alone: each comes from a page of ours (``Origin``, ``Sec-Fetch-Site``) and has a token that only a
page of this visit can have. Nothing but the console knows the cookie; the API does not.
"""

import hashlib
import hmac
import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from api.db import installation, now, session, writing
from api.settings import Settings
from content import visits
from content.visits import Visitor

FIELD = "form_token"  # of every form
HTTPS_COOKIE, HTTP_COOKIE = "__Host-caveat", "caveat"  # the first one is of this host alone
LAX = "Lax"  # a link in a mail opens the page it names; a form of another site has no cookie


def init_app(app: Flask, settings: Settings) -> None:
    """Let pages say something to the one that comes next: in a signed cookie, for one page."""
    key = hmac.new(app.extensions["caveat"].pepper, b"what pages say", hashlib.sha256)
    app.secret_key = key.digest()
    app.config["SESSION_COOKIE_NAME"] = "caveat-said"
    app.config["SESSION_COOKIE_PATH"] = f"{urlsplit(settings.public_url).path}/console"
    app.config["SESSION_COOKIE_SECURE"] = is_https(settings)
    app.config["SESSION_COOKIE_SAMESITE"] = LAX


def visitor() -> Visitor | None:
    """Return who looks at the console, once :func:`recognise` has found out."""
    found: Visitor | None = g.get("visitor")
    return found


def welcome(new: Visitor) -> None:
    """Know from here on who looks: somebody who has just signed in."""
    g.visitor, g.caller = new, new.caller


def recognise() -> Visitor | None:
    """Find out who looks at the console; remember that they were seen."""
    g.visitor = found = _find()
    if found and not visits.is_noted(found.visit, now()):
        with writing() as session:
            visits.note(session, found.visit, now=now())
            session.commit()
    return found


def remember(response: Response, secret: str) -> None:
    """Give the browser the secret of its visit; it ends with the visit."""
    seconds = int(visits.LONGEST.total_seconds())
    response.set_cookie(
        _cookie(),
        secret,
        max_age=seconds,
        secure=is_https(),
        httponly=True,
        samesite=LAX,
    )


def forget(response: Response) -> None:
    """Take the secret from the browser, if it has one."""
    if is_known():
        response.delete_cookie(_cookie(), secure=is_https(), httponly=True, samesite=LAX)


def is_known() -> bool:
    """Return whether the browser has the secret of a visit, also of one that has ended."""
    return _cookie() in request.cookies


def is_https(settings: Settings | None = None) -> bool:
    """Return whether browsers come over https, as the public address says."""
    url = (settings or installation().settings).public_url
    return urlsplit(url).scheme == "https"


def is_private() -> bool:
    """Return whether nobody between browser and installation can read: https, or this machine."""
    return is_https() or _is_loopback(installation().settings.public_url)


def is_from_here() -> bool:
    """Return whether a form comes from a page of ours, as its browser says.

    Every browser says so when it sends a form; what does not say so is refused.
    """
    site, origin = (request.headers.get(name) for name in ("Sec-Fetch-Site", "Origin"))
    if site not in (None, "same-origin"):
        return False
    return origin in _origins() or (origin is None and site is not None)


def form_token() -> str:
    """Return the token of a form: another one each time, so that none is guessed from sizes."""
    salt = secrets.token_hex(8)
    return f"{salt}.{_mac(salt)}" if visitor() else ""


def has_token() -> bool:
    """Return whether the form that was sent has a token of this visit."""
    salt, _, mac = request.form.get(FIELD, "").partition(".")
    sent, ours = mac.encode(), _mac(salt).encode()
    return visitor() is not None and hmac.compare_digest(sent, ours)


def _find() -> Visitor | None:
    secret, pepper = request.cookies.get(_cookie(), ""), installation().pepper
    return visits.find(session(), secret, pepper=pepper, now=now()) if secret else None


def _mac(salt: str) -> str:
    found = visitor()
    said = f"form {found.visit.digest if found else ''} {salt}".encode()
    return hmac.new(installation().pepper, said, hashlib.sha256).hexdigest()


def _cookie() -> str:
    return HTTPS_COOKIE if is_https() else HTTP_COOKIE


def _origins() -> set[str]:
    """Return the origins of our pages; on this machine alone it has several names."""
    url = installation().settings.public_url
    if is_https():
        return {_origin(url)}
    known = (url, request.host_url) if is_private() else ()
    return {_origin(one) for one in known if _is_loopback(one)}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
