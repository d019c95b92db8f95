"""Keys: those that sign, the secret that seals what partners were given, and who may read."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from api import secrets
from api.doctoring import Finding, Look, ago, warn, well, wrong
from content import changes, policy, sealed, signing
from content.errors import CaveatError
from content.insights import partners
from content.models.log import Change
from content.models.webhooks import Endpoint
from content.signing import KeyMissing

OLD = timedelta(days=400)  # that a signing key has been in force
RUNBOOK = "see docs/runbooks.md, a lost signing key"


def signing_key(look: Look) -> Iterator[Finding]:
    """Look at the key in force: whether it is here, published, and not too old."""
    try:
        kid = signing.in_force(look.session, changes.head(look.session))
    except KeyMissing as error:
        yield wrong("signing key", str(error), RUNBOOK)
        return
    if not _is_here(look, kid):
        yield wrong("signing key", f"the private half of {kid} is not here", RUNBOOK)
    states = {row.kid: row for row in signing.states(look.session)}
    age = look.at - look.session.get_one(Change, states[kid].seq).at
    if age > OLD:
        told = f"{kid} has been in force for {ago(age)}"
        yield warn("signing key", told, "caveat keys rotate --reason …")
    else:
        yield well("signing key", f"{kid} is in force, of {len(states)} that there have been")


def compromised(look: Look) -> Iterator[Finding]:
    """Name keys that were revoked, but are still among those that this process may sign with."""
    states = signing.states(look.session)
    for row in states:
        if row.state == "revoked" and _is_here(look, row.kid):
            told = f"{row.kid} is revoked, and its private half is still here"
            yield warn("revoked key", told, "take it out of the key file; nothing is signed by it")


def secret_key(look: Look) -> Iterator[Finding]:
    """Look whether the secret key is the one that partners' webhooks were sealed with."""
    one = look.session.scalar(select(Endpoint.secret).limit(1))
    try:
        if one is not None:
            sealed.unseal(one, secrets.pepper(look.settings))
    except CaveatError:
        told = "it is another one than webhooks were sealed with, and tokens made with"
        yield wrong("secret key", told, "put the old one back from a backup")


def public_url(look: Look) -> Iterator[Finding]:
    """Compare the public address with the one that is recorded, which stands in editions."""
    recorded = policy.at(look.session, changes.head(look.session)).site.get("public_url")
    if recorded == look.settings.public_url:
        yield well("public url", f"{recorded} is recorded")
    else:
        told = f"CAVEAT_PUBLIC_URL is {look.settings.public_url}, and {recorded} is recorded"
        yield wrong("public url", told, "caveat init records it; or set the variable right")


def readers(look: Look) -> Iterator[Finding]:
    """Look whether anybody may read an article."""
    count = partners.counts(look.session, look.at)["total"]
    if look.settings.flag("open_delivery"):
        yield well("readers", f"articles are open to everybody, and to {count} partners")
    elif count:
        yield well("readers", f"articles are open to {count} partners alone")
    else:
        told = "there is no partner, and CAVEAT_OPEN_DELIVERY is off: nobody may read"
        yield warn("readers", told, "caveat partners add, or set CAVEAT_OPEN_DELIVERY")


def _is_here(look: Look, kid: str) -> bool:
    try:
        return kid in secrets.keyring(look.settings)
    except CaveatError:
        return False


CHECKS = (signing_key, compromised, secret_key, public_url, readers)
