"""Where the time of a warm GET goes: ``python bench/profile_get.py [PATH]``, by default an article.

Calls the WSGI app in this process, without a server and a network; first plainly, for the time of
a request, then under cProfile, for its parts. The profiler makes Python calls look dearer.
"""

import sys
from pathlib import Path

# As in http.py: that file must not hide Python's own `http`.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cProfile
import pstats
import tempfile
import time
from typing import Any

from werkzeug.test import EnvironBuilder

from api.app import create_app
from api.cli.content import bring_in
from api.cli.installation import set_up
from api.settings import Settings
from content import imports
from content.db import Database

ARTICLE = "/v1/articles/kratom-and-ocd-evidence"
REQUESTS, SHOWN = 1000, 30


def main() -> None:
    """Print the time of a request and the functions that it is spent in."""
    with tempfile.TemporaryDirectory(prefix="caveat-profile-") as folder:
        settings = Settings(data=folder, open_delivery="true")
        set_up(settings)
        bring_in(Database(settings.database), imports.LIBRARY)
        app = create_app(settings).wsgi_app
        path = sys.argv[1] if len(sys.argv) > 1 else ARTICLE
        environ = EnvironBuilder(path).get_environ()
        _repeat(app, environ, REQUESTS // 10)
        begun = time.process_time()
        _repeat(app, environ, REQUESTS)
        print(f"{(time.process_time() - begun) / REQUESTS * 1e3:.3f} ms of CPU per warm GET {path}")
        with cProfile.Profile() as profile:
            _repeat(app, environ, REQUESTS)
        for order in ("cumulative", "tottime"):
            pstats.Stats(profile).strip_dirs().sort_stats(order).print_stats(SHOWN)


def _repeat(app: Any, environ: dict[str, Any], times: int) -> None:
    for _ in range(times):
        answer = app(dict(environ), lambda status, headers: None)
        b"".join(answer)
        answer.close()


if __name__ == "__main__":
    main()
