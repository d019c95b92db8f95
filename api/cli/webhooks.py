"""Webhooks on this machine: ``caveat webhooks listen`` shows what a partner's program would get."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import click
from standardwebhooks import Webhook, WebhookVerificationError

from api.settings import WEBHOOK_SECRET
from content.webhooks.events import VERIFICATION

MAX_BODY = 1024 * 1024


@click.group()
def webhooks() -> None:
    """Webhooks: try them on this machine."""


@webhooks.command()
@click.option("--port", type=click.IntRange(1, 65535), default=9000, show_default=True)
@click.option("--status", type=click.IntRange(200, 599), default=204, help="What it answers.")
def listen(port: int, status: int) -> None:
    """Listen at http://127.0.0.1:PORT/ and print each event, until stopped.

    With the endpoint's secret in CAVEAT_WEBHOOK_SECRET signatures are verified. A challenge is
    answered, so that the endpoint is active at once.
    """
    secret = os.environ.get(WEBHOOK_SECRET, "")
    checker = Webhook(secret) if secret else None
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(checker, status))
    click.echo(f"listening at http://127.0.0.1:{port}/   (Ctrl-C stops it)", err=True)
    if checker is None:
        click.echo(f"signatures are not verified: put the secret into {WEBHOOK_SECRET}", err=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def _handler(checker: Webhook | None, status: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Prints what comes."""

        def do_POST(self) -> None:
            """Take an event."""
            length = min(int(self.headers.get("Content-Length", 0)), MAX_BODY)
            body = self.rfile.read(length).decode("utf-8", "replace")
            self._answer(*_take(checker, body, dict(self.headers), status))

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing of its own."""

        def _answer(self, code: int, said: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    return Handler


def _take(
    checker: Webhook | None, body: str, headers: dict[str, str], status: int
) -> tuple[int, bytes]:
    """Print an event; return what to answer."""
    try:
        if checker:
            checker.verify(body, headers)
        data = json.loads(body)
    except (WebhookVerificationError, ValueError) as error:
        click.echo(f"refused: {type(error).__name__}: {error}", err=True)
        return 400, b""
    click.echo(json.dumps(data))
    if data.get("type") == VERIFICATION:
        return 200, json.dumps({"challenge": data["data"]["challenge"]}).encode()
    return status, b""


COMMANDS = (webhooks,)
