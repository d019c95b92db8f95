"""Where the time of a warm GET goes: ``python bench/profile_get.py [PATH]``, by default an article.

Calls the WSGI app in this process, without a server and a network; first plainly, for the time of
a request, then under cProfile, for its parts. The profiler makes Python calls look dearer.
"""

import sys
from pathlib import Path

if __name__ == "__main__":  # as in http.py: that file must not hide Python's own `http`
    sys.path.pop(0)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cProfile
import pstats
import tempfile
import time
from typing import Any

from werkzeug.test import EnvironBuilder

from api.app import create_app
from bench import installations

ARTICLE = "/v1/articles/kratom-and-ocd-evidence"
REQUESTS, SHOWN = 1000, 30


def main() -> None:
    """Print the time of a request and the functions that it is spent in."""
    with tempfile.TemporaryDirectory(prefix="caveat-profile-") as folder:
        app = create_app(installations.shipped(Path(folder)).settings).wsgi_app
        path = sys.argv[1] if len(sys.argv) > 1 else ARTICLE
        environ = EnvironBuilder(path).get_environ()
        print(f"{microseconds(app, environ, REQUESTS) / 1e3:.3f} ms of CPU per warm GET {path}")
        with cProfile.Profile() as profile:
            _repeat(app, environ, REQUESTS)
        for order in ("cumulative", "tottime"):
            pstats.Stats(profile).strip_dirs().sort_stats(order).print_stats(SHOWN)


def microseconds(app: Any, environ: dict[str, Any], times: int) -> float:
    """Return the processor's time, in this thread, of a request to a WSGI application."""
    _repeat(app, environ, times // 10)
    begun = time.thread_time()
    _repeat(app, environ, times)
    return (time.thread_time() - begun) / times * 1e6


def _repeat(app: Any, environ: dict[str, Any], times: int) -> None:
    for _ in range(times):
        answer = app(dict(environ), lambda status, headers, error=None: None)
        b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()


if __name__ == "__main__":
    main()
