"""What stands in front of a server: Varnish and nginx with the files that are shipped, or bare.

A bare one has nothing but the address of its origin, and keeps what its origin lets it keep.
"""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import servers
from bench.errors import BenchError
from bench.servers import HOST, Server

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
BARE_VCL = 'vcl 4.1;\nbackend origin { .host = "127.0.0.1"; .port = "8000"; }\n'
BARE_SITE = """
proxy_cache_path /var/cache/nginx/caveat keys_zone=bare:10m max_size=256m use_temp_path=off;
upstream origin { server 127.0.0.1:8000; keepalive 32; }
server {
    listen 8080;
    location / {
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_pass http://origin;
        proxy_cache bare;
        proxy_ignore_headers Vary;
    }
}
"""
NGINX = """{user} daemon off; worker_processes {workers}; pid {folder}/pid; error_log {folder}/log;
events {{ worker_connections 2048; }}
http {{ access_log off; keepalive_requests 100000000; include {folder}/site.conf; }}
"""


@contextmanager
def varnish(
    folder: Path, origin: str, *, is_bare: bool = False, port: int | None = None
) -> Iterator[Server]:
    """Run Varnish in front of an address."""
    program = _program("varnishd", "varnish varnish-modules")
    folder.mkdir()
    text = BARE_VCL if is_bare else (DEPLOY / "varnish" / "default.vcl").read_text()
    _write(folder / "default.vcl", text, {'.port = "8000"': f'.port = "{_port(origin)}"'})
    port = port or servers.free_port()
    storage = ["-s", "malloc,256m", "-s", "Transient=malloc,64m"]
    where = ["-n", str(folder / "state"), "-f", str(folder / "default.vcl")]
    command = [program, "-F", "-j", "none", "-a", f"{HOST}:{port}", *where, *storage]
    with _running(command, folder, "Varnish", port) as front:
        yield front


@contextmanager
def nginx(
    folder: Path, origin: str, workers: int = 1, *, is_bare: bool = False
) -> Iterator[Server]:
    """Run nginx as a cache in front of an address."""
    program, port = _program("nginx", "nginx"), servers.free_port()
    folder.mkdir()
    text = BARE_SITE if is_bare else (DEPLOY / "nginx" / "nginx.conf").read_text()
    ours = {
        "server 127.0.0.1:8000": f"server {HOST}:{_port(origin)}",
        "listen 8080": f"listen {HOST}:{port}",
        "/var/cache/nginx/caveat": f"{folder}/cache",
    }
    _write(folder / "site.conf", text, ours)
    user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
    made = NGINX.format(user=user, folder=folder, workers=workers)
    (folder / "nginx.conf").write_text(made)
    where = ["-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "log")]
    with _running([program, *where], folder, "nginx", port) as front:
        yield front


def _program(name: str, packages: str) -> str:
    found = servers.find(name)
    if found is None:
        raise BenchError(f"{name} is not here; on Debian: apt-get install {packages}")
    return found


def _port(origin: str) -> str:
    return origin.rpartition(":")[2]


def _write(path: Path, text: str, replaced: dict[str, str]) -> None:
    for ours, theirs in replaced.items():
        if text.count(ours) != 1:
            raise BenchError(f"{path.name} does not say {ours!r} once")
        text = text.replace(ours, theirs)
    path.write_text(text)


@contextmanager
def _running(command: list[str], folder: Path, name: str, port: int) -> Iterator[Server]:
    log = folder / "told"
    with servers.running(command, log) as process:
        servers.wait(process, lambda: servers.answers(f"http://{HOST}:{port}/healthz"), log)
        yield Server(name, f"http://{HOST}:{port}", process.pid)
