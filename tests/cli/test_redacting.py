"""Who may redact, and how it is asked, confirmed, cancelled and listed."""

from pathlib import Path

import editors
import pytest
from editors import Known, act, act_at_terminal
from installations import ARTICLE, Installation, assert_refused

SLUG = ARTICLE.rpartition("/")[2]
TEXT = ("redact", "request", SLUG, "--revision", "1", "--locale", "en")
REQUEST = (*TEXT, "--reason", "A court says so.")
CANCEL = ("--reason", "It was another text.")
FORMER = "cvt_" + "0" * 36


@pytest.fixture
def first(installation: Installation) -> Known:
    """Who asks."""
    return editors.add(installation, "Ada", "publisher")


@pytest.fixture
def second(installation: Installation) -> Known:
    """Who confirms."""
    return editors.add(installation, "Bo", "admin")


@pytest.fixture
def asked(installation: Installation, first: Known) -> str:
    """The id of a request."""
    done = act(installation, first, *REQUEST)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[1]


def is_live(installation: Installation) -> bool:
    """Return whether the text can still be read."""
    return installation.client().get(ARTICLE).status_code == 200


@pytest.mark.parametrize("token", ["", FORMER, "cvt_ü", "cvt_\udcff", "x" * 5000])
@pytest.mark.parametrize("act_of", ["request", "confirm", "cancel"])
def test_without_a_good_token_nothing_is_done(
    installation: Installation, asked: str, act_of: str, token: str
) -> None:
    words = {"request": REQUEST, "confirm": ("redact", "confirm", asked, "--yes"),
             "cancel": ("redact", "cancel", asked, *CANCEL)}  # fmt: skip
    before = listed(installation)
    done = act(installation, token, *words[act_of])
    assert_refused(done, "CAVEAT_TOKEN" if not token else "the token is not one of an editor")
    assert listed(installation) == before
    assert is_live(installation)


@pytest.mark.parametrize("role", ["author", "reviewer", "auditor"])
def test_other_roles_may_neither_ask_nor_confirm(
    installation: Installation, asked: str, role: str
) -> None:
    other = editors.add(installation, "Cy", role)
    for words in (
        REQUEST,
        ("redact", "confirm", asked, "--yes"),
        ("redact", "cancel", asked, *CANCEL),
    ):
        done = act(installation, other, *words)
        assert_refused(done, f"your role is {role}, ", "needs the scope 'publish'")
    assert is_live(installation)


def test_who_was_revoked_meanwhile_cannot_confirm(
    installation: Installation, second: Known, asked: str
) -> None:
    installation.run_inside("editors", "revoke", second.id)
    done = act(installation, second, "redact", "confirm", asked, "--yes")
    assert_refused(done, "revoked")
    assert is_live(installation)


def test_who_asked_cannot_confirm(installation: Installation, first: Known, asked: str) -> None:
    done = act(installation, first, "redact", "confirm", asked, "--yes")
    assert_refused(done, "two people decide")
    assert is_live(installation)


def test_where_nobody_can_type_it_has_to_be_said(
    installation: Installation, second: Known, asked: str
) -> None:
    assert_refused(act(installation, second, "redact", "confirm", asked), "--yes")
    assert is_live(installation)


def test_at_a_terminal_the_slug_is_typed(
    installation: Installation, second: Known, asked: str
) -> None:
    words = ("redact", "confirm", asked)
    wrong = [("Type the slug", "kratom")]
    code, shown = act_at_terminal(installation, *words, answers=wrong, token=second.token)
    assert code == 2
    assert "nothing was changed" in shown
    assert is_live(installation)
    right = [("Type the slug", SLUG), ("Your token", second.token)]
    code, shown = act_at_terminal(installation, *words, answers=right)
    assert code == 0, shown
    assert "redacted as of change" in shown
    assert second.token not in shown
    assert not is_live(installation)


def test_a_request_that_was_cancelled_is_listed_and_not_confirmed(
    installation: Installation, first: Known, second: Known, asked: str
) -> None:
    assert "open" in listed(installation)
    done = act(installation, second, "redact", "cancel", asked, *CANCEL)
    assert (done.returncode, done.stdout) == (0, f"{asked} is cancelled\n")
    done = act(installation, second, "redact", "confirm", asked, "--yes")
    assert_refused(done, "cancelled", "nothing was changed")
    told = listed(installation)
    assert f"{SLUG}, revision 1 in en" in told
    assert f"requested by {first.id}: A court says so." in told
    assert f"cancelled by {second.id}" in told
    assert "It was another text." in told
    assert is_live(installation)


def test_what_was_confirmed_is_listed_and_not_confirmed_again(
    installation: Installation, second: Known, asked: str
) -> None:
    assert act(installation, second, "redact", "confirm", asked, "--yes").returncode == 0
    head = installation.head
    done = act(installation, second, "redact", "confirm", asked, "--yes")
    assert_refused(done, "confirmed", "nothing was changed")
    assert f"confirmed by {second.id}" in listed(installation)
    assert installation.head == head


def test_requests_are_listed_newest_first_some_at_a_time(
    installation: Installation, first: Known
) -> None:
    asked = []
    for reason in ("A court.", "A judge.", "A law."):
        asked.append(act(installation, first, *TEXT, "--reason", reason).stdout.split()[1])
        act(installation, first, "redact", "cancel", asked[-1], *CANCEL)
    done = installation.run_inside("redact", "list", "--limit", "2")
    assert [line.split()[0] for line in done.stdout.splitlines()[::3]] == asked[:0:-1]
    more = f"redact list --limit 2 --before {asked[1]}"
    assert done.stderr == f"1 more: caveat {more}\n"
    done = installation.run_inside(*more.split())
    assert "A court." in done.stdout
    assert "A judge." not in done.stdout
    assert done.stderr == ""
    assert_refused(installation.run_inside("redact", "list", "--before", "none"), "'none'")


def listed(installation: Installation) -> str:
    """Return what ``caveat redact list`` prints."""
    done = installation.run_inside("redact", "list")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("redact", "request", "none", *TEXT[3:], "--reason", "r"), "'none'"),
        ((*TEXT[:4], "2", *TEXT[5:], "--reason", "r"), "no revision 2"),
        ((*TEXT[:6], "xx", "--reason", "r"), "'xx'"),
        ((*TEXT, "--reason", " "), "reason"),
        (("redact", "confirm", "none", "--yes"), "'none'"),
        (("redact", "cancel", "none", "--reason", "r"), "'none'"),
        (("redact", "confirm", "\udcff", "--yes"), "is not text"),
        (("editors", "revoke", "\udcff"), "is not text"),
    ],
)
def test_what_is_not_there_is_told_plainly(
    installation: Installation, first: Known, words: tuple[str, ...], told: str
) -> None:
    assert_refused(act(installation, first, *words), told)
    assert listed(installation) == ""


@pytest.mark.parametrize("revision", ["0", "-1", "x", "9" * 30])
def test_a_revision_is_a_number_that_can_be_one(
    installation: Installation, first: Known, revision: str
) -> None:
    done = act(installation, first, *TEXT[:4], revision, *REQUEST[5:])
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert revision in done.stderr


@pytest.mark.parametrize("words", [("list",), ("erase",), ("confirm", "x", "--yes"), REQUEST[1:]])
def test_redact_before_init_is_told_to_run_it(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert_refused(Installation(tmp_path).run_inside("redact", *words), "caveat init")
