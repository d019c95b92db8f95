"""``caveat verify``: 0 genuine, 1 altered and what, 2 unreadable."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import programs
import pytest
from factories import Databases
from installations import ARTICLE, Installation, assert_refused

pytestmark = pytest.mark.one_engine
Edition = dict[str, Any]


@pytest.fixture(scope="module")
def publisher(filled: Installation, databases: Databases) -> Iterator[Installation]:
    """An installation that is only read."""
    url = databases.new(filled.env["CAVEAT_DATABASE_URL"])
    copy = Installation(filled.folder, {"CAVEAT_DATABASE_URL": url})
    yield copy
    copy.close()


@pytest.fixture
def edition(publisher: Installation) -> Edition:
    """A genuine edition."""
    return publisher.get(f"{ARTICLE}?jurisdiction=US-AL")  # type: ignore[no-any-return]


@pytest.fixture
def keys(publisher: Installation, tmp_path: Path) -> Path:
    """The publisher's keys in a file."""
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(publisher.get("/.well-known/jwks.json")))
    return path


def verify(text: str, keys: Path) -> subprocess.CompletedProcess[str]:
    return programs.run_inside("verify", "-", "--jwks", keys, input=text)


def test_an_edition_by_standard_input(edition: Edition, keys: Path) -> None:
    text = json.dumps(edition)
    done = programs.run("verify", "-", "--jwks", keys, input=text)
    assert (done.returncode, done.stdout) == (0, f"genuine as of {edition['sequence']}\n")
    done = programs.run("verify", "-", "--jwks", keys, input=text.replace("sleep", "food"))
    assert (done.returncode, done.stderr) == (1, "")
    assert_refused(programs.run("verify", "-", "--jwks", keys, input="no"))


def test_a_genuine_edition(edition: Edition, keys: Path, tmp_path: Path) -> None:
    (tmp_path / "edition.json").write_text(json.dumps(edition))
    done = programs.run("verify", tmp_path / "edition.json", "--jwks", keys)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"genuine as of {edition['sequence']}\n"


@pytest.mark.parametrize(
    "write",
    [
        lambda edition: json.dumps(edition, indent=4, ensure_ascii=True),
        lambda edition: json.dumps(edition, ensure_ascii=False, separators=(",", ":")),
        lambda edition: json.dumps(dict(reversed(edition.items()))),
        lambda edition: json.dumps(edition, sort_keys=True, indent=1) + "\n\n",
    ],
)
def test_how_it_is_written_does_not_matter(
    edition: Edition, keys: Path, write: Callable[[Edition], str]
) -> None:
    done = verify(write(edition), keys)
    assert done.returncode == 0, done.stdout + done.stderr


def change_text(edition: Edition) -> None:
    edition["sections"][0]["blocks"][0]["text"] += "!"


def change_number(edition: Edition) -> None:
    edition["sequence"] += 1


def change_to_fraction(edition: Edition) -> None:
    edition["revision"]["number"] = 1.5


def add_name(edition: Edition) -> None:
    edition["advice"] = "Take more."


def drop_text(edition: Edition) -> None:
    del edition["summary"]


def drop_disclaimer(edition: Edition) -> None:
    edition["disclaimers"] = [d for d in edition["disclaimers"] if d["id"] != "not-medical-advice"]


def drop_disclaimers(edition: Edition) -> None:
    del edition["disclaimers"]


def break_signature(edition: Edition) -> None:
    jws = edition["integrity"]["jws"]
    edition["integrity"]["jws"] = jws[:-4] + ("AAAA" if jws[-4:] != "AAAA" else "BBBB")


def drop_signature(edition: Edition) -> None:
    edition["integrity"]["jws"] = ""


def name_other_key(edition: Edition) -> None:
    edition["integrity"]["kid"] = "another"


def add_unsigned(edition: Edition) -> None:
    edition["integrity"]["note"] = "reviewed by a clinician"


@pytest.mark.parametrize(
    ("alter", "told"),
    [
        (change_text, "does not match its digest"),
        (change_number, "does not match its digest"),
        (change_to_fraction, "it holds what no edition holds"),
        (add_name, "does not match its digest"),
        (drop_text, "does not match its digest"),
        (drop_disclaimer, "missing: not-medical-advice"),
        (drop_disclaimers, "missing: all of them"),
        (break_signature, "this key has not signed it"),
        (drop_signature, "this key has not signed it"),
        (add_unsigned, "integrity has members that nobody signs: note"),
        (name_other_key, "the key another is not, or no longer, one of the publisher's"),
    ],
)
def test_an_altered_edition_and_what_was_altered(
    edition: Edition, keys: Path, alter: Callable[[Edition], None], told: str
) -> None:
    alter(edition)
    done = verify(json.dumps(edition), keys)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.startswith("altered: ")
    assert told in done.stdout
    assert done.stderr == ""


def test_an_edition_that_another_publisher_signed(
    edition: Edition, keys: Path, empty: Installation
) -> None:
    for command in ("init", "import"):
        empty.run(command)
    foreign = empty.get(ARTICLE)
    assert verify(json.dumps(foreign), keys).returncode == 1
    own = empty.save("own.json", empty.get("/.well-known/jwks.json"))
    assert verify(json.dumps(foreign), own).returncode == 0
    impostor = json.loads(own.read_text())
    impostor["keys"][0]["kid"] = edition["integrity"]["kid"]
    stolen_name = empty.save("impostor.json", impostor)
    assert verify(json.dumps(edition), stolen_name).returncode == 1


@pytest.mark.parametrize(
    "text",
    ["", "no", "<html>", "\0", "{", "[]", "1", "null", "{}", '{"integrity": {}}', "[" * 100_000,
     '{"integrity": {"digest": 1, "kid": 2, "jws": 3}, "sequence": 1}'],
)  # fmt: skip
def test_what_is_no_edition_is_unreadable(keys: Path, text: str) -> None:
    assert_refused(verify(text, keys))


def test_a_name_that_stands_twice_proves_nothing(edition: Edition, keys: Path) -> None:
    text = json.dumps(edition).replace('"title": ', '"title": "Take more", "title": ', 1)
    assert_refused(verify(text, keys), "'title'")


def test_a_list_item_is_no_edition_until_its_texts_are_back(
    publisher: Installation, keys: Path
) -> None:
    page = publisher.get("/v1/articles")
    item = page["items"][0]
    assert verify(json.dumps(item), keys).returncode == 1
    item["disclaimers"] = [page["texts"][key] for key in item["disclaimers"]]
    assert verify(json.dumps(item), keys).returncode == 0


def test_a_file_needs_to_be_told_whose_keys_to_trust(edition: Edition) -> None:
    done = programs.run("verify", "-", input=json.dumps(edition))
    assert done.returncode == 2
    assert "--jwks is needed" in done.stderr


def test_a_missing_file_is_unreadable(keys: Path, tmp_path: Path) -> None:
    assert_refused(
        programs.run_inside("verify", tmp_path / "none.json", "--jwks", keys), "none.json"
    )
    assert_refused(programs.run_inside("verify", keys, "--jwks", tmp_path / "no.json"), "no.json")
    assert_refused(programs.run_inside("verify", tmp_path, "--jwks", keys), str(tmp_path))


@pytest.mark.parametrize("text", ["{}", "[]", '{"keys": 1}', '{"keys": [1]}', "no"])
def test_keys_that_are_none_are_unreadable(edition: Edition, tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    assert_refused(verify(json.dumps(edition), tmp_path / "keys.json"))


@pytest.mark.parametrize(
    "changed",
    [{"x": None}, {"x": "?"}, {"x": "AA"}, {"crv": "X25519"}, {"crv": 7}],
)
def test_a_key_that_is_none_is_unreadable(
    edition: Edition, keys: Path, changed: dict[str, Any]
) -> None:
    found = json.loads(keys.read_text())
    found["keys"][0] |= changed
    keys.write_text(json.dumps(found))
    assert verify(json.dumps(edition), keys).returncode == 2


def test_keys_without_a_name_are_passed_over(edition: Edition, keys: Path) -> None:
    found = json.loads(keys.read_text())
    found["keys"].insert(0, {"kty": "RSA"})
    keys.write_text(json.dumps(found))
    assert verify(json.dumps(edition), keys).returncode == 0


def test_what_is_too_big_is_unreadable(keys: Path) -> None:
    assert_refused(verify('"' + "x" * 9_000_000 + '"', keys), "larger than")


class Site(BaseHTTPRequestHandler):
    """A site whose pages are set by the tests."""

    pages: ClassVar[dict[str, tuple[int, bytes]]] = {}

    def do_GET(self) -> None:
        status, body = self.pages.get(self.path, (404, b"{}"))
        self.send_response(status)
        if status == 308:
            self.send_header("Location", body.decode())
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            return  # the reader has had enough

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(publisher: Installation, edition: Edition) -> Iterator[str]:
    """A site that has an edition and its publisher's keys."""
    keys = json.dumps(publisher.get("/.well-known/jwks.json")).encode()
    Site.pages = {
        "/e": (200, json.dumps(edition).encode()),
        "/old": (308, b"/e"),
        "/gone": (410, b"{}"),
        "/huge": (200, b"x" * 9_000_000),
        "/.well-known/jwks.json": (200, keys),
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_url_is_verified_with_the_keys_of_its_own_site(site: str) -> None:
    for path in ("/e", "/old"):
        done = programs.run("verify", f"{site}{path}")
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert done.stdout.startswith("genuine as of ")


def test_keys_may_come_from_another_url(site: str, edition: Edition, tmp_path: Path) -> None:
    (tmp_path / "e.json").write_text(json.dumps(edition))
    url = f"{site}/.well-known/jwks.json"
    assert programs.run("verify", tmp_path / "e.json", "--jwks", url).returncode == 0


@pytest.mark.parametrize(
    ("path", "told"), [("/gone", "answered 410"), ("/none", "404"), ("/huge", "larger than")]
)
def test_a_url_that_gives_no_edition_is_unreadable(site: str, path: str, told: str) -> None:
    assert_refused(programs.run_inside("verify", f"{site}{path}"), told)


@pytest.mark.parametrize("url", ["http://", "http://[", "http://127.0.0.1:99999/", "https://\x7f/"])
def test_a_url_that_is_none_is_unreadable(url: str) -> None:
    assert_refused(programs.run_inside("verify", url))


def test_a_url_that_does_not_answer_is_unreadable() -> None:
    url = f"http://127.0.0.1:{programs.free_port()}/"
    assert_refused(programs.run_inside("verify", url), url)
