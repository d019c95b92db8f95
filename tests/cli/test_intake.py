"""Taking in an agency's text: ``caveat ingest`` makes a draft, or says why there is none."""

import json
import subprocess
from pathlib import Path

import pytest
from installations import Installation, assert_refused
from manuscripts import SOUND
from programs import run_inside

from content import documents, markdown
from content.db import Database
from content.models.editorial import Draft

SAMPLE = Path("tests") / "intake" / "kratom.txt"


@pytest.fixture
def sample(here: Path) -> Path:
    """A text as an agency sends it."""
    return here / SAMPLE


def ingest(file: Path | str, *more: Path | str, text: str = "") -> subprocess.CompletedProcess[str]:
    return run_inside("ingest", file, "--topics", "kratom", *more, input=text)


def test_a_report_shows_the_mapping_and_what_to_look_at(sample: Path) -> None:
    done = ingest(sample)
    assert done.returncode == 0, done.stderr
    assert "'how it works' is wording of mechanisms" in done.stdout
    assert f"{sample}:28: the heading 'A word on the law'" in done.stdout
    assert "/document/claims/0: the claim 'claim-1' has no evidence level" in done.stdout
    assert "studies prove" in done.stdout


def test_json_has_the_document_the_mapping_and_the_findings(sample: Path) -> None:
    data = json.loads(ingest(sample, "--format", "json").stdout)
    assert set(data) == {"document", "mapping", "findings"}
    document = documents.load(data["document"], documents.Document, complete=False)
    assert document.title == "Kratom and a worried mind"
    assert {one["from"] for one in data["findings"]} == {"intake", "gap", "lint"}
    assert {"part", "text", "lines", "section", "confidence", "reason", "moved"} == set(
        data["mapping"][0]
    )
    assert any("cures anxiety" in one.get("matched", "") for one in data["findings"])


def test_the_draft_is_written_in_its_authoring_form(sample: Path, tmp_path: Path) -> None:
    file = tmp_path / "draft.md"
    options = ("--title", "Our title", "--slug", "our-slug", "--author", "A. Writer")
    done = ingest(sample, "--output", file, "--conditions", "ocd, anxiety", *options)
    assert done.returncode == 0, done.stderr
    found = markdown.parse(file.read_text(), complete=False)
    assert (found.slug, found.document.title) == ("our-slug", "Our title")
    assert found.conditions == ["ocd", "anxiety"]
    assert found.document.review.provenance.author == "A. Writer"
    assert [path.name for path in tmp_path.iterdir()] == ["draft.md"]


def test_a_file_is_written_over_only_by_force(sample: Path, tmp_path: Path) -> None:
    file = tmp_path / "draft.md"
    file.write_text("mine")
    assert_refused(ingest(sample, "--output", file), "is there already; --force")
    assert file.read_text() == "mine"
    assert ingest(sample, "--output", file, "--force").returncode == 0
    assert file.read_text().startswith("---\n")


def test_nothing_is_written_when_the_text_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe")
    assert_refused(ingest(tmp_path / "a.txt", "--output", tmp_path / "draft.md"), "not UTF-8")
    assert_refused(ingest(tmp_path / "none.txt"), "none.txt: No such file")
    assert_refused(ingest("-", "--output", tmp_path / "none" / "draft.md"), "is not a folder")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--locale", "../en"), "/document/locale"),
        (("--slug", "Not A Slug"), "/slug"),
        (("--conditions", "O C D"), "/conditions/0"),
        (("--title", "x" * 501), "/document/title"),
    ],
)
def test_facts_that_are_none_are_refused(
    sample: Path, options: tuple[str, str], words: str
) -> None:
    assert_refused(ingest(sample, *options), words)


def test_standard_input_is_read_in_the_form_that_is_named() -> None:
    page = "<h1>Tea</h1><p>Tea is a drink that many like.</p><h2>How it works</h2><p>Hot.</p>"
    done = ingest("-", "--from", "html", "--format", "json", text=page)
    assert json.loads(done.stdout)["document"]["title"] == "Tea"
    assert_refused(ingest("-", text=""), "standard input: there is no text in it")
    assert_refused(ingest("-", text="a" * (1024 * 1024 + 1)), "larger than 1048576 bytes")


def test_a_draft_is_kept_once_and_is_not_live(installation: Installation, sample: Path) -> None:
    before = installation.head
    command = ("ingest", sample, "--topics", "kratom", "--save")
    done = installation.run_inside(*command)
    assert done.returncode == 0, done.stderr
    assert "kratom-and-a-worried-mind is a draft of the article " in done.stderr
    article = done.stderr.split()[-1]
    assert installation.head == before
    assert installation.client().get("/v1/articles/kratom-and-a-worried-mind").status_code == 404
    assert kept(installation) == [(article, "en", "kratom-and-a-worried-mind")]
    assert_refused(installation.run_inside(*command), "belongs to another article or draft")
    assert len(kept(installation)) == 1


def test_publishing_the_file_of_a_kept_draft_goes_on_with_its_article(
    installation: Installation, sample: Path, tmp_path: Path
) -> None:
    file = tmp_path / "draft.md"
    command = ("ingest", sample, "--topics", "kratom", "--save", "--output", file)
    article = installation.run_inside(*command).stderr.split()[-1]
    slug = "kratom-and-a-worried-mind"
    file.write_text(SOUND.replace("slug: a-b", f"slug: {slug}"))
    done = installation.run_inside("publish", file)
    assert done.returncode == 0, done.stderr
    assert installation.get(f"/v1/articles/{slug}")["article"]["id"] == article
    assert kept(installation) == [(article, "en", slug)]


def test_a_slug_of_a_live_article_is_refused_and_nothing_is_written(
    installation: Installation, sample: Path, tmp_path: Path
) -> None:
    command = ("ingest", sample, "--topics", "sleep", "--slug", "sleep-habits-and-insomnia")
    file = tmp_path / "draft.md"
    done = installation.run_inside(*command, "--save", "--output", file)
    assert_refused(done, "belongs to another article")
    assert not file.exists()


def kept(installation: Installation) -> list[tuple[str, str, str]]:
    """Return article, locale and slug of the drafts that came from an agency."""
    url = (
        installation.env.get("CAVEAT_DATABASE_URL") or f"sqlite:///{installation.folder}/caveat.db"
    )
    database = Database(url)
    with database.read() as session:
        drafts = session.query(Draft).all()
        found = [(one.article, one.locale, one.manuscript["slug"]) for one in drafts]
    database.close()
    return [one for one in found if one[2].startswith("kratom-and-a-")]
