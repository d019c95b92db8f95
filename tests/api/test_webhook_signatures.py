"""Signatures of events, verified by others' libraries: in Python, and two in JavaScript."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import services
from standardwebhooks import Webhook, WebhookVerificationError

from api.db import now
from api.sending import posting
from content import canonical
from content.webhooks import endpoints
from content.webhooks.endpoints import Secrets

pytestmark = pytest.mark.one_engine
PACKAGES = ("standardwebhooks@1.1.1", "svix@1.99.0")
PATIENCE = 300  # seconds
ID = "msg_019a0000-0000-7000-8000-000000000001-412"
BODY = canonical.encode({"type": "article.withdrawn", "data": {"notice": "Zurückgezogen, 撤回"}})
VERIFY = """
const { headers, body, secrets } = JSON.parse(require("fs").readFileSync(0));
for (const name of ["standardwebhooks", "svix"]) {
  const { Webhook } = require(name);
  for (const secret of secrets) {
    const found = new Webhook(secret).verify(body, headers);
    if (found.type !== "article.withdrawn") throw new Error(name);
    try {
      new Webhook(secret).verify(body + " ", headers);
    } catch { continue; }
    throw new Error(`${name} takes another body`);
  }
}
console.log("verified");
"""


def headers(secrets: Secrets) -> dict[str, str]:
    """Return the headers of an event that is sent now."""
    return posting.headers(ID, BODY, secrets, now())


@pytest.fixture
def secrets() -> Secrets:
    """Two secrets, as within a day after a rotation."""
    return Secrets(endpoints.new_secret(), endpoints.new_secret())


def test_each_secret_that_is_good_verifies_an_event(secrets: Secrets) -> None:
    sent = headers(secrets)
    for secret in (secrets.current, secrets.old):
        assert secret is not None
        Webhook(secret).verify(BODY.decode(), sent)
    for secret, body in ((endpoints.new_secret(), BODY), (secrets.current, BODY + b" ")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body.decode(), sent)


def test_an_event_of_yesterday_is_refused_by_who_looks_at_its_time(secrets: Secrets) -> None:
    old = posting.headers(ID, BODY, secrets, now() - timedelta(days=1))
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(secrets.current).verify(BODY.decode(), old)


def test_libraries_in_javascript_verify_it(secrets: Secrets, tmp_path: Path) -> None:
    install = [services.npm(), "install", "--no-audit", "--no-fund", *PACKAGES]
    subprocess.run(install, cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=True)
    given = {
        "headers": headers(secrets),
        "body": BODY.decode(),
        "secrets": [secrets.current, secrets.old],
    }
    (tmp_path / "verify.cjs").write_text(VERIFY)
    done = subprocess.run(
        [services.node(), "verify.cjs"],
        cwd=tmp_path,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stdout == "verified\n", done.stderr
