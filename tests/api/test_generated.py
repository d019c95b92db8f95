"""Schemathesis makes requests out of the description, good and bad ones, and judges the answers."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from delivery import bearer
from programs import demo, free_port

ROOT = Path(__file__).parent.parent.parent
PROGRAM = Path(sys.executable).parent / "schemathesis"
PATIENCE = 300  # seconds
ARTICLES = ("getArticle", "getArticlePage", "getSection", "getArticleMarkdown")
ARTICLES += ("getArticleJsonld", "getArticleNinjs")
CURSORS = ("listWhereUsed", "getJsonFeed", "getAtomFeed", "getRssFeed", "getSnapshot")
OWN = ("getMyUsage", "listMyExposures")  # days in their order, and not too many; a cursor
HOOKS = ("addWebhook", "changeWebhook", "replayWebhook")  # what an address of one is
LISTS = ("getCheckpoint", "listDisclaimers", "getDisclaimer", "listRules", "getRule")
# All checks are on, but for these: which numbers and cursors there are, no description can say.
EXCEPTIONS = """
[[operations]]
include-operation-id = "listArticles"  # a cursor is opaque: one that we did not make is refused
checks.positive_data_acceptance.enabled = false

[[operations]]
include-operation-id = "changeMe"  # which terms are in force, no description can say
checks.positive_data_acceptance.enabled = false

[[operations]]
include-operation-id = "listChanges"  # so is a number to come
checks.positive_data_acceptance.enabled = false

[[operations]]
include-operation-id = "getOembed"  # most addresses have no card; another format is a 501
checks.positive_data_acceptance.enabled = false
checks.not_a_server_error.enabled = false
""" + "".join(
    f"""
[[operations]]
include-operation-id = "{name}"  # so is a cursor, or a moment that is not in the log
checks.positive_data_acceptance.enabled = false
"""
    for name in (*ARTICLES, *LISTS, *CURSORS, *OWN, *HOOKS)
)
# Closed to both, and walked role by role elsewhere.
OF_EDITORS = ("/v1/editorial/", "/metrics", "/v1/insights/", "/v1/partners", "/v1/key-requests")
# A checker that finds its own key would revoke it; what may be done with keys is walked elsewhere.
OF_KEYS = ("/v1/me/keys",)
DELIVERY = ("--exclude-path-regex", f"^({'|'.join(OF_EDITORS + OF_KEYS)})")
DESK = ("--include-path-regex", f"^({'|'.join(OF_EDITORS)})", "--max-examples", "3")
# The checker finds its own token and revokes it, and all that follows is a 401; it has no NDJSON.
UNTRIED = ("revokeToken", "giveRole", "importManuscripts")
DESK += tuple(f"--exclude-operation-id={name}" for name in UNTRIED)
# Which editors, drafts and versions there are, no description can say either.
OF_DESK = """
checks.positive_data_acceptance.enabled = false
checks.negative_data_rejection.expected-statuses = [
  "400", "401", "403", "404", "405", "406", "412", "415", "422", "428"
]  # 412 is the answer to any If-Match that is not the version, whatever it looks like
"""
# The demo's partner key fixes these; asking for another audience with it is refused.
FIXED_BY_KEY = """
[parameters]
"query.audience" = "adults"
"query.channel" = "publisher"
"""


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What the running demo says of itself."""
    folder, plans = tmp_path_factory.mktemp("demo") / "data", "checker=1000000,100000000"
    with demo(folder, free_port(), env={"CAVEAT_PLANS": plans}) as told:
        yield told


def test_answers_to_strangers_keep_the_description(facts: dict[str, str], tmp_path: Path) -> None:
    assert_no_failures(facts["url"], tmp_path, EXCEPTIONS, *DELIVERY)


def test_answers_to_partners_keep_the_description(facts: dict[str, str], tmp_path: Path) -> None:
    key = f'[headers]\nAuthorization = "Bearer {facts["partner_key"]}"\n'
    assert_no_failures(facts["url"], tmp_path, key + FIXED_BY_KEY + EXCEPTIONS, *DELIVERY)


def test_answers_to_editors_keep_the_description(facts: dict[str, str], tmp_path: Path) -> None:
    token = f'[headers]\nAuthorization = "Bearer {facts["admin_token"]}"\n'
    assert_no_failures(facts["url"], tmp_path, OF_DESK + token, *DESK)
    me = httpx.get(f"{facts['url']}/v1/me", headers=bearer(facts["admin_token"]))
    assert "admin" in me.json()["scopes"], "the checker has locked itself out"


def test_the_checker_finds_what_is_excepted(facts: dict[str, str], tmp_path: Path) -> None:
    few = [f"--include-operation-id={name}" for name in ("listArticles", "listChanges")]
    result = check(facts["url"], tmp_path, "", *few)
    assert result.returncode == 1
    assert "is before the log began" in result.stdout
    assert "cursor is not one of ours" in result.stdout


def assert_no_failures(url: str, folder: Path, config: str, *only: str) -> None:
    """Run all phases and all checks over all operations of a side."""
    result = check(url, folder, config, *only)
    assert result.returncode == 0, result.stdout[-8000:] + result.stderr
    spec = yaml.load((ROOT / "openapi.yaml").read_text(), yaml.CSafeLoader)
    known = [path for path in spec["paths"] if not path.startswith(OF_KEYS)]
    side = [path for path in known if path.startswith(OF_EDITORS) == (only != DELIVERY)]
    count = sum(name != "parameters" for path in side for name in spec["paths"][path])
    count -= len(UNTRIED) if only == DESK else 1  # the checker leaves out what it has read
    assert f"Tested: {count}\n" in result.stdout, result.stdout


def check(url: str, folder: Path, config: str, *only: str) -> subprocess.CompletedProcess[str]:
    """Run Schemathesis in an empty folder with nothing but this configuration."""
    (folder / "schemathesis.toml").write_text(config)
    options = ("--max-examples", "6", *only, "--generation-deterministic", "--no-shrink")
    return subprocess.run(
        [PROGRAM, "run", f"{url}/openapi.yaml", *options, "--no-color", "--warnings", "off"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
