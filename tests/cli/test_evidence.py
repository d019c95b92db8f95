"""Evidence and checkpoints by commands: one file, whole or not there, and checked without us."""

import json
import zipfile
from pathlib import Path

import editors
import pytest
from installations import ARTICLE, Installation, assert_refused, mode
from programs import run_inside

pytestmark = pytest.mark.one_engine
SLUG = ARTICLE.rpartition("/")[2]
TAKE = ("evidence", "--article", SLUG, "--output")


@pytest.fixture
def archive(installation: Installation, tmp_path: Path) -> Path:
    """An archive of an article that was withdrawn."""
    words = ("--notice", "A notice.", "--reason", "A reason.")
    assert installation.run_inside("withdraw", SLUG, *words).returncode == 0
    done = installation.run_inside(*TAKE, tmp_path / "one.zip")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'one.zip'}\n"), done.stderr
    return tmp_path / "one.zip"


def test_what_is_taken_is_checked_where_nothing_is_installed(
    installation: Installation, archive: Path, tmp_path: Path
) -> None:
    keys = installation.save("jwks.json", installation.get("/.well-known/jwks.json"))
    nowhere = {"CAVEAT_DATA": str(tmp_path / "nowhere")}
    done = run_inside("evidence", "verify", archive, "--keys", keys, env=nowhere)
    assert done.returncode == 0, done.stdout
    assert "genuine as of" in done.stdout
    assert "note" not in done.stdout
    other = installation.save("other.json", {"keys": []})
    done = run_inside("evidence", "verify", archive, "--keys", other, env=nowhere)
    assert done.returncode == 1
    assert "none of the keys" in done.stdout
    assert_refused(run_inside("evidence", "verify", keys, env=nowhere), "not an archive")
    for none in ([], {"keys": 5}, {"keys": [5]}):
        given = ("--keys", installation.save("none.json", none))
        done = run_inside("evidence", "verify", archive, *given, env=nowhere)
        assert_refused(done, "The keys are not a JWK Set.")


def test_its_page_is_complete_in_itself(archive: Path) -> None:
    with zipfile.ZipFile(archive) as found:
        page, text = (found.read(name).decode() for name in ("index.html", "README.txt"))
        names = set(found.namelist())
        manifest = json.loads(found.read("manifest.json"))
    assert "refused: withdrawn" in page
    assert "What it cannot show" in page
    for outside in ("<script", "<link", "src=", "url(", "@import"):
        assert outside not in page
    for name in names:
        assert name.partition("/")[0] in page or name in ("index.html", "README.txt"), name
    assert manifest["kid"] in text
    assert mode(archive) == 0o600


def test_nothing_is_written_over_and_nothing_is_left_half_done(
    installation: Installation, archive: Path, tmp_path: Path
) -> None:
    before = archive.read_bytes()
    assert_refused(installation.run_inside(*TAKE, archive), "is there already")
    assert archive.read_bytes() == before
    new = tmp_path / "new.zip"
    assert_refused(installation.run_inside(*TAKE, new, "--partner", "nobody"), "no partner")
    assert_refused(installation.run_inside(*TAKE, new, "--from", "May"), "--from 'May'")
    reversed_span = ("--from", "2026-12-01", "--to", "2026-11-01")
    assert_refused(installation.run_inside(*TAKE, new, *reversed_span), "is not before --to")
    assert_refused(installation.run_inside(*TAKE, tmp_path / "no" / "x.zip"), "no")
    assert_refused(installation.run_inside("evidence", "--article", "x", "--output", new), "'x'")
    assert [one.name for one in tmp_path.glob("*.zip*")] == ["one.zip"]
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("20300101", "2030-01-02T00:00:00Z"),
        ("2030-W01-2", "2030-01-02T00:00:00Z"),
        ("20300101T01", "2030-01-01T01:00:00Z"),
        ("2030-01-01T00:00", "2030-01-01T00:00:00Z"),
    ],
)
def test_a_day_counts_whole_and_a_time_to_the_moment_however_they_are_written(
    installation: Installation, tmp_path: Path, text: str, end: str
) -> None:
    done = installation.run_inside(*TAKE, tmp_path / "x.zip", "--to", text)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "x.zip") as found:
        assert json.loads(found.read("manifest.json"))["to"] == end


def test_the_audit_tells_who_took_it(installation: Installation, tmp_path: Path) -> None:
    auditor = editors.add(installation, "An auditor", "auditor")
    file = str(tmp_path / "x.zip")
    done = editors.act(installation, auditor, *TAKE, file, "--to", "2030-01-01")
    assert done.returncode == 0, done.stderr
    listed = installation.run_inside("audit", "list", "--act", "evidence.take").stdout
    assert auditor.id in listed
    author = editors.add(installation, "An author", "author")
    other = editors.act(installation, author, *TAKE, str(tmp_path / "y.zip"))
    assert_refused(other, "the scope 'audit'")
    with zipfile.ZipFile(file) as found:
        manifest = json.loads(found.read("manifest.json"))
    assert (manifest["made_by"], manifest["to"]) == (auditor.id, "2030-01-02T00:00:00Z")


def test_a_checkpoint_that_was_kept_is_compared(installation: Installation) -> None:
    made = installation.run_inside("checkpoints", "make")
    assert made.stdout.split()[0] == str(installation.head)
    kept = installation.save("kept.json", installation.get("/v1/checkpoint"))
    keys = installation.save("jwks.json", installation.get("/.well-known/jwks.json"))
    assert installation.run_inside("checkpoints", "verify", kept).returncode == 0
    assert "genuine" in installation.run_inside("verify", kept, "--jwks", keys).stdout
    words = ("--notice", "A notice.", "--reason", "A reason.")
    installation.run_inside("withdraw", SLUG, *words)
    installation.run_inside("checkpoints", "make")
    first = json.loads(kept.read_text())["sequence"]
    newest = installation.save("new.json", installation.get(f"/v1/checkpoint?from={first}"))
    told = installation.run_inside("verify", newest, "--jwks", keys, "--since", kept)
    assert told.stdout == f"genuine as of {installation.head}\n"
    other = installation.save("other.json", {**json.loads(kept.read_text()), "root": "sha256:00"})
    assert installation.run_inside("verify", other, "--jwks", keys).returncode == 1
    done = installation.run_inside("checkpoints", "verify", other)
    assert done.returncode == 1
    assert "its signature does not fit" in done.stdout
